//! The bucket for templates, code archives, and the locks of deployments.

use serde_json::{Value, json};

use crate::model::Pipeline;
use crate::permissions::{self, document};
use crate::template::{Resource, Template, reference, tags};

use super::super::storage::nothing_public;

/// Days for which an object that was deleted or overwritten can be brought back. What is current stays: archives are named
/// after their content, and stacks, versions of functions and rollbacks name them for as long as they are there.
const DELETED_DAYS: u32 = 180;

/// A lock is renewed every few minutes, and its old versions tell nothing.
const LOCK_DAYS: u32 = 1;

const UPLOAD_DAYS: u32 = 7;

/// Adds the bucket and its policy.
pub(super) fn add(template: &mut Template, pipeline: &Pipeline) {
    let span = pipeline.deployer.span;
    let encryption = json!({"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}});
    let properties = json!({
        "BucketName": pipeline.artifact_bucket(),
        "BucketEncryption": {"ServerSideEncryptionConfiguration": [encryption]},
        "VersioningConfiguration": {"Status": "Enabled"},
        "PublicAccessBlockConfiguration": nothing_public(),
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "LifecycleConfiguration": {"Rules": lifecycle()},
        "Tags": tags(pipeline),
    });
    template.add("Artifacts", Resource::new("AWS::S3::Bucket", span, properties).retained());
    let statements = permissions::artifact_policy(pipeline);
    let policy = json!({"Bucket": reference("Artifacts"), "PolicyDocument": document(&statements)});
    template.add("ArtifactsPolicy", Resource::new("AWS::S3::BucketPolicy", span, policy));
    template.output("ArtifactBucketName", "Templates and code", reference("Artifacts"));
}

fn lifecycle() -> [Value; 3] {
    let old = |id: &str, prefix: &str, days: u32| {
        json!({
            "Id": id,
            "Status": "Enabled",
            "Prefix": prefix,
            "NoncurrentVersionExpiration": {"NoncurrentDays": days},
        })
    };
    [
        old("deleted-archives", "assets/", DELETED_DAYS),
        old("deleted-locks", "locks/", LOCK_DAYS),
        json!({
            "Id": "unfinished-uploads",
            "Status": "Enabled",
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": UPLOAD_DAYS},
            "ExpiredObjectDeleteMarker": true,
        }),
    ]
}
