//! Whom the templates let in beside the roles that have their rows: who assumes a role, whom a resource's policy names, and
//! whom what it denies spares.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::model::Pipeline;

use super::grants::{Grants, listed};
use super::name;
use super::symbol::{self, Symbols};

/// Someone whom statements let in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Admission {
    /// A principal as the template names it, or a service or an endpoint that a request comes by; `*` is everybody.
    pub who: String,
    /// The actions, `assume`, or `not denied`.
    pub may: String,
    /// The condition keys that must fit, with their values where these tell who asks.
    pub only: Vec<String>,
    /// The roles, groups, or logical ids of resources.
    pub places: BTreeSet<String>,
    /// The statements' names.
    pub statements: BTreeSet<String>,
}

/// What one statement says of one principal.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Entry {
    who: String,
    may: String,
    only: Vec<String>,
    place: String,
    statement: String,
}

/// Returns whom the templates let in, sorted; the pipeline's own roles are left out, since they have their rows.
pub fn admissions(pipeline: &Pipeline, grants: &Grants) -> Vec<Admission> {
    let own: BTreeSet<_> =
        name::all(pipeline).iter().map(|(purpose, _)| pipeline.role_arn(purpose)).collect();
    let mut found: BTreeMap<_, (BTreeSet<String>, BTreeSet<String>)> = BTreeMap::new();
    for entry in grants.entries.iter().filter(|entry| !own.contains(&entry.who)) {
        let key = (entry.who.clone(), entry.may.clone(), entry.only.clone());
        let (places, statements) = found.entry(key).or_default();
        places.insert(entry.place.clone());
        statements.insert(entry.statement.clone());
    }
    let admissions = found.into_iter().map(|((who, may, only), (places, statements))| {
        let places = together(pipeline, places);
        Admission { who, may, only, places, statements }
    });
    admissions.collect()
}

/// All functions' roles are one thing to say, and so are all machines'.
fn together(pipeline: &Pipeline, mut places: BTreeSet<String>) -> BTreeSet<String> {
    let lambdas = pipeline.lambdas.iter().map(|lambda| lambda.name.to_string());
    let machines = pipeline.machines.iter().map(|machine| format!("machine-{}", machine.name));
    let families: [(BTreeSet<_>, _); 2] =
        [(lambdas.collect(), "every function"), (machines.collect(), "every machine")];
    for (all, label) in families {
        if all.len() > 1 && all.is_subset(&places) {
            places.retain(|place| !all.contains(place));
            places.insert(label.to_owned());
        }
    }
    places
}

/// Returns what a resource of a template says of others.
pub(super) fn of_resource(symbols: &Symbols, id: &str, resource: &Value) -> Vec<Entry> {
    let properties = &resource["Properties"];
    let mut reader = Reader { symbols, place: id.to_owned(), entries: Vec::new() };
    match resource["Type"].as_str().unwrap_or_default() {
        "AWS::IAM::Role" => {
            let name = symbols.text(&properties["RoleName"]).unwrap_or_else(|| id.to_owned());
            reader.place = symbols.who(&name).label;
            reader.elsewhere(properties);
        }
        "AWS::IAM::Group" => reader.members(properties),
        "AWS::Lambda::Permission" => reader.caller(properties),
        _ => {}
    }
    reader.walk(properties);
    reader.entries
}

struct Reader<'a> {
    symbols: &'a Symbols<'a>,
    place: String,
    entries: Vec<Entry>,
}

