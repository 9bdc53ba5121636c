//! The output folder: written whole or not at all, only what changed, and nothing removed that this program did not make.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use anyhow::{anyhow, bail};
use rayon::prelude::*;
use serde_json::Value;

use super::refusal::refusal;
use crate::synth::File;

/// The file that lists all others.
pub(super) const MANIFEST: &str = "manifest.json";

const NO_MANIFEST: &str =
    "remove the folder if `gen synth` made it, else name another with `--out`";

const FOLDER: &str = "cannot make the folder";
const WRITE: &str = "cannot write";

/// What a folder needs to hold `files` and nothing of an earlier synth besides.
#[derive(Debug, Default)]
pub(super) struct Changes<'a> {
    /// Files that are not there or differ.
    pub(super) write: Vec<&'a File>,
    /// Files of the previous manifest that are no longer made.
    pub(super) remove: Vec<String>,
}

/// Compares `files` with what is in `folder`; assets, which git ignores, count only when `with_assets`.
pub(super) fn changes<'a>(
    folder: &Path,
    files: &'a [File],
    with_assets: bool,
) -> anyhow::Result<Changes<'a>> {
    let relevant = |file: &&File| with_assets || !file.is_asset;
    let write = files.par_iter().filter(relevant).filter(|file| differs(folder, file)).collect();
    let made: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    let old = previous(folder)?;
    let gone = |path: &String| !made.contains(path.as_str()) && folder.join(path).is_file();
    Ok(Changes { write, remove: old.into_iter().filter(gone).collect() })
}

fn differs(folder: &Path, file: &File) -> bool {
    let path = folder.join(&file.path);
    // A content-addressed file of the right length was written whole, under another name first.
    if file.is_asset {
        return fs::metadata(&path).map_or(true, |found| found.len() != file.bytes.len() as u64);
    }
    fs::read(&path).map_or(true, |found| found != file.bytes)
}

/// Returns the files that the manifest in `folder` lists.
fn previous(folder: &Path) -> anyhow::Result<Vec<String>> {
    let path = folder.join(MANIFEST);
    let Ok(text) = fs::read(&path) else { return Ok(Vec::new()) };
    let manifest: Value = serde_json::from_slice(&text).map_err(|error| {
        anyhow!("`{}` is no manifest: {error}\nhelp: {NO_MANIFEST}", path.display())
    })?;
    let files = manifest["files"].as_array().into_iter().flatten();
    Ok(files.filter_map(Value::as_str).filter(|path| is_below(path)).map(str::to_owned).collect())
}

/// A manifest that someone changed must not lead out of the folder.
fn is_below(path: &str) -> bool {
    !path.is_empty()
        && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
}

/// Makes the changes: every file first under another name, then all are renamed, the manifest last.
pub(super) fn apply(folder: &Path, changes: &Changes) -> anyhow::Result<()> {
    make_folders(folder, &changes.write)?;
    let staged: Vec<_> = changes.write.par_iter().map(|file| stage(folder, file)).collect();
    let (mut ready, mut failed) = (Vec::new(), None);
    for outcome in staged {
        match outcome {
            Ok(staged) => ready.push(staged),
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    if let Some(error) = failed {
        discard(&ready);
        return Err(error);
    }
    ready.sort_by_key(|(_, target)| target.ends_with(MANIFEST));
    for (staged, target) in &ready {
        fs::rename(staged, target).map_err(|error| refusal(WRITE, target, &error))?;
    }
    for path in &changes.remove {
        remove(folder, path)?;
    }
    Ok(())
}

fn make_folders(folder: &Path, files: &[&File]) -> anyhow::Result<()> {
    if let Some(file) = files.iter().find(|file| !is_below(&file.path)) {
        bail!("`{}` is not a path below the output folder", file.path);
    }
    let targets: Vec<_> = files.iter().map(|file| folder.join(&file.path)).collect();
    let parents: BTreeSet<_> = targets.iter().filter_map(|target| target.parent()).collect();
    for parent in parents {
        fs::create_dir_all(parent).map_err(|error| refusal(FOLDER, parent, &error))?;
    }
    Ok(())
}

fn stage(folder: &Path, file: &File) -> anyhow::Result<(PathBuf, PathBuf)> {
    let target = folder.join(&file.path);
    let name = target.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let staged = target.with_file_name(format!(".{name}.{}.part", std::process::id()));
    if target.is_dir() {
        return Err(refusal(WRITE, &target, &ErrorKind::IsADirectory.into()));
    }
    fs::write(&staged, &file.bytes).map_err(|error| {
        // What was written of it goes too; the error is the one to tell.
        let _ = fs::remove_file(&staged);
        refusal(WRITE, &target, &error)
    })?;
    Ok((staged, target))
}

fn discard(ready: &[(PathBuf, PathBuf)]) {
    for (staged, _) in ready {
        // The first error is the one to tell; a file that stays behind is hidden and harmless.
        let _ = fs::remove_file(staged);
    }
}

fn remove(folder: &Path, path: &str) -> anyhow::Result<()> {
    let target = folder.join(path);
    fs::remove_file(&target).map_err(|error| refusal("cannot remove", &target, &error))?;
    let above = target.ancestors().skip(1).take_while(|parent| *parent != folder);
    for parent in above {
        // Fails on a folder that still holds something, which then stays.
        if fs::remove_dir(parent).is_err() {
            break;
        }
    }
    Ok(())
}
