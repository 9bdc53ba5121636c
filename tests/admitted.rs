//! Whoever the emitted templates let in has a line in `access.md`: principals are read from the templates of every case, by
//! other code than that which writes the page.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs};

use pipeline::diagnostic::FileId;
use serde_json::Value;

#[test]
fn every_principal_of_the_templates_has_its_line() {
    let mut missing = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for folder in environments() {
        let page = fs::read_to_string(folder.join("access.md")).expect("the page");
        let page = page.replace('\\', "");
        for principal in principals(&folder) {
            if !is_named(&page, &principal) {
                missing.insert(format!("{}: {principal}", folder.display()));
            }
            seen.insert(principal);
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
    for kind in [
        ":root",
        ":oidc-provider/",
        "cloudwatch.",
        ".amazonaws.com.cn",
        "vpce-",
        ":role/transfer",
        "group ",
    ] {
        assert!(seen.iter().any(|one| one.contains(kind)), "no case lets in `{kind}`: {seen:#?}");
    }
}

#[test]
fn every_role_is_named_with_who_assumes_it() {
    for folder in environments() {
        let page = fs::read_to_string(folder.join("access.md")).expect("the page");
        for (_, resource) in
            resources(&folder).iter().filter(|(_, one)| one["Type"] == "AWS::IAM::Role")
        {
            let role = resource["Properties"]["RoleName"].as_str().expect("roles have names");
            assert!(names_role(&page, role), "{}: {role}", folder.display());
        }
    }
}

/// The page calls a role by what it is for, and the functions' roles together.
fn names_role(page: &str, role: &str) -> bool {
    let cells = page.lines().flat_map(|line| line.split(['|', ',']).map(str::trim));
    let mut cells = cells.filter(|cell| !cell.is_empty());
    cells.any(|cell| role == cell || role.contains(&format!("-{cell}-")))
}

fn is_named(page: &str, principal: &str) -> bool {
    let cell = format!("| `{principal}` |");
    let role = principal.split_once(":role/").map(|(_, name)| name);
    page.contains(&cell) || role.is_some_and(|role| names_role(page, role))
}

fn environments() -> Vec<PathBuf> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let cases = folders(&top.join("tests/cases")).into_iter().map(|case| case.join("out"));
    let all = cases.chain([top.join("out")]).flat_map(|out| folders(&out));
    let found: Vec<_> = all.filter(|one| one.join("access.md").is_file()).collect();
    assert!(found.len() >= 14, "the environments are gone");
    found
}

fn folders(of: &Path) -> Vec<PathBuf> {
    let mut found: Vec<_> = fs::read_dir(of)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir())
        .collect();
    found.sort();
    found
}

fn resources(folder: &Path) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("an environment") {
        let path = entry.expect("a file").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
        if name.ends_with(".template.yaml") {
            let text = fs::read_to_string(&path).expect("a template");
            let template =
                pipeline::yaml::read(&text, FileId(0)).expect("it can be read").to_json();
            let resources = template["Resources"].as_object().expect("resources").clone();
            found.extend(resources);
        }
    }
    found
}

fn principals(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (_, resource) in resources(folder) {
        let properties = &resource["Properties"];
        if resource["Type"] == "AWS::Lambda::Permission" {
            found.extend(strings(&properties["Principal"]));
        }
        if resource["Type"] == "AWS::IAM::Group" {
            found.extend(
                strings(&properties["GroupName"]).map(|name| format!("members of group {name}")),
            );
        }
        in_statements(properties, &mut found);
    }
    let own = own_endpoints(folder);
    found.retain(|principal| !own.contains(principal));
    found
}

/// The page says `VPC` of the pipeline's own endpoint, by which alone the data is reached.
fn own_endpoints(folder: &Path) -> BTreeSet<String> {
    let resources = resources(folder);
    let policies = resources.iter().filter(|(_, one)| one["Type"] == "AWS::S3::BucketPolicy");
    let statements = policies.flat_map(|(_, one)| {
        one["Properties"]["PolicyDocument"]["Statement"].as_array().into_iter().flatten()
    });
    let data = statements.filter(|one| one["Sid"] == "DataOnlyFromVpcEndpoint");
    data.flat_map(|one| strings(&one["Condition"]["StringNotEquals"]["aws:SourceVpce"])).collect()
}

/// Those of statements that allow, those whom a denial spares, and endpoints by their ids.
fn in_statements(value: &Value, found: &mut BTreeSet<String>) {
    if value["Effect"] == "Allow" {
        found.extend(strings(&value["Principal"]));
    }
    if value["Effect"].is_string() {
        let condition = value["Condition"].as_object().into_iter().flatten();
        let keys = condition.flat_map(|(_, keys)| keys.as_object().into_iter().flatten());
        for (key, values) in keys {
            match key.as_str() {
                "aws:SourceVpce" => {
                    found.extend(strings(values).filter(|id| id.starts_with("vpce-")));
                }
                "aws:PrincipalArn" if value["Effect"] == "Deny" => found.extend(strings(values)),
                _ => {}
            }
        }
    }
    match value {
        Value::Object(object) => object.values().for_each(|one| in_statements(one, found)),
        Value::Array(items) => items.iter().for_each(|one| in_statements(one, found)),
        _ => {}
    }
}

/// Returns the strings of a value, be it one, a list, or lists by kind.
fn strings(value: &Value) -> impl Iterator<Item = String> {
    let mut found = Vec::new();
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(items) => found.extend(items.iter().flat_map(strings)),
        Value::Object(kinds) => found.extend(kinds.values().flat_map(strings)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    found.into_iter()
}
