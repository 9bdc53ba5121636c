//! The text of a policy element as far as a template tells it, with `${…}` for what only the
//! deployment knows.

use serde_json::Value;

use super::glob::{self, Glob};
use crate::aws::Violation;
use crate::aws::intrinsic::call;
use crate::diagnostic::nearest;

/// AWS's partitions (AWS General Reference, "Amazon Resource Names").
const PARTITIONS: [&str; 8] =
    ["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"];

/// One string of an element such as `Action`, and where it stands.
pub(super) struct Entry {
    pub(super) path: String,
    /// `None` where a function hides all of it.
    pub(super) text: Option<String>,
}

/// The strings of an element that is a string or a list of them.
pub(super) fn entries(name: &str, element: Option<&Value>) -> Vec<Entry> {
    let path = format!("/{name}");
    match element {
        None => Vec::new(),
        Some(Value::Array(items)) => items
            .iter()
            .enumerate()
            .map(|(at, item)| Entry { path: format!("{path}/{at}"), text: text(item) })
            .collect(),
        Some(item) => vec![Entry { path, text: text(item) }],
    }
}

fn text(value: &Value) -> Option<String> {
    match (value, call(value)) {
        (Value::String(text), _) | (_, Some(("Fn::Sub", Value::String(text)))) => {
            Some(text.clone())
        }
        (_, Some(("Fn::Sub", Value::Array(parts)))) => parts.first()?.as_str().map(str::to_owned),
        (_, Some(("Fn::Join", Value::Array(parts)))) => joined(parts),
        _ => None,
    }
}

fn joined(parts: &[Value]) -> Option<String> {
    let [Value::String(separator), Value::Array(parts)] = parts else { return None };
    let part = |part: &Value| match (part, call(part)) {
        (Value::String(text), _) => text.clone(),
        (_, Some(("Ref", Value::String(name)))) => format!("${{{name}}}"),
        _ => "${Unknown}".to_owned(),
    };
    Some(parts.iter().map(part).collect::<Vec<_>>().join(separator))
}

/// What keeps a `Resource` from being an ARN, as far as its text is known.
pub(super) fn malformed(entry: &Entry) -> Option<Violation> {
    let text = entry.text.as_deref().filter(|text| *text != "*" && !text.contains("${"))?;
    let parts: Vec<_> = text.splitn(6, ':').collect();
    let &["arn", partition, ..] = parts.as_slice() else {
        return Some(not_an_arn(entry, text));
    };
    if parts.len() < 6 {
        return Some(not_an_arn(entry, text));
    }
    let written = glob::user(partition);
    let known = PARTITIONS.iter().any(|known| glob::overlap(&written, &glob::user(known)));
    (!known).then(|| {
        Violation::error(&entry.path, format!("unknown partition `{partition}`"))
            .suggest(nearest(partition, PARTITIONS))
    })
}

fn not_an_arn(entry: &Entry, text: &str) -> Violation {
    let message = format!("`{text}` is neither `*` nor an ARN of six parts");
    Violation::error(&entry.path, message)
        .suggest(Some("arn:partition:service:region:account:resource"))
}

/// Whether a resource as written and an ARN of the reference have any text in common.
pub(super) fn fits(written: &str, arn: &str) -> bool {
    glob::overlap(&glob::user(written), &glob::reference(arn))
}

/// As [`fits`], were case of no matter.
pub(super) fn nearly_fits(written: &str, arn: &str) -> bool {
    glob::overlap(&lower(glob::user(written)), &lower(glob::reference(arn)))
}

fn lower(globs: Vec<Glob>) -> Vec<Glob> {
    let one = |glob| match glob {
        Glob::Is(character) => Glob::Is(character.to_ascii_lowercase()),
        Glob::One | Glob::Any | Glob::Part => glob,
    };
    globs.into_iter().map(one).collect()
}
