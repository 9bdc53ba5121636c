//! The three Glue tables of a table: text in stage, ORC in prod, and the rows that a load refused.
//!
//! All columns of text are strings: `OpenCSVSerde` reads nothing else, and a typed column would turn a bad value into NULL
//! without a word. The Hive script checks and casts. What text files bring besides, and who deals with it:
//! - header lines: the table's `skip.header.line.count`;
//! - CRLF, and no newline at the end: Hadoop's line reader;
//! - quotes, doubled inside a field: `OpenCSVSerde`; a backslash is itself; `Format::Delimited` knows no quotes;
//! - a byte-order mark: Hadoop's line reader drops it, and the script drops it again where a reader does not;
//! - missing fields: NULL, as distinct from empty ones, in both serdes; additional fields: the column [`EXTRA`].

use serde_json::{Map, Value, json};

use crate::diagnostic::Diagnostic;
use crate::model::{Area, Column, Compression, Format, Pipeline, Table, Zone};
use crate::template::{Resource, Template, logical_id, reference};

/// The last column of stage: NULL, unless a line has more fields than the table has columns.
pub const EXTRA: &str = "_extra";

/// The column of the rejected rows that says why.
pub const REASON: &str = "_reason";

/// The column of the rejected rows that names the file.
pub const SOURCE_FILE: &str = "_source_file";

/// The partition of the rejected rows: the start of the execution that refused them.
pub const RUN: &str = "run";

/// Returns what is wrong with the columns of a table.
pub(super) fn problems(table: &Table) -> Option<Diagnostic> {
    let taken = table.source_columns().find(|column| column.name.as_str() == RUN)?;
    let message =
        format!("the column name `{RUN}` is taken by the rejected rows of `{}`", table.name);
    let problem = Diagnostic::error("taken-column", taken.span, message);
    Some(problem.label("they are partitioned by it").help("call it otherwise, such as `run_id`"))
}

/// Adds a table's resources. Where the databases stand in the same stack, references order them.
pub(super) fn add(template: &mut Template, pipeline: &Pipeline, table: &Table, beside: bool) {
    for (word, zone, input) in [
        ("stage", Zone::Stage, stage(pipeline, table)),
        ("prod", Zone::Prod, prod(pipeline, table)),
        ("rejected", Zone::Stage, rejected(pipeline, table)),
    ] {
        let database = pipeline.database(zone, table.kind);
        let properties = object([
            ("CatalogId", reference("AWS::AccountId")),
            (
                "DatabaseName",
                if beside {
                    reference(&super::database_id(database))
                } else {
                    pipeline.database_name(&database.name).into()
                },
            ),
            ("TableInput", input),
        ]);
        let resource = Resource::new("AWS::Glue::Table", table.span, properties);
        template.add(logical_id(&format!("{word} {}", table.name)), resource);
    }
}

fn stage(pipeline: &Pipeline, table: &Table) -> Value {
    let mut columns: Vec<_> = table.source_columns().map(|c| column(c, "string".into())).collect();
    columns.push(plain_column(EXTRA, "Fields behind the last column"));
    let mut parameters = parameters("csv");
    if table.source.header_lines > 0 {
        let lines = table.source.header_lines.to_string();
        parameters.insert("skip.header.line.count".into(), lines.into());
    }
    let location = location(pipeline, table, Area::Stage);
    let storage = storage(&TEXT, columns, location, serde(table));
    input(table, table.name.to_string(), parameters, storage)
}

fn prod(pipeline: &Pipeline, table: &Table) -> Value {
    let mut parameters = parameters("orc");
    parameters.insert("orc.compress".into(), compression(table.compression).into());
    let columns = table.columns.iter().map(typed_column).collect();
    let serde = json!({"SerializationLibrary": "org.apache.hadoop.hive.ql.io.orc.OrcSerde"});
    let storage = storage(&ORC, columns, location(pipeline, table, Area::Prod), serde);
    let mut input = input(table, table.name.to_string(), parameters, storage);
    if !table.partition.is_empty() {
        input["PartitionKeys"] = table.partition.iter().map(typed_column).collect();
    }
    input
}

