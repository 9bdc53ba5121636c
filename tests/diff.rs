//! What `gen diff` says of two sides: each folder of `tests/diff` is a case. `BLESS=1 cargo test --test diff` writes what is
//! expected anew.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

use serde_json::Value;

const FORMATS: [(&str, &str); 4] =
    [("text", "txt"), ("markdown", "md"), ("json", "json"), ("sarif", "sarif")];

#[test]
fn every_case_is_told_as_committed() {
    let cases = cases();
    assert!(cases.len() >= 70, "the cases are gone");
    let wrong: Vec<_> = cases.iter().flat_map(|case| wrong(case)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_the_same_is_no_change() {
    let same: Vec<_> = cases().into_iter().filter(|case| name(case).starts_with("same_")).collect();
    assert!(same.len() >= 10);
    for case in same {
        let status = diff(&case, &["--exit-code"]).status.code();
        let known = if name(&case) == "same_permissions_in_other_statements" { 3 } else { 0 };
        assert_eq!(status, Some(known), "{}", case.display());
        assert_eq!(diff(&case, &["--fail-on", "permissions,data,replace"]).status.code(), Some(0));
    }
}

#[test]
fn gates_close_to_what_they_name() {
    let gates = [
        ("in_place", "any", 3),
        ("in_place", "replace", 0),
        ("replaced", "replace", 3),
        ("may_be_replaced_by_its_schema", "replace", 3),
        ("unknown_type", "replace", 3),
        ("impossible_other_type", "replace", 3),
        ("column_goes", "data", 3),
        ("column_comes_at_the_end", "data", 0),
        ("permission_comes", "permissions", 3),
        ("permission_goes", "permissions", 0),
        ("port_opens_to_the_world", "permissions", 3),
        ("nothing", "any", 0),
    ];
    for (case, gate, code) in gates {
        let ended = diff(&folder().join(case), &["--fail-on", gate]);
        assert_eq!(ended.status.code(), Some(code), "{case} {gate}");
    }
}

#[test]
fn json_is_as_its_schema_says() {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/diff.schema.json");
    let schema: Value = serde_json::from_slice(&fs::read(schema).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for case in cases() {
        let json: Value =
            serde_json::from_slice(&diff(&case, &["--format", "json"]).stdout).unwrap();
        let problems: Vec<_> =
            validator.iter_errors(&json).map(|e| format!("{e} at {}", e.instance_path())).collect();
        assert!(problems.is_empty(), "{}: {}", case.display(), problems.join("\n"));
    }
}

#[test]
fn no_form_tells_a_secret() {
    let case = folder().join("secrets_stay_secret");
    for (format, _) in FORMATS {
        let told = String::from_utf8(diff(&case, &["--format", format]).stdout).unwrap();
        for secret in ["hunter", "prod/one", "prod/two"] {
            assert!(!told.contains(secret), "{format}: {told}");
        }
    }
}

#[test]
fn a_template_that_is_none_is_told_at_its_place() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("diff");
    fs::create_dir_all(&folder).unwrap();
    let (good, bad) = (folder.join("good.yaml"), folder.join("bad.yaml"));
    fs::write(&good, "Resources: {}\n").unwrap();
    fs::write(&bad, "Resources:\n  A: [1\n").unwrap();
    let ended = gen_diff(&good, &bad, &[]);
    assert_eq!(ended.status.code(), Some(1));
    let told = String::from_utf8(ended.stderr).unwrap();
    assert!(told.contains("is not closed") && told.contains("bad.yaml:"), "{told}");
}

fn folder() -> PathBuf {
    Path::new("tests/diff").to_owned()
}

fn name(case: &Path) -> String {
    case.file_name().expect("a case has a name").to_string_lossy().into_owned()
}

fn cases() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder());
    let entries = fs::read_dir(root).expect("the folder of cases");
    let mut cases: Vec<_> =
        entries.map(|entry| folder().join(entry.expect("a case").file_name())).collect();
    cases.sort();
    cases
}

fn diff(case: &Path, options: &[&str]) -> Output {
    gen_diff(&side(case, "before"), &side(case, "after"), options)
}

fn gen_diff(old: &Path, new: &Path, options: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gen"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).arg("diff").arg(old).arg(new).args(options);
    command.output().expect("gen starts")
}

/// A side is a folder, or a template.
fn side(case: &Path, side: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let forms = ["", ".yaml", ".json"].map(|form| case.join(format!("{side}{form}")));
    forms.into_iter().find(|path| root.join(path).exists()).expect("a case has both sides")
}

fn wrong(case: &Path) -> Vec<String> {
    let mut wrong = Vec::new();
    for (format, extension) in FORMATS {
        let ended = diff(case, &["--format", format]);
        let told = String::from_utf8(ended.stdout).expect("text");
        assert!(
            ended.status.success(),
            "{}: {}",
            case.display(),
            String::from_utf8_lossy(&ended.stderr)
        );
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(case).join(format!("expected.{extension}"));
        if env::var_os("BLESS").is_some() {
            fs::write(&path, &told).expect("the expectation");
        } else if fs::read_to_string(&path).is_ok_and(|expected| expected != told) || !path.exists()
        {
            wrong.push(format!("{} is not what is told:\n{told}", path.display()));
        }
    }
    wrong
}
