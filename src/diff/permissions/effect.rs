//! What a grant adds to those of the other side: asked of the policy evaluator, with requests made up to tell them apart.
//!
//! Where that cannot be decided, a grant counts as adding all that it says.

use serde_json::{Value, json};

use super::grant::{ALL_BUT, Grant, shown};
use super::witness;
use crate::aws::iam;
use crate::policy::{Policies, Policy, Request, decide};

/// Returns those of `lone`, grants among `own`, by which more may be done than by all of `other`, with no more actions than do.
///
/// Denials among them are asked about as if they allowed: what they deny that the others do not.
pub(super) fn added(lone: Vec<Grant>, own: &[Grant], other: &[Grant]) -> Vec<Grant> {
    if lone.is_empty() {
        return lone;
    }
    let denials = !lone[0].allow;
    let sides = [own, other].map(|side| policy(side, denials));
    let [Some(own_policy), Some(other_policy)] = &sides else { return lone };
    let exceptions = Exceptions::of([own, other]);
    let added = |grant: Grant| {
        let conditions = conditions(&grant, own, other);
        let Some(contexts) = witness::contexts(&conditions) else { return vec![grant] };
        let resources = texts(&grant.resource, &exceptions.resources);
        let is_new = |action: &str| {
            let mut requests = requests(action, &resources, &contexts);
            requests.any(|request| allows(own_policy, &request) && !allows(other_policy, &request))
        };
        let actions = texts(&grant.action, &exceptions.actions);
        narrowed(&grant, &actions, is_new)
    };
    lone.into_iter().flat_map(added).collect()
}

/// What statements leave out or deny: within a pattern, a request on it may be decided otherwise than one on anything else.
struct Exceptions {
    actions: Vec<String>,
    resources: Vec<String>,
}

impl Exceptions {
    fn of(sides: [&[Grant]; 2]) -> Self {
        let named = |of: fn(&Grant) -> &String| {
            let mut names: Vec<String> = sides
                .concat()
                .iter()
                .flat_map(|grant| match of(grant).strip_prefix(ALL_BUT) {
                    Some(others) => others.split(", ").collect(),
                    None if grant.allow => Vec::new(),
                    None => vec![of(grant).as_str()],
                })
                .flat_map(witness::of_pattern)
                .collect();
            names.sort();
            names.dedup();
            names
        };
        Self { actions: named(|one| &one.action), resources: named(|one| &one.resource) }
    }
}

/// Returns texts to ask about in place of what a grant names; those that do not fit it are not allowed by it.
fn texts(named: &str, exceptions: &[String]) -> Vec<String> {
    let mut texts = witness::of_pattern(named);
    if named.contains(['*', '?']) || named.starts_with(ALL_BUT) {
        texts.extend_from_slice(exceptions);
    }
    texts
}

/// The most actions that are told one by one in place of a pattern.
const MOST: usize = 8;

/// Returns the grant as it stands where all of its actions are new, else one for each that is; `texts` stand for actions
/// where nobody knows what they all are.
fn narrowed(grant: &Grant, texts: &[String], is_new: impl Fn(&str) -> bool) -> Vec<Grant> {
    let actions = iam::actions(&grant.action);
    if actions.is_empty() || !grant.action.contains(['*', '?']) {
        let new = texts.iter().any(|action| is_new(action));
        return new.then(|| grant.clone()).into_iter().collect();
    }
    let names = actions.iter().map(iam::Action::name);
    let new: Vec<String> = names.filter(|name| is_new(name)).collect();
    match new.len() {
        some if some < actions.len() && some <= MOST => {
            new.into_iter().map(|action| Grant { action, ..grant.clone() }).collect()
        }
        _ => vec![grant.clone()],
    }
}

fn requests(
    action: &str,
    resources: &[String],
    contexts: &[witness::Context],
) -> impl Iterator<Item = Request> {
    resources.iter().flat_map(move |resource| {
        contexts.iter().map(move |context| {
            let asked = Request::new(WHO, action, resource.as_str());
            context.iter().fold(asked, |asked, (key, values)| asked.with(key, values.clone()))
        })
    })
}

/// Anybody: who is meant is what grants are sorted by.
const WHO: &str = "arn:aws:iam::000000000000:role/whoever";

fn allows(policy: &Policy, request: &Request) -> bool {
    let identity = std::slice::from_ref(policy);
    decide(request, &Policies { identity, ..Policies::default() }).allowed
}

/// Returns the conditions that may decide about what the grant says, of both sides.
fn conditions(grant: &Grant, own: &[Grant], other: &[Grant]) -> Vec<Value> {
    let mut texts: Vec<&str> = own
        .iter()
        .chain(other)
        .filter(|one| !one.condition.is_empty() && one.meets(grant))
        .map(|one| one.condition.as_str())
        .collect();
    texts.sort_unstable();
    texts.dedup();
    texts.into_iter().filter_map(|text| serde_json::from_str(text).ok()).collect()
}

/// Returns the grants as a policy, or only denials as what they deny; none where one is not understood.
fn policy(grants: &[Grant], denials: bool) -> Option<Policy> {
    let told = grants.iter().filter(|grant| !(denials && grant.allow));
    let statements: Vec<Value> = told.map(|grant| statement(grant, denials)).collect();
    // Without a version, `${…}` in a text is that text: what CloudFormation fills in is not known.
    Policy::parse_with("", &json!({"Statement": statements}), &|text| Some(shown(text))).ok()
}

