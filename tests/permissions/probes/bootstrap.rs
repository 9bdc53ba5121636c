//! What is asked of the roles of the bootstrap stack, and of everyone who might want to be one.

use pipeline::aws::{iam, service};
use pipeline::model::{Pipeline, Trusted};

use super::execution;
use crate::case::Case;
use crate::meaning::bootstrap::{GITHUB, ON_STACKS, WITH_A_ROLE, linked, stacks};
use crate::principal::{self, Kind, Maker, Principal};
use crate::request::{Place, Probe, STRANGER};

/// Returns the questions with who asks them.
pub(crate) fn probes(case: &Case) -> Vec<(Principal, Probe)> {
    let mut asked = Vec::new();
    for who in principal::made(case) {
        let probes = match &who.kind {
            Kind::Made(Maker::Deployer) => deployer(case),
            Kind::Made(Maker::Execution) => execution::probes(case),
            _ => keys(&case.pipeline),
        };
        asked.extend(probes.into_iter().map(|probe| (who.clone(), probe.from(Place::Internet))));
    }
    asked.extend(assumed(case));
    asked
}

/// Stacks of ours, those that look like them, another account's, and the one that made the role itself.
fn deployer(case: &Case) -> Vec<Probe> {
    let pipeline = &case.pipeline;
    let own = stacks(case);
    let alike = own.iter().map(|arn| arn.replace("/some", "x/some"));
    let foreign = own.iter().map(|arn| arn.replace(&pipeline.environment.account, STRANGER));
    let itself =
        pipeline.arn("cloudformation", &format!("stack/{}/some", pipeline.bootstrap_stack()));
    let another = pipeline.arn("cloudformation", "stack/another/some");
    let all: Vec<_> =
        own.iter().cloned().chain(alike).chain(foreign).chain([itself, another]).collect();
    let roles = [
        Some(pipeline.execution_role_arn()),
        Some(pipeline.deployer_role_arn()),
        Some(pipeline.iam_arn("role/Administrator")),
        None,
    ];
    let mut probes = Vec::new();
    for stack in &all {
        probes.extend(cloudformation().iter().map(|action| Probe::new(action, stack)));
        for (action, role) in
            WITH_A_ROLE.iter().flat_map(|action| roles.iter().map(move |role| (action, role)))
        {
            let probe = Probe::new(action, stack);
            probes.push(
                role.iter().fold(probe, |probe, arn| probe.with("cloudformation:RoleArn", arn)),
            );
        }
    }
    probes.extend(
        iam::actions("cloudformation:*")
            .iter()
            .filter(|one| one.resource_patterns().is_empty())
            .map(|one| Probe::new(&one.name(), "*")),
    );
    probes.extend(artifacts(pipeline));
    probes.extend(once(pipeline));
    probes.extend(keys(pipeline));
    probes
}

/// Returns every action on stacks.
fn cloudformation() -> Vec<String> {
    let all = iam::actions("cloudformation:*").into_iter();
    let on_stacks =
        all.filter(|one| one.resource_patterns().iter().any(|arn| arn.contains(":stack/")));
    let names: Vec<_> = on_stacks.map(|one| one.name()).collect();
    let known = |action: &&str| names.iter().any(|name| name == action);
    assert!(ON_STACKS.iter().chain(&WITH_A_ROLE).all(known), "CloudFormation has them no more");
    names
}

fn artifacts(pipeline: &Pipeline) -> Vec<Probe> {
    let own_lock = format!("locks/{}-{}", pipeline.name, pipeline.environment.name);
    let keys = [
        "assets/a.zip",
        "templates/a.yaml",
        "locks/another",
        "else",
        &own_lock,
        &format!("{own_lock}x"),
    ];
    let actions = [
        "AbortMultipartUpload",
        "DeleteObject",
        "DeleteObjectVersion",
        "GetObject",
        "PutObject",
        "PutObjectAcl",
    ];
    let mut probes = Vec::new();
    for (key, action) in keys.iter().flat_map(|key| actions.map(|action| (key, action))) {
        let probe = Probe::new(&format!("s3:{action}"), pipeline.artifact_arn(key));
        let with = |tls| Probe { tls, ..probe.clone() };
        probes.extend([None, Some("1.1"), Some("1.2")].map(with));
    }
    let bucket = pipeline.artifact_arn("").trim_end_matches('/').to_owned();
    let settings = [
        "DeleteBucket",
        "DeleteBucketPolicy",
        "ListBucket",
        "PutBucketPolicy",
        "PutLifecycleConfiguration",
    ];
    probes.extend(settings.map(|action| Probe::new(&format!("s3:{action}"), &bucket)));
    probes
}

