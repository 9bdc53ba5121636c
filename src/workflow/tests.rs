//! Rules by value, and the sample as a whole.

mod load;
mod sample_machines;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::*;
use crate::model::{Action, Argument, Capability, Kind, Outcomes, Step, Table, Timing, sample};

/// Returns a machine of a pipeline that compiles.
fn compiled(pipeline: &Pipeline, machine: &str) -> StateMachine {
    let machines = compile(pipeline).unwrap();
    machines.into_iter().find(|compiled| compiled.name.as_str() == machine).unwrap()
}

/// Returns the rules and messages of a pipeline that does not compile.
fn problems(pipeline: &Pipeline) -> Vec<(&'static str, String)> {
    let problems = compile(pipeline).unwrap_err();
    problems.into_iter().map(|problem| (problem.rule, problem.message)).collect()
}

/// Returns the sample with one machine more.
fn with_machine(machine: Machine) -> Pipeline {
    let mut pipeline = sample::pipeline();
    pipeline.machines.push(machine);
    pipeline
}

fn call(lambda: &str, index: u32) -> Action {
    Action::Call { invocation: sample::invocation(lambda, index), outcomes: Outcomes::default() }
}

fn state<'a>(machine: &'a StateMachine, name: &str) -> &'a Value {
    &machine.definition["States"][name]
}

#[test]
fn a_field_that_nothing_produced_is_told_at_the_step() {
    let step = sample::step("Terminate", call("lambda_terminate_emr", 301), 301);
    let pipeline = with_machine(sample::machine("Extra", vec![step], 300));
    let found = compile(&pipeline).unwrap_err();
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].message,
        "`lambda_terminate_emr` reads `ClusterId`, which nothing before produced"
    );
    assert_eq!(found[0].span, sample::span(301));
    assert!(found[0].help.as_ref().unwrap().starts_with("`lambda_launch_emr` returns it"));
}

#[test]
fn a_field_of_the_input_that_may_be_missing_is_not_enough() {
    let step = sample::step("Terminate", call("lambda_terminate_emr", 301), 301);
    let stop = Action::StopIfEmpty("ClusterId".to_owned(), sample::span(302));
    let stop = sample::step("Stop", stop, 302);
    let mut machine = sample::machine("Extra", vec![step.clone()], 300);
    machine.input = vec![crate::model::FieldRead { name: "ClusterId".to_owned(), optional: true }];
    let expected = "`lambda_terminate_emr` reads `ClusterId`, which may be missing here";
    let pipeline = with_machine(machine.clone());
    assert_eq!(problems(&pipeline), [("missing-field", expected.to_owned())]);
    machine.body = Body::Steps(vec![stop, step]);
    let extra = compiled(&with_machine(machine), "Extra");
    assert_eq!(state(&extra, "Terminate")["Parameters"]["ClusterId.$"], "$.Input.ClusterId");
}

#[test]
fn fields_given_in_the_step_come_first() {
    let read = sample::step("Read", call("lambda_read_state_info_from_s3", 301), 301);
    let mut invocation = sample::invocation("lambda_check_duplicate_stepfunction", 302);
    let argument = |text: &str| Argument::Text(text.to_owned());
    invocation.with = vec![
        ("currentStepName".to_owned(), argument("other"), sample::span(303)),
        ("RequestId".to_owned(), Argument::Field("ClusterId".to_owned()), sample::span(304)),
    ];
    let check =
        Action::Call { invocation, outcomes: sample::outcomes(&["NOTRUNNING"], &[], &["RUNNING"]) };
    let steps = vec![read, sample::step("Check", check, 302)];
    let extra = compiled(&with_machine(sample::machine("Extra", steps, 300)), "Extra");
    let expected = json!({
        "currentStepName": "other",
        "RequestId.$": "$.Steps.Read.ClusterId",
        "ExecutionName.$": "$$.Execution.Name",
    });
    assert_eq!(state(&extra, "Check")["Parameters"], expected);
}

#[test]
fn references_of_a_written_definition_are_filled_in() {
    let text = r#"{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "${lambda:lambda_launch_emr}",
        "Parameters": {"m": "${machine:Master}", "s": "s3://${bucket}/${root} ${location:stage/sample_country_dim} $${x}"},
        "End": true}}}"#;
    let body = Body::Asl { text: text.to_owned(), span: sample::span(301) };
    let machine = Machine { body, ..sample::machine("Written", Vec::new(), 300) };
    let written = compiled(&with_machine(machine), "Written");
    let task = state(&written, "A");
    let place = "eu-central-1:123456789012";
    assert_eq!(
        task["Resource"],
        format!("arn:aws:lambda:{place}:function:lambda_launch_emr:data_pipeline")
    );
    assert_eq!(
        task["Parameters"]["m"],
        format!("arn:aws:states:{place}:stateMachine:data_pipeline_v2.0_Master")
    );
    let stage = "s3://workarea-eu-central-1/data-workflows/stage/STG_DWH/stg_dimension_db/sample_country_dim";
    assert_eq!(
        task["Parameters"]["s"],
        format!("s3://workarea-eu-central-1/data-workflows {stage} ${{x}}")
    );
    assert_eq!(written.lambdas, BTreeSet::from([sample::name("lambda_launch_emr")]));
    assert_eq!(written.runs, BTreeSet::from([sample::name("Master")]));
    assert!(written.starts.is_empty(), "a Lambda is given its ARN");
}

