//! What a Lambda's code asks of AWS, beside what its capabilities grant.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Span, listed};
use crate::model::{Capability, Lambda, Pipeline};
use crate::permissions::{self, Condition};
use crate::python::{Call, Calls};
use crate::stacks::identity::role_id;
use crate::workflow::StateMachine;

use super::is_patched;

/// One action as a capability grants it.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Grant {
    action: String,
    resources: Vec<String>,
    conditions: Vec<Condition>,
}

/// Capabilities with what each grants.
type Grants = Vec<(Capability, Vec<Grant>)>;

const CONFIG_KEY: &str = "Config_File_S3_Key";
const STATE_KEY: &str = "State_Info_File_S3_Key";
const COUNTS: &str = "Rejected_Counts_S3_Prefix";

/// Warns where the code of `lambda` calls what no capability grants, and of capabilities that the code never uses.
pub fn capabilities(
    pipeline: &Pipeline,
    lambda: &Lambda,
    machines: &[StateMachine],
    calls: &Calls,
) -> Vec<Diagnostic> {
    let grants =
        |&capability: &Capability| (capability, grants(pipeline, lambda, machines, capability));
    let own: Grants = lambda.can.iter().map(grants).collect();
    let mut problems = Vec::new();
    if !is_patched(pipeline, &role_id(lambda.name.as_str())) {
        let all: Grants = Capability::ALL.iter().map(grants).collect();
        problems.extend(not_granted(lambda, &own, &all, calls));
    }
    if !calls.is_open {
        problems.extend(never_used(lambda, own, calls));
    }
    problems
}

fn grants(
    pipeline: &Pipeline,
    lambda: &Lambda,
    machines: &[StateMachine],
    capability: Capability,
) -> Vec<Grant> {
    let statements = permissions::granted(pipeline, lambda, capability, machines);
    let grants = statements.into_iter().flat_map(|one| {
        let (resources, conditions) = (one.resources, one.conditions);
        one.actions.into_iter().map(move |action| Grant {
            action,
            resources: resources.clone(),
            conditions: conditions.clone(),
        })
    });
    grants.collect()
}

/// Returns the variable with the key of the object that a capability is about.
fn key(capability: Capability) -> Option<&'static str> {
    match capability {
        Capability::ReadConfig => Some(CONFIG_KEY),
        Capability::ReadState
        | Capability::WriteState
        | Capability::ClearState
        | Capability::StopOrphanClusters => Some(STATE_KEY),
        Capability::CountRejected => Some(COUNTS),
        Capability::LaunchCluster
        | Capability::FindClusters
        | Capability::DescribeCluster
        | Capability::TerminateCluster
        | Capability::SubmitStep
        | Capability::DescribeStep
        | Capability::AddWorkers
        | Capability::DescribeWorkers
        | Capability::StartExecution
        | Capability::DescribeExecution
        | Capability::FindExecutions
        | Capability::PublishMessage
        | Capability::ReportFailures => None,
    }
}

/// Returns the variable with the key of the object that a call is about, when that is known.
fn object(call: &Call) -> Option<&'static str> {
    let mut found = [CONFIG_KEY, STATE_KEY].into_iter().filter(|key| call.key.contains(*key));
    found.next().filter(|_| found.next().is_none())
}

/// Tells whether a call may be about the object of a capability: it is, or nobody knows.
fn fits(call: &Call, capability: Capability) -> bool {
    object(call).zip(key(capability)).is_none_or(|(found, own)| found == own)
}

fn allows(grants: &Grants, call: &Call, action: &str) -> Vec<Capability> {
    let has = |granted: &[Grant]| granted.iter().any(|grant| grant.action == action);
    let able = grants.iter().filter(|(can, granted)| fits(call, *can) && has(granted));
    able.map(|(can, _)| *can).collect()
}

fn not_granted(lambda: &Lambda, own: &Grants, all: &Grants, calls: &Calls) -> Vec<Diagnostic> {
    let missing = |call: &Call| -> Vec<String> {
        let actions = call.actions.iter();
        actions.filter(|action| allows(own, call, action).is_empty()).cloned().collect()
    };
    // Two clients may stand behind one name; then one that is granted speaks for the other.
    let granted: BTreeSet<(Span, &str)> = calls
        .calls
        .iter()
        .filter(|call| missing(call).is_empty())
        .flat_map(|call| calls.calls.iter().filter(move |c| is_other_client(call, c)))
        .map(|other| (other.span, other.client.as_str()))
        .collect();
    let reached = calls.calls.iter().filter(|call| call.is_reached);
    let doubtless = reached.filter(|call| !granted.contains(&(call.span, call.client.as_str())));
    let told = doubtless.map(|call| (call, missing(call)));
    let told = told.filter(|(_, missing)| !missing.is_empty());
    told.map(|(call, missing)| missing_capability(lambda, call, &missing, all)).collect()
}

