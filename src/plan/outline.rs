//! A plan as people and programs read it: what happens to each stack, and why a deploy would stop.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use super::{Rule, guard};

/// A change of one resource, as a change set tells it.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Change {
    /// `Add`, `Modify`, `Remove`, `Import` or `Dynamic`.
    pub action: String,
    /// Its logical id.
    pub logical_id: String,
    /// Its type.
    pub kind: String,
    /// `True`, `False` or `Conditional`; empty where nothing is modified.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub replacement: String,
    /// What becomes of the old one, such as `ReplaceAndRetain`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub policy: String,
    /// How it was changed beside CloudFormation, `MODIFIED` or `DELETED`; only told where that was asked for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub drift: String,
    /// The properties that were, such as `/Properties/Timeout`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drifted: Vec<String>,
}

/// What is to be done with a stack.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    /// Nothing.
    Unchanged,
    /// Its protection is put back.
    Protect,
    /// It is made by this change set.
    Create {
        /// The change set's ARN.
        change_set: String,
    },
    /// It is updated by this change set.
    Update {
        /// The change set's ARN.
        change_set: String,
    },
    /// CloudFormation can be asked once these outputs are there.
    Later {
        /// The outputs, such as `network.VpcId`.
        needs: Vec<String>,
    },
    /// It must first be brought out of a state.
    Recover {
        /// The state.
        status: String,
    },
}

/// One stack of a plan.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Outline {
    /// Its short name.
    pub stack: String,
    /// Its name in CloudFormation.
    pub stack_name: String,
    /// What is to be done.
    #[serde(flatten)]
    pub step: Step,
    /// The changes that CloudFormation tells.
    pub changes: Vec<Change>,
    /// What CloudFormation warns of.
    pub warnings: Vec<String>,
}

impl Change {
    /// Tells whether the resource is replaced, or may be.
    pub fn replaces(&self) -> bool {
        matches!(self.replacement.as_str(), "True" | "Conditional")
    }

    /// Tells whether the stack policy forbids it.
    pub fn is_guarded(&self) -> bool {
        guard::held(&self.kind) && (self.action == "Remove" || self.replacement == "True")
    }

    fn line(&self) -> String {
        let Self { action, logical_id, kind, replacement, policy, .. } = self;
        let sign = match action.as_str() {
            "Add" => "+",
            "Remove" => "−",
            "Import" => "→",
            "SyncWithActual" => "=",
            _ if replacement == "True" => "±",
            _ => "~",
        };
        let fate = match (action.as_str(), replacement.as_str(), policy.as_str()) {
            ("Import", _, _) => ", is there already: adopted",
            ("Remove", _, "Retain") => ", leaves the stack and stays",
            ("Remove", _, _) => ", deleted",
            (_, "True", "ReplaceAndRetain") => ", replaced; the old one stays",
            (_, "True", _) => ", replaced",
            (_, "Conditional", _) => ", may be replaced",
            ("SyncWithActual", _, _) => ", is as wanted already",
            _ => "",
        };
        format!("{sign} {logical_id} ({kind}){}{fate}", self.drift())
    }

    fn drift(&self) -> String {
        let paths = self.drifted.iter().map(|path| path.trim_start_matches("/Properties/"));
        let paths: Vec<_> = paths.collect();
        match (self.drift.as_str(), paths.is_empty()) {
            ("DELETED", _) => ", deleted beside CloudFormation".to_owned(),
            ("MODIFIED", true) => ", changed beside CloudFormation".to_owned(),
            ("MODIFIED", false) => format!(", changed beside CloudFormation: {}", paths.join(", ")),
            _ => String::new(),
        }
    }
}

impl Outline {
    /// Tells whether anything is to be done.
    pub fn is_pending(&self) -> bool {
        self.step != Step::Unchanged
    }

    fn line(&self) -> String {
        match &self.step {
            Step::Unchanged => "unchanged".to_owned(),
            Step::Protect => "protected again".to_owned(),
            Step::Create { .. } => format!("made new, {}", counted(&self.changes)),
            Step::Update { .. } => format!("updated, {}", counted(&self.changes)),
            Step::Later { needs } => {
                format!("asked when these are known: {}", needs.join(", "))
            }
            Step::Recover { status } => format!("{status}: {}", recovery(status)),
        }
    }
}

