//! What AWS services and people ask on the pipeline's behalf, or on somebody else's: roles to assume, topics, keys, logs.

use pipeline::aws::service;
use pipeline::model::{Pipeline, Trusted};

use crate::case::Case;
use crate::meaning::service::foreign;
use crate::principal::{self, Principal};
use crate::request::{Place, Probe, STRANGER};

/// Services that might ask for a role.
const ASKING: [&str; 8] = [
    "cloudformation",
    "ec2",
    "elasticmapreduce",
    "events",
    "lambda",
    "scheduler",
    "states",
    "vpc-flow-logs",
];

/// Returns the questions with who asks them.
pub(crate) fn probes(case: &Case) -> Vec<(Principal, Probe)> {
    let pipeline = &case.pipeline;
    let mut asked = roles(case);
    asked.extend(people(case));
    asked.extend(publishing(pipeline));
    asked.extend(deliveries(pipeline));
    asked.extend(invocations(pipeline));
    let away = |(who, probe): (Principal, Probe)| (who, probe.from(Place::Internet));
    asked.into_iter().map(away).collect()
}

/// Sources that a service may name, ours and others'.
pub(crate) fn sources(pipeline: &Pipeline) -> Vec<String> {
    let mut sources: Vec<_> =
        pipeline.machines.iter().map(|one| pipeline.machine_arn(&one.name)).collect();
    sources.extend([
        pipeline.schedule_group_arn(),
        pipeline.rule_arn("start"),
        pipeline.rule_arn("failed-executions"),
        pipeline.rule_arn("cluster-check"),
        pipeline.rule_arn("another"),
        pipeline.arn("elasticmapreduce", "cluster/j-1"),
        pipeline.arn("ec2", "vpc-flow-log/fl-1"),
        pipeline.arn("states", "stateMachine:another"),
        pipeline.arn("scheduler", "schedule-group/another"),
        pipeline.arn(
            "cloudwatch",
            &format!("alarm:{}", pipeline.named(&format!("{}-any", pipeline.name))),
        ),
        pipeline.arn("cloudwatch", "alarm:another"),
    ]);
    let foreign: Vec<_> =
        sources.iter().map(|arn| arn.replace(&pipeline.environment.account, STRANGER)).collect();
    sources.extend(foreign);
    sources
}

/// Returns the probe with each source and its account, with another account, and with neither.
fn from_sources(pipeline: &Pipeline, probe: &Probe) -> Vec<Probe> {
    let mut probes = vec![probe.clone()];
    for source in sources(pipeline) {
        let named = probe.with("aws:SourceArn", &source);
        let account = source.split(':').nth(4).expect("an ARN has an account").to_owned();
        probes.extend([named.with("aws:SourceAccount", &account), named.clone()]);
        probes.push(named.with("aws:SourceAccount", STRANGER));
    }
    probes.push(probe.with("aws:SourceAccount", &pipeline.environment.account));
    probes
}

fn roles(case: &Case) -> Vec<(Principal, Probe)> {
    let pipeline = &case.pipeline;
    let mut asked = Vec::new();
    for role in case.deployed.roles() {
        let assume = Probe::new("sts:AssumeRole", role);
        for name in ASKING {
            let who = Principal::service(service::principal(&pipeline.environment.region, name));
            let probes = from_sources(pipeline, &assume);
            asked.extend(probes.into_iter().map(|probe| (who.clone(), probe)));
            let own = Probe::new("sts:TagSession", role)
                .with("aws:SourceAccount", &pipeline.environment.account);
            let sources = sources(pipeline).into_iter();
            asked.extend(sources.map(|arn| (who.clone(), own.with("aws:SourceArn", &arn))));
        }
    }
    asked
}

/// Those whom groups trust, and those who look like them.
fn people(case: &Case) -> Vec<(Principal, Probe)> {
    let pipeline = &case.pipeline;
    let mut arns: Vec<String> = Vec::new();
    for trusted in pipeline.groups.iter().flat_map(|group| &group.assumed_by) {
        match trusted {
            Trusted::Principal(arn) => arns.extend([arn.clone(), format!("{arn}x")]),
            Trusted::Account(account) => {
                let own = &pipeline.environment.account;
                arns.push(pipeline.iam_arn("role/Any").replace(own, account));
            }
            Trusted::PermissionSet(name) => arns.extend(signed_on(pipeline, name)),
        }
    }
    arns.push(principal::stranger(case).arn);
    arns.sort();
    arns.dedup();
    let mut asked = Vec::new();
    for arn in arns {
        let who = Principal { arn, kind: principal::Kind::Admin };
        for action in ["sts:AssumeRole", "sts:TagSession"] {
            let roles = case.deployed.roles().map(|role| Probe::new(action, role));
            let probes = roles.flat_map(|probe| as_foreign(case, &probe));
            asked.extend(probes.map(|probe| (who.clone(), probe)));
        }
    }
    asked
}

