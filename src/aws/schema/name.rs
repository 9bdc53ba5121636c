//! Which property of a resource is its own name.

use serde_json::Value;

/// Tells whether the property at `pointer` is the own name of a resource: `Name`, or what ends in it and begins with the last
/// words of the type, as `GroupName` of `AWS::EC2::SecurityGroup` does.
pub fn is_own_name(kind: &str, pointer: &str) -> bool {
    let thing = kind.rsplit("::").next().unwrap_or_default();
    let property = pointer.trim_start_matches('/');
    property == "Name"
        || property.strip_suffix("Name").is_some_and(|of| !of.is_empty() && thing.ends_with(of))
}

/// Returns the first own name that the properties of a resource write out.
pub fn own_name<'a>(kind: &str, properties: &'a Value) -> Option<&'a str> {
    let pointer = match kind {
        "AWS::Glue::Table" => "/TableInput/Name",
        "AWS::Glue::Database" => "/DatabaseInput/Name",
        _ => {
            return properties.as_object()?.iter().find_map(|(key, value)| {
                value.as_str().filter(|name| !name.is_empty() && is_own_name(kind, key))
            });
        }
    };
    properties.pointer(pointer)?.as_str().filter(|name| !name.is_empty())
}
