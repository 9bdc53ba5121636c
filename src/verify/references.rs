//! References inside a template: whatever `Ref`, `Fn::GetAtt`, `Fn::Sub` and `DependsOn` name must be there.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Patched, circles, place};
use crate::diagnostic::{Diagnostic, nearest};
use crate::template::Stack;

pub(super) fn template(stack: &Stack, patched: &[Patched]) -> Vec<Diagnostic> {
    let template = &stack.template;
    let known: BTreeSet<&str> =
        template.resources.keys().chain(template.parameters.keys()).map(String::as_str).collect();
    let mut problems = Vec::new();
    let mut needs = Vec::new();
    for (logical_id, resource) in &template.resources {
        let mut named = names(&resource.properties);
        named.extend(resource.depends_on.iter().map(String::as_str));
        for name in named.iter().filter(|name| !known.contains(*name)) {
            let message =
                format!("{logical_id} in `{}` names `{name}`, which is not there", stack.name);
            let span = place(patched, logical_id).unwrap_or(resource.origin);
            let problem = Diagnostic::error("dangling-reference", span, message);
            problems.push(problem.help(remedy(name, &known)));
        }
        needs.push((logical_id.as_str(), named));
    }
    let first = |ids: &[&str]| {
        let origin = || template.resources.get(ids[0]).map(|one| one.origin);
        ids.iter().find_map(|id| place(patched, id)).or_else(origin).unwrap_or_default()
    };
    problems.extend(circles::found(&stack.name, needs.into_iter(), first));
    problems
}

pub(super) fn remedy(name: &str, known: &BTreeSet<&str>) -> String {
    match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "name a resource or parameter of the same template".to_owned(),
    }
}

/// Returns the logical ids that the intrinsic functions in `value` name.
pub(super) fn names(value: &Value) -> Vec<&str> {
    let mut found = Vec::new();
    collect(value, &mut found);
    found.retain(|name| !name.starts_with("AWS::"));
    found
}

fn collect<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(map) => {
            if let Some((function, argument)) = map.iter().next().filter(|_| map.len() == 1) {
                named(function, argument, found);
            }
            map.values().for_each(|inner| collect(inner, found));
        }
        Value::Array(items) => items.iter().for_each(|inner| collect(inner, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn named<'a>(function: &str, argument: &'a Value, found: &mut Vec<&'a str>) {
    match (function, argument) {
        ("Ref", Value::String(name)) => found.push(name),
        ("Fn::GetAtt", Value::String(name)) => found.extend(name.split('.').next()),
        ("Fn::GetAtt", Value::Array(parts)) => {
            found.extend(parts.first().and_then(Value::as_str));
        }
        ("Fn::Sub", Value::String(text)) => found.extend(substituted(text)),
        _ => {}
    }
}

/// Returns the names in `${…}`; `${!…}` is text.
fn substituted(text: &str) -> impl Iterator<Item = &str> {
    text.split("${").skip(1).filter_map(|rest| {
        let name = rest.split('}').next()?;
        (!name.starts_with('!')).then(|| name.split('.').next().unwrap_or(name))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_form_of_reference_is_seen() {
        let value = json!({
            "A": {"Ref": "One"}, "B": {"Fn::GetAtt": ["Two", "Arn"]}, "C": {"Fn::GetAtt": "Three.Arn"},
            "D": {"Fn::Sub": "${Four}-${Five.Arn}-${!Literal}-${AWS::Region}"}, "E": [{"Ref": "AWS::NoValue"}],
        });
        assert_eq!(names(&value), ["One", "Two", "Three", "Four", "Five"]);
    }
}
