//! Each rule by its message and place.

use super::*;
use crate::blueprint::decode::Decode;
use crate::model::{Action, sample};

/// A blueprint in which only state machines matter; the sample's Lambdas are written below it.
const HEAD: &str = "\
pipeline: p
version: '1'
as_of: 2026-11-01
workarea: {bucket: b}
cluster: {release: r, master: m, workers: {types: t}}
tables:
  country: {kind: dimension, columns: {id: int}}
";

/// Checks `text`, which holds `state_machines` and perhaps a schedule; `asl` is the text of any file that it names.
fn checked(text: &str, asl: &str) -> (Vec<Machine>, Vec<(&'static str, String, String)>) {
    let lambdas = sample::pipeline().lambdas;
    let written: Vec<_> = lambdas.iter().map(|l| format!("  {}: {{}}", l.name)).collect();
    let written = written.join("\n");
    let text = format!("{HEAD}lambdas:\n{written}\n{text}");
    let mut problems = Problems::default();
    let node = crate::yaml::read(&text, FileId(0)).unwrap();
    let blueprint = Blueprint::decode(&node, &mut problems).expect("the test's blueprint reads");
    let known = Known { lambdas: &lambdas, step_concurrency: 4 };
    let mut read = |_: &Spanned<String>| Ok((FileId(1), asl.to_owned()));
    let machines = machines(&blueprint, known, &mut read, &mut problems);
    let at = |span: Span| {
        let source = if span.file == FileId(1) { asl } else { &text };
        source.chars().skip(span.start as usize).take((span.end - span.start) as usize).collect()
    };
    let told = problems.into_sorted().into_iter().map(|p| (p.rule, at(p.span), p.message));
    (machines, told.collect())
}

/// Checks that steps of one machine raise exactly one problem: its rule, the text at its place, its message.
fn assert_step(steps: &str, rule: &str, place: &str, message: &str) {
    let (_, found) = checked(&format!("state_machines:\n  M:\n    steps:\n{steps}\n"), "");
    let found: Vec<_> = found.iter().map(|(r, p, m)| (*r, p.trim(), m.as_str())).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].0, rule, "{found:?}");
    assert!(found[0].1.starts_with(place), "{found:?}");
    assert_eq!(found[0].2, message);
}

const POLL: &str = "submit: lambda_launch_emr, poll: lambda_status_emr, every: 60s";

#[test]
fn the_steps_of_the_sample_are_read() {
    let steps = "
      - {submit: lambda_add_worker_instances_emr, poll: lambda_status_add_worker_instances_emr, every: 5m, timeout: 1h, done: SUCCESS, again: ADDING, failed: ERROR}
      - {load: dimension, every: 60}
      - notify: Done now
      - {emr: 'spark-submit a.py', every: 60s}";
    let (machines, found) = checked(&format!("state_machines:\n  M:\n    steps:{steps}\n"), "");
    assert_eq!(found, []);
    let Body::Steps(steps) = &machines[0].body else { unreachable!() };
    let names: Vec<_> = steps.iter().map(|step| step.name.as_str()).collect();
    assert_eq!(names, ["Add worker instances EMR", "Load dimension", "Notify", "Run spark submit"]);
    let Action::Poll { timing, .. } = &steps[0].action else { unreachable!() };
    assert_eq!((timing.every_seconds, timing.timeout_seconds), (300, 3600));
    let Action::Load { timing, concurrency, .. } = &steps[1].action else { unreachable!() };
    assert_eq!((timing.timeout_seconds, *concurrency), (10_800, 4));
}

#[test]
fn a_machine_says_whether_it_is_logged_else_operations_does() {
    let machines = "state_machines:
  Own: {logging: true, steps: [notify: a]}
  Other: {steps: [notify: b]}
";
    for (default, other) in [("", true), ("operations: {logging: false}\n", false)] {
        let (machines, _) = checked(&format!("{machines}{default}"), "");
        let logging: Vec<_> = machines.iter().map(|machine| machine.logging).collect();
        assert_eq!(logging, [true, other], "{default}");
    }
}

#[test]
fn a_step_does_one_thing() {
    let none = "      - {name: x}";
    assert_step(none, "step-kind", "{", "the step does nothing");
    let two = "      - {notify: a, run: M}";
    assert_step(two, "step-kind", "{", "a step does one thing, and this one has `run` and another");
    let poll = "      - {poll: lambda_status_emr}";
    assert_step(poll, "step-kind", "lambda_status_emr", "`poll` asks after what `submit` started");
    let key = "      - {notify: a, every: 60s}";
    assert_step(key, "step-key", "60s", "`every` does not fit `notify`");
}