fn is_other_client(one: &Call, other: &Call) -> bool {
    one.span == other.span && one.client != other.client
}

fn missing_capability(
    lambda: &Lambda,
    call: &Call,
    missing: &[String],
    all: &Grants,
) -> Diagnostic {
    let able = |action: &String| allows(all, call, action);
    let of_all = missing.iter().map(able).reduce(|mut one, other| {
        one.retain(|capability| other.contains(capability));
        one
    });
    // The narrowest is meant most often.
    let size = |can: &Capability| all.iter().find(|(one, _)| one == can).map(|(_, all)| all.len());
    let narrowest = of_all.iter().flatten().filter_map(size).min();
    let words = of_all.iter().flatten().filter(|can| size(can) == narrowest).map(|can| can.word());
    let actions = missing.join("` and `");
    let message = format!("`{}` calls what no capability of it grants: `{actions}`", lambda.name);
    let object = match object(call) {
        Some(CONFIG_KEY) => " of the configuration",
        Some(STATE_KEY) => " of the state file",
        _ => "",
    };
    let role = role_id(lambda.name.as_str());
    let patch = format!("patch the role with `overrides: {{identity.{role}: …}}`");
    let help = match listed(words).as_str() {
        "" => format!("no capability grants it: {patch}, or remove the call"),
        words => {
            format!("add {words} to its `can`, for another purpose {patch}, or remove the call")
        }
    };
    Diagnostic::warning("missing-capability", call.span, message)
        .label(format!("AWS will refuse `{}` of `{}`{object}", call.method, call.client))
        .related(lambda.span, "reached from this Lambda")
        .help(help)
}

fn never_used(lambda: &Lambda, mut own: Grants, calls: &Calls) -> Vec<Diagnostic> {
    for (capability, granted) in &mut own {
        let is_served =
            purpose(*capability).is_none_or(|action| is_used(*capability, action, calls));
        granted.retain(|grant| is_served && is_used(*capability, &grant.action, calls));
    }
    let mut problems = Vec::new();
    while let Some(at) = superfluous(&own) {
        let (capability, granted) = own.remove(at);
        let span = lambda.places.get(&capability).copied().unwrap_or(lambda.span);
        let word = capability.word();
        let name = &lambda.name;
        let message = if granted.is_empty() {
            format!("the code of `{name}` never uses `{word}`")
        } else {
            format!("what `{name}` uses of `{word}`, its other capabilities grant")
        };
        let problem = Diagnostic::warning("unused-capability", span, message);
        problems.push(problem.help(format!("remove `{word}` from its `can`")));
    }
    problems
}

/// Returns the action that a capability of several is for: without it, the others serve nothing.
fn purpose(capability: Capability) -> Option<&'static str> {
    match capability {
        Capability::LaunchCluster => Some("elasticmapreduce:RunJobFlow"),
        Capability::AddWorkers => Some("elasticmapreduce:ModifyInstanceFleet"),
        Capability::StopOrphanClusters | Capability::ReportFailures => {
            Some("elasticmapreduce:TerminateJobFlows")
        }
        _ => None,
    }
}

/// Returns a capability of which nothing is used that the others do not grant: the one of which least is used, of equals the
/// last.
fn superfluous(own: &Grants) -> Option<usize> {
    // What is granted on nothing so far, such as the machines of a Lambda that none calls, any grant of the action covers.
    let covers = |one: &Grant, other: &Grant| {
        one == other || (other.resources.is_empty() && one.action == other.action)
    };
    let by_others = |at: usize, grant: &Grant| {
        let others = own.iter().enumerate().filter(|(other, _)| *other != at);
        others.flat_map(|(_, (_, granted))| granted).any(|one| covers(one, grant))
    };
    let positions = (0..own.len()).rev();
    let found = positions.filter(|at| own[*at].1.iter().all(|grant| by_others(*at, grant)));
    found.min_by_key(|at| own[*at].1.len())
}

/// Whoever gets an object may want to be told when there is none, which takes `s3:ListBucket` (S3 API, `GetObject`).
fn is_used(capability: Capability, action: &str, calls: &Calls) -> bool {
    let asks = |action: &str| {
        let mut known = calls.calls.iter();
        let has = |call: &Call| call.actions.iter().any(|asked| asked == action);
        known.any(|call| has(call) && fits(call, capability)) || calls.may_ask(action)
    };
    asks(action) || (action == "s3:ListBucket" && asks("s3:GetObject"))
}

#[cfg(test)]
mod tests;
