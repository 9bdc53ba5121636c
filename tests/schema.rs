//! The JSON Schema that editors use says of a blueprint's shape what `gen validate` says.

use std::fs;
use std::sync::LazyLock;

use jsonschema::Validator;
use pipeline::blueprint;
use pipeline::diagnostic::FileId;
use serde_json::Value;

mod whole;

const SAMPLE: &str = "blueprints/data_pipeline.yaml";

#[test]
fn the_committed_schema_is_fresh() {
    let text = blueprint::schema_text();
    assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON"), blueprint::schema());
    expectorate::assert_contents("blueprints/blueprint.schema.json", &text);
}

#[test]
fn the_sample_fits_and_names_the_schema() {
    let text = fs::read_to_string(SAMPLE).expect("the sample");
    assert_eq!(text.lines().next(), Some("# yaml-language-server: $schema=blueprint.schema.json"));
    assert_eq!(misfits(&text), Vec::<String>::new());
}

/// Rules about the shape alone: a blueprint with one of them is no case of the other side.
const SHAPE: [&str; 5] = ["yaml", "unknown-key", "missing-key", "unknown-word", "wrong-type"];

#[test]
fn shapes_that_validate_takes_fit_and_unknown_keys_do_not() {
    let (mut fitting, mut unknown) = (0, 0);
    for path in cases() {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        if text.starts_with("extends:") {
            continue; // Laid over another file, which is not here.
        }
        let rules: Vec<_> = whole::problems_of(&text).iter().map(|problem| problem.rule).collect();
        let misfits = misfits(&text);
        if rules.contains(&"unknown-key") {
            assert!(!misfits.is_empty(), "{path}: the schema takes the unknown key");
            unknown += 1;
        } else if !rules.iter().any(|rule| SHAPE.contains(rule)) {
            assert!(misfits.is_empty(), "{path}: {misfits:#?}");
            fitting += 1;
        }
    }
    assert!(fitting > 60 && unknown > 20, "{fitting} fit, {unknown} have unknown keys");
}

#[test]
fn an_environment_overrides_parts_and_removes_with_null() {
    let whole = fs::read_to_string(SAMPLE).expect("the sample");
    for (own, fits) in [
        ("cluster: {disk_gb: 100}", true),
        ("cluster: {key_pair: ~}", true),
        ("tables: {sample_country_dim: ~}", true),
        ("tables: {sample_country_dim: {columns: {id: bigint}}}", true),
        ("schedule: {enabled: false}", true),
        ("cluster: {disk: 100}", false),
        ("state_machines: {Master: {steps: [{cal: a}]}}", false),
        ("environments: {}", false),
        ("default_environment: dev", false),
    ] {
        let text =
            whole.replacen("region: us-east-1\n", &format!("region: us-east-1\n    {own}\n"), 1);
        assert_eq!(misfits(&text).is_empty(), fits, "{own}");
        let rules = whole::problems_of(&text);
        assert_eq!(!rules.iter().any(|problem| problem.rule == "unknown-key"), fits, "{own}");
    }
}

/// Returns what an independent validator finds wrong with the shape of a blueprint.
fn misfits(text: &str) -> Vec<String> {
    static VALIDATOR: LazyLock<Validator> =
        LazyLock::new(|| jsonschema::validator_for(&blueprint::schema()).expect("a JSON Schema"));
    match pipeline::yaml::read(text, FileId(0)) {
        Ok(tree) => VALIDATOR.iter_errors(&tree.to_json()).map(|error| error.to_string()).collect(),
        Err(problem) => vec![problem.message],
    }
}

fn cases() -> Vec<String> {
    let entries = fs::read_dir("tests/problems").expect("the folder of cases");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let blueprints = paths.filter(|path| path.extension().is_some_and(|end| end == "yaml"));
    blueprints.map(|path| path.display().to_string()).collect()
}
