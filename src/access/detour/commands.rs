//! Which commands the cluster is given that no load makes, and by whom.

use serde_json::Value;

use crate::model::{Action, Body, Capability, Lambda, Name, Pipeline, Step};
use crate::workflow::StateMachine;

/// Copies files and prints how many.
const PRINTS_NO_ROWS: &str = "s3-dist-cp";

/// Tells whether a Lambda gives commands to the cluster.
pub(super) fn submits(lambda: &Lambda) -> bool {
    lambda.can.contains(&Capability::SubmitStep)
}

/// Returns a state machine whose commands may print rows: all that no load made.
pub(super) fn printer(pipeline: &Pipeline) -> Option<&Name> {
    let is_submitter = |name: &Name| pipeline.lambda(name.as_str()).is_some_and(submits);
    let prints = |step: &Step| match &step.action {
        Action::Emr { command, .. } => !command.starts_with(PRINTS_NO_ROWS),
        Action::Call { invocation: call, .. } | Action::Poll { submit: call, .. } => {
            is_submitter(&call.lambda)
        }
        Action::Run { .. } | Action::Load { .. } | Action::Notify(_) | Action::StopIfEmpty(..) => {
            false
        }
    };
    let found = pipeline.machines.iter().find(|machine| match &machine.body {
        Body::Steps(steps) => steps.iter().any(prints),
        Body::Asl { text, .. } => crate::model::named_in(text).0.iter().any(is_submitter),
    });
    found.map(|machine| &machine.name)
}

/// Tells whether what starts a state machine says which commands it gives to the cluster.
pub(super) fn from_input(pipeline: &Pipeline, machine: &StateMachine) -> bool {
    let lambdas = machine.lambdas.iter().filter_map(|name| pipeline.lambda(name.as_str()));
    let aliases: Vec<_> = lambdas
        .filter(|lambda| submits(lambda))
        .map(|lambda| pipeline.alias_arn(&lambda.name))
        .collect();
    let known = pipeline.machine(machine.name.as_str());
    let is_own = known.is_some_and(|one| matches!(one.body, Body::Asl { .. }));
    !aliases.is_empty() && any_task(&machine.definition, &aliases, is_own)
}

fn any_task(value: &Value, aliases: &[String], is_own: bool) -> bool {
    match value {
        Value::Object(fields) => {
            let resource = fields.get("Resource").and_then(Value::as_str);
            let called = resource.is_some_and(|arn| aliases.iter().any(|alias| alias == arn));
            called && fields.get("Parameters").is_none_or(|given| takes_input(given, is_own))
                || fields.values().any(|inner| any_task(inner, aliases, is_own))
        }
        Value::Array(items) => items.iter().any(|item| any_task(item, aliases, is_own)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// In what is compiled from steps the input stands at `$.Input`. Elsewhere any path may lead there but those to the context.
fn takes_input(given: &Value, is_own: bool) -> bool {
    let Some(fields) = given.as_object() else { return false };
    fields.iter().any(|(key, value)| match value {
        Value::String(path) if key.ends_with(".$") => {
            let is_command = !["ClusterId.$", "RequestId.$"].contains(&key.as_str());
            let anywhere = path == "$" || path.replace("$$.", "").contains("$.");
            is_command && if is_own { anywhere } else { path == "$" || path.contains("$.Input") }
        }
        inner => takes_input(inner, is_own),
    })
}
