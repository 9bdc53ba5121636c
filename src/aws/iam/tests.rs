use serde_json::{Value, json};

use super::{AccessLevel, SERVICES, action, actions, check_statement, prefixes};
use crate::aws::{Severity, Violation};

/// `path: message` of every violation.
fn problems(statement: &Value) -> Vec<String> {
    let line = |v: Violation| format!("{}: {}", v.path, v.message);
    check_statement(statement).into_iter().map(line).collect()
}

fn on(action: impl Into<Value>, resource: impl Into<Value>) -> Value {
    json!({"Effect": "Allow", "Action": action.into(), "Resource": resource.into()})
}

#[test]
fn every_service_is_read() {
    assert_eq!(prefixes().count(), 456);
    let count: usize = prefixes().map(|name| SERVICES.get(name).unwrap().actions.len()).sum();
    assert_eq!(count, 22091);
}

#[test]
fn an_action_is_found_whatever_its_case() {
    let found = action("S3:getobject").unwrap();
    assert_eq!(found.name(), "s3:GetObject");
    assert_eq!(found.access_level(), AccessLevel::Read);
    assert!(
        found.resource_patterns().contains(&"arn:${Partition}:s3:::${BucketName}/${ObjectName}")
    );
    assert!(found.condition_keys().any(|key| key == "s3:ExistingObjectTag/*"));
    assert!(action("s3:GetObjekt").is_none());
    assert!(action("s3:Get*").is_none());
    assert!(action("s3").is_none());
    let names: Vec<_> = actions("states:Start*").iter().map(super::Action::name).collect();
    assert_eq!(names, ["states:StartExecution", "states:StartSyncExecution"]);
}

