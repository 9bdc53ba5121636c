//! Node packages for tools that are written in JavaScript.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::tools::{made_once, run};

/// Returns the folder `.tools/<name>` with the `node_modules` that the lock file in `pins` lists.
pub(crate) fn modules(name: &str, pins: &Path) -> PathBuf {
    let node = run(Command::new("node").arg("--version"), "")
        .unwrap_or_else(|said| panic!("these tests need `node`, 20 or newer, on the PATH\n{said}"));
    let files = ["package.json", "package-lock.json"];
    let wanted =
        files.map(|file| fs::read_to_string(pins.join(file)).expect("the pins are committed"));
    made_once(name, &format!("{node}{}", wanted.concat()), |folder| {
        for file in files {
            fs::copy(pins.join(file), folder.join(file)).expect("the pins can be copied");
        }
        let options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
        run(Command::new("npm").args(options).current_dir(folder), "").unwrap_or_else(|said| {
            panic!("cannot install the tools that the lock file lists\n{said}")
        });
    })
}
