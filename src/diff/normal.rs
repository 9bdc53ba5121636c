//! Brings a resource into one form, so that what means the same is equal: long intrinsic functions, `Fn::Join` as `Fn::Sub`,
//! lists that are sets in one order.

use serde_json::{Map, Value, json};

use super::pieces;
use super::policy_document;
use crate::aws::schema::ResourceType;

/// Returns the resource in its one form; `kind` says which lists are sets.
pub(super) fn resource(kind: Option<&ResourceType>, resource: &Value) -> Value {
    let Value::Object(written) = value(resource) else { return value(resource) };
    let mut normal = Map::new();
    for (name, part) in written {
        let part = match name.as_str() {
            "DependsOn" => names(part),
            "Properties" => sets(kind, "", part),
            _ => part,
        };
        let is_default = part.is_null()
            || matches!(name.as_str(), "DependsOn" | "Properties" | "Metadata") && is_empty(&part)
            || name == "UpdateReplacePolicy" && part == "Delete";
        if !is_default {
            normal.insert(name, part);
        }
    }
    Value::Object(normal)
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    }
}

/// `DependsOn` is one name or a set of them.
fn names(value: Value) -> Value {
    let mut names = match value {
        Value::Array(names) => names,
        one => vec![one],
    };
    names.sort_by_key(text);
    names.dedup();
    Value::Array(names)
}

/// Returns the value with each intrinsic function in its one form.
pub(super) fn value(written: &Value) -> Value {
    match written {
        Value::Array(items) => items.iter().filter(|item| !is_no_value(item)).map(value).collect(),
        Value::Object(map) => {
            let given = map.iter().filter(|(_, item)| !is_no_value(item));
            let normal: Map<_, _> = given.map(|(key, item)| (key.clone(), value(item))).collect();
            function(normal)
        }
        scalar => scalar.clone(),
    }
}

/// `AWS::NoValue` takes away what it stands for, also where both branches of an `Fn::If` are it.
fn is_no_value(value: &Value) -> bool {
    let Some((name, argument)) = call(value) else { return false };
    match argument {
        Value::String(to) => name == "Ref" && to == "AWS::NoValue",
        Value::Array(parts) => {
            name == "Fn::If" && parts.len() == 3 && parts[1..].iter().all(is_no_value)
        }
        _ => false,
    }
}

/// The function and its argument, where the value is a call: an object with that one key.
pub(super) fn call(value: &Value) -> Option<(&str, &Value)> {
    let object = value.as_object().filter(|object| object.len() == 1)?;
    let (name, argument) = object.iter().next()?;
    is_call(object).then_some((name, argument))
}

fn is_call(map: &Map<String, Value>) -> bool {
    map.len() == 1 && map.keys().all(|name| name == "Ref" || name.starts_with("Fn::"))
}

fn function(map: Map<String, Value>) -> Value {
    let call = Value::Object(map);
    match self::call(&call) {
        Some(("Fn::GetAtt", Value::Array(parts))) => joined_attribute(parts).unwrap_or(call),
        Some(("Fn::Sub" | "Fn::Join", _)) => pieces::canonical(&call).unwrap_or(call),
        Some(("Fn::If", Value::Array(parts))) if parts.len() == 3 && parts[1] == parts[2] => {
            parts[1].clone()
        }
        _ => call,
    }
}

fn joined_attribute(parts: &[Value]) -> Option<Value> {
    let parts: Option<Vec<_>> = parts.iter().map(Value::as_str).collect();
    Some(json!({"Fn::GetAtt": parts?.join(".")}))
}

/// Sorts the lists that are sets, of the value at `pointer` and below.
fn sets(kind: Option<&ResourceType>, pointer: &str, value: Value) -> Value {
    match value {
        Value::Object(map) if policy_document::is_one(&map) => policy_document::normal(map),
        Value::Object(map) if map.len() == 1 && map.contains_key("Fn::If") => {
            let branches = |argument| match argument {
                Value::Array(parts) => parts.into_iter().map(|p| sets(kind, pointer, p)).collect(),
                other => other,
            };
            Value::Object(map.into_iter().map(|(name, parts)| (name, branches(parts))).collect())
        }
        Value::Object(map) if is_call(&map) => Value::Object(map),
        Value::Object(map) => {
            let sorted = map.into_iter().map(|(key, item)| {
                let below = format!("{pointer}/{}", token(&key));
                (key, sets(kind, &below, item))
            });
            Value::Object(sorted.collect())
        }
        Value::Array(items) => {
            let item_at = |(at, item)| sets(kind, &format!("{pointer}/{at}"), item);
            let mut items: Vec<_> = items.into_iter().enumerate().map(item_at).collect();
            if kind.is_some_and(|kind| kind.is_set(pointer)) {
                items.sort_by_cached_key(text);
            }
            Value::Array(items)
        }
        scalar => scalar,
    }
}

/// One key as a JSON pointer writes it.
pub(super) fn token(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// Returns the value as text in which the order of keys and the difference between `60` and `"60"` are lost, as
/// CloudFormation loses them.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Null => "\u{0}".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            format!("\u{3}[{}]", items.iter().map(text).collect::<Vec<_>>().join("\u{1}"))
        }
        Value::Object(map) => {
            let mut pairs: Vec<_> =
                map.iter().map(|(key, item)| format!("{key}\u{2}{}", text(item))).collect();
            pairs.sort_unstable();
            format!("\u{3}{{{}}}", pairs.join("\u{1}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::schema;

    #[test]
    fn forms_that_mean_the_same_become_equal() {
        let same = [
            (json!({"Fn::GetAtt": ["A", "Arn"]}), json!({"Fn::GetAtt": "A.Arn"})),
            (json!({"Fn::Sub": "${A}"}), json!({"Ref": "A"})),
            (json!({"Fn::Sub": "plain"}), json!("plain")),
            (json!({"Fn::Join": ["-", ["a", "b"]]}), json!("a-b")),
            (
                json!({"Fn::Join": [":", ["arn", {"Ref": "AWS::Partition"}, "s3"]]}),
                json!({"Fn::Sub": "arn:${AWS::Partition}:s3"}),
            ),
            (
                json!({"Fn::Sub": ["${x}/b", {"x": {"Fn::GetAtt": ["A", "Arn"]}}]}),
                json!({"Fn::Sub": "${A.Arn}/b"}),
            ),
            (json!({"a": {"Ref": "AWS::NoValue"}, "b": 1}), json!({"b": 1})),
            (json!({"Fn::If": ["C", "x", "x"]}), json!("x")),
        ];
        for (one, other) in same {
            assert_eq!(value(&one), value(&other), "{one}");
        }
        assert_ne!(value(&json!({"Fn::Sub": "${!A}"})), value(&json!({"Fn::Sub": "${A}"})));
    }

    #[test]
    fn sets_of_the_registry_get_one_order_and_lists_keep_theirs() {
        let group = |one: &str, two: &str| {
            let rule = |port: &str| json!({"IpProtocol": "tcp", "FromPort": port});
            json!({"Properties": {"SecurityGroupIngress": [rule(one), rule(two)]}})
        };
        let kind = schema::of("AWS::EC2::SecurityGroup");
        assert_eq!(resource(kind, &group("1", "2")), resource(kind, &group("2", "1")));
        assert_ne!(resource(None, &group("1", "2")), resource(None, &group("2", "1")));
    }
}
