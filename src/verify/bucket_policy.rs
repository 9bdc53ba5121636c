//! A bucket policy that locks out whoever must be able to change it.

use serde_json::Value;

use crate::diagnostic::{Diagnostic, Span};
use crate::model::Pipeline;
use crate::policy::{Difference, Effect, Policy, Request, Statement};

/// What changing the policy takes.
const ACTION: &str = "s3:PutBucketPolicy";

/// Keys that no request over the internet has.
const ABSENT: [&str; 4] = ["aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip", "aws:calledvia"];

/// Tells Deny statements that keep every deployer of the blueprint from changing the policy, from outside the VPC.
pub(super) fn lockout(pipeline: &Pipeline, document: &Value, span: Span) -> Vec<Diagnostic> {
    let Ok(policy) = Policy::parse_with("bucket", document, &text) else { return Vec::new() };
    let editors = pipeline.policy_editors();
    let requests: Vec<_> = editors.iter().map(|editor| request(pipeline, editor)).collect();
    let denials = policy.statements.iter().filter(|statement| statement.effect == Effect::Deny);
    let refused = denials.filter(|one| requests.iter().all(|request| meets(one, request)));
    let told = refused.map(|statement| {
        let sid = statement.sid.as_deref().unwrap_or("without a Sid");
        let message = format!("the bucket policy's statement `{sid}` locks out whoever must be able to change it");
        Diagnostic::error("bucket-lockout", span, message)
            .label("it denies `s3:PutBucketPolicy` to every deployer")
            .help("except the deploying role by `ArnNotLike: {aws:PrincipalArn: …}`, or deny data actions only")
    });
    told.collect()
}

/// A change of the policy by `editor`, over the internet with TLS 1.3.
fn request(pipeline: &Pipeline, editor: &str) -> Request {
    Request::new(editor, ACTION, pipeline.bucket_arn())
        .with("aws:SecureTransport", ["true"])
        .with("aws:PrincipalIsAWSService", ["false"])
        .with("aws:ViaAWSService", ["false"])
        .with("aws:ResourceAccount", [&pipeline.environment.account])
        .with("s3:TlsVersion", ["1.3"])
}

/// A condition on a key that the request may have or not is taken to be met, for a lock-out is worse than a needless
/// exception.
fn meets(statement: &Statement, request: &Request) -> bool {
    let unsure = |one: &Difference| match one {
        Difference::Condition { key, found: None, .. } => {
            !ABSENT.contains(&key.to_lowercase().as_str())
        }
        Difference::Condition { .. }
        | Difference::Principal
        | Difference::Action
        | Difference::Resource => false,
    };
    statement.differences(request).iter().all(unsure)
}

/// What a function stands for is not known here, so it is taken for everything.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Object(_) => Some("*".to_owned()),
        Value::Null | Value::Array(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::sample;

    fn locks_out(condition: &Value) -> bool {
        let pipeline = sample::pipeline();
        let bucket = json!({"Fn::GetAtt": ["Bucket", "Arn"]});
        let statement = json!({"Effect": "Deny", "Principal": "*", "Action": "s3:Put*", "Resource": bucket, "Condition": condition});
        !lockout(&pipeline, &json!({"Statement": statement}), Span::default()).is_empty()
    }

    #[test]
    fn a_deny_of_everything_but_the_endpoint_meets_the_deployers() {
        let vpce = json!({"aws:SourceVpce": "vpce-1"});
        assert!(locks_out(&json!({"StringNotEquals": vpce})));
        let editors = sample::pipeline().policy_editors();
        let excepted =
            json!({"StringNotEquals": vpce, "ArnNotLike": {"aws:PrincipalArn": editors[0]}});
        assert!(!locks_out(&excepted));
        assert!(!locks_out(&json!({"Bool": {"aws:SecureTransport": "false"}})));
    }

    #[test]
    fn what_cannot_be_judged_is_taken_to_be_met() {
        assert!(locks_out(&json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}})));
        assert!(!locks_out(&json!({"StringEquals": {"aws:SourceVpce": "vpce-1"}})));
    }
}
