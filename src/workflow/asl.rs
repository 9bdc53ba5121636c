//! Definitions brought as files: references are filled in, everything else stays.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::aws::asl;
use crate::diagnostic::{Diagnostic, Problems, Span};
use crate::model::{Machine, Name, Pipeline, Reference, Target, named_in, references};

use super::StateMachine;

/// Fills in the references of a definition.
pub(super) fn compile(
    pipeline: &Pipeline,
    machine: &Machine,
    text: &str,
    span: Span,
    problems: &mut Problems,
) -> StateMachine {
    let (lambdas, runs) = named_in(text);
    let mut compiled = StateMachine {
        name: machine.name.clone(),
        definition: Value::Null,
        lambdas,
        runs,
        starts: BTreeMap::new(),
        distributed: false,
        warnings: Vec::new(),
        span: machine.span,
    };
    match serde_json::from_str::<Value>(text) {
        Ok(mut definition) => {
            compiled.starts = starts(&definition);
            compiled.runs.retain(|name| hands_on(text, &definition, name));
            fill(pipeline, &mut definition);
            compiled.distributed = is_distributed(&definition);
            compiled.definition = definition;
        }
        Err(error) => {
            problems.add(Diagnostic::error("bad-json", span, format!("this is not JSON: {error}")));
        }
    }
    compiled
}

/// Returns the state machines that Tasks start by `${machine:NAME}`, each with whether one waits for its end.
fn starts(definition: &Value) -> BTreeMap<Name, bool> {
    let mut found = BTreeMap::new();
    for call in asl::calls(definition) {
        let named = call.machine().and_then(|arn| named_in(arn).1.pop_first());
        if let Some(name) = named {
            *found.entry(name).or_default() |= call.waits();
        }
    }
    found
}

/// Tells whether a definition names a machine elsewhere than where its own Tasks start it, so that a Lambda may be told of it.
fn hands_on(text: &str, definition: &Value, machine: &Name) -> bool {
    let wanted = Target::Machine(machine.as_str());
    let named = |text: &str| references(text).iter().filter(|one| one.target == wanted).count();
    let calls = asl::calls(definition);
    named(text) > calls.iter().filter_map(asl::Call::machine).map(named).sum()
}

fn fill(pipeline: &Pipeline, value: &mut Value) {
    match value {
        Value::String(text) => *text = filled(pipeline, text),
        Value::Array(items) => items.iter_mut().for_each(|item| fill(pipeline, item)),
        Value::Object(fields) => fields.values_mut().for_each(|field| fill(pipeline, field)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn filled(pipeline: &Pipeline, text: &str) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut at = 0;
    for Reference { range, target } in references(text) {
        filled.push_str(&text[at..range.start]);
        filled.push_str(
            &resolved(pipeline, &target).unwrap_or_else(|| text[range.clone()].to_owned()),
        );
        at = range.end;
    }
    filled.push_str(&text[at..]);
    filled
}

/// Returns what a reference stands for; `check` made sure that all names exist.
fn resolved(pipeline: &Pipeline, target: &Target<'_>) -> Option<String> {
    Some(match target {
        Target::Lambda(name) => pipeline.alias_arn(&pipeline.lambda(name)?.name),
        Target::Machine(name) => pipeline.machine_arn(&pipeline.machine(name)?.name),
        Target::Bucket => pipeline.workarea.bucket.to_string(),
        Target::Root => pipeline.workarea.root.clone(),
        Target::Location(area, table) => {
            let table = pipeline.tables.iter().find(|known| known.name.as_str() == *table)?;
            pipeline.s3_uri(&pipeline.table_prefix(table, *area))
        }
        Target::Dollar => "${".to_owned(),
        Target::Unknown(_) => return None,
    })
}

fn is_distributed(value: &Value) -> bool {
    match value {
        Value::Object(fields) => {
            fields.get("Mode").is_some_and(|mode| mode == "DISTRIBUTED")
                || fields.values().any(is_distributed)
        }
        Value::Array(items) => items.iter().any(is_distributed),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}
