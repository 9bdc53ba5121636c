//! Policies with one breakage, in every statement and in every way that loses or widens something.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::court::{statements, texts};
use crate::deployed::Of;
use crate::glob;
use crate::tools::ROOT;

/// A policy with one breakage.
pub(crate) struct Mutant {
    pub(crate) of: Of,
    /// The policy, the statement, and what was done to it.
    pub(crate) name: String,
    /// The whole policy.
    pub(crate) document: Value,
    /// The place of the statement.
    pub(crate) index: usize,
    /// The statement as it was.
    pub(crate) before: Value,
    /// The statement, unless it is gone.
    pub(crate) statement: Option<Value>,
    /// Whether it names others than before.
    pub(crate) renames: bool,
}

/// A breakage that no question notices, and why that is right.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Survivor {
    /// Names of mutants, a pattern.
    pub(crate) mutant: String,
    pub(crate) reason: String,
}

/// Returns the survivors that are known.
pub(crate) fn known() -> Vec<Survivor> {
    let text = fs::read_to_string(Path::new(ROOT).join("tests/permissions/survivors.yaml"));
    serde_saphyr::from_str(&text.expect("the survivors are committed")).expect("they are a list")
}

/// Returns every breakage of a policy.
pub(crate) fn of(of: &Of, document: &Value) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for (index, statement) in statements(document).enumerate() {
        for (what, broken) in breakages(statement) {
            let sid = statement["Sid"].as_str().unwrap_or("?");
            mutants.push(Mutant {
                of: of.clone(),
                name: format!("{} {sid}: {what}", short(of)),
                renames: broken
                    .as_ref()
                    .is_some_and(|it| it["Principal"] != statement["Principal"]),
                document: with(document, index, broken.clone()),
                index,
                before: statement.clone(),
                statement: broken,
            });
        }
    }
    mutants
}

fn short(of: &Of) -> String {
    let (kind, arn) = match of {
        Of::Role(arn) => ("role", arn),
        Of::Boundary(arn) => ("boundary", arn),
        Of::Trust(arn) => ("trust", arn),
        Of::Group(arn) => ("group", arn),
        Of::Resource(arn) => ("resource", arn),
        Of::Endpoint(service) => ("endpoint", service),
    };
    let last =
        if arn.contains(":::") { arn.rsplit(":::").next() } else { arn.splitn(6, ':').last() };
    format!("{kind} {}", last.unwrap_or(arn))
}

fn with(document: &Value, index: usize, statement: Option<Value>) -> Value {
    let mut all: Vec<_> = statements(document).cloned().collect();
    match statement {
        Some(statement) => all[index] = statement,
        None => drop(all.remove(index)),
    }
    json!({"Version": document["Version"], "Statement": all})
}

/// Drops it, drops a condition, widens a resource, the actions, the principal.
fn breakages(statement: &Value) -> Vec<(String, Option<Value>)> {
    let mut broken = vec![("dropped".to_owned(), None)];
    for (operator, keys) in statement["Condition"].as_object().into_iter().flatten() {
        for key in keys.as_object().into_iter().flatten().map(|(key, _)| key) {
            broken.push((
                format!("without {operator} {key}"),
                Some(without(statement, operator, key)),
            ));
        }
    }
    for (index, resource) in texts(&statement["Resource"]).enumerate() {
        if resource != "*" {
            let mut wide = statement.clone();
            let mut all: Vec<_> = texts(&statement["Resource"]).map(str::to_owned).collect();
            "*".clone_into(&mut all[index]);
            wide["Resource"] = all.into();
            broken.push((format!("* for {resource}"), Some(wide)));
        }
    }
    let services: BTreeSet<_> = texts(&statement["Action"])
        .filter_map(|one| one.split_once(':'))
        .map(|(one, _)| one)
        .collect();
    for service in services {
        let whole = format!("{service}:*");
        if texts(&statement["Action"]).all(|one| one != whole) {
            let mut wide = statement.clone();
            let actions = texts(&statement["Action"]).map(str::to_owned);
            wide["Action"] = actions.chain([whole.clone()]).collect::<Vec<_>>().into();
            broken.push((format!("with {whole}"), Some(wide)));
        }
    }
    if !statement["Principal"].is_null() && statement["Principal"] != "*" {
        let mut wide = statement.clone();
        wide["Principal"] = "*".into();
        broken.push(("for everyone".to_owned(), Some(wide)));
    }
    broken
}

fn without(statement: &Value, operator: &str, key: &str) -> Value {
    let mut less = statement.clone();
    let conditions = less["Condition"].as_object_mut().expect("it has the condition");
    let keys = conditions[operator].as_object_mut().expect("it has the operator");
    keys.remove(key);
    if keys.is_empty() {
        conditions.remove(operator);
    }
    less
}

impl Survivor {
    /// Tells whether it is the breakage of that name.
    pub(crate) fn is(&self, mutant: &str) -> bool {
        glob::contains(&self.mutant, mutant)
    }
}
