//! The role for emergencies: it reaches the data from everywhere and mends the bucket's policy. Who assumes it, with a second
//! factor, is seen in `CloudTrail`.

use crate::model::{Encryption, Pipeline};

use super::{Principal, Role, Statement, key};

/// Returns the role, unless the blueprint names others.
pub(crate) fn role(pipeline: &Pipeline) -> Option<Role> {
    if !pipeline.workarea.break_glass.is_empty() {
        return None;
    }
    let objects = [
        "s3:AbortMultipartUpload",
        "s3:DeleteObject",
        "s3:DeleteObjectVersion",
        "s3:GetObject",
        "s3:GetObjectVersion",
        "s3:PutObject",
    ];
    let bucket = [
        "s3:DeleteBucketPolicy",
        "s3:GetBucketLocation",
        "s3:GetBucketPolicy",
        "s3:ListBucket",
        "s3:ListBucketVersions",
        "s3:PutBucketPolicy",
    ];
    let mut statements = vec![
        Statement::allow("RescueData", &objects, [pipeline.object_arn("*")]),
        Statement::allow("MendBucketPolicy", &bucket, [pipeline.bucket_arn()]),
    ];
    if pipeline.workarea.encryption == Encryption::Own {
        statements.push(key::use_by_tag(pipeline));
    }
    let span = pipeline.workarea.span;
    let trust = Statement::allow("AccountAssumesWithSecondFactor", &["sts:AssumeRole"], [])
        .to(Principal::Aws(vec![pipeline.root_arn()]))
        .when("Bool", "aws:MultiFactorAuthPresent", ["true"]);
    Some(Role {
        purpose: "break-glass".to_owned(),
        description: format!("Emergencies of {}: its data, and the bucket's policy", pipeline.name),
        trust: vec![trust],
        statements: statements.into_iter().map(|one| one.from("break_glass", span)).collect(),
        span,
    })
}
