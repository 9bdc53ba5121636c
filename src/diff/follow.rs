//! What changes because something else does: a property that takes its value from a resource that is replaced, from a
//! parameter, a mapping or a condition that changes, in this stack or, through its outputs, in another.

use std::collections::BTreeSet;

use serde_json::Value;

use super::change::{Action, Property, Resource};
use super::compare::Difference;
use super::normal::{self, call, token};
use super::read::{Stack, resources};
use super::resource::{bare, parts};
use super::verdict::{self, Consequence};
use crate::aws::schema;

/// Adds the resources that may be replaced because of what they refer to, however far away the cause is.
pub(super) fn replacements(stacks: &[Stack], changes: &mut Vec<Resource>) {
    let mut moved: BTreeSet<(String, String)> = BTreeSet::new();
    loop {
        let before = moved.len();
        for stack in stacks {
            moved.extend(causes(stack, changes));
        }
        moved.extend(handed_on(stacks, &moved));
        if moved.len() == before {
            return;
        }
        for stack in stacks {
            follow(stack, &moved, changes);
        }
    }
}

/// Returns what may have another value in a stack: replaced resources, changed parameters, mappings and conditions.
fn causes(stack: &Stack, changes: &[Resource]) -> Vec<(String, String)> {
    let replaced = changes.iter().filter(|change| {
        let may = matches!(change.consequence, Consequence::Replace | Consequence::MayReplace);
        change.stack == stack.name && may && change.action != Action::Renamed
    });
    let sections = ["Parameters", "ParameterValues", "Mappings", "Conditions"];
    let of_template = parts(stack).into_iter().filter(|part| {
        sections.contains(&part.section.as_str()) && part.old.is_some() && part.new.is_some()
    });
    let ids = replaced.map(|change| change.logical_id.clone());
    ids.chain(of_template.map(|part| part.name)).map(|name| (stack.name.clone(), name)).collect()
}

/// Returns the parameters of other stacks that take their value from an output which refers to what moved.
fn handed_on(stacks: &[Stack], moved: &BTreeSet<(String, String)>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for stack in stacks {
        for (output, value) in stack.new["Outputs"].as_object().into_iter().flatten() {
            if mentioned(&stack.name, value, moved).is_none() {
                continue;
            }
            let source = format!("{}.{output}", stack.name);
            for other in stacks {
                let wired = other.parameters[1].as_object().into_iter().flatten();
                let takes = wired.filter(|(_, from)| from["output"] == *source);
                found.extend(takes.map(|(name, _)| (other.name.clone(), name.clone())));
            }
        }
    }
    found
}

/// Returns the first name in the value that moved.
fn mentioned(stack: &str, value: &Value, moved: &BTreeSet<(String, String)>) -> Option<String> {
    let mut found = None;
    references(value, "", &mut |name, _, _| {
        if found.is_none() && moved.contains(&(stack.to_owned(), name.to_owned())) {
            found = Some(name.to_owned());
        }
    });
    found
}

fn follow(stack: &Stack, moved: &BTreeSet<(String, String)>, changes: &mut Vec<Resource>) {
    for (id, resource) in resources(&stack.new).into_iter().flatten() {
        let kind = resource["Type"].as_str().unwrap_or_default();
        if stack.old["Resources"].get(id).is_none() || schema::of(kind).is_none() {
            continue;
        }
        let found = followers(stack, kind, resource, moved);
        if found.is_empty() {
            continue;
        }
        let known = changes.iter_mut().find(|c| c.stack == stack.name && c.logical_id == *id);
        if let Some(change) = known {
            add(change, found);
        } else {
            let mut change =
                Resource { action: Action::Follows, ..bare(&stack.name, id, resource) };
            add(&mut change, found);
            changes.push(change);
        }
    }
}

