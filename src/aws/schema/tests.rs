use serde_json::{Value, json};

use super::{Handler, Replacement, check, names, of};

/// `path: message` of every violation.
fn problems(type_name: &str, properties: &Value) -> Vec<String> {
    check(type_name, properties).iter().map(|v| format!("{}: {}", v.path, v.message)).collect()
}

#[test]
fn every_schema_is_read_and_takes_nothing_and_anything() {
    let deep = (0..100).fold(json!({"Ref": 1}), |inner, _| json!({"": [inner]}));
    assert_eq!(names().count(), 1854);
    for name in names() {
        check(name, &json!({}));
        check(name, &json!({"Fn::If": ["A", [1], {"Ref": "AWS::NoValue"}], "": null}));
        check(name, &deep);
        assert!(of(name).is_some(), "{name}");
    }
}

#[test]
fn a_good_function_passes() {
    let function = json!({
        "FunctionName": {"Fn::Sub": "${Prefix}-launch"},
        "Code": {"S3Bucket": "artifacts", "S3Key": {"Ref": "Key"}},
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
        "Handler": "launch.handler",
        "Runtime": "python3.13",
        "Timeout": "60",
        "MemorySize": 256,
        "Environment": {"Variables": {"LEVEL": 3, "ON": true}},
        "Tags": [{"Key": "team", "Value": "data"}],
    });
    assert_eq!(problems("AWS::Lambda::Function", &function), [""; 0]);
}

#[test]
fn each_kind_of_mistake_is_named_at_its_place() {
    let function = json!({
        "Code": {"S3Bucket": ["artifacts"], "S3Kee": "k"},
        "Runtime": "python3.99",
        "Timeout": 0,
        "MemorySize": "much",
        "Arn": "arn:aws:lambda:eu-west-1:111122223333:function:f",
        "Role": "role",
        "Tags": [{"Key": "", "Value": "v"}],
    });
    assert_eq!(
        problems("AWS::Lambda::Function", &function),
        [
            "/Code/S3Bucket: expected a string, found an array",
            "/Code/S3Kee: unknown property `S3Kee`",
            "/Runtime: `python3.99` is none of the 51 values allowed here",
            "/Timeout: 0 is below the minimum of 1",
            "/MemorySize: expected a whole number, found a string",
            "/Arn: `Arn` is read-only: AWS sets it",
            "/Role: `role` does not match `^arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+$`",
            "/Tags/0/Key: expected at least 1 characters, found 0",
        ]
    );
}

#[test]
fn a_slip_gets_a_suggestion() {
    let suggestion = |name: &str, properties| check(name, &properties)[0].suggestion.clone();
    let bucket = "AWS::S3::Bucket".to_owned();
    assert_eq!(suggestion("AWS::S3::Buckt", json!({})), Some(bucket.clone()));
    assert_eq!(suggestion("AW::S3::Bucket", json!({})), Some(bucket));
    assert_eq!(
        suggestion("AWS::S3::Bucket", json!({"Bucketname": "b"})).as_deref(),
        Some("BucketName")
    );
    let versioning = json!({"VersioningConfiguration": {"Status": "enabled"}});
    assert_eq!(suggestion("AWS::S3::Bucket", versioning).as_deref(), Some("Enabled"));
}

#[test]
fn types_that_aws_does_not_publish_pass() {
    assert_eq!(problems("Acme::Data::Lake", &json!({"Any": 1})), [""; 0]);
    assert_eq!(problems("Acme::Data::Lake::MODULE", &json!({})), [""; 0]);
    assert_eq!(problems("AWS::Serverless::Function", &json!({})), [""; 0]);
    let custom = json!({"ServiceToken": "arn", "Any": {"thing": 1}});
    assert_eq!(problems("Custom::Thing", &custom), [""; 0]);
    assert_eq!(
        problems("Custom::Thing", &json!({})),
        [": required property `ServiceToken` is missing"]
    );
}

