//! What a change of documents would do: two sides in, [`Changes`] out, and its forms for people and programs.
//!
//! Nothing here reads a file or asks AWS: a side is a set of texts by path, from a folder, from git, or from deployed stacks.

mod catalog;
mod change;
mod code;
mod compare;
mod cost;
mod danger;
mod files;
mod fold;
mod follow;
mod gate;
mod json;
mod markdown;
mod network;
mod normal;
mod outline;
mod permissions;
mod pieces;
mod policy_document;
mod read;
mod rename;
mod resource;
mod secret;
mod skip;
mod text;
mod told;
mod verdict;
mod workflow;

use std::collections::BTreeMap;

use serde_json::Value;

pub use change::{
    Action, Changes, Code, Cost, Danger, DangerKind, Part, Passage, Permission, Place, Property,
    Resource, Table, TextFile, Workflow,
};
pub use gate::{Gate, problems, stops};
pub use json::json;
pub use markdown::markdown;
pub use read::Unreadable;
pub use text::{Screen, text};
pub use verdict::Consequence;

use read::{Extent, Stack};

/// The texts of one side by path: templates, the manifest, scripts.
pub type Files = BTreeMap<String, String>;

/// Returns what changes from `before` to `after`.
///
/// # Errors
/// A template or manifest that is neither YAML nor JSON.
pub fn diff(before: &Files, after: &Files) -> Result<Changes, Box<Unreadable>> {
    let mut changes = compare_with(before, after, Extent::Differing)?;
    if !changes.stand_alone() {
        changes = compare_with(before, after, Extent::Everything)?;
    }
    Ok(changes)
}

fn compare_with(before: &Files, after: &Files, extent: Extent) -> Result<Changes, Box<Unreadable>> {
    let stacks = read::stacks(before, after, extent)?;
    let mut resources: Vec<Resource> = stacks.iter().flat_map(resource::changes).collect();
    rename::between_stacks(&stacks, &mut resources);
    follow::replacements(&stacks, &mut resources);
    danger::assess(&stacks, &mut resources);
    let manifests = [before, after].map(manifest);
    let mut changes = Changes {
        environment: environment(&manifests),
        catalog: catalog::changes(&stacks, &mut resources),
        permissions: permissions::changes(&stacks, &mut resources),
        network: network::changes(&stacks, &mut resources),
        workflows: workflow::changes(&stacks, &mut resources),
        code: code::changes(&stacks, [&manifests[0], &manifests[1]], &mut resources),
        files: files::changes(before, after),
        costs: cost::changes(&stacks, before, after),
        templates: stacks.iter().flat_map(resource::parts).collect(),
        resources,
    };
    changes.sort();
    Ok(changes)
}

/// Returns the manifest of a side; one that cannot be read was told of before.
fn manifest(files: &Files) -> Value {
    files.get(read::MANIFEST).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

fn environment(manifests: &[Value; 2]) -> Option<String> {
    let mut names = manifests.iter().rev().filter_map(|manifest| manifest["environment"].as_str());
    names.next().map(str::to_owned)
}

/// Returns the template of a stack on the new side.
fn find_template<'a>(stacks: &'a [Stack], stack: &str) -> &'a Value {
    stacks.iter().find(|known| known.name == stack).map_or(&Value::Null, |stack| &stack.new)
}

/// Returns a resource of a stack on one side.
fn find<'a>(
    stacks: &'a [Stack],
    stack: &str,
    side: fn(&'a Stack) -> &'a Value,
    id: &str,
) -> &'a Value {
    let found = stacks.iter().find(|known| known.name == stack);
    found.map_or(&Value::Null, |stack| &side(stack)["Resources"][id])
}