fn add(change: &mut Resource, found: Vec<(Property, String)>) {
    for (property, cause) in found {
        if change.properties.iter().any(|known| known.path == property.path) {
            continue;
        }
        if change.consequence > Consequence::MayReplace {
            change.consequence = Consequence::MayReplace;
            change.reason =
                Some(format!("`{}` takes its value from `{cause}`, which changes", property.path));
        }
        change.properties.push(property);
    }
}

/// Returns the properties that refer to what moved and cannot change in place, each with its cause.
fn followers(
    stack: &Stack,
    kind: &str,
    resource: &Value,
    moved: &BTreeSet<(String, String)>,
) -> Vec<(Property, String)> {
    let mut found: Vec<(Property, String)> = Vec::new();
    references(&resource["Properties"], "/Properties", &mut |name, pointer, value| {
        if !moved.contains(&(stack.name.clone(), name.to_owned())) {
            return;
        }
        let difference = Difference {
            pointer: pointer.to_owned(),
            path: shown(pointer),
            old: Some(value.clone()),
            new: Some(Value::Null),
        };
        if verdict::of(kind, &difference) > Consequence::MayReplace {
            return;
        }
        let property = Property {
            path: difference.path,
            pointer: difference.pointer,
            old: Some(value.clone()),
            new: Some(value.clone()),
            consequence: Consequence::MayReplace,
            told_in: None,
        };
        if !found.iter().any(|(known, _)| known.path == property.path) {
            found.push((property, name.to_owned()));
        }
    });
    found
}

fn shown(pointer: &str) -> String {
    pointer.trim_start_matches("/Properties/").replace('/', ".")
}

/// Calls `told` with each name that an intrinsic function in `value` refers to, the pointer above the function, and it.
fn references(value: &Value, pointer: &str, told: &mut impl FnMut(&str, &str, &Value)) {
    match (call(value), value) {
        (Some((_, argument)), _) => {
            let mut names = Vec::new();
            named(value, &mut names);
            for name in names {
                told(&name, pointer, value);
            }
            if let ("Fn::If", Value::Array(parts)) = call(value).unwrap_or(("", argument)) {
                parts.iter().skip(1).for_each(|part| references(part, pointer, told));
            }
        }
        (None, Value::Array(items)) => {
            for (at, item) in items.iter().enumerate() {
                references(item, &format!("{pointer}/{at}"), told);
            }
        }
        (None, Value::Object(map)) => {
            for (key, item) in map {
                references(item, &format!("{pointer}/{}", token(key)), told);
            }
        }
        (None, _) => {}
    }
}

/// Collects the names in one function.
fn named(value: &Value, names: &mut Vec<String>) {
    match call(value) {
        Some(("Ref", Value::String(name))) => names.push(name.clone()),
        Some(("Fn::GetAtt", _)) => {
            if let Value::String(text) = &normal::value(value)["Fn::GetAtt"] {
                names.extend(names_in(text).into_iter().take(1).map(str::to_owned));
            }
        }
        Some(("Fn::Sub", argument)) => {
            let text = argument.as_str().or_else(|| argument[0].as_str()).unwrap_or_default();
            names.extend(text.split("${").skip(1).filter_map(|rest| {
                let name = rest.split(['}', '.']).next()?.trim();
                (!name.starts_with('!')).then(|| name.to_owned())
            }));
            argument.as_array().into_iter().flatten().for_each(|part| within(part, names));
        }
        Some(("Fn::If" | "Fn::FindInMap", Value::Array(parts))) => {
            names.extend(parts.first().and_then(Value::as_str).map(str::to_owned));
            parts.iter().skip(1).for_each(|part| within(part, names));
        }
        Some((_, argument)) => within(argument, names),
        None => {}
    }
}

fn within(value: &Value, names: &mut Vec<String>) {
    match value {
        _ if call(value).is_some() => named(value, names),
        Value::Array(items) => items.iter().for_each(|item| within(item, names)),
        Value::Object(map) => map.values().for_each(|item| within(item, names)),
        _ => {}
    }
}

/// Returns the words of `A.Arn` or `${A.Arn}/x` that may be logical ids.
pub(super) fn names_in(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect()
}
