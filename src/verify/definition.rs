//! State machine definitions, against the language and what no other tool sees in it.

use crate::aws::{self, asl};
use crate::diagnostic::Diagnostic;
use crate::model::Pipeline;
use crate::workflow::StateMachine;

use super::integrations::integrations;

/// Checks a definition.
pub fn definition(pipeline: &Pipeline, machine: &StateMachine) -> Vec<Diagnostic> {
    let mut problems = machine.warnings.clone();
    let violations = asl::check(&machine.definition);
    problems.extend(violations.iter().map(|violation| told(machine, violation)));
    problems.extend(integrations(pipeline, machine));
    problems
}

fn told(machine: &StateMachine, violation: &aws::Violation) -> Diagnostic {
    let message = format!("`{}` at `{}`: {}", machine.name, violation.path, violation.message);
    let problem = match violation.severity {
        aws::Severity::Error => Diagnostic::error("states-language", machine.span, message),
        aws::Severity::Warning => Diagnostic::warning("states-language", machine.span, message),
    };
    match &violation.suggestion {
        Some(name) => problem.help(format!("did you mean `{name}`?")),
        None => problem.help("see the Amazon States Language specification"),
    }
}
