//! What protects resources that hold data: the stack policy, and its evaluation before CloudFormation would refuse.

use serde_json::{Value, json};

/// The types whose resources hold data, or the key to it.
const HELD: [&str; 3] = ["AWS::Glue::Database", "AWS::KMS::Key", "AWS::S3::Bucket"];

/// The policy of every stack that holds data, at most 16 KB: no update replaces or deletes what holds it. It is the same for
/// all, so whether it is in force can be told from the stack's protection from termination, which is set after it.
pub const POLICY: fn() -> String = || policy(&[]);

/// Returns the policy without the resources in `released`, by logical id.
pub fn policy(released: &[String]) -> String {
    let mut statements = vec![json!({
        "Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*",
    })];
    let mut deny = json!({
        "Effect": "Deny", "Action": ["Update:Replace", "Update:Delete"], "Principal": "*",
    });
    if released.is_empty() {
        deny["Resource"] = "*".into();
    } else {
        let ids = released.iter().map(|id| format!("LogicalResourceId/{id}"));
        deny["NotResource"] = ids.collect::<Vec<_>>().into();
    }
    deny["Condition"] = json!({"StringEquals": {"ResourceType": HELD}});
    statements.push(deny);
    Value::from_iter([("Statement", Value::from(statements))]).to_string()
}

/// Tells whether a resource of that type is protected.
pub fn held(kind: &str) -> bool {
    HELD.contains(&kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_released_is_the_only_exception() {
        let all: Value = serde_json::from_str(&policy(&[])).unwrap();
        assert_eq!(all["Statement"][1]["Resource"], "*");
        let but: Value = serde_json::from_str(&policy(&["Logs".into()])).unwrap();
        assert_eq!(but["Statement"][1]["NotResource"], json!(["LogicalResourceId/Logs"]));
        assert!(but["Statement"][1].get("Resource").is_none());
    }
}
