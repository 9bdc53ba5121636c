//! What is asked of the role that CloudFormation deploys with: what it needs, and every way to more than it was given.

use pipeline::aws::{iam, service};
use pipeline::model::{Network, Pipeline, ScheduledBy};

use super::objects::AREAS;
use crate::case::Case;
use crate::principal::{self, Kind};
use crate::request::{Probe, STRANGER};

/// CloudFormation makes and changes the pipeline's own things, as the stacks hold them, and nothing else.
pub(crate) fn probes(case: &Case) -> Vec<Probe> {
    let pipeline = &case.pipeline;
    let mut probes = escalation(case);
    probes.extend(AREAS.iter().flat_map(|&area| {
        let object = pipeline.object_arn(&format!("{}/any", pipeline.area_prefix(area)));
        ["DeleteObject", "GetObject", "PutObject"]
            .map(|action| Probe::new(&format!("s3:{action}"), &object).must(false))
    }));
    probes.extend(functions(pipeline));
    if pipeline.extra_stacks.is_empty() {
        probes.extend(named(pipeline));
    }
    probes
}

/// No way to more rights: every action of IAM on every role and policy that bounds it, roles of ours without the boundary,
/// roles handed to other services, stacks, and the roles of others.
fn escalation(case: &Case) -> Vec<Probe> {
    let pipeline = &case.pipeline;
    let mut probes = Vec::new();
    let mut bounds =
        vec![pipeline.iam_arn(&format!("policy/{}", pipeline.bootstrap_name("boundary")))];
    bounds.extend(["network", "identity"].map(|name| {
        pipeline
            .iam_arn(&format!("policy/{}", pipeline.bootstrap_name(&format!("execution-{name}"))))
    }));
    let mut others: Vec<_> = principal::made(case).into_iter().map(|who| who.arn).collect();
    others.extend(
        ["role/Administrator", "user/Ann", "group/Admins"].map(|name| pipeline.iam_arn(name)),
    );
    for action in iam::actions("iam:*") {
        for arn in others.iter().chain(&bounds).filter(|arn| iam_acts_on(&action, arn)) {
            let probe = Probe::new(&action.name(), arn);
            let boundary =
                pipeline.boundary_arn().map(|bound| probe.with("iam:PermissionsBoundary", &bound));
            probes.extend(boundary.into_iter().chain([probe]).map(|probe| probe.must(false)));
        }
    }
    let roles = principal::ours(case);
    let taker = |role: &str| {
        roles.iter().find(|one| one.arn == role).and_then(|one| taker(pipeline, &one.kind))
    };
    probes.extend(case.deployed.roles().flat_map(|role| of_role(pipeline, role, taker(role))));
    let itself =
        pipeline.arn("cloudformation", &format!("stack/{}/some", pipeline.bootstrap_stack()));
    probes.extend(
        ["CreateStack", "UpdateStack", "SetStackPolicy"]
            .map(|action| Probe::new(&format!("cloudformation:{action}"), &itself).must(false)),
    );
    probes.extend(
        others
            .iter()
            .filter(|arn| arn.contains(":role/"))
            .map(|role| Probe::new("sts:AssumeRole", role).must(false)),
    );
    probes
}

fn iam_acts_on(action: &iam::Action, arn: &str) -> bool {
    action.resource_patterns().iter().any(|pattern| iam::is_instance(arn, pattern))
}

/// Returns the service that CloudFormation hands a role to; some go to none, and EMR's own is handed over by the launch.
fn taker(pipeline: &Pipeline, kind: &Kind) -> Option<&'static str> {
    let by = pipeline.schedule.as_ref().map(|schedule| schedule.by);
    match kind {
        Kind::Lambda(_) => Some("lambda"),
        Kind::Machine(_) => Some("states"),
        Kind::EmrNodes => Some("ec2"),
        Kind::FlowLogs => Some("vpc-flow-logs"),
        Kind::Scheduler if by == Some(ScheduledBy::Rule) => Some("events"),
        Kind::Scheduler => Some("scheduler"),
        _ => None,
    }
}

/// Services that roles of ours go to.
const TAKERS: [&str; 6] = ["ec2", "events", "lambda", "scheduler", "states", "vpc-flow-logs"];

