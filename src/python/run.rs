//! Following code: scopes, calls, modules, and rounds until nothing new is found.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::{Identifier, Parameters};
use ruff_text_size::{Ranged, TextRange};

use crate::aws::client;
use crate::diagnostic::Span;

use super::value::{Arguments, Class, Function, Value, Values};
use super::{Call, Calls, Code};

/// Names and what they may be, in a module, a class or one activation of a function.
#[derive(Debug, Default)]
pub(super) struct Scope<'a> {
    pub(super) code: usize,
    pub(super) outer: Option<usize>,
    pub(super) is_class: bool,
    pub(super) names: BTreeMap<&'a str, Values<'a>>,
    /// Names that belong to another scope: `global` and `nonlocal`.
    pub(super) elsewhere: BTreeMap<&'a str, usize>,
    pub(super) returned: Values<'a>,
    pub(super) bases: Values<'a>,
}

/// A reading of code from its handler.
pub(super) struct Reading<'a> {
    pub(super) codes: &'a [&'a Code],
    pub(super) found: Calls,
    pub(super) scopes: Vec<Scope<'a>>,
    pub(super) is_reached: bool,
    calls: BTreeMap<(Span, String), Call>,
    activations: BTreeMap<(Function<'a>, Vec<Values<'a>>), usize>,
    inner: BTreeMap<(usize, u32, u32), usize>,
    visited: BTreeSet<(usize, bool)>,
    named: BTreeSet<Value<'a>>,
    has_changed: bool,
    depth: usize,
    steps: usize,
}

/// More rounds, deeper calls, more scopes and more steps than a handler takes; beyond them the rest is unknown.
const ROUNDS: usize = 8;
const DEEPEST: usize = 320;
const SCOPES: usize = 1_000;
const STEPS: usize = 100_000;

