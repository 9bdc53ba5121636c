//! What CloudFormation may do when it deploys the stacks: what the handlers of their types of resources call, on the
//! pipeline's own names, or, where AWS makes the names, on what bears the pipeline's tag.
//!
//! Not to be had: roles without the boundary, functions outside a VPC, roles of others to pass, the data.

mod actions;
mod bounds;
mod derive;
mod narrowed;
mod network;

use std::collections::BTreeSet;

use crate::aws::service;
use crate::model::{Pipeline, ScheduledBy};
use crate::template::logical_id;

use super::{Role, Statement, document, size, trust};
use derive::Grants;
#[cfg(test)]
pub(super) use derive::types;

const LOOKS: &str = "actions that look, for which AWS has no resource types";
const MAKES_KEYS: &str = "CreateKey has no resource types: the tag of the request bounds it";
const BY_HAND: &str = "what a hand-written template holds has no resource types";

/// ARNs in one statement, so that statements can be laid into policies of limited size.
const ARNS: usize = 40;

/// The services of each policy; a statement never moves from one to another, however many there are. What is in none of them
/// comes with a hand-written template.
const FAMILIES: [(&str, &[&str]); 6] = [
    ("network", &["ec2"]),
    ("data", &["s3", "glue", "athena", "kms"]),
    ("functions", &["lambda", "logs"]),
    ("identity", &["iam"]),
    ("operations", &["cloudwatch", "events", "scheduler", "sns", "states"]),
    ("others", &[]),
];

/// A managed policy of the execution role.
pub(crate) struct Policy {
    /// What its name says behind `execution-`.
    pub(crate) name: String,
    /// What it allows.
    pub(crate) statements: Vec<Statement>,
}

/// Returns the role without its policies. CloudFormation assumes it for whoever of this account may pass it, since a role is
/// passed only within its account (IAM user guide, "Grant a user permissions to pass a role to an AWS service"). So no
/// condition on the source is needed.
pub(crate) fn role(pipeline: &Pipeline) -> Role {
    Role {
        purpose: "execution".to_owned(),
        description: format!("CloudFormation deploys {}", pipeline.name),
        trust: vec![trust::service(pipeline, "cloudformation")],
        statements: Vec::new(),
        span: pipeline.deployer.span,
    }
}

/// Returns the policies for stacks that hold resources of `types`.
pub(crate) fn policies<'a>(
    pipeline: &Pipeline,
    types: impl IntoIterator<Item = &'a str>,
) -> Vec<Policy> {
    let types: BTreeSet<_> = types.into_iter().collect();
    let grants = actions::of(types.iter().copied());
    let mut policies = Vec::new();
    for (family, services) in FAMILIES {
        let mut statements = Vec::new();
        for service in services_of(services, &grants) {
            statements.extend(of_service(pipeline, &service, &grants));
        }
        if family == "identity" {
            statements.extend(pass_roles(pipeline, &types));
        }
        let span = pipeline.deployer.span;
        let statements = statements.into_iter().flat_map(divided);
        let statements = statements.map(|one| one.from("execution role", span));
        policies.extend(packed(family, statements.collect()));
    }
    policies
}

fn services_of(family: &[&str], grants: &Grants) -> BTreeSet<String> {
    let known = |service: &str| FAMILIES.iter().any(|(_, services)| services.contains(&service));
    let held = grants.keys().filter_map(|kind| kind.split('/').next());
    let fits =
        |service: &&str| if family.is_empty() { !known(service) } else { family.contains(service) };
    held.filter(fits).map(str::to_owned).collect()
}

fn of_service(pipeline: &Pipeline, service: &str, grants: &Grants) -> Vec<Statement> {
    let kinds: Grants = grants
        .iter()
        .filter(|(kind, _)| kind.split('/').next() == Some(service))
        .map(|(kind, actions)| (kind.clone(), actions.clone()))
        .collect();
    let mut statements = match service {
        "ec2" => network::statements(pipeline, &kinds),
        "iam" => narrowed::roles(pipeline, &kinds),
        "kms" => narrowed::keys(pipeline, &kinds),
        "lambda" => narrowed::functions(pipeline, &kinds),
        "s3" => ["s3/bucket", "s3/object"]
            .iter()
            .filter_map(|kind| named(pipeline, kind, &kinds))
            .collect(),
        _ => together(pipeline, service, &kinds),
    };
    statements.extend(anywhere(pipeline, service, &kinds));
    statements
}

fn allow<'a>(
    sid: &str,
    actions: impl IntoIterator<Item = &'a String>,
    arns: Vec<String>,
) -> Option<Statement> {
    let actions: BTreeSet<&str> = actions.into_iter().map(String::as_str).collect();
    let actions: Vec<_> = actions.into_iter().collect();
    (!actions.is_empty() && !arns.is_empty()).then(|| Statement::allow(sid, &actions, arns))
}