/// With what groups ask of other accounts, with all but one of it, with wrong values, and with nothing.
fn as_foreign(case: &Case, probe: &Probe) -> Vec<Probe> {
    let mut probes = vec![probe.clone()];
    for group in &case.pipeline.groups {
        let asked = foreign(group).into_iter();
        let asked: Vec<_> =
            asked.filter_map(|(key, value)| Some((key, value.as_deref()?))).collect();
        let all = |left_out: Option<&str>, wrong: &str| {
            let brought = asked.iter().filter(|(key, _)| Some(*key) != left_out);
            brought.fold(probe.clone(), |probe, (key, value)| {
                probe.with(key, &format!("{value}{wrong}"))
            })
        };
        if !asked.is_empty() {
            probes.extend([all(None, ""), all(None, "-not")]);
            probes.extend(asked.iter().map(|(key, _)| all(Some(key), "")));
        }
    }
    probes
}

/// The role of a permission set with and without a region in its path, in another account, and two whose names only look so.
fn signed_on(pipeline: &Pipeline, set: &str) -> Vec<String> {
    let path = "role/aws-reserved/sso.amazonaws.com";
    let role = |rest: &str| pipeline.iam_arn(&format!("{path}/{rest}"));
    let name = format!("AWSReservedSSO_{set}_0123456789abcdef");
    let own = &pipeline.environment.account;
    vec![
        role(&name),
        role(&format!("eu-west-1/{name}")),
        role(&name).replace(own, STRANGER),
        role(&format!("AWSReservedSSO_{set}_More_0123456789abcdef")),
        pipeline.iam_arn(&format!("role/{name}")),
    ]
}

/// Messages to the topic, and the key that they are encrypted with.
fn publishing(pipeline: &Pipeline) -> Vec<(Principal, Probe)> {
    let mut asked = Vec::new();
    let key = pipeline.arn("kms", "key/TopicKey");
    let probes = [
        Probe::new("sns:Publish", pipeline.topic_arn()),
        Probe::new("sns:Subscribe", pipeline.topic_arn()),
        Probe::new("kms:Decrypt", &key),
        Probe::new("kms:GenerateDataKey", &key),
        Probe::new("kms:CreateGrant", &key),
        Probe::new("kms:Decrypt", pipeline.arn("kms", "key/DataKey")),
    ];
    for probe in probes {
        for name in ["cloudwatch.amazonaws.com", "events.amazonaws.com", "s3.amazonaws.com"] {
            let who = Principal::service(name);
            let plain = Probe { tls: None, ..probe.clone() };
            for one in
                from_sources(pipeline, &probe).into_iter().chain(from_sources(pipeline, &plain))
            {
                asked.push((who.clone(), one));
            }
        }
    }
    asked
}

/// Access logs of the workarea bucket, of another, and of another account's.
fn deliveries(pipeline: &Pipeline) -> Vec<(Principal, Probe)> {
    let partition = pipeline.environment.partition.id();
    let bucket = format!("arn:{partition}:s3:::{}", pipeline.access_log_bucket());
    let mut asked = Vec::new();
    for action in ["PutObject", "GetObject"] {
        let probe = Probe::new(&format!("s3:{action}"), format!("{bucket}/s3/log"));
        for source in [pipeline.bucket_arn(), format!("arn:{partition}:s3:::another")] {
            for account in [pipeline.environment.account.as_str(), STRANGER] {
                let named = probe.with("aws:SourceArn", &source).with("aws:SourceAccount", account);
                for name in ["logging.s3.amazonaws.com", "events.amazonaws.com"] {
                    for tls in [None, Some("1.1"), Some("1.3")] {
                        let probe = Probe { tls, ..named.clone() };
                        asked.push((Principal::service(name), probe));
                    }
                }
            }
        }
        asked.push((Principal::service("logging.s3.amazonaws.com"), probe));
    }
    asked
}

/// Functions that rules call.
fn invocations(pipeline: &Pipeline) -> Vec<(Principal, Probe)> {
    let mut asked = Vec::new();
    for lambda in &pipeline.lambdas {
        for action in ["lambda:InvokeFunction", "lambda:UpdateFunctionCode"] {
            let probe = Probe::new(action, pipeline.alias_arn(&lambda.name));
            for name in ["events.amazonaws.com", "s3.amazonaws.com"] {
                let probes = from_sources(pipeline, &probe).into_iter();
                asked.extend(probes.map(|probe| (Principal::service(name), probe)));
            }
        }
    }
    asked
}
