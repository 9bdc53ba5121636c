//! The workarea bucket: private, versioned, encrypted, and tidied by the age of its objects.

use serde_json::{Value, json};

use crate::model::{Area, Encryption, Pipeline};
use crate::permissions::{self, document};
use crate::template::{Resource, Template, attribute, reference, tags};

use super::{KEY, access_logs};

/// Days after which S3 forgets the parts of an upload that was never finished.
const UPLOAD_DAYS: u32 = 7;

/// Days after which the numbers of rejected rows go: the message that tells them goes out within hours.
const NOTE_DAYS: u32 = 30;

/// Adds the bucket and its policy.
pub(super) fn add(template: &mut Template, pipeline: &Pipeline) {
    let span = pipeline.workarea.span;
    let properties = json!({
        "BucketName": pipeline.workarea.bucket.as_str(),
        "BucketEncryption": encryption(pipeline),
        "VersioningConfiguration": {"Status": "Enabled"},
        "PublicAccessBlockConfiguration": nothing_public(),
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "LifecycleConfiguration": {"Rules": lifecycle(pipeline)},
        "LoggingConfiguration": {
            "DestinationBucketName": reference(access_logs::BUCKET),
            "LogFilePrefix": access_logs::PREFIX,
        },
        "Tags": tags(pipeline),
    });
    let bucket = Resource::new("AWS::S3::Bucket", span, properties).retained();
    template.add("Bucket", bucket.after(access_logs::POLICY));
    let statements = permissions::bucket_policy(pipeline, "${DataKey.Arn}");
    let policy = json!({"Bucket": reference("Bucket"), "PolicyDocument": document(&statements)});
    template.add("BucketPolicy", Resource::new("AWS::S3::BucketPolicy", span, policy));
    template.output("BucketName", "The bucket of the data", reference("Bucket"));
}

/// Returns the four blocks of public access.
pub(in crate::stacks) fn nothing_public() -> Value {
    json!({
        "BlockPublicAcls": true,
        "BlockPublicPolicy": true,
        "IgnorePublicAcls": true,
        "RestrictPublicBuckets": true,
    })
}

/// A bucket key asks KMS once for many objects instead of once for each.
fn encryption(pipeline: &Pipeline) -> Value {
    let rule = match pipeline.workarea.encryption {
        Encryption::S3 => {
            json!({"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}})
        }
        Encryption::Aws => json!({
            "ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"},
            "BucketKeyEnabled": true,
        }),
        Encryption::Own => json!({
            "ServerSideEncryptionByDefault": {
                "SSEAlgorithm": "aws:kms",
                "KMSMasterKeyID": attribute(KEY, "Arn"),
            },
            "BucketKeyEnabled": true,
        }),
    };
    json!({"ServerSideEncryptionConfiguration": [rule]})
}

fn lifecycle(pipeline: &Pipeline) -> Vec<Value> {
    let workarea = &pipeline.workarea;
    let mut rules = vec![
        json!({
            "Id": "unfinished-uploads",
            "Status": "Enabled",
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": UPLOAD_DAYS},
        }),
        json!({
            "Id": "old-versions",
            "Status": "Enabled",
            "NoncurrentVersionExpiration": {"NoncurrentDays": workarea.noncurrent_days},
            "ExpiredObjectDeleteMarker": true,
        }),
    ];
    let expiring = [
        ("archive", Area::Archive, workarea.archive_days),
        ("results", Area::Results, Some(workarea.results_days)),
        ("cluster-logs", Area::Logs, Some(workarea.log_days)),
    ];
    let aged = expiring.into_iter().filter_map(|(id, area, days)| Some((id, area, days?)));
    rules.extend(aged.map(|(id, area, days)| expiration(id, &pipeline.area_prefix(area), days)));
    let notes = pipeline.rejected_counts_prefix();
    rules.push(expiration("rejected-counts", &notes, NOTE_DAYS));
    rules
}

fn expiration(id: &str, prefix: &str, days: u32) -> Value {
    json!({
        "Id": id,
        "Status": "Enabled",
        "Prefix": format!("{prefix}/"),
        "ExpirationInDays": days,
    })
}
