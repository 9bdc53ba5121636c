use crate::aws::schema;
use crate::model::sample;
use crate::permissions::size;
use crate::permissions::tests::variants::variants;
use crate::{stacks, workflow};

use super::*;

/// Returns the template for what the pipeline's own stacks hold.
fn made(pipeline: &Pipeline) -> Template {
    let machines = workflow::compile(pipeline).unwrap();
    let held = [
        stacks::network::stack(pipeline),
        stacks::storage::stack(pipeline),
        stacks::identity::stack(pipeline, &machines),
        stacks::operations::stack(pipeline),
    ];
    let resources = held.iter().flat_map(|stack| stack.template.resources.values());
    let mut types: Vec<_> = resources.map(|resource| resource.kind.clone()).collect();
    let more = ["Lambda::Function", "Lambda::Alias", "Glue::Table", "StepFunctions::StateMachine"];
    types.extend(more.map(|name| format!("AWS::{name}")));
    let names: Vec<_> = held.iter().map(|stack| stack.name.clone()).collect();
    template(pipeline, Held { stacks: &names, types: &types, machines: &machines })
}

#[test]
fn every_resource_is_what_its_schema_says_and_fits() {
    for pipeline in variants() {
        let template = made(&pipeline);
        assert_eq!(size::check(&template), []);
        for (id, resource) in &template.resources {
            assert_eq!(schema::check(&resource.kind, &resource.properties), [], "{id}");
        }
    }
}

#[test]
fn an_iam_group_may_assume_its_role_and_nothing_else() {
    let pipeline = variants().remove(2);
    let group = &made(&pipeline).resources["AnalystGroup"].properties;
    let policies = group["Policies"].as_array().unwrap();
    assert_eq!(policies.len(), 1);
    let statement = &policies[0]["PolicyDocument"]["Statement"][0];
    assert_eq!(statement["Action"], "sts:AssumeRole");
    assert_eq!(statement["Resource"], pipeline.role_arn("analyst"));
}

#[test]
fn what_is_made_bounds_the_roles_of_the_stacks() {
    let mut pipeline = sample::pipeline();
    let boundary = |pipeline: &Pipeline| {
        let machines = workflow::compile(pipeline).unwrap();
        let roles = stacks::identity::stack(pipeline, &machines).template.resources;
        let roles = roles.into_values().filter(|one| one.kind == "AWS::IAM::Role");
        let mut found: Vec<_> =
            roles.map(|one| one.properties["PermissionsBoundary"].clone()).collect();
        found.dedup();
        found
    };
    assert_eq!(boundary(&pipeline), [json!(pipeline.boundary_arn())]);
    let name = &made(&pipeline).resources["Boundary"].properties["ManagedPolicyName"];
    assert_eq!(name, "gen-boundary-eu-central-1");
    let own = "arn:aws:iam::123456789012:policy/organization";
    pipeline.boundary = Boundary::Existing(own.to_owned());
    assert_eq!(boundary(&pipeline), [json!(own)]);
    assert!(!made(&pipeline).resources.contains_key("Boundary"));
}

#[test]
fn what_is_current_never_expires() {
    let template = made(&sample::pipeline());
    let rules = &template.resources["Artifacts"].properties["LifecycleConfiguration"]["Rules"];
    for rule in rules.as_array().unwrap() {
        assert!(rule.get("ExpirationInDays").is_none(), "{rule}");
    }
    assert!(template.resources["Artifacts"].retained);
}

#[test]
fn an_environment_with_a_suffix_has_a_bootstrap_of_its_own() {
    let mut pipeline = sample::pipeline();
    let names = |pipeline: &Pipeline| {
        let name = |one: &Resource| {
            let keys = ["BucketName", "RoleName", "ManagedPolicyName"];
            keys.iter().find_map(|key| one.properties[*key].as_str()).map(str::to_owned)
        };
        made(pipeline).resources.values().filter_map(name).collect::<Vec<_>>()
    };
    let before = names(&pipeline);
    pipeline.environment.suffix = "-test".to_owned();
    let after = names(&pipeline);
    assert_eq!(before.len(), after.len());
    assert!(after.iter().all(|name| !before.contains(name)), "{after:?}");
}

#[test]
fn githubs_provider_is_made_on_request_and_stays() {
    let mut pipeline = sample::pipeline();
    assert!(!made(&pipeline).resources.contains_key("GitHub"));
    pipeline.deployer.github.as_mut().unwrap().makes_provider = true;
    assert!(made(&pipeline).resources["GitHub"].retained);
}

/// A statement that no table of permissions has could hide a `*` without a reason.
#[test]
fn every_star_that_is_emitted_stands_beside_its_reason() {
    for pipeline in variants() {
        let machines = workflow::compile(&pipeline).unwrap();
        let mut known = permissions::tests::policies_with(&pipeline, &machines);
        known.push(("topic key".to_owned(), permissions::topic_key_policy(&pipeline, &[])));
        let reasoned: Vec<_> = known
            .iter()
            .flat_map(|(_, statements)| statements)
            .filter(|statement| statement.reason.is_some())
            .map(permissions::Statement::to_json)
            .collect();
        let stacks = [
            stacks::network::stack(&pipeline).template,
            stacks::storage::stack(&pipeline).template,
            stacks::identity::stack(&pipeline, &machines).template,
            stacks::operations::stack(&pipeline).template,
            made(&pipeline),
        ];
        let mut emitted = Vec::new();
        for template in &stacks {
            starred(&template.clone().into_json(), &mut emitted);
        }
        assert!(emitted.len() > 20, "{}", emitted.len());
        for statement in emitted {
            assert!(known_by_place(&reasoned, &statement), "{statement}");
        }
    }
}

/// What CloudFormation's role looks at follows from the types that are there, so only its name tells it.
fn known_by_place(reasoned: &[Value], statement: &Value) -> bool {
    let same = |one: &&Value| one["Sid"] == statement["Sid"];
    reasoned.contains(statement)
        || reasoned.iter().any(|one| same(&one) && one["Resource"] == "*" && looks(statement))
}

fn looks(statement: &Value) -> bool {
    statement["Sid"].as_str().is_some_and(|sid| sid.starts_with("Look"))
}

/// Collects the statements of all policies that have `*` for an action or a resource.
fn starred(value: &Value, found: &mut Vec<Value>) {
    match value {
        Value::Object(map) if map.contains_key("Effect") => {
            if ["Action", "Resource"].iter().any(|key| is_star(&value[*key])) {
                found.push(value.clone());
            }
        }
        Value::Object(map) => map.values().for_each(|one| starred(one, found)),
        Value::Array(items) => items.iter().for_each(|one| starred(one, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn is_star(element: &Value) -> bool {
    element == "*" || element.as_array().is_some_and(|items| items.iter().any(|one| one == "*"))
}
