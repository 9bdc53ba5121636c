//! What AWS services are meant to do with the pipeline's roles, and what its resources let services do.

use pipeline::aws::service;
use pipeline::model::{Capability, Group, Lambda, Machine, Pipeline, ScheduledBy};

use super::{Use, bootstrap};
use crate::case::Case;
use crate::glob;
use crate::principal::{Kind, Principal, is_trusted, ours};
use crate::probes::compute::{called, started};
use crate::request::Probe;

/// What Step Functions does to deliver logs (Step Functions developer guide, "Logging to CloudWatch Logs").
const DELIVER: [&str; 8] = [
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
];

/// The rule by which Step Functions hears that executions ended (Step Functions developer guide, "Start workflow executions from a
/// task state").
const ENDS: &str = "rule/StepFunctionsGetEventsForStepFunctionsExecutionRule";

/// Returns what the role of a state machine is meant to do: to call and start what its definition names.
pub(super) fn machine(case: &Case, machine: &Machine) -> Vec<Use> {
    let lambdas = called(case, &machine.name).into_iter();
    let aliases = lambdas.map(|lambda| case.pipeline.alias_arn(lambda));
    let mut uses = vec![Use::of(&["lambda:InvokeFunction"], aliases)];
    if machine.logging {
        uses.push(Use::anywhere(&DELIVER));
    }
    uses.extend(super::lambda::items(case, machine));
    uses.extend(starts(case, machine));
    uses
}

/// Only in a definition that is brought as a file does a Task start a state machine.
fn starts(case: &Case, machine: &Machine) -> Vec<Use> {
    let pipeline = &case.pipeline;
    let text = case.machines[&pipeline.machine_name(&machine.name)].to_string();
    if !text.contains(":states:startExecution") {
        return Vec::new();
    }
    let started = started(case, &machine.name);
    let arns = started.iter().map(|name| pipeline.machine_arn(name));
    let mut uses = vec![Use::of(&["states:StartExecution"], arns)];
    if text.contains(":states:startExecution.sync") {
        let executions = started.iter().map(|name| pipeline.executions_arn(name));
        let watch = ["states:DescribeExecution", "states:StopExecution"];
        let rule = ["events:DescribeRule", "events:PutRule", "events:PutTargets"];
        uses.push(Use::of(&watch, executions));
        uses.push(Use::of(&rule, [pipeline.arn("events", ENDS)]));
    }
    uses
}

fn by(pipeline: &Pipeline) -> ScheduledBy {
    pipeline.schedule.as_ref().map_or(ScheduledBy::Scheduler, |schedule| schedule.by)
}

/// Returns what the role of the schedules is meant to do. A rule calls a function by the function's own policy instead.
pub(super) fn scheduler(case: &Case) -> Vec<Use> {
    let pipeline = &case.pipeline;
    let starts = pipeline.schedule.iter().map(|schedule| pipeline.machine_arn(&schedule.machine));
    let mut uses = vec![Use::of(&["states:StartExecution"], starts)];
    if by(pipeline) == ScheduledBy::Scheduler {
        let checker = pipeline.lambda_that_can(Capability::StopOrphanClusters);
        let alias = checker.map(|lambda| pipeline.alias_arn(&lambda.name));
        uses.push(Use::of(&["lambda:InvokeFunction"], alias));
    }
    uses
}

/// Returns what the role of the flow logs is meant to do.
pub(super) fn flow_logs(pipeline: &Pipeline) -> Vec<Use> {
    let actions = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"];
    vec![Use::of(&actions, [pipeline.log_streams_arn(&pipeline.flow_log_group())])]
}

/// Tells whether a service may use one of the pipeline's resources by itself.
pub(super) fn may(case: &Case, principal: &Principal, probe: &Probe) -> bool {
    let pipeline = &case.pipeline;
    match probe.action.as_str() {
        "sts:AssumeRoleWithWebIdentity" => bootstrap::runs(pipeline, &principal.arn, probe),
        "sts:AssumeRole" if probe.resource == pipeline.execution_role_arn() => {
            principal.arn == service::principal(&pipeline.environment.region, "cloudformation")
        }
        "sts:AssumeRole" => assumes(case, &principal.arn, probe),
        "lambda:InvokeFunction" => invokes(pipeline, &principal.arn, probe),
        "sns:Publish" => {
            let tls = probe.tls.is_some();
            tls && probe.resource == pipeline.topic_arn() && tells(pipeline, &principal.arn, probe)
        }
        "kms:Decrypt" | "kms:GenerateDataKey" => {
            let key = pipeline.arn("kms", "key/TopicKey");
            // EventBridge tells KMS nothing about the rule (SNS developer guide, "Key management").
            let rule = reporter(pipeline).is_none() && principal.arn == EVENTS;
            probe.resource == key && (rule || alarms(pipeline, &principal.arn, probe))
        }
        "s3:PutObject" => delivers(pipeline, &principal.arn, probe),
        _ => false,
    }
}

const EVENTS: &str = "events.amazonaws.com";

