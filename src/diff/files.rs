//! Configuration and scripts: settings by name, other texts by their lines.

use std::collections::{BTreeMap, BTreeSet};

use super::Files;
use super::change::TextFile;
use super::read::{MANIFEST, stack_of};

/// The page of who may do what; permissions tell of it.
const ACCESS: &str = "access.md";

/// Returns the texts that differ. Definitions of state machines stand in templates too, and are told there.
pub(super) fn changes(before: &Files, after: &Files) -> Vec<TextFile> {
    let paths: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let own = paths.into_iter().filter(|path| {
        path.as_str() != MANIFEST
            && stack_of(path).is_none()
            && !path.ends_with(".asl.json")
            && path.as_str() != ACCESS
    });
    own.filter_map(|path| {
        let side = |files: &Files| files.get(path).map_or("", String::as_str).to_owned();
        let (old, new) = (side(before), side(after));
        (old != new).then(|| change(path, &old, &new))
    })
    .collect()
}

fn change(path: &str, old: &str, new: &str) -> TextFile {
    let settings = if is_settings(path) { steps(old, new) } else { Vec::new() };
    let (added, removed) = (lacking(new, old), lacking(old, new));
    TextFile { path: path.to_owned(), settings, added, removed }
}

/// Tells whether a file holds settings by name.
pub(super) fn is_settings(path: &str) -> bool {
    path.rsplit('.').next() == Some("ini")
}

/// Returns the settings of an `ini` file by section and key.
pub(super) fn settings(text: &str) -> BTreeMap<String, String> {
    let mut section = "";
    let mut settings = BTreeMap::new();
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with([';', '#'])) {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            section = name;
        } else if let Some((key, value)) = line.split_once('=') {
            settings.insert(format!("{section}.{}", key.trim()), value.trim().to_owned());
        }
    }
    settings
}

fn steps(old: &str, new: &str) -> Vec<String> {
    let (old, new) = (settings(old), settings(new));
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let differ = keys.into_iter().filter(|key| old.get(*key) != new.get(*key));
    differ
        .map(|key| match (old.get(key), new.get(key)) {
            (Some(old), Some(new)) => format!("{key}: {old} → {new}"),
            (Some(old), None) => format!("{key}: − {old}"),
            (None, new) => format!("{key}: + {}", new.map_or("", String::as_str)),
        })
        .collect()
}

/// Counts the lines that the other text lacks.
fn lacking(text: &str, other: &str) -> usize {
    let mut stock: BTreeMap<&str, usize> = BTreeMap::new();
    for line in other.lines() {
        *stock.entry(line).or_default() += 1;
    }
    let missing = text.lines().filter(|line| match stock.get_mut(line) {
        Some(left) if *left > 0 => {
            *left -= 1;
            false
        }
        _ => true,
    });
    missing.count()
}
