//! The blueprint's JSON Schema, for editors.

use serde_json::{Value, json};

use super::Blueprint;
use super::decode::{Decode, Spanned};
use super::definitions::{Definitions, Property};
use super::environment::{EXTENDS, FILE_KEYS, OWN_KEYS};

/// Returns the JSON Schema (draft 2020-12) of a blueprint file: a whole one, or one that extends another.
pub fn schema() -> Value {
    let mut definitions = Definitions::default();
    Blueprint::schema(&mut definitions);
    definitions.part(Blueprint::schema);
    let mut found = definitions.into_map();
    let whole = found.get_mut("Blueprint").expect("it was just defined");
    whole["properties"]["environments"] = environments();
    whole["required"].as_array_mut().expect("a list").push("environments".into());
    let part = found.remove("BlueprintPart").expect("a part lacks the required keys");
    found.insert("Extension".to_owned(), extension(part.clone()));
    found.insert("Environment".to_owned(), environment(part));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Blueprint of a data pipeline",
        "if": {"required": [EXTENDS]},
        "then": {"$ref": "#/$defs/Extension"},
        "else": {"$ref": "#/$defs/Blueprint"},
        "$defs": found,
    })
}

fn environments() -> Value {
    json!({
        "type": "object",
        "description": "Where the pipeline runs, and what differs there from the rest of the file.",
        "minProperties": 1,
        "additionalProperties": {"anyOf": [{"$ref": "#/$defs/Environment"}, {"type": "null"}]},
    })
}

fn extension(mut part: Value) -> Value {
    part["properties"][EXTENDS] = json!({
        "type": "string",
        "description": "The blueprint that this one is laid over; `./` in front means beside this one.",
    });
    part["properties"]["environments"] = environments();
    part
}

/// Returns the schema as text: what fits into a line stands on one, so that a person can read it.
pub fn schema_text() -> String {
    let mut text = String::new();
    write(&mut text, &schema(), 0);
    text + "\n"
}

const LINE: usize = 120;

fn write(text: &mut String, value: &Value, indent: usize) {
    let line = value.to_string();
    match value {
        Value::Object(map) if indent == 0 || indent + line.len() > LINE => {
            let entries = map.iter().map(|(key, value)| (format!("{}: ", json!(key)), value));
            block(text, ('{', '}'), entries.collect(), indent);
        }
        Value::Array(items) if indent + line.len() > LINE => {
            let items = items.iter().map(|item| (String::new(), item));
            block(text, ('[', ']'), items.collect(), indent);
        }
        _ => text.push_str(&line),
    }
}

fn block(
    text: &mut String,
    (open, close): (char, char),
    entries: Vec<(String, &Value)>,
    indent: usize,
) {
    let last = entries.len().saturating_sub(1);
    text.push(open);
    for (index, (key, value)) in entries.into_iter().enumerate() {
        text.push_str(&line_of(indent + 2));
        text.push_str(&key);
        write(text, value, indent + 2);
        text.push_str(if index == last { "" } else { "," });
    }
    text.push_str(&line_of(indent));
    text.push(close);
}

fn line_of(indent: usize) -> String {
    format!("\n{:1$}", "", indent)
}

/// Makes an environment of the part that may override the blueprint.
fn environment(mut part: Value) -> Value {
    let overriding = part["properties"].as_object_mut().expect("a record");
    overriding.retain(|key, _| !FILE_KEYS.contains(&key.as_str()));
    let own = [
        Property::of::<Spanned<String>>(OWN_KEYS[0], "The AWS account, 12 digits in quotes."),
        Property::of::<Spanned<String>>(OWN_KEYS[1], "The region, such as `us-east-1`."),
        Property::of::<Option<Spanned<String>>>(
            OWN_KEYS[2],
            "What every name ends in, for environments that share an account and a region.",
        ),
    ];
    let about = "Where the pipeline runs, and what differs there from the rest of the file.";
    let mut environment = Definitions::default().object(about, &own);
    let properties = environment["properties"].as_object_mut().expect("a record");
    properties.append(overriding);
    environment
}
