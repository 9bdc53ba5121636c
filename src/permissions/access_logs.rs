//! The policy of the bucket that takes the workarea's access logs.

use crate::model::Pipeline;

use super::{Principal, Statement};

/// Returns the statements: S3 puts the logs of this one bucket, over TLS of today.
pub(crate) fn policy(pipeline: &Pipeline) -> Vec<Statement> {
    let place = &pipeline.environment;
    let bucket = format!("arn:{}:s3:::{}", place.partition.id(), pipeline.access_log_bucket());
    let objects = format!("{bucket}/*");
    let deliver = Statement::allow("DeliverAccessLogs", &["s3:PutObject"], [objects.clone()])
        .to(Principal::Service("logging.s3.amazonaws.com".to_owned()))
        .when("StringEquals", "aws:SourceAccount", [&place.account])
        .when("ArnEquals", "aws:SourceArn", [pipeline.bucket_arn()]);
    let all = || [bucket.clone(), objects.clone()];
    let tls = Statement::deny("TlsOnly", &["s3:*"], all()).to(Principal::Everyone).when(
        "Bool",
        "aws:SecureTransport",
        ["false"],
    );
    let recent = Statement::deny("Tls12", &["s3:*"], all()).to(Principal::Everyone).when(
        "NumericLessThan",
        "s3:TlsVersion",
        ["1.2"],
    );
    let span = pipeline.workarea.span;
    [deliver, tls, recent].map(|one| one.from("workarea", span)).into()
}
