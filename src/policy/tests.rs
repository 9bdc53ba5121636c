use serde_json::{Value, json};

use super::*;

const ROLE: &str = "arn:aws:iam::111122223333:role/reader";
const OBJECT: &str = "arn:aws:s3:::bucket/key";

fn policy(statements: &Value) -> Policy {
    Policy::parse("policy", &json!({"Version": "2012-10-17", "Statement": statements})).unwrap()
}

fn read() -> Request {
    Request::new(ROLE, "s3:GetObject", OBJECT)
}

fn allow(more: &Value) -> Value {
    let mut statement = json!({"Sid": "Read", "Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::bucket/*"});
    for (key, value) in more.as_object().into_iter().flatten() {
        statement[key] = value.clone();
    }
    statement
}

fn allows(request: &Request, condition: &Value) -> bool {
    let identity = [policy(&allow(&json!({"Condition": condition})))];
    may(request, &Policies { identity: &identity, ..Policies::default() })
}

/// Asks with and without narrowing; both must say the same.
fn may(request: &Request, policies: &Policies) -> bool {
    let narrowed = policies.narrowed(&request.action, &request.resource);
    let allowed = decide(request, policies).allowed;
    let past = Policies { endpoint: None, ..*policies };
    let by = |through| narrowed.as_ref().is_some_and(|one| one.allows(request, through));
    assert_eq!((by(true), by(false)), (allowed, decide(request, &past).allowed), "{request:?}");
    allowed
}

#[test]
fn a_deny_outweighs_every_allow_and_is_named() {
    let identity = [policy(&json!([
        allow(&json!({})),
        {"Sid": "Never", "Effect": "Deny", "NotAction": "s3:List*", "NotResource": "arn:aws:s3:::other/*"},
    ]))];
    let decision = decide(&read(), &Policies { identity: &identity, ..Policies::default() });
    assert!(!decision.allowed);
    let [Reason::Statement { layer: Layer::Identity, statement, .. }] = decision.reasons.as_slice()
    else {
        panic!("{:?}", decision.reasons);
    };
    assert_eq!((statement.sid.as_deref(), statement.index), (Some("Never"), 1));
}

#[test]
fn every_layer_must_allow_and_those_that_do_not_are_named() {
    let (some, none) = ([policy(&allow(&json!({})))], policy(&json!([])));
    let (boundary, endpoint) = (Some(&none), Some(&none));
    let policies = Policies { identity: &some, boundary, endpoint, ..Policies::default() };
    assert!(!may(&read(), &policies));
    let decision = decide(&read(), &policies);
    let missing = [Layer::Endpoint, Layer::Boundary].map(Reason::NothingAllows);
    assert_eq!((decision.allowed, decision.reasons), (false, missing.to_vec()));
}

#[test]
fn a_grant_of_the_resource_counts_alone_in_its_account_only() {
    let resource = policy(&allow(&json!({"Principal": {"AWS": ROLE}})));
    let policies = Policies { resource: Some(&resource), ..Policies::default() };
    assert!(may(&read(), &policies));
    assert!(!may(&read(), &Policies { owner: Some("999988887777"), ..policies }));
    let identity = [policy(&allow(&json!({})))];
    let both = Policies { identity: &identity, owner: Some("999988887777"), ..policies };
    assert!(may(&read(), &both));
}

#[test]
fn a_key_lets_the_account_decide_only_when_it_says_so() {
    let identity = [policy(&allow(&json!({})))];
    let to = |principal: &str| policy(&allow(&json!({"Principal": {"AWS": principal}})));
    let (account, other) = (to("arn:aws:iam::111122223333:root"), to("999988887777"));
    let with = |identity, resource| {
        let policies = Policies { identity, resource, owner_decides: true, ..Policies::default() };
        may(&read(), &policies)
    };
    assert!(with(&identity, Some(&account)));
    assert!(!with(&[], Some(&account)));
    assert!(!with(&identity, Some(&other)));
    assert!(!with(&identity, None));
}

#[test]
fn absent_keys_meet_negated_operators_and_no_others() {
    for (operator, wanted) in [
        ("StringEquals", false),
        ("StringNotEquals", true),
        ("StringNotEqualsIfExists", true),
        ("StringEqualsIfExists", true),
        ("ForAllValues:StringNotEquals", true),
        ("ForAllValues:StringEquals", true),
        ("ForAnyValue:StringNotEquals", false),
        ("ForAnyValue:StringEquals", false),
        ("Bool", false),
        ("NumericLessThan", false),
        ("NotIpAddress", true),
        ("ArnNotLike", true),
    ] {
        assert_eq!(allows(&read(), &json!({operator: {"aws:Absent": "x"}})), wanted, "{operator}");
    }
    assert!(allows(&read(), &json!({"Null": {"aws:Absent": "true"}})));
    assert!(!allows(&read(), &json!({"Null": {"aws:Absent": false}})));
}

#[test]
fn set_operators_ask_for_all_or_for_any() {
    let via = read().with("aws:CalledVia", ["athena.amazonaws.com", "glue.amazonaws.com"]);
    let holds = |operator: &str| {
        allows(&via, &json!({operator: {"AWS:CALLEDVIA": ["athena.amazonaws.com"]}}))
    };
    assert!(holds("ForAnyValue:StringEquals"));
    assert!(!holds("ForAllValues:StringEquals"));
    assert!(holds("ForAnyValue:StringNotEquals"));
    assert!(!holds("ForAllValues:StringNotEquals"));
}

#[test]
fn a_star_of_an_arn_stays_within_its_part() {
    let holds = |pattern: &str| allows(&read(), &json!({"ArnLike": {"aws:PrincipalArn": pattern}}));
    assert!(holds("arn:aws:iam::*:role/read*"));
    assert!(!holds("arn:aws:*:role/reader"));
}

#[test]
fn what_aws_would_never_see_is_told() {
    let fitted = |action: &str, resource: &str| Request::new(ROLE, action, resource).fitted();
    assert_eq!(fitted("s3:GetObjekt", OBJECT), Err(Unfit::UnknownAction));
    let Err(Unfit::Resource(others)) = fitted("s3:ListBucket", OBJECT) else { panic!() };
    assert!(others.contains(&"arn:${Partition}:s3:::${BucketName}"), "{others:?}");
    let list =
        fitted("elasticmapreduce:ListClusters", "arn:aws:elasticmapreduce:eu-west-1:1:cluster/j");
    assert_eq!(list.unwrap().resource, "*");
}

#[test]
fn a_document_that_is_no_policy_says_where() {
    let parse =
        |statement: &Value| Policy::parse("p", &json!({"Statement": [statement]})).unwrap_err();
    let told = parse(
        &json!({"Effect": "Allow", "Action": "s3:*", "Condition": {"StringEqual": {"a": "b"}}}),
    );
    assert_eq!(told.what, "unknown condition operator `StringEqual`");
    assert_eq!(told.statement, Some(0));
    assert_eq!(parse(&json!({"Effect": "allow"})).what, "`Effect` is neither `Allow` nor `Deny`");
    assert!(Policy::parse("p", &json!([])).is_err());
}

#[test]
fn a_session_is_its_role() {
    let session = "arn:aws:sts::111122223333:assumed-role/reader/run";
    let request = Request::new(session, "s3:GetObject", OBJECT);
    assert_eq!(request.context["aws:principalarn"], [ROLE]);
    let resource = policy(&allow(&json!({"Principal": {"AWS": ROLE}})));
    let policies = Policies { resource: Some(&resource), ..Policies::default() };
    assert!(decide(&request, &policies).allowed);
}
