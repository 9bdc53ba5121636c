//! What is in a bucket or a work group deleted, so that it can go with its stack; only when a person says so.

use aws_sdk_s3::operation::list_object_versions::ListObjectVersionsOutput;
use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use serde_json::json;

use super::{Event, Failure, Scene};
use crate::cloud::{Call, Trouble};
use crate::plan::Member;

/// Empties a bucket with all its versions, or deletes a work group with its saved queries; CloudFormation takes a work group
/// that is gone for deleted.
pub(super) async fn empty(scene: &Scene<'_>, member: &Member) -> Result<(), Failure> {
    let doing = format!("empty `{}`", member.physical_id);
    let emptied = match member.kind.as_str() {
        "AWS::S3::Bucket" => bucket(scene, &member.physical_id).await,
        _ => work_group(scene, &member.physical_id).await,
    };
    match emptied {
        Err(trouble) if !trouble.is_missing() => Err(Failure::request(doing)(trouble)),
        _ => Ok(()),
    }
}

async fn work_group(scene: &Scene<'_>, name: &str) -> Result<(), Trouble> {
    let input = json!({"WorkGroup": name, "RecursiveDeleteOption": true});
    let call = Call::json("athena", "AmazonAthena.DeleteWorkGroup", "1.1", &input);
    match scene.cloud.call(call).await {
        Err(Trouble::Refused { message, .. }) if message.contains("not found") => Ok(()),
        Err(trouble) => Err(trouble),
        Ok(_) => Ok(()),
    }
}

async fn bucket(scene: &Scene<'_>, bucket: &str) -> Result<(), Trouble> {
    let mut deleted = 0;
    loop {
        // The first page again and again: what was on it is gone.
        let asked = scene.cloud.s3().list_object_versions().bucket(bucket);
        let page = asked.expected_bucket_owner(&scene.wanted.account).send().await?;
        let versions = versions(&page);
        if versions.is_empty() {
            break;
        }
        deleted += versions.len();
        delete(scene, bucket, versions).await?;
    }
    if deleted > 0 {
        scene.say(Event::note(format!("deleted {deleted} versions of objects in `{bucket}`")));
    }
    Ok(())
}

/// Returns versions and delete markers, at most a thousand, which is as many as one request deletes.
fn versions(page: &ListObjectVersionsOutput) -> Vec<ObjectIdentifier> {
    let versions = page.versions().iter().map(|one| (one.key(), one.version_id()));
    let markers = page.delete_markers().iter().map(|one| (one.key(), one.version_id()));
    let one = |(key, version): (Option<&str>, Option<&str>)| {
        let version = version.map(str::to_owned);
        ObjectIdentifier::builder().key(key?).set_version_id(version).build().ok()
    };
    versions.chain(markers).filter_map(one).collect()
}

async fn delete(
    scene: &Scene<'_>,
    bucket: &str,
    versions: Vec<ObjectIdentifier>,
) -> Result<(), Trouble> {
    let delete = Delete::builder().set_objects(Some(versions)).quiet(true).build();
    let delete = delete.expect("the list of objects is set");
    let asked = scene.cloud.s3().delete_objects().bucket(bucket).delete(delete);
    let answer = asked.expected_bucket_owner(&scene.wanted.account).send().await?;
    match answer.errors().first() {
        None => Ok(()),
        Some(error) => {
            let (code, message) = (error.code().unwrap_or_default(), error.message());
            Err(Trouble::of(code, message.unwrap_or_default(), 400))
        }
    }
}
