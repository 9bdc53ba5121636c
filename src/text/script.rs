//! The Hive script of each table: what its template is given.

use std::collections::BTreeSet;

use handlebars::Context;
use rayon::prelude::*;
use serde::Serialize;

use crate::diagnostic::Diagnostic;
use crate::model::{Column, Format, HiveName, Load, Pipeline, Table, Zone};

use super::cast::{Cast, cast};
use super::{Engine, TextFile, file};

/// Lists are made here, one line each, so that thousands of scripts cost little.
#[derive(Serialize)]
struct Values<'a> {
    pipeline: &'a str,
    table: &'a str,
    stage: String,
    prod: String,
    rejected: String,
    append: bool,
    merge: bool,
    header: Option<String>,
    line: String,
    texts: String,
    names: String,
    faults: String,
    typed: String,
    names_of_fresh: String,
    names_of_old: String,
    names_of_ranked: String,
    key: Vec<String>,
    first_key: String,
    typed_key: String,
    ranked_is_stuck: String,
    moves: bool,
    merged: &'static str,
    partition: Vec<String>,
    first_partition: String,
    distribute: Option<String>,
}

pub(super) fn render(
    pipeline: &Pipeline,
    engine: &Engine,
) -> Result<Vec<TextFile>, Vec<Diagnostic>> {
    let tables = pipeline.tables.par_iter();
    collected(tables.map(|table| script(pipeline, engine, table)).collect())
}

fn collected(
    scripts: Vec<Result<TextFile, Vec<Diagnostic>>>,
) -> Result<Vec<TextFile>, Vec<Diagnostic>> {
    let mut files = Vec::new();
    let mut problems: Vec<Diagnostic> = Vec::new();
    for script in scripts {
        match script {
            Ok(file) => files.push(file),
            Err(found) => problems.extend(found),
        }
    }
    // A slip in a template is the same for every table.
    let mut told = BTreeSet::new();
    problems.retain(|problem| told.insert((problem.span, problem.message.clone())));
    if problems.is_empty() { Ok(files) } else { Err(problems) }
}

fn script(
    pipeline: &Pipeline,
    engine: &Engine,
    table: &Table,
) -> Result<TextFile, Vec<Diagnostic>> {
    let template = format!("{}_process", table.kind.word());
    let values = values(pipeline, table)?;
    let mut context = Context::wraps(&values).expect("plain values are JSON");
    // Handlebars takes twice as long to include a part as to render it, and the scripts need it twice.
    let render = |template: &str, context: &Context| {
        engine.render(template, context, table.span).map_err(|problem| vec![problem])
    };
    context.data_mut()["checked"] = render("checked", &context)?.trim_end().into();
    let script = render(&template, &context)?;
    Ok(file(pipeline, pipeline.script_key(table), script, BTreeSet::new()))
}

fn values<'a>(pipeline: &'a Pipeline, table: &'a Table) -> Result<Values<'a>, Vec<Diagnostic>> {
    let columns: Vec<&Column> = table.source_columns().collect();
    let names: Vec<_> = columns.iter().map(|column| quoted(column.name.as_str())).collect();
    let casts = casts(table, &columns)?;
    let key: Vec<_> = table.key.iter().map(|name| quoted(name.as_str())).collect();
    let partition: Vec<_> = table.partition.iter().map(|c| quoted(c.name.as_str())).collect();
    let database =
        |zone| quoted(&pipeline.database_name(&pipeline.database(zone, table.kind).name));
    let stage = database(Zone::Stage);
    let merge = table.load == Load::Merge;
    let moves = merge && table.partition.iter().any(|column| !table.key.contains(&column.name));
    Ok(Values {
        pipeline: pipeline.name.as_str(),
        table: table.name.as_str(),
        rejected: format!("{stage}.{}", quoted(&table.rejected_name())),
        stage: format!("{stage}.{}", quoted(table.name.as_str())),
        prod: format!("{}.{}", database(Zone::Prod), quoted(table.name.as_str())),
        append: table.load == Load::Append,
        merge,
        header: header(table, &columns),
        line: format!("concat_ws(',', {})", names.join(", ")),
        texts: lines(&texts(table, &columns)),
        faults: faults(table, &columns, &casts).join("\n      "),
        typed: lines(&assigned(&names, &casts)),
        names_of_fresh: lines(&of("fresh", &names)),
        names_of_old: lines(&of("old", &names)),
        names_of_ranked: lines(&of("ranked", &names)),
        distribute: distribute(table, &key, &partition, &names),
        names: lines(&names),
        first_key: key.first().cloned().unwrap_or_default(),
        typed_key: typed_key(table, &columns, "").join(", "),
        ranked_is_stuck: equal(&typed_key(table, &columns, "ranked."), &of("stuck", &key)),
        key,
        moves,
        merged: if moves { "accepted" } else { "fresh" },
        first_partition: partition.first().cloned().unwrap_or_default(),
        partition,
    })
}

/// Rows that no reducer has gathered come from many writers, and from a union in a folder for each of its parts.
fn distribute(
    table: &Table,
    key: &[String],
    partition: &[String],
    names: &[String],
) -> Option<String> {
    match table.load {
        _ if !partition.is_empty() => Some(partition.join(", ")),
        Load::Merge | Load::Overwrite if !key.is_empty() => Some(key.join(", ")),
        Load::Merge | Load::Overwrite => names.first().cloned(),
        Load::Append | Load::ReplacePartitions => None,
    }
}

