//! What stands for a condition key that iam-simulate drops.

/// The key by which KMS knows the bucket that S3 asks for. Its last part may be any name, and iam-simulate looks keys up in a list.
pub(crate) const DROPPED: &str = "kms:EncryptionContext:aws:s3:arn";

/// A key that KMS sends with the same actions, that is compared as text too, and that no policy of ours names.
const STAND_IN: &str = "kms:RequestAlias";

/// Returns a document, a context or a whole case with the stand-in, so that conditions on the key are compared too.
pub(crate) fn filled(json: &str) -> String {
    assert!(!json.contains(STAND_IN), "a policy names {STAND_IN}: it cannot stand for another key");
    json.replace(DROPPED, STAND_IN)
}