fn reporter(pipeline: &Pipeline) -> Option<&Lambda> {
    pipeline.lambda_that_can(Capability::ReportFailures)
}

fn is_source(pipeline: &Pipeline, probe: &Probe, pattern: &str) -> bool {
    probe.key("aws:SourceAccount") == Some(pipeline.environment.account.as_str())
        && probe.key("aws:SourceArn").is_some_and(|arn| glob::contains(pattern, arn))
}

/// A service may assume a role that is for it, where it acts for the pipeline's own things.
fn assumes(case: &Case, service: &str, probe: &Probe) -> bool {
    let pipeline = &case.pipeline;
    let principals = ours(case);
    let Some(role) = principals.iter().find(|one| one.arn == probe.resource) else { return false };
    let is = |name: &str| service == service::principal(&pipeline.environment.region, name);
    match &role.kind {
        Kind::Lambda(_) => is("lambda"),
        Kind::EmrNodes => is("ec2"),
        Kind::Machine(name) => {
            is("states") && is_source(pipeline, probe, &pipeline.machine_arn(name))
        }
        Kind::Scheduler => match by(pipeline) {
            ScheduledBy::Scheduler => {
                is("scheduler") && is_source(pipeline, probe, &pipeline.schedule_group_arn())
            }
            ScheduledBy::Rule => {
                is("events") && is_source(pipeline, probe, &pipeline.rule_arn("start"))
            }
        },
        Kind::EmrService => {
            let any = pipeline.arn("elasticmapreduce", "*");
            is("elasticmapreduce") && is_source(pipeline, probe, &any)
        }
        Kind::FlowLogs => {
            let any = pipeline.arn("ec2", "vpc-flow-log/*");
            is("vpc-flow-logs") && is_source(pipeline, probe, &any)
        }
        _ => false,
    }
}

/// Rules call the function that reports failures, and the check for clusters where a rule is its clock.
fn invokes(pipeline: &Pipeline, service: &str, probe: &Probe) -> bool {
    let rule = |purpose: &str| {
        probe.key("aws:SourceArn") == Some(pipeline.rule_arn(purpose).as_str()) && service == EVENTS
    };
    let is = |lambda: Option<&Lambda>| {
        lambda.is_some_and(|lambda| probe.resource == pipeline.alias_arn(&lambda.name))
    };
    let checker = pipeline.lambda_that_can(Capability::StopOrphanClusters);
    let by_rule = by(pipeline) == ScheduledBy::Rule;
    is(reporter(pipeline)) && rule("failed-executions")
        || by_rule && is(checker) && rule("cluster-check")
}

/// Alarms tell the subscribers, and failures do where no function words them.
fn tells(pipeline: &Pipeline, service: &str, probe: &Probe) -> bool {
    let rule = pipeline.rule_arn("failed-executions");
    let failed = reporter(pipeline).is_none()
        && service == EVENTS
        && probe.key("aws:SourceArn") == Some(rule.as_str());
    failed || alarms(pipeline, service, probe)
}

fn alarms(pipeline: &Pipeline, service: &str, probe: &Probe) -> bool {
    let alarms = pipeline.named(&format!("{}-*", pipeline.name));
    let pattern = pipeline.arn("cloudwatch", &format!("alarm:{alarms}"));
    service == "cloudwatch.amazonaws.com" && is_source(pipeline, probe, &pattern)
}

fn delivers(pipeline: &Pipeline, service: &str, probe: &Probe) -> bool {
    let bucket = format!(":::{}/", pipeline.access_log_bucket());
    service == "logging.s3.amazonaws.com"
        && probe.tls.is_some_and(|version| version >= "1.2")
        && probe.resource.contains(&bucket)
        && is_source(pipeline, probe, &pipeline.bucket_arn())
}

/// Returns the keys that a group asks principals of other accounts for, with their values.
pub(crate) fn foreign(group: &Group) -> [(&'static str, &Option<String>); 2] {
    let foreign = &group.foreign;
    [("sts:ExternalId", &foreign.external_id), ("aws:PrincipalOrgID", &foreign.organization)]
}

/// Tells whether someone with every permission of their own account may assume a role: only those whom a group trusts.
pub(super) fn trusts(case: &Case, arn: &str, probe: &Probe) -> bool {
    let pipeline = &case.pipeline;
    let own = &pipeline.environment.account;
    let group =
        pipeline.groups.iter().find(|one| pipeline.role_arn(one.name.as_str()) == probe.resource);
    let Some(group) = group else { return false };
    let account = arn.split(':').nth(4).unwrap_or_default();
    let brings = |(key, value): (&str, &Option<String>)| {
        value
            .as_ref()
            .is_none_or(|value| probe.keys.get(key).is_some_and(|has| has.contains(value)))
    };
    if account != own && !foreign(group).into_iter().all(brings) {
        return false;
    }
    let own_members = group.iam_group && account == own;
    own_members || group.assumed_by.iter().any(|trusted| is_trusted(pipeline, trusted, arn))
}
