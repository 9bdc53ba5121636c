//! Environments: the blueprint as it is in one of them.

use super::Blueprint;
use super::decode::{Decode, Spanned, field};
use crate::diagnostic::{Diagnostic, Problems, Span};
use crate::yaml::{Content, Entry, Node};

/// Where an environment is; what else it says overrides the blueprint.
#[derive(Clone, Debug)]
pub struct Environment {
    /// Its name and the place of it.
    pub name: Spanned<String>,
    /// The AWS account, 12 digits.
    pub account: Spanned<String>,
    /// The region.
    pub region: Spanned<String>,
    /// What every name ends in, for environments that share an account and a region.
    pub suffix: Option<Spanned<String>>,
}

/// The keys of an environment that are its own; all others override the blueprint.
pub(super) const OWN_KEYS: [&str; 3] = ["account", "region", "suffix"];

/// Lays a blueprint over the one that it extends: mappings are merged, `null` removes a key, anything else replaces.
pub fn extended(base: Node, root: &Node) -> Node {
    merge(base, &without(root, &[EXTENDS]))
}

/// The key that names the blueprint to extend.
pub const EXTENDS: &str = "extends";

/// Returns the names of the blueprint's environments, in written order.
pub fn environments(root: &Node, problems: &mut Problems) -> Vec<Spanned<String>> {
    let section = root.get("environments").map(|node| (&node.content, node.span));
    match section {
        Some((Content::Mapping(entries), _)) if !entries.is_empty() => {
            entries.iter().map(|e| Spanned { value: e.key.clone(), span: e.span }).collect()
        }
        found => {
            let span = found.map_or(root.span, |(_, span)| span);
            let problem =
                Diagnostic::error("missing-key", span, "the blueprint names no environment");
            problems.add(
                problem.help(
                    "add `environments: {dev: {account: \"111122223333\", region: us-east-1}}`",
                ),
            );
            Vec::new()
        }
    }
}

/// Returns the environment `name` and the blueprint as it is there.
pub fn in_environment(
    root: &Node,
    name: &Spanned<String>,
    problems: &mut Problems,
) -> Option<(Environment, Blueprint)> {
    let own = root.get("environments")?.get(&name.value)?;
    let what = "an environment";
    let account = field(own, what, "account", problems);
    let region = field(own, what, "region", problems);
    let suffix = field(own, what, "suffix", problems);
    let merged = merge(without(root, &["environments"]), &without(own, &OWN_KEYS));
    let blueprint = Blueprint::decode(&merged, problems);
    let environment =
        Environment { name: name.clone(), account: account?, region: region?, suffix: suffix? };
    Some((environment, blueprint?))
}

fn without(node: &Node, keys: &[&str]) -> Node {
    let mut node = node.clone();
    if let Content::Mapping(entries) = &mut node.content {
        entries.retain(|entry| !keys.contains(&entry.key.as_str()));
    }
    node
}

/// Lays `patch` over `base`: mappings are merged, `null` removes a key, anything else replaces.
fn merge(mut base: Node, patch: &Node) -> Node {
    let (Content::Mapping(old), Content::Mapping(new)) = (&mut base.content, &patch.content) else {
        return patch.clone();
    };
    for entry in new {
        merge_entry(old, entry);
    }
    base
}

fn merge_entry(old: &mut Vec<Entry>, new: &Entry) {
    let at = old.iter().position(|entry| entry.key == new.key);
    match at {
        Some(at) if new.value.is_null() => {
            old.remove(at);
        }
        Some(at) => {
            let Entry { value, .. } = &mut old[at];
            let base = std::mem::replace(value, empty(new.value.span));
            *value = merge(base, &new.value);
        }
        None if new.value.is_null() => {}
        None => old.push(new.clone()),
    }
}

fn empty(span: Span) -> Node {
    Node { span, content: Content::Mapping(Vec::new()) }
}
