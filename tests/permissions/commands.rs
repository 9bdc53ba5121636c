//! What the commands of a cluster's steps ask of S3 and of the catalog.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use pipeline::model::{Area, Database, Pipeline, Zone};
use regex_lite::Regex;

use crate::case::Case;

const READ: [&str; 1] = ["s3:GetObject"];
const TAKE: [&str; 2] = ["s3:DeleteObject", "s3:GetObject"];
/// A committer writes in parts, and reads back and deletes what it replaces.
const LOAD: [&str; 5] = [
    "s3:AbortMultipartUpload",
    "s3:DeleteObject",
    "s3:GetObject",
    "s3:ListMultipartUploadParts",
    "s3:PutObject",
];
/// `s3-dist-cp` writes in parts and compares what is there.
const BRING: [&str; 4] =
    ["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"];
/// What Hive asks of the catalog about a table that it reads.
const LOOK: [&str; 5] = [
    "glue:BatchGetPartition",
    "glue:GetPartition",
    "glue:GetPartitions",
    "glue:GetTable",
    "glue:GetTables",
];
/// What it changes there of one that it writes.
const CHANGE: [&str; 4] = [
    "glue:BatchCreatePartition",
    "glue:CreatePartition",
    "glue:UpdatePartition",
    "glue:UpdateTable",
];

/// Returns actions with the resources that the emitted definitions and scripts are about.
pub(crate) fn used(case: &Case) -> Vec<(String, String)> {
    let pipeline = &case.pipeline;
    let mut used = BTreeSet::new();
    let mut add = |actions: &[&str], arn: String| {
        used.extend(actions.iter().map(|&action| (action.to_owned(), arn.clone())));
    };
    for (word, key) in addresses(case) {
        let object = pipeline.object_arn(&format!("{key}some"));
        match word.as_str() {
            "notes" => add(&["s3:PutObject"], object),
            "--src" => add(&TAKE, object),
            "--dest" => add(&BRING, object),
            "-f" => add(&READ, pipeline.object_arn(&key)),
            _ => {}
        }
        add(&["s3:ListBucket"], pipeline.bucket_arn());
    }
    let (catalog, default) = (pipeline.catalog_arn(), pipeline.database_arn("default"));
    add(&["glue:GetUserDefinedFunctions", "glue:GetDatabase"], catalog.clone());
    add(&["glue:GetUserDefinedFunctions", "glue:GetDatabase"], default);
    add(&["glue:GetUserDefinedFunctions"], pipeline.functions_arn("default"));
    for (written, name, table) in tables(case) {
        let database =
            pipeline.databases.iter().find(|one| pipeline.database_name(&one.name) == name);
        let database = database.unwrap_or_else(|| panic!("a script names {name}"));
        let of_table =
            [catalog.clone(), pipeline.database_arn(&name), pipeline.table_arn(&name, &table)];
        add(&["glue:GetDatabase", "glue:GetUserDefinedFunctions"], pipeline.database_arn(&name));
        add(&["glue:GetUserDefinedFunctions"], pipeline.functions_arn(&name));
        for arn in of_table {
            add(&LOOK, arn.clone());
            add(if written { &CHANGE } else { &[] }, arn);
        }
        let object = pipeline.object_arn(&format!("{}/some", place(pipeline, database, &table)));
        add(if written { &LOAD } else { &READ }, object);
    }
    used.into_iter().collect()
}

/// Words of commands that stand before an address in the bucket, and the key there; names that a Map fills in are `{}`.
fn addresses(case: &Case) -> Vec<(String, String)> {
    let pattern = format!(
        r"(--src|--dest|-f|notes|\S+)[ =]s3://{}/([^\s)'\\]+)",
        case.pipeline.workarea.bucket
    );
    let pattern = Regex::new(&pattern).expect("a bucket's name is plain");
    let texts: Vec<_> = case.machines.values().map(ToString::to_string).collect();
    let found = texts.iter().flat_map(|text| pattern.captures_iter(text));
    found.map(|one| (one[1].to_owned(), one[2].replace("{}", "some"))).collect()
}

/// The tables that the emitted scripts read, and write.
fn tables(case: &Case) -> BTreeSet<(bool, String, String)> {
    let pattern =
        Regex::new(r"(?i)\b(INTO TABLE|OVERWRITE TABLE|FROM|JOIN)\s+`?(\w+)`?\.`?(\w+)`?");
    let pattern = pattern.expect("it is one");
    let mut tables = BTreeSet::new();
    for script in scripts(&case.folder.join("libs/hive-scripts")) {
        for one in pattern.captures_iter(&script) {
            let written = one[1].to_ascii_uppercase().ends_with("TABLE");
            tables.insert((written, one[2].to_owned(), one[3].to_owned()));
        }
    }
    tables
}

fn scripts(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut found = Vec::new();
    for path in entries {
        if path.is_dir() {
            found.extend(scripts(&path));
        } else {
            found.push(fs::read_to_string(path).expect("`gen synth` wrote it"));
        }
    }
    found
}

fn place(pipeline: &Pipeline, database: &Database, name: &str) -> String {
    let area = if database.zone == Zone::Prod { Area::Prod } else { Area::Stage };
    let mut tables = pipeline.tables_of(database.holds);
    let found = tables.find_map(|table| {
        let rejected = table.rejected_name() == name;
        let area = if rejected { Area::Rejected } else { area };
        (rejected || table.name.as_str() == name).then(|| pipeline.table_prefix(table, area))
    });
    found.unwrap_or_else(|| panic!("a script names {name}"))
}
