//! The bucket that takes the access logs of the workarea: its own, so that no log is logged, and no exemption for S3 is
//! needed where the data is.

use serde_json::json;

use crate::model::Pipeline;
use crate::permissions::{self, document};
use crate::template::{Resource, Template, reference, tags};

use super::bucket::nothing_public;

/// The bucket's logical id.
pub(super) const BUCKET: &str = "AccessLogBucket";

/// Its policy's logical id.
pub(super) const POLICY: &str = "AccessLogBucketPolicy";

/// Where the logs stand in it.
pub(super) const PREFIX: &str = "s3/";

/// Adds the bucket and its policy. S3 delivers logs into buckets that S3 itself encrypts (S3 user guide, "Enabling Amazon S3
/// server access logging").
pub(super) fn add(template: &mut Template, pipeline: &Pipeline) {
    let span = pipeline.workarea.span;
    let encryption = json!({"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}});
    let expire = json!({
        "Id": "logs",
        "Status": "Enabled",
        "ExpirationInDays": pipeline.workarea.log_days,
        "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
    });
    let properties = json!({
        "BucketName": pipeline.access_log_bucket(),
        "BucketEncryption": {"ServerSideEncryptionConfiguration": [encryption]},
        "VersioningConfiguration": {"Status": "Enabled"},
        "PublicAccessBlockConfiguration": nothing_public(),
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "LifecycleConfiguration": {"Rules": [expire]},
        "Tags": tags(pipeline),
    });
    template.add(BUCKET, Resource::new("AWS::S3::Bucket", span, properties).retained());
    let statements = permissions::access_log_policy(pipeline);
    let policy = json!({"Bucket": reference(BUCKET), "PolicyDocument": document(&statements)});
    template.add(POLICY, Resource::new("AWS::S3::BucketPolicy", span, policy));
}
