//! The catalog and Athena.

use std::collections::BTreeSet;

use pipeline::model::Pipeline;

use crate::case::Case;
use crate::request::{Place, Probe, STRANGER};

const ON_DATABASES: [&str; 4] =
    ["glue:CreateTable", "glue:DeleteDatabase", "glue:GetDatabase", "glue:GetUserDefinedFunctions"];
const ON_TABLES: [&str; 13] = [
    "glue:BatchCreatePartition",
    "glue:BatchDeletePartition",
    "glue:BatchGetPartition",
    "glue:CreatePartition",
    "glue:DeletePartition",
    "glue:DeleteTable",
    "glue:GetPartition",
    "glue:GetPartitions",
    "glue:GetTable",
    "glue:GetTables",
    "glue:GetTableVersions",
    "glue:UpdatePartition",
    "glue:UpdateTable",
];
const ON_WORKGROUPS: [&str; 8] = [
    "athena:CreateNamedQuery",
    "athena:DeleteWorkGroup",
    "athena:GetQueryExecution",
    "athena:GetQueryResults",
    "athena:GetWorkGroup",
    "athena:StartQueryExecution",
    "athena:StopQueryExecution",
    "athena:UpdateWorkGroup",
];

/// Returns the questions: Glue asks about the catalog, the database and the table of a request each by itself.
pub(crate) fn probes(case: &Case) -> Vec<Probe> {
    let pipeline = &case.pipeline;
    let mut probes = Vec::new();
    let mut ask = |actions: &[&str], arn: &str| {
        for action in actions {
            let probe = Probe::new(action, arn);
            probes.extend([probe.from(Place::Internet), probe]);
        }
    };
    let whole = [&ON_DATABASES[..], &ON_TABLES[..]].concat();
    let foreign = pipeline.catalog_arn().replace(&pipeline.environment.account, STRANGER);
    ask(&whole, &pipeline.catalog_arn());
    ask(&whole, &foreign);
    for database in databases(pipeline) {
        ask(&whole, &pipeline.database_arn(&database));
        let function = pipeline.functions_arn(&database).replace('*', "f");
        ask(&["glue:GetUserDefinedFunctions", "glue:CreateUserDefinedFunction"], &function);
        for table in tables(pipeline) {
            ask(&ON_TABLES, &pipeline.table_arn(&database, &table));
        }
    }
    let groups = pipeline.groups.iter().map(|group| pipeline.workgroup_arn(&group.name));
    let primary = pipeline.arn("athena", "workgroup/primary");
    let foreign = primary.replace(&pipeline.environment.account, STRANGER);
    for workgroup in groups.chain([primary, foreign]) {
        ask(&ON_WORKGROUPS, &workgroup);
    }
    probes
}

/// The pipeline's databases, the one that Hive opens, and one of others.
pub(crate) fn databases(pipeline: &Pipeline) -> BTreeSet<String> {
    let own = pipeline.databases.iter().map(|database| pipeline.database_name(&database.name));
    own.chain(["another".to_owned(), "default".to_owned()]).collect()
}

/// The first tables of each kind with their rejected rows, and one that there is not.
pub(crate) fn tables(pipeline: &Pipeline) -> BTreeSet<String> {
    let kinds = [pipeline::model::Kind::Dimension, pipeline::model::Kind::Fact];
    let some = kinds.into_iter().flat_map(|kind| pipeline.tables_of(kind).take(2));
    let names = some.flat_map(|table| [table.name.to_string(), table.rejected_name()]);
    names.chain(["another".to_owned()]).collect()
}
