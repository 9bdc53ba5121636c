//! Runs the checks of the Lambda functions, which are Python: ruff, mypy and pytest.

#[path = "support/python.rs"]
mod python;
#[path = "support/tools.rs"]
mod tools;

use std::path::Path;
use std::process::Command;

/// Runs one tool in `lambdas/`, whose `pyproject.toml` configures it.
fn check(tool: &str, arguments: &[&str]) {
    let lambdas = Path::new(tools::ROOT).join("lambdas");
    let python = python::environment("lambdas", &lambdas.join("requirements-dev.txt"));
    let mut command = Command::new(python);
    command.args(["-m", tool]).args(arguments).current_dir(lambdas);
    if let Err(said) = tools::run(&mut command, "") {
        panic!("{said}");
    }
}

#[test]
fn ruff_finds_no_fault() {
    check("ruff", &["check", "."]);
}

#[test]
fn ruff_finds_nothing_to_format() {
    check("ruff", &["format", "--check", "."]);
}

#[test]
fn mypy_finds_no_fault() {
    check("mypy", &["."]);
}

/// Pytest fails also when it finds no test.
#[test]
fn pytest_passes() {
    check("pytest", &[]);
}
