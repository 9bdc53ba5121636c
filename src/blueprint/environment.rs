//! Environments: the blueprint as it is in one of them.

use super::Blueprint;
use super::decode::{Decode, Spanned, field, fields, wrong};
use crate::diagnostic::{Diagnostic, Problems, Span, nearest};
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
pub fn extended(base: Node, mut root: Node) -> Node {
    if let Content::Mapping(entries) = &mut root.content {
        entries.retain(|entry| entry.key != EXTENDS);
    }
    merge(base, root)
}

/// The key that names the blueprint to extend.
pub const EXTENDS: &str = "extends";

/// The keys that only the whole file has.
pub(super) const FILE_KEYS: [&str; 2] = ["environments", "default_environment"];

/// Returns the names of the blueprint's environments, in written order; keys that no file has are told here.
pub fn environments(root: &Node, problems: &mut Problems) -> Vec<Spanned<String>> {
    let known: Vec<_> = Blueprint::KEYS.iter().copied().chain(["environments"]).collect();
    let Some(keys) = fields(root, "the blueprint", &known, problems) else { return Vec::new() };
    let names = match root.get("environments") {
        Some(Node { content: Content::Mapping(entries), .. }) if !entries.is_empty() => {
            return entries.iter().map(name).collect();
        }
        Some(Node { content: Content::Mapping(_), span }) => no_environment(*span),
        Some(node) if !node.is_null() => {
            return wrong(node, "a mapping of environments", EXAMPLE, problems).unwrap_or_default();
        }
        Some(Node { span, .. }) => no_environment(*span),
        None if keys.iter().any(|key| nearest(&key.key, ["environments"]).is_some()) => {
            return Vec::new();
        }
        None => no_environment(root.span),
    };
    problems.add(names);
    Blueprint::decode(&known_part(root, Blueprint::KEYS), problems);
    Vec::new()
}

const EXAMPLE: &str = "write `environments: {dev: {account: \"111122223333\", region: us-east-1}}`";

fn name(entry: &Entry) -> Spanned<String> {
    Spanned { value: entry.key.clone(), span: entry.span }
}

fn no_environment(span: Span) -> Diagnostic {
    Diagnostic::error("missing-key", span, "the blueprint names no environment").help(EXAMPLE)
}

/// Returns the environment `name` and the blueprint as it is there.
pub fn in_environment(
    root: &Node,
    name: &Spanned<String>,
    problems: &mut Problems,
) -> Option<(Environment, Blueprint)> {
    let own = root.get("environments")?.get(&name.value)?;
    let what = "an environment";
    let overriding: Vec<_> =
        Blueprint::KEYS.iter().copied().filter(|key| !FILE_KEYS.contains(key)).collect();
    if !own.is_null() {
        fields(own, what, &[&OWN_KEYS[..], &overriding].concat(), problems)?;
    }
    let account = field(own, what, ("account", "The AWS account, 12 digits in quotes."), problems);
    let region = field(own, what, ("region", "The region, such as `us-east-1`."), problems);
    let suffix = field(own, what, ("suffix", ""), problems);
    let base = known_part(root, Blueprint::KEYS);
    let merged = match own.content {
        Content::Mapping(_) => merge(base, known_part(own, &overriding)),
        Content::Scalar { .. } | Content::Sequence(_) => base,
    };
    let blueprint = Blueprint::decode(&merged, problems);
    let environment =
        Environment { name: name.clone(), account: account?, region: region?, suffix: suffix? };
    Some((environment, blueprint?))
}

/// Returns a mapping with those of its keys that are known: the others were told.
fn known_part(node: &Node, known: &[&str]) -> Node {
    let mut node = node.clone();
    if let Content::Mapping(entries) = &mut node.content {
        entries.retain(|entry| known.contains(&entry.key.as_str()));
    }
    node
}

/// Lays `patch` over `base`: mappings are merged, `null` removes a key, anything else replaces. A mapping that lost a
/// key stands where it was removed, so that a key that must be there is missed at that place.
fn merge(mut base: Node, patch: Node) -> Node {
    let Content::Mapping(old) = &mut base.content else { return patch };
    let Content::Mapping(new) = patch.content else { return patch };
    let mut removed = false;
    for entry in new {
        removed |= merge_entry(old, entry);
    }
    base.span = if removed { patch.span } else { base.span };
    base
}

/// Lays one entry over those that are there, and tells whether it removed one.
fn merge_entry(old: &mut Vec<Entry>, new: Entry) -> bool {
    let nothing = new.value.is_null();
    let at = old.iter().position(|entry| entry.key == new.key);
    match at {
        Some(at) if nothing => {
            old.remove(at);
        }
        Some(at) => {
            let Entry { value, .. } = &mut old[at];
            let base = std::mem::replace(value, empty(new.value.span));
            *value = merge(base, new.value);
        }
        None if nothing => {}
        None => old.push(new),
    }
    at.is_some() && nothing
}

fn empty(span: Span) -> Node {
    Node { span, content: Content::Mapping(Vec::new()) }
}
