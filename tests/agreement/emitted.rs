//! Requests to what `gen` emits: for each statement that allows something, what it names, by roles, from inside the VPC and
//! outside, with and without what its conditions ask for.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use pipeline::diagnostic::FileId;
use pipeline::policy::Request;
use pipeline::yaml;
use serde_json::{Map, Value, json};

use crate::case::Case;
use crate::stand_in::DROPPED;
use crate::tools::ROOT;

const FOLDERS: [&str; 3] =
    ["out/dev", "tests/cases/own_key/out/dev", "tests/cases/govcloud/out/gov"];

pub(crate) fn cases() -> Vec<Case> {
    FOLDERS.iter().flat_map(|folder| of_folder(&Path::new(ROOT).join(folder))).collect()
}

/// The policies of an environment, references filled in.
struct Emitted {
    partition: String,
    account: &'static str,
    roles: BTreeMap<String, Value>,
    bucket: Value,
    key: Option<Value>,
    endpoint: Option<Value>,
}

fn of_folder(folder: &Path) -> Vec<Case> {
    let emitted = read(folder);
    let mut cases = Vec::new();
    for (role, policy) in &emitted.roles {
        for statement in policy["Statement"].as_array().expect("a list") {
            if statement["Effect"] == "Allow" {
                cases.extend(of_statement(&emitted, role, policy, statement));
            }
        }
    }
    cases
}

fn of_statement(emitted: &Emitted, role: &str, policy: &Value, statement: &Value) -> Vec<Case> {
    let mut cases = Vec::new();
    for action in texts(&statement["Action"]) {
        for resource in texts(&statement["Resource"]) {
            let resource = if resource == "*" { resource } else { resource.replace('*', "any") };
            let principal =
                format!("arn:{}:iam::{}:role/{role}", emitted.partition, emitted.account);
            let request = Request::new(&principal, &action, &resource);
            let Ok(fitted) = request.fitted() else { continue };
            for (from_vpc, as_asked) in [(true, true), (true, false), (false, true)] {
                let mut case = Case::new(format!(
                    "{role} {action} {resource} vpc {from_vpc} conditions {as_asked}"
                ));
                case.principal.clone_from(&principal);
                case.action = action.clone().leak();
                case.resource.clone_from(&fitted.resource);
                case.owner = emitted.account;
                case.context = context(emitted, &principal, &action, from_vpc);
                if as_asked {
                    case.context.extend(asked(statement));
                    case.context.extend(source_function(policy));
                }
                case.identity = vec![policy.clone()];
                let is_s3 = action.starts_with("s3:");
                case.resource_policy = match action.split(':').next() {
                    Some("s3") => Some(emitted.bucket.clone()),
                    Some("kms") => emitted.key.clone(),
                    _ => None,
                };
                case.endpoint = emitted.endpoint.clone().filter(|_| is_s3 && from_vpc);
                cases.extend(of_another_bucket(&case));
                cases.push(case);
            }
        }
    }
    cases
}

/// KMS knows the bucket by the encryption context.
fn of_another_bucket(case: &Case) -> Option<Case> {
    let mut other = case.clone();
    let bucket = other.context.get_mut(DROPPED)?;
    *bucket = "arn:aws:s3:::another".into();
    other.name += " another bucket";
    Some(other)
}

fn context(emitted: &Emitted, principal: &str, action: &str, from_vpc: bool) -> Map<String, Value> {
    let mut context = Map::new();
    let mut set = |key: &str, value: &str| context.insert(key.to_owned(), value.into());
    set("aws:PrincipalArn", principal);
    set("aws:PrincipalAccount", emitted.account);
    set("aws:ResourceAccount", emitted.account);
    set("aws:SecureTransport", "true");
    set("aws:ViaAWSService", "false");
    if action.starts_with("s3:") {
        set("s3:TlsVersion", "1.3");
    }
    if from_vpc {
        set("aws:SourceVpc", "the-VpcId");
        set("aws:SourceVpce", "the-S3EndpointId");
    }
    context
}

/// What meets the statement's conditions; keys with several values are lists.
fn asked(statement: &Value) -> Map<String, Value> {
    let operators = statement["Condition"].as_object().into_iter().flatten();
    let keys = operators.flat_map(|(operator, keys)| {
        keys.as_object().into_iter().flatten().map(move |(key, values)| (operator, key, values))
    });
    let met = keys.filter(|(operator, ..)| !operator.contains("Not") && *operator != "Null");
    met.map(|(operator, key, values)| {
        let values = texts(values);
        let first = values[0].replace('*', "any");
        let value = if operator.starts_with("For") { json!([first]) } else { json!(first) };
        (key.clone(), value)
    })
    .collect()
}

/// The function whose code asks, for its role.
fn source_function(policy: &Value) -> Option<(String, Value)> {
    let key = "lambda:SourceFunctionArn";
    let mut statements = policy["Statement"].as_array()?.iter();
    let arn = statements.find_map(|one| one["Condition"]["ArnEquals"].get(key))?;
    Some((key.to_owned(), arn.clone()))
}

fn read(folder: &Path) -> Emitted {
    let json = |name: &str| {
        let text =
            fs::read_to_string(folder.join(name)).unwrap_or_else(|err| panic!("{name}: {err}"));
        yaml::read(&text, FileId::default()).expect("it was written by `gen`").to_json()
    };
    let manifest: Value = json("manifest.json");
    let account: &'static str = manifest["account"].as_str().expect("text").to_owned().leak();
    let partition =
        if manifest["region"].as_str().is_some_and(|region| region.starts_with("us-gov")) {
            "aws-us-gov"
        } else {
            "aws"
        };
    let filled = |name: &str| {
        let mut template = json(name);
        fill(&mut template, partition, account);
        template["Resources"].take()
    };
    let (identity, storage, network) = (
        filled("identity.template.yaml"),
        filled("storage.template.yaml"),
        filled("network.template.yaml"),
    );
    let roles = identity
        .as_object()
        .expect("resources")
        .values()
        .filter(|one| one["Type"] == "AWS::IAM::Role");
    let roles = roles.map(|role| {
        let properties = &role["Properties"];
        let name = properties["RoleName"].as_str().expect("text").to_owned();
        (name, properties["Policies"][0]["PolicyDocument"].clone())
    });
    Emitted {
        partition: partition.to_owned(),
        account,
        roles: roles.collect(),
        bucket: storage["BucketPolicy"]["Properties"]["PolicyDocument"].clone(),
        key: storage.get("DataKey").map(|key| key["Properties"]["KeyPolicy"].clone()),
        endpoint: network.get("S3Endpoint").map(|one| one["Properties"]["PolicyDocument"].clone()),
    }
}

/// Puts a made-up value in the place of every reference.
fn fill(value: &mut Value, partition: &str, account: &str) {
    let key =
        format!("arn:{partition}:kms:us-east-1:{account}:key/1234abcd-12ab-34cd-56ef-1234567890ab");
    match value {
        Value::Object(map) => {
            if let Some(Value::String(text)) = map.get("Fn::Sub") {
                let text = text.replace("${AWS::Partition}", partition);
                let text = text.replace("${DataKeyArn}", &key).replace("${DataKey.Arn}", &key);
                *value = text.replace("${", "the-").replace('}', "").into();
                return;
            }
            map.values_mut().for_each(|inner| fill(inner, partition, account));
        }
        Value::Array(items) => items.iter_mut().for_each(|inner| fill(inner, partition, account)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn texts(value: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match value {
        Value::Array(items) => items.iter().map(text).collect(),
        Value::Null => Vec::new(),
        one => vec![text(one)],
    }
}