/// Returns the values of the key's columns, of the row that `prefix` names.
fn typed_key(table: &Table, columns: &[&Column], prefix: &str) -> Vec<String> {
    let column = |name: &HiveName| columns.iter().find(|column| column.name == *name);
    let key = table.key.iter().filter_map(column);
    key.filter_map(|c| cast(&format!("{prefix}`{}`", c.name), &c.hive_type))
        .map(|cast| cast.value)
        .collect()
}

fn of(row: &str, names: &[String]) -> Vec<String> {
    names.iter().map(|name| format!("{row}.{name}")).collect()
}

fn equal(left: &[String], right: &[String]) -> String {
    let pairs: Vec<_> = left.iter().zip(right).map(|(a, b)| format!("{a} = {b}")).collect();
    pairs.join(" AND ")
}

fn quoted(name: &str) -> String {
    format!("`{name}`")
}

/// Returns a list of a SELECT, one line each.
fn lines(items: &[String]) -> String {
    items.join(",\n    ")
}

/// Returns the line of a header as it looks when it slipped in among the rows.
fn header(table: &Table, columns: &[&Column]) -> Option<String> {
    let names: Vec<_> = columns.iter().map(|column| column.name.as_str()).collect();
    (table.source.header_lines > 0).then(|| names.join(","))
}

fn texts(table: &Table, columns: &[&Column]) -> Vec<String> {
    let text = |(index, column): (usize, &&Column)| {
        let name = quoted(column.name.as_str());
        let mut text = name.clone();
        if index == 0 {
            text = format!("regexp_replace({text}, '^\\uFEFF', '')");
        }
        if !column.hive_type.is_text() || is_partition(table, column) {
            text = format!("trim({text})");
        }
        let may_be_null = column.hive_type.is_text() && !is_needed(table, column);
        if table.source.format == Format::Delimited && !may_be_null {
            text = format!("regexp_replace({text}, '^\\\\\\\\N$', '')");
        }
        if text == name { name } else { format!("{text} AS {name}") }
    };
    columns.iter().enumerate().map(text).collect()
}

fn is_partition(table: &Table, column: &Column) -> bool {
    table.partition.iter().any(|other| other.name == column.name)
}

/// A row without a value there has no place, or no name.
fn is_needed(table: &Table, column: &Column) -> bool {
    table.key.contains(&column.name) || is_partition(table, column)
}

fn casts(table: &Table, columns: &[&Column]) -> Result<Vec<Cast>, Vec<Diagnostic>> {
    let mut casts = Vec::with_capacity(columns.len());
    let mut problems = Vec::new();
    for column in columns {
        match cast(&quoted(column.name.as_str()), &column.hive_type) {
            Some(cast) => casts.push(nullable(table, column, cast)),
            None => problems.push(not_castable(column)),
        }
    }
    if problems.is_empty() { Ok(casts) } else { Err(problems) }
}

/// Hive and most databases write NULL as `\N` where nothing is quoted.
fn nullable(table: &Table, column: &Column, cast: Cast) -> Cast {
    if table.source.format == Format::Csv || !column.hive_type.is_text() {
        return cast;
    }
    let name = quoted(column.name.as_str());
    Cast {
        fits: cast.fits.map(|fits| format!("{name} = '\\\\N' OR {fits}")),
        value: format!("CASE WHEN {name} <> '\\\\N' THEN {} END", cast.value),
    }
}

fn not_castable(column: &Column) -> Diagnostic {
    let message = format!("Hive has no way from text to `{}`", column.hive_type);
    Diagnostic::error("cast", column.span, message)
        .help("use `string`, `array<string>`, `map<string,string>` or a struct of simple types")
}

fn assigned(names: &[String], casts: &[Cast]) -> Vec<String> {
    let value = |(name, cast): (&String, &Cast)| match &cast.value {
        value if value == name => name.clone(),
        value => format!("{value} AS {name}"),
    };
    names.iter().zip(casts).map(value).collect()
}

/// Returns the cases in which a row is refused. A field that is NULL is missing: serdes give the empty text for an empty one.
fn faults(table: &Table, columns: &[&Column], casts: &[Cast]) -> Vec<String> {
    let last = columns.last().expect("check asks for at least one column");
    let mut faults = vec![
        format!("WHEN `{}` IS NULL THEN 'fewer fields than columns'", last.name),
        "WHEN `_extra` <> '' THEN 'more fields than columns'".to_owned(),
    ];
    faults.extend(columns.iter().zip(casts).flat_map(|(c, cast)| faults_of(table, c, cast)));
    faults
}

fn faults_of(table: &Table, column: &Column, cast: &Cast) -> Vec<String> {
    let name = &column.name;
    let needed = is_needed(table, column);
    let mut faults = Vec::new();
    if needed {
        faults.push(format!("WHEN `{name}` = '' THEN '{name} is empty'"));
    }
    // Glue takes no quotes in the values of partitions (EMR release guide, "Using the AWS Glue Data Catalog").
    if is_partition(table, column) && column.hive_type.is_text() {
        faults.push(format!("WHEN `{name}` RLIKE '[\\u0022\\u0027]' THEN '{name} has a quote'"));
    }
    if let Some(fits) = &cast.fits {
        // Engines answer NULL where Hive wraps a date around, and NOT NULL would let the row pass.
        let not_empty = if needed { String::new() } else { format!("`{name}` <> '' AND ") };
        let kind = &column.hive_type;
        faults.push(format!(
            "WHEN {not_empty}NOT coalesce({fits}, FALSE) THEN '{name} is not of type {kind}'"
        ));
    }
    faults
}
