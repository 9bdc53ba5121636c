//! Tables of the Glue catalog: columns, partitions, places, and what a change means for what is stored already.

use serde_json::Value;

use super::change::{Action, Danger, DangerKind, Resource, Table};
use super::normal::{call, text, value};
use super::read::Stack;

/// A column's name and type.
type Column = (String, String);

/// Returns the tables that change, adds their dangers, and marks the properties that they tell of.
pub(super) fn changes(stacks: &[Stack], resources: &mut [Resource]) -> Vec<Table> {
    let mut found = Vec::new();
    let tables = resources.iter_mut().filter(|change| change.kind == "AWS::Glue::Table");
    for change in tables.filter(|change| change.action == Action::Changed) {
        let old = super::find(stacks, &change.stack, Stack::before, &change.logical_id);
        let new = super::find(stacks, &change.stack, Stack::after, &change.logical_id);
        let (old, new) = (Sheet::of(old), Sheet::of(new));
        let mut dangers = Vec::new();
        let mut changed = columns(&old, &new, &mut dangers);
        changed.extend(partitions(&old, &new, &mut dangers));
        changed.extend(location(&old, &new, &mut dangers));
        let message = |message| Danger { kind: DangerKind::Data, message, help: None };
        change.dangers.extend(dangers.into_iter().map(message));
        let told = ["/StorageDescriptor/Columns", "/PartitionKeys", "/StorageDescriptor/Location"];
        for property in &mut change.properties {
            if told.iter().any(|part| property.pointer.contains(part)) {
                property.told_in = Some("catalog");
            }
        }
        if !changed.is_empty() {
            let name = change.name.clone().unwrap_or_else(|| change.logical_id.clone());
            let template = super::find_template(stacks, &change.stack);
            found.push(Table { name: qualified(template, &new.database, &name), changed });
        }
    }
    found
}

/// Puts the database before a table's name, also where the template refers to it.
fn qualified(template: &Value, database: &Value, name: &str) -> String {
    let referred = match call(database) {
        Some(("Ref", Value::String(id))) => {
            &template["Resources"][id]["Properties"]["DatabaseInput"]["Name"]
        }
        _ => database,
    };
    match referred.as_str() {
        Some(database) if !name.contains('.') => format!("{database}.{name}"),
        _ => name.to_owned(),
    }
}

/// What of a table matters here.
struct Sheet {
    columns: Vec<Column>,
    partitions: Vec<Column>,
    location: Option<String>,
    database: Value,
    form: Form,
}

/// How the files of a table find their columns.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    /// By place: text, and ORC unless it is told otherwise (Athena user guide, *Handling schema updates*).
    ByPosition,
    ByName,
}

impl Sheet {
    fn of(resource: &Value) -> Self {
        let properties = value(&resource["Properties"]);
        let input = &properties["TableInput"];
        let storage = &input["StorageDescriptor"];
        Self {
            columns: listed(&storage["Columns"]),
            partitions: listed(&input["PartitionKeys"]),
            location: storage.get("Location").map(super::permissions::shown),
            database: properties["DatabaseName"].clone(),
            form: form(input),
        }
    }
}

fn listed(columns: &Value) -> Vec<Column> {
    let columns = columns.as_array().into_iter().flatten();
    columns.map(|column| (text(&column["Name"]), text(&column["Type"]))).collect()
}

fn form(input: &Value) -> Form {
    let storage = &input["StorageDescriptor"];
    let format = text(&storage["InputFormat"]).to_lowercase();
    let access = ["/Parameters", "/StorageDescriptor/SerdeInfo/Parameters"]
        .into_iter()
        .find_map(|at| input.pointer(at)?.get("orc.column.index.access").map(text));
    let by_name = format.contains("parquet") || access.as_deref() == Some("false");
    if by_name { Form::ByName } else { Form::ByPosition }
}

