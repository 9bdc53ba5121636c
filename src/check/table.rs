//! Databases, tables and columns.

use std::collections::BTreeMap;

use crate::blueprint::decode::{Item, Named, Spanned};
use crate::blueprint::{self, Blueprint, Format, Kind, Load, Zone};
use crate::diagnostic::{Diagnostic, Problems, Span};
use crate::model::{Column, Compression, Database, HiveName, HiveType, Locations, Source, Table};

use crate::template::logical_id;

use super::hive_name::hive_name;
use super::number;

pub(super) fn databases(
    written: &Named<blueprint::Database>,
    problems: &mut Problems,
) -> Vec<Database> {
    let mut databases: Vec<Database> = Vec::new();
    for (name, item) in written {
        let Some(found) = database(name, item, problems) else { continue };
        let same = |other: &&Database| other.zone == found.zone && other.holds == found.holds;
        if let Some(other) = databases.iter().find(same) {
            let message = format!(
                "`{}` and `{name}` are both for {} tables in {}",
                other.name,
                found.holds.word(),
                found.zone.word()
            );
            let problem = Diagnostic::error("second-database", item.span, message);
            problems.add_missing(
                problem
                    .related(other.span, "first here")
                    .help("keep one database for each zone and kind"),
            );
        }
        databases.push(found);
    }
    databases
}

fn database(
    name: &str,
    item: &Item<blueprint::Database>,
    problems: &mut Problems,
) -> Option<Database> {
    Some(Database {
        name: hive_name("the database", name, item.span, problems)?,
        zone: item.value.zone.value,
        holds: item.value.holds.value,
        description: item.value.description.as_ref().map(|d| d.value.clone()),
        span: item.span,
    })
}

/// Every zone and kind of table needs its database.
pub(super) fn databases_for(
    tables: &[Table],
    databases: &[Database],
    blueprint: &Blueprint,
    problems: &mut Problems,
) {
    for kind in Kind::ALL {
        let Some(table) = tables.iter().find(|table| table.kind == *kind) else { continue };
        for zone in Zone::ALL {
            let written = blueprint.databases.values();
            let known = databases.iter().any(|d| d.zone == *zone && d.holds == *kind)
                || written
                    .map(|item| &item.value)
                    .any(|d| d.zone.value == *zone && d.holds.value == *kind);
            if !known {
                let message =
                    format!("no database holds {} tables in {}", kind.word(), zone.word());
                let problem = Diagnostic::error("missing-database", table.span, message);
                let line = format!(
                    "add to `databases`: `<name>: {{zone: {}, holds: {}}}`",
                    zone.word(),
                    kind.word()
                );
                problems.add_missing(problem.label("this table needs one").help(line));
            }
        }
    }
}

pub(super) fn tables(written: &Named<blueprint::Table>, problems: &mut Problems) -> Vec<Table> {
    let tables: Vec<_> =
        written.iter().filter_map(|(name, item)| table(name, item, problems)).collect();
    let places: BTreeMap<&str, Span> = tables.iter().map(|t| (t.name.as_str(), t.span)).collect();
    for table in &tables {
        let rejected = format!("{}_rejected", table.name);
        if let Some(place) = places.get(rejected.as_str()) {
            let message =
                format!("the name `{rejected}` is taken by the rejected rows of `{}`", table.name);
            problems.add(
                Diagnostic::error("duplicate-name", *place, message).help("choose another name"),
            );
        }
    }
    tables
}

fn table(name: &str, item: &Item<blueprint::Table>, problems: &mut Problems) -> Option<Table> {
    let written = &item.value;
    let found = hive_name("the table", name, item.span, problems);
    if name.len() > MAX_TABLE {
        let message = format!("the table `{name}` has a name longer than {MAX_TABLE} characters");
        problems.add(
            Diagnostic::error("bad-name", item.span, message)
                .help("`_rejected` must fit behind it"),
        );
    }
    let columns = columns(&written.columns, problems);
    let partition = columns_of_partition(written, problems);
    if written.columns.is_empty() {
        let problem = Diagnostic::error(
            "no-columns",
            item.span,
            format!("the table `{name}` has no columns"),
        );
        problems.add_missing(problem.help("add `columns: {id: int}`"));
    }
    let load = load(written, item.span, problems);
    let key = key(written, load, item.span, problems);
    let source = source(written.source.as_ref(), problems);
    let locations = locations(written.locations.as_ref(), problems);
    Some(Table {
        name: found?,
        kind: written.kind.value,
        description: written.description.as_ref().map(|d| d.value.clone()),
        columns,
        partition,
        source,
        load,
        key,
        locations,
        compression: written.compression.as_ref().map_or(Compression::Zlib, |c| c.value),
        span: item.span,
    })
}

