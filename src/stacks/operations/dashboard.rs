//! The dashboard: executions, their time, clusters, and the errors of the Lambdas.

use serde_json::{Value, json};

use crate::diagnostic::Span;
use crate::model::{Lambda, Machine, Pipeline};
use crate::template::{Resource, Template, tags};

use super::alarms::{NAMESPACE, pipeline_tag};

/// Adds the dashboard.
pub(super) fn add(template: &mut Template, pipeline: &Pipeline) {
    let properties = json!({
        "DashboardName": pipeline.named(pipeline.name.as_str()),
        "DashboardBody": json!({"widgets": widgets(pipeline)}).to_string(),
        "Tags": tags(pipeline),
    });
    template
        .add("Dashboard", Resource::new("AWS::CloudWatch::Dashboard", Span::default(), properties));
}

fn widgets(pipeline: &Pipeline) -> Vec<Value> {
    let machines = |metric| executions(pipeline, metric);
    let clusters = |metric: &str| json!([NAMESPACE, metric, "Pipeline", pipeline_tag(pipeline)]);
    let widgets = [
        ("Executions that succeeded", "Sum", machines("ExecutionsSucceeded")),
        ("Executions that failed", "Sum", machines("ExecutionsFailed")),
        ("Executions that timed out", "Sum", machines("ExecutionsTimedOut")),
        ("Time of executions (ms)", "Maximum", machines("ExecutionTime")),
        (
            "Clusters: age of the oldest in minutes, orphans terminated",
            "Maximum",
            vec![clusters("OldestClusterAgeMinutes"), clusters("OrphanClustersTerminated")],
        ),
        ("Errors of functions", "Sum", functions(pipeline)),
    ];
    let place = |(index, (title, statistic, metrics)): (usize, (&str, &str, Vec<Value>))| {
        json!({
            "type": "metric",
            "x": 12 * (index % 2),
            "y": 6 * (index / 2),
            "width": 12,
            "height": 6,
            "properties": {
                "title": title,
                "region": pipeline.environment.region,
                "view": "timeSeries",
                "stat": statistic,
                "period": 300,
                "metrics": metrics,
            },
        })
    };
    widgets.into_iter().enumerate().map(place).collect()
}

fn executions(pipeline: &Pipeline, metric: &str) -> Vec<Value> {
    let line = |machine: &Machine| {
        let arn = pipeline.machine_arn(&machine.name);
        json!(["AWS/States", metric, "StateMachineArn", arn, {"label": machine.name.as_str()}])
    };
    pipeline.machines.iter().map(line).collect()
}

fn functions(pipeline: &Pipeline) -> Vec<Value> {
    let line = |lambda: &Lambda| {
        json!(["AWS/Lambda", "Errors", "FunctionName", pipeline.lambda_name(&lambda.name)])
    };
    pipeline.lambdas.iter().map(line).collect()
}
