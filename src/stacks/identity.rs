//! The stack of the roles and their policies.

use std::collections::BTreeSet;

use serde_json::json;

use crate::model::{Pipeline, Trusted};
use crate::permissions::{self, Role, Statement};
use crate::template::{Resource, Stack, Template, logical_id, reference};
use crate::workflow::StateMachine;

use super::role;

/// Returns the stack of the identities; `machines` are the compiled state machines.
pub fn stack(pipeline: &Pipeline, machines: &[StateMachine]) -> Stack {
    let description =
        format!("{}: roles of functions, machines, clusters and people", pipeline.name);
    let mut template = Template::new(description);
    let roles = permissions::roles(pipeline, machines);
    inputs(&mut template, &roles);
    for role in &roles {
        template.add(role_id(&role.purpose), role::resource(pipeline, role));
    }
    order(&mut template, pipeline, &roles);
    instance_profile(&mut template, pipeline);
    Stack {
        name: "identity".to_owned(),
        after: vec!["network".to_owned(), "storage".to_owned()],
        template,
    }
}

/// Puts a role behind those of the stack that may assume it: IAM takes no trust in a role that is not there ("Invalid principal
/// in policy").
fn order(template: &mut Template, pipeline: &Pipeline, roles: &[Role]) {
    for group in &pipeline.groups {
        let Some(role) = template.resources.get_mut(&role_id(group.name.as_str())) else {
            continue;
        };
        let named = |one: &&Role| {
            let arn = pipeline.role_arn(&one.purpose);
            group.assumed_by.iter().any(|who| matches!(who, Trusted::Principal(own) if *own == arn))
        };
        role.depends_on.extend(roles.iter().filter(named).map(|one| role_id(&one.purpose)));
    }
}

/// Returns the logical id of the role for a purpose: a Lambda's name, or a word such as `machine-Master`.
pub fn role_id(purpose: &str) -> String {
    format!("{}Role", logical_id(purpose))
}

/// Adds a parameter for each value that statements name and that exists only after creation.
fn inputs(template: &mut Template, roles: &[Role]) {
    let statements = roles.iter().flat_map(|role| &role.statements);
    let names: BTreeSet<_> = statements.flat_map(Statement::bindings).collect();
    for name in names {
        let (stack, kind) = source(name);
        template.input(stack, name, kind, "What the permissions are narrowed to");
    }
}

fn source(name: &str) -> (&'static str, &'static str) {
    match name {
        "DataKeyArn" => ("storage", "String"),
        "VpcId" => ("network", "AWS::EC2::VPC::Id"),
        name if name.starts_with("PrivateSubnetId") => ("network", "AWS::EC2::Subnet::Id"),
        name if name.ends_with("SecurityGroupId") => ("network", "AWS::EC2::SecurityGroup::Id"),
        _ => ("network", "String"),
    }
}

/// The profile bears the name of its role, as EMR expects (EMR management guide, "Service role for cluster EC2 instances").
fn instance_profile(template: &mut Template, pipeline: &Pipeline) {
    let properties = json!({
        "InstanceProfileName": pipeline.role_name("emr-nodes"),
        "Roles": [reference("EmrNodesRole")],
    });
    let span = pipeline.cluster.span;
    template.add("EmrNodesProfile", Resource::new("AWS::IAM::InstanceProfile", span, properties));
}

#[cfg(test)]
mod tests;
