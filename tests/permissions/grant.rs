//! What the emitted policies grant, action by action and resource by resource, and what each grant is there for.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

use pipeline::aws::iam;
use serde::Deserialize;
use serde_json::Value;

use crate::calls;
use crate::case::Case;
use crate::commands;
use crate::court::{Court, statements, texts};
use crate::glob;
use crate::meaning;
use crate::principal::{Kind, Principal, made, ours};
use crate::tools::ROOT;

/// An action on a resource, or on all that a pattern stands for.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Grant {
    pub(crate) action: String,
    pub(crate) resource: String,
    /// The conditions, in short.
    pub(crate) when: String,
}

/// Why something is granted that nothing here is seen to use.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Explanation {
    /// The roles, a pattern of what they are for.
    role: String,
    /// The actions, patterns.
    actions: Vec<String>,
    /// The resources, a pattern.
    resource: String,
    pub(crate) reason: String,
}

/// Returns the written reasons.
pub(crate) fn reasons() -> Vec<Explanation> {
    let text = fs::read_to_string(Path::new(ROOT).join("tests/permissions/reasons.yaml"));
    serde_saphyr::from_str(&text.expect("the reasons are committed")).expect("they are a list")
}

impl Explanation {
    /// Tells whether it is about a grant.
    pub(crate) fn covers(&self, role: &str, grant: &Grant) -> bool {
        glob::contains(&self.role, role)
            && self.actions.iter().any(|one| glob::contains(one, &grant.action))
            && glob::contains(&self.resource, &grant.resource)
    }
}

/// Returns what a principal's policies grant; patterns of actions are written out.
pub(crate) fn grants(case: &Case, court: &Court, who: &Principal) -> BTreeSet<Grant> {
    let holder = who.holder(case).expect("the templates say what it may do");
    let documents = court.emitted().filter(|(of, _)| **of == holder);
    documents.flat_map(|(_, document)| statements(document)).flat_map(of_statement).collect()
}

/// Returns what a statement grants.
pub(crate) fn of_statement(statement: &Value) -> BTreeSet<Grant> {
    let mut grants = BTreeSet::new();
    if statement["Effect"] != "Allow" {
        return grants;
    }
    let when = conditions(&statement["Condition"]);
    for pattern in texts(&statement["Action"]) {
        let actions = match iam::action(pattern) {
            Some(action) => vec![action],
            None => iam::actions(pattern),
        };
        assert!(!actions.is_empty(), "{pattern} is no action");
        for action in actions {
            grants.extend(texts(&statement["Resource"]).map(|resource| Grant {
                action: action.name(),
                resource: resource.to_owned(),
                when: when.clone(),
            }));
        }
    }
    grants
}

fn conditions(condition: &Value) -> String {
    let mut text = String::new();
    for (operator, keys) in condition.as_object().into_iter().flatten() {
        for (key, values) in keys.as_object().into_iter().flatten() {
            let values: Vec<_> = texts(values).collect();
            let shown = if values.len() > 3 {
                format!("{} values", values.len())
            } else {
                values.join(" or ")
            };
            let start = if text.is_empty() { " if" } else { " and" };
            write!(text, "{start} {key} {operator} {shown}").expect("a string takes every text");
        }
    }
    text
}

/// Returns what a role is for, from its ARN.
pub(crate) fn purpose(case: &Case, who: &Principal) -> String {
    match &who.kind {
        Kind::Lambda(name) | Kind::Group(name) => name.to_string(),
        Kind::Machine(name) => format!("machine-{name}"),
        Kind::Member(name) => format!("member-{name}"),
        _ => {
            let name = who.arn.rsplit('/').next().expect("an ARN has a name");
            let start = format!("{}-", case.pipeline.name);
            let end = format!(
                "-{}{}",
                case.pipeline.environment.region, case.pipeline.environment.suffix
            );
            name.trim_start_matches(&start).trim_end_matches(&end).to_owned()
        }
    }
}

/// Returns what a principal is seen to use: what its functions were recorded to ask of AWS, what its definition names, what
/// its verbs are about, what the commands of its steps do.
pub(crate) fn used(case: &Case, who: &Principal) -> Vec<(String, String)> {
    match &who.kind {
        Kind::Lambda(name) => calls::of(case, name),
        Kind::EmrNodes => commands::used(case),
        Kind::Machine(_) | Kind::Scheduler | Kind::Group(_) | Kind::Member(_) => {
            let uses = meaning::uses(case, who);
            let seen = uses.into_iter().filter(|one| !one.actions[0].starts_with("logs:Create"));
            seen.flat_map(|one| {
                let pair = |action: &String| {
                    let action = action.clone();
                    one.resources
                        .iter()
                        .map(move |arn| (action.clone(), arn.clone()))
                        .collect::<Vec<_>>()
                };
                one.actions.iter().flat_map(pair).collect::<Vec<_>>()
            })
            .collect()
        }
        _ => Vec::new(),
    }
}

/// Returns the grants that nothing uses, each with the role.
pub(crate) fn unused(case: &Case, court: &Court) -> Vec<(String, Grant)> {
    let mut unused = Vec::new();
    for who in ours(case) {
        let used = used(case, &who);
        for grant in grants(case, court, &who) {
            let is_used = used.iter().any(|(action, resource)| {
                *action == grant.action && glob::contains(&grant.resource, resource)
            });
            if !is_used {
                unused.push((purpose(case, &who), grant));
            }
        }
    }
    unused
}

/// Returns the grants that are wider than what the model means.
pub(crate) fn beyond(case: &Case, court: &Court) -> Vec<(String, Grant)> {
    let mut beyond = Vec::new();
    for who in ours(case) {
        let uses = meaning::uses(case, &who);
        let is_meant =
            |grant: &Grant| uses.iter().any(|one| one.names(&grant.action, &grant.resource));
        let wide = grants(case, court, &who).into_iter().filter(|grant| !is_meant(grant));
        beyond.extend(wide.map(|grant| (purpose(case, &who), grant)));
    }
    beyond
}

/// Returns the reach of all roles as text: for each role what it may do, where, when.
pub(crate) fn reach(case: &Case, court: &Court) -> String {
    let mut text = String::from(
        "Who may do what where, as the emitted policies say; endpoints and the bucket narrow it.\n",
    );
    for who in ours(case).into_iter().chain(made(case)) {
        writeln!(text, "\n{}", purpose(case, &who)).expect("a string takes every text");
        let mut lines: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
        for Grant { action, resource, when } in grants(case, court, &who) {
            lines.entry((resource, when)).or_default().insert(action);
        }
        for ((resource, when), actions) in lines {
            let actions: Vec<_> = actions.into_iter().collect();
            writeln!(text, "  {resource}{when}\n    {}", actions.join(" ")).expect("same");
        }
    }
    text
}

/// Holds that the reach of all roles is the one that is committed; `BLESS=1` writes it anew.
pub(crate) fn hold_reach(case: &Case) {
    let file = format!("tests/permissions/reach/{}.txt", case.name);
    let path = Path::new(ROOT).join(&file);
    let reach = reach(case, &Court::new(case));
    if env::var_os("BLESS").is_some() {
        fs::write(&path, &reach).expect("the repository can be written");
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == reach,
        "{file} is stale: BLESS=1 writes it, and git diff shows who reaches what now"
    );
}