#[test]
fn good_statements_pass() {
    for statement in [
        on("s3:GetObject", "arn:aws:s3:::b/*"),
        on(
            ["s3:GetObject", "s3:ListBucket"],
            ["arn:aws:s3:::b", "arn:aws:s3:::b/*"].as_slice().to_vec(),
        ),
        on("s3:*", "arn:aws-us-gov:s3:::b*"),
        on("*", "*"),
        on("logs:CreateLogStream", "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/f:*"),
        on("lambda:InvokeFunction", "arn:aws-cn:lambda:cn-north-1:111122223333:function:f:live"),
        on("glue:GetTable", "arn:aws:glue:eu-west-1:111122223333:catalog"),
        on("iam:PassRole", "arn:aws:iam::111122223333:role/path/name"),
        on(
            "states:StartExecution",
            json!({"Fn::Sub": "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:stateMachine:${Name}"}),
        ),
        on(
            "s3:GetObject",
            json!({"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":s3:::", {"Ref": "B"}, "/*"]]}),
        ),
        on("s3:GetObject", json!({"Fn::GetAtt": ["B", "Arn"]})),
        on("s3:ListAllMyBuckets", "*"),
        json!({"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole",
            "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:lambda:*"}}}),
        json!({"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*",
            "Condition": {"StringEqualsIfExists": {"iam:PassedToService": "ec2.amazonaws.com"}}}),
        json!({"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*",
            "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": "x"}, "StringLike": {"aws:RequestTag/team": "x"}}}),
        json!({"Fn::If": ["A", {}, {}]}),
    ] {
        assert_eq!(problems(&statement), [""; 0], "{statement}");
    }
}

#[test]
fn unknown_actions_are_named_with_the_nearest() {
    let suggestion = |name: &str| check_statement(&on(name, "*"))[0].suggestion.clone();
    assert_eq!(suggestion("s3:GetObjects").as_deref(), Some("s3:GetObject"));
    assert_eq!(suggestion("emr:RunJobFlow").as_deref(), Some("elasticmapreduce:RunJobFlow"));
    assert_eq!(suggestion("stats:Any").as_deref(), Some("states:Any"));
    assert_eq!(problems(&on("s3:Gett*", "*")), ["/Action: `s3:Gett*` matches no action"]);
    assert_eq!(
        problems(&on("GetObject", "*")),
        ["/Action: `GetObject` is not an action: `service:Action` or `*`"]
    );
    assert_eq!(
        problems(&json!({"NotAction": ["s3:Nope"], "Resource": "*"})),
        ["/NotAction/0: unknown action `s3:Nope`"]
    );
}

#[test]
fn an_action_needs_a_resource_that_it_acts_on() {
    assert_eq!(
        problems(&on("s3:GetObject", "arn:aws:s3:::b")),
        ["/Action: `s3:GetObject` acts on none of the resources given here"]
    );
    assert_eq!(
        problems(&on("states:DescribeExecution", "arn:aws:states:eu-west-1:1:stateMachine:m")),
        ["/Action: `states:DescribeExecution` acts on none of the resources given here"]
    );
    assert_eq!(
        problems(&on("s3:PutBucketVersioning", json!({"Fn::Sub": "${Bucket.Arn}/*"}))),
        ["/Action: `s3:PutBucketVersioning` acts on none of the resources given here"]
    );
    assert_eq!(
        problems(&on("s3:ListAllMyBuckets", "arn:aws:s3:::b")),
        ["/Action: `s3:ListAllMyBuckets` has no resources: it works on `*` only"]
    );
}

#[test]
fn a_resource_that_no_action_acts_on_is_a_warning() {
    let statement = on("s3:GetObject", json!(["arn:aws:s3:::b/*", "arn:aws:s3:::b"]));
    let found = check_statement(&statement);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].severity, Severity::Warning);
    assert_eq!(found[0].path, "/Resource/1");
}

#[test]
fn slips_in_an_arn_are_named() {
    assert_eq!(
        problems(&on("states:StartExecution", "arn:aws:states:eu-west-1:1:statemachine:m")),
        [
            "/Resource: `arn:aws:states:eu-west-1:1:statemachine:m` fits `arn:${Partition}:states:${Region}:${Account}:stateMachine:${StateMachineName}` but for upper and lower case"
        ]
    );
    assert_eq!(
        problems(&on("s3:GetObject", "arn:aws-gov:s3:::b/*")),
        ["/Resource: unknown partition `aws-gov`"]
    );
    assert_eq!(
        problems(&on("s3:GetObject", "b/*"))[0],
        "/Resource: `b/*` is neither `*` nor an ARN of six parts"
    );
}

#[test]
fn conditions_are_held_against_the_actions() {
    let given = |action: Value, condition: Value| {
        problems(&json!({"Action": action, "Resource": "*", "Condition": condition}))
    };
    assert_eq!(
        given(json!("s3:GetObject"), json!({"StringEquals": {"s3:prefix": "x"}})),
        ["/Condition/StringEquals/s3:prefix: `s3:GetObject` knows no condition key `s3:prefix`"]
    );
    assert_eq!(
        given(
            json!(["s3:GetObject", "s3:ListBucket"]),
            json!({"StringEquals": {"s3:prefix": "x"}})
        ),
        [
            "/Condition/StringEquals/s3:prefix: `s3:GetObject` never has the condition key `s3:prefix`"
        ]
    );
    assert_eq!(
        given(json!("s3:GetObject"), json!({"StringEqual": {"aws:SourceVpce": "x"}})),
        ["/Condition/StringEqual: unknown condition operator `StringEqual`"]
    );
    assert_eq!(
        given(json!("s3:GetObject"), json!({"StringEquals": {"aws:SourceVpcee": "x"}})),
        [
            "/Condition/StringEquals/aws:SourceVpcee: `s3:GetObject` knows no condition key `aws:SourceVpcee`"
        ]
    );
    assert_eq!(given(json!("*"), json!({"StringEquals": {"any:key": "x"}})), [""; 0]);
}

#[test]
fn any_json_is_survived() {
    for value in [
        json!(null),
        json!([]),
        json!({"Action": 1, "Resource": {"Fn::Join": []}, "Condition": {"": {"": null}}}),
    ] {
        check_statement(&value);
    }
}

#[test]
fn claims_of_a_providers_token_are_keys() {
    let mut statement = on("sts:AssumeRoleWithWebIdentity", "*");
    let claim = |name: &str| json!({"StringEquals": {name: "x"}});
    statement["Condition"] = claim("token.actions.githubusercontent.com:sub");
    assert_eq!(problems(&statement), [""; 0]);
    statement["Condition"] = claim("token.actions.githubusercontent.com:subject");
    assert_eq!(problems(&statement).len(), 1);
}