/// Hive's metastore takes 128 characters; the table of rejected rows adds 9.
const MAX_TABLE: usize = 119;

fn columns(written: &Named<blueprint::Column>, problems: &mut Problems) -> Vec<Column> {
    let columns = written.iter().filter_map(|(name, item)| column(name, item, problems));
    let columns: Vec<_> = columns.collect();
    for column in columns.iter().filter(|column| !column.hive_type.is_castable()) {
        let message = format!("a column of type `{}` comes as one field of text", column.hive_type);
        let place = written[column.name.as_str()].value.hive_type.span;
        problems.add(Diagnostic::warning("complex-column", place, message).help(
            "the load splits it: items and fields at `|`, the key of a map from its value at `:`",
        ));
    }
    columns
}

fn column(name: &str, item: &Item<blueprint::Column>, problems: &mut Problems) -> Option<Column> {
    let found = hive_name("the column", name, item.span, problems);
    let hive_type = hive_type(&item.value.hive_type, problems)?;
    let comment = item.value.comment.as_ref().map(|c| c.value.clone());
    Some(Column { name: found?, hive_type, comment, span: item.span })
}

fn columns_of_partition(written: &blueprint::Table, problems: &mut Problems) -> Vec<Column> {
    if let (Kind::Dimension, Some((_, first))) = (written.kind.value, written.partition.first()) {
        let problem =
            Diagnostic::error("partitioned-dimension", first.span, "a dimension has no partition");
        problems.add(
            problem
                .label("a load overwrites all of it")
                .help("make it a `fact`, or move the column to `columns`"),
        );
    }
    for (name, item) in &written.partition {
        if let Some(column) = written.columns.get(name) {
            let message = format!("the partition column `{name}` stands in `columns` too");
            let problem = Diagnostic::error("partition-column-repeated", item.span, message);
            problems.add(
                problem
                    .related(column.span, "also here")
                    .help("remove it from `columns`: Hive adds it behind them"),
            );
        }
    }
    let partition = written.partition.iter();
    let partition: Vec<_> =
        partition.filter_map(|(name, item)| column(name, item, problems)).collect();
    for column in partition.iter().filter(|c| !is_partition_type(&c.hive_type)) {
        let message = format!("a partition column cannot be of type `{}`", column.hive_type);
        let problem = Diagnostic::error(
            "partition-type",
            written.partition[column.name.as_str()].value.hive_type.span,
            message,
        );
        problems.add(
            problem.help("use `int`, `bigint`, `string` or `date`: its values become folder names"),
        );
    }
    partition
}

/// Floating values have no one text form, binary none at all.
fn is_partition_type(hive_type: &HiveType) -> bool {
    hive_type.is_castable()
        && !matches!(
            hive_type,
            HiveType::Float | HiveType::Double | HiveType::Boolean | HiveType::Timestamp
        )
}

fn hive_type(written: &Spanned<String>, problems: &mut Problems) -> Option<HiveType> {
    HiveType::parse(&written.value)
        .map_err(|bad| {
            let span = written.span.word_at(&written.value, bad.at);
            let open = written.value.matches('(').count() > written.value.matches(')').count();
            let help = if open {
                "close the `(`; inside `{…}`, where a comma ends the value, put the type in quotes, such as \"decimal(12,2)\""
            } else {
                "types are Hive's: `int`, `string`, `decimal(12,2)`, `array<string>`, `struct<a:int>`…"
            };
            problems.add(Diagnostic::error("bad-type", span, bad.message).help(help));
        })
        .ok()
}

fn source(written: Option<&blueprint::SourceFile>, problems: &mut Problems) -> Source {
    let format = written.and_then(|s| s.format.as_ref()).map_or(Format::Csv, |f| f.value);
    let header = written.and_then(|s| s.header_lines.as_ref());
    let delimiter = written.and_then(|s| s.delimiter.as_ref());
    Source {
        format,
        delimiter: delimiter.map_or(',', |d| character(d, problems)),
        header_lines: number(header, "the number of header lines", 0..=100, 1, problems),
    }
}

fn character(written: &Spanned<String>, problems: &mut Problems) -> char {
    let text = if written.value == "\\t" { "\t" } else { written.value.as_str() };
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(c), None) if c.is_ascii() && !matches!(c, '"' | '\\' | '\n' | '\r') => c,
        _ => {
            let problem = Diagnostic::error(
                "bad-delimiter",
                written.span,
                format!("`{text}` cannot stand between fields"),
            );
            problems.add(
                problem.help("use one ASCII character, such as \",\", \";\", \"|\" or \"\\t\""),
            );
            ','
        }
    }
}

