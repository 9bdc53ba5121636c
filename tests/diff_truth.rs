//! What `diff` must hold whatever is compared: it agrees with AWS's own schemas, sees every change, and only changes.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use pipeline::diff::{Changes, Consequence, Files, diff};
use serde_json::{Map, Value, json};

#[path = "support/python.rs"]
mod python;
#[path = "support/tools.rs"]
mod tools;

/// A generator of numbers that gives the same ones everywhere (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % limit as u64).unwrap()
    }
}

fn side(template: &Value) -> Files {
    BTreeMap::from([("a.template.json".to_owned(), template.to_string())])
}

fn between(old: &Value, new: &Value) -> Changes {
    diff(&side(old), &side(new)).expect("both are templates")
}

const LIST: &str = "
import cfnlint, json, pathlib
schemas = pathlib.Path(cfnlint.__file__).parent / 'data/schemas'
types = json.loads((schemas / 'providers/us-east-1.json').read_text())
for name, file in sorted(types.items()):
    schema = json.loads((schemas / 'resources' / f'{file}.json').read_text())
    keys = ('createOnlyProperties', 'conditionalCreateOnlyProperties')
    facts = {key: schema.get(key) or [] for key in keys}
    facts['properties'] = sorted(schema.get('properties', {}))
    print(json.dumps([name, facts]))
";

/// The raw schemas, read by Python from the package that carries them.
fn schemas() -> Vec<(String, Value)> {
    let pins = Path::new(tools::ROOT).join("tests/tools/requirements.txt");
    let python = python::environment("linters", &pins);
    let listed = tools::run(std::process::Command::new(python).args(["-c", LIST]), "").unwrap();
    listed.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Properties that the user guide says more of than the schema.
fn said_otherwise(kind: &str, property: &str) -> bool {
    let lists = ["interruptions", "replacements"].map(|name| {
        fs::read_to_string(Path::new(tools::ROOT).join(format!("src/aws/registry/{name}.txt")))
            .unwrap()
    });
    let mut lines = lists.iter().flat_map(|list| list.lines());
    lines.any(|line| {
        let mut words = line.split(' ');
        words.next() == Some(kind) && words.any(|word| word.split('/').next() == Some(property))
    })
}

#[test]
fn verdicts_agree_with_the_raw_schemas() {
    let schemas = schemas();
    assert!(schemas.len() > 1500);
    let mut dice = Dice(5);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    while counts.values().sum::<usize>() < 600 {
        let (kind, facts) = &schemas[dice.below(schemas.len())];
        let names = facts["properties"].as_array().unwrap();
        if names.is_empty() {
            continue;
        }
        // Every other draw is one of what matters most, which is rare among all properties.
        let fixed: Vec<&str> = facts["createOnlyProperties"]
            .as_array()
            .unwrap()
            .iter()
            .map(|p| p.as_str().unwrap())
            .collect();
        let property = match (dice.below(2), fixed.is_empty()) {
            (0, false) => fixed[dice.below(fixed.len())].split('/').nth(2).unwrap(),
            _ => names[dice.below(names.len())].as_str().unwrap(),
        };
        if said_otherwise(kind, property) {
            continue;
        }
        let pointer = format!("/properties/{property}");
        let is_in = |key: &str| facts[key].as_array().unwrap().iter().any(|p| *p == *pointer);
        let below = |key: &str| {
            facts[key]
                .as_array()
                .unwrap()
                .iter()
                .any(|p| p.as_str().unwrap().starts_with(&format!("{pointer}/")))
        };
        let expected = if is_in("createOnlyProperties") {
            "replace"
        } else if is_in("conditionalCreateOnlyProperties")
            || below("createOnlyProperties")
            || below("conditionalCreateOnlyProperties")
        {
            "may replace"
        } else {
            "in place"
        };
        let template = |value: &str| json!({"Resources": {"R": {"Type": kind, "Properties": {property: value}}}});
        let changes = between(&template("one"), &template("two"));
        let verdict = match changes.resources[0].properties[0].consequence {
            Consequence::Replace => "replace",
            Consequence::MayReplace => "may replace",
            Consequence::InPlace => "in place",
            other => panic!("{kind} {property}: {other:?}"),
        };
        *counts.entry(expected).or_default() += 1;
        if verdict != expected {
            wrong.push(format!(
                "{kind} {property}: the schema says {expected}, diff says {verdict}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(counts["replace"] >= 200 && counts["may replace"] >= 5, "{counts:?}");
}

/// Some templates of the sample and of all cases.
fn templates(dice: &mut Dice) -> Vec<Value> {
    let mut paths = Vec::new();
    for folder in ["out", "tests/cases"] {
        collect(&Path::new(tools::ROOT).join(folder), &mut paths);
    }
    assert!(paths.len() > 100, "{}", paths.len());
    paths.sort();
    let drawn = (0..30).map(|_| paths.swap_remove(dice.below(paths.len())));
    drawn.map(|path| template(&path)).collect()
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            collect(&path, found);
        } else if path.to_string_lossy().ends_with(".template.yaml") {
            found.push(path);
        }
    }
}

fn template(path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap();
    pipeline::yaml::read(&text, pipeline::diagnostic::FileId(0)).unwrap().to_json()
}

#[test]
fn nothing_differs_from_itself() {
    for template in templates(&mut Dice(3)) {
        assert!(between(&template, &template).is_empty());
    }
}

/// Pointers to every value of a template, sections and resources themselves left out.
fn places(template: &Value) -> Vec<String> {
    let mut found = Vec::new();
    walk(template, "", &mut found);
    found.retain(|place| place.matches('/').count() > 2);
    found
}

fn walk(value: &Value, at: &str, found: &mut Vec<String>) {
    let token = |key: &str| key.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(map) => map.iter().for_each(|(key, item)| {
            found.push(format!("{at}/{}", token(key)));
            walk(item, &format!("{at}/{}", token(key)), found);
        }),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, item)| {
            found.push(format!("{at}/{index}"));
            walk(item, &format!("{at}/{index}"), found);
        }),
        _ => {}
    }
}

