//! Which functions get other code, and by which source files.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::change::{Action, Code, Resource};
use super::read::Stack;
use super::rename::VERSION;

/// Returns the functions whose code changes, those with the same reason together; marks the properties that tell of it.
pub(super) fn changes(
    stacks: &[Stack],
    manifests: [&Value; 2],
    resources: &mut [Resource],
) -> Vec<Code> {
    let versions: BTreeSet<String> = resources
        .iter()
        .filter(|change| change.kind == VERSION && change.action == Action::Renamed)
        .map(|change| change.logical_id.clone())
        .collect();
    let mut found: BTreeMap<Vec<String>, Vec<String>> = BTreeMap::new();
    for change in resources {
        match change.kind.as_str() {
            "AWS::Lambda::Function" if change.action == Action::Changed => {
                let mut code = change
                    .properties
                    .iter_mut()
                    .filter(|p| p.pointer.starts_with("/Properties/Code"));
                let Some(first) = code.next() else { continue };
                first.told_in = Some("code");
                code.for_each(|property| property.told_in = Some("code"));
                let sides = [Stack::before as fn(&Stack) -> &Value, Stack::after]
                    .map(|side| super::find(stacks, &change.stack, side, &change.logical_id));
                let name = change.name.clone().unwrap_or_else(|| change.logical_id.clone());
                found.entry(files(manifests, sides)).or_default().push(name);
            }
            "AWS::Lambda::Alias" => {
                for property in &mut change.properties {
                    let to = property.new.as_ref().map(super::normal::text).unwrap_or_default();
                    if property.path == "FunctionVersion"
                        && versions.iter().any(|id| to.contains(id.as_str()))
                    {
                        property.told_in = Some("code");
                    }
                }
            }
            _ => {}
        }
    }
    found.into_iter().map(|(files, functions)| Code { functions, files }).collect()
}

/// Returns the source files that differ between the archives of a function.
fn files(manifests: [&Value; 2], sides: [&Value; 2]) -> Vec<String> {
    let [Some(old), Some(new)] = [0, 1].map(|at| sources(manifests[at], sides[at])) else {
        return Vec::new();
    };
    let mut files = Vec::new();
    for (path, digest) in &old {
        match new.get(path) {
            None => files.push(format!("− {path}")),
            Some(now) if now != digest => files.push(format!("~ {path}")),
            Some(_) => {}
        }
    }
    files
        .extend(new.keys().filter(|path| !old.contains_key(*path)).map(|path| format!("+ {path}")));
    files
}

/// Returns the files in the archive of a function with their digests, where the manifest lists them.
fn sources<'a>(manifest: &'a Value, function: &Value) -> Option<BTreeMap<&'a str, &'a Value>> {
    let key = function["Properties"]["Code"]["S3Key"].as_str()?;
    let mut assets = manifest["assets"].as_array()?.iter();
    let sources = assets.find(|asset| asset["key"] == key)?["sources"].as_object()?;
    Some(sources.iter().map(|(path, digest)| (path.as_str(), digest)).collect())
}
