//! The pipeline's own KMS key: who administers it, and who may use it for what.

use crate::aws::service;
use crate::model::{Encryption, Pipeline};

use super::{Effect, Principal, Statement, bucket};

const WHOLE_KEY: &str = "in the policy of a key, `*` is the key";

/// Returns the policy of the key: the account's IAM policies decide, and writers from outside the account may use it.
pub(crate) fn policy(pipeline: &Pipeline) -> Vec<Statement> {
    let span = pipeline.workarea.span;
    let root = Principal::Aws(vec![pipeline.root_arn()]);
    let mut statements =
        vec![Statement::allow_anywhere("IamDecides", &["kms:*"], WHOLE_KEY).to(root)];
    let outside = bucket::roles_outside(pipeline);
    if !outside.is_empty() {
        let grant = Statement::allow_anywhere(
            "LandingWriters",
            &["kms:Decrypt", "kms:GenerateDataKey"],
            WHOLE_KEY,
        );
        statements.push(only_for_bucket(pipeline, grant).to(Principal::Aws(outside)));
    }
    statements.into_iter().map(|one| one.from("workarea.encryption", span)).collect()
}

/// Returns what a role needs of the key beside `statements`: to read, Decrypt; to write, a data key, and Decrypt for the
/// parts of a big object (KMS developer guide, "How Amazon S3 uses AWS KMS").
pub(super) fn grant(pipeline: &Pipeline, statements: &[Statement]) -> Option<Statement> {
    let allows = |action: &str| {
        let own = pipeline.bucket_arn();
        statements.iter().any(|one| {
            one.effect == Effect::Allow
                && one.actions.iter().any(|found| found == action)
                && one.resources.iter().any(|resource| resource.starts_with(&own))
        })
    };
    let actions: &[&str] = match (allows("s3:GetObject"), allows("s3:PutObject")) {
        (_, true) => &["kms:Decrypt", "kms:GenerateDataKey"],
        (true, false) => &["kms:Decrypt"],
        (false, false) => return None,
    };
    match pipeline.workarea.encryption {
        Encryption::S3 | Encryption::Aws => None,
        Encryption::Own => {
            let grant = Statement::allow("UseDataKey", actions, ["${DataKeyArn}".to_owned()]);
            Some(
                only_for_bucket(pipeline, grant)
                    .from("workarea.encryption", pipeline.workarea.span),
            )
        }
    }
}

/// Returns the use of the key for what is not in the stacks, so knows no ARN of it: by its tag.
pub(super) fn use_by_tag(pipeline: &Pipeline) -> Statement {
    let actions = ["kms:Decrypt", "kms:GenerateDataKey"];
    let grant = Statement::allow("UseDataKey", &actions, [pipeline.arn("kms", "key/*")]);
    only_for_bucket(pipeline, grant).when(
        "StringEquals",
        "aws:ResourceTag/pipeline",
        [&pipeline.tags["pipeline"]],
    )
}

/// With a bucket key, the encryption context is the bucket and not the object (S3 user guide, "Reducing the cost of SSE-KMS
/// with Amazon S3 Bucket Keys").
fn only_for_bucket(pipeline: &Pipeline, statement: Statement) -> Statement {
    statement
        .when("StringEquals", "kms:ViaService", [service::host(&pipeline.environment.region, "s3")])
        .when("StringEquals", "kms:EncryptionContext:aws:s3:arn", [pipeline.bucket_arn()])
}
