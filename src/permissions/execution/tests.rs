use std::collections::BTreeSet;

use crate::aws::iam::{self, AccessLevel};
use crate::model::{Boundary, Pipeline, sample};
use crate::permissions::Effect;
use crate::permissions::tests::variants::variants;

use super::*;

fn all(pipeline: &Pipeline) -> Vec<Statement> {
    policies(pipeline, types()).into_iter().flat_map(|policy| policy.statements).collect()
}

fn has(statement: &Statement, action: &str) -> bool {
    statement.actions.iter().any(|found| found == action)
}

fn condition<'a>(statement: &'a Statement, key: &str) -> Option<&'a [String]> {
    statement.conditions.iter().find(|one| one.key == key).map(|one| one.values.as_slice())
}

#[test]
fn roles_are_made_and_changed_only_with_the_boundary() {
    let pipeline = sample::pipeline();
    let boundary = pipeline.boundary_arn().unwrap();
    let level = |action: &str| iam::action(action).unwrap().access_level();
    let statements = all(&pipeline);
    let changing = statements.iter().filter(|statement| {
        let grants = |action: &String| {
            action.contains("Role") && level(action) == AccessLevel::PermissionsManagement
        };
        statement.actions.iter().any(grants) && !has(statement, "iam:PassRole")
    });
    let changing: Vec<_> = changing.collect();
    assert!(!changing.is_empty());
    for statement in changing {
        assert_eq!(condition(statement, "iam:PermissionsBoundary"), Some(&[boundary.clone()][..]));
    }
    for never in ["iam:AttachRolePolicy", "iam:DeleteRolePermissionsBoundary", "iam:CreateUser"] {
        assert!(!statements.iter().any(|statement| has(statement, never)), "{never}");
    }
}

#[test]
fn only_the_pipelines_roles_are_made_and_passed() {
    for pipeline in variants() {
        let statements = all(&pipeline);
        let iam = statements.iter().filter(|one| one.actions[0].starts_with("iam:"));
        for arn in iam.flat_map(|one| &one.resources) {
            assert!(arn.contains("/data_pipeline-"), "{arn}");
        }
        let passing = statements.iter().filter(|one| has(one, "iam:PassRole"));
        let to = |one: &Statement| condition(one, "iam:PassedToService").unwrap().to_vec();
        let services: Vec<_> = passing.flat_map(to).collect();
        assert!(services.iter().any(|one| one == "lambda.amazonaws.com"), "{services:?}");
        assert!(!services.iter().any(|one| one.starts_with("cloudformation")), "{services:?}");
    }
}

#[test]
fn data_is_out_of_reach() {
    for pipeline in variants() {
        let data = format!("{}/", pipeline.bucket_arn());
        for statement in all(&pipeline) {
            let reaches = |arn: &String| arn.starts_with(&data) || arn.ends_with(":s3:::*");
            assert!(!statement.resources.iter().any(reaches), "{}", statement.sid);
        }
    }
}

#[test]
fn a_star_looks_and_changes_nothing() {
    for pipeline in variants() {
        for statement in all(&pipeline).iter().filter(|one| one.resources == ["*"]) {
            assert!(statement.reason.is_some(), "{}", statement.sid);
            let writes = |action: &&String| {
                let level = iam::action(action).unwrap().access_level();
                !matches!(level, AccessLevel::List | AccessLevel::Read)
            };
            let writes: Vec<_> = statement.actions.iter().filter(writes).collect();
            let bounded = condition(statement, "aws:RequestTag/pipeline").is_some();
            assert!(writes.is_empty() || bounded, "{writes:?}");
        }
    }
}

#[test]
fn what_ec2_made_is_changed_by_its_tag_only() {
    let statements = all(&sample::pipeline());
    for action in ["ec2:DeleteVpc", "ec2:DeleteTags", "ec2:ModifyVpcEndpoint"] {
        for statement in statements.iter().filter(|one| has(one, action)) {
            assert!(condition(statement, "aws:ResourceTag/pipeline").is_some(), "{action}");
        }
    }
    let tags = statements.iter().filter(|one| has(one, "ec2:CreateTags"));
    for statement in tags {
        let creation = condition(statement, "ec2:CreateAction").is_some();
        assert!(creation || condition(statement, "aws:ResourceTag/pipeline").is_some());
    }
}

#[test]
fn things_that_were_there_are_used_and_never_deleted() {
    let pipeline = &variants()[1];
    let named = |arn: &String| arn.ends_with("vpc/vpc-0123456789abcdef0");
    let uses: Vec<_> =
        all(pipeline).into_iter().filter(|one| one.resources.iter().any(named)).collect();
    let actions: BTreeSet<_> = uses.iter().flat_map(|one| &one.actions).collect();
    assert!(actions.iter().any(|action| *action == "ec2:CreateSecurityGroup"));
    assert!(actions.iter().all(|action| !action.contains("Delete") && !action.contains("Tag")));
}

#[test]
fn functions_have_a_network() {
    for pipeline in variants() {
        let statements = all(&pipeline);
        let makes = statements.iter().filter(|one| has(one, "lambda:CreateFunction"));
        for statement in makes {
            let null = statement.conditions.iter().find(|one| one.operator == "Null").unwrap();
            assert_eq!(
                (null.key.as_str(), &null.values[..]),
                ("lambda:VpcIds", &["false".to_owned()][..])
            );
        }
    }
}

/// Each action stands in one of the policies, so a type that the stacks gain changes what is emitted.
#[test]
fn what_the_handlers_call_is_granted_or_left_out_by_rule() {
    let granted: BTreeSet<String> =
        all(&sample::pipeline()).into_iter().flat_map(|one| one.actions).collect();
    for name in types() {
        for actions in derive::of(name).into_values() {
            let missing: Vec<_> = actions.difference(&granted).collect();
            assert!(missing.is_empty(), "{name}: {missing:?}");
        }
    }
    assert!(!granted.iter().any(|action| action.starts_with("codedeploy:")));
}

#[test]
fn a_type_that_comes_by_hand_is_bound_to_account_and_region() {
    let pipeline = sample::pipeline();
    let policies = policies(&pipeline, ["AWS::SQS::Queue"]);
    let others = policies.iter().find(|policy| policy.name == "others").unwrap();
    let create = others.statements.iter().find(|one| has(one, "sqs:CreateQueue")).unwrap();
    assert_eq!(create.resources, ["arn:aws:sqs:eu-central-1:123456789012:*"]);
}

#[test]
fn very_many_functions_take_more_policies_and_keep_the_others() {
    let mut pipeline = sample::pipeline();
    let before: Vec<_> = policies(&pipeline, types()).into_iter().map(|one| one.name).collect();
    for n in 0..60 {
        let mut lambda = pipeline.lambdas[0].clone();
        lambda.name = sample::name(&format!("lambda_of_another_step_{n}"));
        pipeline.lambdas.push(lambda);
    }
    let after: Vec<_> = policies(&pipeline, types()).into_iter().map(|one| one.name).collect();
    assert!(before.iter().all(|name| after.contains(name)));
    assert!(after.len() > before.len());
    assert!(all(&pipeline).iter().all(|one| one.effect == Effect::Allow));
}

#[test]
fn without_a_boundary_only_names_bound_the_roles() {
    let mut pipeline = sample::pipeline();
    pipeline.boundary = Boundary::None;
    let statements = all(&pipeline);
    let create = statements.iter().find(|one| has(one, "iam:CreateRole")).unwrap();
    assert!(create.conditions.is_empty());
}
