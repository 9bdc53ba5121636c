//! Where two resources in their one form differ: by path, items of lists told by their names.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::normal::{call, text, token};
use crate::aws::schema::ResourceType;

/// One place where two resources differ.
#[derive(Clone, Debug)]
pub(super) struct Difference {
    /// Where, as a JSON pointer into the resource; it ends above an intrinsic function.
    pub(super) pointer: String,
    /// Where, for people: `Policies[permissions].PolicyDocument`.
    pub(super) path: String,
    /// What stood there, if anything did.
    pub(super) old: Option<Value>,
    /// What stands there, if anything does.
    pub(super) new: Option<Value>,
}

/// Returns every place where two resources in their one form differ.
pub(super) fn differences(
    kind: Option<&ResourceType>,
    old: &Value,
    new: &Value,
) -> Vec<Difference> {
    let mut comparison = Comparison { kind, found: Vec::new() };
    comparison.value(&Place::default(), old, new);
    comparison.found
}

#[derive(Clone, Default)]
struct Place {
    pointer: String,
    path: String,
    /// Whether numbers and strings differ here, as they do in documents that CloudFormation passes on.
    strict: bool,
}

impl Place {
    fn key(&self, key: &str) -> Self {
        let shown = match (self.path.is_empty(), key) {
            // A resource's properties are what is meant by default.
            (true, "Properties") => String::new(),
            (true, key) => key.to_owned(),
            (false, key) => format!("{}.{key}", self.path),
        };
        self.below(key, shown)
    }

    fn item(&self, index: usize, shown: &str) -> Self {
        self.below(&index.to_string(), format!("{}[{shown}]", self.path))
    }

    fn below(&self, key: &str, path: String) -> Self {
        let pointer = format!("{}/{}", self.pointer, token(key));
        // An event pattern or a state machine's definition is JSON of its own, in which 1 is not "1".
        let strict = self.strict || matches!(key, "EventPattern" | "Definition");
        Self { pointer, path, strict }
    }
}

struct Comparison<'a> {
    kind: Option<&'a ResourceType>,
    found: Vec<Difference>,
}

impl Comparison<'_> {
    fn value(&mut self, at: &Place, old: &Value, new: &Value) {
        match (old, new) {
            (Value::Object(old), Value::Object(new)) if !is_function(old) && !is_function(new) => {
                self.object(at, old, new);
            }
            (Value::Array(old), Value::Array(new)) => self.list(at, old, new),
            _ if same(at, old, new) => {}
            _ => self.tell(at, Some(old), Some(new)),
        }
    }

    fn tell(&mut self, at: &Place, old: Option<&Value>, new: Option<&Value>) {
        let path = if at.path.is_empty() { "Properties".to_owned() } else { at.path.clone() };
        let pointer = at.pointer.clone();
        self.found.push(Difference { pointer, path, old: old.cloned(), new: new.cloned() });
    }

    fn object(&mut self, at: &Place, old: &Map<String, Value>, new: &Map<String, Value>) {
        for (key, was) in old {
            match new.get(key) {
                // Most is equal: a place is made up only for what is not.
                Some(is) if was == is => {}
                Some(is) => self.value(&at.key(key), was, is),
                None => self.tell(&at.key(key), Some(was), None),
            }
        }
        for (key, is) in new.iter().filter(|(key, _)| !old.contains_key(*key)) {
            self.tell(&at.key(key), None, Some(is));
        }
    }

    fn list(&mut self, at: &Place, old: &[Value], new: &[Value]) {
        match names(old).zip(names(new)) {
            Some((was, is)) => self.named(at, (&was, old), (&is, new)),
            None => self.unnamed(at, old, new),
        }
    }

    /// Compares items that have names.
    fn named(&mut self, at: &Place, old: (&[&str], &[Value]), new: (&[&str], &[Value])) {
        let (was, is) = (place_in(old.0), place_in(new.0));
        for (index, name) in old.0.iter().enumerate() {
            match is.get(*name) {
                Some(now) if old.1[index] == new.1[*now] => {}
                Some(now) => self.value(&at.item(*now, name), &old.1[index], &new.1[*now]),
                None => self.tell(&at.item(index, name), Some(&old.1[index]), None),
            }
        }
        for (index, name) in new.0.iter().enumerate().filter(|(_, name)| !was.contains_key(**name))
        {
            self.tell(&at.item(index, name), None, Some(&new.1[index]));
        }
        let kept = old.0.iter().filter(|name| is.contains_key(**name));
        if !self.is_set(at) && kept.ne(new.0.iter().filter(|name| was.contains_key(**name))) {
            self.order(at, old.0, new.0);
        }
    }

    fn order(&mut self, at: &Place, old: &[&str], new: &[&str]) {
        let at = Place { path: format!("{} (order)", at.path), ..at.clone() };
        let list = |names: &[&str]| names.iter().copied().collect::<Value>();
        self.tell(&at, Some(&list(old)), Some(&list(new)));
    }

    /// Compares items without names: what stands in one list only is removed or added, one for one is changed.
    fn unnamed(&mut self, at: &Place, old: &[Value], new: &[Value]) {
        let gone = without(at, old, new);
        let come = without(at, new, old);
        match (gone.as_slice(), come.as_slice()) {
            ([], []) => {
                let moved = old.iter().zip(new).any(|(old, new)| !same(at, old, new));
                if moved && !self.is_set(at) {
                    let whole = |items: &[Value]| Value::Array(items.to_vec());
                    let path = format!("{} (order)", at.path);
                    let at = Place { path, ..at.clone() };
                    self.tell(&at, Some(&whole(old)), Some(&whole(new)));
                }
            }
            ([was], [is]) => self.value(&at.item(*is, &is.to_string()), &old[*was], &new[*is]),
            _ => {
                for index in gone {
                    self.tell(&at.item(index, &index.to_string()), Some(&old[index]), None);
                }
                for index in come {
                    self.tell(&at.item(index, &index.to_string()), None, Some(&new[index]));
                }
            }
        }
    }

    fn is_set(&self, at: &Place) -> bool {
        let list = at.pointer.rsplit('/').next().unwrap_or_default();
        let of_a_policy =
            at.pointer.contains("/Statement") && !matches!(list, "Definition" | "EventPattern");
        let below = at.pointer.strip_prefix("/Properties");
        of_a_policy
            || at.pointer == "/DependsOn"
            || below.zip(self.kind).is_some_and(|(pointer, kind)| kind.is_set(pointer))
    }
}

