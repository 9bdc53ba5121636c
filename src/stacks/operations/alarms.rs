//! The alarms: each can fire, and each tells the subscribers.

use serde_json::{Value, json};

use crate::diagnostic::Span;
use crate::model::{Capability, Lambda, Machine, Pipeline, ScheduledBy};
use crate::template::{Resource, Template, logical_id, reference, tags};

use super::schedule;
use super::topic::TOPIC;

/// The namespace of the metrics that the clean-up Lambda writes.
pub(super) const NAMESPACE: &str = "DataPipeline";

/// The share of its timeout, in percent, from which an execution counts as overlong: there is time to act, and later than
/// its timeout no execution ends.
const OVERLONG_PERCENT: u64 = 80;

/// What an alarm watches.
struct Watch<'a> {
    namespace: &'a str,
    metric: &'a str,
    dimensions: Vec<(&'a str, String)>,
    statistic: &'a str,
    period_seconds: u32,
    threshold: u64,
    missing: &'a str,
}

/// Adds the alarms.
pub(super) fn add(template: &mut Template, pipeline: &Pipeline) {
    for machine in &pipeline.machines {
        of_machine(template, pipeline, machine);
    }
    let scheduled = pipeline.schedule.as_ref().and_then(|s| pipeline.machine(s.machine.as_str()));
    if let Some(machine) = scheduled {
        overlong(template, pipeline, machine);
    }
    if let Some(lambda) = pipeline.lambda_that_can(Capability::StopOrphanClusters) {
        old_cluster(template, pipeline);
        errors(template, pipeline, lambda);
    }
    if let Some(lambda) = pipeline.lambda_that_can(Capability::ReportFailures) {
        errors(template, pipeline, lambda);
    }
    if schedule::by(pipeline) == ScheduledBy::Scheduler {
        dropped(template, pipeline);
    }
}

fn name(pipeline: &Pipeline, what: &str) -> String {
    pipeline.named(&format!("{}-{what}", pipeline.name))
}

fn of_machine(template: &mut Template, pipeline: &Pipeline, machine: &Machine) {
    for (metric, word) in [("ExecutionsFailed", "failed"), ("ExecutionsTimedOut", "timed-out")] {
        let watch = Watch { metric, ..executions(pipeline, machine) };
        let about = format!("An execution of {} {}", machine.name, word.replace('-', " "));
        add_alarm(template, pipeline, (&format!("{word} {}", machine.name), &about), &watch);
    }
}

fn executions<'a>(pipeline: &Pipeline, machine: &Machine) -> Watch<'a> {
    Watch {
        namespace: "AWS/States",
        metric: "ExecutionsFailed",
        dimensions: vec![("StateMachineArn", pipeline.machine_arn(&machine.name))],
        statistic: "Sum",
        period_seconds: 300,
        threshold: 1,
        missing: "notBreaching",
    }
}

fn overlong(template: &mut Template, pipeline: &Pipeline, machine: &Machine) {
    let milliseconds = u64::from(machine.timeout_seconds) * 10 * OVERLONG_PERCENT;
    let watch = Watch {
        metric: "ExecutionTime",
        statistic: "Maximum",
        threshold: milliseconds,
        ..executions(pipeline, machine)
    };
    let about = format!("{} took more than {OVERLONG_PERCENT}% of its timeout", machine.name);
    add_alarm(template, pipeline, (&format!("overlong {}", machine.name), &about), &watch);
}

/// The check writes its metric on every run: silence means that it no longer runs.
fn old_cluster(template: &mut Template, pipeline: &Pipeline) {
    let operations = &pipeline.operations;
    let watch = Watch {
        namespace: NAMESPACE,
        metric: "OldestClusterAgeMinutes",
        dimensions: vec![("Pipeline", pipeline_tag(pipeline))],
        statistic: "Maximum",
        // Two checks fall into each period, so that a late one does not look like silence.
        period_seconds: (operations.cluster_check_minutes * 120).min(86_400),
        threshold: u64::from(operations.cluster_alarm_hours) * 60,
        missing: "breaching",
    };
    let about = format!(
        "A cluster has run for {} hours, or the check for clusters does not run",
        operations.cluster_alarm_hours
    );
    add_alarm(template, pipeline, ("old cluster", &about), &watch);
}

/// Returns the value of the tag by which the Lambdas know the pipeline's clusters.
pub(super) fn pipeline_tag(pipeline: &Pipeline) -> String {
    pipeline.tags.get("pipeline").cloned().unwrap_or_else(|| pipeline.name.to_string())
}

fn errors(template: &mut Template, pipeline: &Pipeline, lambda: &Lambda) {
    let function = pipeline.lambda_name(&lambda.name);
    let qualified = format!("{function}:{}", pipeline.alias());
    let watch = Watch {
        namespace: "AWS/Lambda",
        metric: "Errors",
        dimensions: vec![("FunctionName", function), ("Resource", qualified)],
        statistic: "Sum",
        period_seconds: 300,
        threshold: 1,
        missing: "notBreaching",
    };
    let about =
        format!("{} failed: clusters may be left running, failures unreported", lambda.name);
    add_alarm(template, pipeline, (&format!("errors {}", lambda.name), &about), &watch);
}

fn dropped(template: &mut Template, pipeline: &Pipeline) {
    let watch = Watch {
        namespace: "AWS/Scheduler",
        metric: "InvocationDroppedCount",
        dimensions: vec![("ScheduleGroup", pipeline.schedule_group())],
        statistic: "Sum",
        period_seconds: 300,
        threshold: 1,
        missing: "notBreaching",
    };
    let about = "A schedule gave up on starting what it should";
    add_alarm(template, pipeline, ("dropped start", about), &watch);
}

fn add_alarm(
    template: &mut Template,
    pipeline: &Pipeline,
    (what, about): (&str, &str),
    watch: &Watch,
) {
    let dimensions: Vec<Value> = watch
        .dimensions
        .iter()
        .map(|(name, value)| json!({"Name": name, "Value": value}))
        .collect();
    let properties = json!({
        "AlarmName": name(pipeline, &what.replace(' ', "-")),
        "AlarmDescription": about,
        "Namespace": watch.namespace,
        "MetricName": watch.metric,
        "Dimensions": dimensions,
        "Statistic": watch.statistic,
        "Period": watch.period_seconds,
        "EvaluationPeriods": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "Threshold": watch.threshold,
        "TreatMissingData": watch.missing,
        "AlarmActions": [reference(TOPIC)],
        "Tags": tags(pipeline),
    });
    let id = logical_id(&format!("alarm {what}"));
    template.add(id, Resource::new("AWS::CloudWatch::Alarm", Span::default(), properties));
}
