//! The permissions boundary: what all roles of the stacks together may do, and no role more, whatever its policies say.
//!
//! It is made from the roles' statements. Their actions stand in it one by one; names in their resources are widened to what
//! the pipeline has of a kind, and the conditions of requests for objects are left to the roles, so that it fits into one
//! policy and does not change with every table.

use std::collections::{BTreeMap, BTreeSet};

use crate::aws::service;
use crate::model::Pipeline;
use crate::workflow::StateMachine;

use super::statement::bindings;
use super::{Condition, EMR_TAG, Effect, Statement, flow_logs, roles};

/// Statements that may be one: the same service, reason and conditions.
type Key = (String, Option<&'static str>, Vec<(&'static str, String, Vec<String>)>);

/// Actions and resources.
type Part = (BTreeSet<String>, BTreeSet<String>);

const LOOKS: &str = "the Describe actions of EC2 have no resource types";

/// Returns the statements of the boundary.
pub(crate) fn statements(pipeline: &Pipeline, machines: &[StateMachine]) -> Vec<Statement> {
    let mut all = roles(pipeline, machines);
    all.push(flow_logs(pipeline));
    let mut parts: BTreeMap<Key, Part> = BTreeMap::new();
    let allowed = all.iter().flat_map(|role| &role.statements);
    for statement in allowed.filter(|one| one.effect == Effect::Allow) {
        for action in &statement.actions {
            let service = action.split(':').next().unwrap_or_default();
            let looks = action.starts_with("ec2:Describe");
            let key = if looks {
                (service.to_owned(), Some(LOOKS), Vec::new())
            } else {
                (service.to_owned(), statement.reason, conditions(service, statement))
            };
            let (actions, resources) = parts.entry(key).or_default();
            actions.insert(if looks { "ec2:Describe*".to_owned() } else { action.clone() });
            resources.extend(statement.resources.iter().map(|arn| widened(pipeline, arn)));
        }
    }
    without_covered(&mut parts);
    let mut statements: Vec<_> =
        parts.into_iter().zip(1..).map(|(part, n)| merged(part, n)).collect();
    statements.push(topic_key(pipeline));
    let span = pipeline.deployer.span;
    statements.into_iter().map(|one| one.from("permissions_boundary", span)).collect()
}

/// Leaves out actions under a condition where the same are there without one.
fn without_covered(parts: &mut BTreeMap<Key, Part>) {
    let free = parts.iter().filter(|((.., conditions), _)| conditions.is_empty());
    let free: Vec<_> = free.map(|((service, ..), part)| (service.clone(), part.clone())).collect();
    for ((service, _, conditions), (actions, resources)) in parts.iter_mut() {
        let others = free.iter().filter(|(known, _)| !conditions.is_empty() && known == service);
        for (_, (free_actions, free_resources)) in others {
            if resources.iter().all(|arn| free_resources.iter().any(|one| covers(one, arn))) {
                actions.retain(|action| !free_actions.contains(action));
            }
        }
    }
    parts.retain(|_, (actions, _)| !actions.is_empty());
}

fn covers(one: &str, other: &str) -> bool {
    one == other || one.strip_suffix('*').is_some_and(|start| other.starts_with(start))
}

fn merged(((_, reason, conditions), (actions, resources)): (Key, Part), n: usize) -> Statement {
    let actions: Vec<_> = actions.iter().map(String::as_str).collect();
    let mut statement = Statement::allow(format!("Bound{n}"), &actions, kept(&resources));
    statement.reason = reason;
    statement.conditions = conditions
        .into_iter()
        .map(|(operator, key, values)| Condition { operator, key, values })
        .collect();
    statement
}

/// Leaves out ARNs that another one covers.
fn kept(arns: &BTreeSet<String>) -> Vec<String> {
    let others = |arn: &String| arns.iter().any(|other| other != arn && covers(other, arn));
    arns.iter().filter(|arn| !others(arn)).cloned().collect()
}

/// Conditions on requests for objects are as many as there are roles, lists of tags are long, and one on a value that exists only
/// after creation cannot be known here. What EMR makes bears EMR's tag and the pipeline's together; there is no room for all.
fn conditions(service: &str, statement: &Statement) -> Vec<(&'static str, String, Vec<String>)> {
    let known = |condition: &&Condition| {
        service != "s3"
            && (service != "ec2"
                || !condition.key.contains("Tag/")
                || condition.key.ends_with(EMR_TAG))
            && !condition.operator.starts_with("ForA")
            && condition.values.iter().all(|value| bindings(value).next().is_none())
    };
    let conditions = statement.conditions.iter().filter(known);
    conditions.map(|one| (one.operator, one.key.clone(), one.values.clone())).collect()
}

fn widened(pipeline: &Pipeline, arn: &str) -> String {
    let parts: Vec<_> = arn.splitn(6, ':').collect();
    let (&[_, partition, service, region, account, resource], false) =
        (parts.as_slice(), arn == "*")
    else {
        return if arn.starts_with("${DataKeyArn") {
            pipeline.arn("kms", "key/*")
        } else {
            arn.to_owned()
        };
    };
    let resource = match service {
        "s3" if resource.contains('/') => return pipeline.object_arn("*"),
        "athena" => format!("workgroup/{}-*", pipeline.name),
        "ec2" if !account.is_empty() => "*".to_owned(),
        "glue" => table(resource),
        "lambda" => format!("function:*:{}", pipeline.alias()),
        "logs" => "log-group:/aws/*".to_owned(),
        "states" => format!("{}:{}_v*", before(resource, ':'), pipeline.name),
        _ => resource.to_owned(),
    };
    format!("arn:{partition}:{service}:{region}:{account}:{resource}")
}

fn before(text: &str, end: char) -> String {
    text.split(end).next().unwrap_or_default().to_owned()
}

fn table(resource: &str) -> String {
    let mut parts = resource.splitn(3, '/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some("table"), Some(database), Some(_)) => format!("table/{database}/*"),
        (Some("userDefinedFunction"), ..) => "userDefinedFunction/*".to_owned(),
        _ => resource.to_owned(),
    }
}

/// The topic's key lets the Lambdas that publish use it, and a boundary bounds that too (IAM user guide, "Evaluating effective
/// permissions with boundaries").
fn topic_key(pipeline: &Pipeline) -> Statement {
    let region = &pipeline.environment.region;
    let keys = pipeline.arn("kms", "key/*");
    Statement::allow("TopicKey", &["kms:Decrypt", "kms:GenerateDataKey*"], [keys]).when(
        "StringEquals",
        "kms:ViaService",
        [service::host(region, "sns")],
    )
}
