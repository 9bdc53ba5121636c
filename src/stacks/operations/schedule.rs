//! What starts the pipeline, and the check for clusters that nobody owns.
//!
//! Both are schedules of EventBridge Scheduler, in one group that their role's trust names, or, on request, rules.

use serde_json::{Value, json};

use crate::diagnostic::Span;
use crate::model::{Capability, Lambda, Pipeline, Schedule, ScheduledBy};
use crate::template::{Resource, Template, reference, tags};

use super::failures::permission;

const GROUP: &str = "ScheduleGroup";

/// Adds the schedules.
pub(super) fn add(template: &mut Template, pipeline: &Pipeline) {
    match by(pipeline) {
        ScheduledBy::Scheduler => schedules(template, pipeline),
        ScheduledBy::Rule => rules(template, pipeline),
    }
}

/// Returns the service that keeps the schedules.
pub(super) fn by(pipeline: &Pipeline) -> ScheduledBy {
    pipeline.schedule.as_ref().map_or(ScheduledBy::Scheduler, |schedule| schedule.by)
}

fn checker(pipeline: &Pipeline) -> Option<&Lambda> {
    pipeline.lambda_that_can(Capability::StopOrphanClusters)
}

fn state(schedule: &Schedule) -> &'static str {
    if schedule.enabled { "ENABLED" } else { "DISABLED" }
}

fn schedules(template: &mut Template, pipeline: &Pipeline) {
    let group = json!({"Name": pipeline.schedule_group(), "Tags": tags(pipeline)});
    template.add(GROUP, Resource::new("AWS::Scheduler::ScheduleGroup", Span::default(), group));
    if let Some(schedule) = &pipeline.schedule {
        let properties = json!({
            "Name": pipeline.own_name("start"),
            "Description": format!("Starts {}", schedule.machine),
            "GroupName": reference(GROUP),
            "ScheduleExpression": schedule.expression,
            "ScheduleExpressionTimezone": schedule.timezone,
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "State": state(schedule),
            "Target": target(pipeline, &pipeline.machine_arn(&schedule.machine), 3_600),
        });
        template
            .add("Schedule", Resource::new("AWS::Scheduler::Schedule", schedule.span, properties));
    }
    if let Some(lambda) = checker(pipeline) {
        let properties = json!({
            "Name": pipeline.own_name("cluster-check"),
            "Description": "Looks for clusters that no running execution owns",
            "GroupName": reference(GROUP),
            "ScheduleExpression": check_rate(pipeline),
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "State": "ENABLED",
            "Target": target(pipeline, &pipeline.alias_arn(&lambda.name), 300),
        });
        template.add(
            "ClusterCheck",
            Resource::new("AWS::Scheduler::Schedule", lambda.span, properties),
        );
    }
}

/// A start that is tried again after its time would only be a surprise, so events grow no older than given.
fn target(pipeline: &Pipeline, arn: &str, oldest_seconds: u32) -> Value {
    json!({
        "Arn": arn,
        "RoleArn": pipeline.role_arn("scheduler"),
        "Input": "{}",
        "RetryPolicy": {"MaximumEventAgeInSeconds": oldest_seconds, "MaximumRetryAttempts": 10},
    })
}

fn check_rate(pipeline: &Pipeline) -> String {
    match pipeline.operations.cluster_check_minutes {
        1 => "rate(1 minute)".to_owned(),
        minutes => format!("rate({minutes} minutes)"),
    }
}

fn rules(template: &mut Template, pipeline: &Pipeline) {
    let rule =
        |purpose: &str, description: String, expression: &str, state: &str, target: Value| {
            json!({
                "Name": pipeline.own_name(purpose),
                "Description": description,
                "ScheduleExpression": expression,
                "State": state,
                "Targets": [target],
            "Tags": tags(pipeline),
            })
        };
    if let Some(schedule) = &pipeline.schedule {
        let mut target = target(pipeline, &pipeline.machine_arn(&schedule.machine), 3_600);
        target["Id"] = "Start".into();
        let about = format!("Starts {}", schedule.machine);
        let properties = rule("start", about, &schedule.expression, state(schedule), target);
        template.add("Schedule", Resource::new("AWS::Events::Rule", schedule.span, properties));
    }
    if let Some(lambda) = checker(pipeline) {
        let target = json!({"Id": "Check", "Arn": pipeline.alias_arn(&lambda.name), "Input": "{}"});
        let about = "Looks for clusters that no running execution owns".to_owned();
        let properties = rule("cluster-check", about, &check_rate(pipeline), "ENABLED", target);
        template.add("ClusterCheck", Resource::new("AWS::Events::Rule", lambda.span, properties));
        template.add("ClusterCheckPermission", permission(pipeline, lambda, "ClusterCheck"));
    }
}
