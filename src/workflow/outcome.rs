//! What follows from a `Status`.

use serde_json::{Value, json};

use crate::model::{Lambda, Outcomes};

use super::failure::Trouble;
use super::machine::Lowering;

impl Lowering<'_> {
    /// Adds the choice after a Lambda that answers once.
    pub(super) fn choose(
        &mut self,
        step: &str,
        lambda: &Lambda,
        result: &str,
        outcomes: &Outcomes,
    ) {
        let status = format!("{result}.Status");
        let choices = self.settled(step, (lambda, result), outcomes, Trouble::Status);
        let unexpected = self.unexpected(step, lambda, result);
        let name = format!("{step}: Status?");
        let done = any(&status, &outcomes.done, "");
        let choices: Vec<_> = std::iter::once(done).chain(choices).collect();
        let choice = json!({"Type": "Choice", "Choices": choices, "Default": unexpected});
        self.graph.add_with_ends(&name, choice, &["/Choices/0/Next"]);
    }

    /// Returns the rule for the values that mean failure, and adds where it leads.
    pub(super) fn settled(
        &mut self,
        step: &str,
        (lambda, result): (&Lambda, &str),
        outcomes: &Outcomes,
        trouble: Trouble,
    ) -> Option<Value> {
        if outcomes.failed.is_empty() {
            return None;
        }
        let cause = answered(lambda, result);
        let failed = self.fail(&format!("{step}: failed"), step, &cause, trouble);
        Some(any(&format!("{result}.Status"), &outcomes.failed, &failed))
    }

    /// Adds where a `Status` leads that the contract does not know, and returns its name.
    pub(super) fn unexpected(&mut self, step: &str, lambda: &Lambda, result: &str) -> String {
        let cause = answered(lambda, result);
        self.fail(&format!("{step}: unexpected Status"), step, &cause, Trouble::Status)
    }
}

/// Returns an expression for what a Lambda answered, all of it.
fn answered(lambda: &Lambda, result: &str) -> String {
    format!("States.Format('{} answered {{}}', States.JsonToString({result}))", lambda.name)
}

/// Returns a rule: `path` is one of `values`.
pub(super) fn any(path: &str, values: &[String], next: &str) -> Value {
    let mut rule = one_of(path, values);
    rule["Next"] = next.into();
    rule
}

/// Returns a condition: `path` is one of `values`.
pub(super) fn one_of(path: &str, values: &[String]) -> Value {
    let equals = |value: &String| json!({"Variable": path, "StringEquals": value});
    match values {
        [value] => equals(value),
        values => json!({"Or": values.iter().map(equals).collect::<Vec<_>>()}),
    }
}
