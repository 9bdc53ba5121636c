//! What a change of documents would do: two sides in, [`Changes`] out, and its forms for people and programs.
//!
//! Nothing here reads a file or asks AWS: a side is a set of texts by path, from a folder, from git, or from deployed stacks.

mod change;
mod compare;
mod danger;
mod follow;
mod gate;
mod json;
mod markdown;
mod normal;
mod outline;
mod pieces;
mod policy_document;
mod read;
mod rename;
mod resource;
mod secret;
mod text;
mod told;
mod verdict;

use std::collections::BTreeMap;

use serde_json::Value;

pub use change::{Action, Changes, Danger, DangerKind, Part, Place, Property, Resource};
pub use gate::{Gate, problems, stops};
pub use json::json;
pub use markdown::markdown;
pub use read::Unreadable;
pub use text::{Screen, text};
pub use verdict::Consequence;

use read::Stack;

/// The texts of one side by path: templates, the manifest, scripts.
pub type Files = BTreeMap<String, String>;

/// Returns what changes from `before` to `after`.
///
/// # Errors
/// A template or manifest that is neither YAML nor JSON.
pub fn diff(before: &Files, after: &Files) -> Result<Changes, Box<Unreadable>> {
    let stacks = read::stacks(before, after)?;
    let mut resources: Vec<Resource> = stacks.iter().flat_map(resource::changes).collect();
    rename::between_stacks(&stacks, &mut resources);
    follow::replacements(&stacks, &mut resources);
    danger::assess(&stacks, &mut resources);
    let mut changes = Changes {
        environment: environment(after).or_else(|| environment(before)),
        templates: stacks.iter().flat_map(resource::parts).collect(),
        resources,
    };
    changes.sort();
    Ok(changes)
}

fn environment(files: &Files) -> Option<String> {
    let manifest: Value = serde_json::from_str(files.get(read::MANIFEST)?).ok()?;
    manifest["environment"].as_str().map(str::to_owned)
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