#[test]
fn names_in_steps_exist() {
    let lambda = "      - {call: lambda_read_state_info}";
    assert_step(lambda, "unknown-lambda", "lambda_read", "unknown Lambda `lambda_read_state_info`");
    let machine = "      - {run: N, every: 60s}";
    assert_step(machine, "unknown-machine", "N", "unknown state machine `N`");
    let kind = "      - {load: dimensoin, every: 60s}";
    assert_step(kind, "unknown-word", "dimensoin", "unknown kind `dimensoin`");
    let empty = "      - {load: fact, every: 60s}";
    assert_step(empty, "nothing-to-load", "fact", "there is no fact to load");
}

#[test]
fn every_status_has_one_meaning() {
    let call = "call: lambda_check_duplicate_emr";
    let open = format!("      - {{{call}, done: NOTRUNNING}}");
    let message = "nothing says what `RUNNING` of `lambda_check_duplicate_emr` means";
    assert_step(&open, "unhandled-status", "lambda_check_duplicate_emr", message);
    let strange = format!("      - {{{call}, done: NOTRUNNING, failed: [RUNNING, RUNING]}}");
    let message = "`lambda_check_duplicate_emr` never returns the Status `RUNING`";
    assert_step(&strange, "unknown-status", "RUNING", message);
    let twice = format!("      - {{{call}, done: [NOTRUNNING, RUNNING], failed: RUNNING}}");
    assert_step(&twice, "duplicate-status", "RUNNING", "`RUNNING` stands in two places");
    let silent = "      - {submit: lambda_add_worker_instances_emr, poll: lambda_read_state_info_from_s3, every: 60s}";
    let message =
        "`lambda_read_state_info_from_s3` returns no Status, so its answer cannot end the step";
    assert_step(silent, "unhandled-status", "lambda_read_state_info_from_s3", message);
}

#[test]
fn polls_say_how_often_and_how_long() {
    let no_every = "      - {load: dimension}";
    assert_step(no_every, "missing-key", "{", "`load` lacks `every`");
    let bad = "      - {load: dimension, every: 1 minute}";
    assert_step(bad, "bad-duration", "1 minute", "`1 minute` is no duration");
    let late = "      - {load: dimension, every: 2h, timeout: 1h}";
    assert_step(late, "timeout", "2h", "the first poll comes after the timeout");
    let long = "      - {load: dimension, every: 60s, timeout: 7h}\n    timeout: 6h";
    let message = "`Load dimension` may take 25200 seconds, and its machine ends after 21600";
    assert_step(long, "timeout", "{", message);
    let many = "      - {load: dimension, every: 60s, concurrency: 5}";
    assert_step(many, "out-of-bounds", "5", "the cluster runs 4 steps at once, not 5");
}

#[test]
fn names_and_fields_and_commands_have_a_form() {
    let taken = "      - {name: Done, notify: a}";
    assert_step(
        taken,
        "bad-name",
        "Done",
        "the step's name `Done` is the name of a state that every machine has",
    );
    let colon = "      - {name: 'a: b', notify: a}";
    assert_step(
        colon,
        "bad-name",
        "a: b",
        "the step's name `a: b` has `:`, which may not stand there",
    );
    let same = "      - {name: a b, notify: a}\n      - {name: a-b, notify: a}";
    assert_step(same, "duplicate-step", "{", "two steps of the machine are named `a-b`");
    let field = "      - {stop_if_empty: a.b}";
    assert_step(field, "bad-field", "a.b", "`a.b` is not the name of a field");
    let open = "      - {emr: \"bash -c 'x\", every: 60s}";
    assert_step(open, "bad-command", "bash", "a quote of the command is not closed");
    let unread = "      - {call: lambda_remove_state_info_from_s3, with: {ClusterId: x}}";
    let message = "`lambda_remove_state_info_from_s3` does not read `ClusterId`";
    assert_step(unread, "unread-field", "ClusterId", message);
}

