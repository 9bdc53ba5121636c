//! `gen access` as people call it: tables in three forms, and the statement behind a yes or a no.

use std::process::{Command, Output};

use serde_json::Value;

fn access(arguments: &[&str]) -> Output {
    let mut gen_access = Command::new(env!("CARGO_BIN_EXE_gen"));
    gen_access.current_dir(env!("CARGO_MANIFEST_DIR")).arg("access").args(arguments);
    gen_access.output().expect("gen starts")
}

fn shown(arguments: &[&str]) -> String {
    let output = access(arguments);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {told}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn why(question: [&str; 3], more: &[&str]) -> String {
    shown(&[&["--env", "dev", "--why"], &question[..], more].concat())
}

#[test]
fn the_table_has_groups_roles_and_the_reasons_beside_every_star() {
    let text = shown(&["--env", "dev"]);
    let landing = text.lines().find(|line| line.starts_with("landing_writer "));
    let words: Vec<_> = landing.expect("a row").split_whitespace().collect();
    assert_eq!(words, ["landing_writer", "landing", "write", "VPC"]);
    assert!(text.contains("\nemr-nodes "), "{text}");
    assert!(text.contains("Rights whose resource is `*`, and why:\n"), "{text}");
}

#[test]
fn pages_and_programs_get_the_same_rows() {
    let page = shown(&["--env", "dev", "--format", "markdown"]);
    assert!(page.contains("| landing_writer | landing | write | VPC |\n"), "{page}");
    let json = shown(&["--env", "dev", "--format", "json"]);
    let json: Value = serde_json::from_str(&json).expect("JSON");
    let rows = json["dev"]["access"].as_array().expect("rows");
    let row = rows.iter().find(|row| row["who"] == "landing_writer").expect("a row");
    assert_eq!(row["where"], "landing");
    assert_eq!(row["may"], serde_json::json!(["write"]));
    assert_eq!(json["dev"]["beyond"], serde_json::json!([]));
    assert!(json["dev"]["everywhere"].as_array().is_some_and(|reasons| !reasons.is_empty()));
}

#[test]
fn who_deploys_has_rows_and_who_else_is_let_in_has_lines() {
    let text = shown(&["--env", "prod"]);
    assert!(text.contains("\ngen-deployer-us-east-1 "), "{text}");
    assert!(text.contains("\nWho else the templates let in:\n"), "{text}");
    let line = "  elasticmapreduce.amazonaws.com: assume, emr-service (ServiceAssumes), only with ";
    assert!(text.contains(line), "{text}");
    let json = shown(&["--env", "prod", "--format", "json"]);
    let json: Value = serde_json::from_str(&json).expect("JSON");
    let others = json["prod"]["others"].as_array().expect("lines");
    let nodes = others.iter().find(|one| one["who"] == "ec2.amazonaws.com").expect("a line");
    assert_eq!(nodes["where"], serde_json::json!(["emr-nodes"]));
    let page = shown(&["--env", "prod", "--format", "markdown"]);
    let committed = concat!(env!("CARGO_MANIFEST_DIR"), "/out/prod/access.md");
    assert_eq!(page, std::fs::read_to_string(committed).expect("the page"));
}

#[test]
fn what_is_seen_beyond_what_was_given_stands_with_its_reason() {
    let bounded = ["--blueprint", "tests/cases/bounded/blueprint.yaml"];
    let text = shown(&bounded);
    assert!(
        text.contains("Seen beyond what was given, and why:\n  auditor by results: "),
        "{text}"
    );
    let page = shown(&[&bounded[..], &["--format", "markdown"]].concat());
    assert!(
        page.contains("| Auditors compare what people asked with what they may know |"),
        "{page}"
    );
}

#[test]
fn a_yes_names_the_statement_and_the_line_of_the_blueprint() {
    let told = why(["analyst", "s3:GetObject", "prod"], &["--from", "athena"]);
    assert!(told.starts_with("dev: yes, analyst, s3:GetObject, "), "{told}");
    assert!(told.contains("allowed by statement `QueryData`"), "{told}");
    assert!(told.contains("`query` at blueprints/data_pipeline.yaml:"), "{told}");
}

#[test]
fn a_no_names_the_denial_or_the_nearest_statement() {
    let denied = why(["landing_writer", "s3:PutObject", "landing"], &["--from", "internet"]);
    assert!(denied.starts_with("dev: no, "), "{denied}");
    assert!(denied.contains("denied by statement `"), "{denied}");
    let silent = why(["analyst", "s3:PutObject", "prod"], &[]);
    assert!(silent.contains("nothing in the role's policies allows it"), "{silent}");
}

#[test]
fn a_name_that_nothing_has_is_told_with_the_nearest() {
    let output = access(&["--env", "dev", "--why", "analist", "s3:GetObject", "prod"]);
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("did you mean `analyst`?"), "{told}");
}
