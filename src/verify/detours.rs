//! Groups that see more than the blueprint gives them, and by which way.

use crate::access::{self, Grants, Sight};
use crate::diagnostic::Diagnostic;
use crate::model::{Detour, Group, Pipeline};
use crate::workflow::StateMachine;

/// Warns of what a group sees without having been given it, where the blueprint does not say why, and of reasons for nothing.
pub fn detours(pipeline: &Pipeline, grants: &Grants, machines: &[StateMachine]) -> Vec<Diagnostic> {
    let sights = access::detours(pipeline, grants, machines);
    let unexplained = sights.iter().filter(|sight| sight.reason(pipeline).is_none());
    let mut problems: Vec<_> = unexplained.map(told).collect();
    for group in &pipeline.groups {
        let own: Vec<_> = sights.iter().filter(|sight| sight.group == group.name).collect();
        problems.extend(stale(group, &own));
    }
    problems
}

fn told(sight: &Sight) -> Diagnostic {
    let what = sight.what.join(", ");
    let (group, way) = (&sight.group, sight.by.word());
    let message = format!("`{group}` sees by {} what it was not given: {what}", phrase(sight.by));
    Diagnostic::warning("sees-more", sight.span, message).label(sight.how.clone()).help(format!(
        "{}, or say why `{group}` may see it: `also_sees: {{{way}: <reason>}}`",
        remedy(sight.by)
    ))
}

fn phrase(way: Detour) -> &'static str {
    match way {
        Detour::Results => "others' query results",
        Detour::Logs => "logs",
        Detour::Scripts => "scripts that it may replace",
        Detour::Commands => "commands that it may give",
        Detour::Roles => "another group's role",
        Detour::Policies => "its policies",
        Detour::Key => "the pipeline's key",
    }
}

fn remedy(way: Detour) -> &'static str {
    match way {
        Detour::Results => "take `results` away: its own results need no `read`",
        Detour::Logs => "take the logs away, or run the command where nothing is printed",
        Detour::Scripts => "take `write: libs` away",
        Detour::Commands => "write the command in the machine, and not in its input",
        Detour::Roles => "leave its role out of the other's `assumed_by`",
        Detour::Policies => "give it `read` or `query` of that, or mend the override or location",
        Detour::Key => "add `kms:ViaService` to the override of its role",
    }
}

fn stale(group: &Group, sights: &[&Sight]) -> Vec<Diagnostic> {
    let unused = group.also_sees.iter().filter(|(way, _)| sights.iter().all(|one| one.by != **way));
    let told = unused.map(|(way, (_, span))| {
        let message = format!("`{}` sees no more by {}", group.name, phrase(*way));
        let problem = Diagnostic::warning("unused-reason", *span, message);
        problem.help(format!("remove `{}`", way.word()))
    });
    told.collect()
}