/// A role of ours, with the boundary, without it, with another.
fn of_role(pipeline: &Pipeline, role: &str, taker: Option<&str>) -> Vec<Probe> {
    let mut probes = Vec::new();
    let bounded =
        ["iam:CreateRole", "iam:DeleteRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"];
    for action in bounded {
        let probe = Probe::new(action, role);
        let Some(boundary) = pipeline.boundary_arn() else { continue };
        let with = |arn: &str| probe.with("iam:PermissionsBoundary", arn);
        probes.push(with(&boundary).must(true));
        probes.extend(
            [
                with("arn:aws:iam::aws:policy/AdministratorAccess"),
                with(&format!("{boundary}x")),
                probe.clone(),
            ]
            .map(|probe| probe.must(false)),
        );
    }
    probes.extend(["iam:GetRole", "iam:TagRole"].map(|action| Probe::new(action, role).must(true)));
    probes.extend(
        ["iam:AttachRolePolicy", "iam:DeleteRolePermissionsBoundary", "sts:AssumeRole"]
            .map(|action| Probe::new(action, role).must(false)),
    );
    let pass = Probe::new("iam:PassRole", role);
    let to = |name: &str| {
        pass.with("iam:PassedToService", &service::principal(&pipeline.environment.region, name))
    };
    if pipeline.extra_stacks.is_empty() {
        probes.extend(TAKERS.map(|name| to(name).must(taker == Some(name))));
    }
    probes.extend(
        ["cloudformation", "codebuild", "ecs-tasks", "glue", "sagemaker", "ssm"]
            .map(|name| to(name).must(false)),
    );
    probes.push(pass.must(false));
    probes
}

/// A function stands in a network, and only EventBridge is let in.
fn functions(pipeline: &Pipeline) -> Vec<Probe> {
    let mut probes = Vec::new();
    let vpc = match &pipeline.network {
        Network::New { .. } => crate::deployed::VPC,
        Network::Existing(vpc) => &vpc.vpc_id,
    };
    for lambda in &pipeline.lambdas {
        let arn = pipeline.lambda_arn(&lambda.name);
        for action in ["lambda:CreateFunction", "lambda:UpdateFunctionConfiguration"] {
            let probe = Probe::new(action, &arn);
            probes.extend([probe.with("lambda:VpcIds", vpc).must(true), probe.must(false)]);
            if let Network::Existing(_) = pipeline.network {
                probes.push(probe.with("lambda:VpcIds", "vpc-0000000000000000f").must(false));
            }
        }
        let open = Probe::new("lambda:AddPermission", &arn);
        probes.push(open.with("lambda:Principal", "events.amazonaws.com").must(true));
        probes.extend(
            ["*", STRANGER, "s3.amazonaws.com"]
                .map(|who| open.with("lambda:Principal", who).must(false)),
        );
        probes.extend(
            ["CreateAlias", "DeleteFunction", "PublishVersion", "UpdateFunctionCode"]
                .map(|action| Probe::new(&format!("lambda:{action}"), &arn).must(true)),
        );
        probes.extend(
            ["InvokeFunction", "CreateFunctionUrlConfig"]
                .map(|action| Probe::new(&format!("lambda:{action}"), &arn).must(false)),
        );
    }
    probes
}

/// Something of ours and something of others, what makes such a thing, and what uses one and is not for whoever makes it.
type Made = (Option<String>, String, &'static [&'static str], &'static [&'static str]);

/// What CloudFormation makes under names of ours, and the same of others.
fn named(pipeline: &Pipeline) -> Vec<Probe> {
    let mut probes = Vec::new();
    for (own, other, makes, uses) in stored(pipeline).into_iter().chain(run(pipeline)) {
        let Some(own) = own else { continue };
        probes.extend(makes.iter().map(|action| Probe::new(action, &own).must(true)));
        probes.extend(uses.iter().map(|action| Probe::new(action, &own).must(false)));
        let foreign = own.replace(&pipeline.environment.account, STRANGER);
        for arn in [other, foreign].into_iter().filter(|arn| *arn != own) {
            let all = makes.iter().chain(uses);
            probes.extend(all.map(|action| Probe::new(action, &arn).must(false)));
        }
    }
    probes.extend(tagged(pipeline));
    probes
}

