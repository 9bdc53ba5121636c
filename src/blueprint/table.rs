//! Databases, tables and columns as written.

use serde_json::{Value, json};

use super::decode::{Decode, Named, Spanned, choice, record};
use super::definitions::Definitions;
use crate::diagnostic::Problems;
use crate::yaml::{Content, Node};

record! {
    /// A Glue database, for the tables of one kind in one zone.
    pub struct Database as "a database" {
        /// The zone: `stage` or `prod`.
        pub zone: Spanned<Zone>,
        /// The kind of its tables: `dimension` or `fact`.
        pub holds: Spanned<Kind>,
        /// What it is for.
        pub description: Option<Spanned<String>>,
    }
}

choice! {
    /// Where the data stands on its way.
    pub enum Zone as "zone" {
        /// Text files, as they came.
        Stage = "stage",
        /// ORC, partitioned.
        Prod = "prod",
    }
}

choice! {
    /// What a table holds.
    pub enum Kind as "kind" {
        /// A dimension: a load overwrites all of it.
        Dimension = "dimension",
        /// A fact: a load adds to it, by partition.
        Fact = "fact",
    }
}

record! {
    /// A table: it stands once in stage (text) and once in prod (ORC).
    pub struct Table as "a table" {
        /// `dimension` or `fact`.
        pub kind: Spanned<Kind>,
        /// What it holds.
        pub description: Option<Spanned<String>>,
        /// The columns in the order of the source files, each with its Hive type.
        pub columns: Named<Column>,
        /// The columns by which prod is partitioned; in source files they stand behind the others.
        pub partition: Named<Column>,
        /// What the source files look like.
        pub source: Option<SourceFile>,
        /// What a load does to what is there.
        pub load: Option<Spanned<Load>>,
        /// The columns that name a row, for `load: merge` and `load: overwrite`: of rows with one key the last by file name stays.
        pub key: Vec<Spanned<String>>,
        /// Where its files stand, when not where the pipeline's rule says.
        pub locations: Option<Locations>,
        /// The compression of its ORC files, `zlib` unless given.
        pub compression: Option<Spanned<Compression>>,
    }
}

choice! {
    /// What a load does to what is there.
    pub enum Load as "way to load" {
        /// Replaces the whole table.
        Overwrite = "overwrite",
        /// Adds rows; the same file loaded twice stands there twice.
        Append = "append",
        /// Replaces the partitions that the files touch.
        ReplacePartitions = "replace_partitions",
        /// Replaces rows of the same key, adds the others.
        Merge = "merge",
    }
}

choice! {
    /// How ORC files are compressed.
    pub enum Compression as "compression" {
        /// Small.
        Zlib = "zlib",
        /// Fast.
        Snappy = "snappy",
        /// Small and fast; needs readers of ORC 1.6.
        Zstd = "zstd",
        /// Not at all.
        None = "none",
    }
}

record! {
    /// What the source files of a table look like.
    pub struct SourceFile as "`source`" {
        /// `csv` (quoted fields, the default) or `delimited` (never quoted).
        pub format: Option<Spanned<Format>>,
        /// The character between fields, a comma unless given.
        pub delimiter: Option<Spanned<String>>,
        /// The lines at the start of each file that hold no data, 1 unless given.
        pub header_lines: Option<Spanned<u32>>,
    }
}

choice! {
    /// The kind of a source file.
    pub enum Format as "format" {
        /// Fields may stand in double quotes.
        Csv = "csv",
        /// Fields are never quoted.
        Delimited = "delimited",
    }
}

record! {
    /// Where a table's files stand below the pipeline's root, when not where its rule says.
    pub struct Locations as "`locations`" {
        /// Where other systems put source files.
        pub landing: Option<Spanned<String>>,
        /// Where text waits for the load.
        pub stage: Option<Spanned<String>>,
        /// Where the ORC files are.
        pub prod: Option<Spanned<String>>,
        /// Where source files go after the load.
        pub archive: Option<Spanned<String>>,
    }
}

/// A column: `name: type`, or `name: {type: …, comment: …}`.
#[derive(Clone, Debug)]
pub struct Column {
    /// The Hive type.
    pub hive_type: Spanned<String>,
    /// What it holds.
    pub comment: Option<Spanned<String>>,
}

record! {
    /// A column with a comment.
    pub struct CommentedColumn as "a column" {
        /// The Hive type.
        pub hive_type = "type": Spanned<String>,
        /// What it holds.
        pub comment: Option<Spanned<String>>,
    }
}

impl Decode for Column {
    fn decode(node: &Node, problems: &mut Problems) -> Option<Self> {
        if let Content::Mapping(_) = node.content {
            let column = CommentedColumn::decode(node, problems)?;
            return Some(Self { hive_type: column.hive_type, comment: column.comment });
        }
        Some(Self { hive_type: Spanned::decode(node, problems)?, comment: None })
    }

    fn schema(definitions: &mut Definitions) -> Value {
        let forms = [String::schema(definitions), CommentedColumn::schema(definitions)];
        let name =
            if forms[1]["$ref"] == "#/$defs/CommentedColumn" { "Column" } else { "ColumnPart" };
        definitions.add(name, json!({"anyOf": forms}))
    }
}
