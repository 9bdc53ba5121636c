//! What is asked of the policies: by rule from the model, the same questions for every principal.

pub(crate) mod bootstrap;
pub(crate) mod compute;
pub(crate) mod data;
pub(crate) mod ec2;
pub(crate) mod execution;
pub(crate) mod iam;
pub(crate) mod objects;
pub(crate) mod services;
pub(crate) mod sweep;

use pipeline::model::Pipeline;

use crate::case::Case;
use crate::request::{OTHER_ENDPOINT, Place, Probe};

/// Returns every question.
pub(crate) fn all(case: &Case) -> Vec<Probe> {
    let mut probes = objects::probes(case);
    probes.extend(data::probes(case));
    probes.extend(compute::probes(case));
    probes.extend(ec2::probes(case));
    probes.extend(iam::probes(case));
    probes.extend(sweep::probes(case));
    probes
}

/// Returns the places that requests come from.
pub(crate) fn places() -> [Place; 3] {
    [Place::OwnVpc, Place::Endpoint(OTHER_ENDPOINT.to_owned()), Place::Internet]
}

/// The buckets of others that requests from the VPC may aim at; whoever owns them lets everyone in.
pub(crate) fn strange_buckets(pipeline: &Pipeline) -> Vec<String> {
    let place = &pipeline.environment;
    let mut buckets = pipeline::aws::release::repositories(&place.region);
    buckets.push(pipeline::aws::release::system_logs(&place.region));
    buckets.push(pipeline::aws::release::application_history(&place.region));
    buckets.push("bucket-of-a-stranger".to_owned());
    buckets
}

/// Tells whether an ARN is that of a bucket of others, or of something in it.
pub(crate) fn is_strange_bucket(case: &Case, arn: &str) -> bool {
    let bucket = arn.rsplit(":::").next().and_then(|path| path.split('/').next());
    strange_buckets(&case.pipeline).iter().any(|strange| Some(strange.as_str()) == bucket)
}

/// Returns the tags by which the pipeline knows its clusters, and those of others: of another pipeline, of none, of the same
/// pipeline in another environment of the account.
pub(crate) fn tagged(case: &Case, probe: &Probe) -> Vec<Probe> {
    let own = case.pipeline.tags["pipeline"].clone();
    let environment = &case.pipeline.environment.name;
    let tag = |name: &str| format!("aws:ResourceTag/{name}");
    let tags = |pipeline: &str, environment: &str| {
        probe.with(&tag("pipeline"), pipeline).with(&tag("environment"), environment)
    };
    vec![
        tags(&own, environment),
        tags(&own, "another"),
        tags("another", environment),
        probe.with(&tag("environment"), environment),
        probe.clone(),
    ]
}
