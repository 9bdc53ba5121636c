//! States as they are added: ends that lead nowhere yet lead to the state that is added next.

use serde_json::{Map, Value};

/// A place in a state that must name the next one: the state, and the JSON pointer below it.
pub(super) type End = (String, &'static str);

/// The states of a machine, or of what a Map does with an item.
#[derive(Default)]
pub(super) struct Graph {
    start: Option<String>,
    states: Map<String, Value>,
    failures: Map<String, Value>,
    open: Vec<End>,
}

impl Graph {
    /// Adds a state that all open ends lead to; its own `/Next` is the only open end then.
    pub(super) fn add(&mut self, name: &str, state: Value) {
        self.add_with_ends(name, state, &["/Next"]);
    }

    /// Adds a state that all open ends lead to; `ends` of it are the open ones then.
    pub(super) fn add_with_ends(&mut self, name: &str, state: Value, ends: &[&'static str]) {
        for (from, pointer) in self.open.split_off(0) {
            let next = self.states.get_mut(&from).and_then(|state| state.pointer_mut(pointer));
            *next.expect("an open end is a place in a state that was added") = name.into();
        }
        self.start.get_or_insert_with(|| name.to_owned());
        let old = self.states.insert(name.to_owned(), state);
        assert!(old.is_none(), "check keeps step names apart, and `{name}` is there twice");
        self.open = ends.iter().map(|end| (name.to_owned(), *end)).collect();
    }

    /// Adds a state that others name themselves.
    pub(super) fn add_beside(&mut self, name: &str, state: Value) {
        self.states.insert(name.to_owned(), state);
    }

    /// Adds a state of the failure path, which others name themselves; it is listed behind the others.
    pub(super) fn add_failure(&mut self, name: &str, state: Value) {
        self.failures.insert(name.to_owned(), state);
    }

    /// Takes the open ends away, to connect them later.
    pub(super) fn take_open(&mut self) -> Vec<End> {
        self.open.split_off(0)
    }

    /// Opens more ends.
    pub(super) fn open(&mut self, ends: impl IntoIterator<Item = End>) {
        self.open.extend(ends);
    }

    /// Returns the name of the first state, and all states.
    pub(super) fn finish(mut self) -> (String, Value) {
        debug_assert!(self.open.is_empty(), "the last state is an end");
        self.states.append(&mut self.failures);
        (self.start.expect("every machine has a first state"), Value::Object(self.states))
    }
}
