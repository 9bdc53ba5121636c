//! The blueprint's JSON Schema, for editors.

use serde_json::{Map, Value, json};

use super::Blueprint;
use super::decode::Decode;

/// Returns the JSON Schema (draft 2020-12) of a blueprint file.
pub fn schema() -> Value {
    let mut schema = Blueprint::schema();
    let sections = schema["properties"].as_object().cloned().unwrap_or_default();
    let overlay = sections.into_iter().map(|(key, section)| (key, optional(section))).collect();
    schema["properties"]["environments"] = json!({
        "type": "object",
        "description": "Where the pipeline runs: account and region, and whatever else differs from the rest of the file.",
        "minProperties": 1,
        "additionalProperties": environment(overlay),
    });
    if let Some(required) = schema["required"].as_array_mut() {
        required.push("environments".into());
    }
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    schema["title"] = "Blueprint of a data pipeline".into();
    schema
}

fn environment(mut properties: Map<String, Value>) -> Value {
    properties.insert(
        "account".into(),
        json!({"type": ["string", "integer"], "description": "The AWS account, 12 digits."}),
    );
    properties.insert("region".into(), json!({"type": "string", "description": "The region."}));
    properties.insert("suffix".into(), json!({"type": "string", "description": "What every name ends in, for environments that share an account and a region."}));
    json!({
        "type": "object", "additionalProperties": false,
        "required": ["account", "region"], "properties": properties,
    })
}

/// What an environment overrides need not be whole, and `null` removes a key.
fn optional(schema: Value) -> Value {
    match schema {
        Value::Object(map) => {
            let keep =
                map.into_iter().filter(|(key, value)| !(key == "required" && value.is_array()));
            let mut map: Map<_, _> = keep.map(|(key, value)| (key, optional(value))).collect();
            if let Some(Value::String(kind)) = map.get("type").cloned() {
                map.insert("type".into(), json!([kind, "null"]));
            }
            Value::Object(map)
        }
        Value::Array(items) => items.into_iter().map(optional).collect(),
        other => other,
    }
}
