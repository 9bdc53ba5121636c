//! What those are meant to do who deploy, and those who rescue.

use pipeline::aws::service;
use pipeline::model::{Area, Encryption, GitHub, Pipeline, Runs, Trusted};

use super::Use;
use crate::case::{Case, read};
use crate::principal::{Maker, is_trusted};
use crate::request::Probe;

/// Returns what a role of the bootstrap stack is meant to do; of CloudFormation's each question says by itself.
pub(super) fn uses(case: &Case, maker: Maker) -> Vec<Use> {
    match maker {
        Maker::Deployer => deployer(case),
        Maker::BreakGlass => rescue(&case.pipeline),
        Maker::Execution => Vec::new(),
    }
}

/// Returns the ARNs of the stacks that are deployed, each with some id.
pub(crate) fn stacks(case: &Case) -> Vec<String> {
    let manifest = read(&case.folder.join("manifest.json"));
    let stacks = manifest["stacks"].as_array().expect("a manifest has stacks").iter();
    let name = |stack: &serde_json::Value| stack["stack_name"].as_str().map(str::to_owned);
    let names = stacks.map(|stack| name(stack).expect("a stack has a name"));
    names.map(|name| case.pipeline.arn("cloudformation", &format!("stack/{name}/some"))).collect()
}

fn deployer(case: &Case) -> Vec<Use> {
    let pipeline = &case.pipeline;
    let place = &pipeline.environment;
    let role = pipeline.execution_role_arn();
    let cloudformation = service::principal(&place.region, "cloudformation");
    let lock = pipeline.artifact_arn(&format!("locks/{}-{}", pipeline.name, place.name));
    let libs = pipeline.object_arn(&format!("{}/*", pipeline.area_prefix(Area::Libs)));
    let bucket = pipeline.artifact_arn("").trim_end_matches('/').to_owned();
    let bootstrap = format!("stack/{}/*", pipeline.bootstrap_stack());
    let functions = pipeline.lambdas.iter().map(|one| pipeline.lambda_arn(&one.name));
    let functions = functions.flat_map(|arn| [format!("{arn}:*"), arn]);
    let schedules = format!("schedule/{}/*", pipeline.schedule_group());
    let machines = pipeline.machines.iter().map(|one| pipeline.machine_arn(&one.name));
    let mut uses = vec![
        Use::of(&ON_STACKS, stacks(case)),
        Use::of(&WITH_A_ROLE, stacks(case)).key("cloudformation:RoleArn", &[&role]),
        Use::of(
            &["cloudformation:DescribeStacks", "cloudformation:GetTemplate"],
            [pipeline.arn("cloudformation", &bootstrap)],
        ),
        Use::of(&["iam:PassRole"], [role]).key("iam:PassedToService", &[&cloudformation]),
        Use::of(
            &["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
            ["assets/*", "templates/*"].map(|keys| pipeline.artifact_arn(keys)),
        ),
        Use::of(&["s3:DeleteObject", "s3:GetObject", "s3:PutObject"], [lock]),
        Use::of(&["s3:GetObject", "s3:PutObject"], [libs]),
        Use::of(&["s3:ListBucket"], [bucket, pipeline.bucket_arn()]),
        Use::of(&["s3:GetBucketPolicy"], [pipeline.bucket_arn()]),
        Use::of(&["sns:ListSubscriptionsByTopic"], [pipeline.topic_arn()]),
        Use::anywhere(&[
            "cloudformation:DescribeAccountLimits",
            "cloudformation:ValidateTemplate",
            "ec2:DescribeManagedPrefixLists",
        ]),
        Use::of(
            &["lambda:GetAlias", "lambda:GetFunction", "lambda:GetFunctionConfiguration"],
            functions,
        ),
        Use::of(&["scheduler:GetSchedule"], [pipeline.arn("scheduler", &schedules)]),
        Use::of(&["states:ListExecutions"], machines),
        Use::of(
            &["glue:CreateDatabase", "glue:GetDatabase"],
            [pipeline.catalog_arn(), pipeline.database_arn("default")],
        ),
    ];
    uses.extend(service_roles(pipeline));
    uses.extend(data_key(pipeline));
    uses
}

/// What is asked of a stack without naming a role.
pub(crate) const ON_STACKS: [&str; 16] = [
    "cloudformation:CancelUpdateStack",
    "cloudformation:DeleteChangeSet",
    "cloudformation:DescribeChangeSet",
    "cloudformation:DescribeEvents",
    "cloudformation:DescribeStackEvents",
    "cloudformation:DescribeStackResources",
    "cloudformation:DescribeStacks",
    "cloudformation:ExecuteChangeSet",
    "cloudformation:GetStackPolicy",
    "cloudformation:GetTemplate",
    "cloudformation:ListChangeSets",
    "cloudformation:ListStackResources",
    "cloudformation:SetStackPolicy",
    "cloudformation:TagResource",
    "cloudformation:UntagResource",
    "cloudformation:UpdateTerminationProtection",
];

/// What names the role that CloudFormation deploys with.
pub(crate) const WITH_A_ROLE: [&str; 4] = [
    "cloudformation:ContinueUpdateRollback",
    "cloudformation:CreateChangeSet",
    "cloudformation:DeleteStack",
    "cloudformation:RollbackStack",
];

/// Returns the service-linked roles that EMR needs once in an account, with their services.
pub(crate) fn linked(pipeline: &Pipeline) -> [(String, String); 2] {
    let emr = service::principal(&pipeline.environment.region, "elasticmapreduce");
    [(emr, "EMRCleanup"), ("spot.amazonaws.com".to_owned(), "EC2Spot")].map(|(service, name)| {
        let path = format!("role/aws-service-role/{service}/AWSServiceRoleFor{name}");
        (service, pipeline.iam_arn(&path))
    })
}

fn service_roles(pipeline: &Pipeline) -> [Use; 2] {
    let linked = linked(pipeline);
    let services = linked.each_ref().map(|(service, _)| service.as_str());
    let arns = linked.each_ref().map(|(_, arn)| arn.clone());
    [
        Use::of(&["iam:CreateServiceLinkedRole"], arns.clone())
            .key("iam:AWSServiceName", &services),
        Use::of(&["iam:GetRole"], arns),
    ]
}

fn rescue(pipeline: &Pipeline) -> Vec<Use> {
    let objects = [
        "AbortMultipartUpload",
        "DeleteObject",
        "DeleteObjectVersion",
        "GetObject",
        "GetObjectVersion",
        "PutObject",
    ];
    let bucket = [
        "DeleteBucketPolicy",
        "GetBucketLocation",
        "GetBucketPolicy",
        "ListBucket",
        "ListBucketVersions",
        "PutBucketPolicy",
    ];
    let named = |name: &str| format!("s3:{name}");
    let (objects, bucket) = (objects.map(named), bucket.map(named));
    let mut uses = vec![
        Use::of(&objects.each_ref().map(String::as_str), [pipeline.object_arn("*")]),
        Use::of(&bucket.each_ref().map(String::as_str), [pipeline.bucket_arn()]),
    ];
    uses.extend(data_key(pipeline));
    uses
}

/// The key is not there yet when the bootstrap stack is made, so its tag tells it.
fn data_key(pipeline: &Pipeline) -> Option<Use> {
    let s3 = service::host(&pipeline.environment.region, "s3");
    (pipeline.workarea.encryption == Encryption::Own).then(|| {
        Use::of(&["kms:Decrypt", "kms:GenerateDataKey"], [pipeline.arn("kms", "key/*")])
            .key("kms:ViaService", &[&s3])
            .key("kms:EncryptionContext:aws:s3:arn", &[&pipeline.bucket_arn()])
            .key("aws:ResourceTag/pipeline", &[&pipeline.tags["pipeline"]])
    })
}

/// Tells whether someone, whose own account lets them, may assume a role of the bootstrap stack.
pub(super) fn trusts(pipeline: &Pipeline, arn: &str, probe: &Probe) -> bool {
    let own = Trusted::Account(pipeline.environment.account.clone());
    match Maker::of(pipeline, &probe.resource) {
        Some(Maker::Deployer) => {
            pipeline.deployer.assumed_by.iter().any(|one| is_trusted(pipeline, one, arn))
        }
        Some(Maker::BreakGlass) => {
            is_trusted(pipeline, &own, arn)
                && probe.key("aws:MultiFactorAuthPresent") == Some("true")
        }
        Some(Maker::Execution) | None => false,
    }
}

/// Tells whether GitHub's runs may assume the role: those that the blueprint names, with a token for AWS.
pub(super) fn runs(pipeline: &Pipeline, provider: &str, probe: &Probe) -> bool {
    let Some(GitHub { repository, runs, .. }) = &pipeline.deployer.github else { return false };
    let run = match runs {
        Runs::Environment(name) => format!("repo:{repository}:environment:{name}"),
        Runs::Branch(name) => format!("repo:{repository}:ref:refs/heads/{name}"),
    };
    let audience = format!("sts.{}", pipeline.environment.partition.dns_suffix());
    provider == pipeline.iam_arn(&format!("oidc-provider/{GITHUB}"))
        && probe.resource == pipeline.deployer_role_arn()
        && probe.key(&format!("{GITHUB}:aud")) == Some(&audience)
        && probe.key(&format!("{GITHUB}:sub")) == Some(&run)
}

/// Who issues the tokens of GitHub's runs.
pub(crate) const GITHUB: &str = "token.actions.githubusercontent.com";
