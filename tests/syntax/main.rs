//! A parser of Hive's SQL that nobody here wrote reads every script that `gen` emits.

#[path = "../support/emitted.rs"]
mod emitted;
#[path = "../support/python.rs"]
mod python;
#[path = "../support/tools.rs"]
mod tools;

use std::path::Path;
use std::process::Command;

use emitted::emitted;

fn parse(arguments: impl IntoIterator<Item = std::path::PathBuf>) -> Result<String, String> {
    let python = python::environment("sqlglot", Path::new("tests/syntax/requirements.txt"));
    let mut parse = Command::new(python);
    parse.arg("tests/syntax/parse.py").args(arguments).current_dir(tools::ROOT);
    tools::run(&mut parse, "")
}

#[test]
fn scripts_are_hive_sql() {
    let blueprints = ["blueprints/data_pipeline.yaml", "tests/hive/blueprint.yaml"];
    let folders = blueprints.iter().flat_map(|blueprint| emitted("syntax", blueprint));
    if let Err(said) = parse(folders) {
        panic!("{said}");
    }
}

#[test]
fn a_slip_is_noticed() {
    let said = parse(["tests/syntax/faulty".into()]).expect_err("it has a slip");
    assert!(said.contains("faulty/scripts/slip.sql"), "{said}");
}
