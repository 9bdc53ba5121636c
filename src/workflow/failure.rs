//! The failure path: tell, then clean up what this execution owns, then fail with the cause.
//!
//! One level tells: a machine whose child failed does not, because the child did, or the Lambda behind the failure rule.
//! Neither a failed message nor a failed clean-up stops the other; what the machine could not do is told by its error,
//! which the failure rule's Lambda reads: only one that starts with `Notified` means that the message went out.

use serde_json::{Map, Value, json};

use crate::diagnostic::Span;
use crate::model::{Capability, Cleanup, Lambda};

use super::fields::Fields;
use super::machine::Lowering;
use super::task::{Call, Given, GivenFields, UNUSED};

/// What went wrong.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Trouble {
    /// A Lambda raised an error.
    Error,
    /// A Lambda answered with a `Status` that means failure, or none that is known, or too late.
    Status,
    /// Another state machine failed, and told so.
    Child,
}

const NOTIFY: &str = "Notify failure";
const NOTIFY_OWNER: &str = "Notify failure and clean up";
const CLEAN_UP: &str = "Clean up";
const CLEAN_UP_UNTOLD: &str = "Clean up without notice";
const FAILED: &str = "Failed";
const FAILED_UNTOLD: &str = "Failed without notice";
const FAILED_UNCLEAN: &str = "Failed to clean up";
const ITEM_FAILED: &str = "Table failed";
pub(super) const ITEM_NOT_LOADED: &str = "Table not loaded";

impl<'a> Lowering<'a> {
    /// Adds where the error of a state's Lambda leads, and returns its name.
    pub(super) fn catch(&mut self, state: &str) -> String {
        let cause = "States.JsonToString($.Failure)";
        self.fail(&format!("{state}: error"), state, cause, Trouble::Error)
    }

    /// Adds a state that says what failed and why, and goes on with the failure path; returns its name.
    pub(super) fn fail(&mut self, name: &str, what: &str, cause: &str, trouble: Trouble) -> String {
        let state = json!({
            "Type": "Pass",
            "Parameters": {"State": what, "Cause.$": cause},
            "ResultPath": "$.Failure",
            "Next": self.failure_entry(trouble),
        });
        self.graph.add_failure(name, state);
        name.to_owned()
    }

