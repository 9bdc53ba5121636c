//! The role that CI deploys with.
//!
//! It changes nothing itself: it asks CloudFormation for change sets on this pipeline's stacks, which CloudFormation executes
//! with its own role. The data is out of its reach.

use std::collections::BTreeSet;

use crate::aws::service;
use crate::model::{Encryption, Foreign, Pipeline};

use super::{Role, Statement, key, trust};

/// What is asked of a stack beside what names the role that executes it.
const STACKS: [&str; 16] = [
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

/// What CloudFormation does with a role that the request names.
const WITH_ROLE: [&str; 4] = [
    "cloudformation:ContinueUpdateRollback",
    "cloudformation:CreateChangeSet",
    "cloudformation:DeleteStack",
    "cloudformation:RollbackStack",
];

const LOOKS: &str = "limits, templates and prefix lists have no resource types";

/// Returns the role; `stacks` are the short names of the pipeline's stacks.
pub(crate) fn role<'a>(pipeline: &Pipeline, stacks: impl IntoIterator<Item = &'a str>) -> Role {
    let deployer = &pipeline.deployer;
    let mut trust: Vec<_> =
        deployer.github.iter().map(|github| trust::github(pipeline, github)).collect();
    trust.extend(trust::people(pipeline, &deployer.assumed_by, &Foreign::default()));
    let mut statements = change_sets(pipeline, stacks);
    statements.extend(objects(pipeline));
    statements.extend(looks(pipeline));
    statements.extend(once(pipeline));
    Role {
        purpose: "deployer".to_owned(),
        description: format!("Deploys {}", pipeline.name),
        trust,
        statements: statements.into_iter().map(|one| one.from("deployer", deployer.span)).collect(),
        span: deployer.span,
    }
}

fn change_sets<'a>(
    pipeline: &Pipeline,
    stacks: impl IntoIterator<Item = &'a str>,
) -> Vec<Statement> {
    let numbered = |stack: &'a str| if stack.starts_with("catalog-") { "catalog-*" } else { stack };
    let names: BTreeSet<_> = stacks.into_iter().map(numbered).collect();
    let arn = |name: &str| pipeline.arn("cloudformation", &format!("stack/{name}/*"));
    let own: Vec<_> = names.into_iter().map(|name| arn(&pipeline.stack_name(name))).collect();
    let role = pipeline.execution_role_arn();
    let see = ["cloudformation:DescribeStacks", "cloudformation:GetTemplate"];
    vec![
        Statement::allow("DeployStacks", &STACKS, own.clone()),
        Statement::allow("DeployWithRole", &WITH_ROLE, own).when(
            "StringEquals",
            "cloudformation:RoleArn",
            [&role],
        ),
        Statement::allow("SeeBootstrap", &see, [arn(&pipeline.bootstrap_stack())]),
        Statement::allow("PassExecutionRole", &["iam:PassRole"], [role]).when(
            "StringEquals",
            "iam:PassedToService",
            [service::principal(&pipeline.environment.region, "cloudformation")],
        ),
    ]
}

/// Templates, code and the lock of a deployment in one bucket; scripts and configuration, nothing else, in the other.
fn objects(pipeline: &Pipeline) -> Vec<Statement> {
    let place = &pipeline.environment;
    let artifacts = ["assets/*", "templates/*"].map(|keys| pipeline.artifact_arn(keys));
    let bucket = format!("arn:{}:s3:::{}", place.partition.id(), pipeline.artifact_bucket());
    let lock = pipeline.artifact_arn(&format!("locks/{}-{}", pipeline.name, place.name));
    let libs =
        pipeline.object_arn(&format!("{}/*", pipeline.area_prefix(crate::model::Area::Libs)));
    let upload = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"];
    let hold = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"];
    let mut statements =
        vec![
            Statement::allow("UploadArtifacts", &upload, artifacts),
            Statement::allow("HoldLock", &hold, [lock]),
            Statement::allow("PutLibs", &["s3:GetObject", "s3:PutObject"], [libs]),
            // `HeadBucket`, which tells whose a bucket is, is `ListBucket` for IAM.
            Statement::allow("SeeBuckets", &["s3:ListBucket"], [bucket, pipeline.bucket_arn()])
                .when("StringEquals", "aws:ResourceAccount", [&place.account]),
        ];
    if pipeline.workarea.encryption == Encryption::Own {
        statements.push(key::use_by_tag(pipeline));
    }
    statements
}

/// What a plan, a check after the deployment, and a look at what runs ask.
fn looks(pipeline: &Pipeline) -> Vec<Statement> {
    let anywhere = [
        "cloudformation:DescribeAccountLimits",
        "cloudformation:ValidateTemplate",
        "ec2:DescribeManagedPrefixLists",
    ];
    let functions = pipeline.lambdas.iter().flat_map(|one| {
        [pipeline.lambda_arn(&one.name), format!("{}:*", pipeline.lambda_arn(&one.name))]
    });
    let see = ["lambda:GetAlias", "lambda:GetFunction", "lambda:GetFunctionConfiguration"];
    let schedules = pipeline.arn("scheduler", &format!("schedule/{}/*", pipeline.schedule_group()));
    let machines = pipeline.machines.iter().map(|machine| pipeline.machine_arn(&machine.name));
    vec![
        Statement::allow_anywhere("Look", &anywhere, LOOKS),
        Statement::allow("SeeFunctions", &see, functions),
        Statement::allow("SeeSchedules", &["scheduler:GetSchedule"], [schedules]),
        Statement::allow("SeeWhatRuns", &["states:ListExecutions"], machines),
        Statement::allow("SeeBucketPolicy", &["s3:GetBucketPolicy"], [pipeline.bucket_arn()]),
        Statement::allow(
            "SeeSubscribers",
            &["sns:ListSubscriptionsByTopic"],
            [pipeline.topic_arn()],
        ),
    ]
}

/// What is made once in an account and never deleted: Hive's database `default`, and the roles with which EMR tidies up after
/// clusters and EC2 runs spot instances (EMR management guide, "Using service-linked roles for Amazon EMR for cleanup").
fn once(pipeline: &Pipeline) -> Vec<Statement> {
    let default = [pipeline.catalog_arn(), pipeline.database_arn("default")];
    let services = [
        (service::principal(&pipeline.environment.region, "elasticmapreduce"), "EMRCleanup"),
        ("spot.amazonaws.com".to_owned(), "EC2Spot"),
    ];
    let arn = |(service, name): &(String, &str)| {
        pipeline.iam_arn(&format!("role/aws-service-role/{service}/AWSServiceRoleFor{name}"))
    };
    let arns: Vec<_> = services.iter().map(arn).collect();
    vec![
        Statement::allow("MakeDefault", &["glue:CreateDatabase", "glue:GetDatabase"], default),
        Statement::allow("MakeServiceRoles", &["iam:CreateServiceLinkedRole"], arns.clone()).when(
            "StringEquals",
            "iam:AWSServiceName",
            services.map(|(service, _)| service),
        ),
        Statement::allow("SeeServiceRoles", &["iam:GetRole"], arns),
    ]
}
