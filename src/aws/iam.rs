//! The Service Authorization Reference: which IAM actions exist, on which resources they act, under
//! which conditions.
//!
//! Source: AWS's Service Authorization Reference, see `registry/iam.version` and `tools/iam.py`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::archive::Archive;

mod condition;
mod glob;
mod resource;
mod statement;

pub use statement::check_statement;

/// One action of a service, such as `s3:GetObject`.
#[derive(Clone, Copy, Debug)]
pub struct Action {
    prefix: &'static str,
    name: &'static str,
    facts: &'static ActionFacts,
    service: &'static Service,
}

/// What an action does to the account, as AWS classes it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
pub enum AccessLevel {
    /// Sees that resources exist.
    List,
    /// Reads their content.
    Read,
    /// Makes, changes or deletes them.
    Write,
    /// Changes tags only.
    #[serde(rename = "Tagging, Write")]
    Tagging,
    /// Grants or takes permissions.
    #[serde(rename = "Permissions management, Write")]
    PermissionsManagement,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[serde(bound(deserialize = "'de: 'static"))]
struct Service {
    actions: BTreeMap<&'static str, ActionFacts>,
    resources: BTreeMap<&'static str, ResourceFacts>,
    keys: Vec<&'static str>,
}

#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
struct ActionFacts {
    level: AccessLevel,
    #[serde(default)]
    resources: Vec<&'static str>,
    #[serde(default)]
    keys: Vec<&'static str>,
}

#[derive(Debug, Deserialize)]
struct ResourceFacts {
    arn: &'static str,
    #[serde(default)]
    keys: Vec<&'static str>,
}

static SERVICES: Archive<Service> = Archive::new(include_bytes!("registry/iam.bin"));

/// The document of the keys that every service shares, whose prefix it is.
const GLOBAL: &str = "aws";

/// Where the reference comes from, and of which date.
pub const SOURCE: &str = include_str!("registry/iam.version");

/// Looks an action up by its whole name; case does not matter, as in IAM.
pub fn action(name: &str) -> Option<Action> {
    actions(name).into_iter().find(|_| !name.contains(['*', '?']))
}

/// Returns the ARN of a service's type of resource, with `${…}` for the variable parts.
pub fn resource_arn(service: &str, resource_type: &str) -> Option<&'static str> {
    let (_, service) = self::service(service)?;
    service.resources.get(resource_type).map(|resource| resource.arn)
}

/// All actions that a name with `*` and `?` stands for, in the order of their names.
pub fn actions(pattern: &str) -> Vec<Action> {
    let Some((prefix, name)) = pattern.split_once(':') else { return Vec::new() };
    let Some((prefix, service)) = service(prefix) else { return Vec::new() };
    let named = service.actions.iter();
    named
        .filter(|(known, _)| is_named(known, name))
        .map(|(name, facts)| Action { prefix, name, facts, service })
        .collect()
}

fn is_named(action: &str, pattern: &str) -> bool {
    if !pattern.contains(['*', '?']) {
        return action.eq_ignore_ascii_case(pattern);
    }
    let pattern = glob::user(&pattern.to_ascii_lowercase());
    glob::overlap(&pattern, &glob::literal(&action.to_ascii_lowercase()))
}

/// Tells whether `arn` is one of those that `pattern`, an ARN of the reference, stands for.
pub fn is_instance(arn: &str, pattern: &str) -> bool {
    glob::overlap(&glob::literal(arn), &glob::reference(pattern))
}

fn service(prefix: &str) -> Option<(&'static str, &'static Service)> {
    let prefix = prefix.to_lowercase();
    let known = prefixes().find(|known| *known == prefix)?;
    Some((known, SERVICES.get(known)?))
}

/// The service prefixes, sorted.
pub fn prefixes() -> impl Iterator<Item = &'static str> {
    SERVICES.names().filter(|name| *name != GLOBAL)
}

impl Action {
    /// The whole name, in AWS's case.
    pub fn name(&self) -> String {
        format!("{}:{}", self.prefix, self.name)
    }

    /// What it does to the account.
    pub fn access_level(&self) -> AccessLevel {
        self.facts.level
    }

    /// ARNs with `${…}` for the variable parts; none where the action works on `*` only.
    pub fn resource_patterns(&self) -> Vec<&'static str> {
        self.resources().map(|resource| resource.arn).collect()
    }

    /// Names of the types of resources that it acts on, as the reference has them; none where it works on `*` only.
    pub fn resource_types(&self) -> &'static [&'static str] {
        &self.facts.resources
    }

    /// Condition keys besides the global ones, `*` for the part that the policy's author chooses.
    pub fn condition_keys(&self) -> impl Iterator<Item = &'static str> {
        let of_resources = self.resources().flat_map(|resource| &resource.keys);
        self.facts.keys.iter().chain(of_resources).copied()
    }

    fn resources(&self) -> impl Iterator<Item = &'static ResourceFacts> {
        let service = self.service;
        self.facts.resources.iter().filter_map(|name| service.resources.get(name))
    }
}

#[cfg(test)]
mod tests;