fn rejected(pipeline: &Pipeline, table: &Table) -> Value {
    let names = table.source_columns().map(|c| c.name.as_str());
    let mut columns: Vec<_> =
        names.map(|name| object([("Name", name.into()), ("Type", "string".into())])).collect();
    columns.push(plain_column(EXTRA, "Fields behind the last column"));
    columns.push(plain_column(REASON, "Why the row was refused"));
    columns.push(plain_column(SOURCE_FILE, "The file that it stood in"));
    let location = location(pipeline, table, Area::Rejected);
    let storage = storage(&TEXT, columns, location, quoted(',', '\\'));
    let mut input = input(table, table.rejected_name(), parameters("csv"), storage);
    let run = plain_column(RUN, "Start of the execution that refused the row");
    input["PartitionKeys"] = Value::Array(vec![run]);
    input
}

/// Glue keeps parameters as text.
fn parameters(classification: &str) -> Map<String, Value> {
    Map::from_iter([
        ("EXTERNAL".to_owned(), Value::from("TRUE")),
        ("classification".to_owned(), Value::from(classification)),
    ])
}

fn input(table: &Table, name: String, parameters: Map<String, Value>, storage: Value) -> Value {
    let mut input = object([("Name", name.into())]);
    if let Some(description) = &table.description {
        input["Description"] = description.as_str().into();
    }
    input["TableType"] = "EXTERNAL_TABLE".into();
    input["Parameters"] = Value::Object(parameters);
    input["StorageDescriptor"] = storage;
    input
}

/// The classes that read and write a kind of file.
struct Classes {
    input: &'static str,
    output: &'static str,
}

const TEXT: Classes = Classes {
    input: "org.apache.hadoop.mapred.TextInputFormat",
    output: "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
};

const ORC: Classes = Classes {
    input: "org.apache.hadoop.hive.ql.io.orc.OrcInputFormat",
    output: "org.apache.hadoop.hive.ql.io.orc.OrcOutputFormat",
};

fn storage(classes: &Classes, columns: Vec<Value>, location: String, serde: Value) -> Value {
    object([
        ("Columns", Value::Array(columns)),
        ("Location", location.into()),
        ("InputFormat", classes.input.into()),
        ("OutputFormat", classes.output.into()),
        ("SerdeInfo", serde),
    ])
}

/// Moves the values into an object, where `json!` would copy them: there may be thousands of tables.
fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    Value::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

fn serde(table: &Table) -> Value {
    match table.source.format {
        Format::Csv => quoted(table.source.delimiter, '\u{1}'),
        Format::Delimited => delimited(table.source.delimiter),
    }
}

/// Quotes are doubled in files that come. The serde has no way to say that nothing else escapes: where it is not told, it
/// drops backslashes, so it is told a character that no text has. What Hive writes, it escapes with a backslash.
fn quoted(separator: char, escape: char) -> Value {
    json!({
        "SerializationLibrary": "org.apache.hadoop.hive.serde2.OpenCSVSerde",
        "Parameters": {"separatorChar": separator, "quoteChar": "\"", "escapeChar": escape},
    })
}

/// No field can hold the delimiter, so as the mark of NULL it leaves NULL to missing fields alone; `\N` comes as text.
fn delimited(delimiter: char) -> Value {
    json!({
        "SerializationLibrary": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
        "Parameters": {
            "field.delim": delimiter,
            "serialization.format": delimiter,
            "serialization.null.format": delimiter,
        },
    })
}

fn location(pipeline: &Pipeline, table: &Table, area: Area) -> String {
    format!("{}/", pipeline.s3_uri(&pipeline.table_prefix(table, area)))
}

fn typed_column(found: &Column) -> Value {
    column(found, found.hive_type.to_string())
}

fn column(column: &Column, hive_type: String) -> Value {
    let mut found = object([("Name", column.name.as_str().into()), ("Type", hive_type.into())]);
    if let Some(comment) = &column.comment {
        found["Comment"] = comment.as_str().into();
    }
    found
}

fn plain_column(name: &str, comment: &str) -> Value {
    object([("Name", name.into()), ("Type", "string".into()), ("Comment", comment.into())])
}

fn compression(compression: Compression) -> &'static str {
    match compression {
        Compression::Zlib => "ZLIB",
        Compression::Snappy => "SNAPPY",
        Compression::Zstd => "ZSTD",
        Compression::None => "NONE",
    }
}
