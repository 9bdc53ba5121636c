//! What CloudFormation does for a difference: decided from the registry schemas, and never milder than they are.

use serde::Serialize;
use serde_json::Value;

use super::compare::{Difference, is_open, property};
use super::normal::{call, token};
use crate::aws::schema::{self, Replacement, ResourceType};

/// What happens to a resource, the worst first.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Consequence {
    /// CloudFormation starts and fails: what must be replaced keeps its fixed name, or its type changes.
    Impossible,
    /// The old resource is deleted and a new one made.
    Replace,
    /// It is replaced or not, as the values at deployment decide.
    MayReplace,
    /// The type is not in the registry, so anything may happen.
    Unknown,
    /// It is deleted.
    Delete,
    /// It leaves the stack and goes on outside of it.
    Leave,
    /// It is changed in place and does not work meanwhile.
    Interrupt,
    /// It is changed in place.
    InPlace,
    /// It is made.
    Create,
    /// Only what CloudFormation itself notes of it changes.
    None,
}

/// Returns what one difference of a resource of type `kind` entails, by itself.
pub(super) fn of(kind: &str, difference: &Difference) -> Consequence {
    match property(difference) {
        Some(pointer) => match schema::of(kind) {
            Some(resource) => of_property(kind, resource, pointer, difference),
            None => Consequence::Unknown,
        },
        None => match difference.pointer.split('/').nth(1).unwrap_or_default() {
            // CloudFormation: "Update of resource type is not permitted".
            "Type" => Consequence::Impossible,
            // It may come to be or cease to be.
            "Condition" | "" => Consequence::MayReplace,
            _ => Consequence::None,
        },
    }
}

fn of_property(
    kind: &str,
    resource: &ResourceType,
    pointer: &str,
    difference: &Difference,
) -> Consequence {
    match replacement(resource, pointer, difference) {
        Replacement::Always if may_stay_equal(difference) => Consequence::MayReplace,
        Replacement::Always => Consequence::Replace,
        Replacement::Conditional => Consequence::MayReplace,
        Replacement::Never if schema::was_said_to_replace(kind, pointer) => Consequence::MayReplace,
        Replacement::Never if schema::interrupts(kind, pointer) => Consequence::Interrupt,
        Replacement::Never => Consequence::InPlace,
    }
}

/// A part that comes or goes as a whole replaces the resource where it holds a property that does.
fn replacement(resource: &ResourceType, pointer: &str, difference: &Difference) -> Replacement {
    let by_pointer = resource.replacement(pointer);
    let whole = match (&difference.old, &difference.new) {
        (Some(whole), None) | (None, Some(whole)) if by_pointer == Replacement::Conditional => {
            whole
        }
        _ => return by_pointer,
    };
    let covered = resource
        .conditional_create_only()
        .iter()
        .any(|named| pointer == *named || pointer.starts_with(&format!("{named}/")));
    if covered || is_open(whole) { by_pointer } else { deepest(resource, pointer, whole) }
}

fn deepest(resource: &ResourceType, pointer: &str, value: &Value) -> Replacement {
    let below = |key: &str, item| deepest(resource, &format!("{pointer}/{key}"), item);
    let parts: Vec<_> = match value {
        Value::Object(map) => map.iter().map(|(key, item)| below(&token(key), item)).collect(),
        Value::Array(items) => {
            items.iter().enumerate().map(|(at, item)| below(&at.to_string(), item)).collect()
        }
        _ => return resource.replacement(pointer),
    };
    parts.into_iter().max().unwrap_or(Replacement::Never)
}

/// Tells whether both sides may turn out to be the same value at deployment: one of them is known only then, and they do not
/// ask for the same things.
fn may_stay_equal(difference: &Difference) -> bool {
    let (Some(old), Some(new)) = (&difference.old, &difference.new) else { return false };
    (is_open(old) || is_open(new)) && asked(old) != asked(new)
}

/// Returns what the intrinsic functions of a value ask for.
fn asked(value: &Value) -> Vec<String> {
    match (call(value), value) {
        (Some(("Fn::Sub", Value::String(text))), _) => text
            .split("${")
            .skip(1)
            .map(|rest| rest.split('}').next().unwrap_or(rest).to_owned())
            .collect(),
        (Some(_), _) => vec![value.to_string()],
        (None, Value::Array(items)) => items.iter().flat_map(asked).collect(),
        (None, Value::Object(map)) => map.values().flat_map(asked).collect(),
        (None, Value::String(text)) if text.contains("{{resolve:") => vec![text.clone()],
        (None, _) => Vec::new(),
    }
}

/// Returns the fixed name that keeps a resource from being replaced: CloudFormation makes the new one before it deletes the
/// old one, so it refuses ("cannot update a stack when a custom-named resource requires replacing").
pub(super) fn fixed_name(kind: &str, old: &Value, new: &Value) -> Option<String> {
    let resource = schema::of(kind)?;
    let (old, new) = (&old["Properties"], &new["Properties"]);
    let kept = |pointer: &str| {
        let name = new.pointer(pointer).filter(|name| old.pointer(pointer) == Some(name))?;
        Some(text_of(name))
    };
    let names = resource.create_only().iter().copied();
    if let Some(name) = names.filter(|name| schema::is_own_name(kind, name)).find_map(kept) {
        return Some(name);
    }
    // No name of its own, but all that identifies it is given and stays.
    let identifier = resource.primary_identifier();
    let parts: Vec<_> = identifier.iter().map(|part| kept(part)).collect::<Option<_>>()?;
    parts.last().cloned()
}

fn text_of(name: &Value) -> String {
    match name {
        Value::String(text) => text.clone(),
        open => open.to_string(),
    }
}

/// Returns a name for people: the first own name that a resource states, else what identifies it.
pub(super) fn shown_name(kind: &str, properties: &Value) -> Option<String> {
    let resource = schema::of(kind)?;
    if let Some(name) = schema::own_name(kind, properties) {
        let database = properties["DatabaseName"].as_str().filter(|_| kind == "AWS::Glue::Table");
        return Some(database.map_or_else(|| name.to_owned(), |of| format!("{of}.{name}")));
    }
    match resource.primary_identifier() {
        [only] => properties.pointer(only)?.as_str().filter(|id| !id.is_empty()).map(str::to_owned),
        _ => None,
    }
}
