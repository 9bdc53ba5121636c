//! Clusters, executions, functions, messages.

use std::collections::BTreeSet;

use pipeline::model::{Name, Pipeline};

use super::tagged;
use crate::case::Case;
use crate::request::{Place, Probe, STRANGER};

/// The tag that EMR's service role asks for.
pub(crate) const EMR_TAG: &str = "for-use-with-amazon-emr-managed-policies";

const CLUSTER: [&str; 13] = [
    "AddJobFlowSteps",
    "AddTags",
    "CancelSteps",
    "DescribeCluster",
    "DescribeStep",
    "ListInstanceFleets",
    "ListInstances",
    "ListSteps",
    "ModifyInstanceFleet",
    "PutManagedScalingPolicy",
    "RemoveTags",
    "SetTerminationProtection",
    "TerminateJobFlows",
];
const MACHINE: [&str; 5] = [
    "DeleteStateMachine",
    "DescribeStateMachine",
    "ListExecutions",
    "StartExecution",
    "UpdateStateMachine",
];
const EXECUTION: [&str; 4] =
    ["DescribeExecution", "GetExecutionHistory", "RedriveExecution", "StopExecution"];

/// Returns the questions.
pub(crate) fn probes(case: &Case) -> Vec<Probe> {
    let mut probes = clusters(case);
    probes.extend(launches(case));
    probes.extend(executions(&case.pipeline));
    probes.extend(functions(&case.pipeline));
    probes.extend(topics(&case.pipeline));
    probes
}

/// From within, from outside, and by a service that got a request from within.
fn inside_and_out(probe: &Probe) -> [Probe; 3] {
    [probe.clone(), probe.from(Place::Internet), probe.via("cloudformation.amazonaws.com")]
}

fn clusters(case: &Case) -> Vec<Probe> {
    let arn = case.pipeline.arn("elasticmapreduce", "cluster/j-1");
    let mut probes = Vec::new();
    for action in CLUSTER {
        let probe = Probe::new(&format!("elasticmapreduce:{action}"), &arn);
        let tagged = tagged(case, &probe);
        probes.push(Probe { resource: elsewhere(&case.pipeline, &arn), ..tagged[0].clone() });
        probes.extend(tagged.iter().flat_map(inside_and_out));
    }
    let strange = arn.replace(&case.pipeline.environment.account, STRANGER);
    probes.extend(inside_and_out(&Probe::new("elasticmapreduce:DescribeCluster", strange)));
    let list = Probe::new("elasticmapreduce:ListClusters", "*");
    probes.extend(inside_and_out(&list));
    probes
}

/// Returns the same in another region.
pub(crate) fn elsewhere(pipeline: &Pipeline, arn: &str) -> String {
    arn.replacen(&format!(":{}:", pipeline.environment.region), ":eu-north-1:", 1)
}

/// Launches with the right tags, without each of them, with each of them wrong, and with one more.
fn launches(case: &Case) -> Vec<Probe> {
    let run = Probe::new("elasticmapreduce:RunJobFlow", "*");
    let right = right_tags(&case.pipeline);
    let with = |tags: &[(String, String)]| {
        let keys: Vec<_> = tags.iter().map(|(key, _)| key.as_str()).collect();
        let probe = tags.iter().fold(run.clone(), |probe, (key, value)| {
            probe.with(&format!("aws:RequestTag/{key}"), value)
        });
        probe.with_all("aws:TagKeys", &keys)
    };
    let mut probes = inside_and_out(&with(&right)).to_vec();
    for index in 0..right.len() {
        let mut without = right.clone();
        without.remove(index);
        let mut wrong = right.clone();
        "another".clone_into(&mut wrong[index].1);
        probes.extend([with(&without), with(&wrong)]);
    }
    let more = [right.clone(), vec![("strange".to_owned(), "tag".to_owned())]].concat();
    probes.extend([with(&more), with(&right[..0]), run.clone()]);
    // Whoever can tag a cluster of others makes it the pipeline's.
    let tag = with(&right);
    let other = case.pipeline.arn("elasticmapreduce", "cluster/j-1");
    probes.push(Probe { action: "elasticmapreduce:AddTags".to_owned(), resource: other, ..tag });
    probes
}

