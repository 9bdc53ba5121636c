//! The bucket, tags, subscribers and operations.

use std::collections::BTreeMap;

use crate::blueprint::decode::Spanned;
use crate::blueprint::{self, Blueprint, Encryption};
use crate::diagnostic::{Diagnostic, Problems};
use crate::model::{BucketName, Operations, Workarea};

use super::table::key_prefix;
use super::{number, parsed};

pub(super) fn workarea(
    blueprint: &Blueprint,
    environment: &blueprint::Environment,
    problems: &mut Problems,
) -> Option<Workarea> {
    let written = &blueprint.workarea;
    let bucket = parsed(
        &written.bucket.value,
        &written.bucket,
        ("the bucket", BucketName::RULE),
        BucketName::parse,
        problems,
    );
    let root = match &written.root {
        None => Some("data-workflows".to_owned()),
        Some(root) => key_prefix(root, problems),
    };
    let days = |days: &Option<Spanned<u32>>, what: &str, default: u32, problems: &mut Problems| {
        number(days.as_ref(), what, 1..=36_500, default, problems)
    };
    Some(Workarea {
        encryption: written.encryption.as_ref().map_or(Encryption::S3, |e| e.value),
        archive_days: written
            .archive_days
            .as_ref()
            .map(|_| days(&written.archive_days, "the days of the archive", 365, problems)),
        noncurrent_days: days(&written.noncurrent_days, "the days of old versions", 30, problems),
        results_days: days(&written.results_days, "the days of query results", 30, problems),
        log_days: days(&written.log_days, "the days of logs", 90, problems),
        break_glass: own_roles(&written.break_glass, &environment.account.value, problems),
        deployers: roles(&written.deployers, problems),
        span: written.bucket.span,
        bucket: bucket?,
        root: root?,
    })
}

fn roles(written: &[Spanned<String>], problems: &mut Problems) -> Vec<String> {
    written.iter().filter_map(|role| role_arn(role, problems)).collect()
}

/// Accepts roles of the account: the bucket, and its key, are closed to those of others.
fn own_roles(written: &[Spanned<String>], account: &str, problems: &mut Problems) -> Vec<String> {
    let is_foreign = |role: &&Spanned<String>| {
        is_iam_arn(&role.value, "role/") && role.value.split(':').nth(4) != Some(account)
    };
    for role in written.iter().filter(is_foreign) {
        let message = format!("`{}` is of another account", role.value);
        let problem = Diagnostic::error("foreign-break-glass", role.span, message);
        problems.add(problem.help(format!(
            "name a role of the account {account}, which the others' people may assume"
        )));
    }
    roles(written, problems)
}

/// Tells whether a text is the ARN of something in IAM whose name starts with `kind`, without wildcards.
pub(super) fn is_iam_arn(text: &str, kind: &str) -> bool {
    let parts: Vec<_> = text.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", "aws" | "aws-cn" | "aws-us-gov", "iam", "", account, what] => {
            account.len() == 12
                && account.chars().all(|c| c.is_ascii_digit())
                && what.strip_prefix(kind).is_some_and(|name| {
                    !name.is_empty()
                        && name.chars().all(|c| c.is_ascii_alphanumeric() || "+=,.@-_/".contains(c))
                })
        }
        _ => false,
    }
}

/// Accepts the ARN of an IAM role.
pub(super) fn role_arn(written: &Spanned<String>, problems: &mut Problems) -> Option<String> {
    if is_iam_arn(&written.value, "role/") {
        return Some(written.value.clone());
    }
    let problem = Diagnostic::error(
        "bad-arn",
        written.span,
        format!("`{}` is not the ARN of a role", written.value),
    );
    problems.add(problem.help("write `arn:aws:iam::<account>:role/<name>`, without wildcards"));
    None
}

/// Characters that all services take in tags ("Tagging AWS resources", "Tag naming limits").
fn is_tag(text: &str, limit: usize) -> bool {
    let allowed = |c: char| c.is_alphanumeric() || " _.:/=+-@".contains(c);
    !text.is_empty() && text.chars().count() <= limit && text.chars().all(allowed)
}

/// Tags that the generator sets itself.
const OWN: [&str; 3] = ["pipeline", "environment", "for-use-with-amazon-emr-managed-policies"];