/// Makes one change at a place: another value, nothing, or something more.
fn mutate(template: &mut Value, place: &str, dice: &mut Dice) {
    let (above, key) = place.rsplit_once('/').unwrap();
    let key = key.replace("~1", "/").replace("~0", "~");
    match (dice.below(2), template.pointer_mut(above).unwrap()) {
        (0, Value::Object(map)) => {
            map.shift_remove(&key);
        }
        (0, Value::Array(items)) => {
            items.remove(key.parse().unwrap());
        }
        (_, _) => {
            let value = template.pointer_mut(place).unwrap();
            *value = match value.take() {
                Value::String(text) => format!("{text}x").into(),
                Value::Number(number) => (number.as_f64().unwrap() + 1.0).into(),
                Value::Bool(flag) => (!flag).into(),
                Value::Array(mut items) => {
                    items.push("one-more".into());
                    items.into()
                }
                Value::Object(mut map) => {
                    map.insert("OneMore".to_owned(), 1.into());
                    map.into()
                }
                Value::Null => 1.into(),
            };
        }
    }
}

/// Tells whether only what CloudFormation does by itself was left out.
fn is_default(template: &Value, place: &str, changed: &Value) -> bool {
    let was = template.pointer(place).and_then(Value::as_str);
    place.ends_with("/UpdateReplacePolicy")
        && was == Some("Delete")
        && changed.pointer(place).is_none()
}

fn pretty(side: &Value) -> String {
    format!("{side:#}\n")
}

/// What is told of the templates where they are written over many lines: then resources that are the same text are not read.
fn told_of_lines(old: &Value, new: &Value, write: fn(&Value) -> String) -> Value {
    let side = |side| Files::from([("a.template.yaml".to_owned(), write(side))]);
    let (old, new) = (side(old), side(new));
    pipeline::diff::json(&[diff(&old, &new).expect("both are templates")])
}

fn yaml(template: &Value) -> String {
    String::from_utf8(pipeline::yaml::write(template)).expect("YAML is text")
}

