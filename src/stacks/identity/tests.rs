use std::collections::BTreeSet;

use crate::aws::schema;
use crate::model::{Trusted, sample};
use crate::permissions::size;
use crate::permissions::tests::variants::variants;
use crate::template::From;
use crate::{stacks, workflow};

use super::{role_id, stack};

#[test]
fn every_resource_is_what_its_schema_says_and_fits() {
    for pipeline in variants() {
        let template = stack(&pipeline, &workflow::compile(&pipeline).unwrap()).template;
        assert_eq!(size::check(&template), []);
        for (id, resource) in &template.resources {
            assert_eq!(schema::check(&resource.kind, &resource.properties), [], "{id}");
        }
    }
}

#[test]
fn parameters_are_outputs_of_the_stacks_before() {
    for pipeline in variants() {
        let before = [stacks::network::stack(&pipeline), stacks::storage::stack(&pipeline)];
        let outputs: BTreeSet<_> = before
            .iter()
            .flat_map(|stack| {
                stack.template.outputs.keys().map(|name| (stack.name.clone(), name.clone()))
            })
            .collect();
        let template = stack(&pipeline, &workflow::compile(&pipeline).unwrap()).template;
        for (name, parameter) in &template.parameters {
            let From::Output { stack, output } = &parameter.from else { panic!("{name}") };
            assert!(outputs.contains(&(stack.clone(), output.clone())), "{name}");
        }
    }
}

#[test]
fn there_is_a_role_for_everything_that_acts() {
    let pipeline = sample::pipeline();
    let template = stack(&pipeline, &workflow::compile(&pipeline).unwrap()).template;
    let roles = template.resources.values().filter(|one| one.kind == "AWS::IAM::Role").count();
    let machines = pipeline.machines.len();
    assert_eq!(roles, pipeline.lambdas.len() + machines + pipeline.groups.len() + 3);
    let profile = &template.resources["EmrNodesProfile"].properties;
    let role = &template.resources["EmrNodesRole"].properties;
    assert_eq!(profile["InstanceProfileName"], role["RoleName"]);
}

#[test]
fn a_role_comes_after_those_of_the_stack_that_may_assume_it() {
    let mut pipeline = sample::pipeline();
    let caller = pipeline.lambdas[0].name.to_string();
    let arn = pipeline.role_arn(&caller);
    pipeline.groups[0].assumed_by.push(Trusted::Principal(arn));
    let template = stack(&pipeline, &workflow::compile(&pipeline).unwrap()).template;
    let depends_on = |purpose: &str| &template.resources[&role_id(purpose)].depends_on;
    assert_eq!(*depends_on(pipeline.groups[0].name.as_str()), [role_id(&caller)]);
    assert!(depends_on(&caller).is_empty());
}
