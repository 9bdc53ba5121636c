//! Faults of files and folders that no repository can hold, made here for each run.

#![cfg(unix)]

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

const BLUEPRINT: &str = "pipeline: sales
version: \"1.0\"
as_of: 2026-11-22
environments: {dev: {account: \"111122223333\", region: us-east-1}}
workarea: {bucket: sales-workarea}
cluster: {release: emr-7.13.0, master: m6g.xlarge, workers: {types: m6g.xlarge}}
";

#[test]
fn a_link_that_leaves_the_project_is_not_followed() {
    let project = project("link");
    let outside = project.with_extension("outside.py");
    fs::write(&outside, "def lambda_handler(event, context):\n    return {}\n").expect("written");
    symlink(&outside, project.join("lambdas/launch.py")).expect("linked");
    fs::write(project.join("blueprint.yaml"), format!("{BLUEPRINT}lambdas: {{launch: {{}}}}\n"))
        .expect("written");
    let told = told(&project, "blueprint.yaml");
    let reason = "cannot read `lambdas/launch.py`: it leads out of the project's folder";
    assert!(told.contains(reason) && told.contains(" --> blueprint.yaml:7:11"), "{told}");
}

#[test]
fn a_link_to_itself_is_told() {
    let project = project("circle");
    symlink("launch.py", project.join("lambdas/launch.py")).expect("linked");
    fs::write(project.join("blueprint.yaml"), format!("{BLUEPRINT}lambdas: {{launch: {{}}}}\n"))
        .expect("written");
    let told = told(&project, "blueprint.yaml");
    assert!(told.contains("cannot read `lambdas/launch.py`: "), "{told}");
    assert!(!told.contains("os error"), "{told}");
}

#[test]
fn a_file_of_50_megabytes_is_not_read() {
    let project = project("large");
    let file = File::create(project.join("blueprint.yaml")).expect("made");
    file.set_len(50 << 20).expect("grown");
    let told = told(&project, "blueprint.yaml");
    let reason =
        "cannot read the blueprint `blueprint.yaml`: it has 50 MiB, and 16 MiB is the most";
    assert!(told.contains(reason) && told.contains("help: "), "{told}");
}

#[test]
fn a_folder_is_no_blueprint() {
    let project = project("folder");
    let told = told(&project, "lambdas");
    assert!(told.contains("cannot read the blueprint `lambdas`: it is a folder"), "{told}");
    assert!(told.contains("help: name the blueprint with `--blueprint FILE`"), "{told}");
}

#[test]
fn a_missing_blueprint_is_named() {
    let project = project("missing");
    for path in ["blueprints/sales.yaml", "sales.yaml"] {
        let told = told(&project, path);
        let reason = format!("cannot read the blueprint `{path}`: there is no such file");
        assert!(told.contains(&reason) && told.contains("help: "), "{told}");
    }
}

#[test]
fn a_byte_order_mark_and_carriage_returns_change_nothing() {
    let project = project("marks");
    for text in [format!("\u{feff}{BLUEPRINT}"), BLUEPRINT.replace('\n', "\r\n")] {
        fs::write(project.join("blueprint.yaml"), text).expect("written");
        let output = validate(&project, "blueprint.yaml");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(told, "blueprint.yaml: valid in dev\n");
    }
}

/// Makes the folder of a project with an empty `lambdas`.
fn project(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("problems").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("lambdas")).expect("made");
    folder
}

/// Returns what `gen validate` says of a blueprint that it refuses; never where the project is on this machine.
fn told(project: &Path, blueprint: &str) -> String {
    let output = validate(project, blueprint);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(!told.contains(env!("CARGO_TARGET_TMPDIR")), "{told}");
    told
}

fn validate(project: &Path, blueprint: &str) -> std::process::Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gen"));
    command.current_dir(project).args(["validate", "--blueprint", blueprint]);
    command.output().expect("gen runs")
}
