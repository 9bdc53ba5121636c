//! Where policies stand in templates, and whom they speak of.

use serde_json::{Map, Value, json};

use super::super::change::Property;
use super::super::normal;
use super::super::policy_document;
use super::super::read::resources;
use super::grant::{Grant, of_statement, principals, shown};

/// Returns every grant of a template with whom it is for.
pub(super) fn grants(stack: &str, template: &Value) -> Vec<(String, Grant)> {
    let mut found = Vec::new();
    for (id, resource) in resources(template).into_iter().flatten() {
        let by = format!("{stack}/{id}");
        let own = of_resource(template, id, resource);
        found.extend(own.into_iter().map(|(who, grant)| (who, Grant { by: by.clone(), ..grant })));
    }
    found
}

fn of_resource(template: &Value, id: &str, resource: &Value) -> Vec<(String, Grant)> {
    let kind = resource["Type"].as_str().unwrap_or_default();
    let properties = normal::value(&resource["Properties"]);
    let documents = documents(&properties);
    let statements = documents.iter().filter_map(|document| document["Statement"].as_array());
    let mut statements: Vec<_> = statements.flatten().cloned().collect();
    statements.extend(of_function(kind, &properties));
    let (holders, own) = (holders(template, kind, id, &properties), name(kind, id, &properties));
    let mut found = attached(kind, &holders, &properties);
    for statement in &statements {
        let principals = principals(statement);
        let who = if principals.is_empty() { &holders } else { &principals };
        let grants = of_statement(statement, &own);
        found
            .extend(who.iter().flat_map(|who| grants.iter().map(|one| (who.clone(), one.clone()))));
    }
    found
}

/// Returns the resource's own name, with which a policy of its own speaks of it.
fn name(kind: &str, id: &str, properties: &Value) -> String {
    let named = super::super::verdict::shown_name(kind, properties);
    named.unwrap_or_else(|| id.to_owned())
}

/// Returns whom a policy of IAM is for.
fn holders(template: &Value, kind: &str, id: &str, properties: &Value) -> Vec<String> {
    let thing = match kind {
        "AWS::IAM::Role" => "role",
        "AWS::IAM::User" => "user",
        "AWS::IAM::Group" => "group",
        _ => {
            let lists = [("Roles", "role"), ("Users", "user"), ("Groups", "group")];
            let single = [("RoleName", "role"), ("UserName", "user"), ("GroupName", "group")];
            let of_lists = lists.into_iter().flat_map(|(key, thing)| {
                let names = properties[key].as_array().into_iter().flatten();
                names.map(move |name| (thing, name))
            });
            let of_one = single.into_iter().map(|(key, thing)| (thing, &properties[key]));
            let both = of_lists.chain(of_one.filter(|(_, name)| !name.is_null()));
            let mut held: Vec<String> =
                both.map(|(thing, name)| format!("{thing} {}", resolved(template, name))).collect();
            if held.is_empty() {
                held.push(format!("whoever has {}", name(kind, id, properties)));
            }
            return held;
        }
    };
    vec![format!("{thing} {}", name(kind, id, properties))]
}

/// Returns the name behind a reference to a role of the same template.
fn resolved(template: &Value, name: &Value) -> String {
    if let Some(("Ref", Value::String(id))) = normal::call(name) {
        let resource = &template["Resources"][id];
        let kind = resource["Type"].as_str().unwrap_or_default();
        return self::name(kind, id, &resource["Properties"]);
    }
    shown(name)
}

/// Returns every policy document in a value, each in its one form.
fn documents(value: &Value) -> Vec<Value> {
    match value {
        Value::Object(map) if policy_document::is_one(map) => {
            vec![policy_document::normal(map.clone())]
        }
        Value::Object(map) => map.values().flat_map(documents).collect(),
        Value::Array(items) => items.iter().flat_map(documents).collect(),
        _ => Vec::new(),
    }
}

/// Managed policies that are attached, and the boundary that limits all of it.
fn attached(kind: &str, holders: &[String], properties: &Value) -> Vec<(String, Grant)> {
    if !matches!(kind, "AWS::IAM::Role" | "AWS::IAM::User" | "AWS::IAM::Group") {
        return Vec::new();
    }
    let grant = |allow, action: String| Grant {
        allow,
        action,
        resource: "*".to_owned(),
        condition: String::new(),
        by: String::new(),
    };
    let policies = properties["ManagedPolicyArns"].as_array().into_iter().flatten();
    let policies = policies.map(|arn| grant(true, format!("what {} allows", shown(arn))));
    let boundary = properties.get("PermissionsBoundary").into_iter();
    let boundary =
        boundary.map(|arn| grant(false, format!("what the boundary {} leaves out", shown(arn))));
    let all = policies.chain(boundary);
    all.flat_map(|one| holders.iter().map(move |who| (who.clone(), one.clone()))).collect()
}

/// Returns what `AWS::Lambda::Permission` adds to a function's policy.
fn of_function(kind: &str, properties: &Value) -> Option<Value> {
    if kind != "AWS::Lambda::Permission" {
        return None;
    }
    let principal = shown(&properties["Principal"]);
    let principal = if principal.contains('.') {
        json!({"Service": [principal]})
    } else {
        json!({"AWS": [principal]})
    };
    let limits =
        ["SourceArn", "SourceAccount", "PrincipalOrgID", "EventSourceToken", "FunctionUrlAuthType"];
    let given =
        limits.into_iter().filter_map(|key| Some((key.to_owned(), properties.get(key)?.clone())));
    let condition: Map<String, Value> = given.collect();
    let mut statement = json!({
        "Effect": "Allow", "Principal": principal,
        "Action": properties["Action"], "Resource": shown(&properties["FunctionName"]),
    });
    if !condition.is_empty() {
        statement["Condition"] = condition.into();
    }
    Some(statement)
}

/// Tells whether a property that differs is a policy, part of one, or holds one.
pub(super) fn is_touched(old: &Value, new: &Value, kind: &str, property: &Property) -> bool {
    let attached = ["/Properties/ManagedPolicyArns", "/Properties/PermissionsBoundary"];
    if kind.starts_with("AWS::IAM::")
        && attached.iter().any(|start| property.pointer.starts_with(start))
    {
        return true;
    }
    let inside = [old, new].into_iter().any(|resource| passes_policy(resource, &property.pointer));
    let holds =
        |value: &Option<Value>| value.as_ref().is_some_and(|value| !documents(value).is_empty());
    inside || holds(&property.old) || holds(&property.new)
}

fn passes_policy(resource: &Value, pointer: &str) -> bool {
    let mut value = resource;
    for key in pointer.split('/').skip(1) {
        let key = key.replace("~1", "/").replace("~0", "~");
        value = match value {
            Value::Object(map) if policy_document::is_one(map) => return true,
            Value::Object(map) => map.get(&key).unwrap_or(&Value::Null),
            Value::Array(items) => {
                key.parse().ok().and_then(|at: usize| items.get(at)).unwrap_or(&Value::Null)
            }
            _ => return false,
        };
    }
    value.as_object().is_some_and(policy_document::is_one)
}
