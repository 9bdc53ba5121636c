//! From texts to stacks: templates of any make, YAML or JSON, in one form.

use std::collections::BTreeSet;

use rayon::prelude::*;
use serde_json::{Map, Value};

use super::Files;
use super::secret::Mask;
use super::skip::{self, Reduced};
use crate::diagnostic::{Diagnostic, FileId};
use crate::yaml;

/// The file that lists the others in a folder of `gen synth`.
pub(super) const MANIFEST: &str = "manifest.json";

/// A template that cannot be read.
#[derive(Clone, Debug)]
pub struct Unreadable {
    /// Whether it is on the side of `after`.
    pub is_new: bool,
    /// Its path there.
    pub path: String,
    /// What is wrong, its place counted in that file's text.
    pub problem: Diagnostic,
}

/// A stack on both sides, secrets masked. A side where it is not there is `null`.
#[derive(Debug, Default)]
pub(super) struct Stack {
    pub(super) name: String,
    pub(super) old: Value,
    pub(super) new: Value,
    /// What the manifest says of its parameters, before and after.
    pub(super) parameters: [Value; 2],
}

impl Stack {
    pub(super) fn before(&self) -> &Value {
        &self.old
    }

    pub(super) fn after(&self) -> &Value {
        &self.new
    }
}

/// How much of the templates is read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Extent {
    /// What is not the same text on both sides.
    Differing,
    /// All of it: what is replaced in one place may matter in another.
    Everything,
}

/// Returns the stacks of both sides in the order of deployment.
pub(super) fn stacks(
    before: &Files,
    after: &Files,
    extent: Extent,
) -> Result<Vec<Stack>, Box<Unreadable>> {
    let manifests = [manifest(before, false)?, manifest(after, true)?];
    let names = names(before, after, &manifests);
    let read = names.par_iter().map(|name| sides(before, after, name, extent));
    let read: Vec<_> = read.collect::<Result<_, _>>()?;
    let mut mask = Mask::default();
    let mut stacks = Vec::new();
    for (name, [mut old, mut new]) in names.into_iter().zip(read) {
        mask.template(&mut old);
        mask.template(&mut new);
        let parameters = [0, 1].map(|side| parameters(&manifests[side], &name));
        let mut stack = Stack { name, old, new, parameters };
        hide(&mut stack, &mut mask);
        stacks.push(stack);
    }
    Ok(stacks)
}

/// Reads both sides of a stack.
fn sides(
    before: &Files,
    after: &Files,
    name: &str,
    extent: Extent,
) -> Result<[Value; 2], Box<Unreadable>> {
    let (old, new) = (text(before, name), text(after, name));
    let same = old.map(|(_, text)| text) == new.map(|(_, text)| text);
    if same && extent == Extent::Everything {
        let read = read(new, true)?;
        return Ok([read.clone(), read]);
    }
    if let (Some((_, old)), Some((_, new)), Extent::Differing) = (old, new, extent) {
        if same {
            return Ok([Value::Null, Value::Null]);
        }
        // What cannot be read so is told at its place in the whole.
        let parsed = |side: &Reduced<'_>, is_new| {
            parsed(name, &side.text, is_new).ok().filter(|template| side.holds(template))
        };
        let reduced = skip::differing(old, new)
            .map(|[old, new]| rayon::join(|| parsed(&old, false), || parsed(&new, true)));
        if let Some((Some(old), Some(new))) = reduced {
            return Ok([old, new]);
        }
    }
    let (old, new) = rayon::join(|| read(old, false), || read(new, true));
    Ok([old?, new?])
}

/// Masks values of the manifest that go to parameters without echo.
fn hide(stack: &mut Stack, mask: &mut Mask) {
    for (side, template) in stack.parameters.iter_mut().zip([&stack.old, &stack.new]) {
        for (name, source) in side.as_object_mut().into_iter().flatten() {
            if super::secret::is_hidden(&template["Parameters"][name])
                && let Some(value) = source.get_mut("value")
            {
                mask.whole(value);
            }
        }
    }
}

fn manifest(files: &Files, is_new: bool) -> Result<Value, Box<Unreadable>> {
    match files.get(MANIFEST) {
        Some(text) => parsed(MANIFEST, text, is_new),
        None => Ok(Value::Null),
    }
}

fn parameters(manifest: &Value, stack: &str) -> Value {
    let stacks = manifest["stacks"].as_array().into_iter().flatten();
    let mut entry = stacks.filter(|entry| entry["name"] == stack);
    entry.next().map_or(Value::Null, |entry| entry["parameters"].clone())
}

/// Returns the stacks' names: those of the manifests in their order, then others by name.
fn names(before: &Files, after: &Files, manifests: &[Value; 2]) -> Vec<String> {
    let listed = manifests.iter().rev().filter_map(|manifest| manifest["stacks"].as_array());
    let listed = listed.flatten().filter_map(|entry| entry["name"].as_str().map(str::to_owned));
    let mut others = BTreeSet::new();
    for files in [before, after] {
        others.extend(files.keys().filter_map(|path| stack_of(path)).map(str::to_owned));
    }
    let mut names: Vec<String> = listed.filter(|name| others.contains(name)).collect();
    names.extend(others);
    let mut seen = BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names
}

/// Returns the name of the stack that a path is the template of.
pub(super) fn stack_of(path: &str) -> Option<&str> {
    let (stack, form) = path.rsplit_once(".template.")?;
    matches!(form, "yaml" | "yml" | "json").then_some(stack)
}

fn text<'a>(files: &'a Files, stack: &str) -> Option<(&'a str, &'a str)> {
    let mut found = files.iter().filter(|(path, _)| stack_of(path) == Some(stack));
    found.next().map(|(path, text)| (path.as_str(), text.as_str()))
}

fn read(file: Option<(&str, &str)>, is_new: bool) -> Result<Value, Box<Unreadable>> {
    match file {
        Some((path, text)) => parsed(path, text, is_new),
        None => Ok(Value::Null),
    }
}

fn parsed(path: &str, text: &str, is_new: bool) -> Result<Value, Box<Unreadable>> {
    let unreadable = |problem| Box::new(Unreadable { is_new, path: path.to_owned(), problem });
    if text.trim_start().starts_with('{')
        && let Ok(value) = serde_json::from_str(text)
    {
        return Ok(value);
    }
    match yaml::read(text, FileId::default()).map(|node| node.to_json()) {
        Ok(value @ Value::Object(_)) => Ok(value),
        Ok(_) => Err(unreadable(Diagnostic::error(
            "template",
            crate::diagnostic::Span::default(),
            "a template is a mapping with `Resources`",
        ))),
        Err(problem) => Err(unreadable(problem)),
    }
}

/// The resources of a template.
pub(super) fn resources(template: &Value) -> Option<&Map<String, Value>> {
    template["Resources"].as_object()
}