#[test]
fn functions_stand_for_values_and_their_branches_are_checked() {
    let topic = |value| json!({"FifoTopic": value});
    assert_eq!(problems("AWS::SNS::Topic", &topic(json!({"Fn::ImportValue": "x"}))), [""; 0]);
    assert_eq!(
        problems("AWS::SNS::Topic", &topic(json!({"Fn::If": ["C", "true", "yes"]}))),
        ["/FifoTopic/Fn::If/2: expected a boolean, found a string"]
    );
    assert_eq!(problems("AWS::SNS::Topic", &topic(json!("{{resolve:ssm:x}}"))), [""; 0]);
    assert_eq!(
        problems(
            "AWS::S3::BucketPolicy",
            &json!({"Bucket": {"Ref": "AWS::NoValue"}, "PolicyDocument": {}})
        ),
        [": required property `Bucket` is missing"]
    );
    let either = json!({"Fn::If": ["C", "name", {"Ref": "AWS::NoValue"}]});
    assert_eq!(
        problems("AWS::S3::BucketPolicy", &json!({"Bucket": either, "PolicyDocument": {}})),
        [": required property `Bucket` is missing"]
    );
}

#[test]
fn alternatives_and_exclusions_hold() {
    let rule = json!({"State": "ENABLED"});
    assert_eq!(
        problems("AWS::Events::Rule", &rule),
        [": one of `EventPattern`, `ScheduleExpression` is needed"]
    );
    let both =
        json!({"CidrBlock": "10.0.0.0/16", "Ipv4IpamPoolId": "ipam", "Ipv4NetmaskLength": 16});
    assert_eq!(
        problems("AWS::EC2::VPC", &both),
        [": only one of `CidrBlock`, `Ipv4IpamPoolId` may be given"]
    );
}

#[test]
fn facts_of_a_type_are_there() {
    let function = of("AWS::Lambda::Function").unwrap();
    assert_eq!(function.create_only(), ["/FunctionName", "/PackageType", "/TenancyConfig"]);
    assert_eq!(function.replacement("/FunctionName"), Replacement::Always);
    assert_eq!(function.replacement("/DurableConfig/x"), Replacement::Conditional);
    assert_eq!(function.replacement("/Timeout"), Replacement::Never);
    assert_eq!(function.tag_property(), Some("/Tags"));
    assert_eq!(
        function.attributes(),
        [
            "Arn",
            "SnapStartResponse",
            "SnapStartResponse.ApplyOn",
            "SnapStartResponse.OptimizationStatus"
        ]
    );
    assert!(function.has_attribute("SnapStartResponse.ApplyOn"));
    assert!(!function.has_attribute("Name"));
    assert!(of("AWS::CloudFormation::Stack").unwrap().has_attribute("Outputs.VpcId"));
    assert!(of("Custom::Thing").unwrap().has_attribute("Anything"));
    assert!(function.permissions(Handler::Delete).contains(&"lambda:DeleteFunction"));
    let table = of("AWS::Glue::Table").unwrap();
    assert_eq!(table.replacement("/TableInput"), Replacement::Conditional);
    assert_eq!(table.primary_identifier(), ["/CatalogId", "/DatabaseName", "/Name"]);
    let group = of("AWS::EC2::SecurityGroup").unwrap();
    assert!(group.is_set("/SecurityGroupIngress"));
    assert!(!group.is_set("/GroupName"));
    assert!(of("AWS::S3::Bucket").unwrap().is_set("/Tags"));
    assert!(!table.is_set("/TableInput/StorageDescriptor/Columns"));
}

#[test]
fn few_patterns_are_beyond_us() {
    let (skipped, all) = names().fold((0, 0), |(skipped, all), name| {
        let (more_skipped, more) = of(name).unwrap().schema.patterns();
        (skipped + more_skipped, all + more)
    });
    assert_eq!((skipped, all), (131, 9393));
}
