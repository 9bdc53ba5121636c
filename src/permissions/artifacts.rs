//! The policy of the bucket for templates and code: whoever writes there decides what runs.

use crate::model::Pipeline;

use super::{Principal, Statement};

/// Returns the statements. No VPC is asked for: CI puts from outside, and Lambda fetches code with the rights of
/// CloudFormation's role.
pub(crate) fn policy(pipeline: &Pipeline) -> Vec<Statement> {
    let place = &pipeline.environment;
    let bucket = format!("arn:{}:s3:::{}", place.partition.id(), pipeline.artifact_bucket());
    let objects = format!("{bucket}/*");
    let all = || [bucket.clone(), objects.clone()];
    let mut writers = vec![pipeline.root_arn(), pipeline.deployer_role_arn()];
    writers.extend(pipeline.workarea.deployers.iter().cloned());
    let write = ["s3:DeleteObject*", "s3:PutObject*", "s3:ReplicateObject", "s3:RestoreObject"];
    let statements = [
        Statement::deny("TlsOnly", &["s3:*"], all()).when("Bool", "aws:SecureTransport", ["false"]),
        Statement::deny("Tls12", &["s3:*"], all()).when(
            "NumericLessThan",
            "s3:TlsVersion",
            ["1.2"],
        ),
        Statement::deny("NoForeignAccount", &["s3:*"], all()).when(
            "StringNotEquals",
            "aws:PrincipalAccount",
            [&place.account],
        ),
        Statement::deny("OnlyDeployersWrite", &write, [objects.clone()]).when(
            "ArnNotLikeIfExists",
            "aws:PrincipalArn",
            writers,
        ),
    ];
    let span = pipeline.deployer.span;
    statements.into_iter().map(|one| one.to(Principal::Everyone).from("bootstrap", span)).collect()
}
