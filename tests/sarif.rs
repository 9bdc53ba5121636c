//! `gen validate --format sarif` writes what the SARIF 2.1.0 schema asks for, with paths that a code-review site finds.

#[path = "support/node.rs"]
mod node;
#[path = "support/tools.rs"]
mod tools;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use jsonschema::Validator;
use serde_json::Value;
use tools::ROOT;

/// The schema as it comes with a package of the format's authors.
const SCHEMA: &str = "node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json";

const FAULTY: &str = "extends: base blueprint.yaml\npipeline: [\"a\"]\n";

#[test]
fn every_log_fits_the_schema() {
    let schema = schema();
    assert!(!schema.is_valid(&serde_json::json!({"version": "2.1.0", "runs": [{}]})));
    let mut results = 0;
    for blueprint in faulty() {
        let log = log(Path::new(ROOT), &blueprint);
        let misfits: Vec<_> = schema.iter_errors(&log).map(|misfit| misfit.to_string()).collect();
        assert!(misfits.is_empty(), "{}: {misfits:#?}", blueprint.display());
        results += log["runs"][0]["results"].as_array().expect("a list").len();
    }
    assert!(results > 100, "{results} results are no test");
}

#[test]
fn paths_start_at_the_top_of_the_repository_wherever_gen_runs() {
    let repository = repository();
    let sales = repository.join("pipelines/sales team");
    let at_the_top = log(&repository, Path::new("pipelines/sales team/blueprint.yaml"));
    let inside = log(&sales, Path::new("blueprint.yaml"));
    assert_eq!(at_the_top, inside);
    assert_eq!(log(&repository, &sales.join("blueprint.yaml")), inside);
    let run = &inside["runs"][0];
    let result = &run["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(result["artifactLocation"]["uri"], "pipelines/sales%20team/blueprint.yaml");
    assert_eq!(result["region"]["startLine"], 2);
    let base = result["artifactLocation"]["uriBaseId"].as_str().expect("the path is relative");
    assert!(run["originalUriBaseIds"][base].is_object(), "{run:#}");
}

#[test]
fn a_file_that_the_blueprint_names_is_found_too() {
    let repository = repository();
    let sales = repository.join("pipelines/sales team");
    fs::write(sales.join("base blueprint.yaml"), "pipeline: p\nversionn: x\n").expect("written");
    fs::write(sales.join("blueprint.yaml"), "extends: base blueprint.yaml\n").expect("written");
    let log = log(&sales, Path::new("blueprint.yaml"));
    let results = log["runs"][0]["results"].as_array().expect("a list");
    let uris =
        results.iter().map(|r| &r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]);
    let named = uris.filter(|uri| **uri == "pipelines/sales%20team/base%20blueprint.yaml").count();
    assert!(named > 0, "{log:#}");
}

fn schema() -> Validator {
    let file = node::modules("node", &Path::new(ROOT).join("tests/tools")).join(SCHEMA);
    let text = fs::read_to_string(file).expect("the package has its schema");
    let mut schema: Value = serde_json::from_str(&text).expect("a schema is JSON");
    // The pattern of `language` has a bracket too many to be a regular expression. Logs of `gen` have no such member.
    for part in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][part]["properties"]["language"];
        language.as_object_mut().expect("the schema describes it").remove("pattern");
    }
    jsonschema::validator_for(&schema).expect("it is a schema")
}

/// Makes a repository, as a worktree has it, with a project in a sub-folder.
fn repository() -> PathBuf {
    let name = std::thread::current().name().expect("a test has a name").to_owned();
    let top = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sarif").join(name);
    let _ = fs::remove_dir_all(&top);
    let sales = top.join("pipelines/sales team");
    fs::create_dir_all(sales.join("lambdas")).expect("made");
    fs::write(top.join(".git"), "gitdir: elsewhere\n").expect("written");
    fs::write(sales.join("base blueprint.yaml"), "version: \"1\"\n").expect("written");
    fs::write(sales.join("blueprint.yaml"), FAULTY).expect("written");
    top
}

/// Returns the blueprints that `gen validate` finds fault with.
fn faulty() -> Vec<PathBuf> {
    let entries = fs::read_dir(Path::new(ROOT).join("tests/problems")).expect("the cases");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "yaml")).collect()
}

fn log(folder: &Path, blueprint: &Path) -> Value {
    let mut validate = Command::new(env!("CARGO_BIN_EXE_gen"));
    validate.current_dir(folder).args(["validate", "--format", "sarif", "--blueprint"]);
    let output = validate.arg(blueprint).output().expect("gen runs");
    serde_json::from_slice(&output.stdout).expect("a log is JSON")
}