fn load(written: &blueprint::Table, span: Span, problems: &mut Problems) -> Load {
    let default = match written.kind.value {
        Kind::Dimension => Load::Overwrite,
        Kind::Fact => Load::Append,
    };
    let Some(load) = &written.load else { return default };
    let refused = match (written.kind.value, load.value) {
        (Kind::Dimension, Load::Append | Load::ReplacePartitions | Load::Merge) => {
            Some("a dimension is loaded by `overwrite`")
        }
        (Kind::Fact, Load::Overwrite) => {
            Some("a fact is loaded by `append`, `replace_partitions` or `merge`")
        }
        (Kind::Fact, Load::ReplacePartitions) if written.partition.is_empty() => {
            Some("there are no partitions to replace")
        }
        _ => None,
    };
    if let Some(reason) = refused.filter(|_| !problems.is_left_out(written.kind.span)) {
        let problem = Diagnostic::error(
            "bad-load",
            load.span,
            format!("a {} cannot be loaded by `{}`", written.kind.value.word(), load.value.word()),
        );
        problems
            .add(problem.label(reason).related(span, "the table").help("change `kind` or `load`"));
    }
    load.value
}

fn key(
    written: &blueprint::Table,
    load: Load,
    span: Span,
    problems: &mut Problems,
) -> Vec<HiveName> {
    if load == Load::Merge && written.key.is_empty() {
        let at = written.load.as_ref().map_or(span, |load| load.span);
        let problem = Diagnostic::error(
            "missing-key-columns",
            at,
            "`load: merge` needs to know which columns name a row",
        );
        problems.add_missing(problem.help("add `key: [<column>]`"));
    }
    let unused = matches!(load, Load::Append | Load::ReplacePartitions);
    if let (true, Some(first)) = (unused, written.key.first()) {
        let message = format!("`key` has no effect with `load: {}`", load.word());
        let problem = Diagnostic::warning("unused-key", first.span, message);
        problems.add(problem.help("remove it, or write `load: merge`"));
    }
    written.key.iter().filter_map(|column| key_column(column, written, problems)).collect()
}

fn key_column(
    column: &Spanned<String>,
    table: &blueprint::Table,
    problems: &mut Problems,
) -> Option<HiveName> {
    let names = table.columns.keys().chain(table.partition.keys()).map(String::as_str);
    if names.clone().any(|name| name == column.value) {
        return HiveName::parse(&column.value).ok();
    }
    let problem = Diagnostic::error(
        "unknown-column",
        column.span,
        format!("unknown column `{}` in `key`", column.value),
    );
    problems.add_unknown(&column.value, problem.suggest(&column.value, names));
    None
}

fn locations(written: Option<&blueprint::Locations>, problems: &mut Problems) -> Locations {
    let Some(written) = written else { return Locations::default() };
    let mut prefix = |location: &Option<Spanned<String>>| {
        location.as_ref().and_then(|l| key_prefix(l, problems))
    };
    Locations {
        landing: prefix(&written.landing),
        stage: prefix(&written.stage),
        prod: prefix(&written.prod),
        archive: prefix(&written.archive),
    }
}

/// A key prefix without slashes around it, of characters that neither S3, Hive nor a shell reads as something else.
pub(super) fn key_prefix(written: &Spanned<String>, problems: &mut Problems) -> Option<String> {
    let text = &written.value;
    let safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-' | '.' | '=');
    let whole = !text.is_empty() && text.len() <= 512 && text.chars().all(safe);
    let parts = text.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
    if whole && parts {
        return Some(text.clone());
    }
    let problem =
        Diagnostic::error("bad-location", written.span, format!("`{text}` is not a key prefix"));
    problems.add(problem.help("use letters, digits, `_`, `-`, `.`, `=` and single slashes, none at the ends, below the pipeline's root"));
    None
}

pub(super) fn catalog_stacks(blueprint: &Blueprint, problems: &mut Problems) -> Option<u32> {
    let stacks = blueprint.catalog.as_ref()?.stacks.as_ref()?;
    Some(number(Some(stacks), "the number of catalog stacks", 1..=512, 1, problems))
}

/// Tells names that become one logical id in CloudFormation, such as `a_b` and `ab`.
pub(super) fn same_logical_ids<'a>(
    what: &str,
    names: impl Iterator<Item = (&'a str, Span)>,
    problems: &mut Problems,
) {
    let mut ids: BTreeMap<String, (&str, Span)> = BTreeMap::new();
    for (name, span) in names {
        if let Some((other, first)) = ids.insert(logical_id(name), (name, span)) {
            let message = format!("{what} `{name}` and `{other}` differ only in punctuation");
            let problem = Diagnostic::error("duplicate-name", span, message);
            problems.add(
                problem
                    .related(first, "the other one")
                    .help("CloudFormation ids keep letters and digits only: rename one"),
            );
        }
    }
}
