//! Good blueprints and all that is written for them: each folder of `tests/cases` is a case. `BLESS=1 cargo test --test
//! cases` writes what is expected anew.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

#[test]
fn every_case_gives_what_is_committed() {
    let cases = cases();
    assert!(cases.len() >= 12, "the cases are gone");
    let wrong: Vec<_> = cases.iter().filter_map(|case| wrong(case)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `synth` trusts its own templates, `validate` checks them too.
#[test]
fn every_case_is_valid() {
    for case in cases() {
        let mut validate = Command::new(env!("CARGO_BIN_EXE_gen"));
        validate.current_dir(env!("CARGO_MANIFEST_DIR")).arg("validate");
        let ended = validate.arg("--blueprint").arg(case.join("blueprint.yaml")).output();
        let ended = ended.expect("gen starts");
        let told = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success(), "{}:\n{told}", case.display());
    }
}

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut cases: Vec<_> = fs::read_dir(folder)
        .expect("the folder of cases")
        .map(|entry| entry.expect("a case").path())
        .collect();
    cases.sort();
    cases
}

/// Returns what is wrong with a case; a warning is.
fn wrong(case: &Path) -> Option<String> {
    let name = case.strip_prefix(env!("CARGO_MANIFEST_DIR")).expect("a case is in the project");
    let mut gen_synth = Command::new(env!("CARGO_BIN_EXE_gen"));
    gen_synth.current_dir(env!("CARGO_MANIFEST_DIR")).args(["synth", "--deny-warnings"]);
    gen_synth
        .arg("--blueprint")
        .arg(name.join("blueprint.yaml"))
        .arg("--out")
        .arg(name.join("out"));
    if env::var_os("BLESS").is_none() {
        gen_synth.arg("--check");
    }
    let ended = gen_synth.output().expect("gen starts");
    let told = String::from_utf8_lossy(&ended.stderr);
    (!ended.status.success()).then(|| format!("{}:\n{told}", name.display()))
}
