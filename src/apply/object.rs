//! One object put into a bucket, whole or not at all.

use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart};
use futures_util::stream::{StreamExt, TryStreamExt, iter};

use super::{Event, Failure, Scene};
use crate::cloud::Trouble;
use crate::hash::Digest;

/// What is wanted in a bucket.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Object {
    /// The bucket's name.
    pub bucket: String,
    /// Its key.
    pub key: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// Above this, and in such parts, an object goes piece by piece: what a broken connection costs is one part. At least 5 MiB
/// (Amazon S3 multipart upload limits).
const PART_BYTES: usize = 8 * 1024 * 1024;
/// Parts on their way at the same time.
const PARTS_AT_ONCE: usize = 4;
/// The key of the metadata that tells what is in an object, whatever it is encrypted with.
pub(super) const DIGEST: &str = "sha256";

/// Puts an object; S3 checks that it got what was sent.
pub(super) async fn put(scene: &Scene<'_>, object: &Object) -> Result<(), Failure> {
    let put = match object.bytes.len() {
        0..=PART_BYTES => whole(scene, object).await,
        _ => in_parts(scene, object).await,
    };
    let doing = format!("upload `s3://{}/{}`", object.bucket, object.key);
    put.map_err(Failure::request(doing))?;
    let (bucket, key) = (object.bucket.clone(), object.key.clone());
    scene.say(Event::Asset { bucket, key, bytes: object.bytes.len() as u64 });
    Ok(())
}

async fn whole(scene: &Scene<'_>, object: &Object) -> Result<(), Trouble> {
    let digest = Digest::of(&object.bytes);
    let put = scene.cloud.s3().put_object().bucket(&object.bucket).key(&object.key);
    let put = put.expected_bucket_owner(&scene.wanted.account).metadata(DIGEST, digest.hex());
    put.checksum_sha256(digest.base64()).body(object.bytes.clone().into()).send().await?;
    Ok(())
}

async fn in_parts(scene: &Scene<'_>, object: &Object) -> Result<(), Trouble> {
    let asked = scene.cloud.s3().create_multipart_upload().bucket(&object.bucket).key(&object.key);
    let asked = asked.expected_bucket_owner(&scene.wanted.account);
    let asked = asked.metadata(DIGEST, Digest::of(&object.bytes).hex());
    let begun = asked.checksum_algorithm(ChecksumAlgorithm::Sha256).send().await?;
    let id = begun.upload_id().unwrap_or_default();
    let sent = match parts(scene, object, id).await {
        Ok(parts) => complete(scene, object, id, parts).await,
        Err(trouble) => Err(trouble),
    };
    if sent.is_err() {
        let asked = scene.cloud.s3().abort_multipart_upload().bucket(&object.bucket);
        let asked = asked.key(&object.key).expected_bucket_owner(&scene.wanted.account);
        // What cannot be given up now is deleted by the bucket's lifecycle.
        let _ = asked.upload_id(id).send().await;
    }
    sent
}

async fn parts(
    scene: &Scene<'_>,
    object: &Object,
    id: &str,
) -> Result<Vec<CompletedPart>, Trouble> {
    let parts = (1..).zip(object.bytes.chunks(PART_BYTES));
    let sent = iter(parts).map(|(number, bytes)| part(scene, object, id, number, bytes));
    sent.buffered(PARTS_AT_ONCE).try_collect().await
}

async fn part(
    scene: &Scene<'_>,
    object: &Object,
    id: &str,
    number: i32,
    bytes: &[u8],
) -> Result<CompletedPart, Trouble> {
    let digest = Digest::of(bytes).base64();
    let asked = scene.cloud.s3().upload_part().bucket(&object.bucket).key(&object.key);
    let asked =
        asked.expected_bucket_owner(&scene.wanted.account).upload_id(id).part_number(number);
    let sent = asked.checksum_sha256(&digest).body(bytes.to_vec().into()).send().await?;
    let part = CompletedPart::builder().part_number(number).checksum_sha256(digest);
    Ok(part.set_e_tag(sent.e_tag().map(str::to_owned)).build())
}

async fn complete(
    scene: &Scene<'_>,
    object: &Object,
    id: &str,
    parts: Vec<CompletedPart>,
) -> Result<(), Trouble> {
    let parts = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
    let asked = scene.cloud.s3().complete_multipart_upload().bucket(&object.bucket);
    let asked = asked.key(&object.key).expected_bucket_owner(&scene.wanted.account);
    asked.upload_id(id).multipart_upload(parts).send().await?;
    Ok(())
}
