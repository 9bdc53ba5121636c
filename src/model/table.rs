//! Databases and tables as meant.

pub use crate::blueprint::{Compression, Format, Kind, Load, Zone};
use crate::diagnostic::Span;

use super::{HiveName, HiveType};

/// A Glue database.
#[derive(Clone, Debug)]
pub struct Database {
    /// Its name.
    pub name: HiveName,
    /// The zone of its tables.
    pub zone: Zone,
    /// The kind of its tables.
    pub holds: Kind,
    /// What it is for.
    pub description: Option<String>,
    /// Where its name stands.
    pub span: Span,
}

/// A table; it stands once in stage (text) and once in prod (ORC).
#[derive(Clone, Debug)]
pub struct Table {
    /// Its name.
    pub name: HiveName,
    /// Dimension or fact.
    pub kind: Kind,
    /// What it holds.
    pub description: Option<String>,
    /// The columns of prod, without those of the partition; never empty.
    pub columns: Vec<Column>,
    /// The columns by which prod is partitioned; in source files they stand behind the others.
    pub partition: Vec<Column>,
    /// What the source files look like.
    pub source: Source,
    /// What a load does to what is there.
    pub load: Load,
    /// The columns that name a row: not empty when `load` is `merge`, of use with `overwrite` too.
    pub key: Vec<HiveName>,
    /// Key prefixes below the root that differ from the rule, without slashes around them.
    pub locations: Locations,
    /// The compression of its ORC files.
    pub compression: Compression,
    /// Where its name stands.
    pub span: Span,
}

/// Key prefixes below the root that differ from the rule.
#[derive(Clone, Debug, Default)]
pub struct Locations {
    /// Where other systems put source files.
    pub landing: Option<String>,
    /// Where text waits for the load.
    pub stage: Option<String>,
    /// Where the ORC files are.
    pub prod: Option<String>,
    /// Where source files go after the load.
    pub archive: Option<String>,
}

/// A column.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name.
    pub name: HiveName,
    /// Its type.
    pub hive_type: HiveType,
    /// What it holds.
    pub comment: Option<String>,
    /// Where its name stands.
    pub span: Span,
}

/// What the source files of a table look like.
#[derive(Clone, Debug)]
pub struct Source {
    /// Quoted fields or not.
    pub format: Format,
    /// The character between fields.
    pub delimiter: char,
    /// The lines at the start of each file that hold no data.
    pub header_lines: u32,
}

impl Table {
    /// Returns the name of the table with the rows that a load refused.
    pub fn rejected_name(&self) -> String {
        format!("{}_rejected", self.name)
    }

    /// Returns all columns in the order of the source files: the partition's stand behind the others.
    pub fn source_columns(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().chain(&self.partition)
    }
}