#[test]
fn every_single_change_is_seen_from_both_sides() {
    let mut dice = Dice(7);
    let (mut seen, mut unseen) = (0, Vec::new());
    for template in templates(&mut dice) {
        let places = places(&template);
        for _ in 0..8 {
            let place = &places[dice.below(places.len())];
            let mut changed = template.clone();
            mutate(&mut changed, place, &mut dice);
            let (there, back) = (between(&template, &changed), between(&changed, &template));
            let told = pipeline::diff::json(std::slice::from_ref(&there));
            for write in [pretty, yaml] {
                assert_eq!(told, told_of_lines(&template, &changed, write), "{place}");
            }
            let named = |changes: &Changes| -> Vec<(String, usize)> {
                let mut named: Vec<_> = changes
                    .resources
                    .iter()
                    .map(|one| (one.logical_id.clone(), one.properties.len()))
                    .collect();
                named.sort();
                named
            };
            let mut names = place.split('/').skip(1);
            let (section, id) = (names.next().unwrap(), names.next().unwrap());
            let is_named =
                section != "Resources" || there.resources.iter().any(|one| one.logical_id == id);
            let is_seen = !there.is_empty() && is_named && named(&there) == named(&back);
            if !is_seen && !is_default(&template, place, &changed) {
                unseen.push(place.clone());
            }
            seen += 1;
        }
    }
    assert!(unseen.is_empty(), "{}", unseen.join("\n"));
    assert!(seen >= 240, "{seen}");
}

/// A template of tables, with a column that may be missing.
fn tables(count: usize, column: bool) -> Value {
    let columns =
        if column { json!([{"Name": "a"}, {"Name": "b"}]) } else { json!([{"Name": "a"}]) };
    let table = |number: usize| {
        let input =
            json!({"Name": format!("t{number:05}"), "StorageDescriptor": {"Columns": columns}});
        let properties = json!({"CatalogId": "1", "DatabaseName": "facts", "TableInput": input});
        (format!("Table{number:05}"), json!({"Type": "AWS::Glue::Table", "Properties": properties}))
    };
    json!({"Resources": (0..count).map(table).collect::<Map<_, _>>()})
}

#[test]
fn a_comment_fits_however_much_is_in_danger() {
    for count in [200, 900, 5000] {
        let mut changes = vec![between(&tables(count, true), &tables(count, false)); 2];
        // What differs a little in each cannot be told together.
        for (number, one) in changes[1].resources.iter_mut().enumerate() {
            one.dangers[0].message.push_str(&number.to_string());
        }
        let told = pipeline::diff::markdown(&changes);
        assert!(told.chars().count() < 65_536, "{count}");
        assert!(told.contains(&format!("{count} with data at risk")), "{told:.300}");
        let all_named = (0..count).all(|number| told.contains(&format!("Table{number:05}")));
        assert_eq!(all_named, count < 500, "{count}");
        assert!(all_named || told.contains(&format!("AWS::Glue::Table: {count}")), "{told:.300}");
    }
}

#[test]
fn odd_documents_do_no_harm() {
    let deep =
        (0..15).fold(json!({"Ref": 1}), |inner, _| json!({"Fn::If": ["A", [inner], {"": null}]}));
    let odd = [
        json!({}),
        json!({"Resources": []}),
        json!({"Resources": {"A": 1, "B": null, "C": {"Type": 1, "Properties": []}}}),
        json!({"Resources": {"A": {"Type": "AWS::S3::Bucket", "Properties": deep}}, "Outputs": 3}),
        json!({"Resources": {"A": {"Type": "AWS::IAM::Role", "Properties": {"Policies": {"Statement": [1, {"Effect": {}}]}}}}}),
        json!({"Parameters": {"P": 1}, "Conditions": [], "Resources": {"A": {"Properties": {"X": {"Fn::Join": ["", "x"]}, "Y": {"Fn::Sub": "${"}}}}}),
        json!({"Resources": {"A": {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"Definition": {"States": [1]}}}}}),
        json!({"Resources": {"A": {"Type": "AWS::Glue::Table", "Properties": {"TableInput": {"PartitionKeys": {"Ref": "X"}, "StorageDescriptor": []}}}}}),
    ];
    let mut empty = Map::new();
    empty.insert("Resources".to_owned(), json!({"A": {"Type": "AWS::S3::Bucket"}}));
    for one in &odd {
        for other in odd.iter().chain([&Value::Object(empty.clone())]) {
            between(one, other);
        }
    }
}