/// One statement for a whole service: its actions do nothing on the ARNs of kinds that they do not act on.
fn together(pipeline: &Pipeline, service: &str, kinds: &Grants) -> Vec<Statement> {
    let named = || kinds.iter().filter(|(kind, _)| !kind.ends_with("/*"));
    let arns: BTreeSet<_> = named().flat_map(|(kind, _)| bounds::arns(pipeline, kind)).collect();
    let actions = named().flat_map(|(_, actions)| actions);
    allow(&sid("Deploy", service), actions, arns.into_iter().collect()).into_iter().collect()
}

fn named(pipeline: &Pipeline, kind: &str, kinds: &Grants) -> Option<Statement> {
    let actions = kinds.get(kind)?;
    allow(&sid("Deploy", kind), actions, bounds::arns(pipeline, kind))
}

fn anywhere(pipeline: &Pipeline, service: &str, kinds: &Grants) -> Vec<Statement> {
    let Some(actions) = kinds.get(&format!("{service}/*")) else { return Vec::new() };
    let is_known = FAMILIES.iter().any(|(_, services)| services.contains(&service));
    let (makes, looks): (Vec<&str>, Vec<&str>) =
        actions.iter().map(String::as_str).partition(|action| *action == "kms:CreateKey");
    let mut statements = Vec::new();
    if !looks.is_empty() {
        let reason = if is_known { LOOKS } else { BY_HAND };
        statements.push(Statement::allow_anywhere(sid("Look", service), &looks, reason));
    }
    if !makes.is_empty() {
        let make = Statement::allow_anywhere("MakeKeys", &makes, MAKES_KEYS);
        statements.push(tagged(pipeline, make, "aws:RequestTag/pipeline"));
    }
    statements
}

fn tagged(pipeline: &Pipeline, statement: Statement, key: &str) -> Statement {
    statement.when("StringEquals", key, [&pipeline.tags["pipeline"]])
}

/// Each role goes to the service that its trust policy names. Roles of a hand-written template are like ours by name alone, so
/// with one any of them goes to any of these services.
fn pass_roles(pipeline: &Pipeline, types: &BTreeSet<&str>) -> Vec<Statement> {
    let role = |purpose: &str| pipeline.role_arn(purpose);
    let by_rule = pipeline.schedule.as_ref().is_some_and(|one| one.by == ScheduledBy::Rule);
    let rule = if by_rule { "AWS::Events::Rule" } else { "none" };
    let lambdas = pipeline.lambdas.iter().map(|one| role(one.name.as_str()));
    let passed = [
        ("AWS::EC2::FlowLog", "vpc-flow-logs", vec![role("flow-logs")]),
        (rule, "events", vec![role("scheduler")]),
        ("AWS::IAM::InstanceProfile", "ec2", vec![role("emr-nodes")]),
        ("AWS::Lambda::Function", "lambda", lambdas.collect()),
        ("AWS::Scheduler::Schedule", "scheduler", vec![role("scheduler")]),
        ("AWS::StepFunctions::StateMachine", "states", bounds::machine_roles(pipeline)),
    ];
    let passed = passed.into_iter().filter(|(kind, ..)| types.contains(kind));
    let statements = passed.map(|(_, service, arns)| {
        let arns = if pipeline.extra_stacks.is_empty() {
            arns
        } else {
            bounds::arns(pipeline, "iam/role")
        };
        let principal = service::principal(&pipeline.environment.region, service);
        Statement::allow(sid("Pass roles to", service), &["iam:PassRole"], arns).when(
            "StringEquals",
            "iam:PassedToService",
            [principal],
        )
    });
    statements.collect()
}

/// Cuts a statement with very many ARNs.
fn divided(statement: Statement) -> Vec<Statement> {
    if statement.resources.len() <= ARNS {
        return vec![statement];
    }
    let parts = statement.resources.chunks(ARNS).zip(1..);
    let part = |(arns, n): (&[String], usize)| Statement {
        sid: format!("{}{n}", statement.sid),
        resources: arns.to_vec(),
        ..statement.clone()
    };
    parts.map(part).collect()
}

/// Lays statements into as few policies as their size allows, in their order.
fn packed(family: &str, statements: Vec<Statement>) -> Vec<Policy> {
    let empty = size::length(&document([]));
    let mut policies: Vec<Policy> = Vec::new();
    let mut used = size::MANAGED;
    for statement in statements {
        let length = size::length(&statement.to_json()) + 1;
        match policies.last_mut() {
            Some(policy) if used + length <= size::MANAGED => policy.statements.push(statement),
            _ => {
                let name = match policies.len() {
                    0 => family.to_owned(),
                    n => format!("{family}-{}", n + 1),
                };
                policies.push(Policy { name, statements: vec![statement] });
                used = empty;
            }
        }
        used += length;
    }
    policies
}

fn sid(verb: &str, kind: &str) -> String {
    logical_id(&format!("{verb} {kind}"))
}

#[cfg(test)]
mod tests;
