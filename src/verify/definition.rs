//! State machine definitions, against the language and what no other tool sees in it.

use crate::aws::{self, asl};
use crate::diagnostic::Diagnostic;
use crate::workflow::StateMachine;

/// Checks a definition.
pub fn definition(machine: &StateMachine) -> Vec<Diagnostic> {
    asl::check(&machine.definition).iter().map(|violation| told(machine, violation)).collect()
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
