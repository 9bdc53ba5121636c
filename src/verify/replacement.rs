//! Resources with a fixed name that a change would have to replace: CloudFormation accepts the change set and fails later
//! ("cannot update a stack when a custom-named resource requires replacing").

use serde_json::{Map, Value};

use crate::aws::schema::{self, ResourceType};

/// Returns a sentence for each resource that cannot be changed from what `old` says to what `new` says, because its name
/// stays and a property changes that is set at creation only.
pub fn impossible(old: &Value, new: &Value) -> Vec<String> {
    let (Some(before), Some(after)) = (resources(old), resources(new)) else { return Vec::new() };
    let pairs = after.iter().filter_map(|(id, new)| Some((id, before.get(id)?, new)));
    pairs.filter_map(|(id, old, new)| told(id, old, new)).collect()
}

fn resources(template: &Value) -> Option<&Map<String, Value>> {
    template["Resources"].as_object()
}

fn told(id: &str, old: &Value, new: &Value) -> Option<String> {
    let kind = new["Type"].as_str().filter(|_| old["Type"] == new["Type"])?;
    let resource = schema::of(kind)?;
    let (old, new) = (&old["Properties"], &new["Properties"]);
    let name = name(resource, new).filter(|name| old.pointer(name) == new.pointer(name))?;
    let mut fixed = resource.create_only().iter().filter(|pointer| !pointer.contains('*'));
    let changed = fixed.find(|pointer| old.pointer(pointer) != new.pointer(pointer))?;
    let named = new.pointer(name).and_then(Value::as_str).unwrap_or_default();
    Some(format!(
        "{id} ({kind}) must be replaced, as `{changed}` changes, and cannot be while it keeps the name `{named}`"
    ))
}

/// Returns the pointer to the name that a template gives a resource: a property that identifies it, set at creation.
fn name<'a>(resource: &'a ResourceType, properties: &Value) -> Option<&'a str> {
    let identifiers = resource.primary_identifier().iter().copied();
    let names = resource.create_only().iter().copied().filter(|pointer| pointer.ends_with("Name"));
    identifiers
        .filter(|pointer| resource.create_only().contains(pointer))
        .chain(names)
        .find(|pointer| properties.pointer(pointer).is_some_and(Value::is_string))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_machine_that_keeps_its_name_cannot_change_its_type() {
        let template = |name: &str, kind: &str| {
            json!({"Resources": {"M": {
                "Type": "AWS::StepFunctions::StateMachine",
                "Properties": {"StateMachineName": name, "StateMachineType": kind},
            }}})
        };
        let old = template("m", "STANDARD");
        assert_eq!(impossible(&old, &template("m", "EXPRESS")).len(), 1);
        assert_eq!(impossible(&old, &template("n", "EXPRESS")), Vec::<String>::new());
        assert_eq!(impossible(&old, &old), Vec::<String>::new());
    }
}