impl<'a> Reading<'a> {
    pub(super) fn new(codes: &'a [&'a Code]) -> Self {
        let modules = (0..codes.len()).map(|code| Scope { code, ..Scope::default() });
        Self {
            codes,
            found: Calls::default(),
            scopes: modules.collect(),
            is_reached: true,
            calls: BTreeMap::new(),
            activations: BTreeMap::new(),
            inner: BTreeMap::new(),
            visited: BTreeSet::new(),
            named: BTreeSet::new(),
            has_changed: true,
            depth: 0,
            steps: 0,
        }
    }

    /// Reads from the handler of the module `main`, again while that finds more.
    pub(super) fn handler(mut self, main: usize) -> Calls {
        let mut rounds = 0;
        while self.has_changed && rounds < ROUNDS {
            rounds += 1;
            self.has_changed = false;
            self.visited.clear();
            self.named.clear();
            self.is_reached = true;
            self.module(main);
            let handlers = self.scopes[main].names.get("lambda_handler").cloned();
            self.found.is_open |= handlers.is_none();
            self.call_all(&handlers.unwrap_or_default(), &Arguments::default());
            self.only_named();
        }
        self.found.is_open |= self.has_changed;
        self.found.calls = self.calls.into_values().collect();
        self.found
    }

    /// Reads functions, and methods of classes, that the code names and does not call where that can be seen.
    fn only_named(&mut self) {
        self.is_reached = false;
        let mut done = BTreeSet::new();
        while let Some(value) = self.named.difference(&done).next().cloned() {
            match &value {
                Value::Class(class) | Value::Object(class) => {
                    let members = self.scopes[class.scope].names.values().flatten().cloned();
                    for member in members.collect::<Vec<_>>() {
                        if let Value::Function(method) = member {
                            self.named.insert(Value::Method(method, *class));
                        }
                    }
                }
                Value::Module(code) => {
                    let members = self.scopes[*code].names.values().flatten().cloned();
                    self.named.extend(members.collect::<Vec<_>>());
                }
                _ => {
                    self.call_all(&Values::from([value.clone()]), &Arguments::default());
                }
            }
            done.insert(value);
        }
    }

    /// Notes that the code names a value and may use it anywhere.
    pub(super) fn name(&mut self, values: &Values<'a>) {
        self.named.extend(values.iter().filter(|value| is_callable(value)).cloned());
    }

    /// Runs `read` one level deeper, unless that is too deep.
    pub(super) fn deeper<T: Default>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        self.steps += 1;
        if self.depth >= DEEPEST || self.steps > STEPS || self.scopes.len() > SCOPES {
            self.found.is_open = true;
            return T::default();
        }
        self.depth += 1;
        let found = read(self);
        self.depth -= 1;
        found
    }

    /// Reads a module's own statements, once a round: importing runs them.
    pub(super) fn module(&mut self, code: usize) {
        let codes = self.codes;
        if self.visited.insert((code, self.is_reached)) {
            self.deeper(|reading| reading.body(&codes[code].tree.body, code));
        }
    }

    /// Adds what a name in a scope may be.
    pub(super) fn add(&mut self, scope: usize, name: &'a str, values: &Values<'a>) {
        let scope = self.scopes[scope].elsewhere.get(name).copied().unwrap_or(scope);
        let known = self.scopes[scope].names.entry(name).or_default();
        let before = known.len();
        known.extend(values.iter().cloned());
        self.has_changed |= known.len() > before;
    }

    /// Notes that something new is known.
    pub(super) fn change(&mut self) {
        self.has_changed = true;
    }

    /// Returns what calling any of `callees` may return.
    pub(super) fn call_all(
        &mut self,
        callees: &Values<'a>,
        arguments: &Arguments<'a>,
    ) -> Values<'a> {
        let mut returned = Values::new();
        for callee in callees {
            returned.extend(self.call(callee, arguments.clone()));
        }
        returned
    }

    fn call(&mut self, callee: &Value<'a>, arguments: Arguments<'a>) -> Values<'a> {
        match callee {
            Value::Function(function) => self.activate(*function, &arguments),
            Value::Method(function, class) => {
                self.activate(*function, &arguments.behind(Value::Object(*class)))
            }
            Value::Class(class) => self.construct(*class, &arguments),
            Value::Object(class) => {
                let callees = self.member(*class, "__call__", true);
                self.call_all(&callees, &arguments)
            }
            Value::External(path) => self.external(path, &arguments),
            Value::Resource(service) => Values::from([Value::Resource(service)]),
            Value::Operation(..)
            | Value::Text(_)
            | Value::Variable(_)
            | Value::Module(_)
            | Value::Client(_) => Values::new(),
        }
    }

    /// An object gets its fields from `__init__`, or as a data class does.
    fn construct(&mut self, class: Class<'a>, arguments: &Arguments<'a>) -> Values<'a> {
        let object = Value::Object(class);
        let init = self.member(class, "__init__", true);
        self.call_all(&init, arguments);
        if init.is_empty() {
            let fields = class.node.body.iter().filter_map(|one| one.as_ann_assign_stmt());
            let names = fields.filter_map(|field| field.target.as_name_expr());
            for (position, name) in names.enumerate() {
                let values = arguments.get(position, &name.id);
                self.add(class.scope, &name.id, &values);
            }
        }
        Values::from([object])
    }

    /// Reads a function's body with these arguments, once a round, and returns what it may return.
    fn activate(&mut self, function: Function<'a>, arguments: &Arguments<'a>) -> Values<'a> {
        let bound = self.bind(function, arguments);
        let values: Vec<_> = bound.iter().map(|(_, values)| values.clone()).collect();
        let next = self.scopes.len();
        let scope = *self.activations.entry((function, values)).or_insert(next);
        if scope == next {
            self.scopes.push(Scope {
                code: function.code,
                outer: Some(function.scope),
                names: bound.into_iter().collect(),
                ..Scope::default()
            });
        }
        if self.visited.insert((scope, self.is_reached)) {
            self.deeper(|reading| reading.body(&function.node.body, scope));
        }
        self.scopes[scope].returned.clone()
    }

    fn bind(
        &mut self,
        function: Function<'a>,
        arguments: &Arguments<'a>,
    ) -> Vec<(&'a str, Values<'a>)> {
        let parameters: &'a Parameters = &function.node.parameters;
        let by_position = parameters.posonlyargs.iter().chain(&parameters.args);
        let count = by_position.clone().count();
        let by_position = by_position.enumerate();
        let only_named = parameters.kwonlyargs.iter().map(|one| (usize::MAX, one));
        let mut bound = Vec::new();
        for (position, parameter) in by_position.chain(only_named) {
            let name = parameter.parameter.name.as_str();
            let mut values = arguments.get(position, name);
            if let (true, Some(default)) = (values.is_empty(), &parameter.default) {
                values = self.deeper(|reading| reading.value(default, function.scope));
            }
            bound.push((name, values));
        }
        if let Some(rest) = &parameters.vararg {
            let more = arguments.positional.iter().skip(count).chain([&arguments.rest]);
            bound.push((rest.name.as_str(), more.flatten().cloned().collect()));
        }
        if let Some(rest) = &parameters.kwarg {
            let named = arguments.named.iter().filter(|(n, _)| bound.iter().all(|(b, _)| b != n));
            let values = named.flat_map(|(_, values)| values).cloned().collect();
            bound.push((rest.name.as_str(), values));
        }
        bound
    }

    /// Returns the scope of what stands at `range` in `outer`, the same one each time: a class, or an expression with names of
    /// its own.
    pub(super) fn inner(&mut self, outer: usize, range: TextRange, is_class: bool) -> usize {
        let next = self.scopes.len();
        let place = (outer, range.start().to_u32(), range.end().to_u32());
        let scope = *self.inner.entry(place).or_insert(next);
        if scope == next {
            let code = self.scopes[outer].code;
            self.scopes.push(Scope { code, outer: Some(outer), is_class, ..Scope::default() });
        }
        scope
    }

    /// Notes a call of an operation; `range` is where its name stands.
    pub(super) fn ask(
        &mut self,
        (client, method): (&str, &str),
        arguments: &Arguments<'a>,
        (code, range): (usize, TextRange),
    ) {
        let actions = client::actions(client, method);
        if actions.is_empty() {
            return;
        }
        let span = self.codes[code].span(range);
        // An empty text, such as the default of a function that reads variables, is no key.
        let keys =
            arguments.get(usize::MAX, "Key").into_iter().filter(|key| *key != Value::Text(""));
        let keys = keys.map(|value| match value {
            Value::Variable(name) => Some(name.to_owned()),
            _ => None,
        });
        let key: BTreeSet<_> = keys.collect::<Option<_>>().unwrap_or_default();
        let call = Call {
            client: client.to_owned(),
            method: method.to_owned(),
            actions,
            key,
            is_reached: self.is_reached,
            span,
        };
        let place = (span, format!("{client}.{method} {:?}", call.key));
        let known = self.calls.entry(place).or_insert(call);
        known.is_reached |= self.is_reached;
    }

    /// Notes a word that may be a method of something unknown.
    pub(super) fn word(&mut self, word: &str) {
        let is_word =
            word.len() < 64 && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if is_word && !self.found.words.contains(word) {
            self.found.words.insert(word.to_owned());
        }
    }

    /// Returns the place of an identifier, for a call that is named by it.
    pub(super) fn place(&self, scope: usize, identifier: &Identifier) -> (usize, TextRange) {
        (self.scopes[scope].code, identifier.range())
    }
}

fn is_callable(value: &Value) -> bool {
    matches!(
        value,
        Value::Function(_)
            | Value::Method(..)
            | Value::Class(_)
            | Value::Object(_)
            | Value::Module(_)
    )
}
