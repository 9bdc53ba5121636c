//! The rule that sees executions fail which no Catch saw: a timeout, a stop, an error of the language itself.

use serde_json::{Value, json};

use crate::diagnostic::Span;
use crate::model::{Capability, Lambda, Machine, Pipeline};
use crate::template::{Resource, Template, attribute, reference, tags};

use super::topic::TOPIC;

/// Machines that one rule watches: an event pattern takes 2,048 characters (EventBridge user guide, "Quotas").
const WATCHED: usize = 12;

/// Returns the Lambda that reports failures and cleans up after them.
pub(super) fn reporter(pipeline: &Pipeline) -> Option<&Lambda> {
    pipeline.lambda_that_can(Capability::ReportFailures)
}

/// Returns the logical ids of the rules.
pub(super) fn rule_ids(pipeline: &Pipeline) -> Vec<String> {
    let rules = pipeline.machines.len().div_ceil(WATCHED);
    (1..=rules)
        .map(|n| if n == 1 { "FailureRule".to_owned() } else { format!("FailureRule{n}") })
        .collect()
}

/// Returns what the names of the rules say behind the pipeline's.
pub(super) fn rule_names(pipeline: &Pipeline) -> Vec<String> {
    let name = |n: usize| match n {
        1 => "failed-executions".to_owned(),
        _ => format!("failed-executions-{n}"),
    };
    (1..=pipeline.machines.len().div_ceil(WATCHED)).map(name).collect()
}

/// Adds the rules; without a Lambda that reports, they publish the bare event.
pub(super) fn add(template: &mut Template, pipeline: &Pipeline) {
    let chunks = pipeline.machines.chunks(WATCHED);
    let names = rule_ids(pipeline).into_iter().zip(rule_names(pipeline));
    for ((id, purpose), machines) in names.zip(chunks) {
        let properties = json!({
            "Name": pipeline.own_name(&purpose),
            "Description": "Failed, timed out and aborted executions",
            "State": "ENABLED",
            "EventPattern": pattern(pipeline, machines),
            "Targets": [target(pipeline)],
            "Tags": tags(pipeline),
        });
        template.add(&id, Resource::new("AWS::Events::Rule", Span::default(), properties));
        if let Some(lambda) = reporter(pipeline) {
            template.add(format!("{id}Permission"), permission(pipeline, lambda, &id));
        }
    }
}

fn pattern(pipeline: &Pipeline, machines: &[Machine]) -> Value {
    let arns: Vec<_> = machines.iter().map(|m| pipeline.machine_arn(&m.name)).collect();
    json!({
        "source": ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        "detail": {"status": ["FAILED", "TIMED_OUT", "ABORTED"], "stateMachineArn": arns},
    })
}

fn target(pipeline: &Pipeline) -> Value {
    match reporter(pipeline) {
        Some(lambda) => json!({
            "Id": "Report",
            "Arn": pipeline.alias_arn(&lambda.name),
            "RetryPolicy": {"MaximumEventAgeInSeconds": 3_600, "MaximumRetryAttempts": 10},
        }),
        None => json!({"Id": "Topic", "Arn": reference(TOPIC)}),
    }
}

/// Lets a rule invoke the alias of a Lambda.
pub(super) fn permission(pipeline: &Pipeline, lambda: &Lambda, rule: &str) -> Resource {
    let properties = json!({
        "Action": "lambda:InvokeFunction",
        "FunctionName": pipeline.alias_arn(&lambda.name),
        "Principal": "events.amazonaws.com",
        "SourceArn": attribute(rule, "Arn"),
    });
    Resource::new("AWS::Lambda::Permission", lambda.span, properties)
}
