//! Every action of every service that some policy names, on something of the pipeline's, in the best of circumstances.

use std::collections::BTreeSet;

use pipeline::aws::iam::{self, Action};
use pipeline::model::Pipeline;

use super::compute::EMR_TAG;
use crate::case::Case;
use crate::request::{Place, Probe};

const SERVICES: [&str; 12] = [
    "athena",
    "ec2",
    "elasticmapreduce",
    "glue",
    "iam",
    "kms",
    "lambda",
    "logs",
    "s3",
    "sns",
    "states",
    "sts",
];

/// Returns the questions. `GetCallerIdentity` is none: STS answers it whatever the policies say (STS API).
pub(crate) fn probes(case: &Case) -> Vec<Probe> {
    let services = SERVICES.iter().flat_map(|service| iam::actions(&format!("{service}:*")));
    let actions = services.filter(|action| action.name() != "sts:GetCallerIdentity");
    actions.flat_map(|action| questions(&case.pipeline, &action)).collect()
}

fn questions(pipeline: &Pipeline, action: &Action) -> Vec<Probe> {
    let mut probes = Vec::new();
    for resource in resources(pipeline, action) {
        let probe = Probe::new(&action.name(), resource)
            .with("aws:ResourceTag/pipeline", &pipeline.tags["pipeline"])
            .with("aws:ResourceTag/environment", &pipeline.environment.name)
            .with(&format!("aws:ResourceTag/{EMR_TAG}"), "true");
        if ["s3", "elasticmapreduce", "states", "sns"].contains(&probe.service()) {
            probes.push(probe.clone());
        }
        probes.push(probe.from(Place::Internet));
    }
    probes
}

/// Returns something of the pipeline's of each type on which the action acts; AWS's own things are not the pipeline's. A type
/// such as `catalog*` has its shortest name: nobody asks for a pattern.
fn resources(pipeline: &Pipeline, action: &Action) -> BTreeSet<String> {
    let patterns = action.resource_patterns();
    if patterns.is_empty() {
        return ["*".to_owned()].into();
    }
    let place = &pipeline.environment;
    let known = [
        ("${Partition}", place.partition.id().to_owned()),
        ("${Region}", place.region.clone()),
        ("${Account}", place.account.clone()),
        ("${BucketName}", pipeline.workarea.bucket.to_string()),
        ("${ObjectName}", format!("{}/a", pipeline.area_prefix(pipeline::model::Area::Prod))),
        ("${WorkGroupName}", pipeline.name.to_string()),
        ("${Alias}", pipeline.alias().to_owned()),
        ("${TopicName}", pipeline.name.to_string()),
    ];
    let filled = patterns.into_iter().map(|pattern| {
        let value = |arn: String, (variable, value): &(&str, String)| arn.replace(variable, value);
        fill(&known.iter().fold(pattern.replace('*', ""), value))
    });
    filled.filter(|arn| arn.split(':').nth(4) != Some("aws")).collect()
}

fn fill(text: &str) -> String {
    match text.split_once("${") {
        None => text.to_owned(),
        Some((before, rest)) => {
            let after = rest.split_once('}').map_or("", |(_, after)| after);
            format!("{before}some{}", fill(after))
        }
    }
}
