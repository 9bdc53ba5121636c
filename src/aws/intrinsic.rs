//! Recognises CloudFormation's intrinsic functions, whose value is known only when a stack is made.

use serde_json::{Map, Value};

/// What a value of a template turns into.
pub(super) enum Meaning<'a> {
    /// Itself.
    Literal,
    /// One or the other, as `Fn::If` decides.
    Either([&'a Value; 2]),
    /// Nothing: the property counts as not given.
    Absent,
    /// Something that only the deployment knows.
    Unknown,
}

pub(super) fn meaning(value: &Value) -> Meaning<'_> {
    match call(value) {
        None => Meaning::Literal,
        Some(("Ref", Value::String(name))) if name == "AWS::NoValue" => Meaning::Absent,
        Some(("Fn::If", Value::Array(parts))) => match parts.as_slice() {
            [_, yes, no] => Meaning::Either([yes, no]),
            _ => Meaning::Unknown,
        },
        Some(_) => Meaning::Unknown,
    }
}

/// The function and its argument, where the value is a call: an object with that one key.
pub(super) fn call(value: &Value) -> Option<(&str, &Value)> {
    let object = value.as_object().filter(|object| object.len() == 1)?;
    let (name, argument) = object.iter().next()?;
    (name == "Ref" || name.starts_with("Fn::")).then_some((name, argument))
}

/// Whether a string holds a dynamic reference, which CloudFormation replaces at deployment.
pub(super) fn is_dynamic(text: &str) -> bool {
    text.contains("{{resolve:")
}

/// Whether the key is given whatever the conditions of an `Fn::If` turn out to be.
pub(super) fn surely_has(object: &Map<String, Value>, key: &str) -> bool {
    object.get(key).is_some_and(|value| match meaning(value) {
        Meaning::Literal | Meaning::Unknown => true,
        Meaning::Either(branches) => branches.into_iter().all(is_given),
        Meaning::Absent => false,
    })
}

/// Whether the key may be given.
pub(super) fn may_have(object: &Map<String, Value>, key: &str) -> bool {
    object.get(key).is_some_and(|value| match meaning(value) {
        Meaning::Literal | Meaning::Unknown => true,
        Meaning::Either(branches) => branches.into_iter().any(is_given),
        Meaning::Absent => false,
    })
}

fn is_given(value: &Value) -> bool {
    !matches!(meaning(value), Meaning::Absent)
}
