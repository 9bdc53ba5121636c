//! Overrides: merge patches (RFC 7396) on emitted resources.

use serde_json::{Map, Value};

use crate::aws::schema;
use crate::diagnostic::{Diagnostic, Span};
use crate::model::{Override, Pipeline};
use crate::template::{Resource, Stack};

/// A resource that an override touched.
#[derive(Clone, Debug)]
pub struct Patched {
    /// Its logical id.
    pub logical_id: String,
    /// Its own name before, where that is not its name any more.
    pub lost_name: Option<String>,
    /// Where the override stands.
    pub span: Span,
}

/// Lays the blueprint's patches for this stack over it, and returns which resources they touched.
pub fn overrides(
    pipeline: &Pipeline,
    stack: &mut Stack,
    problems: &mut Vec<Diagnostic>,
) -> Vec<Patched> {
    let mut touched = Vec::new();
    for patch in pipeline.overrides.iter().filter(|patch| patch.stack == stack.name) {
        match stack.template.resources.get_mut(&patch.logical_id) {
            Some(resource) => {
                let before = name(resource);
                apply(resource, patch, problems);
                let lost_name = before.filter(|before| name(resource).as_ref() != Some(before));
                let logical_id = patch.logical_id.clone();
                touched.push(Patched { logical_id, lost_name, span: patch.span });
            }
            None => problems.push(unknown(patch, stack)),
        }
    }
    touched
}

fn name(resource: &Resource) -> Option<String> {
    schema::own_name(&resource.kind, &resource.properties).map(str::to_owned)
}

fn unknown(patch: &Override, stack: &Stack) -> Diagnostic {
    let message = format!("the stack `{}` has no resource `{}`", stack.name, patch.logical_id);
    let known = stack.template.resources.keys().map(String::as_str);
    let problem = Diagnostic::error("unknown-resource", patch.span, message);
    match crate::diagnostic::nearest(&patch.logical_id, known) {
        Some(name) => problem.help(format!("did you mean `{}.{name}`?", stack.name)),
        None => problem.help(format!("its ids stand in `{}.template.yaml`", stack.name)),
    }
}

/// A patch may touch properties and the attributes that CloudFormation has beside them.
fn apply(resource: &mut Resource, patch: &Override, problems: &mut Vec<Diagnostic>) {
    let Some(map) = patch.patch.as_object() else {
        let message = format!("the override of `{}` is not a mapping", patch.logical_id);
        problems.push(
            Diagnostic::error("bad-override", patch.span, message)
                .help("write `Properties: {…}` below it"),
        );
        return;
    };
    for (key, value) in map {
        match key.as_str() {
            "Properties" => {
                let before = policies(&resource.properties);
                merge(&mut resource.properties, value);
                let after = policies(&resource.properties);
                let lost = before.iter().filter(|name| !after.contains(name));
                problems.extend(lost.map(|name| dropped(patch, name)));
            }
            "DeletionPolicy" if value == "Retain" => resource.retained = true,
            "DeletionPolicy" if value == "Delete" => resource.retained = false,
            _ => {
                let message = format!("an override cannot change `{key}` to `{value}`");
                let problem = Diagnostic::error("bad-override", patch.span, message);
                problems.push(problem.help(
                    "it can change `Properties`, and `DeletionPolicy` to `Retain` or `Delete`",
                ));
            }
        }
    }
}

/// Returns the names of the policies that a role or a group holds.
fn policies(properties: &Value) -> Vec<String> {
    let held = properties["Policies"].as_array().into_iter().flatten();
    held.filter_map(|one| one["PolicyName"].as_str().map(str::to_owned)).collect()
}

/// A list is replaced whole, which a person who only adds a policy hardly means.
fn dropped(patch: &Override, name: &str) -> Diagnostic {
    let message = format!("the override drops the policy `{name}` of `{}`", patch.logical_id);
    Diagnostic::warning("dropped-policy", patch.span, message).help(format!(
        "a patch replaces lists whole: give what is added as `ManagedPolicyArns`, or name a policy `{name}` that has all"
    ))
}

/// RFC 7396: mappings are merged, `null` removes, anything else replaces.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let map = target.as_object_mut().expect("made an object above");
    for (key, value) in patch {
        if value.is_null() {
            map.shift_remove(key);
        } else {
            merge(map.entry(key.clone()).or_insert(Value::Null), value);
        }
    }
}

/// Tells overrides of stacks that do not exist.
pub fn unknown_stacks(pipeline: &Pipeline, stacks: &[String]) -> Vec<Diagnostic> {
    let strangers = pipeline.overrides.iter().filter(|patch| !stacks.contains(&patch.stack));
    let told = strangers.map(|patch| {
        let message = format!("there is no stack `{}`", patch.stack);
        let known = stacks.iter().map(String::as_str);
        Diagnostic::error("unknown-stack", patch.span, message).suggest(&patch.stack, known)
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_policy_that_a_patch_drops_is_told() {
        let told = |names: &[&str]| {
            let policies: Vec<_> = names.iter().map(|name| json!({"PolicyName": name})).collect();
            let patch = Override {
                stack: "identity".into(),
                logical_id: "Role".into(),
                patch: json!({"Properties": {"Policies": policies}}),
                span: Span::default(),
            };
            let properties = json!({"Policies": [{"PolicyName": "permissions"}]});
            let mut role = Resource::new("AWS::IAM::Role", Span::default(), properties);
            let mut problems = Vec::new();
            apply(&mut role, &patch, &mut problems);
            problems.into_iter().map(|problem| problem.message).collect::<Vec<_>>()
        };
        assert_eq!(told(&["own"]), ["the override drops the policy `permissions` of `Role`"]);
        assert!(told(&["own", "permissions"]).is_empty());
    }

    #[test]
    fn the_examples_of_rfc_7396_hold() {
        for (target, patch, expected) in [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "b"}), json!({"a": null}), json!({})),
            (
                json!({"a": {"b": "c"}}),
                json!({"a": {"b": "d", "c": null}}),
                json!({"a": {"b": "d"}}),
            ),
            (json!({"a": [{"b": "c"}]}), json!({"a": [1]}), json!({"a": [1]})),
            (json!({}), json!({"a": {"bb": {"ccc": null}}}), json!({"a": {"bb": {}}})),
        ] {
            let mut found = target;
            merge(&mut found, &patch);
            assert_eq!(found, expected);
        }
    }
}
