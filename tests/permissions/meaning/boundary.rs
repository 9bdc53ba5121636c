//! What the boundary is meant to let a role do at most: what some role of the pipeline does, with the names of tables,
//! functions and machines left open, and requests for objects too.

use std::collections::{BTreeMap, BTreeSet};

use pipeline::aws::service;
use pipeline::model::Pipeline;

use super::{Use, When};
use crate::case::Case;
use crate::principal::{Kind, ours};
use crate::probes::compute::EMR_TAG;

/// Uses that one statement of the boundary may be about: of a service, on names or on everything, under the same conditions.
type Key = (String, bool, String);

/// Actions, resources and conditions.
type Part = (BTreeSet<String>, BTreeSet<String>, Vec<When>);

/// Returns what a role is let do, whatever its own policies say.
pub(super) fn uses(case: &Case) -> Vec<Use> {
    let pipeline = &case.pipeline;
    let roles = ours(case).into_iter().filter(|who| !matches!(who.kind, Kind::Member(_)));
    let mut all: Vec<_> = roles.flat_map(|who| super::uses(case, &who)).collect();
    all.extend(super::service::flow_logs(pipeline));
    let mut parts: BTreeMap<Key, Part> = BTreeMap::new();
    for one in all {
        for action in &one.actions {
            let (service, when) =
                (action.split(':').next().expect("a text has a first part"), known(&one, action));
            let key = (service.to_owned(), one.resources == ["*"], format!("{when:?}"));
            let (actions, resources, whens) = parts.entry(key).or_default();
            actions.insert(action.clone());
            resources.extend(one.resources.iter().map(|arn| widened(pipeline, service, arn)));
            *whens = when;
        }
    }
    let bounded = parts.into_values().map(|(actions, resources, when)| Use {
        actions: actions.into_iter().collect(),
        resources: resources.into_iter().collect(),
        when,
    });
    bounded.chain([looks(), topic_key(pipeline)]).collect()
}

/// The conditions whose values are known before anything is made, but those of requests for objects, and of EC2 all but EMR's tag.
fn known(one: &Use, action: &str) -> Vec<When> {
    let is_known = |when: &&When| match when {
        When::Key(key, _) => {
            let is_left =
                action.starts_with("ec2:") && key.contains("Tag/") && !key.ends_with(EMR_TAG);
            !is_left
                && key != "ec2:Vpc"
                && !action.starts_with("s3:")
                && !action.starts_with("ec2:Describe")
        }
        When::Like(..)
        | When::Among(..)
        | When::ViaAthena
        | When::Through(_)
        | When::InVpc
        | When::ByService => false,
    };
    one.when.iter().filter(is_known).cloned().collect()
}

fn widened(pipeline: &Pipeline, service: &str, arn: &str) -> String {
    let what = arn.splitn(6, ':').nth(5).unwrap_or_default();
    match service {
        "s3" if what.contains('/') => pipeline.object_arn("*"),
        "athena" => pipeline.arn("athena", &format!("workgroup/{}-*", pipeline.name)),
        "ec2" if !what.starts_with("image/") && arn != "*" => pipeline.arn("ec2", "*"),
        "glue" if what.starts_with("table/") => {
            let database = what.split('/').nth(1).expect("a table is in one");
            pipeline.table_arn(database, "*")
        }
        "glue" if what.starts_with("userDefinedFunction/") => {
            pipeline.arn("glue", "userDefinedFunction/*")
        }
        "kms" => pipeline.arn("kms", "key/*"),
        "lambda" => pipeline.arn("lambda", &format!("function:*:{}", pipeline.alias())),
        "logs" if arn != "*" => pipeline.arn("logs", "log-group:/aws/*"),
        "states" if arn != "*" => {
            let kind = what.split(':').next().expect("a text has a first part");
            pipeline.arn("states", &format!("{kind}:{}_v*", pipeline.name))
        }
        _ => arn.to_owned(),
    }
}

/// Whoever may look at some of EC2 may look at all of it.
fn looks() -> Use {
    let all = pipeline::aws::iam::actions("ec2:Describe*");
    let names: Vec<_> = all.iter().map(pipeline::aws::iam::Action::name).collect();
    Use { actions: names, resources: vec!["*".to_owned()], when: Vec::new() }
}

/// Whoever publishes encrypts for the topic.
fn topic_key(pipeline: &Pipeline) -> Use {
    let host = service::host(&pipeline.environment.region, "sns");
    let actions = pipeline::aws::iam::actions("kms:GenerateDataKey*");
    let mut names: Vec<_> = actions.iter().map(pipeline::aws::iam::Action::name).collect();
    names.push("kms:Decrypt".to_owned());
    Use {
        actions: names,
        resources: vec![pipeline.arn("kms", "key/*")],
        when: vec![When::Key("kms:ViaService".to_owned(), vec![host])],
    }
}
