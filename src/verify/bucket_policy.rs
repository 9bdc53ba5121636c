//! A bucket policy that locks out whoever must be able to change it.

use serde_json::Value;

use crate::diagnostic::{Diagnostic, Span};
use crate::model::Pipeline;

/// What changing the policy takes.
const ACTION: &str = "s3:putbucketpolicy";

/// Tells Deny statements that keep every deployer of the blueprint from changing the policy, from outside the VPC.
pub(super) fn lockout(pipeline: &Pipeline, document: &Value, span: Span) -> Vec<Diagnostic> {
    let deployers = pipeline.policy_editors();
    let statements = list(&document["Statement"]);
    let refused = statements.into_iter().filter(|statement| {
        statement["Effect"] == "Deny"
            && names_everyone(&statement["Principal"])
            && covers_action(statement)
            && deployers.iter().all(|deployer| applies(&statement["Condition"], deployer))
    });
    let told = refused.map(|statement| {
        let sid = statement["Sid"].as_str().unwrap_or("without a Sid");
        let message = format!("the bucket policy's statement `{sid}` locks out whoever must be able to change it");
        Diagnostic::error("bucket-lockout", span, message)
            .label("it denies `s3:PutBucketPolicy` to every deployer")
            .help("except the deploying role by `ArnNotLike: {aws:PrincipalArn: …}`, or deny data actions only")
    });
    told.collect()
}

fn names_everyone(principal: &Value) -> bool {
    *principal == "*" || list(&principal["AWS"]).iter().any(|who| **who == "*")
}

fn covers_action(statement: &Value) -> bool {
    let matches =
        |pattern: &Value| pattern.as_str().is_some_and(|p| like(&p.to_lowercase(), ACTION));
    match statement.get("NotAction") {
        Some(others) => !list(others).into_iter().any(matches),
        None => list(&statement["Action"]).into_iter().any(matches),
    }
}

/// Tells whether a Deny with these conditions meets `deployer`, who calls over the internet with TLS 1.3: a condition
/// that cannot be judged is taken to be met, for a lock-out is worse than a needless exception.
fn applies(conditions: &Value, deployer: &str) -> bool {
    let operators = conditions.as_object().into_iter().flatten();
    operators.into_iter().all(|(operator, keys)| {
        let keys = keys.as_object().into_iter().flatten();
        keys.into_iter().all(|(key, values)| met(operator, key, &list(values), deployer))
    })
}

fn met(operator: &str, key: &str, values: &[&Value], deployer: &str) -> bool {
    let operator = operator.trim_end_matches("IfExists");
    let value = match key.to_lowercase().as_str() {
        "aws:principalarn" => Some(deployer.to_owned()),
        "aws:principalaccount" => deployer.split(':').nth(4).map(str::to_owned),
        "aws:securetransport" => Some("true".to_owned()),
        "aws:principalisawsservice" | "aws:viaawsservice" => Some("false".to_owned()),
        "s3:tlsversion" => Some("1.3".to_owned()),
        _ => None,
    };
    let Some(value) = value else { return true };
    let is = values.iter().any(|known| like(&text(known), &value));
    match operator {
        "ArnNotLike" | "ArnNotEquals" | "StringNotLike" | "StringNotEquals" => !is,
        "ArnLike" | "ArnEquals" | "StringLike" | "StringEquals" | "Bool" => is,
        "NumericLessThan" => {
            values.iter().any(|limit| text(limit).parse::<f64>().is_ok_and(|limit| 1.3 < limit))
        }
        _ => true,
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn list(value: &Value) -> Vec<&Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items.iter().collect(),
        one => vec![one],
    }
}

/// IAM's wildcards: `*` for any characters, `?` for one.
fn like(pattern: &str, text: &str) -> bool {
    match pattern.split_once(['*', '?']) {
        None => pattern == text,
        Some((start, rest)) => {
            let Some(tail) = text.strip_prefix(start) else { return false };
            let star = pattern.as_bytes()[start.len()] == b'*';
            let mut cuts = tail.char_indices().map(|(at, _)| at).chain([tail.len()]);
            if star {
                cuts.any(|at| like(rest, &tail[at..]))
            } else {
                cuts.nth(1).is_some_and(|at| like(rest, &tail[at..]))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_are_those_of_iam() {
        assert!(like("s3:*", ACTION));
        assert!(like("s3:put*polic?", ACTION));
        assert!(!like("s3:get*", ACTION));
        assert!(like("arn:aws:iam::1:role/*", "arn:aws:iam::1:role/ci"));
    }

    #[test]
    fn a_deny_of_everything_but_the_endpoint_meets_the_deployer() {
        let vpce = serde_json::json!({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}});
        assert!(applies(&vpce, "arn:aws:iam::1:role/ci"));
        let excepted = serde_json::json!({
            "StringNotEquals": {"aws:SourceVpce": "vpce-1"},
            "ArnNotLike": {"aws:PrincipalArn": ["arn:aws:iam::1:role/ci"]},
        });
        assert!(!applies(&excepted, "arn:aws:iam::1:role/ci"));
        let plain_http = serde_json::json!({"Bool": {"aws:SecureTransport": "false"}});
        assert!(!applies(&plain_http, "arn:aws:iam::1:role/ci"));
    }
}
