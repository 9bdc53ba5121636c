//! The policy of the workarea bucket: it denies, and the roles allow.
//!
//! Two tiers. Data passes only through the VPC's S3 endpoint, or through Athena for those who may query. Settings belong to
//! those who deploy, who reach no data. So the bucket can be managed from outside the VPC, and nobody is locked out: the
//! account's root and the break-glass roles are exempt, and S3 lets root change the policy whatever it denies (S3 API,
//! `PutBucketPolicy`).

mod landing;

use crate::model::{Area, Encryption, Pipeline};

use super::area::{self, below};
use super::query::ATHENA;
use super::{Principal, Statement};

pub(super) use landing::roles_outside;

/// The id of the pipeline's S3 endpoint: a parameter of the stack.
const ENDPOINT: &str = "${S3EndpointId}";

/// What reads, writes or removes objects and their versions, or hands them to another bucket.
const DATA: [&str; 12] = [
    "s3:AbortMultipartUpload",
    "s3:BypassGovernanceRetention",
    "s3:DeleteObject*",
    "s3:GetObject*",
    "s3:InitiateReplication",
    "s3:ListMultipartUploadParts",
    "s3:ListObject*",
    "s3:ObjectOwnerOverrideToBucketOwner",
    "s3:PutObject*",
    "s3:Replicate*",
    "s3:RestoreObject",
    "s3:UpdateObject*",
];

const LIST: [&str; 3] = ["s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:ListBucketVersions"];

const SETTINGS: [&str; 15] = [
    "s3:CreateBucketMetadata*",
    "s3:DeleteBucket*",
    "s3:PauseReplication",
    "s3:PutAccelerateConfiguration",
    "s3:PutAnalyticsConfiguration",
    "s3:PutBucket*",
    "s3:PutEncryptionConfiguration",
    "s3:PutIntelligentTieringConfiguration",
    "s3:PutInventoryConfiguration",
    "s3:PutLifecycleConfiguration",
    "s3:PutMetricsConfiguration",
    "s3:PutReplicationConfiguration",
    "s3:TagResource",
    "s3:UntagResource",
    "s3:UpdateBucketMetadata*",
];

/// Returns the statements of the policy; `key` is the ARN of the pipeline's own key, or what stands for it.
pub(crate) fn policy(pipeline: &Pipeline, key: &str) -> Vec<Statement> {
    let mut statements = transport(pipeline);
    statements.extend(landing::statements(pipeline));
    statements.extend([
        data(pipeline),
        libs(pipeline),
        list(pipeline),
        athena(pipeline),
        settings(pipeline),
        landing::no_foreign_account(pipeline),
    ]);
    statements.extend(encryption(pipeline, key));
    let span = pipeline.workarea.span;
    statements
        .into_iter()
        .map(|one| Statement {
            principal: one.principal.clone().or(Some(Principal::Everyone)),
            ..one
        })
        .map(|one| if one.origin.what.is_empty() { one.from("workarea", span) } else { one })
        .collect()
}

fn everything(pipeline: &Pipeline) -> [String; 2] {
    [pipeline.bucket_arn(), pipeline.object_arn("*")]
}

fn transport(pipeline: &Pipeline) -> Vec<Statement> {
    vec![
        Statement::deny("TlsOnly", &["s3:*"], everything(pipeline)).when(
            "Bool",
            "aws:SecureTransport",
            ["false"],
        ),
        Statement::deny("Tls12", &["s3:*"], everything(pipeline)).when(
            "NumericLessThan",
            "s3:TlsVersion",
            ["1.2"],
        ),
    ]
}

/// On a request from the internet the key of the endpoint is absent, and `StringNotEquals` holds: it is denied. Athena's
/// requests name no endpoint either, but say that Athena makes them.
fn data(pipeline: &Pipeline) -> Statement {
    let areas = [
        Area::Stage,
        Area::Prod,
        Area::State,
        Area::Archive,
        Area::Rejected,
        Area::Results,
        Area::Logs,
    ];
    let mut objects: Vec<_> =
        areas.into_iter().flat_map(|area| whole_area(pipeline, area)).collect();
    if !landing::has_exceptions(pipeline) {
        objects.splice(0..0, whole_area(pipeline, Area::Landing));
    }
    let statement = Statement::deny("DataOnlyFromVpcEndpoint", &DATA, objects);
    but_athena(but_principals(from_outside(statement), emergency(pipeline)))
}