#[test]
fn whoever_launches_a_cluster_ends_it() {
    let done = "done: STARTED, again: STARTING, failed: STOPPED";
    let launch = format!("      - {{{POLL}, {done}}}");
    assert_step(&launch, "on-failure", "{", "a failure of `M` leaves a cluster running");
    let machine = |on_failure: &str, more: &str| {
        let text = format!(
            "state_machines:\n  M:\n    on_failure: {on_failure}\n    steps:\n{launch}{more}\n"
        );
        checked(&text, "").1
    };
    assert_eq!(machine("{call: lambda_terminate_emr}", ""), []);
    let found = machine("{call: lambda_read_state_info_from_s3}", "");
    assert_eq!(found[0].2, "`lambda_read_state_info_from_s3` does not terminate the cluster");
    let found = machine("{}", "");
    assert_eq!(found[0].2, "`on_failure` is either `call` or `run`");
    let again = format!("\n      - {{name: Again, {POLL}, {done}}}");
    let found = machine("{call: lambda_terminate_emr}", &again);
    assert_eq!(found[0].2, "`Again` launches a second cluster");
}

#[test]
fn machines_make_no_circle_and_something_starts_each() {
    let run = |from: &str, to: &str| format!("  {from}: {{steps: [{{run: {to}, every: 60s}}]}}\n");
    let circle = format!("state_machines:\n{}{}", run("A", "B"), run("B", "A"));
    let (_, found) = checked(&circle, "");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].2, "`A` starts `B` starts `A` again");
    let (_, found) = checked(&format!("state_machines:\n{}", run("A", "A")), "");
    assert_eq!(found[0].2, "`A` starts itself");
    let alone = "  B: {steps: [{notify: x}]}\n  C: {steps: [{notify: x}]}\n";
    let machines = format!("state_machines:\n{}{alone}", run("A", "B"));
    assert_eq!(checked(&machines, "").1, []);
    let schedule = "schedule: {machine: A, expression: rate(1 day)}\n";
    let (_, found) = checked(&format!("{machines}{schedule}"), "");
    assert_eq!(found, [("unreachable-machine", "C".to_owned(), "nothing starts `C`".to_owned())]);
}

#[test]
fn a_machine_has_steps_or_a_definition() {
    let body =
        |body: &str| checked(&format!("state_machines:\n  M: {body}\n"), "{}").1[0].2.clone();
    assert_eq!(body("{description: x}"), "the machine has no step");
    assert_eq!(
        body("{asl: a.json, steps: [{notify: x}]}"),
        "a machine has either `steps` or `asl`"
    );
    let start_at = "{start_at: true, steps: [{notify: x}]}";
    assert_eq!(body(start_at), "`start_at` names a machine to run, and no step runs one");
}

#[test]
fn problems_of_a_definition_stand_in_its_file() {
    let checked = |asl: &str| checked("state_machines:\n  M: {asl: a.json}\n", asl).1;
    assert_eq!(checked("{\"é\": \"${lambda:lambda_launch_emr} ${bucket} $${x}\"}"), []);
    let found = checked("{\"é\": \"${lambda:lambda_lunch_emr}\"}");
    let place = "${lambda:lambda_lunch_emr}".to_owned();
    assert_eq!(found, [("unknown-lambda", place, "unknown Lambda `lambda_lunch_emr`".to_owned())]);
    let found = checked("{\"a\": \"${date}\"}");
    assert_eq!((found[0].0, found[0].1.as_str()), ("unknown-reference", "${date}"));
    let found = checked("{\"a\": \"${location:stage/contry}\"}");
    assert_eq!((found[0].0, found[0].2.as_str()), ("unknown-table", "unknown table `contry`"));
    let found = checked("{\"é\": 1,\n \"b\": x}");
    assert_eq!((found[0].0, found[0].1.as_str()), ("bad-json", "x"));
    assert_eq!(checked("[]")[0].2, "a definition is a JSON object");
}

#[test]
fn people_start_a_machine_and_what_it_runs_when_a_group_may_operate_it() {
    let text = "
schedule: {machine: A, expression: rate(1 day)}
state_machines:
  A: {steps: [notify: a]}
  B: {by_hand: true, steps: [{run: C, every: 60s}]}
  C: {steps: [notify: c]}
";
    let group =
        |operate| format!("{text}access: {{ops: {{assumed_by: account, operate: {operate}}}}}\n");
    for operate in ["B", "all"] {
        assert_eq!(checked(&group(operate), "").1, [], "{operate}");
    }
    let (_, found) = checked(&group("A"), "");
    assert_eq!(found, [("unreachable-machine", "B".to_owned(), "nobody may start `B`".to_owned())]);
}
