//! One state: its fields, its successor, and what its type asks for.

use serde_json::Value;

use super::choice::is_timestamp;
use super::machine::Scope;
use super::{Check, Language, Object, fields, is_open};
use crate::aws::intrinsic::call;
use crate::diagnostic::nearest;

impl Check {
    pub(super) fn state(&mut self, state: &Value, path: &str, scope: Scope) {
        let Some(object) = state.as_object() else {
            return self.error(path, "a state is an object");
        };
        if call(state).is_some() {
            return;
        }
        let language = self.language(object, path, scope.language);
        let kind = object.get("Type").and_then(Value::as_str).unwrap_or_default();
        let Some(known) = fields::of(kind, language) else {
            let near = nearest(kind, fields::TYPES);
            return self.suggest(&format!("{path}/Type"), format!("no state type `{kind}`"), near);
        };
        self.known_fields(object, &known, path);
        if known.contains(&"Next") {
            self.successor(object, path);
        }
        self.retries(object, path);
        self.catches(object, path, language);
        match language {
            Language::JsonPath => self.paths(object, path),
            Language::Jsonata => self.expressions(state, path, 0),
        }
        match kind {
            "Task" => self.task(object, path),
            "Wait" => self.wait(object, path),
            "Choice" => self.choice(object, path, language),
            "Parallel" if !object.get("Branches").is_some_and(is_filled) => {
                self.error(path, "a Parallel state needs `Branches`");
            }
            "Map" => self.map(object, path),
            _ => {}
        }
    }

    pub(super) fn known_fields(&mut self, object: &Object, known: &[&'static str], path: &str) {
        for field in object.keys().filter(|field| !known.contains(&field.as_str())) {
            let near = nearest(field, known.iter().copied());
            let path = format!("{path}/{}", crate::aws::token(field));
            self.suggest(&path, format!("field `{field}` is not known here"), near);
        }
    }

    fn successor(&mut self, state: &Object, path: &str) {
        match (state.get("Next"), state.get("End")) {
            (None, None) => self.error(path, "`Next` or `End` is needed"),
            (Some(_), Some(_)) => self.error(path, "`Next` and `End` exclude each other"),
            (Some(Value::String(_)), None) | (None, Some(Value::Bool(true))) => {}
            (Some(_), None) => self.error(&format!("{path}/Next"), "`Next` is a state's name"),
            (None, Some(_)) => self.error(&format!("{path}/End"), "`End` is `true` or absent"),
        }
    }

    fn task(&mut self, state: &Object, path: &str) {
        match state.get("Resource") {
            None => self.error(path, "a Task state needs `Resource`"),
            Some(resource) => self.resource(resource, &format!("{path}/Resource")),
        }
        for field in ["Parameters", "Arguments"] {
            if let Some(function) = state.get(field).and_then(|given| given.get("FunctionName")) {
                self.function_name(function, &format!("{path}/{field}/FunctionName"));
            }
        }
        if !["TimeoutSeconds", "TimeoutSecondsPath"].iter().any(|name| state.contains_key(*name)) {
            self.warn(path, "a Task without `TimeoutSeconds` may wait for years");
        }
        self.exclusive(state, &["TimeoutSeconds", "TimeoutSecondsPath"], path);
        self.exclusive(state, &["HeartbeatSeconds", "HeartbeatSecondsPath"], path);
        let timeout = self.positive(state, "TimeoutSeconds", path);
        let heartbeat = self.positive(state, "HeartbeatSeconds", path);
        if timeout.zip(heartbeat).is_some_and(|(timeout, heartbeat)| heartbeat >= timeout) {
            let path = format!("{path}/HeartbeatSeconds");
            self.error(&path, "the heartbeat is shorter than `TimeoutSeconds`");
        }
    }

    fn wait(&mut self, state: &Object, path: &str) {
        const FIELDS: [&str; 4] = ["Seconds", "Timestamp", "SecondsPath", "TimestampPath"];
        if !FIELDS.iter().any(|name| state.contains_key(*name)) {
            self.error(path, "a Wait state needs `Seconds`, `Timestamp`, or the path of one");
        }
        self.exclusive(state, &FIELDS, path);
        if let Some(seconds) = state.get("Seconds")
            && !is_open(seconds)
            && !is_expression(seconds)
            && seconds.as_u64().is_none()
        {
            self.error(&format!("{path}/Seconds"), "`Seconds` is a whole number, 0 or more");
        }
        if let Some(time) = state.get("Timestamp")
            && !is_open(time)
            && !is_expression(time)
            && !time.as_str().is_some_and(is_timestamp)
        {
            self.error(&format!("{path}/Timestamp"), "`Timestamp` is an RFC 3339 timestamp");
        }
    }

    fn map(&mut self, state: &Object, path: &str) {
        self.exclusive(state, &["ItemProcessor", "Iterator"], path);
        self.exclusive(state, &["ItemSelector", "Parameters"], path);
        if !["ItemProcessor", "Iterator"].iter().any(|name| state.contains_key(*name)) {
            self.error(path, "a Map state needs `ItemProcessor`");
        }
        let mode = "/ProcessorConfig/Mode";
        let processor = state.get("ItemProcessor");
        let distributed = processor.and_then(|p| p.pointer(mode)) == Some(&"DISTRIBUTED".into());
        for field in ["ItemReader", "ItemBatcher", "ResultWriter", "Label"] {
            if state.contains_key(field) && !distributed {
                let message = format!("`{field}` needs `{mode}` `DISTRIBUTED` in `ItemProcessor`");
                self.error(&format!("{path}/{field}"), message);
            }
        }
    }

    fn exclusive(&mut self, state: &Object, fields: &[&str], path: &str) {
        let given: Vec<_> = fields.iter().filter(|name| state.contains_key(**name)).collect();
        if let [first, second, ..] = given.as_slice() {
            self.error(path, format!("`{first}` and `{second}` exclude each other"));
        }
    }

    /// Returns the number where it is one, and complains where it is neither that nor an
    /// expression.
    pub(super) fn positive(&mut self, object: &Object, name: &str, path: &str) -> Option<u64> {
        let value = object.get(name).filter(|value| !is_open(value) && !is_expression(value))?;
        let number = value.as_u64().filter(|number| *number > 0);
        if number.is_none() {
            self.error(&format!("{path}/{name}"), format!("`{name}` is a whole number above 0"));
        }
        number
    }
}

pub(super) fn is_filled(list: &Value) -> bool {
    call(list).is_some() || list.as_array().is_some_and(|items| !items.is_empty())
}

/// Whether a value is a JSONata expression.
pub(super) fn is_expression(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.starts_with("{%"))
}
