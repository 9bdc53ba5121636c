//! What people and systems are meant to do: what the verbs of their groups say.

use std::collections::BTreeSet;

use pipeline::model::{Area, Database, Group, Name, Pipeline, Verb, WritesFrom, Zone};

use super::cluster::{READ_TABLES, folders};
use super::lambda::{key, on_own_clusters};
use super::{Use, When};
use crate::deployed::S3_ENDPOINT;
use crate::probes::objects::TABLE_AREAS;

/// Returns what the role of a group is meant to do.
pub(super) fn uses(pipeline: &Pipeline, group: &Group) -> Vec<Use> {
    let verbs = || group.verbs.iter().map(|(verb, _)| verb);
    let mut uses: Vec<_> = verbs().flat_map(|verb| of_verb(pipeline, group, verb)).collect();
    if group.queries() {
        uses.extend(query(pipeline, group));
    }
    if verbs().any(|verb| matches!(verb, Verb::Operate(_))) {
        uses.extend(operate(pipeline));
    }
    uses.extend(key(pipeline, &uses));
    uses
}

fn of_verb(pipeline: &Pipeline, group: &Group, verb: &Verb) -> Vec<Use> {
    match verb {
        Verb::QueryDatabase(name) => {
            let database = database(pipeline, name);
            let mut prefixes = prefixes(pipeline, database, area_of(database));
            if database.zone == Zone::Stage {
                prefixes.extend(self::prefixes(pipeline, database, Area::Rejected));
            }
            tables(pipeline, database, "*", &prefixes)
        }
        Verb::QueryTable { database: name, table } => {
            let database = database(pipeline, name);
            let mut known = pipeline.tables_of(database.holds);
            let found = known.find_map(|one| {
                let rejected = *table == one.rejected_name();
                let area = if rejected { Area::Rejected } else { area_of(database) };
                (rejected || one.name.as_str() == table).then(|| pipeline.table_prefix(one, area))
            });
            tables(pipeline, database, table, &found.into_iter().collect())
        }
        Verb::Read(area) => read(pipeline, *area),
        Verb::Write(area) => {
            let actions = ["s3:AbortMultipartUpload", "s3:PutObject"];
            vec![Use::of(&actions, below(pipeline, *area)).when(When::Through(endpoints(group)))]
        }
        Verb::Operate(name) => machine(pipeline, name, true),
        Verb::Watch(name) => machine(pipeline, name, false),
    }
}

fn database<'a>(pipeline: &'a Pipeline, name: &str) -> &'a Database {
    let found = pipeline.databases.iter().find(|one| one.name.as_str() == name);
    found.expect("the check knows it")
}

fn area_of(database: &Database) -> Area {
    match database.zone {
        Zone::Stage => Area::Stage,
        Zone::Prod => Area::Prod,
    }
}

/// The prefixes of a database's tables in an area: that of its kind, and those that stand elsewhere.
fn prefixes(pipeline: &Pipeline, database: &Database, area: Area) -> BTreeSet<String> {
    let rule = pipeline.kind_prefix(database.holds, area);
    let tables = pipeline.tables_of(database.holds);
    let mut prefixes: BTreeSet<_> =
        tables.map(|table| pipeline.table_prefix(table, area)).collect();
    prefixes.retain(|prefix| !prefix.starts_with(&format!("{rule}/")));
    prefixes.insert(rule);
    prefixes
}

/// Queries see the table in the catalog, and Athena fetches its objects for whoever asks.
fn tables(
    pipeline: &Pipeline,
    database: &Database,
    table: &str,
    prefixes: &BTreeSet<String>,
) -> Vec<Use> {
    let name = pipeline.database_name(&database.name);
    let own = pipeline.database_arn(&name);
    let objects = prefixes.iter().map(|prefix| pipeline.object_arn(&format!("{prefix}/*")));
    vec![
        Use::of(&["glue:GetDatabase"], [own.clone()]),
        Use::of(&READ_TABLES, [own, pipeline.table_arn(&name, table)]),
        Use::of(&["s3:GetObject"], objects).when(When::ViaAthena),
        list(pipeline, prefixes).when(When::ViaAthena),
    ]
}

fn list(pipeline: &Pipeline, prefixes: &BTreeSet<String>) -> Use {
    let patterns = prefixes.iter().flat_map(|prefix| [prefix.clone(), format!("{prefix}/*")]);
    Use::of(&["s3:ListBucket"], [pipeline.bucket_arn()])
        .when(When::Like("s3:prefix".to_owned(), patterns.collect()))
}

