//! Resources that say the same under another logical id, or in another stack.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::change::{Action, Resource};
use super::read::Stack;
use super::resource::bare;
use super::verdict::{self, Consequence};
use super::{find, follow, normal};
use crate::aws::schema;

/// A logical id before and after.
#[derive(Debug)]
pub(super) struct Pair {
    pub(super) old: String,
    pub(super) new: String,
}

/// A version is made anew for each change of its function; this is its whole purpose.
pub(super) const VERSION: &str = "AWS::Lambda::Version";

/// Returns the resources of a stack that only changed their logical ids.
pub(super) fn pairs(old: &Map<String, Value>, new: &Map<String, Value>) -> Vec<Pair> {
    let gone: BTreeSet<&str> =
        old.keys().filter(|id| !new.contains_key(*id)).map(String::as_str).collect();
    let come: BTreeSet<&str> =
        new.keys().filter(|id| !old.contains_key(*id)).map(String::as_str).collect();
    if gone.is_empty() || come.is_empty() {
        return Vec::new();
    }
    let either: BTreeSet<&str> = gone.union(&come).copied().collect();
    let mut free: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for id in new.keys().rev().filter(|id| come.contains(id.as_str())) {
        free.entry(face(&new[id], &either)).or_default().push(id);
    }
    let mut pairs = Vec::new();
    for id in old.keys().filter(|id| gone.contains(id.as_str())) {
        if let Some(same) = free.get_mut(&face(&old[id], &either)).and_then(Vec::pop) {
            pairs.push(Pair { old: id.clone(), new: same.to_owned() });
        }
    }
    pairs
}

/// Returns what a resource says, without the logical ids that come and go.
fn face(resource: &Value, ids: &BTreeSet<&str>) -> String {
    let kind = resource["Type"].as_str().unwrap_or_default();
    if kind == VERSION {
        return normal::text(&without(
            &normal::value(&resource["Properties"]["FunctionName"]),
            ids,
        ));
    }
    normal::text(&without(&normal::resource(schema::of(kind), resource), ids))
}

fn without(value: &Value, ids: &BTreeSet<&str>) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| without(item, ids)).collect(),
        Value::Object(map) => {
            let masked = map.iter().map(|(key, item)| {
                let item = match (key.as_str(), item) {
                    ("Ref" | "Fn::GetAtt" | "Fn::Sub" | "DependsOn", item) => masked(item, ids),
                    (_, item) => without(item, ids),
                };
                (key.clone(), item)
            });
            Value::Object(masked.collect())
        }
        scalar => scalar.clone(),
    }
}

fn masked(value: &Value, ids: &BTreeSet<&str>) -> Value {
    match value {
        Value::String(text) => {
            let named = follow::names_in(text);
            if named.iter().any(|name| ids.contains(name)) {
                let parts = text.split(|c: char| !c.is_ascii_alphanumeric());
                parts.filter(|part| !ids.contains(part)).collect()
            } else {
                value.clone()
            }
        }
        Value::Array(items) => items.iter().map(|item| masked(item, ids)).collect(),
        other => without(other, ids),
    }
}

/// Returns the change of a resource that has a new logical id.
pub(super) fn change(stack: &str, pair: &Pair, resource: &Value) -> Resource {
    let mut change = Resource {
        action: Action::Renamed,
        renamed_from: Some(pair.old.clone()),
        ..bare(stack, &pair.new, resource)
    };
    (change.consequence, change.reason) = if change.kind == VERSION {
        (Consequence::Create, None)
    } else {
        let (consequence, reason) = moved(&change.kind, resource, "its logical id changes");
        (consequence, Some(reason))
    };
    change
}

/// CloudFormation makes what is new before it deletes what is gone, so a name cannot pass from one to the other.
fn moved(kind: &str, resource: &Value, why: &str) -> (Consequence, String) {
    match verdict::fixed_name(kind, resource, resource) {
        Some(name) => {
            let reason =
                format!("{why}, and a second one cannot be made while the name `{name}` is taken");
            (Consequence::Impossible, reason)
        }
        None => {
            (Consequence::Replace, format!("{why}: a second one is made, then the old one goes"))
        }
    }
}

/// Finds what leaves one stack and comes up in another under its name.
pub(super) fn between_stacks(stacks: &[Stack], changes: &mut [Resource]) {
    let with_name =
        |action: Action| move |change: &&Resource| change.action == action && change.name.is_some();
    let gone: Vec<Resource> = changes.iter().filter(with_name(Action::Removed)).cloned().collect();
    for change in changes.iter_mut().filter(|change| change.action == Action::Added) {
        let same = |old: &&Resource| {
            old.kind == change.kind && old.name == change.name && old.stack != change.stack
        };
        if change.name.is_none() {
            continue;
        }
        if let Some(old) = gone.iter().find(same) {
            let resource = find(stacks, &change.stack, Stack::after, &change.logical_id);
            let why = format!("it moves here from the stack `{}`", old.stack);
            let (consequence, reason) = moved(&change.kind, resource, &why);
            (change.consequence, change.reason) = (consequence, Some(reason));
        }
    }
}
