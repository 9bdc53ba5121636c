//! What each `Status` means: every value that the Lambda's contract has stands in exactly one list.

use crate::blueprint;
use crate::blueprint::decode::Spanned;
use crate::diagnostic::{Diagnostic, Problems, Span, nearest};
use crate::model::{Lambda, Outcomes};

/// Reads the lists of a step whose answers come from `lambda`.
pub(super) fn outcomes(
    step: &blueprint::Step,
    lambda: &Lambda,
    asked: Span,
    problems: &mut Problems,
) -> Outcomes {
    let mut seen: Vec<(&str, Span)> = Vec::new();
    for value in [&step.done, &step.again, &step.failed].into_iter().flatten() {
        known(value, lambda, problems);
        if let Some((_, first)) = seen.iter().find(|(known, _)| *known == value.value) {
            let message = format!("`{}` stands in two places", value.value);
            let problem = Diagnostic::error("duplicate-status", value.span, message);
            problems.add(problem.related(*first, "the first one").help("remove one of them"));
        }
        seen.push((&value.value, value.span));
    }
    let open = open(lambda, &seen);
    if !open.is_empty() {
        unhandled(step, lambda, &open, asked, problems);
    }
    if step.done.is_empty() {
        nothing_ends(lambda, asked, problems);
    }
    let owned = |values: &[Spanned<String>]| values.iter().map(|v| v.value.clone()).collect();
    Outcomes { done: owned(&step.done), again: owned(&step.again), failed: owned(&step.failed) }
}

/// Returns the values that no list has. One that is not in the contract was told, and stands for the one that it is near to.
fn open<'a>(lambda: &'a Lambda, seen: &[(&str, Span)]) -> Vec<&'a String> {
    let has = |status: &str| seen.iter().any(|(name, _)| *name == status);
    let mut open: Vec<_> = lambda.statuses.iter().filter(|status| !has(status)).collect();
    let strange = |name: &str| lambda.statuses.iter().all(|status| status != name);
    for (name, _) in seen.iter().filter(|(name, _)| strange(name)) {
        match nearest(name, open.iter().map(|status| status.as_str())) {
            Some(meant) => open.retain(|status| *status != meant),
            None if open.len() == 1 => open.clear(),
            None => {}
        }
    }
    open
}

fn known(value: &Spanned<String>, lambda: &Lambda, problems: &mut Problems) {
    if lambda.statuses.contains(&value.value) {
        return;
    }
    let message = format!("`{}` never returns the Status `{}`", lambda.name, value.value);
    let problem = Diagnostic::error("unknown-status", value.span, message);
    let problem = problem.related(lambda.span, "its contract");
    problems.add(problem.suggest(&value.value, lambda.statuses.iter().map(String::as_str)));
}

fn unhandled(
    step: &blueprint::Step,
    lambda: &Lambda,
    open: &[&String],
    asked: Span,
    problems: &mut Problems,
) {
    let names: Vec<_> = open.iter().map(|status| format!("`{status}`")).collect();
    let verb = if open.len() == 1 { "means" } else { "mean" };
    let message = format!("nothing says what {} of `{}` {verb}", names.join(", "), lambda.name);
    let problem = Diagnostic::error("unhandled-status", asked, message);
    let lists =
        if step.submit.is_some() { "`done`, `again` or `failed`" } else { "`done` or `failed`" };
    let problem = problem.related(lambda.span, "its contract");
    problems.add(problem.help(format!("put each into {lists}")));
}

fn nothing_ends(lambda: &Lambda, asked: Span, problems: &mut Problems) {
    let problem = if lambda.statuses.is_empty() {
        let message =
            format!("`{}` returns no Status, so its answer cannot end the step", lambda.name);
        Diagnostic::error("unhandled-status", asked, message)
            .related(lambda.span, "its contract")
            .help("add `status: […]` to the Lambda")
    } else {
        Diagnostic::error("unhandled-status", asked, "no Status ends the step well")
            .help("add `done: <Status>` to the step")
    };
    problems.add(problem);
}

/// Checks a Lambda whose `Status` nobody looks at: it must have one value at most.
pub(super) fn settled(lambda: &Lambda, span: Span, problems: &mut Problems) {
    if lambda.statuses.len() > 1 {
        let values: Vec<_> = lambda.statuses.iter().map(|status| format!("`{status}`")).collect();
        let message =
            format!("`{}` returns {}, and nobody looks which", lambda.name, values.join(" or "));
        let problem = Diagnostic::error("unhandled-status", span, message);
        let problem = problem.related(lambda.span, "its contract");
        problems.add(problem.help("what `submit` names starts something, and has one Status"));
    }
}
