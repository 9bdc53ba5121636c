//! What a definition that is brought as a file asks of AWS, beside what the role of its machine grants.

use std::collections::BTreeSet;

use crate::aws::asl::{self, Call};
use crate::diagnostic::Diagnostic;
use crate::model::{Body, Pipeline};
use crate::stacks::identity::role_id;
use crate::workflow::StateMachine;

use super::is_patched;

/// Warns of each call that the role does not allow, unless an override patches the role.
pub(super) fn integrations(pipeline: &Pipeline, machine: &StateMachine) -> Vec<Diagnostic> {
    let known = pipeline.machine(machine.name.as_str());
    let is_brought = known.is_some_and(|one| matches!(one.body, Body::Asl { .. }));
    let role = role_id(&format!("machine-{}", machine.name));
    if !is_brought || is_patched(pipeline, &role) {
        return Vec::new();
    }
    let granted = granted(pipeline, machine);
    let calls = asl::calls(&machine.definition).into_iter();
    let denied = calls.filter(|call| !is_granted(call, &granted));
    denied.map(|call| told(machine, &role, &call)).collect()
}

/// Returns the ARNs of the Lambdas and of the state machines that the role may call and start.
fn granted(pipeline: &Pipeline, machine: &StateMachine) -> BTreeSet<String> {
    let lambdas = machine.lambdas.iter().map(|name| pipeline.alias_arn(name));
    lambdas.chain(machine.starts.keys().map(|name| pipeline.machine_arn(name))).collect()
}

/// Whoever waits for the worker of an activity needs no permission.
fn is_granted(call: &Call<'_>, granted: &BTreeSet<String>) -> bool {
    let about = call.function().or_else(|| call.machine());
    call.is_activity() || about.is_some_and(|arn| granted.contains(arn))
}

fn told(machine: &StateMachine, role: &str, call: &Call<'_>) -> Diagnostic {
    let (name, state) = (&machine.name, call.state);
    let called = call.integration().unwrap_or(call.resource);
    let message = format!("the role of `{name}` does not allow `{called}` of its state `{state}`");
    Diagnostic::warning("missing-permission", machine.span, message)
        .label("AWS would refuse it")
        .help(format!(
            "it may call `${{lambda:NAME}}` and start `${{machine:NAME}}`; give it the rest by `overrides: {{identity.{role}: {{Properties: {{ManagedPolicyArns: […]}}}}}}`"
        ))
}

#[cfg(test)]
mod tests;
