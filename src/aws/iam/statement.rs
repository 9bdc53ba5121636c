//! Holds one policy statement against the reference: do its actions exist, and can they act on its
//! resources.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::resource::{Entry, entries, fits, malformed, nearly_fits};
use super::{Action, actions, condition, prefixes, service};
use crate::aws::Violation;
use crate::aws::intrinsic::call;
use crate::diagnostic::nearest;

/// Checks one element of a policy's `Statement`; the root of the pointers is the statement.
///
/// An action is in error where it does not exist, or where none of the statement's resources is one
/// that it acts on. A resource that none of the actions acts on is a warning. Strings with `${…}`
/// are checked as far as they are known, resources behind `Ref` or `Fn::GetAtt` could be anything.
/// Principals are not checked.
pub fn check_statement(statement: &Value) -> Vec<Violation> {
    match statement.as_object() {
        None => vec![Violation::error("", "a statement is an object")],
        Some(_) if call(statement).is_some() => Vec::new(),
        Some(statement) => check(statement),
    }
}

/// An `Action` entry and what it stands for.
struct Named {
    entry: Entry,
    actions: Vec<Action>,
    /// The ARNs that they act on.
    arns: BTreeSet<&'static str>,
}

impl Named {
    fn is_pattern(&self) -> bool {
        self.entry.text.as_deref().is_some_and(|text| text.contains(['*', '?']))
    }
}

fn check(statement: &Map<String, Value>) -> Vec<Violation> {
    let mut found = Vec::new();
    for excluded in entries("NotAction", statement.get("NotAction")) {
        named(excluded, &mut found);
    }
    let written = entries("Action", statement.get("Action"));
    let all_known = written.iter().all(|entry| entry.text.as_deref().is_some_and(|t| t != "*"));
    let named: Vec<_> = written.into_iter().filter_map(|entry| named(entry, &mut found)).collect();
    let resources = entries("Resource", statement.get("Resource"));
    found.extend(resources.iter().filter_map(malformed));
    if !resources.is_empty() {
        found.extend(mismatches(&named, &resources, all_known));
    }
    if let Some(given) = statement.get("Condition").filter(|_| all_known) {
        let actions: Vec<_> = named.iter().flat_map(|named| named.actions.clone()).collect();
        let written_out = named.iter().filter(|named| !named.is_pattern());
        let written_out: Vec<_> = written_out.flat_map(|named| named.actions.clone()).collect();
        found.extend(condition::check(given, &actions, &written_out));
    }
    found
}

/// What an entry stands for; `None` where it is unknown, or stands for everything.
fn named(entry: Entry, found: &mut Vec<Violation>) -> Option<Named> {
    let text = entry.text.as_deref().filter(|text| *text != "*" && !text.contains("${"))?;
    let actions = actions(text);
    if actions.is_empty() {
        found.push(unknown_action(&entry.path, text));
        return None;
    }
    let arns = actions.iter().flat_map(Action::resource_patterns).collect();
    Some(Named { entry, actions, arns })
}

fn unknown_action(path: &str, text: &str) -> Violation {
    let Some((prefix, name)) = text.split_once(':') else {
        let message = format!("`{text}` is not an action: `service:Action` or `*`");
        return Violation::error(path, message);
    };
    let Some((prefix, service)) = service(prefix) else {
        let near = || nearest(prefix, prefixes()).map(|near| format!("{near}:{name}"));
        return Violation::error(path, format!("unknown service prefix `{prefix}`"))
            .suggest(only_action(name).or_else(near));
    };
    let near = nearest(name, service.actions.keys().copied());
    let message = if name.contains(['*', '?']) {
        format!("`{text}` matches no action")
    } else {
        format!("unknown action `{text}`")
    };
    Violation::error(path, message).suggest(near.map(|near| format!("{prefix}:{near}")))
}

/// The action of this name, where only one service has one: people write `emr` for
/// `elasticmapreduce`.
fn only_action(name: &str) -> Option<String> {
    let mut found = prefixes().filter_map(|prefix| super::action(&format!("{prefix}:{name}")));
    let action = found.next()?;
    found.next().is_none().then(|| action.name())
}

/// Actions without a resource to act on; where there is none, resources that no action acts on.
fn mismatches(named: &[Named], resources: &[Entry], all_known: bool) -> Vec<Violation> {
    let idle: Vec<_> = named
        .iter()
        .filter(|named| !resources.iter().any(|resource| acts(named, resource)))
        .flat_map(|named| idle_action(named, resources))
        .collect();
    if !idle.is_empty() || !all_known || named.is_empty() {
        return idle;
    }
    let unused = resources.iter().filter(|one| !named.iter().any(|named| acts(named, one)));
    unused.map(unused_resource).collect()
}

fn acts(named: &Named, resource: &Entry) -> bool {
    let Some(text) = resource.text.as_deref().filter(|text| *text != "*") else { return true };
    // `${…}` alone may turn out to be the star.
    let unknown = text.starts_with("${") && text.find('}') == Some(text.len() - 1);
    unknown || named.arns.iter().any(|arn| fits(text, arn))
}

fn idle_action(named: &Named, resources: &[Entry]) -> Vec<Violation> {
    let slips: Vec<_> = resources.iter().filter_map(|one| case_slip(one, &named.arns)).collect();
    if !slips.is_empty() {
        return slips;
    }
    let name = named.entry.text.as_deref().unwrap_or_default();
    let (message, instead) = match named.arns.first() {
        None => (format!("`{name}` has no resources: it works on `*` only"), "*"),
        Some(arn) => (format!("`{name}` acts on none of the resources given here"), *arn),
    };
    vec![Violation::error(&named.entry.path, message).suggest(Some(instead))]
}

fn case_slip(resource: &Entry, arns: &BTreeSet<&'static str>) -> Option<Violation> {
    let text = resource.text.as_deref()?;
    let arn = arns.iter().find(|arn| nearly_fits(text, arn))?;
    let message = format!("`{text}` fits `{arn}` but for upper and lower case");
    Some(Violation::error(&resource.path, message).suggest(Some(*arn)))
}

fn unused_resource(resource: &Entry) -> Violation {
    let text = resource.text.as_deref().unwrap_or_default();
    let message = format!("no action of this statement acts on `{text}`");
    Violation::warning(&resource.path, message)
}
