//! Runs the sample from landing to archive: what `gen synth` writes, in an AWS in memory (`tests/moto`) whose interpreter of
//! Amazon States Language is moto's, with the functions' own code.

#[path = "support/python.rs"]
mod python;
#[path = "support/tools.rs"]
mod tools;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tools::{ROOT, run};

/// Returns a command that runs a tool in `tests/moto/`, whose `pyproject.toml` configures it.
fn tool(name: &str, arguments: &[&str]) -> Command {
    let folder = Path::new(ROOT).join("tests/moto");
    let python = python::environment("moto", &folder.join("requirements.txt"));
    let mut command = Command::new(python);
    command.args(["-m", name]).args(arguments).current_dir(folder);
    command
}

fn check(command: &mut Command) -> String {
    run(command, "").unwrap_or_else(|said| panic!("{said}"))
}

/// Returns the folder with what `gen synth` writes for the sample's first environment.
fn artefacts() -> PathBuf {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("whole_way");
    let options = ["synth", "--env", "dev", "--template-format", "json", "--out"];
    let mut synth = Command::new(env!("CARGO_BIN_EXE_gen"));
    check(synth.args(options).arg(&out).current_dir(ROOT));
    out.join("dev")
}

#[test]
fn ruff_finds_no_fault() {
    check(&mut tool("ruff", &["check", "."]));
}

#[test]
fn ruff_finds_nothing_to_format() {
    check(&mut tool("ruff", &["format", "--check", "."]));
}

#[test]
fn mypy_finds_no_fault() {
    check(&mut tool("mypy", &["."]));
}

/// What each scenario took stands in `.tools/whole_way.txt`.
#[test]
fn every_scenario_passes() {
    let options = ["--tb=short", "--show-capture=stdout", "--durations=0", "--durations-min=1"];
    let said = check(tool("pytest", &options).env("ARTEFACTS", artefacts()));
    fs::write(Path::new(ROOT).join(".tools/whole_way.txt"), said).expect("`.tools` is there");
}
