//! Every faulty blueprint of `tests/problems` is told as the text beside it says (`EXPECTORATE=overwrite` rewrites it).

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

const FOLDER: &str = "tests/problems";

/// What reads and judges a blueprint.
const READERS: [&str; 4] = ["src/yaml", "src/blueprint", "src/check", "src/commands"];

#[test]
fn every_problem_is_told_as_committed() {
    for blueprint in blueprints() {
        let output = validate(&blueprint, &[]);
        assert_eq!(output.status.code(), Some(1), "{}", blueprint.display());
        assert!(output.stdout.is_empty(), "{}", blueprint.display());
        let told = String::from_utf8(output.stderr).expect("UTF-8");
        expectorate::assert_contents(blueprint.with_extension("stderr"), &told);
    }
}

#[test]
fn every_problem_has_a_place_and_says_what_to_do() {
    for blueprint in blueprints() {
        for problem in problems(&blueprint) {
            let file = problem["file"].as_str().expect("a file");
            assert!(Path::new(file).is_relative() && Path::new(file).exists(), "{problem:#}");
            assert!(problem["line"].as_u64() >= Some(1), "{problem:#}");
            assert!(problem["column"].as_u64() >= Some(1), "{problem:#}");
            let help = problem["help"].as_str().unwrap_or_default();
            assert!(!help.is_empty(), "{}: {problem:#}", blueprint.display());
            let message = problem["message"].as_str().expect("a message");
            assert!(!message.ends_with('.'), "{message}");
        }
    }
}

/// A rule without a case has never been read by a person. (Limits that only large blueprints reach are tested by value,
/// where they are: in `workflow` and `stacks`.)
#[test]
fn every_rule_has_a_case() {
    let found: BTreeSet<_> = blueprints()
        .iter()
        .flat_map(|blueprint| problems(blueprint))
        .map(|problem| problem["rule"].as_str().expect("a rule").to_owned())
        .collect();
    let rules = READERS.iter().flat_map(|folder| rules(Path::new(folder))).collect::<BTreeSet<_>>();
    let missing: Vec<_> = rules.difference(&found).cloned().collect();
    assert!(missing.is_empty(), "no case in {FOLDER} for {missing:?}");
}

/// Returns the blueprints of all cases: files, and folders with a `blueprint.yaml` and what it names.
fn blueprints() -> Vec<PathBuf> {
    let entries = fs::read_dir(FOLDER).expect("the folder of cases");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut found: Vec<_> = paths
        .map(|path| if path.is_dir() { path.join("blueprint.yaml") } else { path })
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    found.sort();
    assert!(found.len() > 60, "the cases are not where they should be");
    found
}

fn validate(blueprint: &Path, more: &[&str]) -> Output {
    let mut gen_command = Command::new(env!("CARGO_BIN_EXE_gen"));
    gen_command.arg("validate").arg("--blueprint").arg(blueprint).args(more);
    gen_command.output().expect("gen runs")
}

fn problems(blueprint: &Path) -> Vec<Value> {
    let output = validate(blueprint, &["--format", "json"]);
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    report["problems"].as_array().expect("a list").clone()
}

/// Returns the names of the rules in the sources below `folder`.
fn rules(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(rules(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.extend(rules_of(&fs::read_to_string(&path).expect("UTF-8")));
        }
    }
    found
}

/// A rule is the first argument of `Diagnostic::error` and `Diagnostic::warning`.
fn rules_of(source: &str) -> Vec<String> {
    let calls = source.split("Diagnostic::error(").skip(1);
    let calls = calls.chain(source.split("Diagnostic::warning(").skip(1));
    let literals = calls.filter_map(|call| call.trim_start().strip_prefix('"'));
    literals.filter_map(|literal| Some(literal.split_once('"')?.0.to_owned())).collect()
}