/// Says what a deploy does about a status.
fn recovery(status: &str) -> &'static str {
    match super::Status::parse(status).rule() {
        Rule::Create | Rule::Update => "updated",
        Rule::Wait => "waited for, then asked again",
        Rule::Recreate => "deleted, then made anew; what was retained is adopted by name",
        Rule::RollBack => "rolled back, then asked again",
        Rule::ContinueRollback => "its rollback is continued, then it is asked again",
        Rule::FinishDelete => {
            "its deletion is finished without what cannot be deleted, which the new stack adopts"
        }
        Rule::Stop => "a person must decide",
    }
}

fn counted(changes: &[Change]) -> String {
    let count = |test: &dyn Fn(&&Change) -> bool| changes.iter().filter(test).count();
    let parts = [
        (count(&|change| change.action == "Add"), "added"),
        (count(&|change| change.action == "Import"), "adopted"),
        (count(&|change| change.action == "Modify" && !change.replaces()), "changed"),
        (count(&|change| change.replaces()), "replaced"),
        (count(&|change| change.action == "Remove"), "removed"),
        (count(&|change| change.action == "SyncWithActual"), "as wanted already"),
    ];
    let told = parts.iter().filter(|(count, _)| *count > 0);
    let told: Vec<_> = told.map(|(count, what)| format!("{count} {what}")).collect();
    if told.is_empty() { "no resource changes".to_owned() } else { told.join(", ") }
}

/// Returns the plan as text, in the order of the deployment.
pub fn text(environment: &str, stacks: &[Outline]) -> String {
    let pending = stacks.iter().filter(|stack| stack.is_pending()).count();
    let mut text = match pending {
        0 => {
            format!("{environment}: nothing to do, {} stacks are as they should be\n", stacks.len())
        }
        _ => format!("{environment}: {pending} of {} stacks to deploy\n", stacks.len()),
    };
    let width = stacks.iter().map(|stack| stack.stack.len()).max().unwrap_or_default();
    for stack in stacks.iter().filter(|_| pending > 0) {
        // Writing to a string does not fail.
        let _ = writeln!(text, "  {:width$}  {}", stack.stack, stack.line());
        // That a new stack adds all that it holds is said by their number.
        let is_new = matches!(stack.step, Step::Create { .. });
        for change in stack.changes.iter().filter(|one| !is_new || one.action != "Add") {
            let _ = writeln!(text, "      {}", change.line());
        }
        for warning in &stack.warnings {
            let _ = writeln!(text, "      warning: {warning}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(action: &str, kind: &str, replacement: &str) -> Change {
        let [action, kind, replacement] = [action, kind, replacement].map(str::to_owned);
        Change { action, logical_id: "X".into(), kind, replacement, ..Change::default() }
    }

    #[test]
    fn what_holds_data_is_guarded_against_removal_and_replacement() {
        assert!(change("Remove", "AWS::S3::Bucket", "").is_guarded());
        assert!(change("Modify", "AWS::KMS::Key", "True").is_guarded());
        assert!(!change("Modify", "AWS::KMS::Key", "Conditional").is_guarded());
        assert!(!change("Remove", "AWS::Lambda::Function", "").is_guarded());
    }

    #[test]
    fn drift_is_told_by_its_properties() {
        let mut changed = change("Modify", "T", "False");
        changed.drift = "MODIFIED".into();
        assert_eq!(changed.line(), "~ X (T), changed beside CloudFormation");
        changed.drifted = vec!["/Properties/A/B".into(), "/Properties/C".into()];
        assert_eq!(changed.line(), "~ X (T), changed beside CloudFormation: A/B, C");
        changed.action = "SyncWithActual".into();
        let told = "= X (T), changed beside CloudFormation: A/B, C, is as wanted already";
        assert_eq!(changed.line(), told);
        changed.drift = "DELETED".into();
        changed.action = "Add".into();
        assert_eq!(changed.line(), "+ X (T), deleted beside CloudFormation");
    }

    #[test]
    fn a_plan_counts_and_lists() {
        let stack = Outline {
            stack: "a".into(),
            stack_name: "p-a".into(),
            step: Step::Update { change_set: "arn".into() },
            changes: vec![change("Add", "T", ""), change("Modify", "T", "Conditional")],
            warnings: vec!["the bucket is not empty".into()],
        };
        assert_eq!(
            text("dev", &[stack]),
            "dev: 1 of 1 stacks to deploy\n  a  updated, 1 added, 1 replaced\n      + X (T)\n      ~ X (T), may be replaced\n      warning: the bucket is not empty\n"
        );
    }
}
