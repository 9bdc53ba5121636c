//! Where a group writes from.

use crate::blueprint::decode::Spanned;
use crate::blueprint::{self, Encryption};
use crate::check::workarea::role_arn;
use crate::diagnostic::{Diagnostic, Problems};
use crate::model::WritesFrom;

/// Returns the places that a group writes from.
pub(super) fn places(
    written: &blueprint::Group,
    account: &str,
    encryption: Option<&Spanned<Encryption>>,
    problems: &mut Problems,
) -> Vec<WritesFrom> {
    if let (true, Some(from)) = (written.write.is_empty(), written.from.first()) {
        let problem = Diagnostic::error(
            "unused-from",
            from.span,
            "`from` says where a group writes from, and this one writes nothing",
        );
        problems.add(problem.help("remove it, or add `write: landing`"));
    }
    if written.from.is_empty() {
        return vec![WritesFrom::Vpc];
    }
    for place in &written.from {
        without_key(place, account, encryption, problems);
    }
    written.from.iter().filter_map(|place| writes_from(place, problems)).collect()
}

/// The key `aws/s3` has a policy that nobody can change, so no other account uses it (S3 user guide, "Setting default server-side
/// encryption behavior for Amazon S3 buckets").
fn without_key(
    place: &Spanned<String>,
    account: &str,
    encryption: Option<&Spanned<Encryption>>,
    problems: &mut Problems,
) {
    let Some(encryption) = encryption.filter(|one| one.value == Encryption::Aws) else { return };
    let is_foreign =
        |text: &str| text.contains(":role/") && text.split(':').nth(4) != Some(account);
    if is_foreign(&place.value) {
        let message =
            format!("`{}` is of another account, which cannot use the key of AWS", place.value);
        let problem = Diagnostic::error("foreign-writer", place.span, message);
        problems.add(
            problem
                .related(encryption.span, "every object is encrypted with it")
                .help("write `encryption: own`, whose key lets it in, or `encryption: s3`"),
        );
    }
}

fn writes_from(written: &Spanned<String>, problems: &mut Problems) -> Option<WritesFrom> {
    let text = written.value.as_str();
    let endpoint = text.strip_prefix("vpce-").is_some_and(|id| {
        matches!(id.len(), 8 | 17) && id.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'))
    });
    match text {
        "vpc" => Some(WritesFrom::Vpc),
        _ if endpoint => Some(WritesFrom::Endpoint(text.to_owned())),
        _ if text.contains(":role/") => role_arn(written, problems).map(WritesFrom::Role),
        _ => {
            let problem = Diagnostic::error(
                "bad-from",
                written.span,
                format!("`{text}` is not a place to write from"),
            );
            problems
                .add(problem.help("write `vpc`, the id of a VPC endpoint, or the ARN of a role"));
            None
        }
    }
}
