//! What statements do to names.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, Expr, Stmt};

use super::boto;
use super::run::Reading;
use super::standard;
use super::value::{Arguments, Class, Function, Value, Values};

impl<'a> Reading<'a> {
    /// Reads statements in their order.
    pub(super) fn body(&mut self, statements: &'a [Stmt], scope: usize) {
        for statement in statements {
            self.deeper(|reading| reading.statement(statement, scope));
        }
    }

    fn statement(&mut self, statement: &'a Stmt, scope: usize) {
        match statement {
            Stmt::FunctionDef(function) => self.define(function, scope),
            Stmt::ClassDef(class) => self.define_class(class, scope),
            Stmt::Return(ast::StmtReturn { value: Some(value), .. }) => {
                let values = self.value(value, scope);
                self.returned(&values, scope);
            }
            Stmt::Assign(assign) => {
                let values = self.value(&assign.value, scope);
                for target in &assign.targets {
                    self.assign(target, &values, scope);
                }
            }
            Stmt::AugAssign(assign) => {
                let values = self.value(&assign.value, scope);
                self.assign(&assign.target, &values, scope);
            }
            Stmt::AnnAssign(assign) => {
                let value = assign.value.as_deref();
                let values = value.map(|value| self.value(value, scope)).unwrap_or_default();
                self.assign(&assign.target, &values, scope);
            }
            Stmt::For(each) => {
                let values = self.value(&each.iter, scope);
                self.assign(&each.target, &values, scope);
                self.body(&each.body, scope);
                self.body(&each.orelse, scope);
            }
            Stmt::If(choice) => self.choice(choice, scope),
            Stmt::With(with) => {
                for item in &with.items {
                    let values = self.value(&item.context_expr, scope);
                    if let Some(target) = &item.optional_vars {
                        self.assign(target, &values, scope);
                    }
                }
                self.body(&with.body, scope);
            }
            Stmt::Import(import) => self.import(import, scope),
            Stmt::ImportFrom(import) => self.import_from(import, scope),
            Stmt::Global(global) => self.elsewhere(&global.names, scope, true),
            Stmt::Nonlocal(nonlocal) => self.elsewhere(&nonlocal.names, scope, false),
            Stmt::TypeAlias(_) => {}
            _ => visitor::walk_stmt(&mut Parts { reading: self, scope }, statement),
        }
    }

    /// Adds what the function of a scope returns.
    pub(super) fn returned(&mut self, values: &Values<'a>, scope: usize) {
        self.name(values);
        let known = self.scopes[scope].returned.len();
        self.scopes[scope].returned.extend(values.iter().cloned());
        if self.scopes[scope].returned.len() > known {
            self.change();
        }
    }

    fn choice(&mut self, choice: &'a ast::StmtIf, scope: usize) {
        let for_types = |test: &Expr| match test {
            Expr::Name(name) => name.id == "TYPE_CHECKING",
            Expr::Attribute(attribute) => attribute.attr == *"TYPE_CHECKING",
            _ => false,
        };
        self.value(&choice.test, scope);
        if !for_types(&choice.test) {
            self.body(&choice.body, scope);
        }
        for clause in &choice.elif_else_clauses {
            if let Some(test) = &clause.test {
                self.value(test, scope);
            }
            self.body(&clause.body, scope);
        }
    }

    /// Gives `values` to a target: a name, a field, an item of a collection, or several of these.
    pub(super) fn assign(&mut self, target: &'a Expr, values: &Values<'a>, scope: usize) {
        match target {
            Expr::Name(name) => self.add(scope, &name.id, values),
            Expr::Tuple(tuple) => self.assign_each(&tuple.elts, values, scope),
            Expr::List(list) => self.assign_each(&list.elts, values, scope),
            Expr::Starred(starred) => self.assign(&starred.value, values, scope),
            Expr::Subscript(subscript) => {
                self.value(&subscript.slice, scope);
                self.assign(&subscript.value, values, scope);
            }
            Expr::Attribute(attribute) => {
                for base in self.value(&attribute.value, scope) {
                    match base {
                        Value::Object(class) | Value::Class(class) => {
                            self.add(class.scope, &attribute.attr, values);
                        }
                        Value::Module(code) => self.add(code, &attribute.attr, values),
                        _ => {}
                    }
                }
            }
            _ => {
                self.value(target, scope);
            }
        }
    }

    fn assign_each(&mut self, targets: &'a [Expr], values: &Values<'a>, scope: usize) {
        for target in targets {
            self.assign(target, values, scope);
        }
    }