/// What is made once in an account, and what only looks like it.
fn once(pipeline: &Pipeline) -> Vec<Probe> {
    let mut probes = Vec::new();
    let [(emr, cleanup), (spot, instances)] = linked(pipeline);
    let strange =
        pipeline.iam_arn("role/aws-service-role/support.amazonaws.com/AWSServiceRoleForSupport");
    for role in [cleanup, instances, strange] {
        let make = Probe::new("iam:CreateServiceLinkedRole", &role);
        probes.extend(
            [&emr, &spot, "support.amazonaws.com"]
                .map(|name| make.with("iam:AWSServiceName", name)),
        );
        let more = [
            "iam:CreateServiceLinkedRole",
            "iam:DeleteServiceLinkedRole",
            "iam:GetRole",
            "iam:PassRole",
        ];
        probes.extend(more.map(|action| Probe::new(action, &role)));
    }
    for schedules in [pipeline.schedule_group(), "another".to_owned()] {
        let arn = pipeline.arn("scheduler", &format!("schedule/{schedules}/start"));
        probes.extend(
            ["GetSchedule", "UpdateSchedule"]
                .map(|action| Probe::new(&format!("scheduler:{action}"), &arn)),
        );
    }
    probes
}

/// Keys of the pipeline and of others, by their tag.
fn keys(pipeline: &Pipeline) -> Vec<Probe> {
    let tag = "aws:ResourceTag/pipeline";
    let s3 = service::host(&pipeline.environment.region, "s3");
    let own = pipeline.tags["pipeline"].as_str();
    let mut probes = Vec::new();
    for (key, action) in ["DataKey", "Strange"]
        .iter()
        .flat_map(|key| ["Decrypt", "GenerateDataKey", "Encrypt"].map(|action| (key, action)))
    {
        let probe =
            Probe::new(&format!("kms:{action}"), pipeline.arn("kms", &format!("key/{key}")));
        let whole = probe
            .with("kms:ViaService", &s3)
            .with("kms:EncryptionContext:aws:s3:arn", &pipeline.bucket_arn());
        probes.extend([
            whole.with(tag, own),
            whole.with(tag, "another"),
            probe.with(tag, own),
            whole,
        ]);
    }
    probes
}

/// What a trust policy may let someone do with a role, by themselves.
const ASSUMES: [&str; 3] = ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"];

/// Everyone who might want to be one of those roles.
fn assumed(case: &Case) -> Vec<(Principal, Probe)> {
    let pipeline = &case.pipeline;
    let mut asked = Vec::new();
    let trusted = pipeline.deployer.assumed_by.iter().filter_map(|one| match one {
        Trusted::Principal(arn) => Some(arn.clone()),
        Trusted::Account(_) | Trusted::PermissionSet(_) => None,
    });
    let admins = [pipeline.iam_arn("role/Administrator"), principal::stranger(case).arn];
    let admins: Vec<_> = admins.into_iter().chain(trusted).collect();
    for (maker, arn) in principal::made(case).into_iter().map(|who| (who.kind, who.arn)) {
        for admin in &admins {
            let who = Principal { arn: admin.clone(), kind: Kind::Admin };
            for probe in ASSUMES.map(|action| Probe::new(action, &arn)) {
                let second = ["true", "false"];
                let second = second.map(|is| probe.with("aws:MultiFactorAuthPresent", is));
                asked.extend(second.into_iter().chain([probe]).map(|one| (who.clone(), one)));
            }
        }
        let services = ["cloudformation", "ec2", "lambda", "states"];
        for name in services.map(|name| service::principal(&pipeline.environment.region, name)) {
            let who = Principal::service(name);
            asked.extend(ASSUMES.map(|action| (who.clone(), Probe::new(action, &arn))));
        }
        if maker == Kind::Made(Maker::Deployer) {
            asked.extend(runs(pipeline, &arn));
        }
    }
    asked.into_iter().map(|(who, probe)| (who, probe.from(Place::Internet))).collect()
}

/// Runs of GitHub's workflows: of the repository and of others, in the environment, on a branch, for a pull request.
fn runs(pipeline: &Pipeline, role: &str) -> Vec<(Principal, Probe)> {
    let provider = Principal::service(pipeline.iam_arn(&format!("oidc-provider/{GITHUB}")));
    let another = Principal::service(pipeline.iam_arn("oidc-provider/gitlab.com"));
    let assume = Probe::new("sts:AssumeRoleWithWebIdentity", role);
    let mut asked = vec![(provider.clone(), assume.clone())];
    let repositories =
        ["example/data-pipeline", "example/data-pipeline-not", "another/data-pipeline"];
    let runs = [
        "environment:dev",
        "environment:gov",
        "environment:prod",
        "ref:refs/heads/main",
        "ref:refs/heads/else",
        "pull_request",
    ];
    let audience = format!("sts.{}", pipeline.environment.partition.dns_suffix());
    for (repository, run) in repositories.iter().flat_map(|one| runs.map(|run| (one, run))) {
        let run = assume.with(&format!("{GITHUB}:sub"), &format!("repo:{repository}:{run}"));
        let aud = format!("{GITHUB}:aud");
        let right = run.with(&aud, &audience);
        let more = ASSUMES.map(|action| Probe { action: action.to_owned(), ..right.clone() });
        asked.push((another.clone(), right.clone()));
        let all = [right, run.with(&aud, "https://github.com/another"), run];
        asked.extend(all.into_iter().chain(more).map(|probe| (provider.clone(), probe)));
    }
    asked
}
