use std::collections::BTreeMap;

use super::*;
use crate::model::{Area, Detour, Pipeline, Verb, sample};
use crate::stacks::{catalog, identity, network, storage};
use crate::template::Stack;
use crate::workflow::{self, StateMachine};

fn sample() -> (Pipeline, Vec<StateMachine>, Grants) {
    let pipeline = sample::pipeline();
    let (machines, grants) = emitted(&pipeline);
    (pipeline, machines, grants)
}

fn emitted(pipeline: &Pipeline) -> (Vec<StateMachine>, Grants) {
    let machines = workflow::compile(pipeline).unwrap();
    let mut stacks = vec![network::stack(pipeline), storage::stack(pipeline)];
    stacks.push(identity::stack(pipeline, &machines));
    stacks.extend(catalog::stacks(pipeline).unwrap().iter().map(|part| part.stack(pipeline)));
    let mut grants = Grants::default();
    for Stack { template, .. } in stacks {
        grants.extend(Grants::read(pipeline, &template.into_json()));
    }
    grants.complete();
    (machines, grants)
}

fn asked(role: &str, action: &str, resource: &str, way: Way) -> Result<Answer, String> {
    let (pipeline, machines, grants) = sample();
    let question = Question { role, action, resource, way, context: Vec::new() };
    why(&pipeline, &grants, &machines, &question)
}

#[test]
fn every_policy_is_judged() {
    // The bootstrap stack, which holds the boundary, is not among those that are read here.
    let boundary = "`arn:aws:iam::123456789012:policy/gen-boundary-eu-central-1`";
    assert_eq!(sample().2.unknown, [format!("{boundary}, the boundary: less may be allowed")]);
}

#[test]
fn an_analyst_reads_prod_through_athena_only() {
    let (pipeline, _, grants) = sample();
    let rows = rows(&pipeline, &grants);
    let prod: BTreeMap<_, _> = rows
        .iter()
        .filter(|row| row.who == "analyst" && row.place.starts_with("prod"))
        .map(|row| (row.from.clone(), row.may.clone()))
        .collect();
    assert_eq!(prod, [(vec![Way::Athena], vec!["read", "list"])].into());
}

#[test]
fn a_yes_names_the_statement_and_the_capability() {
    let answer =
        asked("lambda_terminate_emr", "elasticmapreduce:terminatejobflows", "cluster", Way::Vpc);
    let answer = answer.unwrap();
    assert!(answer.allowed);
    assert_eq!(answer.action, "elasticmapreduce:TerminateJobFlows");
    assert!(answer.findings[0].text.contains("statement `TerminateCluster`"), "{answer:?}");
    assert_eq!(answer.findings[0].origin.as_ref().unwrap().what, "terminate_cluster");
}

#[test]
fn a_no_names_the_deny_or_the_nearest_statement() {
    let outside = asked("landing_writer", "s3:PutObject", "landing", Way::Internet).unwrap();
    assert!(!outside.allowed);
    assert!(outside.findings[0].text.starts_with("denied by statement `"), "{outside:?}");
    let elsewhere = asked("landing_writer", "s3:PutObject", "stage", Way::Vpc).unwrap();
    assert!(elsewhere.findings[0].text.ends_with("names other resources"), "{elsewhere:?}");
    let other = asked("Master", "states:StartExecution", "Master", Way::Internet).unwrap();
    assert!(!other.allowed);
}

#[test]
fn a_slip_in_a_name_is_told_with_the_nearest() {
    let told = |role, action, resource| asked(role, action, resource, Way::Vpc).unwrap_err();
    assert!(told("analist", "s3:GetObject", "prod").contains("did you mean `analyst`?"));
    assert!(told("analyst", "s3:GetObjekt", "prod").contains("did you mean `s3:GetObject`?"));
    assert!(told("analyst", "s3:GetObject", "prodd").contains("did you mean `prod`?"));
    assert!(told("analyst", "s3:GetObject", "topic").contains("does not act on `topic`"));
}

#[test]
fn whoever_was_given_data_takes_no_detour_to_it() {
    let (pipeline, machines, grants) = sample();
    assert_eq!(detours(&pipeline, &grants, &machines), []);
}

#[test]
fn a_detour_shows_what_was_not_given_and_no_more() {
    let mut pipeline = sample::pipeline();
    let mut ways = |group: usize, verb| {
        let span = pipeline.groups[group].span;
        pipeline.groups[group].verbs.push((verb, span));
    };
    ways(0, Verb::Read(Area::Results));
    ways(3, Verb::Write(Area::Libs));
    ways(3, Verb::QueryDatabase("dimension_db".to_owned()));
    let (machines, grants) = emitted(&pipeline);
    let sights = detours(&pipeline, &grants, &machines);
    let seen: Vec<_> =
        sights.iter().map(|one| (one.group.as_str(), one.by, one.what.join(" "))).collect();
    let wanted = [
        ("analyst", Detour::Results, "stage rejected".to_owned()),
        ("operator", Detour::Scripts, "landing stage fact_db archive rejected".to_owned()),
    ];
    assert_eq!(seen, wanted);
}