    fn define(&mut self, node: &'a ast::StmtFunctionDef, scope: usize) {
        // A method does not see the names of its class.
        let own = &self.scopes[scope];
        let outer = if own.is_class { own.outer.unwrap_or(scope) } else { scope };
        let mut values =
            Values::from([Value::Function(Function { code: own.code, node, scope: outer })]);
        for decorator in node.decorator_list.iter().rev() {
            let decorators = self.value(&decorator.expression, scope);
            let decorated = self.call_all(&decorators, &Arguments::of(vec![values.clone()]));
            if !decorated.is_empty() {
                values = decorated;
            }
        }
        self.add(scope, &node.name, &values);
    }

    fn define_class(&mut self, node: &'a ast::StmtClassDef, scope: usize) {
        let code = self.scopes[scope].code;
        let body = self.inner(scope, node.range, true);
        for base in node.arguments.iter().flat_map(|arguments| &arguments.args) {
            let bases = self.value(base, scope);
            self.scopes[body].bases.extend(bases);
        }
        self.body(&node.body, body);
        let class = Value::Class(Class { code, node, scope: body });
        self.add(scope, &node.name, &Values::from([class]));
    }

    fn elsewhere(&mut self, names: &'a [ast::Identifier], scope: usize, is_global: bool) {
        let module = self.scopes[scope].code;
        let outer = self.scopes[scope].outer.unwrap_or(module);
        let place = if is_global { module } else { outer };
        for name in names {
            self.scopes[scope].elsewhere.insert(name.as_str(), place);
        }
    }

    fn import(&mut self, import: &'a ast::StmtImport, scope: usize) {
        for alias in &import.names {
            let path = alias.name.as_str();
            let imported = self.imported(path);
            if let Some(name) = &alias.asname {
                self.add(scope, name, &imported);
            } else {
                let top = path.split('.').next().unwrap_or(path);
                let imported = self.imported(top);
                self.add(scope, top, &imported);
            }
        }
    }

    fn import_from(&mut self, import: &'a ast::StmtImportFrom, scope: usize) {
        let module = import.module.as_ref().map_or("", ast::Identifier::as_str);
        let path = self.absolute(module, import.level, scope);
        let found = self.imported(&path);
        for alias in &import.names {
            if &alias.name == "*" {
                self.everything(&found, scope);
                continue;
            }
            let values = self.attribute(&found, &alias.name);
            self.add(scope, alias.asname.as_ref().unwrap_or(&alias.name), &values);
        }
    }

    fn everything(&mut self, modules: &Values<'a>, scope: usize) {
        for module in modules {
            match module {
                Value::Module(code) => {
                    let names = self.scopes[*code].names.iter().map(|(n, v)| (*n, v.clone()));
                    for (name, values) in names.collect::<Vec<_>>() {
                        self.add(scope, name, &values);
                    }
                }
                _ => self.found.is_open = true,
            }
        }
    }

    /// Returns the path that a relative import means.
    fn absolute(&self, module: &str, level: u32, scope: usize) -> String {
        let own = &self.codes[self.scopes[scope].code];
        let mut parts: Vec<&str> = own.name.split('.').collect();
        let up = (level as usize).saturating_sub(usize::from(own.is_package));
        parts.truncate(parts.len().saturating_sub(up));
        if level == 0 {
            parts.clear();
        }
        parts.extend(module.split('.').filter(|part| !part.is_empty()));
        parts.join(".")
    }

    /// Imports a module, and the packages that it is in.
    fn imported(&mut self, path: &str) -> Values<'a> {
        for (at, _) in path.match_indices('.').chain([(path.len(), "")]) {
            if let Some(code) = self.code(&path[..at]) {
                self.module(code);
            }
        }
        if let Some(code) = self.code(path) {
            return Values::from([Value::Module(code)]);
        }
        self.found.is_open |= !standard::is_known(path);
        boto::external(path)
    }

    fn code(&self, path: &str) -> Option<usize> {
        self.codes.iter().position(|code| code.name == path)
    }

    /// Returns what a name of a module may be: what it defines, or a module below it.
    pub(super) fn of_module(&mut self, code: usize, word: &str) -> Values<'a> {
        let mut found = self.scopes[code].names.get(word).cloned().unwrap_or_default();
        let below = self.code(&format!("{}.{word}", self.codes[code].name));
        if let (true, Some(below)) = (found.is_empty(), below) {
            self.module(below);
            found.insert(Value::Module(below));
        }
        found
    }
}

/// Reads the statements and expressions in a statement that gives no name a value.
struct Parts<'r, 'a> {
    reading: &'r mut Reading<'a>,
    scope: usize,
}

impl<'a> Visitor<'a> for Parts<'_, 'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        self.reading.body(std::slice::from_ref(statement), self.scope);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        self.reading.value(expression, self.scope);
    }
}
