//! Python environments for tools that are Python packages.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::tools::{made_once, run};

/// Returns the interpreter of the environment `.tools/<name>`, which holds what the file `pins` lists.
///
/// An environment is moved once it is whole, and scripts in its `bin` name the old place: start a tool
/// as `python -m tool`.
pub(crate) fn environment(name: &str, pins: &Path) -> PathBuf {
    let interpreter = interpreter();
    let base = version(interpreter);
    let wanted = fs::read_to_string(pins).unwrap_or_else(|err| panic!("{}: {err}", pins.display()));
    let folder = made_once(name, &format!("{base}\n{wanted}"), |folder| {
        run(Command::new(interpreter).args(["-m", "venv"]).arg(folder), "").unwrap_or_else(
            |said| {
                panic!("Python cannot make an environment (Debian: package `python3-venv`)\n{said}")
            },
        );
        install(&folder.join("bin/python"), pins);
    });
    folder.join("bin/python")
}

fn install(python: &Path, pins: &Path) {
    let options =
        ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "-r"];
    run(Command::new(python).args(options).arg(pins), "").unwrap_or_else(|said| {
        panic!("cannot install the tools that {} lists\n{said}", pins.display())
    });
}

/// Returns the interpreter that Lambda offers as its newest runtime, else any.
///
/// It must answer: a program of this name may stand on the PATH for a version that is not installed.
fn interpreter() -> &'static str {
    match run(Command::new("python3.13").arg("--version"), "") {
        Ok(_) => "python3.13",
        Err(_) => "python3",
    }
}

/// Returns version and place of an interpreter: an environment is of use only with the one that made it.
fn version(interpreter: &str) -> String {
    let question = "import sys; assert sys.version_info >= (3, 11), 'too old: ' + sys.version; \
                    print(sys.version, sys.base_prefix)";
    run(Command::new(interpreter).args(["-c", question]), "").unwrap_or_else(|said| {
        panic!("these tests need `python3`, 3.11 or newer, on the PATH\n{said}")
    })
}
