//! Runs the Hive scripts that `gen` emits on Spark's Hive support, over the cases in `cases/`.

#![allow(clippy::print_stdout, reason = "what was loaded is of interest when all is well, too")]

#[path = "../support/emitted.rs"]
mod emitted;
#[path = "../support/python.rs"]
mod python;
#[path = "../support/tools.rs"]
mod tools;

use std::path::Path;
use std::process::Command;

use emitted::emitted;

#[test]
fn loads_leave_what_the_cases_expect() {
    let python = python::environment("spark", Path::new("tests/hive/requirements.txt"));
    let mut check = Command::new(python);
    check.arg("tests/hive/check.py").current_dir(tools::ROOT);
    // The second has tables for what the sample does not have; environments differ in names only.
    for blueprint in ["blueprints/data_pipeline.yaml", "tests/hive/blueprint.yaml"] {
        check.arg(&emitted("hive", blueprint)[0]);
    }
    match tools::run(&mut check, "") {
        Ok(said) => println!("{said}"),
        Err(said) => panic!("{said}"),
    }
}
