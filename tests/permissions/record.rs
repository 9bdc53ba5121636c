//! From a recorded call of boto3 to what IAM is asked; a call that nobody knows is an error.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use pipeline::aws::{client, iam, service};
use pipeline::model::Pipeline;
use serde_json::Value;

use crate::case::Case;
use crate::python;
use crate::tools::{ROOT, run};

/// Runs the scenarios for any blueprint in `tests/moto/recorded` and returns what IAM was asked, a sorted line for each.
pub(crate) fn record(case: &Case) -> String {
    let folder = Path::new(ROOT).join("tests/moto");
    let python = python::environment("moto", &folder.join("requirements.txt"));
    let calls = case.folder.with_extension("calls");
    let mut pytest = Command::new(python);
    pytest.args(["-m", "pytest", "--tb=short", "--show-capture=stdout", "recorded"]);
    pytest.env("ARTEFACTS", &case.folder).env("CALLS", &calls).current_dir(folder);
    run(&mut pytest, "").unwrap_or_else(|said| panic!("{}: {said}", case.name));
    let text = fs::read_to_string(calls).expect("the scenarios write it");
    let calls = text.lines().map(|line| serde_json::from_str(line).expect("each line is JSON"));
    let lines: BTreeSet<_> = calls.flat_map(|call: Value| asked(&case.pipeline, &call)).collect();
    lines.into_iter().map(|line| line + "\n").collect()
}

fn asked(pipeline: &Pipeline, call: &Value) -> Vec<String> {
    let text = |key: &str| call[key].as_str().expect("the recorder writes it");
    let actions = client::actions(text("service"), &text("operation").to_lowercase());
    assert!(!actions.is_empty(), "nobody knows what {call} asks IAM");
    let parameters = &call["parameters"];
    let mut lines = Vec::new();
    for action in actions {
        for (resource, keys) in resources(pipeline, &action, parameters) {
            let mut words = vec![text("function").to_owned(), action.clone(), resource];
            words.extend(keys.iter().map(|(key, value)| format!("{key}={value}")));
            lines.push(words.join(" "));
        }
    }
    lines
}

type Asked = (String, Vec<(String, String)>);

/// Returns the resources that the parameters name, with the condition keys that come with them.
fn resources(pipeline: &Pipeline, action: &str, parameters: &Value) -> Vec<Asked> {
    let of = |key: &str| parameters[key].as_str().map(str::to_owned);
    let bare = |arn: String| vec![(arn, Vec::new())];
    let known = iam::action(action).unwrap_or_else(|| panic!("{action} is no action"));
    match action {
        "elasticmapreduce:RunJobFlow" => vec![("*".to_owned(), launch(parameters))],
        "iam:PassRole" => ["ServiceRole", "JobFlowRole"]
            .map(|key| {
                let taker = if key == "ServiceRole" { "elasticmapreduce" } else { "ec2" };
                let taker = service::principal(&pipeline.environment.region, taker);
                let name = of(key).expect("a launch passes two roles");
                let role = name.rsplit('/').next().expect("a name is not empty").to_owned();
                let arn = pipeline.iam_arn(&format!("role/{role}"));
                (arn, vec![("iam:PassedToService".to_owned(), taker)])
            })
            .into(),
        _ if known.resource_patterns().is_empty() => bare("*".to_owned()),
        _ if action.starts_with("elasticmapreduce:") => cluster(pipeline, action, parameters),
        "s3:ListBucket" => {
            let bucket = of("Bucket").expect("a listing names a bucket");
            let prefix = without_cluster(&of("Prefix").unwrap_or_default());
            let prefix = ("s3:prefix".to_owned(), prefix);
            vec![(bucket_arn(pipeline, &bucket), vec![prefix])]
        }
        _ if action.starts_with("s3:") => {
            let bucket = bucket_arn(pipeline, &of("Bucket").expect("an object is in a bucket"));
            bare(format!("{bucket}/{}", of("Key").expect("an object has a key")))
        }
        _ => {
            let named = ["stateMachineArn", "executionArn", "TopicArn"].into_iter().find_map(of);
            let arn = named.unwrap_or_else(|| panic!("what does {action} act on? {parameters}"));
            bare(without_id(&arn))
        }
    }
}

fn bucket_arn(pipeline: &Pipeline, bucket: &str) -> String {
    format!("arn:{}:s3:::{bucket}", pipeline.environment.partition.id())
}

/// An execution's name differs from run to run.
fn without_id(arn: &str) -> String {
    match arn.split_once(":execution:") {
        Some((_, rest)) => {
            let id = rest.rsplit(':').next().expect("a text has a last part");
            format!("{}run", arn.trim_end_matches(id))
        }
        None => arn.to_owned(),
    }
}

/// A cluster's id differs from run to run.
fn without_cluster(prefix: &str) -> String {
    let part = |part: &str| if part.starts_with("j-") { "j-1".to_owned() } else { part.to_owned() };
    prefix.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// Clusters have the tags that the launch gave them.
fn cluster(pipeline: &Pipeline, action: &str, parameters: &Value) -> Vec<Asked> {
    let keys = ["ClusterId", "JobFlowId", "JobFlowIds"];
    assert!(keys.iter().any(|key| !parameters[key].is_null()), "{action} on what? {parameters}");
    let tags = pipeline.tags.iter();
    let tags = tags.map(|(key, value)| (format!("aws:ResourceTag/{key}"), value.clone())).collect();
    vec![(pipeline.arn("elasticmapreduce", "cluster/j-1"), tags)]
}

fn launch(parameters: &Value) -> Vec<(String, String)> {
    let tags: Vec<_> = parameters["Tags"].as_array().into_iter().flatten().collect();
    let text = |tag: &Value, part: &str| tag[part].as_str().expect("a tag has it").to_owned();
    let mut names: Vec<_> = tags.iter().map(|tag| text(tag, "Key")).collect();
    names.sort();
    let changing = ["RequestId", "ExecutionName", "keep_until"];
    let mut keys: Vec<_> = tags
        .iter()
        .map(|tag| {
            let name = text(tag, "Key");
            let changes = changing.contains(&name.as_str());
            let value = if changes { "some".to_owned() } else { text(tag, "Value") };
            (format!("aws:RequestTag/{name}"), value)
        })
        .collect();
    keys.sort();
    keys.push(("aws:TagKeys".to_owned(), names.join(",")));
    keys
}
