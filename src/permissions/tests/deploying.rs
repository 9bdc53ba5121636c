//! What deploys, what bounds all roles, and who may assume what.

use super::*;
use crate::model::{Foreign, GitHub, Runs, Trusted};
use crate::permissions::{
    artifact_policy, boundary, break_glass, deployer, execution, execution_policies,
};

/// The policies of the bootstrap stack for stacks that hold whatever they may.
pub(super) fn policies(
    pipeline: &Pipeline,
    machines: &[StateMachine],
) -> Vec<(String, Vec<Statement>)> {
    let stacks = ["network", "catalog", "catalog-07"];
    let mut all = vec![
        ("artifacts".to_owned(), artifact_policy(pipeline)),
        ("boundary".to_owned(), boundary(pipeline, machines)),
        ("deployer".to_owned(), deployer(pipeline, stacks).statements),
    ];
    all.extend(break_glass(pipeline).map(|role| (role.purpose, role.statements)));
    let by_hand = ["AWS::EC2::Instance", "AWS::SQS::Queue"];
    let policies = execution_policies(pipeline, execution::types().chain(by_hand));
    all.extend(policies.into_iter().map(|policy| (policy.name, policy.statements)));
    all
}

fn bounds(one: &Statement, action: &str, resource: &str) -> bool {
    let fits = |pattern: &String, text: &str| match pattern.split_once('*') {
        Some((start, end)) => text.starts_with(start) && text.ends_with(end),
        None => pattern == text,
    };
    one.actions.iter().any(|known| fits(known, action))
        && one.resources.iter().any(|known| fits(known, resource))
}

/// A value that exists only after creation stands for any name there.
#[test]
fn the_boundary_lets_every_role_do_what_it_may() {
    for pipeline in variants() {
        let boundary = boundary(&pipeline, &workflow::compile(&pipeline).unwrap());
        for role in roles_of(&pipeline) {
            let allows = role.statements.iter().filter(|one| one.effect == Effect::Allow);
            for statement in allows {
                for (action, resource) in pairs(statement) {
                    let resource = resource.replace("${DataKeyArn}", &pipeline.arn("kms", "key/x"));
                    let bounded = boundary.iter().any(|one| bounds(one, action, &resource));
                    assert!(bounded, "{}: {action} on {resource}", role.purpose);
                }
            }
        }
    }
}

fn pairs(statement: &Statement) -> impl Iterator<Item = (&str, &String)> {
    let resources = || statement.resources.iter();
    statement
        .actions
        .iter()
        .flat_map(move |action| resources().map(move |arn| (action.as_str(), arn)))
}

#[test]
fn the_boundary_lets_no_role_make_another() {
    for pipeline in variants() {
        let boundary = boundary(&pipeline, &workflow::compile(&pipeline).unwrap());
        let actions = boundary.iter().flat_map(|one| &one.actions);
        for action in actions {
            assert!(!action.starts_with("iam:") || action == "iam:PassRole", "{action}");
            assert!(!action.starts_with("sts:") && !action.ends_with(":*"), "{action}");
        }
    }
}

#[test]
fn ci_deploys_with_the_execution_role_and_passes_no_other() {
    let pipeline = sample::pipeline();
    let role = deployer(&pipeline, ["network", "catalog-07"]);
    let deploy = named(&role.statements, "DeployWithRole");
    assert_eq!(deploy.conditions[0].key, "cloudformation:RoleArn");
    assert_eq!(deploy.conditions[0].values, [pipeline.execution_role_arn()]);
    let stack =
        |name: &str| pipeline.arn("cloudformation", &format!("stack/data-pipeline-{name}/*"));
    assert_eq!(deploy.resources, [stack("catalog-*"), stack("network")]);
    let passed: Vec<_> = role
        .statements
        .iter()
        .filter(|one| one.actions.iter().any(|action| action == "iam:PassRole"))
        .flat_map(|one| &one.resources)
        .collect();
    assert_eq!(passed, [&pipeline.execution_role_arn()]);
}

#[test]
fn ci_writes_libs_and_reads_no_data() {
    let pipeline = sample::pipeline();
    let role = deployer(&pipeline, ["network"]);
    let inside = format!("{}/", pipeline.bucket_arn());
    let objects = role.statements.iter().flat_map(|one| &one.resources);
    let objects: Vec<_> = objects.filter(|arn| arn.starts_with(&inside)).collect();
    assert_eq!(objects, [&pipeline.object_arn("data-workflows/prod/libs/*")]);
}

#[test]
fn workflows_of_one_repository_and_environment_assume_the_deployer() {
    let mut pipeline = sample::pipeline();
    let condition =
        |pipeline: &Pipeline| deployer(pipeline, [""]).trust[0].to_json()["Condition"].clone();
    let host = "token.actions.githubusercontent.com";
    let expected = |aud: &str, sub: &str| json!({"StringEquals": {format!("{host}:aud"): aud, format!("{host}:sub"): sub}});
    let repository = "repo:example/pipelines";
    let environment = format!("{repository}:environment:dev");
    assert_eq!(condition(&pipeline), expected("sts.amazonaws.com", &environment));
    pipeline.deployer.github = Some(GitHub {
        repository: "example/pipelines".to_owned(),
        runs: Runs::Branch("main".to_owned()),
        makes_provider: true,
    });
    pipeline.environment.partition = crate::model::Partition::China;
    let branch = format!("{repository}:ref:refs/heads/main");
    assert_eq!(condition(&pipeline), expected("sts.amazonaws.com.cn", &branch));
}

#[test]
fn other_accounts_bring_their_external_id() {
    let mut pipeline = sample::pipeline();
    pipeline.groups[0].assumed_by.push(Trusted::Account("444455556666".to_owned()));
    pipeline.groups[0].foreign = Foreign {
        external_id: Some("partner-7".to_owned()),
        organization: Some("o-a1b2c3d4e5".to_owned()),
    };
    let trust = role(&pipeline, "analyst").trust;
    assert_eq!(named(&trust, "GroupAssumes").conditions, []);
    let others = named(&trust, "OthersAssume").to_json();
    assert_eq!(others["Principal"]["AWS"], "arn:aws:iam::444455556666:root");
    let expected = json!({"sts:ExternalId": "partner-7", "aws:PrincipalOrgID": "o-a1b2c3d4e5"});
    assert_eq!(others["Condition"]["StringEquals"], expected);
}

#[test]
fn emergencies_take_a_second_factor_or_a_role_that_is_there() {
    let mut pipeline = sample::pipeline();
    let trust = break_glass(&pipeline).unwrap().trust[0].to_json();
    assert_eq!(trust["Condition"]["Bool"]["aws:MultiFactorAuthPresent"], "true");
    pipeline.workarea.break_glass = vec!["arn:aws:iam::123456789012:role/emergency".to_owned()];
    assert!(break_glass(&pipeline).is_none());
}
