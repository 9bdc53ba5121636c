//! The roles of the state machines, and of what starts them.

use crate::model::{Capability, Machine, Pipeline, Schedule, ScheduledBy};
use crate::workflow::StateMachine;

use super::{Role, Statement, trust};

/// What Step Functions does to deliver logs (Step Functions developer guide, "Logging to CloudWatch Logs").
const DELIVER_LOGS: [&str; 8] = [
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
];

const DELIVERS: &str = "log deliveries and resource policies have no resource types";

/// Returns the role of `machine`: it calls the Lambdas of its definition, each by its alias, starts the state machines that
/// Tasks of its own start, and nothing else.
pub(super) fn role(pipeline: &Pipeline, machine: &Machine, calls: &StateMachine) -> Role {
    let mut statements = Vec::new();
    if !calls.lambdas.is_empty() {
        let aliases = calls.lambdas.iter().map(|lambda| pipeline.alias_arn(lambda));
        statements.push(Statement::allow("CallLambdas", &["lambda:InvokeFunction"], aliases));
    }
    statements.extend(starts(pipeline, calls));
    if machine.logging {
        statements.push(Statement::allow_anywhere("DeliverLogs", &DELIVER_LOGS, DELIVERS));
    }
    if calls.distributed {
        statements.extend(distributed_map(pipeline, machine));
    }
    Role {
        purpose: format!("machine-{}", machine.name),
        description: format!("What {} may do", pipeline.machine_name(&machine.name)),
        trust: vec![trust::service_for(pipeline, "states", [pipeline.machine_arn(&machine.name)])],
        statements: statements
            .into_iter()
            .map(|one| one.from("state machine", machine.span))
            .collect(),
        span: machine.span,
    }
}

/// Whoever waits for an execution's end also watches it, through a rule of Step Functions that every such machine of the account
/// shares (Step Functions developer guide, "IAM policies for calling nested workflow executions").
fn starts(pipeline: &Pipeline, calls: &StateMachine) -> Vec<Statement> {
    let started = calls.starts.keys().map(|name| pipeline.machine_arn(name));
    let awaited = calls.starts.iter().filter(|(_, waits)| **waits);
    let awaited: Vec<_> = awaited.map(|(name, _)| pipeline.executions_arn(name)).collect();
    let mut statements = Vec::new();
    if !calls.starts.is_empty() {
        statements.push(Statement::allow("StartMachines", &["states:StartExecution"], started));
    }
    if !awaited.is_empty() {
        let watch = ["states:DescribeExecution", "states:StopExecution"];
        let rule = ["events:DescribeRule", "events:PutRule", "events:PutTargets"];
        statements.push(Statement::allow("WatchMachines", &watch, awaited));
        statements.push(Statement::allow("HearOfEnds", &rule, [pipeline.arn("events", ENDS)]));
    }
    statements
}

const ENDS: &str = "rule/StepFunctionsGetEventsForStepFunctionsExecutionRule";

/// A Distributed Map runs its items as executions of the same machine (Step Functions developer guide, "IAM policies for
/// using Distributed Map states").
fn distributed_map(pipeline: &Pipeline, machine: &Machine) -> [Statement; 3] {
    let executions = pipeline.executions_arn(&machine.name);
    let watch = ["states:DescribeExecution", "states:StopExecution"];
    [
        Statement::allow(
            "StartMapItems",
            &["states:StartExecution"],
            [pipeline.machine_arn(&machine.name)],
        ),
        Statement::allow("WatchMapItems", &watch, [executions]),
        Statement::allow(
            "RedriveMapItems",
            &["states:RedriveExecution"],
            [pipeline.map_executions_arn(&machine.name)],
        ),
    ]
}

/// Returns the role of the schedules: it starts the scheduled machine, and the check for clusters that nobody owns.
pub(super) fn scheduler(pipeline: &Pipeline) -> Option<Role> {
    let schedule = pipeline.schedule.as_ref();
    let checker = pipeline.lambda_that_can(Capability::StopOrphanClusters);
    let by = schedule.map_or(ScheduledBy::Scheduler, |schedule| schedule.by);
    let mut statements: Vec<_> =
        schedule.map(|schedule| start(pipeline, schedule)).into_iter().collect();
    let trust = match by {
        ScheduledBy::Scheduler => {
            statements.extend(checker.map(|lambda| {
                let alias = pipeline.alias_arn(&lambda.name);
                Statement::allow("CheckClusters", &["lambda:InvokeFunction"], [alias])
                    .from("stop_orphan_clusters", lambda.span)
            }));
            // EventBridge Scheduler names the group, not the schedule (its user guide, "Confused deputy prevention").
            trust::service_for(pipeline, "scheduler", [pipeline.schedule_group_arn()])
        }
        ScheduledBy::Rule => trust::service_for(pipeline, "events", [pipeline.rule_arn("start")]),
    };
    let span = schedule.map(|schedule| schedule.span).or(checker.map(|lambda| lambda.span))?;
    Some(Role {
        purpose: "scheduler".to_owned(),
        description: format!("Starts what {} does by the clock", pipeline.name),
        trust: vec![trust],
        statements,
        span,
    })
}

fn start(pipeline: &Pipeline, schedule: &Schedule) -> Statement {
    let machine = pipeline.machine_arn(&schedule.machine);
    Statement::allow("StartScheduled", &["states:StartExecution"], [machine])
        .from("schedule", schedule.span)
}
