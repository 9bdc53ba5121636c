use super::*;
use crate::archive;
use crate::model::{Capability, Network, sample};
use crate::template::From;

fn made(pipeline: &Pipeline) -> Template {
    let packed = |lambda: &Lambda| (lambda.name.clone(), archive::lambda(lambda, []));
    stack(pipeline, &pipeline.lambdas.iter().map(packed).collect()).template
}

fn versions(pipeline: &Pipeline) -> Vec<String> {
    let template = made(pipeline);
    let version = |(id, resource): (&String, &Resource)| {
        (resource.kind == "AWS::Lambda::Version").then(|| id.clone())
    };
    template.resources.iter().filter_map(version).collect()
}

#[test]
fn a_function_has_its_logs_a_version_and_an_alias() {
    let template = made(&sample::pipeline());
    assert_eq!(template.resources.len(), 4 * 17);
    let function = &template.resources["LambdaSendMsgSns"];
    assert_eq!(function.depends_on, ["LambdaSendMsgSnsLogs"]);
    assert_eq!(function.properties["Handler"], "lambda_send_msg_sns.lambda_handler");
    let vpc = &function.properties["VpcConfig"];
    assert_eq!(vpc["SubnetIds"], reference("PrivateSubnetIds"));
    let alias = &template.resources["LambdaSendMsgSnsAlias"].properties;
    assert_eq!(alias["Name"], "data_pipeline");
    let from = From::Output { stack: "network".into(), output: "PrivateSubnetIds".into() };
    assert_eq!(template.parameters["PrivateSubnetIds"].from, from);
}

#[test]
fn a_version_follows_code_and_configuration_and_nothing_else() {
    let mut pipeline = sample::pipeline();
    let before = versions(&pipeline);
    pipeline.tags.insert("owner".into(), "data".into());
    pipeline.operations.log_days = 7;
    assert_eq!(versions(&pipeline), before);
    pipeline.lambdas[0].code.push_str("# changed\n");
    pipeline.lambdas[1].timeout_seconds = 61;
    let after = versions(&pipeline);
    let changed: Vec<_> = (0..17).filter(|i| before[*i] != after[*i]).collect();
    assert_eq!(changed, [0, 1]);
}

#[test]
fn a_version_follows_the_subnets() {
    let mut pipeline = sample::pipeline();
    let before = versions(&pipeline);
    let Network::New { zones, .. } = &mut pipeline.network else { panic!("it makes its own") };
    *zones += 1;
    assert!(before.iter().zip(versions(&pipeline)).all(|(one, other)| *one != other));
}

#[test]
fn an_override_of_what_is_published_makes_a_version_that_is_called() {
    let pipeline = sample::pipeline();
    let touched = ["LambdaSendMsgSns"];
    let changed = |name: &str, value: Value| {
        let mut template = made(&pipeline);
        template.resources["LambdaSendMsgSns"].properties[name] = value;
        republish(&mut template, touched, &pipeline);
        let own = |id: &&String| id.starts_with("LambdaSendMsgSnsVersion");
        let version = template.resources.keys().find(own).expect("a version").clone();
        let called = &template.resources["LambdaSendMsgSnsAlias"].properties["FunctionVersion"];
        assert_eq!(*called, attribute(&version, "Version"));
        assert_eq!(template.resources.len(), made(&pipeline).resources.len());
        version
    };
    let same = changed("Tags", json!([]));
    assert!(versions(&pipeline).contains(&same));
    assert_eq!(changed("ReservedConcurrentExecutions", json!(1)), same);
    assert_ne!(changed("MemorySize", json!(512)), same);
}

#[test]
fn capabilities_bring_their_variables() {
    let pipeline = sample::pipeline();
    let names = |lambda: &str| {
        let found = variables(&pipeline, pipeline.lambda(lambda).unwrap());
        found.into_keys().skip(2).collect::<Vec<_>>()
    };
    let state = ["State_Info_File_S3_Bucket", "State_Info_File_S3_Key"];
    assert_eq!(names("lambda_status_emr"), [""; 0]);
    assert_eq!(names("lambda_read_state_info_from_s3"), state);
    let counts = ["Rejected_Counts_S3_Bucket", "Rejected_Counts_S3_Prefix"];
    assert_eq!(
        names("lambda_send_msg_sns"),
        ["Environment", counts[0], counts[1], "Subject", "TopicArn"]
    );
    assert_eq!(
        names("lambda_report_failed_execution"),
        ["Environment", "StateMachineArns", "Subject", "TopicArn"]
    );
    let orphans = ["Grace_Minutes", "StateMachineArns", state[0], state[1]];
    assert_eq!(names("lambda_stop_orphan_clusters"), orphans);
}

#[test]
fn the_blueprint_adds_variables_and_may_change_the_subject() {
    let mut pipeline = sample::pipeline();
    let index =
        pipeline.lambdas.iter().position(|l| l.can.contains(&Capability::PublishMessage)).unwrap();
    pipeline.lambdas[index].variables =
        BTreeMap::from([("Subject".into(), "Hello".into()), ("Mode".into(), "x".into())]);
    let found = variables(&pipeline, &pipeline.lambdas[index]);
    assert_eq!((found["Subject"].as_str(), found["Mode"].as_str()), ("Hello", "x"));
}

#[test]
fn four_kilobytes_of_variables_are_the_most() {
    let mut pipeline = sample::pipeline();
    assert_eq!(problems(&pipeline), []);
    pipeline.lambdas[3].variables.insert("Long".into(), "x".repeat(4_000));
    let found = problems(&pipeline);
    assert_eq!((found.len(), found[0].span), (1, pipeline.lambdas[3].span));
}
