//! The Athena workgroups: one for each group that queries, so that none sees another's queries and results.

use serde_json::{Value, json};

use crate::model::{Encryption, Group, Pipeline};
use crate::template::{Resource, Template, logical_id, reference, tags};

/// Bytes that one query may scan: a slip (no filter on the partition of a huge table) ends at 5 USD a TB.
const SCAN_LIMIT: u64 = 1 << 40;

/// Adds the workgroups.
pub(super) fn add(template: &mut Template, pipeline: &Pipeline) {
    for group in pipeline.groups.iter().filter(|group| group.queries()) {
        let resource = workgroup(template, pipeline, group);
        template.add(logical_id(&format!("workgroup {}", group.name)), resource);
    }
}

fn workgroup(template: &mut Template, pipeline: &Pipeline, group: &Group) -> Resource {
    let results = pipeline.s3_uri(&pipeline.results_prefix(&group.name));
    let encryption = encryption(template, pipeline);
    let properties = json!({
        "Name": pipeline.workgroup_name(&group.name),
        "Description": format!("Queries of {} on the tables of {}", group.name, pipeline.name),
        "State": "ENABLED",
        "WorkGroupConfiguration": {
            "EnforceWorkGroupConfiguration": true,
            "PublishCloudWatchMetricsEnabled": true,
            "RequesterPaysEnabled": false,
            "BytesScannedCutoffPerQuery": SCAN_LIMIT,
            "EngineVersion": {"SelectedEngineVersion": "Athena engine version 3"},
            "ResultConfiguration": {
                "OutputLocation": format!("{results}/"),
                "ExpectedBucketOwner": reference("AWS::AccountId"),
                "EncryptionConfiguration": encryption,
            },
        },
        "Tags": tags(pipeline),
    });
    Resource::new("AWS::Athena::WorkGroup", group.span, properties)
}

/// Results are encrypted as the bucket is; its policy refuses a header that says otherwise.
fn encryption(template: &mut Template, pipeline: &Pipeline) -> Value {
    match pipeline.workarea.encryption {
        Encryption::S3 => json!({"EncryptionOption": "SSE_S3"}),
        Encryption::Aws => json!({
            "EncryptionOption": "SSE_KMS",
            "KmsKey": pipeline.arn("kms", "alias/aws/s3"),
        }),
        Encryption::Own => {
            let key = template.input(
                "storage",
                "DataKeyArn",
                "String",
                "The key that encrypts the workarea bucket",
            );
            json!({"EncryptionOption": "SSE_KMS", "KmsKey": key})
        }
    }
}
