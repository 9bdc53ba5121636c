//! The state machines of the sample pipeline.

use super::{field, name, owned, span};
use crate::model::{Action, Body, Cleanup, Invocation, Kind, Machine, Outcomes, Step, Timing};

pub(super) fn machines() -> Vec<Machine> {
    vec![
        launch(),
        process("Dimension_Process", Kind::Dimension, 110),
        add_workers(),
        process("Fact_Process", Kind::Fact, 130),
        terminate(),
        master(),
    ]
}

/// Returns a machine with `steps` that is started by nobody and has no clean-up.
pub(crate) fn machine(machine: &str, steps: Vec<Step>, index: u32) -> Machine {
    Machine {
        name: name(machine),
        description: None,
        body: Body::Steps(steps),
        input: Vec::new(),
        timeout_seconds: 6 * 3600,
        on_failure: None,
        start_at: false,
        logging: true,
        span: span(index),
    }
}

fn launch() -> Machine {
    let launch = Action::Poll {
        submit: invocation("lambda_launch_emr", 102),
        poll: invocation("lambda_status_emr", 103),
        outcomes: outcomes(&["STARTED"], &["STARTING"], &["STOPPED"]),
        timing: every(300),
    };
    let steps = vec![
        step(
            "Check duplicate EMR",
            call("lambda_check_duplicate_emr", "NOTRUNNING", "RUNNING"),
            101,
        ),
        step("Launch EMR", launch, 102),
        step("Write state info", call("lambda_write_state_info_to_s3", "SUCCESS", "FAIL"), 104),
    ];
    let on_failure = Some(Cleanup::Call(name("lambda_terminate_emr"), span(105)));
    Machine { on_failure, ..machine("Launch_EMR_Cluster", steps, 100) }
}

fn process(machine_name: &str, kind: Kind, index: u32) -> Machine {
    let load = Action::Load { kind, timing: every(60), concurrency: 1 };
    let word = kind.word();
    let steps = vec![
        step("Read state info", plain_call("lambda_read_state_info_from_s3", index + 1), index + 1),
        step(&format!("Load {word}"), load, index + 2),
    ];
    machine(machine_name, steps, index)
}

fn add_workers() -> Machine {
    let add = Action::Poll {
        submit: invocation("lambda_add_worker_instances_emr", 122),
        poll: invocation("lambda_status_add_worker_instances_emr", 123),
        outcomes: outcomes(&["SUCCESS"], &["ADDING"], &["ERROR"]),
        timing: Timing { every_seconds: 60, timeout_seconds: 3600 },
    };
    let steps = vec![
        step("Read state info", plain_call("lambda_read_state_info_from_s3", 121), 121),
        step("Add worker instances EMR", add, 122),
    ];
    machine("Add_EMR_Workers_data", steps, 120)
}

fn terminate() -> Machine {
    let terminate = Action::Poll {
        submit: invocation("lambda_terminate_emr", 143),
        poll: invocation("lambda_status_emr", 144),
        outcomes: outcomes(&["STOPPED"], &["STARTING", "STARTED"], &[]),
        timing: every(120),
    };
    let read = step("Read state info", plain_call("lambda_read_state_info_from_s3", 141), 141);
    let steps = vec![
        Step { unless: Some(("ClusterId".to_owned(), span(141))), ..read },
        step(
            "Stop if ClusterId is empty",
            Action::StopIfEmpty("ClusterId".to_owned(), span(142)),
            142,
        ),
        step("Terminate EMR", terminate, 143),
        step("Remove state info", plain_call("lambda_remove_state_info_from_s3", 145), 145),
    ];
    let input = vec![field("ClusterId?")];
    Machine { input, ..machine("Terminate_EMR_Cluster", steps, 140) }
}

fn master() -> Machine {
    let run = |machine: &str, seconds, index| {
        let action = Action::Run { machine: name(machine), timing: every(seconds) };
        step(&format!("Run {}", machine.replace('_', " ")), action, index)
    };
    let check = call("lambda_check_duplicate_stepfunction", "NOTRUNNING", "RUNNING");
    let steps = vec![
        step("Check duplicate stepfunction", check, 151),
        run("Launch_EMR_Cluster", 300, 152),
        run("Dimension_Process", 120, 153),
        run("Add_EMR_Workers_data", 300, 154),
        run("Fact_Process", 120, 155),
        run("Terminate_EMR_Cluster", 180, 156),
        step("Notify", Action::Notify("All Step Successful".to_owned()), 157),
    ];
    let on_failure = Some(Cleanup::Run(name("Terminate_EMR_Cluster"), span(158)));
    Machine { on_failure, start_at: true, ..machine("Master", steps, 150) }
}

/// Returns a step that does `action`.
pub(crate) fn step(name: &str, action: Action, index: u32) -> Step {
    Step { name: name.to_owned(), action, unless: None, span: span(index) }
}

/// Returns the call of a Lambda with nothing given.
pub(crate) fn invocation(lambda: &str, index: u32) -> Invocation {
    Invocation { lambda: name(lambda), span: span(index), with: Vec::new() }
}

fn call(lambda: &str, done: &str, failed: &str) -> Action {
    Action::Call {
        invocation: invocation(lambda, 170),
        outcomes: outcomes(&[done], &[], &[failed]),
    }
}

fn plain_call(lambda: &str, index: u32) -> Action {
    Action::Call { invocation: invocation(lambda, index), outcomes: Outcomes::default() }
}

/// Returns what each `Status` means.
pub(crate) fn outcomes(done: &[&str], again: &[&str], failed: &[&str]) -> Outcomes {
    Outcomes { done: owned(done), again: owned(again), failed: owned(failed) }
}

/// Returns polls every so many seconds, for three hours.
pub(crate) fn every(every_seconds: u32) -> Timing {
    Timing { every_seconds, timeout_seconds: 3 * 3600 }
}