fn place_in<'a>(names: &[&'a str]) -> BTreeMap<&'a str, usize> {
    names.iter().enumerate().map(|(at, name)| (*name, at)).collect()
}

fn is_function(map: &Map<String, Value>) -> bool {
    map.len() == 1 && map.keys().all(|name| name == "Ref" || name.starts_with("Fn::"))
}

/// Keys whose value names an item of a list, the first that all items have.
const NAMES: [&str; 12] = [
    "Key",
    "Name",
    "Id",
    "Sid",
    "PolicyName",
    "AttributeName",
    "IndexName",
    "ParameterKey",
    "LogicalId",
    "RuleName",
    "DeviceName",
    "VolumeName",
];

/// Returns the names of the items, where all have one and no two the same.
fn names(items: &[Value]) -> Option<Vec<&str>> {
    let first = items.first()?.as_object()?;
    let key = NAMES.into_iter().find(|key| first.get(*key).is_some_and(Value::is_string))?;
    let names: Vec<_> = items.iter().map(|item| item[key].as_str()).collect::<Option<_>>()?;
    let mut sorted = names.clone();
    sorted.sort_unstable();
    sorted.dedup();
    (sorted.len() == names.len()).then_some(names)
}

/// Returns the places of the items that `others` lacks, each counted as often as it stands.
fn without(at: &Place, items: &[Value], others: &[Value]) -> Vec<usize> {
    let mut stock: BTreeMap<String, usize> = BTreeMap::new();
    for other in others {
        *stock.entry(form(at, other)).or_default() += 1;
    }
    let missing = |item: &Value| match stock.get_mut(&form(at, item)) {
        Some(left) if *left > 0 => {
            *left -= 1;
            false
        }
        _ => true,
    };
    let flags: Vec<_> = items.iter().map(missing).collect();
    flags.iter().enumerate().filter(|(_, missing)| **missing).map(|(at, _)| at).collect()
}

fn form(at: &Place, value: &Value) -> String {
    if at.strict { strict_text(value) } else { text(value) }
}

fn same(at: &Place, old: &Value, new: &Value) -> bool {
    old == new || form(at, old) == form(at, new)
}

/// The value as text in which only the order of keys is lost.
fn strict_text(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let mut pairs: Vec<_> =
                map.iter().map(|(key, item)| format!("{key}\u{2}{}", strict_text(item))).collect();
            pairs.sort_unstable();
            format!("{{{}}}", pairs.join("\u{1}"))
        }
        Value::Array(items) => {
            format!("[{}]", items.iter().map(strict_text).collect::<Vec<_>>().join("\u{1}"))
        }
        scalar => scalar.to_string(),
    }
}

/// Returns the pointer below `Properties` that a registry schema speaks of, where the difference is in a property.
pub(super) fn property(difference: &Difference) -> Option<&str> {
    difference.pointer.strip_prefix("/Properties")
}

/// Tells whether the value, or any part of it, is known at deployment only.
pub(super) fn is_open(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(is_open),
        Value::Object(map) => call(value).is_some() || map.values().any(is_open),
        Value::String(text) => text.contains("{{resolve:"),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
