//! Texts and contexts of requests that tell patterns and conditions apart.

use std::collections::BTreeMap;

use ipnet::IpNet;
use serde_json::Value;

use super::grant::shown;

/// Condition keys and their values.
pub(super) type Context = BTreeMap<String, Vec<String>>;

/// The most contexts that are tried.
const MOST: usize = 512;

/// What stands for anything: longer than a row of `?`, and in no policy.
const ANYTHING: &str = "zq0-anything-else-that-no-policy-ever-names-0qz";

/// Returns texts that fit a pattern: what fits another pattern only in part fits one of them not.
pub(super) fn of_pattern(pattern: &str) -> Vec<String> {
    if !pattern.contains(['*', '?']) {
        return vec![pattern.to_owned()];
    }
    let one = pattern.replace('?', "z");
    vec![one.replace('*', ANYTHING), one.replace('*', "")]
}

/// Returns contexts that meet and miss each of the conditions in each way; none where there are too many.
pub(super) fn contexts(conditions: &[Value]) -> Option<Vec<Context>> {
    let mut values: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
    for (operator, keys) in conditions.iter().filter_map(Value::as_object).flatten() {
        for (key, asked) in keys.as_object().into_iter().flatten() {
            let known = values.entry(key.to_ascii_lowercase()).or_default();
            known.extend(candidates(operator, asked));
        }
    }
    let mut contexts = vec![Context::new()];
    for (key, mut values) in values {
        values.sort();
        values.dedup();
        // That a key is not there is one more of its values.
        if contexts.len() * (values.len() + 1) > MOST {
            return None;
        }
        let with = |context: &Context| {
            let mut all = vec![context.clone()];
            for value in &values {
                let mut more = context.clone();
                more.insert(key.clone(), value.clone());
                all.push(more);
            }
            all
        };
        contexts = contexts.iter().flat_map(with).collect();
    }
    Some(contexts)
}

/// Returns values of a key that an operator tells apart: each of those that it names, one that is none of them, and, for
/// operators on sets, some together.
fn candidates(operator: &str, asked: &Value) -> Vec<Vec<String>> {
    let asked: Vec<String> = match asked {
        Value::Array(items) => items.iter().map(shown).collect(),
        one => vec![shown(one)],
    };
    let operator = operator.to_ascii_lowercase();
    let mut single: Vec<String> = asked.iter().flat_map(|value| near(&operator, value)).collect();
    single.push(other(&operator));
    let mut found: Vec<Vec<String>> = single.iter().map(|value| vec![value.clone()]).collect();
    if operator.contains(':') {
        found.push(single[..single.len() - 1].to_vec());
        found.push(single);
    }
    found
}

/// Returns values at, and on both sides of, the bounds that a value sets.
fn near(operator: &str, value: &str) -> Vec<String> {
    if operator.contains("ipaddress") {
        let network = value.parse::<IpNet>().ok();
        let ends = network.map(|net| vec![net.network().to_string(), net.broadcast().to_string()]);
        return ends.unwrap_or_else(|| vec![value.to_owned()]);
    }
    if operator.contains("numeric")
        && let Ok(number) = value.parse::<f64>()
    {
        return [number - 1.0, number, number + 1.0].map(|number| number.to_string()).to_vec();
    }
    if operator.contains("bool") {
        return vec!["true".to_owned(), "false".to_owned()];
    }
    of_pattern(value)
}

/// Returns a value of the operator's type that policies do not name.
fn other(operator: &str) -> String {
    let known = [
        ("ipaddress", "203.0.113.77"),
        ("numeric", "987654321"),
        ("date", "2999-12-31T00:00:00Z"),
        ("bool", "true"),
        ("arn", "arn:aws:other:other:000000000000:other"),
    ];
    let known = known.into_iter().find(|(kind, _)| operator.contains(kind));
    known.map_or(ANYTHING, |(_, value)| value).to_owned()
}
