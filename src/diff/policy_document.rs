//! IAM policy documents in one form: every list that is a set is a sorted list.

use serde_json::{Map, Value};

use super::normal::text;

/// Tells whether the object is a policy document.
pub(super) fn is_one(map: &Map<String, Value>) -> bool {
    let has_effect = |statement: &Value| statement.get("Effect").is_some();
    match map.get("Statement") {
        Some(Value::Array(statements)) => {
            !statements.is_empty() && statements.iter().all(has_effect)
        }
        Some(statement) => has_effect(statement),
        None => false,
    }
}

/// Returns the document in its one form; the order of statements means nothing.
pub(super) fn normal(mut document: Map<String, Value>) -> Value {
    if let Some(statements) = document.get_mut("Statement") {
        let mut sorted = list(statements.take());
        for statement in &mut sorted {
            *statement = normal_statement(statement.take());
        }
        sorted.sort_by_cached_key(text);
        *statements = Value::Array(sorted);
    }
    Value::Object(document)
}

fn normal_statement(statement: Value) -> Value {
    let Value::Object(mut statement) = statement else { return statement };
    for (key, value) in &mut statement {
        let written = value.take();
        *value = match (key.as_str(), written) {
            ("Action" | "NotAction" | "Resource" | "NotResource", written) => set(written),
            ("Principal" | "NotPrincipal", Value::Object(kinds)) => {
                map(kinds, |names| set_of(names, principal))
            }
            ("Condition", Value::Object(operators)) => map(operators, |keys| match keys {
                Value::Object(keys) => map(keys, set),
                other => other,
            }),
            (_, written) => written,
        };
    }
    Value::Object(statement)
}

fn map(values: Map<String, Value>, change: impl Fn(Value) -> Value) -> Value {
    Value::Object(values.into_iter().map(|(key, value)| (key, change(value))).collect())
}

fn list(value: Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items,
        one => vec![one],
    }
}

/// One value or a list of them, as a sorted list without repetition.
fn set(value: Value) -> Value {
    set_of(value, |value| match value {
        Value::Bool(_) | Value::Number(_) => Value::String(value.to_string()),
        other => other,
    })
}

fn set_of(value: Value, form: impl Fn(Value) -> Value) -> Value {
    let mut items: Vec<_> = list(value).into_iter().map(form).collect();
    items.sort_by_cached_key(text);
    items.dedup();
    Value::Array(items)
}

/// An account's number and the ARN of its root user name the same principal (IAM user guide, *AWS JSON policy elements:
/// Principal*).
fn principal(value: Value) -> Value {
    let text = text(&value);
    let root = text.strip_suffix(":root").and_then(|arn| arn.rsplit_once(":iam::"));
    match root {
        Some((partition, account)) if partition.starts_with("arn:") => account.into(),
        _ if value.is_number() => text.into(),
        _ => value,
    }
}
