//! The `Condition` element: operators and keys (IAM user guide, "IAM JSON policy elements:
//! Condition").

use serde_json::Value;

use super::{Action, GLOBAL, SERVICES, glob};
use crate::aws::{Violation, token};
use crate::diagnostic::nearest;

const OPERATORS: [&str; 27] = [
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
    "Null",
];

/// Checks operators and, against the actions that the statement is known to name, keys. A key need not go with each action
/// that a pattern such as `s3:*` stands for, only with those that are written out.
pub(super) fn check(
    condition: &Value,
    actions: &[Action],
    written_out: &[Action],
) -> Vec<Violation> {
    let Some(operators) = condition.as_object() else { return Vec::new() };
    let mut found = Vec::new();
    for (operator, keys) in operators.iter().filter(|(name, _)| !name.starts_with("Fn::")) {
        let path = format!("/Condition/{}", token(operator));
        found.extend(unknown_operator(operator, &path));
        for key in keys.as_object().into_iter().flat_map(serde_json::Map::keys) {
            found.extend(key_problem(key, &format!("{path}/{}", token(key)), actions, written_out));
        }
    }
    found
}

fn unknown_operator(written: &str, path: &str) -> Option<Violation> {
    let plain = ["ForAllValues:", "ForAnyValue:"]
        .into_iter()
        .find_map(|set| written.strip_prefix(set))
        .unwrap_or(written);
    let plain = plain.strip_suffix("IfExists").unwrap_or(plain);
    if OPERATORS.iter().any(|known| known.eq_ignore_ascii_case(plain)) {
        return None;
    }
    let message = format!("unknown condition operator `{written}`");
    Some(Violation::error(path, message).suggest(nearest(plain, OPERATORS)))
}

fn key_problem(
    key: &str,
    path: &str,
    actions: &[Action],
    written_out: &[Action],
) -> Option<Violation> {
    let is_claim = actions.iter().any(|action| action.name == WEB_IDENTITY) && is_claim(key);
    if key.contains("${") || key.starts_with("Fn::") || is_claim || is_among(key, global_keys()) {
        return None;
    }
    let lacks = |action: &&Action| !is_among(key, action.condition_keys());
    if let (true, Some(first)) = (actions.iter().all(|action| lacks(&action)), actions.first()) {
        let known = actions.iter().flat_map(Action::condition_keys).chain(global_keys());
        let message = format!("`{}` knows no condition key `{key}`", first.name());
        return Some(Violation::error(path, message).suggest(nearest(key, known)));
    }
    let first = written_out.iter().find(lacks)?;
    let message = format!("`{}` never has the condition key `{key}`", first.name());
    Some(Violation::warning(path, message))
}

/// The action that an identity provider's token lets one ask for.
const WEB_IDENTITY: &str = "AssumeRoleWithWebIdentity";

/// Every provider's tokens have these claims, by the provider's host (IAM user guide, "IAM and AWS STS condition context
/// keys", keys for OIDC federation).
fn is_claim(key: &str) -> bool {
    let claims = ["amr", "aud", "azp", "oaud", "sub"];
    key.rsplit_once(':').is_some_and(|(host, claim)| host.contains('.') && claims.contains(&claim))
}

fn global_keys() -> impl Iterator<Item = &'static str> {
    SERVICES.get(GLOBAL).into_iter().flat_map(|service| &service.keys).copied()
}

fn is_among<'a>(key: &str, mut known: impl Iterator<Item = &'a str>) -> bool {
    let key = glob::literal(&key.to_lowercase());
    known.any(|known| glob::overlap(&key, &glob::reference(&known.to_lowercase())))
}