fn stored(pipeline: &Pipeline) -> [Made; 4] {
    let bucket = pipeline.artifact_arn("").trim_end_matches('/').to_owned();
    let log_group = |group: &str| pipeline.log_group_arn(group);
    let lambda = pipeline.lambdas.first();
    let lambda = lambda.map(|one| log_group(&pipeline.lambda_log_group(&one.name)));
    let database = pipeline.databases.first();
    let database = database.map(|one| pipeline.database_arn(&pipeline.database_name(&one.name)));
    let workgroup = pipeline.groups.iter().find(|group| group.queries());
    let workgroup = workgroup.map(|group| pipeline.workgroup_arn(&group.name));
    let primary = pipeline.arn("athena", "workgroup/primary");
    let settings = &["s3:CreateBucket", "s3:PutBucketPolicy", "s3:PutLifecycleConfiguration"];
    let keeps = &["logs:CreateLogGroup", "logs:PutRetentionPolicy"];
    let asks = &["athena:CreateWorkGroup", "athena:DeleteWorkGroup"];
    [
        (Some(pipeline.bucket_arn()), bucket, settings, &["s3:PutReplicationConfiguration"]),
        (lambda, log_group("/aws/lambda/another"), keeps, &["logs:FilterLogEvents"]),
        (
            database,
            pipeline.database_arn("another"),
            &["glue:CreateDatabase", "glue:GetDatabase"],
            &[],
        ),
        (workgroup, primary, asks, &["athena:StartQueryExecution"]),
    ]
}

fn run(pipeline: &Pipeline) -> [Made; 4] {
    let machine = pipeline.machines.first().map(|one| pipeline.machine_arn(&one.name));
    let makes =
        &["states:CreateStateMachine", "states:DeleteStateMachine", "states:UpdateStateMachine"];
    let other = |service: &str, what: &str| pipeline.arn(service, what);
    let alarm = pipeline.named(&format!("{}-any", pipeline.name));
    let (rule, alarm) =
        (pipeline.rule_arn("failed-executions"), other("cloudwatch", &format!("alarm:{alarm}")));
    let topic = &["sns:CreateTopic", "sns:SetTopicAttributes"];
    [
        (machine, other("states", "stateMachine:another"), makes, &["states:StartExecution"]),
        (Some(pipeline.topic_arn()), other("sns", "another"), topic, &["sns:Publish"]),
        (
            Some(rule),
            other("events", "rule/another"),
            &["events:PutRule", "events:PutTargets"],
            &[],
        ),
        (
            Some(alarm),
            other("cloudwatch", "alarm:another"),
            &["cloudwatch:PutMetricAlarm"],
            &["cloudwatch:SetAlarmState"],
        ),
    ]
}

/// Where AWS makes the names, the tag tells what is ours; and there is no way out of the network.
fn tagged(pipeline: &Pipeline) -> Vec<Probe> {
    let tag = "aws:ResourceTag/pipeline";
    let key = pipeline.arn("kms", "key/some");
    let mut probes = Vec::new();
    for action in ["kms:Decrypt", "kms:CreateGrant"] {
        probes.push(Probe::new(action, &key).with(tag, &pipeline.tags["pipeline"]).must(false));
    }
    for action in ["kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"] {
        let probe = Probe::new(action, &key);
        probes.extend([probe.with(tag, "another"), probe].map(|probe| probe.must(false)));
    }
    for (action, what) in [
        ("DeleteVpc", "vpc"),
        ("DeleteSubnet", "subnet"),
        ("AuthorizeSecurityGroupIngress", "security-group"),
        ("CreateRoute", "route-table"),
        ("DeleteVpcEndpoints", "vpc-endpoint"),
    ] {
        let probe =
            Probe::new(&format!("ec2:{action}"), pipeline.arn("ec2", &format!("{what}/some")));
        probes.extend([probe.with(tag, "another"), probe].map(|probe| probe.must(false)));
    }
    for (action, what) in [
        ("CreateInternetGateway", "internet-gateway"),
        ("AttachInternetGateway", "internet-gateway"),
        ("CreateNatGateway", "natgateway"),
        ("CreateVpcPeeringConnection", "vpc-peering-connection"),
    ] {
        let probe =
            Probe::new(&format!("ec2:{action}"), pipeline.arn("ec2", &format!("{what}/some")));
        probes.push(probe.with(tag, &pipeline.tags["pipeline"]).must(false));
    }
    probes
}