fn columns(old: &Sheet, new: &Sheet, dangers: &mut Vec<String>) -> Vec<String> {
    let mut changed = Vec::new();
    let partitioned = !old.partitions.is_empty();
    for (at, (name, kind)) in old.columns.iter().enumerate() {
        match new.columns.iter().find(|(other, _)| other == name) {
            None => {
                changed.push(format!("− {name} {kind}"));
                dangers.push(dropped(old, at));
            }
            Some((_, now)) if now != kind => {
                changed.push(format!("~ {name} {kind} → {now}"));
                dangers.push(retyped(name, kind, now, partitioned));
            }
            Some(_) => {}
        }
    }
    let kept = |columns: &[Column], others: &[Column]| -> Vec<String> {
        let both = columns.iter().filter(|(name, _)| others.iter().any(|(other, _)| other == name));
        both.map(|(name, _)| name.clone()).collect()
    };
    for (at, (name, kind)) in new.columns.iter().enumerate() {
        if old.columns.iter().any(|(other, _)| other == name) {
            continue;
        }
        let behind = new.columns[at..]
            .iter()
            .any(|(later, _)| kept(&old.columns, &new.columns).contains(later));
        changed.push(format!(
            "+ {name} {kind}{}",
            if partitioned { "; empty in existing partitions" } else { "" }
        ));
        if behind && new.form == Form::ByPosition {
            dangers.push(format!("column `{name}` comes in between: files are read by position, so in existing ones the columns behind it show each other's values"));
        }
    }
    if kept(&old.columns, &new.columns) != kept(&new.columns, &old.columns) {
        changed.push("~ order of columns".to_owned());
        if new.form == Form::ByPosition {
            dangers.push("the order of columns changes: files are read by position, so in existing ones columns show each other's values".to_owned());
        }
    }
    changed
}

fn dropped(old: &Sheet, at: usize) -> String {
    let name = &old.columns[at].0;
    let mut text = format!(
        "column `{name}` goes: its values stay in existing files, where no query finds them"
    );
    if old.form == Form::ByPosition && at + 1 < old.columns.len() {
        text.push_str("; files are read by position, so in existing ones the columns behind it show each other's values");
    }
    if !old.partitions.is_empty() {
        text.push_str("; existing partitions keep it in their own definition");
    }
    text
}

fn retyped(name: &str, old: &str, new: &str, partitioned: bool) -> String {
    let mut text = format!("column `{name}` becomes {new}: existing files hold {old}");
    if partitioned {
        text.push_str(", and existing partitions keep it in their own definition; where the types do not agree, Athena fails with HIVE_PARTITION_SCHEMA_MISMATCH");
    }
    text
}

fn partitions(old: &Sheet, new: &Sheet, dangers: &mut Vec<String>) -> Option<String> {
    if old.partitions == new.partitions {
        return None;
    }
    let shown = |columns: &[Column]| {
        let columns: Vec<_> = columns.iter().map(|(name, kind)| format!("{name} {kind}")).collect();
        if columns.is_empty() { "none".to_owned() } else { columns.join(", ") }
    };
    let step = format!("{} → {}", shown(&old.partitions), shown(&new.partitions));
    dangers.push(format!(
        "the partition keys change ({step}): existing partitions do not fit the table, and its files must be loaded again into new folders"
    ));
    Some(format!("~ partition keys {step}"))
}

fn location(old: &Sheet, new: &Sheet, dangers: &mut Vec<String>) -> Option<String> {
    let (was, is) = (old.location.as_ref()?, new.location.as_ref()?);
    if was == is {
        return None;
    }
    let partitions = if old.partitions.is_empty() {
        "the table is empty until they are moved"
    } else {
        "existing partitions still point there, new ones go to the new place"
    };
    dangers.push(format!(
        "the table moves from {was} to {is}: its files stay where they are; {partitions}"
    ));
    Some(format!("~ location {was} → {is}"))
}
