//! The role of a cluster's instances: the data that Hive moves and loads, and the part of the catalog that it touches.
//!
//! It names zones and databases, not tables, so that a thousand tables fit into it. No service but S3 and Glue is in it.

use std::collections::BTreeSet;

use crate::aws::release::{self, S3Client};
use crate::model::{Area, Database, Pipeline, Zone};

use super::area::{self, below};
use super::{Role, Statement, key, trust};

const WRITE: [&str; 5] = [
    "s3:AbortMultipartUpload",
    "s3:DeleteObject",
    "s3:GetObject",
    "s3:ListMultipartUploadParts",
    "s3:PutObject",
];

const KEEP: [&str; 4] =
    ["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"];

const READ_TABLES: [&str; 5] = [
    "glue:BatchGetPartition",
    "glue:GetPartition",
    "glue:GetPartitions",
    "glue:GetTable",
    "glue:GetTables",
];

const WRITE_PARTITIONS: [&str; 4] = [
    "glue:BatchCreatePartition",
    "glue:CreatePartition",
    "glue:UpdatePartition",
    "glue:UpdateTable",
];

/// Returns the role of the instances.
pub(super) fn role(pipeline: &Pipeline) -> Role {
    let mut statements = data(pipeline);
    statements.extend(list(pipeline));
    statements.extend(catalog(pipeline));
    let span = pipeline.cluster.span;
    let mut statements: Vec<_> =
        statements.into_iter().map(|one| one.from("cluster", span)).collect();
    statements.extend(key::grant(pipeline, &statements));
    Role {
        purpose: "emr-nodes".to_owned(),
        description: format!("What the instances of {}'s clusters may do", pipeline.name),
        trust: vec![trust::service(pipeline, "ec2")],
        statements,
        span,
    }
}

fn client(pipeline: &Pipeline) -> S3Client {
    release::of(&pipeline.cluster.release).map_or(S3Client::S3a, |release| release.s3_client)
}

/// Source files are taken out of landing and never put there; the archive is written and never emptied.
fn data(pipeline: &Pipeline) -> Vec<Statement> {
    let objects = |areas: &[Area]| -> Vec<String> {
        let prefixes = areas.iter().flat_map(|&area| area::prefixes(pipeline, area));
        prefixes.map(|prefix| pipeline.object_arn(&below(&prefix))).collect()
    };
    let scripts = pipeline.object_arn(&below(&pipeline.scripts_prefix()));
    vec![
        Statement::allow(
            "TakeFromLanding",
            &["s3:DeleteObject", "s3:GetObject"],
            objects(&[Area::Landing]),
        ),
        Statement::allow("MarkFolders", &["s3:PutObject"], markers(pipeline)),
        Statement::allow("LoadTables", &WRITE, objects(&[Area::Stage, Area::Prod, Area::Rejected])),
        Statement::allow(
            "NoteRejected",
            &["s3:PutObject"],
            [pipeline.object_arn(&below(&pipeline.rejected_counts_prefix()))],
        ),
        Statement::allow("Archive", &KEEP, objects(&[Area::Archive])),
        Statement::allow("ReadScripts", &["s3:GetObject"], [scripts]),
        Statement::allow("WriteClusterLogs", &["s3:PutObject"], objects(&[Area::Logs])),
    ]
}

/// When the last file leaves a folder, the client leaves an empty object in its place, so that the folder is still seen.
/// Those of S3A in the other areas stand below their prefixes, where the role may write anyway.
fn markers(pipeline: &Pipeline) -> Vec<String> {
    let landing = area::prefixes(pipeline, Area::Landing);
    let keys: Vec<_> = match client(pipeline) {
        S3Client::S3a => landing
            .iter()
            .flat_map(|prefix| [format!("{prefix}/"), format!("{prefix}/*/")])
            .collect(),
        S3Client::Emrfs => {
            let areas = [Area::Landing, Area::Stage, Area::Prod, Area::Rejected, Area::Archive];
            let prefixes = areas.into_iter().flat_map(|area| area::prefixes(pipeline, area));
            let inside = landing.iter().map(|prefix| format!("{prefix}/*_$folder$"));
            inside.chain(prefixes.map(|prefix| format!("{prefix}_$folder$"))).collect()
        }
    };
    keys.iter().map(|key| pipeline.object_arn(key)).collect()
}

/// S3A asks whether a folder is there by listing it, and those above it.
fn list(pipeline: &Pipeline) -> [Statement; 2] {
    let areas = [Area::Landing, Area::Stage, Area::Prod, Area::Rejected, Area::Archive];
    let mut prefixes: BTreeSet<_> =
        areas.into_iter().flat_map(|area| area::prefixes(pipeline, area)).collect();
    prefixes.insert(pipeline.scripts_prefix());
    let mut patterns: BTreeSet<_> = prefixes.iter().map(|prefix| below(prefix)).collect();
    patterns.extend(prefixes.iter().cloned());
    if client(pipeline) == S3Client::S3a {
        patterns.extend(prefixes.iter().flat_map(|prefix| parents(prefix)));
    }
    let bucket = || [pipeline.bucket_arn()];
    [
        Statement::allow("List", &["s3:ListBucket"], bucket()).when(
            "StringLike",
            "s3:prefix",
            patterns,
        ),
        Statement::allow("FindBucket", &["s3:GetBucketLocation"], bucket()),
    ]
}

fn parents(prefix: &str) -> impl Iterator<Item = String> {
    prefix.match_indices('/').map(|(at, _)| prefix[..=at].to_owned())
}

/// Hive reads its functions and the database `default` when it starts, and writes partitions of the tables that it loads:
/// those of prod, and those of rejected rows, which stand in the databases of stage.
fn catalog(pipeline: &Pipeline) -> [Statement; 4] {
    let databases = || pipeline.databases.iter().map(|one| pipeline.database_name(&one.name));
    let with_default = || databases().chain(["default".to_owned()]);
    let mut own = vec![pipeline.catalog_arn()];
    own.extend(databases().map(|name| pipeline.database_arn(&name)));
    let mut all = own.clone();
    all.push(pipeline.database_arn("default"));
    let mut functions = all.clone();
    functions.extend(with_default().map(|name| pipeline.functions_arn(&name)));
    let mut write = own.clone();
    write.extend(pipeline.databases.iter().map(|one| loaded_tables(pipeline, one)));
    own.extend(databases().map(|name| pipeline.table_arn(&name, "*")));
    [
        Statement::allow("OpenDatabases", &["glue:GetDatabase"], all),
        Statement::allow("FindFunctions", &["glue:GetUserDefinedFunctions"], functions),
        Statement::allow("ReadTables", &READ_TABLES, own),
        Statement::allow("WritePartitions", &WRITE_PARTITIONS, write),
    ]
}

fn loaded_tables(pipeline: &Pipeline, database: &Database) -> String {
    let tables = match database.zone {
        Zone::Prod => "*",
        Zone::Stage => "*_rejected",
    };
    pipeline.table_arn(&pipeline.database_name(&database.name), tables)
}
