//! Whether policies fit into the limits of IAM and S3.

use serde_json::{Map, Value};

use crate::diagnostic::{Diagnostic, Span};
use crate::template::{Resource, Template};

use super::statement::bindings;

/// Characters of all inline policies of a role, of a managed policy, of a trust policy, without white space (IAM user guide,
/// "IAM and AWS STS quotas"; the limit for trust may be raised to 4,096).
const ROLE: usize = 10_240;
pub(super) const MANAGED: usize = 6_144;
const TRUST: usize = 2_048;

/// Managed policies of one role (same page).
const ATTACHED: usize = 10;

/// Bytes of a bucket policy (S3 user guide, "Bucket policies").
const BUCKET: usize = 20_480;

/// The longest value that takes the place of a `${…}`: the ARN of a KMS key.
const BOUND: usize = 90;

/// Returns an error for each policy of the template that is too big, and each role with too many, at what it was made from.
pub fn check(template: &Template) -> Vec<Diagnostic> {
    template
        .resources
        .values()
        .flat_map(|resource| check_resource(resource).into_iter().chain(too_many(resource)))
        .collect()
}

fn too_many(resource: &Resource) -> Option<Diagnostic> {
    let attached = resource.properties["ManagedPolicyArns"].as_array().map_or(0, Vec::len);
    let message = format!("a role takes {attached} managed policies, and AWS allows {ATTACHED}");
    let problem = Diagnostic::error("policy-size", resource.origin, message);
    (attached > ATTACHED).then(|| problem.help("divide the Lambdas between two blueprints"))
}

fn check_resource(resource: &Resource) -> Vec<Diagnostic> {
    let properties = &resource.properties;
    let measured = match resource.kind.as_str() {
        "AWS::IAM::Role" => {
            let inline = properties["Policies"].as_array().map_or(&[][..], Vec::as_slice);
            let all = inline.iter().map(|policy| length(&policy["PolicyDocument"])).sum();
            let name = properties["RoleName"].as_str().unwrap_or_default();
            let trust = &properties["AssumeRolePolicyDocument"];
            let less = if is_for_a_service(trust) { FEWER_TASKS } else { FEWER_TABLES };
            vec![
                (format!("what the role `{name}` may do"), all, ROLE, less),
                (
                    format!("who may assume the role `{name}`"),
                    length(trust),
                    TRUST,
                    FEWER_PRINCIPALS,
                ),
            ]
        }
        "AWS::IAM::ManagedPolicy" => {
            let document = length(&properties["PolicyDocument"]);
            let name = properties["ManagedPolicyName"].as_str().unwrap_or_default();
            vec![(format!("the managed policy `{name}`"), document, MANAGED, SHORTER_NAMES)]
        }
        "AWS::S3::BucketPolicy" => {
            let document = length(&properties["PolicyDocument"]);
            vec![("the policy of a bucket".to_owned(), document, BUCKET, FEWER_EXCEPTIONS)]
        }
        _ => Vec::new(),
    };
    let too_long = measured.into_iter().filter(|(_, length, limit, _)| length > limit);
    too_long
        .map(|(what, length, limit, help)| {
            problem(resource.origin, &what, length, limit).help(help)
        })
        .collect()
}

fn is_for_a_service(trust: &Value) -> bool {
    let statements = trust["Statement"].as_array().into_iter().flatten();
    statements.into_iter().any(|one| !one["Principal"]["Service"].is_null())
}

const FEWER_TASKS: &str = "divide what it does between two Lambdas or state machines";
const FEWER_TABLES: &str = "name whole databases instead of tables, leave tables where the rule puts them, or make two groups of one";
const SHORTER_NAMES: &str = "shorten the names of the pipeline and its databases, or name a `permissions_boundary` of your own";
const FEWER_PRINCIPALS: &str = "name an account or a permission set instead of single roles";
const FEWER_EXCEPTIONS: &str =
    "leave tables where the rule puts them, and let fewer endpoints and roles write from outside";

fn problem(span: Span, what: &str, length: usize, limit: usize) -> Diagnostic {
    let message = format!("{what} takes {length} characters, and AWS allows {limit}");
    Diagnostic::error("policy-size", span, message)
}

/// Returns an upper bound for the length of a document once its references are filled in.
pub fn length(document: &Value) -> usize {
    match document {
        Value::Object(map) => match filled(map) {
            Some(text) => 2 + text.len() + BOUND * bound(text).count(),
            None => 2 + map.iter().map(|(key, value)| key.len() + 4 + length(value)).sum::<usize>(),
        },
        Value::Array(items) => 2 + items.iter().map(|item| length(item) + 1).sum::<usize>(),
        Value::String(text) => 2 + text.bytes().map(escaped).sum::<usize>(),
        scalar => scalar.to_string().len(),
    }
}

/// Returns the text of a lone `Fn::Sub`.
fn filled(map: &Map<String, Value>) -> Option<&str> {
    let (name, text) = map.iter().next().filter(|_| map.len() == 1)?;
    text.as_str().filter(|_| name == "Fn::Sub")
}

/// Bytes of JSON that a byte of text takes; without branches, so that many bytes are counted at once.
fn escaped(byte: u8) -> usize {
    1 + usize::from(matches!(byte, b'"' | b'\\')) + 5 * usize::from(byte < 0x20)
}

/// The partition's name is shorter than the reference to it.
fn bound(text: &str) -> impl Iterator<Item = &str> {
    bindings(text).filter(|name| *name != "AWS::Partition")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn role(resources: usize, trusted: &str) -> Template {
        let arns: Vec<_> =
            (0..resources).map(|n| format!("arn:aws:s3:::bucket/{n:030}/*")).collect();
        let document = json!({"Statement": [{"Resource": arns}]});
        let properties = json!({
            "RoleName": "reader",
            "AssumeRolePolicyDocument": {"Statement": [{"Principal": {trusted: "who"}}]},
            "Policies": [{"PolicyName": "permissions", "PolicyDocument": document}],
        });
        let mut template = Template::new("");
        let span = Span { start: 7, end: 9, ..Span::default() };
        template.add("Role", Resource::new("AWS::IAM::Role", span, properties));
        template
    }

    #[test]
    fn a_role_that_may_too_much_is_told_at_its_place() {
        assert_eq!(check(&role(100, "AWS")), []);
        let problems = check(&role(200, "AWS"));
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].span.start, 7);
        assert!(problems[0].message.contains("`reader`"), "{}", problems[0].message);
        assert_eq!(problems[0].help.as_deref(), Some(FEWER_TABLES));
        assert_eq!(check(&role(200, "Service"))[0].help.as_deref(), Some(FEWER_TASKS));
    }

    #[test]
    fn references_count_as_what_takes_their_place() {
        assert!(length(&json!({"Fn::Sub": "${DataKeyArn}"})) >= 75);
        assert_eq!(length(&json!({"a": ["b"]})), 2 + 1 + 4 + 2 + 4);
    }
}
