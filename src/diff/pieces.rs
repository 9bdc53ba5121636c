//! Text that is put together when a stack is made: `Fn::Sub` and `Fn::Join` in one form.

use serde_json::{Map, Value, json};

use super::normal::call;

/// A part of a text.
enum Piece {
    Text(String),
    /// A function whose value is known at deployment only.
    Call(Value),
}

/// Returns a normal `Fn::Sub` or `Fn::Join` as plain text, a single function, or an `Fn::Sub`; `None` where it is not one that
/// CloudFormation takes.
pub(super) fn canonical(written: &Value) -> Option<Value> {
    let pieces = match call(written)? {
        ("Fn::Sub", Value::String(text)) => substituted(text, &Map::new())?,
        ("Fn::Sub", Value::Array(parts)) => match parts.as_slice() {
            [Value::String(text), Value::Object(variables)] => substituted(text, variables)?,
            _ => return None,
        },
        ("Fn::Join", Value::Array(parts)) => match parts.as_slice() {
            [Value::String(between), Value::Array(items)] => joined(between, items)?,
            _ => return None,
        },
        _ => return None,
    };
    Some(whole(merged(pieces)))
}

fn substituted(text: &str, variables: &Map<String, Value>) -> Option<Vec<Piece>> {
    let (mut pieces, mut rest) = (Vec::new(), text);
    while let Some((before, after)) = rest.split_once("${") {
        pieces.push(Piece::Text(before.to_owned()));
        let (name, behind) = after.split_once('}')?;
        pieces.extend(match (name.strip_prefix('!'), variables.get(name.trim())) {
            (Some(literal), _) => vec![Piece::Text(format!("${{{literal}}}"))],
            (None, Some(value)) => parts(value),
            (None, None) => vec![Piece::Call(named(name.trim()))],
        });
        rest = behind;
    }
    pieces.push(Piece::Text(rest.to_owned()));
    Some(pieces)
}

fn named(name: &str) -> Value {
    if name.contains('.') { json!({"Fn::GetAtt": name}) } else { json!({"Ref": name}) }
}

fn joined(between: &str, items: &[Value]) -> Option<Vec<Piece>> {
    // A reference in the list may itself be a list, whose items the delimiter parts.
    let is_text = |item: &Value| item.is_string() || item.is_number() || call(item).is_some();
    if !items.iter().all(is_text) {
        return None;
    }
    let mut pieces = Vec::new();
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            pieces.push(Piece::Text(between.to_owned()));
        }
        pieces.extend(parts(item));
    }
    let one_that_may_be_a_list = items.len() == 1 && !items[0].is_string();
    (!one_that_may_be_a_list).then_some(pieces)
}

/// Takes a normal value apart: a text that an inner function puts together has pieces of its own.
fn parts(value: &Value) -> Vec<Piece> {
    match (value, call(value)) {
        (Value::String(text), _) => vec![Piece::Text(text.clone())],
        (_, Some(("Fn::Sub", Value::String(text)))) => {
            substituted(text, &Map::new()).unwrap_or_else(|| vec![Piece::Call(value.clone())])
        }
        (_, Some(("Fn::Join", Value::Array(joined)))) if joined.first() == Some(&json!("")) => {
            joined[1].as_array().into_iter().flatten().flat_map(parts).collect()
        }
        (Value::Number(_) | Value::Bool(_), _) => vec![Piece::Text(value.to_string())],
        _ => vec![Piece::Call(value.clone())],
    }
}

fn merged(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut merged: Vec<Piece> = Vec::new();
    for piece in pieces {
        match (merged.last_mut(), piece) {
            (Some(Piece::Text(before)), Piece::Text(text)) => before.push_str(&text),
            (_, piece) => merged.push(piece),
        }
    }
    merged.retain(|piece| !matches!(piece, Piece::Text(text) if text.is_empty()));
    merged
}

fn whole(pieces: Vec<Piece>) -> Value {
    match pieces.as_slice() {
        [] => return Value::String(String::new()),
        [Piece::Text(text)] => return text.as_str().into(),
        [Piece::Call(call)] => return call.clone(),
        _ => {}
    }
    let simple = pieces.iter().map(template).collect::<Option<String>>();
    if let Some(text) = simple {
        return json!({"Fn::Sub": text});
    }
    let items = pieces.into_iter().map(|piece| match piece {
        Piece::Text(text) => text.into(),
        Piece::Call(call) => call,
    });
    json!({"Fn::Join": ["", items.collect::<Vec<Value>>()]})
}

/// The piece as `Fn::Sub` writes it.
fn template(piece: &Piece) -> Option<String> {
    match piece {
        Piece::Text(text) => Some(text.replace("${", "${!")),
        Piece::Call(value) => match call(value)? {
            ("Ref" | "Fn::GetAtt", Value::String(name)) => Some(format!("${{{name}}}")),
            _ => None,
        },
    }
}
