//! The two sides of a comparison, from a synth, from git, from folders or single templates.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use memchr::memchr_iter;

use super::super::{disk, report};
use super::{Compared, git};
use crate::diagnostic::{FileId, Sources, Span};
use crate::diff::{Changes, Files, Place, Resource};
use crate::synth::File;

/// The texts of one environment on one side.
#[derive(Clone, Default)]
pub(super) struct Side {
    pub(super) name: String,
    pub(super) files: Files,
    /// Whether it was just synthesised, so that its resources have places in the blueprint.
    pub(super) is_fresh: bool,
    origins: BTreeMap<(String, String), Span>,
    /// Where the files are, for messages.
    at: PathBuf,
}

/// Two sides of one environment.
pub(super) struct Pair {
    pub(super) name: String,
    pub(super) old: Side,
    pub(super) new: Side,
}

impl Side {
    /// Takes what a synth gives.
    pub(super) fn fresh(name: String, made: Vec<File>) -> Self {
        let mut side = Self { name, is_fresh: true, ..Self::default() };
        for file in made.into_iter().filter(|file| !file.is_asset) {
            let stack = file.path.split(".template.").next().unwrap_or_default().to_owned();
            let origins = file.origins.into_iter().map(|(id, span)| ((stack.clone(), id), span));
            side.origins.extend(origins);
            let text = String::from_utf8(file.bytes).expect("only assets are no text");
            side.files.insert(file.path, text);
        }
        side
    }

    /// Takes texts that are in no folder.
    pub(super) fn of_texts(name: &str, files: Files) -> Self {
        Self { name: name.to_owned(), files, ..Self::default() }
    }

    fn of_folder(name: &str, folder: &Path) -> anyhow::Result<Self> {
        let mut files = Files::new();
        collect(folder, folder, &mut files)?;
        Ok(Self {
            name: name.to_owned(),
            files: as_templates(files),
            at: folder.to_owned(),
            ..Self::default()
        })
    }

    /// Returns the place in the blueprint that a resource comes from; of one that is gone, that of a neighbour in its stack.
    pub(super) fn origin(&self, resource: &Resource) -> Option<Span> {
        let key = (resource.stack.clone(), resource.logical_id.clone());
        let own = self.origins.get(&key);
        let neighbour = || {
            let from = (resource.stack.clone(), String::new());
            let mut rest = self.origins.range(from..);
            rest.next().filter(|((stack, _), _)| *stack == resource.stack).map(|(_, span)| span)
        };
        own.or_else(neighbour).or_else(|| self.origins.values().next()).copied()
    }

    /// Returns a path of this side as it is shown to people.
    pub(super) fn shown(&self, path: &str) -> String {
        if self.at.is_file() {
            return self.at.display().to_string();
        }
        self.at.join(path).display().to_string()
    }

    /// Finds the places in templates at which resources that change start.
    ///
    /// The templates are added to `sources` where something is drawn from them.
    pub(super) fn places(&self, changes: &Changes, mut sources: Option<&mut Sources>) -> Places {
        let mut places = BTreeMap::new();
        for (path, text) in self.files.iter().filter(|(path, _)| path.contains(".template.")) {
            let stack = path.split(".template.").next().unwrap_or_default();
            let changed = changes.resources.iter().filter(|one| one.stack == stack);
            let ids: BTreeSet<&str> = changed.map(|one| one.logical_id.as_str()).collect();
            if !ids.is_empty() {
                let shown = self.shown(path);
                let file = match &mut sources {
                    Some(sources) => sources.add(shown.clone(), text.clone()),
                    None => FileId::default(),
                };
                places.insert(stack.to_owned(), Template::of(file, shown, text, &ids));
            }
        }
        Places { templates: places }
    }
}

/// The places of the resources that change.
pub(super) struct Places {
    templates: BTreeMap<String, Template>,
}

/// A template, and where the resources in it start that change.
struct Template {
    file: FileId,
    shown: String,
    starts: BTreeMap<String, (Span, usize)>,
}

