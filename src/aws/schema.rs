//! The CloudFormation registry: what each public resource type accepts, and what AWS does with it.
//!
//! Source: AWS's resource provider schemas, see `registry/schemas.version` and `tools/registry.py`.

use serde::Deserialize;
use serde_json::Value;

use super::Violation;
use super::archive::Archive;
use crate::diagnostic::nearest;

mod check;
mod guide;
mod name;
mod pattern;
mod pointer;
mod shape;

pub use guide::{interrupts, was_said_to_replace};
pub use name::{is_own_name, own_name};

use shape::Shape;

/// One public resource type, such as `AWS::S3::Bucket`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct ResourceType {
    facts: Facts,
    schema: Shape,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Facts {
    create_only: Vec<&'static str>,
    conditional_create_only: Vec<&'static str>,
    read_only: Vec<&'static str>,
    write_only: Vec<&'static str>,
    deprecated: Vec<&'static str>,
    primary_identifier: Vec<&'static str>,
    attributes: Vec<&'static str>,
    permissions: Permissions,
    tag_property: Option<&'static str>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[serde(bound(deserialize = "'de: 'static"))]
struct Permissions {
    create: Vec<&'static str>,
    read: Vec<&'static str>,
    update: Vec<&'static str>,
    delete: Vec<&'static str>,
    list: Vec<&'static str>,
}

/// What CloudFormation does to a resource; each has its own list of IAM actions.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Handler {
    /// Makes it.
    Create,
    /// Reads it, for drift and for `Fn::GetAtt`.
    Read,
    /// Changes it in place.
    Update,
    /// Removes it.
    Delete,
    /// Lists all of its type, for imports.
    List,
}

/// Whether a change of one property makes AWS replace the resource.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Replacement {
    /// It is changed in place.
    Never,
    /// It depends on the values, or on which part of the property changes.
    Conditional,
    /// The old resource is deleted and a new one made.
    Always,
}

static TYPES: Archive<ResourceType> = Archive::new(include_bytes!("registry/schemas.bin"));

/// Where the schemas come from, and of which date.
pub const SOURCE: &str = include_str!("registry/schemas.version");

/// Looks a type up. `Custom::…` types are those of `AWS::CloudFormation::CustomResource`.
pub fn of(type_name: &str) -> Option<&'static ResourceType> {
    match type_name.strip_prefix("Custom::") {
        Some(_) => TYPES.get("AWS::CloudFormation::CustomResource"),
        None => TYPES.get(type_name),
    }
}

/// All public resource types, sorted.
pub fn names() -> impl Iterator<Item = &'static str> {
    TYPES.names()
}

/// Checks the `Properties` of a resource, whose root is the root of the pointers.
///
/// Intrinsic functions and dynamic references are accepted anywhere, numbers and booleans may be
/// strings as CloudFormation converts them. Types of other publishers than AWS, of the SAM
/// transform, and modules, are not known and pass. `if`/`then`, most formats and rules across
/// properties that AWS states only in prose are not checked.
pub fn check(type_name: &str, properties: &Value) -> Vec<Violation> {
    match of(type_name) {
        Some(resource) => check::properties(resource, properties),
        None if is_of_others(type_name) => Vec::new(),
        None => vec![
            Violation::error("", format!("unknown resource type `{type_name}`"))
                .suggest(nearest(type_name, names())),
        ],
    }
}

/// `Publisher::Service::Type` that is no slip of a public name.
fn is_of_others(type_name: &str) -> bool {
    type_name.ends_with("::MODULE")
        || type_name.starts_with("AWS::Serverless::")
        || (type_name.split("::").count() == 3
            && !type_name.starts_with("AWS::")
            && nearest(type_name, names()).is_none())
}

impl ResourceType {
    /// Pointers, `*` for any index or key, to properties whose change replaces the resource.
    pub fn create_only(&self) -> &[&'static str] {
        &self.facts.create_only
    }

    /// As [`Self::create_only`], where it depends on the values.
    pub fn conditional_create_only(&self) -> &[&'static str] {
        &self.facts.conditional_create_only
    }

    /// Pointers to properties that only AWS sets.
    pub fn read_only(&self) -> &[&'static str] {
        &self.facts.read_only
    }

    /// Pointers to properties that AWS does not give back, so that drift detection cannot see them.
    pub fn write_only(&self) -> &[&'static str] {
        &self.facts.write_only
    }

    /// Pointers to properties that AWS advises against.
    pub fn deprecated(&self) -> &[&'static str] {
        &self.facts.deprecated
    }

    /// Pointers to the properties that together identify a resource: what an import asks for.
    pub fn primary_identifier(&self) -> &[&'static str] {
        &self.facts.primary_identifier
    }

    /// The pointer to the tags, where the type has any.
    pub fn tag_property(&self) -> Option<&str> {
        self.facts.tag_property
    }

    /// The names that `Fn::GetAtt` takes, sorted; a part that is `*` stands for any name or index.
    pub fn attributes(&self) -> &[&'static str] {
        &self.facts.attributes
    }

    /// Whether `Fn::GetAtt` takes this name.
    pub fn has_attribute(&self, name: &str) -> bool {
        let pointer = |name: &str| name.replace('.', "/");
        let name = pointer(name);
        self.attributes().iter().any(|known| pointer::matches(&pointer(known), &name))
    }

    /// The IAM actions that the deploying role needs; empty where the type has no such handler or
    /// AWS does not say.
    pub fn permissions(&self, handler: Handler) -> &[&'static str] {
        let permissions = &self.facts.permissions;
        match handler {
            Handler::Create => &permissions.create,
            Handler::Read => &permissions.read,
            Handler::Update => &permissions.update,
            Handler::Delete => &permissions.delete,
            Handler::List => &permissions.list,
        }
    }

    /// What a change of the value at this pointer into `Properties` entails.
    pub fn replacement(&self, pointer: &str) -> Replacement {
        let covers = |patterns: &[&str]| patterns.iter().any(|p| pointer::covers(p, pointer));
        let below = |patterns: &[&str]| patterns.iter().any(|p| pointer::is_below(p, pointer));
        if covers(self.create_only()) {
            Replacement::Always
        } else if covers(self.conditional_create_only())
            || below(self.create_only())
            || below(self.conditional_create_only())
        {
            Replacement::Conditional
        } else {
            Replacement::Never
        }
    }

    /// Whether the order of the array at this pointer means nothing (`insertionOrder: false`, and
    /// tags).
    pub fn is_set(&self, pointer: &str) -> bool {
        self.tag_property() == Some(pointer)
            || self.shape_at(pointer).is_some_and(|shape| shape.insertion_order == Some(false))
    }
}

#[cfg(test)]
mod tests;
