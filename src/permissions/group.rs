//! The role of a group of people or systems.

use std::collections::BTreeSet;

use crate::diagnostic::Span;
use crate::model::{Area, Group, Name, Pipeline, Trusted, Verb, WritesFrom};

use super::area::{self, below};
use super::capability::{list_clusters, on_clusters};
use super::{Role, Statement, key, query, trust};

/// Returns the role of `group`.
pub(super) fn role(pipeline: &Pipeline, group: &Group) -> Role {
    let mut statements = query::statements(pipeline, group);
    for (verb, span) in &group.verbs {
        let more = match verb {
            Verb::QueryDatabase(_)
            | Verb::QueryTable { .. }
            | Verb::Operate(_)
            | Verb::Watch(_) => Vec::new(),
            Verb::Read(area) => read(pipeline, *area),
            Verb::Write(area) => vec![write(pipeline, group, *area)],
        };
        statements.extend(more.into_iter().map(|one| one.from(verb.word(), *span)));
    }
    statements.extend(operate(pipeline, group));
    statements.extend(watch(pipeline, group));
    statements.extend(key::grant(pipeline, &statements));
    let own_account =
        group.iam_group.then(|| Trusted::Account(pipeline.environment.account.clone()));
    Role {
        purpose: group.name.to_string(),
        description: group
            .description
            .clone()
            .unwrap_or_else(|| format!("What {} may do with {}", group.name, pipeline.name)),
        trust: trust::people(pipeline, group.assumed_by.iter().chain(&own_account), &group.foreign),
        statements,
        span: group.span,
    }
}

impl Verb {
    /// Returns the key of the blueprint's `access` under which the verb stands.
    pub fn word(&self) -> &'static str {
        match self {
            Self::QueryDatabase(_) | Self::QueryTable { .. } => "query",
            Self::Read(_) => "read",
            Self::Write(_) => "write",
            Self::Operate(_) => "operate",
            Self::Watch(_) => "watch",
        }
    }
}

fn objects(pipeline: &Pipeline, area: Area) -> Vec<String> {
    let prefixes = area::prefixes(pipeline, area);
    prefixes.iter().map(|prefix| pipeline.object_arn(&below(prefix))).collect()
}

fn read(pipeline: &Pipeline, area: Area) -> Vec<Statement> {
    let prefixes = area::prefixes(pipeline, area);
    let patterns = prefixes.iter().flat_map(|prefix| [prefix.clone(), below(prefix)]);
    let word = capitalised(area);
    vec![
        Statement::allow(format!("Read{word}"), &["s3:GetObject"], objects(pipeline, area)),
        Statement::allow(format!("List{word}"), &["s3:ListBucket"], [pipeline.bucket_arn()]).when(
            "StringLike",
            "s3:prefix",
            patterns,
        ),
    ]
}

/// Only through the endpoints that the group names. A role from outside writes with its own permissions, which the bucket
/// policy lets through; this role stays inside.
fn write(pipeline: &Pipeline, group: &Group, area: Area) -> Statement {
    let actions = ["s3:AbortMultipartUpload", "s3:PutObject"];
    let sid = format!("Write{}", capitalised(area));
    Statement::allow(sid, &actions, objects(pipeline, area)).when(
        "StringEquals",
        "aws:SourceVpce",
        endpoints(group),
    )
}

/// Returns the endpoints through which a group writes; the pipeline's own unless it says otherwise.
pub(super) fn endpoints(group: &Group) -> BTreeSet<String> {
    let mut ids: BTreeSet<_> = group
        .from
        .iter()
        .filter_map(|from| match from {
            WritesFrom::Vpc => Some("${S3EndpointId}".to_owned()),
            WritesFrom::Endpoint(id) => Some(id.clone()),
            WritesFrom::Role(_) => None,
        })
        .collect();
    if ids.is_empty() {
        ids.insert("${S3EndpointId}".to_owned());
    }
    ids
}

/// Starts, stops and sees executions, ends clusters, and reads what went wrong; no data, no new clusters, no tags.
fn operate(pipeline: &Pipeline, group: &Group) -> Vec<Statement> {
    let machines =
        machines(group, |verb| if let Verb::Operate(name) = verb { Some(name) } else { None });
    let Some((_, span)) = machines.first() else { return Vec::new() };
    let arns = machines.iter().map(|(name, _)| pipeline.machine_arn(name));
    let executions = machines.iter().map(|(name, _)| pipeline.executions_arn(name));
    let runs = [
        "states:DescribeExecution",
        "states:GetExecutionHistory",
        "states:RedriveExecution",
        "states:StopExecution",
    ];
    let clusters = [
        "elasticmapreduce:CancelSteps",
        "elasticmapreduce:DescribeCluster",
        "elasticmapreduce:DescribeStep",
        "elasticmapreduce:ListInstances",
        "elasticmapreduce:ListSteps",
        "elasticmapreduce:TerminateJobFlows",
    ];
    let start = ["states:DescribeStateMachine", "states:ListExecutions", "states:StartExecution"];
    let state = pipeline.object_arn(&pipeline.state_key());
    let statements = [
        Statement::allow("StartMachines", &start, arns),
        Statement::allow("HandleExecutions", &runs, executions),
        list_clusters("ListClusters"),
        on_clusters(pipeline, "EndClusters", &clusters),
        Statement::allow("SeeState", &["s3:GetObject"], [state]),
        read_logs(pipeline, &machines),
    ];
    statements.into_iter().map(|one| one.from("operate", *span)).collect()
}

fn read_logs(pipeline: &Pipeline, machines: &[(&Name, Span)]) -> Statement {
    let lambdas = pipeline.lambdas.iter().map(|lambda| pipeline.lambda_log_group(&lambda.name));
    let machines = machines.iter().map(|(name, _)| pipeline.machine_log_group(name));
    let actions = ["logs:DescribeLogStreams", "logs:FilterLogEvents", "logs:GetLogEvents"];
    let groups = lambdas.chain(machines).map(|group| pipeline.log_streams_arn(&group));
    Statement::allow("ReadRunLogs", &actions, groups)
}

fn watch(pipeline: &Pipeline, group: &Group) -> Vec<Statement> {
    let machines =
        machines(group, |verb| if let Verb::Watch(name) = verb { Some(name) } else { None });
    let Some((_, span)) = machines.first() else { return Vec::new() };
    let arns = machines.iter().map(|(name, _)| pipeline.machine_arn(name));
    let executions = machines.iter().map(|(name, _)| pipeline.executions_arn(name));
    let list = ["states:DescribeStateMachine", "states:ListExecutions"];
    let see = ["states:DescribeExecution", "states:GetExecutionHistory"];
    let statements = [
        Statement::allow("ListExecutions", &list, arns),
        Statement::allow("SeeExecutions", &see, executions),
    ];
    statements.into_iter().map(|one| one.from("watch", *span)).collect()
}

fn machines<'a>(
    group: &'a Group,
    named: impl Fn(&'a Verb) -> Option<&'a Name>,
) -> Vec<(&'a Name, Span)> {
    group.verbs.iter().filter_map(|(verb, span)| named(verb).map(|name| (name, *span))).collect()
}

fn capitalised(area: Area) -> String {
    crate::template::logical_id(area.word())
}
