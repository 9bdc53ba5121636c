//! Fields that hold paths, and templates in which `"name.$"` takes a path or a function call.

use serde_json::Value;

use super::{Check, Object, function, is_open};
use crate::aws::token;

const PATHS: [&str; 10] = [
    "HeartbeatSecondsPath",
    "InputPath",
    "ItemsPath",
    "MaxConcurrencyPath",
    "OutputPath",
    "SecondsPath",
    "TimeoutSecondsPath",
    "TimestampPath",
    "ToleratedFailureCountPath",
    "ToleratedFailurePercentagePath",
];

const TEMPLATES: [&str; 8] = [
    "Assign",
    "Credentials",
    "ItemBatcher",
    "ItemReader",
    "ItemSelector",
    "Parameters",
    "ResultSelector",
    "ResultWriter",
];

/// How deep a template may nest.
const DEPTH: usize = 64;
const TOO_DEEP: &str = "nested deeper than 64 levels";

impl Check {
    /// Checks every path of a state, a catcher or a choice rule.
    pub(super) fn paths(&mut self, object: &Object, path: &str) {
        for (name, value) in object.iter().filter(|(_, value)| !is_open(value)) {
            let place = || format!("{path}/{}", token(name));
            match name.as_str() {
                "InputPath" | "OutputPath" | "ResultPath" if value.is_null() => {}
                "ResultPath" => self.text(value, &place(), Self::reference_path),
                "ErrorPath" | "CausePath" => self.text(value, &place(), Self::path_or_call),
                name if PATHS.contains(&name) => self.text(value, &place(), Self::path),
                name if TEMPLATES.contains(&name) => self.template(value, &place(), DEPTH),
                _ => {}
            }
        }
    }

    fn text(&mut self, value: &Value, place: &str, check: fn(&mut Self, &str, &str)) {
        match value.as_str() {
            Some(text) => check(self, text, place),
            None => self.error(place, "a path is a string"),
        }
    }

    fn path_or_call(&mut self, text: &str, place: &str) {
        if text.starts_with('$') {
            return self.path(text, place);
        }
        if !text.starts_with("States.") {
            let message = format!("`{text}` is neither a path (`$…`) nor a call (`States.…`)");
            return self.error(place, message);
        }
        if let Err(fault) = function::check(text) {
            self.suggest(place, fault.message, fault.instead);
        }
    }

    fn template(&mut self, value: &Value, place: &str, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else {
            return self.error(place, TOO_DEEP);
        };
        match value {
            Value::Object(object) => {
                for (name, value) in object.iter().filter(|(_, value)| !is_open(value)) {
                    self.member(object, name, value, (&format!("{place}/{}", token(name)), depth));
                }
            }
            Value::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    self.template(item, &format!("{place}/{at}"), depth);
                }
            }
            Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => {}
        }
    }

    fn member(&mut self, object: &Object, name: &str, value: &Value, at: (&str, usize)) {
        let (place, depth) = at;
        let Some(plain) = name.strip_suffix(".$") else {
            return self.template(value, place, depth);
        };
        if object.contains_key(plain) {
            self.error(place, format!("`{plain}` and `{name}` exclude each other"));
        }
        self.text(value, place, Self::path_or_call);
    }

    /// Checks that every JSONata expression of a state is closed.
    pub(super) fn expressions(&mut self, value: &Value, place: &str, depth: usize) {
        match value {
            Value::String(text) if text.starts_with("{%") && !text.trim_end().ends_with("%}") => {
                self.error(place, "the expression has no `%}` at its end");
            }
            Value::Object(object) if depth < DEPTH => {
                let own = object.iter().filter(|(name, _)| depth > 0 || !is_machine(name));
                for (name, value) in own {
                    self.expressions(value, &format!("{place}/{}", token(name)), depth + 1);
                }
            }
            Value::Array(items) if depth < DEPTH => {
                for (at, item) in items.iter().enumerate() {
                    self.expressions(item, &format!("{place}/{at}"), depth + 1);
                }
            }
            Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => {}
            Value::Object(_) | Value::Array(_) => self.error(place, TOO_DEEP),
        }
    }
}

fn is_machine(field: &str) -> bool {
    matches!(field, "Branches" | "ItemProcessor" | "Iterator")
}
