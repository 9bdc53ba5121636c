//! The stack that is there before all others: the bucket for templates and code, the roles that deploy, the boundary of all
//! roles, and what only an administrator should make.
//!
//! One for each account, region and suffix. An administrator deploys it; the others are deployed by its roles.

use serde_json::{Value, json};

use crate::model::{Boundary, Group, Pipeline};
use crate::permissions::{self, Role, document};
use crate::template::{Resource, Template, attribute, logical_id, reference, tags};
use crate::workflow::StateMachine;

mod bucket;

/// What the stacks hold, for which the roles are made.
#[derive(Clone, Copy, Debug)]
pub struct Held<'a> {
    /// The short names of the stacks.
    pub stacks: &'a [String],
    /// The types of their resources.
    pub types: &'a [String],
    /// The compiled state machines.
    pub machines: &'a [StateMachine],
}

/// Returns the template of the bootstrap stack.
pub fn template(pipeline: &Pipeline, held: Held) -> Template {
    let what = "bucket for code, deploying roles, boundary";
    let mut template = Template::new(format!("{}: {what}", pipeline.name));
    bucket::add(&mut template, pipeline);
    let (boundary, execution) =
        rayon::join(|| boundary(pipeline, held.machines), || execution(pipeline, held.types));
    for (id, resource) in boundary.into_iter().chain(execution) {
        template.add(id, resource);
    }
    provider(&mut template, pipeline);
    let deployer = permissions::deployer(pipeline, held.stacks.iter().map(String::as_str));
    template.add("Deployer", role(pipeline, &deployer));
    if let Some(emergency) = permissions::break_glass(pipeline) {
        template.add("BreakGlass", role(pipeline, &emergency));
    }
    for group in pipeline.groups.iter().filter(|group| group.iam_group) {
        add_group(&mut template, pipeline, group);
    }
    template.output("DeployerRoleArn", "The role for CI", attribute("Deployer", "Arn"));
    template.output("ExecutionRoleArn", "CloudFormation's role", attribute("Execution", "Arn"));
    template
}

/// Who deploys must not be bounded by what it deploys, so no boundary stands on these roles.
fn role(pipeline: &Pipeline, role: &Role) -> Resource {
    let mut properties = shell(pipeline, role);
    let policy = document(&role.statements);
    properties["Policies"] = json!([{"PolicyName": "permissions", "PolicyDocument": policy}]);
    properties["Tags"] = tags(pipeline);
    Resource::new("AWS::IAM::Role", role.span, properties)
}

fn shell(pipeline: &Pipeline, role: &Role) -> Value {
    json!({
        "RoleName": pipeline.bootstrap_name(&role.purpose),
        "Description": role.description,
        "MaxSessionDuration": 3_600,
        "AssumeRolePolicyDocument": document(&role.trust),
    })
}

fn boundary(pipeline: &Pipeline, machines: &[StateMachine]) -> Option<(String, Resource)> {
    if pipeline.boundary != Boundary::Made {
        return None;
    }
    let statements = permissions::boundary(pipeline, machines);
    let properties = json!({
        "ManagedPolicyName": pipeline.bootstrap_name("boundary"),
        "Description": format!("What no role of {} can do more than", pipeline.name),
        "PolicyDocument": document(&statements),
    });
    let resource = Resource::new("AWS::IAM::ManagedPolicy", pipeline.deployer.span, properties);
    Some(("Boundary".to_owned(), resource))
}

fn execution(pipeline: &Pipeline, types: &[String]) -> Vec<(String, Resource)> {
    let span = pipeline.deployer.span;
    let (mut resources, mut attached) = (Vec::new(), Vec::new());
    for policy in permissions::execution_policies(pipeline, types.iter().map(String::as_str)) {
        let id = logical_id(&format!("execution {}", policy.name));
        let properties = json!({
            "ManagedPolicyName": pipeline.bootstrap_name(&format!("execution-{}", policy.name)),
            "Description": format!("CloudFormation deploys {}", pipeline.name),
            "PolicyDocument": document(&policy.statements),
        });
        attached.push(reference(&id));
        resources.push((id, Resource::new("AWS::IAM::ManagedPolicy", span, properties)));
    }
    let role = permissions::execution_role(pipeline);
    let mut properties = shell(pipeline, &role);
    properties["ManagedPolicyArns"] = attached.into();
    properties["Tags"] = tags(pipeline);
    resources.push(("Execution".to_owned(), Resource::new("AWS::IAM::Role", span, properties)));
    resources
}

/// An account has one provider of a host, which others may use too: it outlives the stack.
fn provider(template: &mut Template, pipeline: &Pipeline) {
    let makes = pipeline.deployer.github.as_ref().is_some_and(|github| github.makes_provider);
    if makes {
        let properties = json!({
            "Url": format!("https://{}", permissions::GITHUB),
            "ClientIdList": [permissions::audience(pipeline)],
            "Tags": tags(pipeline),
        });
        let span = pipeline.deployer.span;
        let resource = Resource::new("AWS::IAM::OIDCProvider", span, properties);
        template.add("GitHub", resource.retained());
    }
}

/// Groups stand here, since whoever may write a group's policy may give its members any right: no boundary bounds a group.
fn add_group(template: &mut Template, pipeline: &Pipeline, group: &Group) {
    let name = group.name.as_str();
    let assume = permissions::assume(pipeline, name);
    let properties = json!({
        "GroupName": pipeline.group_name(name),
        "Policies": [{"PolicyName": "assume", "PolicyDocument": document([&assume])}],
    });
    let id = format!("{}Group", logical_id(name));
    template.add(id, Resource::new("AWS::IAM::Group", group.span, properties));
}

#[cfg(test)]
mod tests;