impl Template {
    fn of(file: FileId, shown: String, text: &str, ids: &BTreeSet<&str>) -> Self {
        let mut starts = BTreeMap::new();
        let lines = std::iter::once(0).chain(memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1));
        for (number, start) in lines.enumerate().filter(|(_, start)| is_shallow(text, *start)) {
            if starts.len() == ids.len() {
                break;
            }
            let line = text[start..].lines().next().unwrap_or_default();
            let bare = line.trim_start();
            let key = bare.split(':').next().unwrap_or_default().trim_matches(['"', '\'']);
            if ids.contains(key) && !starts.contains_key(key) {
                let at = characters(&text[..start]) + (line.len() - bare.len());
                let span = span(file, at, at + characters(key));
                starts.insert(key.to_owned(), (span, number + 1));
            }
        }
        Self { file, shown, starts }
    }
}

/// Tells whether the line that starts here is indented as names of resources are.
fn is_shallow(text: &str, start: usize) -> bool {
    let indent = text.as_bytes()[start..].iter().take(5).take_while(|byte| **byte == b' ').count();
    (1..=4).contains(&indent)
}

fn characters(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().count() }
}

impl Places {
    /// Returns where a resource starts; of one that is gone, where its template starts.
    pub(super) fn of(&self, resource: &Resource) -> Option<(Span, Place)> {
        let template = self.templates.get(&resource.stack)?;
        let start = template.starts.get(&resource.logical_id);
        let (span, line) = start.copied().unwrap_or_else(|| (span(template.file, 0, 0), 1));
        Some((span, Place { file: template.shown.clone(), line }))
    }
}

fn span(file: FileId, start: usize, end: usize) -> Span {
    let index = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span { file, start: index(start), end: index(end) }
}

/// Compares a fresh synth with `out/` at the merge base, or on disk where there is no git.
pub(super) fn by_default(out: &Path, fresh: Vec<Side>) -> anyhow::Result<Vec<Pair>> {
    let above =
        out.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !git::is_there(above) {
        return with_folder(out, fresh);
    }
    let revision = git::base(above)?;
    report::note(&format!("compared with {}\n", revision.shown));
    at_revision(out, above, &revision, fresh)
}

/// Compares a fresh synth with `out/` in a revision.
pub(super) fn with_revision(out: &Path, name: &str, fresh: Vec<Side>) -> anyhow::Result<Vec<Pair>> {
    let above =
        out.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    at_revision(out, above, &git::named(above, name)?, fresh)
}

fn at_revision(
    out: &Path,
    above: &Path,
    revision: &git::Revision,
    fresh: Vec<Side>,
) -> anyhow::Result<Vec<Pair>> {
    let folder =
        out.file_name().and_then(|name| name.to_str()).context("the output folder has no name")?;
    let files = git::files(above, revision, folder)?;
    if files.is_empty() {
        report::note(&format!("`{folder}` is not in {}: all of it is new\n", revision.shown));
    }
    Ok(paired(fresh, |name| {
        let start = format!("{folder}/{name}/");
        let own = files.iter().filter_map(|(path, text)| Some((path.strip_prefix(&start)?, text)));
        let files = own.map(|(path, text)| (path.to_owned(), text.clone())).collect();
        Side { name: name.to_owned(), files, at: out.join(name), ..Side::default() }
    }))
}

fn paired(fresh: Vec<Side>, old: impl Fn(&str) -> Side) -> Vec<Pair> {
    fresh.into_iter().map(|new| Pair { name: new.name.clone(), old: old(&new.name), new }).collect()
}

