//! What changes in one stack: its resources, then the rest of its template.

use rayon::prelude::*;
use serde_json::{Map, Value};

use super::change::{Action, Part, Property, Resource};
use super::compare::{Difference, differences};
use super::read::{Stack, resources};
use super::verdict::{self, Consequence};
use super::{normal, rename};
use crate::aws::schema;
use crate::diagnostic::Span;

/// Returns the resources of a stack that change.
pub(super) fn changes(stack: &Stack) -> Vec<Resource> {
    let none = Map::new();
    let old = resources(&stack.old).unwrap_or(&none);
    let new = resources(&stack.new).unwrap_or(&none);
    let renamed = rename::pairs(old, new);
    let old_ids: Vec<_> = old.iter().collect();
    let gone_or_changed = old_ids.par_iter().filter_map(|(id, was)| match new.get(*id) {
        Some(is) if was != &is => changed(&stack.name, id, was, is),
        Some(_) => None,
        None if renamed.iter().any(|pair| pair.old == **id) => None,
        None => Some(removed(&stack.name, id, was)),
    });
    let mut found: Vec<_> = gone_or_changed.collect();
    for (id, is) in new.iter().filter(|(id, _)| !old.contains_key(*id)) {
        found.push(match renamed.iter().find(|pair| pair.new == *id) {
            Some(pair) => rename::change(&stack.name, pair, is),
            None => added(&stack.name, id, is),
        });
    }
    found
}

/// Returns the change of a resource that is the same in all but what is written about it.
pub(super) fn bare(stack: &str, id: &str, resource: &Value) -> Resource {
    let kind = resource["Type"].as_str().unwrap_or_default();
    Resource {
        stack: stack.to_owned(),
        logical_id: id.to_owned(),
        renamed_from: None,
        kind: kind.to_owned(),
        name: verdict::shown_name(kind, &resource["Properties"]),
        action: Action::Changed,
        consequence: Consequence::None,
        reason: None,
        dangers: Vec::new(),
        properties: Vec::new(),
        at: None,
        span: Span::default(),
    }
}

fn added(stack: &str, id: &str, resource: &Value) -> Resource {
    let bare = bare(stack, id, resource);
    Resource { action: Action::Added, consequence: Consequence::Create, ..bare }
}

fn removed(stack: &str, id: &str, resource: &Value) -> Resource {
    let consequence = match resource["DeletionPolicy"].as_str() {
        Some("Retain") => Consequence::Leave,
        _ => Consequence::Delete,
    };
    Resource { action: Action::Removed, consequence, ..bare(stack, id, resource) }
}

fn changed(stack: &str, id: &str, old: &Value, new: &Value) -> Option<Resource> {
    let kind = new["Type"].as_str().unwrap_or_default();
    let schema = schema::of(kind);
    let (was, is) = (normal::resource(schema, old), normal::resource(schema, new));
    let found = differences(schema, &was, &is);
    if found.is_empty() {
        return None;
    }
    let properties: Vec<_> = found.iter().map(|one| property(kind, one)).collect();
    let worst = properties.iter().map(|property| property.consequence).min();
    let mut change = bare(stack, id, new);
    change.consequence = worst.unwrap_or(Consequence::None);
    change.properties = properties;
    judge(&mut change, &was, &is);
    Some(change)
}

fn property(kind: &str, difference: &Difference) -> Property {
    Property {
        path: difference.path.clone(),
        pointer: difference.pointer.clone(),
        old: difference.old.clone(),
        new: difference.new.clone(),
        consequence: verdict::of(kind, difference),
        told_in: None,
    }
}

/// Says where a replacement cannot be: the type or a fixed name stands in its way.
pub(super) fn judge(change: &mut Resource, old: &Value, new: &Value) {
    if old["Type"] != new["Type"] {
        let was = old["Type"].as_str().unwrap_or_default();
        change.reason = Some(format!(
            "CloudFormation does not change a type: it was `{was}` under this logical id"
        ));
        return;
    }
    let Some(name) = verdict::fixed_name(&change.kind, old, new) else { return };
    let cause = change.properties.iter().find(|one| one.consequence == change.consequence);
    let cause = cause.map_or_else(String::new, |one| format!("`{}` changes, so ", one.path));
    match change.consequence {
        Consequence::Replace => {
            change.consequence = Consequence::Impossible;
            change.reason = Some(format!(
                "{cause}it must be replaced, and cannot be while it keeps the name `{name}`"
            ));
        }
        Consequence::MayReplace => {
            change.reason = Some(format!(
                "{cause}it may have to be replaced, and cannot be while it keeps the name `{name}`"
            ));
        }
        _ => {}
    }
}

/// Sections whose wording changes nothing.
const SILENT: [&str; 2] = ["Resources", "AWSTemplateFormatVersion"];

/// Returns what changes in a template beside its resources, and where the manifest takes parameters from elsewhere.
pub(super) fn parts(stack: &Stack) -> Vec<Part> {
    let none = Map::new();
    let old = stack.old.as_object().unwrap_or(&none);
    let new = stack.new.as_object().unwrap_or(&none);
    // A stack that comes or goes is told by its resources.
    let both = !old.is_empty() && !new.is_empty();
    let names = old.keys().chain(new.keys().filter(|key| !old.contains_key(*key)));
    let sections = names.filter(|name| both && !SILENT.contains(&name.as_str()));
    let mut found: Vec<Part> = sections
        .flat_map(|section| section_parts(&stack.name, section, old.get(section), new.get(section)))
        .collect();
    if both {
        let [old, new] = &stack.parameters;
        found.extend(section_parts(&stack.name, "ParameterValues", Some(old), Some(new)));
    }
    found
}

fn section_parts(
    stack: &str,
    section: &str,
    old: Option<&Value>,
    new: Option<&Value>,
) -> Vec<Part> {
    let part = |name: &str, old: Option<&Value>, new: Option<&Value>| Part {
        stack: stack.to_owned(),
        section: section.to_owned(),
        name: name.to_owned(),
        old: old.cloned(),
        new: new.cloned(),
    };
    let differs = |old: Option<&Value>, new: Option<&Value>| match (old, new) {
        (Some(old), Some(new)) => {
            old != new && normal::text(&normal::value(old)) != normal::text(&normal::value(new))
        }
        (old, new) => old.is_some() || new.is_some(),
    };
    let (was, is) = (old.and_then(Value::as_object), new.and_then(Value::as_object));
    if was.is_none() && is.is_none() {
        let changed = differs(old, new) && old != Some(&Value::Null) && new != Some(&Value::Null);
        return changed.then(|| part("", old, new)).into_iter().collect();
    }
    let none = Map::new();
    let (was, is) = (was.unwrap_or(&none), is.unwrap_or(&none));
    let names = was.keys().chain(is.keys().filter(|name| !was.contains_key(*name)));
    let changed = names.filter(|name| differs(was.get(*name), is.get(*name)));
    changed.map(|name| part(name, was.get(name), is.get(name))).collect()
}