/// What every query takes: the group's workgroup, the catalog, a place for the result that no other group sees.
fn query(pipeline: &Pipeline, group: &Group) -> Vec<Use> {
    let queries = [
        "athena:GetQueryExecution",
        "athena:GetQueryResults",
        "athena:GetWorkGroup",
        "athena:StartQueryExecution",
        "athena:StopQueryExecution",
    ];
    let results =
        ["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"];
    let folder = pipeline.results_prefix(&group.name);
    let open = [pipeline.catalog_arn(), pipeline.database_arn("default")];
    vec![
        Use::of(&queries, [pipeline.workgroup_arn(&group.name)]),
        Use::of(&["glue:GetDatabase"], open),
        Use::of(&READ_TABLES, [pipeline.catalog_arn()]),
        Use::of(&results, [pipeline.object_arn(&format!("{folder}/*"))]).when(When::ViaAthena),
        Use::of(&["s3:GetBucketLocation"], [pipeline.bucket_arn()]).when(When::ViaAthena),
        list(pipeline, &[folder].into()).when(When::ViaAthena),
    ]
}

fn areas(pipeline: &Pipeline, area: Area) -> BTreeSet<String> {
    if TABLE_AREAS.contains(&area) {
        folders(pipeline, area)
    } else {
        [pipeline.area_prefix(area)].into()
    }
}

fn below(pipeline: &Pipeline, area: Area) -> Vec<String> {
    let folders = areas(pipeline, area).into_iter();
    folders.map(|folder| pipeline.object_arn(&format!("{folder}/*"))).collect()
}

fn read(pipeline: &Pipeline, area: Area) -> Vec<Use> {
    let objects = Use::of(&["s3:GetObject"], below(pipeline, area));
    vec![objects, list(pipeline, &areas(pipeline, area))]
}

fn endpoints(group: &Group) -> Vec<String> {
    let ids = group.from.iter().filter_map(|from| match from {
        WritesFrom::Vpc => Some(S3_ENDPOINT.to_owned()),
        WritesFrom::Endpoint(id) => Some(id.clone()),
        WritesFrom::Role(_) => None,
    });
    let ids: Vec<_> = ids.collect();
    if ids.is_empty() { vec![S3_ENDPOINT.to_owned()] } else { ids }
}

fn machine(pipeline: &Pipeline, name: &Name, operates: bool) -> Vec<Use> {
    let machine = [pipeline.machine_arn(name)];
    let executions = [pipeline.executions_arn(name)];
    let mut uses = vec![
        Use::of(&["states:DescribeStateMachine", "states:ListExecutions"], machine.clone()),
        Use::of(&["states:DescribeExecution", "states:GetExecutionHistory"], executions.clone()),
    ];
    if operates {
        let logs = pipeline.log_streams_arn(&pipeline.machine_log_group(name));
        uses.push(Use::of(&["states:StartExecution"], machine));
        uses.push(Use::of(&["states:RedriveExecution", "states:StopExecution"], executions));
        uses.push(Use::of(&READ_LOGS, [logs]));
    }
    uses
}

const READ_LOGS: [&str; 3] =
    ["logs:DescribeLogStreams", "logs:FilterLogEvents", "logs:GetLogEvents"];

/// What those who run the pipeline by hand do beside its machines: see the clusters and end them, read what went wrong.
fn operate(pipeline: &Pipeline) -> Vec<Use> {
    let clusters = [
        "elasticmapreduce:CancelSteps",
        "elasticmapreduce:DescribeCluster",
        "elasticmapreduce:DescribeStep",
        "elasticmapreduce:ListInstances",
        "elasticmapreduce:ListSteps",
        "elasticmapreduce:TerminateJobFlows",
    ];
    let logs = pipeline.lambdas.iter().map(|one| pipeline.lambda_log_group(&one.name));
    let logs: Vec<_> = logs.map(|group| pipeline.log_streams_arn(&group)).collect();
    vec![
        Use::anywhere(&["elasticmapreduce:ListClusters"]),
        on_own_clusters(pipeline, &clusters),
        Use::of(&["s3:GetObject"], [pipeline.object_arn(&pipeline.state_key())]),
        Use::of(&READ_LOGS, logs),
    ]
}
