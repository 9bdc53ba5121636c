//! How strong the questions are: policies are broken, one statement at a time, and some answer must change.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::case::Case;
use crate::court::{Court, statements, texts};
use crate::deployed::Of;
use crate::glob;
use crate::grant;
use crate::request::{Place, Probe};
use crate::round::{Book, Round};
use crate::tools::ROOT;

/// A policy with one breakage.
pub(crate) struct Mutant {
    of: Of,
    /// The policy, the statement, and what was done to it.
    pub(crate) name: String,
    document: Value,
    /// The services of the statement, before and after.
    services: BTreeSet<String>,
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

/// Returns every breakage of every policy.
pub(crate) fn mutants(court: &Court) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for (of, document) in court.emitted() {
        for (index, statement) in statements(document).enumerate() {
            for (what, broken) in breakages(statement) {
                let sides = [Some(statement), broken.as_ref()];
                let actions = sides.into_iter().flatten().flat_map(|one| texts(&one["Action"]));
                let services = actions.map(|one| one.split(':').next().unwrap_or(one).to_owned());
                let sid = statement["Sid"].as_str().unwrap_or("?");
                mutants.push(Mutant {
                    of: of.clone(),
                    name: format!("{} {sid}: {what}", short(of)),
                    services: services.collect(),
                    document: with(document, index, broken),
                });
            }
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

/// The questions of a case with the answers that are meant.
pub(crate) struct Exam<'a> {
    case: &'a Case,
    court: Court<'a>,
    rounds: Vec<Round<'a>>,
    meant: Vec<Vec<bool>>,
}

impl<'a> Exam<'a> {
    pub(crate) fn new(case: &'a Case, book: &'a Book) -> Self {
        let rounds = book.rounds(case);
        let answers = |round: &Round| round.probes.iter().map(|one| round.is_meant(one)).collect();
        Self { case, court: Court::new(case), meant: rounds.iter().map(answers).collect(), rounds }
    }

    pub(crate) fn mutants(&self) -> Vec<Mutant> {
        mutants(&self.court)
    }

    /// Tells whether an answer to some question changes.
    pub(crate) fn notices(&self, mutant: &Mutant) -> bool {
        let mut court = self.court.clone();
        court.replace(&mutant.of, &mutant.document);
        self.rounds.iter().zip(&self.meant).any(|(round, meant)| {
            let concerned = match &mutant.of {
                Of::Role(_) | Of::Boundary(_) | Of::Group(_) => {
                    round.who.holder(self.case).as_ref() == Some(&mutant.of)
                        || mutant.of == Of::Boundary(round.who.arn.clone())
                }
                Of::Trust(_) | Of::Resource(_) | Of::Endpoint(_) => true,
            };
            concerned
                && round.probes.iter().zip(meant).any(|(probe, meant)| {
                    mutant.is_about(probe) && round.is_allowed(&court, probe) != *meant
                })
        })
    }

    /// Tells whether the committed reach of the roles changes.
    pub(crate) fn reaches_further(&self, mutant: &Mutant, reach: &str) -> bool {
        let mut court = self.court.clone();
        court.replace(&mutant.of, &mutant.document);
        grant::reach(self.case, &court) != reach
    }

    pub(crate) fn reach(&self) -> String {
        grant::reach(self.case, &self.court)
    }
}

impl Mutant {
    fn is_about(&self, probe: &Probe) -> bool {
        let of = match &self.of {
            Of::Role(_) | Of::Boundary(_) | Of::Group(_) => true,
            Of::Trust(arn) => probe.resource == *arn,
            Of::Resource(arn) => {
                let rest = probe.resource.strip_prefix(arn.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            }
            Of::Endpoint(service) => probe.service() == service && probe.place == Place::OwnVpc,
        };
        of && (self.services.contains(probe.service()) || self.services.contains("*"))
    }

    /// Tells whether a known survivor is this one.
    pub(crate) fn is(&self, survivor: &Survivor) -> bool {
        glob::contains(&survivor.mutant, &self.name)
    }
}
