//! The files that linters read: what `gen` wrote, and the fixtures that prove the linters awake.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::linters::Reads;
use crate::tools::ROOT;

pub(crate) const FIXTURES: &str = "tests/tools/fixtures";

/// Returns the folders that hold an `out/` folder of `gen`: the repository and the cases.
pub(crate) fn emitted() -> Vec<String> {
    let cases = folders("tests/cases");
    [String::new()].into_iter().chain(cases.into_iter().map(|case| format!("{case}/"))).collect()
}

/// Returns the fixtures of one kind, `clean` or `faulty`, each a folder like those of [`emitted`].
pub(crate) fn fixtures(kind: &str) -> Vec<String> {
    folders(&format!("{FIXTURES}/{kind}")).into_iter().map(|folder| format!("{folder}/")).collect()
}

/// Returns the files below `<base>out/<environment>/` that a linter reads, as paths from [`ROOT`].
pub(crate) fn below(base: &str, reads: Reads) -> Vec<String> {
    let environments = folders(&format!("{base}out"));
    let (folder, ends) = match reads {
        Reads::Templates => ("", [".template.yaml", ".template.json"].as_slice()),
        Reads::StateMachines => ("/state-machines", [".asl.json"].as_slice()),
    };
    let files =
        environments.iter().flat_map(|environment| entries(&format!("{environment}{folder}")));
    files.filter(|file| ends.iter().any(|end| file.ends_with(end))).collect()
}

/// Leaves out files that say what one before them says: cases share most of their templates.
pub(crate) fn distinct(files: Vec<String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let text = |file: &String| fs::read(Path::new(ROOT).join(file)).expect("it is listed");
    files.into_iter().filter(|file| seen.insert(text(file))).collect()
}

fn folders(parent: &str) -> Vec<String> {
    let inside = entries(parent);
    inside.into_iter().filter(|path| Path::new(ROOT).join(path).is_dir()).collect()
}

/// Returns what is in a folder, sorted; nothing when there is no such folder.
fn entries(folder: &str) -> Vec<String> {
    let inside = fs::read_dir(Path::new(ROOT).join(folder)).into_iter().flatten();
    let mut paths: Vec<PathBuf> = inside.map(|entry| entry.expect("it is listed").path()).collect();
    paths.sort();
    paths.iter().map(|path| from_root(path)).collect()
}

fn from_root(path: &Path) -> String {
    let path = path.strip_prefix(ROOT).expect("it is listed below the root");
    path.to_str().expect("names here are UTF-8").to_owned()
}
