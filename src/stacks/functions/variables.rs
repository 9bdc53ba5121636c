//! The environment variables of a Lambda: what its capabilities bring, and what the blueprint says.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;
use crate::model::{Capability, Lambda, Pipeline};

/// Bytes of all names and values together (Lambda developer guide, "Lambda quotas").
pub(super) const LIMIT: usize = 4_096;

/// Returns the environment variables of a Lambda by name.
pub fn variables(pipeline: &Pipeline, lambda: &Lambda) -> BTreeMap<String, String> {
    let bucket = pipeline.workarea.bucket.to_string();
    let mut found = BTreeMap::new();
    let mut set = |name: &str, value: String| {
        found.insert(name.to_owned(), value);
    };
    set("Config_File_S3_Bucket", bucket.clone());
    set("Config_File_S3_Key", pipeline.config_key());
    if can(lambda, &STATE) {
        set("State_Info_File_S3_Bucket", bucket);
        set("State_Info_File_S3_Key", pipeline.state_key());
    }
    if can(lambda, &MESSAGES) {
        set("TopicArn", pipeline.topic_arn());
        set("Environment", pipeline.environment.name.clone());
        set("Subject", format!("{} Step Workflow Status", pipeline.name));
    }
    if can(lambda, &[Capability::CountRejected]) {
        set("Rejected_Counts_S3_Bucket", pipeline.workarea.bucket.to_string());
        set("Rejected_Counts_S3_Prefix", pipeline.rejected_counts_prefix());
    }
    if can(lambda, &OWNERS) {
        let machines: Vec<_> =
            pipeline.machines.iter().map(|m| pipeline.machine_arn(&m.name)).collect();
        set("StateMachineArns", machines.join(","));
    }
    if can(lambda, &[Capability::StopOrphanClusters]) {
        set("Grace_Minutes", pipeline.operations.grace_minutes.to_string());
    }
    found.extend(lambda.variables.clone());
    found
}

/// Capabilities that use the object with the cluster's id.
const STATE: [Capability; 4] = [
    Capability::ReadState,
    Capability::WriteState,
    Capability::ClearState,
    Capability::StopOrphanClusters,
];

/// Capabilities that send messages.
const MESSAGES: [Capability; 2] = [Capability::PublishMessage, Capability::ReportFailures];

/// Capabilities that ask which execution owns a cluster.
const OWNERS: [Capability; 2] = [Capability::StopOrphanClusters, Capability::ReportFailures];

fn can(lambda: &Lambda, capabilities: &[Capability]) -> bool {
    capabilities.iter().any(|capability| lambda.can.contains(capability))
}

pub(super) fn size(pipeline: &Pipeline, lambda: &Lambda) -> usize {
    variables(pipeline, lambda).iter().map(|(name, value)| name.len() + value.len()).sum()
}

pub(super) fn problem(lambda: &Lambda) -> Diagnostic {
    let message = format!("the variables of `{}` take more than {LIMIT} bytes", lambda.name);
    Diagnostic::error("too-many-variables", lambda.span, message)
        .help("shorten `variables`, or the names of the state machines that it is told")
}
