//! Policies of several kinds together, and what names actions, resources and principals.

use serde_json::{Value, json};

use crate::case::{ACCOUNT, Case, OBJECT, ROLE, document};

const OTHER: &str = "999988887777";

pub(crate) fn cases() -> Vec<Case> {
    [names(), principals(), together(), keys(), without_resources()].concat()
}

fn statement(effect: &str, more: &Value) -> Value {
    let mut statement = json!({"Effect": effect});
    for (key, value) in more.as_object().into_iter().flatten() {
        statement[key] = value.clone();
    }
    statement
}

fn names() -> Vec<Case> {
    let actions = [
        "s3:GetObject",
        "S3:getobject",
        "s3:*",
        "*",
        "s3:Get?bject",
        "s3:PutObject",
        "s3:get*object*",
    ];
    let resources = [
        OBJECT,
        "*",
        "arn:aws:s3:::bucket/*",
        "arn:aws:s3:::BUCKET/*",
        "arn:aws:s3:::bucket",
        "arn:aws:s3:::*key",
        "arn:*:s3:::bucket/folder/?ey",
        "arn:aws:s3:::b*/folder*",
    ];
    let mut cases = Vec::new();
    for (action_key, resource_key) in
        [("Action", "Resource"), ("NotAction", "Resource"), ("Action", "NotResource")]
    {
        for (action, resource) in actions.iter().flat_map(|a| resources.iter().map(move |r| (a, r)))
        {
            for effect in ["Allow", "Deny"] {
                let mut case =
                    Case::new(format!("{effect} {action_key} {action} {resource_key} {resource}"));
                let own = statement(effect, &json!({action_key: action, resource_key: resource}));
                let all = statement("Allow", &json!({"Action": "s3:*", "Resource": "*"}));
                let list = if effect == "Deny" { json!([own, all]) } else { json!([own]) };
                case.identity = vec![document(&list)];
                cases.push(case);
            }
        }
    }
    cases
}

fn principals() -> Vec<Case> {
    let named = [
        json!("*"),
        json!({"AWS": "*"}),
        json!({"AWS": ROLE}),
        json!({"AWS": ACCOUNT}),
        json!({"AWS": format!("arn:aws:iam::{ACCOUNT}:root")}),
        json!({"AWS": format!("arn:aws:iam::{OTHER}:root")}),
        json!({"AWS": ["arn:aws:iam::111122223333:role/other", ROLE]}),
        json!({"AWS": "arn:aws:sts::111122223333:assumed-role/reader/run"}),
        json!({"AWS": "arn:aws:iam::111122223333:user/ann"}),
        json!({"Service": "lambda.amazonaws.com"}),
    ];
    let askers = [
        ROLE,
        "arn:aws:sts::111122223333:assumed-role/reader/run",
        "arn:aws:iam::111122223333:user/ann",
        "arn:aws:iam::111122223333:root",
    ];
    let mut cases = Vec::new();
    for (named, asker) in
        named.iter().flat_map(|named| askers.iter().map(move |asker| (named, asker)))
    {
        for effect in ["Allow", "Deny"] {
            for (owner, with_identity) in
                [(ACCOUNT, false), (ACCOUNT, true), (OTHER, true), (OTHER, false)]
            {
                let mut case = Case::new(format!(
                    "{effect} to {named} asked by {asker} of {owner}, own policy {with_identity}"
                ));
                (*asker).clone_into(&mut case.principal);
                if !asker.contains(":role/") {
                    case.context.insert("aws:PrincipalArn".to_owned(), (*asker).into());
                }
                case.owner = owner;
                case.resource_policy = Some(document(&json!([statement(
                    effect,
                    &json!({"Principal": named, "Action": "s3:*", "Resource": "arn:aws:s3:::bucket/*"}),
                )])));
                if with_identity && !asker.ends_with(":root") {
                    case.identity = vec![all()];
                }
                cases.push(case);
            }
        }
    }
    cases
}

fn all() -> Value {
    document(&json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}]))
}

fn nothing() -> Value {
    document(&json!([{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}]))
}

fn denial() -> Value {
    document(&json!([{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"}]))
}

/// Adds a principal to every statement.
fn to(principal: &Value, mut policy: Value) -> Value {
    policy["Statement"][0]["Principal"] = principal.clone();
    policy
}

/// Each kind of policy absent, allowing, silent and denying.
fn together() -> Vec<Case> {
    let states = [
        ("none", None),
        ("all", Some(all())),
        ("silent", Some(nothing())),
        ("deny", Some(denial())),
    ];
    let mut cases = Vec::new();
    for (identity_name, identity) in &states {
        for (boundary_name, boundary) in &states {
            for (resource_name, resource) in &states {
                for (endpoint_name, endpoint) in &states {
                    for (to_name, principal) in
                        [("everyone", json!("*")), ("role", json!({"AWS": ROLE}))]
                    {
                        let mut case = Case::new(format!(
                            "identity {identity_name}, boundary {boundary_name}, resource {resource_name} to {to_name}, endpoint {endpoint_name}"
                        ));
                        case.identity = identity.iter().cloned().collect();
                        case.boundary.clone_from(boundary);
                        case.resource_policy = resource.clone().map(|policy| {
                            let mut policy = to(&principal, policy);
                            policy["Statement"][0]["Resource"] = json!("arn:aws:s3:::bucket/*");
                            policy
                        });
                        case.endpoint = endpoint.clone().map(|policy| to(&json!("*"), policy));
                        cases.push(case);
                    }
                }
            }
        }
    }
    cases
}

fn keys() -> Vec<Case> {
    let mut cases = Vec::new();
    for (named, principal) in [
        ("account", json!({"AWS": format!("arn:aws:iam::{ACCOUNT}:root")})),
        ("role", json!({"AWS": ROLE})),
        ("everyone", json!({"AWS": "*"})),
        ("another", json!({"AWS": OTHER})),
    ] {
        for identity in [None, Some(all()), Some(nothing()), Some(denial_of_keys())] {
            let mut case = Case::new(format!("key to {named}, own policy {identity:?}"));
            case.action = "kms:Decrypt";
            case.resource =
                format!("arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab");
            case.identity = identity.into_iter().collect();
            case.resource_policy = Some(to(&principal, all_of_keys()));
            cases.push(case);
        }
    }
    cases
}

fn all_of_keys() -> Value {
    document(&json!([{"Effect": "Allow", "Action": "kms:*", "Resource": "*"}]))
}

fn denial_of_keys() -> Value {
    document(&json!([{"Effect": "Deny", "Action": "kms:*", "Resource": "*"}]))
}

/// Actions that act on no resource.
fn without_resources() -> Vec<Case> {
    let clusters = "arn:aws:elasticmapreduce:eu-west-1:111122223333:cluster/*";
    let mut cases = Vec::new();
    for action in
        ["elasticmapreduce:ListClusters", "elasticmapreduce:RunJobFlow", "states:ListStateMachines"]
    {
        for resource in ["*", clusters, "arn:aws:states:eu-west-1:111122223333:stateMachine:*"] {
            for effect in ["Allow", "Deny"] {
                let mut case = Case::new(format!("{effect} {action} on {resource}"));
                case.action = action;
                "*".clone_into(&mut case.resource);
                let own = statement(effect, &json!({"Action": action, "Resource": resource}));
                case.identity = vec![document(&json!([own]))];
                if effect == "Deny" {
                    case.identity.push(all());
                }
                cases.push(case);
            }
        }
    }
    cases
}