impl Reader<'_> {
    /// Statements with principals stand wherever a type of resource has its policy, be it as text.
    fn walk(&mut self, value: &Value) {
        match value {
            Value::Object(statement) if statement.contains_key("Effect") => {
                self.statement(statement);
            }
            Value::Object(object) => object.values().for_each(|value| self.walk(value)),
            Value::Array(items) => items.iter().for_each(|item| self.walk(item)),
            Value::String(text) if text.starts_with('{') && text.contains("\"Statement\"") => {
                if let Ok(document) = serde_json::from_str(text) {
                    self.walk(&document);
                }
            }
            Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn statement(&mut self, statement: &Map<String, Value>) {
        let (named, all_but) = (statement.get("Principal"), statement.get("NotPrincipal"));
        if statement["Effect"] == "Deny" {
            if named.is_some() {
                self.spared(statement);
            }
            self.principals(all_but, "", |reader, who| reader.note(statement, who, "not denied"));
        } else {
            let may = self.actions(statement);
            self.principals(named, "", |reader, who| reader.note(statement, who, &may));
            self.principals(all_but, "all but ", |reader, who| reader.note(statement, who, &may));
        }
    }

    fn principals(
        &mut self,
        named: Option<&Value>,
        before: &str,
        mut each: impl FnMut(&mut Self, String),
    ) {
        let Some(named) = named else { return };
        let kinds = named.as_object().filter(|kinds| !kinds.keys().any(|key| is_function(key)));
        let values: Vec<&Value> =
            kinds.map_or_else(|| vec![named], |kinds| kinds.values().collect());
        for who in values.into_iter().flat_map(listed) {
            let who = self.text(who);
            each(self, format!("{before}{who}"));
        }
    }

    fn actions(&self, statement: &Map<String, Value>) -> String {
        let actions = |key| statement.get(key).into_iter().flat_map(listed);
        let named: Vec<_> = actions("Action").map(|one| self.text(one)).collect();
        if named.iter().any(|action| action.starts_with("sts:AssumeRole")) {
            return "assume".to_owned();
        }
        let but: Vec<_> = actions("NotAction").map(|one| self.text(one)).collect();
        if but.is_empty() { named.join(", ") } else { format!("all but {}", but.join(", ")) }
    }

    /// Whoever a negated condition names is spared what the statement denies.
    fn spared(&mut self, statement: &Map<String, Value>) {
        for (operator, key, values) in conditions(statement) {
            let names = ["aws:PrincipalArn", "aws:SourceVpce", "aws:CalledVia"]
                .iter()
                .any(|known| known.eq_ignore_ascii_case(key));
            if !names || !operator.contains("Not") {
                continue;
            }
            for who in listed(values) {
                let who = self.text(who);
                if who != symbol::s3_endpoint(self.symbols.pipeline) {
                    self.add(statement, who, "not denied", Vec::new());
                }
            }
        }
    }

    /// What a role may only through another endpoint than the pipeline's is in no row, since those ask from its VPC.
    fn elsewhere(&mut self, properties: &Value) {
        let policies = listed(&properties["Policies"]).iter();
        let statements = policies.flat_map(|one| listed(&one["PolicyDocument"]["Statement"]));
        for statement in statements.filter_map(Value::as_object) {
            for (operator, key, values) in conditions(statement) {
                if operator != "StringEquals" || !key.eq_ignore_ascii_case("aws:SourceVpce") {
                    continue;
                }
                let may = self.actions(statement);
                for endpoint in listed(values) {
                    let endpoint = self.text(endpoint);
                    if endpoint != symbol::s3_endpoint(self.symbols.pipeline) {
                        self.add(statement, endpoint, &may, Vec::new());
                    }
                }
            }
        }
    }

    /// Whoever is in an IAM group may what its policies say.
    fn members(&mut self, properties: &Value) {
        let name = self.text(&properties["GroupName"]);
        let policies = listed(&properties["Policies"]).iter();
        let statements = policies.flat_map(|one| listed(&one["PolicyDocument"]["Statement"]));
        for statement in statements.filter_map(Value::as_object) {
            let may = self.actions(statement);
            self.note(statement, format!("members of group {name}"), &may);
        }
    }

    fn caller(&mut self, properties: &Value) {
        let only = ["PrincipalOrgID", "SourceAccount", "SourceArn"].into_iter();
        let only = only.filter(|key| !properties[*key].is_null()).map(|key| format!("aws:{key}"));
        self.entries.push(Entry {
            who: self.text(&properties["Principal"]),
            may: self.text(&properties["Action"]),
            only: only.collect(),
            place: self.text(&properties["FunctionName"]),
            statement: self.place.clone(),
        });
    }

    fn note(&mut self, statement: &Map<String, Value>, who: String, may: &str) {
        let only = conditions(statement).map(|(_, key, values)| self.condition(key, values));
        let only = only.collect();
        self.add(statement, who, may, only);
    }

    fn condition(&self, key: &str, values: &Value) -> String {
        let tells_who = key.starts_with("aws:Principal") || key.ends_with(":sub");
        if !tells_who {
            return key.to_owned();
        }
        let values: Vec<_> = listed(values).iter().map(|value| self.text(value)).collect();
        format!("{key} {}", values.join(" or "))
    }

    fn add(&mut self, statement: &Map<String, Value>, who: String, may: &str, only: Vec<String>) {
        let name = statement.get("Sid").and_then(Value::as_str).unwrap_or("without a name");
        let (may, place, statement) = (may.to_owned(), self.place.clone(), name.to_owned());
        self.entries.push(Entry { who, may, only, place, statement });
    }

    fn text(&self, value: &Value) -> String {
        self.symbols.text(value).unwrap_or_else(|| value.to_string())
    }
}

fn is_function(key: &str) -> bool {
    key == "Ref" || key.starts_with("Fn::")
}

fn conditions(statement: &Map<String, Value>) -> impl Iterator<Item = (&str, &str, &Value)> {
    let operators = statement.get("Condition").and_then(Value::as_object).into_iter().flatten();
    operators.flat_map(|(operator, keys)| {
        let keys = keys.as_object().into_iter().flatten();
        keys.map(|(key, values)| (operator.as_str(), key.as_str(), values))
    })
}