    /// Returns the state at which the failure path begins for this trouble at this point of the machine.
    fn failure_entry(&mut self, trouble: Trouble) -> &'static str {
        if self.in_item {
            return if trouble == Trouble::Error { ITEM_FAILED } else { ITEM_NOT_LOADED };
        }
        let entry = match (trouble == Trouble::Child, self.cleans_up()) {
            (false, false) => NOTIFY,
            (false, true) => NOTIFY_OWNER,
            (true, false) => FAILED,
            (true, true) => CLEAN_UP,
        };
        self.failure_entries.insert(entry);
        entry
    }

    /// Tells whether a failure here ends a cluster; for development, one that failed may be kept until its deadline.
    fn cleans_up(&self) -> bool {
        let keeps = self.pipeline.cluster.keep_on_failure_minutes.is_some();
        self.owns && !keeps && self.machine.on_failure.is_some()
    }

    /// Adds the states of the failure path that were named.
    pub(super) fn failure_path(&mut self) {
        let named = self.failure_entries.clone();
        let owner = named.contains(NOTIFY_OWNER);
        if named.contains(NOTIFY) {
            self.notify_failure(NOTIFY, FAILED, FAILED_UNTOLD);
        }
        if owner {
            self.notify_failure(NOTIFY_OWNER, CLEAN_UP, CLEAN_UP_UNTOLD);
        }
        if owner || named.contains(CLEAN_UP) {
            self.clean_up(CLEAN_UP, FAILED, FAILED_UNCLEAN);
            self.graph.add_failure(FAILED_UNCLEAN, failed_to_clean_up());
        }
        if owner {
            self.clean_up(CLEAN_UP_UNTOLD, FAILED_UNTOLD, FAILED_UNTOLD);
        }
        self.graph.add_failure(FAILED, failed("NotifiedFailure"));
        if owner || named.contains(NOTIFY) {
            self.graph.add_failure(FAILED_UNTOLD, failed("FailureWithoutNotice"));
        }
    }

    fn notify_failure(&mut self, state: &str, next: &str, untold: &str) {
        let span = self.machine.span;
        let Some(lambda) = self.capable(Capability::PublishMessage, span) else { return };
        let message = json!({
            "Machine": self.pipeline.machine_name(&self.machine.name),
            "State.$": "$.Failure.State",
            "Cause.$": "$.Failure.Cause",
            "Execution.$": "$$.Execution.Id",
        });
        // A failure comes before most fields are there; those of the owner are.
        let known = if next == CLEAN_UP { self.owner_fields.clone() } else { Fields::default() };
        let now = std::mem::replace(&mut self.fields, known);
        let given = vec![("Message".to_owned(), Given::Value(message))];
        let call = Call { state, lambda, given, span };
        self.last_task(&call, next, (untold, "$.Notice"));
        self.fields = now;
    }

    fn clean_up(&mut self, state: &str, next: &str, unclean: &str) {
        let Some(on_failure) = self.machine.on_failure.clone() else { return };
        let now = std::mem::replace(&mut self.fields, self.owner_fields.clone());
        if let Some((lambda, given, span)) = self.terminator(&on_failure) {
            let call = Call { state, lambda, given, span };
            self.last_task(&call, next, (unclean, "$.CleanUp"));
        }
        self.fields = now;
    }

    /// Returns the Lambda that a clean-up calls, and what it is given.
    fn terminator(&mut self, on_failure: &Cleanup) -> Option<(&'a Lambda, GivenFields, Span)> {
        match on_failure {
            Cleanup::Call(name, span) => {
                Some((self.pipeline.lambda(name.as_str())?, Vec::new(), *span))
            }
            Cleanup::Run(machine, span) => {
                let lambda = self.capable(Capability::StartExecution, *span)?;
                Some((lambda, self.input_of(machine, *span), *span))
            }
        }
    }

    /// Adds a Task of the failure path; what it returns is of no use.
    fn last_task(&mut self, call: &Call<'_>, next: &str, (otherwise, error): (&str, &str)) {
        let mut task = self.bare_task(call, otherwise);
        task["Catch"][0]["ResultPath"] = error.into();
        task["ResultSelector"] = json!({});
        task["ResultPath"] = UNUSED.into();
        task["Next"] = next.into();
        self.graph.add_failure(call.state, task);
    }
}

fn failed(error: &str) -> Value {
    json!({"Type": "Fail", "Error": error, "CausePath": "States.Format('{}: {}', $.Failure.State, $.Failure.Cause)"})
}

fn failed_to_clean_up() -> Value {
    let cause = "States.Format('{}: {} (and the clean-up failed: {})', $.Failure.State, $.Failure.Cause, States.JsonToString($.CleanUp))";
    json!({"Type": "Fail", "Error": "CleanUpFailed", "CausePath": cause})
}

/// Returns the states in which a Map's item ends: loaded, not loaded (collected, so that other tables go on), and broken
/// (a Lambda's error, which other tables would meet too).
pub(super) fn item_ends() -> [(&'static str, Value); 3] {
    let cause = "States.Format('{} of table {}: {}', $.Failure.State, $.Table, $.Failure.Cause)";
    let mut selected = Map::new();
    selected.insert("Failure.$".to_owned(), cause.into());
    [
        ("Table loaded", json!({"Type": "Pass", "Result": {"Failure": ""}, "End": true})),
        (ITEM_NOT_LOADED, json!({"Type": "Pass", "Parameters": selected, "End": true})),
        (ITEM_FAILED, json!({"Type": "Fail", "Error": "TableFailed", "CausePath": cause})),
    ]
}
