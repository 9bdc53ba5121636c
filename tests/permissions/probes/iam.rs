//! Roles to pass and to assume, logs, and keys.

use std::collections::BTreeSet;

use pipeline::aws::service;
use pipeline::model::Pipeline;

use crate::case::Case;
use crate::principal;
use crate::request::{Place, Probe, STRANGER};

const STREAMS: [&str; 7] = [
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DeleteLogStream",
    "logs:DescribeLogStreams",
    "logs:FilterLogEvents",
    "logs:GetLogEvents",
    "logs:PutLogEvents",
];
const DELIVERY: [&str; 9] = [
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DeleteResourcePolicy",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
];
const KEY: [&str; 7] = [
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:PutKeyPolicy",
    "kms:ScheduleKeyDeletion",
];
/// The key by which KMS knows the bucket that S3 asks for.
const CONTEXT: &str = "kms:EncryptionContext:aws:s3:arn";
/// Services that take a role, and one that is asked for nothing here.
const TAKERS: [&str; 6] = ["cloudformation", "ec2", "elasticmapreduce", "glue", "lambda", "states"];

/// Returns the questions.
pub(crate) fn probes(case: &Case) -> Vec<Probe> {
    let mut probes = roles(case);
    probes.extend(logs(&case.pipeline));
    probes.extend(keys(case));
    probes.into_iter().map(|probe| probe.from(Place::Internet)).collect()
}

/// Each role of ours and another, passed to each service and to none, assumed, and changed.
fn roles(case: &Case) -> Vec<Probe> {
    let pipeline = &case.pipeline;
    let mut probes = Vec::new();
    let strange = pipeline.iam_arn("role/Administrator");
    let made: Vec<_> = principal::made(case).into_iter().map(|who| who.arn).collect();
    let roles = case.deployed.roles().chain([strange.as_str()]);
    let roles: BTreeSet<_> = roles.chain(made.iter().map(String::as_str)).collect();
    for role in roles {
        let pass = Probe::new("iam:PassRole", role);
        probes.extend(TAKERS.map(|taker| {
            let taker = service::principal(&pipeline.environment.region, taker);
            pass.with("iam:PassedToService", &taker)
        }));
        probes.push(pass);
        let more = ["sts:AssumeRole", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"];
        probes.extend(more.map(|action| Probe::new(action, role)));
    }
    probes
}

fn logs(pipeline: &Pipeline) -> Vec<Probe> {
    let mut probes = Vec::new();
    let lambdas = pipeline.lambdas.iter().map(|lambda| pipeline.lambda_log_group(&lambda.name));
    let machines =
        pipeline.machines.iter().map(|machine| pipeline.machine_log_group(&machine.name));
    let more = [pipeline.flow_log_group(), "/aws/lambda/another".to_owned()];
    for group in lambdas.chain(machines).chain(more) {
        for name in [group.clone(), format!("{group}x")] {
            let streams = pipeline.log_streams_arn(&name).replace('*', "log-stream:s");
            let whole = pipeline.log_streams_arn(&name);
            for action in STREAMS {
                let known = pipeline::aws::iam::action(action).expect("it is in the reference");
                let stream = known.resource_patterns().iter().any(|arn| arn.contains("log-stream"));
                probes.push(Probe::new(action, if stream { &streams } else { &whole }));
            }
        }
    }
    probes.extend(DELIVERY.map(|action| Probe::new(action, "*")));
    probes
}

/// Each key with the service that asks for someone, and for which bucket.
fn keys(case: &Case) -> Vec<Probe> {
    let pipeline = &case.pipeline;
    let host = |name: &str| service::host(&pipeline.environment.region, name);
    let mut probes = Vec::new();
    let mut keys: Vec<_> = ["DataKey", "TopicKey", "Strange"]
        .map(|key| pipeline.arn("kms", &format!("key/{key}")))
        .into();
    keys.push(keys[2].replace(&pipeline.environment.account, STRANGER));
    for key in &keys {
        for action in KEY {
            let probe = Probe::new(action, key);
            let s3 = probe.with("kms:ViaService", &host("s3"));
            let of_bucket = |probe: &Probe| probe.with(CONTEXT, &pipeline.bucket_arn());
            probes.extend([
                of_bucket(&s3),
                s3.with(CONTEXT, "arn:aws:s3:::another"),
                of_bucket(&probe),
            ]);
            probes.extend([probe.with("kms:ViaService", &host("sns")), s3, probe]);
        }
    }
    probes
}
