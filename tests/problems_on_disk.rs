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

#[test]
fn an_endless_file_is_not_read_to_its_end() {
    let project = project("endless");
    let told = told(&project, "/dev/zero");
    let reason = "cannot read the blueprint `/dev/zero`: it has more than 16 MiB";
    assert!(told.contains(reason) && told.contains("help: "), "{told}");
}

#[test]
fn an_unknown_environment_is_told_with_those_that_there_are() {
    let project = project("environment");
    fs::write(project.join("blueprint.yaml"), BLUEPRINT).expect("written");
    for (name, near) in [("dve", "did you mean `dev`? "), ("nope", "")] {
        let output = run(&project, &["validate", "--blueprint", "blueprint.yaml", "--env", name]);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        let help = format!("help: {near}the blueprint has `dev`\n");
        assert_eq!(told, format!("error: unknown environment `{name}`\n{help}"));
        assert_eq!(output.status.code(), Some(1));
    }
}

#[test]
fn what_is_in_the_way_of_the_output_is_told_with_what_to_do() {
    let project = project("output");
    fs::write(project.join("blueprint.yaml"), BLUEPRINT).expect("written");
    fs::write(project.join("taken"), "mine\n").expect("written");
    fs::create_dir_all(project.join("out/dev/manifest.json")).expect("made");
    fs::create_dir_all(project.join("other/dev")).expect("made");
    fs::write(project.join("other/dev/manifest.json"), "{").expect("written");
    let long = "n".repeat(300);
    let too_long = format!("cannot make the folder `{long}/dev`: the name is too long");
    for (out, reason) in [
        (
            "taken",
            "cannot make the folder `taken/dev`: `taken` is in the way, which must be a folder\n",
        ),
        ("taken/below", "cannot make the folder `taken/below/dev`: `taken` is in the way"),
        ("out", "cannot write `out/dev/manifest.json`: it is a folder\n"),
        ("other", "`other/dev/manifest.json` is no manifest: "),
        (&long, &too_long),
    ] {
        let output = run(&project, &["synth", "--blueprint", "blueprint.yaml", "--out", out]);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.contains(&format!("error: {reason}")) && told.contains("\nhelp: "), "{told}");
        assert!(told.contains("`--out`"), "{told}");
        assert!(!told.contains("os error"), "{told}");
        assert_eq!(output.status.code(), Some(1));
    }
    assert_eq!(fs::read_to_string(project.join("taken")).expect("it stays"), "mine\n");
    assert_eq!(parts(&project.join("out/dev")), Vec::<PathBuf>::new());
}

#[test]
#[cfg(target_os = "linux")]
fn a_report_that_finds_no_room_is_a_failure() {
    let mut schema = Command::new(env!("CARGO_BIN_EXE_gen"));
    let full = File::options().write(true).open("/dev/full").expect("Linux has it");
    let output = schema.arg("schema").stdout(full).output().expect("gen runs");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(told, "error: cannot write to standard output: the disk is full\n");
    assert_eq!(output.status.code(), Some(1));
}

/// Returns the files in `folder` that were written under another name first and stayed.
fn parts(folder: &Path) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(folder).expect("it is there").map(|entry| entry.expect("it is listed").path());
    entries.filter(|path| path.extension().is_some_and(|extension| extension == "part")).collect()
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
    run(project, &["validate", "--blueprint", blueprint])
}

fn run(project: &Path, args: &[&str]) -> std::process::Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gen"));
    command.current_dir(project).args(args).output().expect("gen runs")
}
