//! What may pass through the VPC's endpoints, and who writes its flow logs.

use crate::aws::{release, service};
use crate::model::Pipeline;

use super::{Principal, Role, Statement, trust};

/// What the pipeline does in its bucket from within the VPC.
const DATA: [&str; 7] = [
    "s3:AbortMultipartUpload",
    "s3:DeleteObject",
    "s3:GetBucketLocation",
    "s3:GetObject",
    "s3:ListBucket",
    "s3:ListMultipartUploadParts",
    "s3:PutObject",
];

const ONE_SERVICE: &str = "an endpoint carries one service; the account bounds it, and the roles say what they may do there";

/// Returns the policy of the S3 endpoint: the account's principals reach the pipeline's own bucket, so that nothing is
/// copied out to another, and the nodes of a cluster reach Amazon's repositories.
pub(crate) fn s3_endpoint(pipeline: &Pipeline) -> Vec<Statement> {
    let place = &pipeline.environment;
    let bucket = |name: &str| format!("arn:{}:s3:::{name}/*", place.partition.id());
    let own = [pipeline.bucket_arn(), pipeline.object_arn("*")];
    let repositories = release::repositories(&place.region);
    let history = release::application_history(&place.region);
    let history_actions =
        ["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"];
    let statements = [
        Statement::allow("OwnBucket", &DATA, own)
            .when("StringEquals", "aws:PrincipalAccount", [&place.account])
            .when("StringEquals", "aws:ResourceAccount", [&place.account]),
        // Package managers do not sign, so their requests have no principal to compare.
        Statement::allow(
            "Repositories",
            &["s3:GetObject"],
            repositories.iter().map(|name| bucket(name)),
        ),
        // EMR's guide asks for both buckets ("Sample policies for private subnets that access Amazon S3") and does not say with
        // whose credentials its agents put there, so a condition on the principal could keep a cluster from starting.
        Statement::allow(
            "EmrSystemLogs",
            &["s3:PutObject"],
            [bucket(&release::system_logs(&place.region))],
        ),
        Statement::allow("EmrApplicationHistory", &history_actions, [bucket(&history)]),
    ];
    let span = pipeline.cluster.span;
    statements.into_iter().map(|one| one.to(Principal::Everyone).from("network", span)).collect()
}

/// Returns the policy of an interface endpoint: for roles of this account, whose own policies name what they reach.
pub(crate) fn interface_endpoint(pipeline: &Pipeline) -> Vec<Statement> {
    let own = [&pipeline.environment.account];
    let statement = Statement::allow_anywhere("OwnAccount", &["*"], ONE_SERVICE)
        .to(Principal::Everyone)
        .when("StringEquals", "aws:PrincipalAccount", own);
    vec![statement.from("network", pipeline.cluster.span)]
}

/// Returns the role that delivers flow logs (VPC user guide, "IAM role for publishing flow logs to CloudWatch Logs"), for the
/// one log group that the stack makes.
pub(crate) fn flow_logs(pipeline: &Pipeline) -> Role {
    let group = pipeline.flow_log_group();
    let write = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"];
    let span = pipeline.cluster.span;
    let trust =
        trust::service_for(pipeline, "vpc-flow-logs", [pipeline.arn("ec2", "vpc-flow-log/*")]);
    Role {
        purpose: "flow-logs".to_owned(),
        description: "Delivers the VPC's flow logs".to_owned(),
        trust: vec![trust],
        statements: vec![
            Statement::allow("DeliverFlowLogs", &write, [pipeline.log_streams_arn(&group)])
                .from("flow_logs", span),
        ],
        span,
    }
}

/// Returns the service name of an endpoint.
pub(crate) fn endpoint_name(pipeline: &Pipeline, service: &str) -> String {
    service::endpoint(&pipeline.environment.region, service)
}
