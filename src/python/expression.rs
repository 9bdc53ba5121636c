//! What expressions may be, and the calls in them.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::TextRange;

use crate::aws::client;

use super::boto;
use super::run::Reading;
use super::value::{Arguments, Class, Value, Values};

impl<'a> Reading<'a> {
    /// Returns what `expression` may be; a function or class that it only names may be used anywhere.
    pub(super) fn value(&mut self, expression: &'a Expr, scope: usize) -> Values<'a> {
        let values = self.read(expression, scope);
        if matches!(expression, Expr::Name(_) | Expr::Attribute(_)) {
            self.name(&values);
        }
        values
    }

    fn read(&mut self, expression: &'a Expr, scope: usize) -> Values<'a> {
        self.deeper(|reading| reading.of(expression, scope))
    }

    fn of(&mut self, expression: &'a Expr, scope: usize) -> Values<'a> {
        match expression {
            Expr::Name(name) => self.lookup(&name.id, scope),
            Expr::Attribute(attribute) => {
                let base = self.read(&attribute.value, scope);
                self.attribute(&base, &attribute.attr)
            }
            Expr::Call(call) => self.call_of(call, scope),
            Expr::StringLiteral(text) => {
                let text = text.value.to_str();
                self.word(text);
                Values::from([Value::Text(text)])
            }
            Expr::List(list) => self.all(&list.elts, scope),
            Expr::Tuple(tuple) => self.all(&tuple.elts, scope),
            Expr::Set(set) => self.all(&set.elts, scope),
            Expr::BoolOp(operation) => self.all(&operation.values, scope),
            Expr::Dict(dict) => self.dict(dict, scope),
            Expr::Subscript(subscript) => self.subscript(subscript, scope),
            Expr::Starred(starred) => self.value(&starred.value, scope),
            Expr::Await(awaited) => self.value(&awaited.value, scope),
            Expr::If(choice) => {
                self.value(&choice.test, scope);
                let mut values = self.value(&choice.body, scope);
                values.extend(self.value(&choice.orelse, scope));
                values
            }
            Expr::Named(named) => {
                let values = self.value(&named.value, scope);
                self.assign(&named.target, &values, scope);
                values
            }
            Expr::Lambda(lambda) => self.lambda(lambda, scope),
            Expr::ListComp(one) => {
                self.comprehension(&one.generators, [&*one.elt], (one.range, scope))
            }
            Expr::SetComp(one) => {
                self.comprehension(&one.generators, [&*one.elt], (one.range, scope))
            }
            Expr::Generator(one) => {
                self.comprehension(&one.generators, [&*one.elt], (one.range, scope))
            }
            Expr::DictComp(one) => {
                let parts = one.key.as_deref().into_iter().chain([&*one.value]);
                self.comprehension(&one.generators, parts, (one.range, scope))
            }
            Expr::Yield(ast::ExprYield { value: Some(value), .. }) => self.give(value, scope),
            Expr::YieldFrom(given) => self.give(&given.value, scope),
            _ => {
                visitor::walk_expr(&mut Parts { reading: self, scope }, expression);
                Values::new()
            }
        }
    }

    fn all(&mut self, parts: &'a [Expr], scope: usize) -> Values<'a> {
        parts.iter().flat_map(|part| self.value(part, scope)).collect()
    }

    fn give(&mut self, value: &'a Expr, scope: usize) -> Values<'a> {
        let values = self.value(value, scope);
        self.returned(&values, scope);
        values
    }

    fn dict(&mut self, dict: &'a ast::ExprDict, scope: usize) -> Values<'a> {
        let mut values = Values::new();
        for item in &dict.items {
            if let Some(key) = &item.key {
                self.value(key, scope);
            }
            values.extend(self.value(&item.value, scope));
        }
        values
    }

    fn subscript(&mut self, subscript: &'a ast::ExprSubscript, scope: usize) -> Values<'a> {
        let base = self.value(&subscript.value, scope);
        let key = self.value(&subscript.slice, scope);
        if base == boto::external("os.environ") {
            return boto::variables(&Arguments::of(vec![key]));
        }
        base.into_iter()
            .filter(|value| !matches!(value, Value::Text(_) | Value::Variable(_)))
            .collect()
    }

    fn lambda(&mut self, lambda: &'a ast::ExprLambda, scope: usize) -> Values<'a> {
        let inner = self.inner(scope, lambda.range, false);
        for parameter in lambda.parameters.iter().flat_map(|parameters| parameters.iter()) {
            let default = parameter.default().map(|default| self.value(default, scope));
            self.add(inner, parameter.name().as_str(), &default.unwrap_or_default());
        }
        self.value(&lambda.body, inner);
        Values::new()
    }

    fn comprehension(
        &mut self,
        generators: &'a [ast::Comprehension],
        parts: impl IntoIterator<Item = &'a Expr>,
        (range, scope): (TextRange, usize),
    ) -> Values<'a> {
        let inner = self.inner(scope, range, false);
        for generator in generators {
            let values = self.value(&generator.iter, inner);
            self.assign(&generator.target, &values, inner);
            for condition in &generator.ifs {
                self.value(condition, inner);
            }
        }
        parts.into_iter().flat_map(|part| self.value(part, inner)).collect()
    }

    fn lookup(&mut self, name: &'a str, scope: usize) -> Values<'a> {
        let mut at = Some(scope);
        while let Some(found) = at {
            let known = &self.scopes[found];
            let is_seen = !known.is_class || found == scope;
            if let (true, Some(values)) = (is_seen, known.names.get(name)) {
                return values.clone();
            }
            at = known.outer;
        }
        boto::external(name)
    }

    /// Returns what `word` of any of `bases` may be.
    pub(super) fn attribute(&mut self, bases: &Values<'a>, word: &'a str) -> Values<'a> {
        let mut found = Values::new();
        let mut is_known = !bases.is_empty();
        for base in bases {
            match base {
                Value::Module(code) => found.extend(self.of_module(*code, word)),
                Value::External(path) => {
                    is_known = false;
                    found.insert(Value::External(format!("{path}.{word}")));
                }
                Value::Object(class) => {
                    let member = self.member(*class, word, true);
                    is_known &= !member.is_empty();
                    found.extend(member);
                }
                Value::Class(class) => found.extend(self.member(*class, word, false)),
                Value::Client(service) => {
                    found.insert(Value::Operation(service, word));
                }
                Value::Resource(service) if word == "client" => {
                    self.found.clients.insert((*service).to_owned());
                    found.insert(Value::Client(service));
                }
                Value::Resource(service) => {
                    found.insert(Value::Resource(service));
                }
                Value::Function(_) | Value::Method(..) | Value::Operation(..) => {}
                Value::Text(_) | Value::Variable(_) => is_known = false,
            }
        }
        if !is_known {
            self.word(word);
        }
        found
    }

    /// Returns what a member of a class may be, seen from an object or from the class.
    pub(super) fn member(&mut self, class: Class<'a>, word: &str, of_object: bool) -> Values<'a> {
        let Some(known) = self.scopes[class.scope].names.get(word).cloned() else {
            let bases = self.scopes[class.scope].bases.clone();
            let classes = bases.into_iter().filter_map(|base| match base {
                Value::Class(base) if base != class => Some(base),
                _ => None,
            });
            let classes: Vec<_> = classes.collect();
            return self.deeper(|reading| {
                classes.into_iter().flat_map(|base| reading.member(base, word, of_object)).collect()
            });
        };
        let mut found = Values::new();
        for value in known {
            match value {
                Value::Function(method) if of_object || is_marked(method.node, "classmethod") => {
                    let bound = Value::Method(method, class);
                    if PROPERTIES.iter().any(|mark| is_marked(method.node, mark)) {
                        found.extend(self.call_all(&Values::from([bound]), &Arguments::default()));
                    } else if is_marked(method.node, "staticmethod") {
                        found.insert(Value::Function(method));
                    } else {
                        found.insert(bound);
                    }
                }
                other => {
                    found.insert(other);
                }
            }
        }
        found
    }

    fn call_of(&mut self, call: &'a ast::ExprCall, scope: usize) -> Values<'a> {
        let callees = self.read(&call.func, scope);
        let arguments = self.arguments(&call.arguments, scope);
        let mut returned = Values::new();
        for callee in &callees {
            if let Value::Operation(service, method) = callee {
                let word = call.func.as_attribute_expr().map(|func| &func.attr);
                let place = match word {
                    Some(word) => self.place(scope, word),
                    None => self.place_of(scope, call),
                };
                self.operation((service, method), &arguments, place);
            } else if let Value::Class(_) = callee {
                self.name(&Values::from([callee.clone()]));
            }
        }
        let is_followed =
            |callee: &Value| !matches!(callee, Value::External(_) | Value::Operation(..));
        if !callees.iter().all(is_followed) || callees.is_empty() {
            returned.extend(self.hand_over(&arguments, call, scope));
        }
        returned.extend(self.call_all(&callees, &arguments));
        returned
    }

    fn place_of(&self, scope: usize, call: &ast::ExprCall) -> (usize, TextRange) {
        (self.scopes[scope].code, ruff_text_size::Ranged::range(call))
    }

    /// A paginator asks the operation that it names, a waiter the one that it waits with.
    fn operation(
        &mut self,
        (service, method): (&str, &str),
        arguments: &Arguments<'a>,
        place: (usize, TextRange),
    ) {
        let named = match method {
            "get_paginator" => arguments.get(0, "operation_name"),
            "get_waiter" => arguments.get(0, "waiter_name"),
            _ => return self.ask((service, method), arguments, place),
        };
        self.found.is_open |= named.is_empty();
        for value in &named {
            match value {
                Value::Text(name) if method == "get_paginator" => {
                    self.ask((service, name), &Arguments::default(), place);
                }
                Value::Text(name) => {
                    if let Some(operation) = client::asked_by_waiter(service, name) {
                        self.ask((service, operation), &Arguments::default(), place);
                    }
                }
                _ => self.found.is_open = true,
            }
        }
    }

    /// What is handed to code outside the project is called there: a thread's target, what `map` maps, a callback. A first
    /// argument gets those behind it.
    fn hand_over(
        &mut self,
        arguments: &Arguments<'a>,
        call: &'a ast::ExprCall,
        scope: usize,
    ) -> Values<'a> {
        let behind = arguments.clone().without_first();
        let mut returned = Values::new();
        let positional = arguments.positional.iter().enumerate();
        let named = arguments.named.iter().map(|(_, values)| (usize::MAX, values));
        for (position, values) in positional.chain(named) {
            let given = if position == 0 { behind.clone() } else { Arguments::default() };
            for value in values {
                match value {
                    Value::Function(_) | Value::Method(..) => {
                        let one = Values::from([value.clone()]);
                        returned.extend(self.call_all(&one, &given));
                    }
                    Value::Operation(service, method) => {
                        let place = self.place_of(scope, call);
                        self.operation((service, method), &given, place);
                    }
                    _ => {}
                }
            }
        }
        returned
    }

    fn arguments(&mut self, written: &'a ast::Arguments, scope: usize) -> Arguments<'a> {
        let mut arguments = Arguments::default();
        for argument in &written.args {
            let values = self.value(argument, scope);
            match argument {
                Expr::Starred(_) => arguments.rest.extend(values),
                _ => arguments.positional.push(values),
            }
        }
        for keyword in &written.keywords {
            let values = self.value(&keyword.value, scope);
            match &keyword.arg {
                Some(name) => arguments.named.push((name.as_str(), values)),
                None => arguments.named.push(("**", values)),
            }
        }
        arguments
    }
}

const PROPERTIES: [&str; 2] = ["property", "cached_property"];

fn is_marked(function: &ast::StmtFunctionDef, mark: &str) -> bool {
    function.decorator_list.iter().any(|decorator| match &decorator.expression {
        Expr::Name(name) => name.id == mark,
        Expr::Attribute(attribute) => attribute.attr == *mark,
        _ => false,
    })
}

/// Reads the parts of an expression whose own value is not followed.
struct Parts<'r, 'a> {
    reading: &'r mut Reading<'a>,
    scope: usize,
}

impl<'a> Visitor<'a> for Parts<'_, 'a> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        self.reading.value(expression, self.scope);
    }
}