pub(super) fn tags(
    blueprint: &Blueprint,
    environment: &blueprint::Environment,
    problems: &mut Problems,
) -> BTreeMap<String, String> {
    let mut tags = BTreeMap::new();
    for (key, item) in &blueprint.tags {
        // Keys of IAM's tags differ in more than case (IAM user guide, "Tags for IAM resources").
        let same = |other: &str| other.to_lowercase() == key.to_lowercase();
        let refused = if OWN.iter().any(|own| same(own)) {
            Some("the generator sets it")
        } else if tags.keys().any(|other: &String| same(other)) {
            Some("IAM takes no two keys that differ in case alone")
        } else if key.contains('=') {
            Some("the Lambdas' `config.ini` ends a key at `=`")
        } else if key.to_lowercase().starts_with("aws:") {
            Some("AWS keeps `aws:` for itself")
        } else if !is_tag(key, 128) || !is_tag(&item.value.value, 256) {
            Some(
                "tags have letters, digits, spaces and `_.:/=+-@`; 128 characters in the key, 256 in the value",
            )
        } else {
            None
        };
        if let Some(reason) = refused {
            let problem =
                Diagnostic::error("bad-tag", item.span, format!("`{key}` cannot be a tag"));
            problems.add(problem.label(reason).help("change or remove it"));
        }
        tags.insert(key.clone(), item.value.value.clone());
    }
    if blueprint.tags.len() > 40 {
        let (_, item) = blueprint.tags.last().expect("there are more than 40");
        let problem = Diagnostic::error("bad-tag", item.span, "there are more than 40 tags");
        problems
            .add(problem.help("AWS takes 50 on a resource, and the generator needs some of them"));
    }
    tags.insert(
        "pipeline".to_owned(),
        format!("{}{}", blueprint.pipeline.value, suffix(environment)),
    );
    tags.insert("environment".to_owned(), environment.name.value.clone());
    tags
}

fn suffix(environment: &blueprint::Environment) -> String {
    environment.suffix.as_ref().map_or_else(String::new, |suffix| format!("-{}", suffix.value))
}

pub(super) fn subscribers(written: &[Spanned<String>], problems: &mut Problems) -> Vec<String> {
    let mut found = Vec::new();
    for address in written {
        let text = &address.value;
        let shaped = text.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty()
                && host.contains('.')
                && !host.starts_with('.')
                && !host.ends_with('.')
                && !host.contains('@')
        });
        if !shaped || text.len() > 254 || text.chars().any(|c| c.is_whitespace() || c.is_control())
        {
            let problem = Diagnostic::error(
                "bad-address",
                address.span,
                format!("`{text}` is not an e-mail address"),
            );
            problems.add(problem.help("write it as `name@example.com`"));
        } else if found.contains(text) {
            let problem = Diagnostic::error(
                "duplicate-name",
                address.span,
                format!("`{text}` stands here twice"),
            );
            problems.add(problem.help("remove one"));
        } else {
            found.push(text.clone());
        }
    }
    found
}

/// Days for which CloudWatch can keep logs (CloudWatch Logs API, `PutRetentionPolicy`).
const LOG_DAYS: [u32; 22] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

pub(super) fn operations(blueprint: &Blueprint, problems: &mut Problems) -> Operations {
    let written = blueprint.operations.as_ref();
    let alarm = written.and_then(|o| o.cluster_alarm_hours.as_ref());
    let check = written.and_then(|o| o.cluster_check_minutes.as_ref());
    let grace = written.and_then(|o| o.grace_minutes.as_ref());
    let log_days = written.and_then(|o| o.log_days.as_ref());
    Operations {
        cluster_alarm_hours: number(alarm, "the hours until the alarm", 1..=168, 6, problems),
        cluster_check_minutes: number(check, "the minutes between checks", 5..=60, 15, problems),
        grace_minutes: number(grace, "the minutes of grace", 0..=1440, 60, problems),
        log_days: log_days.map_or(90, |days| retention(days, problems)),
        dashboard: written.and_then(|o| o.dashboard).unwrap_or(true),
    }
}

fn retention(written: &Spanned<u32>, problems: &mut Problems) -> u32 {
    if !LOG_DAYS.contains(&written.value) {
        let message = format!("CloudWatch cannot keep logs for {} days", written.value);
        let next = LOG_DAYS.iter().find(|days| **days >= written.value).unwrap_or(&3653);
        problems.add(
            Diagnostic::error("out-of-bounds", written.span, message)
                .help(format!("the next longer one is {next}")),
        );
    }
    written.value
}