/// Returns the tags that the launch puts on a cluster.
pub(crate) fn right_tags(pipeline: &Pipeline) -> Vec<(String, String)> {
    let mut tags: Vec<_> =
        pipeline.tags.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    tags.push((EMR_TAG.to_owned(), "true".to_owned()));
    for key in ["RequestId", "ExecutionName", "keep_until"] {
        tags.push((key.to_owned(), "some".to_owned()));
    }
    tags
}

fn executions(pipeline: &Pipeline) -> Vec<Probe> {
    let mut probes = Vec::new();
    let mut names: BTreeSet<String> =
        pipeline.machines.iter().map(|machine| pipeline.machine_name(&machine.name)).collect();
    let alike: Vec<_> = names.iter().map(|name| format!("{name}x")).collect();
    names.extend(alike);
    names.insert("another_pipeline_v1.0_Master".to_owned());
    for name in &names {
        let machine = pipeline.arn("states", &format!("stateMachine:{name}"));
        for action in MACHINE {
            let probe = Probe::new(&format!("states:{action}"), &machine);
            probes.extend(inside_and_out(&probe));
        }
        for id in [format!("{name}:run"), format!("{name}/map:run")] {
            let execution = pipeline.arn("states", &format!("execution:{id}"));
            for action in EXECUTION {
                let probe = Probe::new(&format!("states:{action}"), &execution);
                probes.extend(inside_and_out(&probe));
            }
        }
    }
    let strange = format!("stateMachine:{}", pipeline.name);
    let strange = pipeline.arn("states", &strange).replace(&pipeline.environment.account, STRANGER);
    probes.extend(inside_and_out(&Probe::new("states:StartExecution", strange)));
    probes.extend(inside_and_out(&Probe::new("states:ListStateMachines", "*")));
    probes
}

fn functions(pipeline: &Pipeline) -> Vec<Probe> {
    let strange = pipeline.arn("lambda", "function:another:live");
    let mut arns = vec![strange];
    for lambda in &pipeline.lambdas {
        let alias = pipeline.alias_arn(&lambda.name);
        arns.extend([format!("{alias}x"), alias, pipeline.lambda_arn(&lambda.name)]);
    }
    arns.iter().map(|arn| Probe::new("lambda:InvokeFunction", arn)).collect()
}

fn topics(pipeline: &Pipeline) -> Vec<Probe> {
    let own = pipeline.topic_arn();
    let foreign = own.replace(&pipeline.environment.account, STRANGER);
    let mut probes = Vec::new();
    for topic in [own.clone(), format!("{own}x"), pipeline.arn("sns", "another"), foreign] {
        for action in ["Publish", "Subscribe", "SetTopicAttributes"] {
            let probe = Probe::new(&format!("sns:{action}"), &topic);
            probes.extend(inside_and_out(&probe));
            probes.push(Probe { tls: None, ..probe });
        }
    }
    probes
}

/// Returns what a definition calls: the Lambdas by name.
pub(crate) fn called<'a>(case: &'a Case, machine: &Name) -> BTreeSet<&'a Name> {
    let name = case.pipeline.machine_name(machine);
    let text = case.machines[&name].to_string();
    let alias = |lambda: &Name| format!("\"{}\"", case.pipeline.alias_arn(lambda));
    let names = case.pipeline.lambdas.iter().map(|lambda| &lambda.name);
    names.filter(|lambda| text.contains(&alias(lambda))).collect()
}

/// Returns the state machines that a definition names: those that it starts.
pub(crate) fn started<'a>(case: &'a Case, machine: &Name) -> BTreeSet<&'a Name> {
    let name = case.pipeline.machine_name(machine);
    let text = case.machines[&name].to_string();
    let arn = |other: &Name| format!("{}\"", case.pipeline.machine_arn(other));
    let names = case.pipeline.machines.iter().map(|machine| &machine.name);
    names.filter(|other| *other != machine && text.contains(&arn(other))).collect()
}

/// Tells whether a definition starts executions of itself.
pub(crate) fn is_distributed(case: &Case, machine: &Name) -> bool {
    case.machines[&case.pipeline.machine_name(machine)].to_string().contains("\"DISTRIBUTED\"")
}
