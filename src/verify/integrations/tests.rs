//! Definitions whose Tasks ask for more than their role allows, and some whose do not.

use serde_json::{Value, json};

use super::*;
use crate::model::{Machine, Override, Pipeline, sample};
use crate::workflow::compile;

/// Returns the calls that are told of a definition with one state.
fn told(state: &Value, overrides: Vec<Override>) -> Vec<String> {
    let definition = json!({"StartAt": "One", "States": {"One": state}}).to_string();
    let body = Body::Asl { text: definition, span: sample::span(301) };
    let machine = Machine { body, ..sample::machine("Brought", Vec::new(), 300) };
    let mut pipeline = Pipeline { overrides, ..sample::pipeline() };
    pipeline.machines.push(machine);
    let machines = compile(&pipeline).expect("it compiles");
    let told = machines.iter().flat_map(|machine| integrations(&pipeline, machine));
    told.map(|problem| problem.message).collect()
}

fn task(resource: &str, given: &Value) -> Value {
    json!({"Type": "Task", "Resource": resource, "Parameters": given, "End": true})
}

#[test]
fn lambdas_machines_and_activities_of_ones_own_are_allowed() {
    let lambda = "${lambda:lambda_launch_emr}";
    let machine = json!({"StateMachineArn": "${machine:Master}"});
    for state in [
        task(lambda, &json!({})),
        task("arn:aws:states:::lambda:invoke", &json!({"FunctionName": lambda})),
        task("arn:aws:states:::lambda:invoke.waitForTaskToken", &json!({"FunctionName": lambda})),
        task("arn:aws:states:::states:startExecution.sync:2", &machine),
        task("arn:aws:states:::aws-sdk:sfn:startExecution", &machine),
        task("arn:aws:states:eu-central-1:123456789012:activity:paint", &json!({})),
    ] {
        assert_eq!(told(&state, Vec::new()), [""; 0], "{state}");
    }
}

#[test]
fn everything_else_is_told_with_its_state() {
    for (state, call) in [
        (task("arn:aws:states:::sqs:sendMessage", &json!({})), "sqs:sendMessage"),
        (task("arn:aws:states:::aws-sdk:s3:getObject", &json!({})), "aws-sdk:s3:getObject"),
        (
            task("arn:aws:states:::states:startExecution", &json!({"StateMachineArn.$": "$.arn"})),
            "states:startExecution",
        ),
        (
            task("arn:aws:lambda:eu-central-1:123456789012:function:theirs:live", &json!({})),
            "arn:aws:lambda:eu-central-1:123456789012:function:theirs:live",
        ),
    ] {
        let expected = format!("the role of `Brought` does not allow `{call}` of its state `One`");
        assert_eq!(told(&state, Vec::new()), [expected]);
    }
}

#[test]
fn a_map_is_read_through() {
    let inner = task("arn:aws:states:::sns:publish", &json!({}));
    let map = json!({
        "Type": "Map",
        "ItemReader": {"Resource": "arn:aws:states:::s3:getObject"},
        "ItemProcessor": {"StartAt": "In", "States": {"In": inner}},
        "End": true,
    });
    let told = told(&map, Vec::new());
    assert!(told[0].contains("`s3:getObject` of its state `One`"), "{told:?}");
    assert!(told[1].contains("`sns:publish` of its state `In`"), "{told:?}");
}

#[test]
fn an_override_of_the_role_may_grant_anything() {
    let patch = Override {
        stack: "identity".into(),
        logical_id: "MachineBroughtRole".into(),
        patch: json!({}),
        span: sample::span(400),
    };
    let state = task("arn:aws:states:::sqs:sendMessage", &json!({}));
    assert_eq!(told(&state, vec![patch]), [""; 0]);
}
