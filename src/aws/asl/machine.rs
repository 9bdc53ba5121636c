//! A machine, a branch or an item processor: its states, and the ways between them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Check, Language, Object, fields};
use crate::aws::intrinsic::call;
use crate::aws::token;
use crate::diagnostic::nearest;

/// How deep branches and item processors may nest: deeper than any that a person could follow.
pub(super) const DEPTH: usize = 16;

/// Characters of a state's name.
const NAME: usize = 80;

/// What a machine stands in.
#[derive(Clone, Copy)]
pub(super) struct Scope {
    pub(super) language: Language,
    depth: usize,
}

/// Returns the machines within a state, with their places in it.
pub(super) fn inner(state: &Value) -> Vec<(String, &Value)> {
    let branches = state.get("Branches").and_then(Value::as_array);
    let branches = branches.into_iter().flatten().enumerate();
    let mut found: Vec<_> =
        branches.map(|(at, branch)| (format!("/Branches/{at}"), branch)).collect();
    for name in ["ItemProcessor", "Iterator"] {
        found.extend(state.get(name).map(|machine| (format!("/{name}"), machine)));
    }
    found
}

impl Check {
    pub(super) fn whole(&mut self, definition: &Value) {
        let scope = Scope { language: Language::JsonPath, depth: 0 };
        if let Some(object) = definition.as_object() {
            self.known_fields(object, fields::MACHINE, "");
            self.positive(object, "TimeoutSeconds", "");
            if object.get("Version").is_some_and(|version| version != "1.0") {
                self.suggest("/Version", "the only version is `1.0`", Some("1.0"));
            }
        }
        self.machine(definition, "", scope);
    }

    pub(super) fn machine(&mut self, machine: &Value, path: &str, scope: Scope) {
        if scope.depth > DEPTH {
            return self.error(path, format!("nested deeper than {DEPTH} levels"));
        }
        let Some(object) = machine.as_object() else {
            return self.error(path, "a state machine is an object");
        };
        if call(machine).is_some() {
            return;
        }
        let scope = Scope { language: self.language(object, path, scope.language), ..scope };
        let Some(states) = object.get("States").and_then(Value::as_object) else {
            return self.error(path, "`States` is missing or no object");
        };
        if states.is_empty() {
            return self.error(&format!("{path}/States"), "there are no states");
        }
        self.ways(object, states, path);
        for (name, state) in states {
            let path = format!("{path}/States/{}", token(name));
            self.name(name, &path);
            self.state(state, &path, scope);
            for (place, machine) in inner(state) {
                let scope = Scope { depth: scope.depth + 1, ..scope };
                self.machine(machine, &format!("{path}{place}"), scope);
            }
        }
    }

    fn name(&mut self, name: &str, path: &str) {
        let length = name.chars().count();
        if length > NAME {
            self.error(path, format!("the name has {length} characters, the limit is {NAME}"));
        }
        if !self.names.insert(name.to_owned()) {
            self.error(path, format!("a state `{name}` stands elsewhere in the definition"));
        }
    }

    /// The language that the object states or inherits.
    pub(super) fn language(&mut self, object: &Object, path: &str, outer: Language) -> Language {
        let place = format!("{path}/QueryLanguage");
        match object.get("QueryLanguage").map(Value::as_str) {
            None => outer,
            Some(Some("JSONata")) => Language::Jsonata,
            Some(Some("JSONPath")) if outer == Language::Jsonata => {
                self.error(&place, "a JSONata state machine has no JSONPath states");
                Language::JsonPath
            }
            Some(Some("JSONPath")) => Language::JsonPath,
            Some(other) => {
                let near = nearest(other.unwrap_or_default(), ["JSONata", "JSONPath"]);
                self.suggest(&place, "the language is `JSONPath` or `JSONata`", near);
                outer
            }
        }
    }

    /// Targets exist, every state is reached, and there is an end.
    fn ways(&mut self, machine: &Object, states: &Object, path: &str) {
        let Some(start) = machine.get("StartAt").and_then(Value::as_str) else {
            return self.error(path, "`StartAt` is missing or no string");
        };
        self.target(start, &format!("{path}/StartAt"), states);
        let mut ways = BTreeMap::new();
        for (name, state) in states {
            let out = targets(state);
            for (place, target) in &out {
                self.target(target, &format!("{path}/States/{}{place}", token(name)), states);
            }
            ways.insert(name.as_str(), out);
        }
        let reached = reached(start, &ways);
        for name in states.keys().filter(|name| !reached.contains(name.as_str())) {
            let message = format!("no state leads to `{name}`");
            self.error(&format!("{path}/States/{}", token(name)), message);
        }
        if !states.iter().any(|(name, state)| reached.contains(name.as_str()) && ends(state)) {
            self.error(path, "no state that is reached ends the machine");
        }
    }

    fn target(&mut self, target: &str, path: &str, states: &Object) {
        if !states.contains_key(target) && !target.contains("${") {
            let near = nearest(target, states.keys().map(String::as_str));
            self.suggest(path, format!("there is no state `{target}` here"), near);
        }
    }
}

/// Where a state may go next, with the place that says so.
fn targets(state: &Value) -> Vec<(String, &str)> {
    let mut found = Vec::new();
    for name in ["Next", "Default"] {
        found.extend(state.get(name).and_then(Value::as_str).map(|to| (format!("/{name}"), to)));
    }
    for list in ["Choices", "Catch"] {
        let rules = state.get(list).and_then(Value::as_array).into_iter().flatten();
        for (at, rule) in rules.enumerate() {
            let next = rule.get("Next").and_then(Value::as_str);
            found.extend(next.map(|to| (format!("/{list}/{at}/Next"), to)));
        }
    }
    found
}

fn reached<'a>(
    start: &'a str,
    ways: &BTreeMap<&'a str, Vec<(String, &'a str)>>,
) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::from([start]);
    let mut waiting = vec![start];
    while let Some(name) = waiting.pop() {
        for (_, target) in ways.get(name).into_iter().flatten() {
            if reached.insert(target) {
                waiting.push(target);
            }
        }
    }
    reached
}

fn ends(state: &Value) -> bool {
    let kind = state.get("Type").and_then(Value::as_str);
    state.get("End") == Some(&Value::Bool(true)) || matches!(kind, Some("Succeed" | "Fail"))
}