fn libs(pipeline: &Pipeline) -> Statement {
    let objects = whole_area(pipeline, Area::Libs);
    let statement = Statement::deny("LibsFromVpcEndpointOrCi", &DATA, objects);
    let mut exempt = emergency(pipeline);
    exempt.push(pipeline.deployer_role_arn());
    exempt.extend(pipeline.workarea.deployers.iter().cloned());
    but_principals(from_outside(statement), exempt)
}

/// Those who deploy are exempt because `HeadBucket`, by which they see whose bucket it is, is `s3:ListBucket` for IAM.
fn list(pipeline: &Pipeline) -> Statement {
    let statement = Statement::deny("ListOnlyFromVpcEndpoint", &LIST, [pipeline.bucket_arn()]);
    let mut exempt = admins(pipeline);
    exempt.push(pipeline.deployer_role_arn());
    but_athena(but_principals(from_outside(statement), exempt))
}

fn athena(pipeline: &Pipeline) -> Statement {
    let readers = pipeline.groups.iter().filter(|group| group.queries());
    let mut exempt = emergency(pipeline);
    exempt.extend(readers.map(|group| pipeline.role_arn(group.name.as_str())));
    let statement = Statement::deny("AthenaOnlyForReaders", &["s3:*"], everything(pipeline)).when(
        "ForAnyValue:StringEquals",
        "aws:CalledVia",
        [ATHENA],
    );
    but_principals(statement, exempt)
}

fn settings(pipeline: &Pipeline) -> Statement {
    let statement = Statement::deny("ConfigOnlyByAdmins", &SETTINGS, [pipeline.bucket_arn()]);
    but_principals(statement, admins(pipeline))
}

/// A request without a header takes the bucket's default. A key of the requester's own would make objects that nobody else
/// can read.
fn encryption(pipeline: &Pipeline, key: &str) -> Vec<Statement> {
    const ALGORITHM: &str = "s3:x-amz-server-side-encryption";
    const KEY: &str = "s3:x-amz-server-side-encryption-aws-kms-key-id";
    const CUSTOMER_KEY: &str = "s3:x-amz-server-side-encryption-customer-algorithm";
    let put = |sid: &str, header: &str| {
        Statement::deny(sid, &["s3:PutObject"], [pipeline.object_arn("*")]).when(
            "Null",
            header,
            ["false"],
        )
    };
    let algorithm = match pipeline.workarea.encryption {
        Encryption::S3 => "AES256",
        Encryption::Aws | Encryption::Own => "aws:kms",
    };
    let wrong = put("WrongEncryptionHeader", ALGORITHM);
    let mut statements = vec![wrong.when("StringNotEquals", ALGORITHM, [algorithm])];
    if pipeline.workarea.encryption == Encryption::Own {
        statements.push(put("WrongKey", KEY).when("StringNotEquals", KEY, [key]));
    }
    statements.push(put("NoCustomerKeys", CUSTOMER_KEY));
    statements
}

/// Returns the objects of an area, those of tables that stand elsewhere among them.
fn whole_area(pipeline: &Pipeline, one: Area) -> Vec<String> {
    let root = pipeline.area_prefix(one);
    let inside = format!("{root}/");
    let elsewhere = area::prefixes(pipeline, one)
        .into_iter()
        .filter(|prefix| *prefix != root && !prefix.starts_with(&inside));
    let prefixes = [root.clone()].into_iter().chain(elsewhere);
    prefixes.map(|prefix| pipeline.object_arn(&below(&prefix))).collect()
}

fn from_outside(statement: Statement) -> Statement {
    statement.when("StringNotEquals", "aws:SourceVpce", [ENDPOINT])
}

/// `ForAnyValue` would hold for no request without the key, so it would open the bucket to everybody.
fn but_athena(statement: Statement) -> Statement {
    statement.when("ForAllValues:StringNotEquals", "aws:CalledVia", [ATHENA])
}

fn but_principals(statement: Statement, arns: Vec<String>) -> Statement {
    statement.when("ArnNotLikeIfExists", "aws:PrincipalArn", arns)
}

fn emergency(pipeline: &Pipeline) -> Vec<String> {
    let mut arns = vec![pipeline.root_arn()];
    arns.extend(pipeline.break_glass_role_arns());
    arns
}

fn admins(pipeline: &Pipeline) -> Vec<String> {
    let mut arns = vec![pipeline.root_arn()];
    arns.extend(pipeline.policy_editors());
    arns
}