#[test]
fn what_a_task_starts_by_itself_is_known_and_whether_it_waits() {
    let task = |way: &str, machine: &str| {
        let resource = format!("arn:aws:states:::states:startExecution{way}");
        json!({"Type": "Task", "Resource": resource, "Parameters": {"StateMachineArn": machine}})
    };
    let states = json!({
        "A": task("", "${machine:Master}"),
        "B": task(".sync:2", "${machine:Fact_Process}"),
        "C": task("", "${machine:Fact_Process}"),
        "D": {"Type": "Task", "Resource": "${lambda:start}", "Parameters": {"of": "${machine:Master}"}},
    });
    let text = json!({"StartAt": "A", "States": states}).to_string();
    let body = Body::Asl { text, span: sample::span(301) };
    let machine = Machine { body, ..sample::machine("Written", Vec::new(), 300) };
    let written = compiled(&with_machine(machine), "Written");
    let expected = [(sample::name("Fact_Process"), true), (sample::name("Master"), false)];
    assert_eq!(written.starts, expected.into());
    assert_eq!(written.runs, [sample::name("Master")].into(), "a Lambda is told of it too");
}

#[test]
fn an_optional_field_that_is_not_handed_on_is_told() {
    let told = |optional: bool, step: Step| {
        let mut machine = sample::machine("Extra", vec![step], 300);
        machine.input = vec![crate::model::FieldRead { name: "ClusterId".to_owned(), optional }];
        let warnings = compiled(&with_machine(machine), "Extra").warnings;
        warnings.into_iter().map(|warning| warning.message).collect::<Vec<_>>()
    };
    let timing = Timing { every_seconds: 60, timeout_seconds: 3600 };
    let machine = sample::name("Terminate_EMR_Cluster");
    let run = sample::step("Run", Action::Run { machine, timing }, 301);
    let notify = sample::step("Tell", Action::Notify("done".to_owned()), 301);
    for (step, reader) in [(run, "Terminate_EMR_Cluster"), (notify, "lambda_send_msg_sns")] {
        let expected = format!("`{reader}` is not given `ClusterId`, which may be missing here");
        assert_eq!(told(true, step.clone()), [expected]);
        assert_eq!(told(false, step), [""; 0]);
    }
}

#[test]
fn a_short_form_needs_one_lambda_that_can() {
    let mut pipeline = sample::pipeline();
    for lambda in &mut pipeline.lambdas {
        lambda.can.retain(|can| *can != Capability::DescribeStep);
    }
    let found = problems(&pipeline);
    assert!(found.iter().all(|(rule, _)| *rule == "missing-lambda"), "{found:?}");
    assert!(found[0].1.contains("`describe_step`"));
}

#[test]
fn polls_that_outgrow_the_history_are_refused() {
    let mut pipeline = sample::pipeline();
    let Body::Steps(steps) = &mut pipeline.machines[2].body else { unreachable!() };
    let Action::Poll { timing, .. } = &mut steps[1].action else { unreachable!() };
    timing.every_seconds = 1;
    let found = problems(&pipeline);
    assert_eq!(found[0].0, "history-limit");
    assert!(found[0].1.contains("may take 39688 history events"), "{}", found[0].1);
}

#[test]
fn a_definition_has_a_size_in_characters() {
    let with_comment = |letters: usize| {
        let comment = "ü".repeat(letters);
        let text = format!(
            r#"{{"Comment":"{comment}","StartAt":"A","States":{{"A":{{"Type":"Succeed"}}}}}}"#
        );
        let body = Body::Asl { text, span: sample::span(301) };
        let machine = Machine { body, ..sample::machine("Written", Vec::new(), 300) };
        with_machine(machine)
    };
    let frame = r#"{"Comment":"","StartAt":"A","States":{"A":{"Type":"Succeed"}}}"#.len();
    assert!(compile(&with_comment(1_048_576 - frame)).is_ok());
    assert_eq!(problems(&with_comment(1_048_577 - frame))[0].0, "definition-limit");
}