fn statement(grant: &Grant, denials: bool) -> Value {
    let named = |text: &str, key: &str| match text.strip_prefix(ALL_BUT) {
        Some(others) => (format!("Not{key}"), others.split(", ").collect::<Value>()),
        None => (key.to_owned(), text.into()),
    };
    let (actions, action) = named(&grant.action, "Action");
    let (resources, resource) = named(&grant.resource, "Resource");
    let condition = serde_json::from_str(&grant.condition).unwrap_or(json!({}));
    let effect = if grant.allow || denials { "Allow" } else { "Deny" };
    json!({"Effect": effect, actions: action, resources: resource, "Condition": condition})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::permissions::grant::of_statement;

    fn grants(statements: &[&Value]) -> Vec<Grant> {
        statements.iter().flat_map(|one| of_statement(one, "*")).collect()
    }

    fn told(own: &[&Value], other: &[&Value]) -> Vec<String> {
        let (own, other) = (grants(own), grants(other));
        let lone: Vec<_> = own.iter().filter(|one| one.allow).cloned().collect();
        added(lone, &own, &other).into_iter().map(|one| one.action).collect()
    }

    fn allow(action: &str, condition: &Value) -> Value {
        json!({"Effect": "Allow", "Action": [action], "Resource": ["*"], "Condition": condition})
    }

    fn asks(operator: &str, values: &[&str]) -> Value {
        json!({operator: {"aws:x": values}})
    }

    #[test]
    fn a_condition_that_implies_another_adds_nothing() {
        for (narrow, wide) in [
            (asks("StringEquals", &["a"]), asks("StringEquals", &["a", "b"])),
            (asks("StringLike", &["a/b/*"]), asks("StringLike", &["a/*"])),
            (asks("StringEquals", &["a/b"]), asks("StringLike", &["a/*"])),
            (asks("NumericLessThan", &["10"]), asks("NumericLessThanEquals", &["10"])),
            (asks("IpAddress", &["10.1.0.0/16"]), asks("IpAddress", &["10.0.0.0/8"])),
            (asks("Bool", &["true"]), asks("BoolIfExists", &["true"])),
            (
                asks("DateLessThan", &["2026-01-01T00:00:00Z"]),
                asks("DateLessThan", &["2027-01-01T00:00:00Z"]),
            ),
            (asks("StringEquals", &["a"]), json!({})),
        ] {
            let (narrow, wide) = (allow("s3:GetObject", &narrow), allow("s3:GetObject", &wide));
            assert!(told(&[&narrow], &[&wide]).is_empty(), "{narrow} in {wide}");
            assert_eq!(told(&[&wide], &[&narrow]).len(), 1, "{wide} in {narrow}");
        }
    }

    #[test]
    fn a_pattern_is_the_actions_that_it_stands_for() {
        let none = json!({});
        let all = iam::actions("sqs:*");
        let listed: Vec<_> = all.iter().map(|one| allow(&one.name(), &none)).collect();
        let listed: Vec<_> = listed.iter().collect();
        let (pattern, everything) = (allow("sqs:*", &none), allow("*", &none));
        assert!(told(&[&pattern], &listed).is_empty());
        assert_eq!(told(&[&pattern], &listed[1..]), [all[0].name()]);
        assert_eq!(told(&[&pattern], &[]), ["sqs:*"]);
        assert_eq!(told(&[&everything], &[&pattern]), ["*"]);
    }

    #[test]
    fn what_is_left_out_is_asked_about() {
        let except = |key: &str, names: &[&str]| {
            let mut statement = json!({"Effect": "Allow", "Action": ["*"], "Resource": ["*"]});
            statement.as_object_mut().unwrap().shift_remove(key);
            statement[format!("Not{key}")] = json!(names);
            statement
        };
        for (key, one, two) in
            [("Action", "iam:*", "s3:GetObject"), ("Resource", "arn:x:a/*", "arn:x:b")]
        {
            let (wide, narrow) = (except(key, &[one]), except(key, &[one, two]));
            assert!(told(&[&narrow], &[&wide]).is_empty(), "{key}");
            assert_eq!(told(&[&wide], &[&narrow]).len(), 1, "{key}");
            assert_eq!(told(&[&allow("*", &json!({}))], &[&wide]), ["*"]);
            assert!(told(&[&wide], &[&allow("*", &json!({}))]).is_empty());
        }
    }

    #[test]
    fn what_is_denied_anyway_adds_nothing() {
        let deny = json!({"Effect": "Deny", "Action": ["s3:*"], "Resource": ["*"]});
        let get = allow("s3:GetObject", &json!({}));
        assert!(told(&[&get, &deny], &[&deny]).is_empty());
        let others = json!({"Effect": "Deny", "NotAction": ["s3:GetObject"], "Resource": ["*"]});
        assert_eq!(told(&[&get, &others], &[]), ["s3:GetObject"]);
        assert_eq!(told(&[&get], &[&get, &deny]), ["s3:GetObject"]);
    }
}