/// Compares a fresh synth with a folder: one like `out/`, or one environment of it.
pub(super) fn with_folder(folder: &Path, fresh: Vec<Side>) -> anyhow::Result<Vec<Pair>> {
    let mut pairs = Vec::new();
    for new in fresh {
        let own = folder.join(&new.name);
        let old = match (own.is_dir(), folder.is_dir()) {
            (true, _) => Side::of_folder(&new.name, &own)?,
            (false, true) => Side::of_folder(&new.name, folder)?,
            (false, false) => bail!("there is no folder `{}` to compare with", folder.display()),
        };
        pairs.push(Pair { name: new.name.clone(), old, new });
    }
    Ok(pairs)
}

/// Compares two environments of the same blueprint.
pub(super) fn between(
    old: &str,
    env: Option<&str>,
    other: Side,
    fresh: Vec<Side>,
) -> anyhow::Result<Pair> {
    let mut wanted = fresh.into_iter().filter(|side| env.is_some() || side.name != old);
    let Some(new) = wanted.next() else { bail!("there is no environment beside `{old}`") };
    Ok(Pair { name: format!("{old} → {}", new.name), old: other, new })
}

/// Compares two paths with each other.
pub(super) fn given(old: &Path, new: &Path) -> anyhow::Result<Compared> {
    let (before, after) = rayon::join(|| sides(old), || sides(new));
    let (mut before, mut after) = (before?, after?);
    let mut names: Vec<String> = before.keys().chain(after.keys()).cloned().collect();
    names.sort();
    names.dedup();
    let mut pair = |name: String| {
        let side = |sides: &mut BTreeMap<String, Side>| sides.remove(&name).unwrap_or_default();
        Pair { old: side(&mut before), new: side(&mut after), name: name.clone() }
    };
    let pairs = names.into_iter().map(&mut pair).collect();
    Ok(Compared { pairs, sources: Sources::default() })
}

/// Returns what a path holds: a template, the files of one environment, or of several.
fn sides(path: &Path) -> anyhow::Result<BTreeMap<String, Side>> {
    if !path.is_dir() {
        let text = text(path)?;
        let files = Files::from([("template.template.yaml".to_owned(), text)]);
        let side = Side { files, at: path.to_owned(), ..Side::default() };
        return Ok(BTreeMap::from([(String::new(), side)]));
    }
    let entries =
        fs::read_dir(path).with_context(|| format!("cannot open `{}`", path.display()))?;
    let folders = entries.flatten().filter(|entry| entry.path().join("manifest.json").is_file());
    let mut sides = BTreeMap::new();
    for folder in folders {
        let name = folder.file_name().to_string_lossy().into_owned();
        sides.insert(name.clone(), Side::of_folder(&name, &folder.path())?);
    }
    if sides.is_empty() {
        sides.insert(String::new(), Side::of_folder("", path)?);
    }
    Ok(sides)
}

fn text(path: &Path) -> anyhow::Result<String> {
    disk::read(path).map_err(|unreadable| {
        anyhow::anyhow!("cannot read `{}`: {}", path.display(), unreadable.reason)
    })
}

/// Reads all text files below a folder but archives.
fn collect(root: &Path, folder: &Path, files: &mut Files) -> anyhow::Result<()> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot open `{}`", folder.display()))?;
    for entry in entries {
        let path = entry.with_context(|| format!("cannot list `{}`", folder.display()))?.path();
        let below = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if !is_archive(&path) {
            files.insert(below, text(&path)?);
        }
    }
    Ok(())
}

fn is_archive(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "zip")
}

/// In a folder that `gen` did not write, every file with resources is a template, whatever its name.
fn as_templates(files: Files) -> Files {
    let renamed = files.into_iter().map(|(path, text)| {
        let form =
            [".template", ".yaml", ".yml", ".json"].into_iter().find(|form| path.ends_with(form));
        let known = path.contains(".template.") || path.ends_with("manifest.json");
        match form {
            Some(form) if !known && !path.ends_with(".asl.json") && text.contains("Resources") => {
                let stack = path.strip_suffix(form).unwrap_or(&path);
                (format!("{stack}.template.yaml"), text)
            }
            _ => (path, text),
        }
    });
    renamed.collect()
}
