//! What happens to each resource, said by `gen diff` and by AWS CDK's `@aws-cdk/cloudformation-diff` on the same templates:
//! where the two differ, `differences.txt` says why.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use pipeline::diff::{Consequence, Files, diff};
use serde_json::{Value, json};

#[path = "../support/node.rs"]
mod node;
#[path = "../support/tools.rs"]
mod tools;

type Verdicts = BTreeMap<String, BTreeMap<String, String>>;

#[test]
fn each_difference_to_the_peer_is_explained() {
    let pairs = pairs();
    assert!(pairs.len() >= 60);
    let (own, theirs) = (own(&pairs), theirs(&pairs));
    let mut told = BTreeSet::new();
    let mut agreed = 0;
    for name in pairs.keys() {
        let ids: BTreeSet<_> = own[name].keys().chain(theirs[name].keys()).collect();
        for id in ids {
            let said = |side: &Verdicts| side[name].get(id).cloned().unwrap_or("nothing".into());
            let (ours, theirs) = (said(&own), said(&theirs));
            if ours == theirs {
                agreed += 1;
            } else {
                told.insert(format!("{name} {id}: {ours}, peer {theirs}"));
            }
        }
    }
    let path = Path::new(tools::ROOT).join("tests/peer/differences.txt");
    let text = fs::read_to_string(path).expect("the explained differences");
    let explained: BTreeSet<String> = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let (what, why) = line.split_once(" | ").expect("each line says why");
            assert!(why.len() > 20, "{line}");
            what.trim().to_owned()
        })
        .collect();
    let new: Vec<_> = told.difference(&explained).collect();
    let stale: Vec<_> = explained.difference(&told).collect();
    assert!(
        new.is_empty() && stale.is_empty(),
        "not explained: {new:#?}\nno longer so: {stale:#?}"
    );
    assert!(agreed >= 30, "{agreed}");
}

/// The templates of each case that is a pair of single files.
fn pairs() -> BTreeMap<String, [Value; 2]> {
    let folder = Path::new(tools::ROOT).join("tests/diff");
    let cases =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let pair = |case: PathBuf| {
        let name = case.file_name()?.to_str()?.to_owned();
        Some((name, [template(&case, "before")?, template(&case, "after")?]))
    };
    cases.filter_map(pair).collect()
}

fn template(case: &Path, side: &str) -> Option<Value> {
    let forms = ["yaml", "json"].map(|form| case.join(format!("{side}.{form}")));
    let text = forms.into_iter().find_map(|path| fs::read_to_string(path).ok())?;
    Some(
        pipeline::yaml::read(&text, pipeline::diagnostic::FileId(0)).expect("a template").to_json(),
    )
}

fn own(pairs: &BTreeMap<String, [Value; 2]>) -> Verdicts {
    let verdicts = pairs.iter().map(|(name, sides)| {
        let [old, new] = sides
            .each_ref()
            .map(|side| Files::from([("a.template.json".to_owned(), side.to_string())]));
        let changes = diff(&old, &new).expect("both are templates");
        let mut own = BTreeMap::new();
        for change in changes.resources {
            let word = word(change.consequence).to_owned();
            if let Some(was) = &change.renamed_from {
                own.insert(was.clone(), format!("{word} as {}", change.logical_id));
            }
            own.insert(change.logical_id, word);
        }
        (name.clone(), own)
    });
    verdicts.collect()
}

/// The peer's word for a consequence.
fn word(consequence: Consequence) -> &'static str {
    match consequence {
        Consequence::Impossible => "IMPOSSIBLE",
        Consequence::Replace => "WILL_REPLACE",
        Consequence::MayReplace => "MAY_REPLACE",
        Consequence::Unknown => "UNKNOWN",
        Consequence::Delete => "WILL_DESTROY",
        Consequence::Leave => "WILL_ORPHAN",
        Consequence::Interrupt => "INTERRUPTS",
        Consequence::InPlace => "WILL_UPDATE",
        Consequence::Create => "WILL_CREATE",
        Consequence::None => "NO_CHANGE",
    }
}

fn theirs(pairs: &BTreeMap<String, [Value; 2]>) -> Verdicts {
    let here = Path::new(tools::ROOT).join("tests/peer");
    let modules = node::modules("peer", &here);
    let mut node = Command::new("node");
    let answer =
        tools::run(node.arg(here.join("verdicts.js")).arg(modules), &json!(pairs).to_string());
    serde_json::from_str(&answer.expect("an answer")).expect("it is JSON")
}
