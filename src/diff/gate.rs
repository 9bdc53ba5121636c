//! What of the changes stops a pipeline, and what a code-review site shows at its line.

use super::change::{Changes, DangerKind};
use super::verdict::Consequence;
use crate::diagnostic::Diagnostic;

/// A kind of change that a gate lets nobody pass with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Gate {
    /// Something is replaced, may be, or cannot be.
    Replace,
    /// Data is at risk.
    Data,
    /// Someone may do more than before.
    Permissions,
    /// Anything changes.
    Any,
}

/// Tells whether the gate is closed to these changes.
pub fn stops(gate: Gate, changes: &Changes) -> bool {
    match gate {
        Gate::Replace => {
            changes.resources.iter().any(|change| change.consequence <= Consequence::Unknown)
        }
        Gate::Data => changes.resources.iter().any(|change| change.has(DangerKind::Data)),
        Gate::Permissions => changes.widens(),
        Gate::Any => !changes.is_empty(),
    }
}

/// Returns the dangers as problems at the places that they come from.
pub fn problems(changes: &Changes) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for change in &changes.resources {
        let what = format!("{}/{} ({})", change.stack, change.logical_id, change.kind);
        for danger in &change.dangers {
            let message = format!("{what}: {}", danger.message);
            let problem = match danger.kind {
                DangerKind::Deploy => Diagnostic::error("diff-fails", change.span, message),
                DangerKind::Data => Diagnostic::error("diff-data-at-risk", change.span, message),
                DangerKind::Network => Diagnostic::error("diff-opened", change.span, message),
            };
            problems.push(match &danger.help {
                Some(help) => problem.help(help.clone()),
                None => problem,
            });
        }
        let replaced = match change.consequence {
            Consequence::Replace => "is replaced",
            Consequence::MayReplace => "may be replaced",
            _ => continue,
        };
        let message = format!("{what} {replaced}");
        problems.push(Diagnostic::warning("diff-replaced", change.span, message));
    }
    problems
}
