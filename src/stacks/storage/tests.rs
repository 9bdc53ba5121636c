use serde_json::{Value, json};

use crate::aws::schema;
use crate::model::{Encryption, sample};
use crate::permissions::size;
use crate::permissions::tests::variants::variants;

use super::stack;

#[test]
fn every_resource_is_what_its_schema_says_and_fits() {
    for pipeline in variants() {
        let template = stack(&pipeline).template;
        assert_eq!(size::check(&template), []);
        for (id, resource) in &template.resources {
            assert_eq!(schema::check(&resource.kind, &resource.properties), [], "{id}");
        }
    }
}

#[test]
fn data_outlives_its_stack() {
    let mut pipeline = sample::pipeline();
    pipeline.workarea.encryption = Encryption::Own;
    let template = stack(&pipeline).template;
    for id in ["Bucket", "AccessLogBucket", "DataKey"] {
        assert!(template.resources[id].retained, "{id}");
    }
}

#[test]
fn objects_are_encrypted_as_the_blueprint_says() {
    let rule = |encryption: Encryption| -> Value {
        let mut pipeline = sample::pipeline();
        pipeline.workarea.encryption = encryption;
        let bucket = &stack(&pipeline).template.resources["Bucket"];
        bucket.properties["BucketEncryption"]["ServerSideEncryptionConfiguration"][0].clone()
    };
    let by_default = |rule: &Value| rule["ServerSideEncryptionByDefault"].clone();
    assert_eq!(by_default(&rule(Encryption::S3)), json!({"SSEAlgorithm": "AES256"}));
    assert_eq!(by_default(&rule(Encryption::Aws)), json!({"SSEAlgorithm": "aws:kms"}));
    let own = rule(Encryption::Own);
    assert_eq!(by_default(&own)["KMSMasterKeyID"], json!({"Fn::GetAtt": "DataKey.Arn"}));
    assert_eq!(own["BucketKeyEnabled"], true);
}

#[test]
fn the_archive_is_kept_unless_the_blueprint_says_how_long() {
    let rules = |days: Option<u32>| -> Vec<Value> {
        let mut pipeline = sample::pipeline();
        pipeline.workarea.archive_days = days;
        let bucket = &stack(&pipeline).template.resources["Bucket"];
        bucket.properties["LifecycleConfiguration"]["Rules"].as_array().unwrap().clone()
    };
    let archive = json!({
        "Id": "archive",
        "Status": "Enabled",
        "Prefix": "data-workflows/archive/DWH/",
        "ExpirationInDays": 365,
    });
    assert!(rules(Some(365)).contains(&archive));
    assert!(rules(None).iter().all(|rule| rule["Id"] != "archive"));
}
