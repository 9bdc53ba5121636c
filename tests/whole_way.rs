//! Runs the sample from landing to archive: what `gen synth` writes, in an AWS in memory (`tests/moto`) whose interpreter of
//! Amazon States Language is moto's, with the functions' own code; and deploys it there, by moto's CloudFormation.

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

/// Returns the folder with what `gen synth` writes for the first environment of the project in a folder.
fn artefacts(project: &Path, out: &str) -> PathBuf {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join(out);
    let options = ["synth", "--env", "dev", "--template-format", "json", "--out"];
    let mut synth = Command::new(env!("CARGO_BIN_EXE_gen"));
    check(synth.args(options).arg(&out).current_dir(project));
    out.join("dev")
}

/// Returns the folder of a project like the sample that has one more dimension.
fn with_another_dimension() -> PathBuf {
    let project = Path::new(env!("CARGO_TARGET_TMPDIR")).join("several");
    for folder in ["blueprints", "hive-scripts", "lambdas", "lambdas/pipeline_common"] {
        fs::create_dir_all(project.join(folder)).expect("the folder for tests can be written");
        for entry in fs::read_dir(Path::new(ROOT).join(folder)).expect("the sample is there") {
            let path = entry.expect("it is listed").path();
            let name = path.file_name().expect("it has one");
            if path.is_file() {
                fs::copy(&path, project.join(folder).join(name)).expect("a file can be copied");
            }
        }
    }
    let blueprint = project.join("blueprints/data_pipeline.yaml");
    let sample = fs::read_to_string(&blueprint).expect("it was copied");
    let table =
        "  sample_city_dim:\n    kind: dimension\n    columns: {id: int, city_name: string}\n";
    let several = sample.replacen("\ntables:\n", &format!("\ntables:\n{table}"), 1);
    assert_ne!(several, sample, "the sample has no line `tables:`");
    fs::write(blueprint, several).expect("the folder for tests can be written");
    project
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
    let artefacts = artefacts(Path::new(ROOT), "sample");
    let said = check(tool("pytest", &options).env("ARTEFACTS", artefacts));
    fs::write(Path::new(ROOT).join(".tools/whole_way.txt"), said).expect("`.tools` is there");
}

/// Several tables of a kind are loaded in a Map.
#[test]
fn every_scenario_with_several_dimensions_passes() {
    let artefacts = artefacts(&with_another_dimension(), "several_out");
    let options = ["--tb=short", "--show-capture=stdout", "several"];
    check(tool("pytest", &options).env("ARTEFACTS", artefacts));
}

/// Bootstrap, plan, apply, a change, a saved plan, destroy, apply.
#[test]
fn the_sample_is_deployed_changed_destroyed_and_deployed_again() {
    let artefacts = artefacts(Path::new(ROOT), "deployed");
    let mut pytest = tool("pytest", &["--tb=short", "deploy"]);
    check(pytest.env("ARTEFACTS", artefacts).env("GEN", env!("CARGO_BIN_EXE_gen")));
}
