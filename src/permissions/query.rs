//! What querying with Athena takes: the workgroup, the catalog, and data that only Athena may fetch for the group.

use std::collections::BTreeSet;

use crate::model::{Area, Database, Group, Pipeline, Table, Verb, Zone};

use super::Statement;
use super::area::{self, below};

/// The service that Athena's forwarded requests name in `aws:CalledVia`.
pub(crate) const ATHENA: &str = "athena.amazonaws.com";

const QUERY: [&str; 5] = [
    "athena:GetQueryExecution",
    "athena:GetQueryResults",
    "athena:GetWorkGroup",
    "athena:StartQueryExecution",
    "athena:StopQueryExecution",
];

const READ_TABLES: [&str; 5] = [
    "glue:BatchGetPartition",
    "glue:GetPartition",
    "glue:GetPartitions",
    "glue:GetTable",
    "glue:GetTables",
];

const RESULTS: [&str; 4] =
    ["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"];

/// What a group may query: databases and tables by their physical names, and where their data is.
#[derive(Default)]
struct Reach {
    databases: BTreeSet<String>,
    tables: BTreeSet<String>,
    prefixes: BTreeSet<String>,
}

/// Returns the statements for what `group` queries; none when it queries nothing.
pub(super) fn statements(pipeline: &Pipeline, group: &Group) -> Vec<Statement> {
    let Some(span) = group.first_query() else { return Vec::new() };
    let mut reach = Reach::default();
    for (verb, _) in &group.verbs {
        match verb {
            Verb::QueryDatabase(database) => reach.database(pipeline, database),
            Verb::QueryTable { database, table } => reach.table(pipeline, database, table),
            Verb::Read(_) | Verb::Write(_) | Verb::Operate(_) | Verb::Watch(_) => {}
        }
    }
    let mut statements =
        vec![Statement::allow("Query", &QUERY, [pipeline.workgroup_arn(&group.name)])];
    statements.extend(catalog(pipeline, &reach));
    statements.extend(data(pipeline, group, &reach));
    statements.into_iter().map(|one| one.from("query", span)).collect()
}

impl Reach {
    fn database(&mut self, pipeline: &Pipeline, name: &str) {
        let Some(database) = find(pipeline, name) else { return };
        let physical = pipeline.database_name(&database.name);
        self.tables.insert(pipeline.table_arn(&physical, "*"));
        self.databases.insert(physical);
        self.prefixes.extend(area::of_kind(pipeline, database.holds, area_of(database)));
        if database.zone == Zone::Stage {
            self.prefixes.extend(area::of_kind(pipeline, database.holds, Area::Rejected));
        }
    }

    fn table(&mut self, pipeline: &Pipeline, database: &str, table: &str) {
        let Some(database) = find(pipeline, database) else { return };
        let physical = pipeline.database_name(&database.name);
        self.tables.insert(pipeline.table_arn(&physical, table));
        self.databases.insert(physical);
        let base = table.strip_suffix("_rejected");
        let named = |name: &str| -> Option<&Table> {
            pipeline.tables_of(database.holds).find(|table| table.name.as_str() == name)
        };
        match (named(table), base.and_then(named)) {
            (Some(table), _) => {
                self.prefixes.insert(pipeline.table_prefix(table, area_of(database)));
            }
            (None, Some(table)) => {
                self.prefixes.insert(pipeline.table_prefix(table, Area::Rejected));
            }
            (None, None) => {}
        }
    }
}

fn find<'a>(pipeline: &'a Pipeline, name: &str) -> Option<&'a Database> {
    pipeline.databases.iter().find(|database| database.name.as_str() == name)
}

fn area_of(database: &Database) -> Area {
    match database.zone {
        Zone::Stage => Area::Stage,
        Zone::Prod => Area::Prod,
    }
}

/// Glue checks the catalog, the database and the table of every request; Athena opens `default` too (Athena user guide,
/// "Configure access to databases and tables in the AWS Glue Data Catalog").
fn catalog(pipeline: &Pipeline, reach: &Reach) -> [Statement; 2] {
    let mut own = vec![pipeline.catalog_arn()];
    own.extend(reach.databases.iter().map(|name| pipeline.database_arn(name)));
    let mut open = own.clone();
    open.push(pipeline.database_arn("default"));
    own.extend(reach.tables.iter().cloned());
    [
        Statement::allow("OpenDatabases", &["glue:GetDatabase"], open),
        Statement::allow("ReadTables", &READ_TABLES, own),
    ]
}

/// Nobody downloads: S3 answers when Athena asks on the group's behalf, and only then. Results stand below a prefix of the
/// group's own, since whoever reads them sees what the query saw.
fn data(pipeline: &Pipeline, group: &Group, reach: &Reach) -> [Statement; 4] {
    let via_athena = |statement: Statement| {
        statement.when("ForAnyValue:StringEquals", "aws:CalledVia", [ATHENA])
    };
    let results = pipeline.results_prefix(&group.name);
    let objects = reach.prefixes.iter().map(|prefix| pipeline.object_arn(&below(prefix)));
    let patterns = reach.prefixes.iter().chain([&results]);
    let patterns = patterns.flat_map(|prefix| [prefix.clone(), below(prefix)]);
    [
        via_athena(Statement::allow("QueryData", &["s3:GetObject"], objects)),
        via_athena(
            Statement::allow("QueryList", &["s3:ListBucket"], [pipeline.bucket_arn()]).when(
                "StringLike",
                "s3:prefix",
                patterns,
            ),
        ),
        // Athena asks where the bucket is before it writes there (Athena user guide, "Control access to Amazon S3").
        via_athena(Statement::allow(
            "FindResults",
            &["s3:GetBucketLocation"],
            [pipeline.bucket_arn()],
        )),
        via_athena(Statement::allow(
            "KeepResults",
            &RESULTS,
            [pipeline.object_arn(&below(&results))],
        )),
    ]
}
