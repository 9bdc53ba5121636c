//! References inside a template: whatever `Ref`, `Fn::GetAtt`, `Fn::Sub` and `DependsOn` name must be there.

use std::collections::BTreeSet;

use serde_json::Value;

use super::walk;
use crate::diagnostic::{Diagnostic, nearest};
use crate::template::Stack;

pub(super) fn template(stack: &Stack) -> Vec<Diagnostic> {
    let template = &stack.template;
    let known: BTreeSet<&str> =
        template.resources.keys().chain(template.parameters.keys()).map(String::as_str).collect();
    let mut problems = Vec::new();
    for (logical_id, resource) in &template.resources {
        let named = resource.depends_on.iter().cloned().chain(names(&resource.properties));
        for name in named.filter(|name| !known.contains(name.as_str())) {
            let message =
                format!("{logical_id} in `{}` names `{name}`, which is not there", stack.name);
            let problem = Diagnostic::error("dangling-reference", resource.origin, message);
            problems.push(problem.help(remedy(&name, &known)));
        }
    }
    problems
}

pub(super) fn remedy(name: &str, known: &BTreeSet<&str>) -> String {
    match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "name a resource or parameter of the same template".to_owned(),
    }
}

/// Returns the logical ids that the intrinsic functions in `value` name.
pub(super) fn names(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    walk(value, "", &mut |_, value| {
        let Some((function, argument)) =
            value.as_object().filter(|map| map.len() == 1).and_then(|map| map.iter().next())
        else {
            return;
        };
        match (function.as_str(), argument) {
            ("Ref", Value::String(name)) => found.push(name.clone()),
            ("Fn::GetAtt", Value::String(name)) => {
                found.extend(name.split('.').next().map(str::to_owned));
            }
            ("Fn::GetAtt", Value::Array(parts)) => {
                found.extend(parts.first().and_then(Value::as_str).map(str::to_owned));
            }
            ("Fn::Sub", Value::String(text)) => found.extend(substituted(text)),
            _ => {}
        }
    });
    found.retain(|name| !name.starts_with("AWS::"));
    found
}

/// Returns the names in `${…}`; `${!…}` is text.
fn substituted(text: &str) -> impl Iterator<Item = String> {
    text.split("${").skip(1).filter_map(|rest| {
        let name = rest.split('}').next()?;
        (!name.starts_with('!')).then(|| name.split('.').next().unwrap_or(name).to_owned())
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
