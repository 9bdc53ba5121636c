//! Ends of support of runtimes and EMR releases, by the day that the blueprint states.

use crate::aws::release;
use crate::aws::runtime::{self, Runtime, Support};
use crate::blueprint::Blueprint;
use crate::diagnostic::{Diagnostic, Problems, Span};

pub(super) fn ends(blueprint: &Blueprint, as_of: &str, problems: &mut Problems) {
    for lambda in blueprint.lambdas.values() {
        // The default is no choice of this Lambda: its end is told once, at the day that it is judged by.
        let written = lambda.value.runtime.as_ref();
        let name = written.map_or(runtime::DEFAULT, |runtime| &runtime.value);
        let span = written.map_or(blueprint.as_of.span, |runtime| runtime.span);
        if let Some(runtime) = runtime::of(name) {
            runtime_ends(runtime, as_of, span, problems);
        } else {
            let message = format!("unknown runtime `{name}`");
            let known = runtime::ALL.iter().filter(|r| r.support(as_of) != Support::Blocked);
            let known = known.map(|runtime| runtime.name);
            let problem = Diagnostic::error("unknown-runtime", span, message);
            problems.add(problem.suggest(name, known));
        }
    }
    release_ends(blueprint, as_of, problems);
}

fn runtime_ends(runtime: &Runtime, as_of: &str, span: Span, problems: &mut Problems) {
    let Runtime { name, deprecated, no_create, .. } = runtime;
    let problem = match runtime.support(as_of) {
        Support::Full => return,
        Support::EndsSoon => warning(format!("support of `{name}` ends on {deprecated}"), span),
        Support::Deprecated => warning(format!("support of `{name}` ended on {deprecated}"), span),
        Support::Blocked => {
            let message = format!("Lambda makes no function with `{name}` since {no_create}");
            Diagnostic::error("end-of-support", span, message)
        }
    };
    let newest = runtime::ALL[runtime::ALL.len() - 1].name;
    problems.add(problem.help(format!("choose a newer one, such as `runtime: {newest}`")));
}

fn release_ends(blueprint: &Blueprint, as_of: &str, problems: &mut Problems) {
    let written = &blueprint.cluster.release;
    let Some(release) = release::of(&written.value) else { return };
    let Some(dates) = release.lifecycle else { return };
    let verb = match () {
        () if release.has_ended(as_of) => "ended",
        () if release.has_ended(&runtime::half_a_year_after(as_of)) => "ends",
        () => return,
    };
    let message = format!("support of `{}` {verb} on {}", release.label, dates.supported_until);
    let newest = release::ALL[release::ALL.len() - 1].label;
    problems.add(
        warning(message, written.span).help(format!("choose a newer release, such as `{newest}`")),
    );
}

fn warning(message: String, span: Span) -> Diagnostic {
    Diagnostic::warning("end-of-support", span, message).label("by the blueprint's `as_of`")
}
