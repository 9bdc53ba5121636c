//! What `gen synth` emits, in a folder of the test's own.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::tools::{ROOT, run};

/// Emits all environments of a blueprint for the test program `who`, and returns the folder of each.
pub(crate) fn emitted(who: &str, blueprint: &str) -> Vec<PathBuf> {
    let name = Path::new(blueprint).file_stem().expect("a blueprint is a file");
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join(who).join(name);
    let mut synth = Command::new(env!("CARGO_BIN_EXE_gen"));
    synth.args(["synth", "--blueprint", blueprint, "--out"]).arg(&out).current_dir(ROOT);
    run(&mut synth, "").unwrap_or_else(|said| panic!("{said}"));
    let entries = out.read_dir().expect("`gen synth` made it");
    let mut folders: Vec<_> = entries.map(|entry| entry.expect("it can be read").path()).collect();
    folders.sort();
    folders
}
