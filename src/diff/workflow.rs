//! State machines as graphs: states that come, go, or lead elsewhere, and how long they wait and try.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::change::{Resource, Workflow};
use super::normal::{text, value};
use super::outline::step;
use super::read::Stack;

const KIND: &str = "AWS::StepFunctions::StateMachine";

/// Returns the state machines that change, and marks the properties that they tell of.
pub(super) fn changes(stacks: &[Stack], resources: &mut [Resource]) -> Vec<Workflow> {
    let mut found = Vec::new();
    for change in resources.iter_mut().filter(|change| change.kind == KIND) {
        let old = definition(super::find(stacks, &change.stack, Stack::before, &change.logical_id));
        let new = definition(super::find(stacks, &change.stack, Stack::after, &change.logical_id));
        let (Some(old), Some(new)) = (old, new) else { continue };
        let name = change.name.clone().unwrap_or_else(|| change.logical_id.clone());
        let workflow = compare(name, &old, &new);
        if workflow.added.is_empty() && workflow.removed.is_empty() && workflow.changed.is_empty() {
            continue;
        }
        found.push(workflow);
        for property in &mut change.properties {
            if property.pointer.starts_with("/Properties/Definition") {
                property.told_in = Some("workflows");
            }
        }
    }
    found
}

/// Returns a definition in Amazon States Language, written as an object or as text.
fn definition(resource: &Value) -> Option<Value> {
    let properties = &resource["Properties"];
    if properties["Definition"].is_object() {
        return Some(properties["Definition"].clone());
    }
    let string = value(&properties["DefinitionString"]);
    let text = string.as_str().or_else(|| string["Fn::Sub"].as_str())?;
    serde_json::from_str(text).ok().filter(Value::is_object)
}

fn compare(name: String, old: &Value, new: &Value) -> Workflow {
    let (was, is) = (states(old), states(new));
    let mut workflow =
        Workflow { name, added: Vec::new(), removed: Vec::new(), changed: machine(old, new) };
    for (name, state) in &is {
        match was.get(name) {
            None => workflow.added.push(format!("{name}{}", follow(state))),
            Some(before) => {
                let told = aspects(before, state).into_iter();
                workflow.changed.extend(told.map(|aspect| format!("{name}: {aspect}")));
            }
        }
    }
    workflow.removed = was.keys().filter(|name| !is.contains_key(*name)).cloned().collect();
    regroup(&mut workflow, &is);
    workflow
}

/// States that only moved into another one, or out of it, are told as one thing.
fn regroup(workflow: &mut Workflow, states: &IndexMap<String, Value>) {
    let own = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    let gone: BTreeSet<String> = workflow.removed.iter().map(|path| own(path)).collect();
    let mut moved: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let come = states.keys().filter(|path| workflow.added.iter().any(|added| is_of(added, path)));
    for path in come.filter(|path| gone.contains(&own(path))) {
        let above = path.rsplit_once('/').map_or("the machine", |(above, _)| above);
        moved.entry(above.to_owned()).or_default().insert(own(path));
    }
    let names: BTreeSet<String> = moved.values().flatten().cloned().collect();
    let paths: Vec<&String> = states.keys().filter(|path| names.contains(&own(path))).collect();
    workflow.added.retain(|added| !paths.iter().any(|path| is_of(added, path)));
    workflow.removed.retain(|removed| !names.contains(&own(removed)));
    for (above, names) in moved {
        let first = names.first().map_or("", String::as_str);
        let and_others =
            if names.len() > 1 { format!(" and {} more", names.len() - 1) } else { String::new() };
        workflow.changed.push(format!("into {above} move `{first}`{and_others}"));
    }
}

/// Tells whether the line of an added state is that of the state at `path`.
fn is_of(added: &str, path: &str) -> bool {
    added.strip_prefix(path).is_some_and(|rest| rest.starts_with(" ("))
}

/// Says what a new state is and what follows it.
fn follow(state: &Value) -> String {
    let kind = state["Type"].as_str().unwrap_or("state");
    let next: BTreeSet<String> = edges(state).into_values().flatten().collect();
    if next.is_empty() {
        return format!(" ({kind})");
    }
    format!(" ({kind}, then {})", next.into_iter().collect::<Vec<_>>().join(" or "))
}

/// Returns all states by name, those inside others behind the name of these.
fn states(machine: &Value) -> IndexMap<String, Value> {
    let mut found = IndexMap::new();
    collect(machine, "", 0, &mut found);
    found
}

/// State machines nest a few levels; what is deeper is compared as part of its state.
const DEPTH: usize = 16;

fn collect(machine: &Value, above: &str, depth: usize, found: &mut IndexMap<String, Value>) {
    for (name, state) in machine["States"].as_object().into_iter().flatten() {
        let path = format!("{above}{name}");
        let mut own = state.clone();
        for key in ["ItemProcessor", "Iterator", "Branches"] {
            if depth < DEPTH && own.get(key).is_some() {
                let inner = own[key].take();
                for (at, part) in as_list(&inner).iter().enumerate() {
                    let branch =
                        if key == "Branches" { format!("{}/", at + 1) } else { String::new() };
                    collect(part, &format!("{path}/{branch}"), depth + 1, found);
                    own[key] = rest(part);
                }
            }
        }
        found.insert(path, own);
    }
}

fn as_list(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items.clone(),
        one => vec![one.clone()],
    }
}

/// What an inner machine says beside its states.
fn rest(machine: &Value) -> Value {
    let all = machine.as_object().into_iter().flatten();
    let others = all.filter(|(key, _)| *key != "States");
    Value::Object(others.map(|(key, value)| (key.clone(), value.clone())).collect())
}

fn machine(old: &Value, new: &Value) -> Vec<String> {
    let (old, new) = (rest(old), rest(new));
    let none = Map::new();
    differing(old.as_object().unwrap_or(&none), new.as_object().unwrap_or(&none))
        .into_iter()
        .map(|key| format!("{key} {}", step(old.get(&key), new.get(&key))))
        .collect()
}

fn differing(old: &Map<String, Value>, new: &Map<String, Value>) -> Vec<String> {
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    keys.into_iter().filter(|key| old.get(*key) != new.get(*key)).cloned().collect()
}

/// Says what differs between two states of a name.
fn aspects(old: &Value, new: &Value) -> Vec<String> {
    let (was, is) = (edges(old), edges(new));
    let ways: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
    let mut told = Vec::new();
    for way in ways.into_iter().filter(|way| was.get(*way) != is.get(*way)) {
        let to = |edges: &BTreeMap<String, Vec<String>>| {
            edges.get(way).map_or_else(|| "nowhere".to_owned(), |to| to.join(" and "))
        };
        told.push(format!("{way} {} → {}", to(&was), to(&is)));
    }
    let none = Map::new();
    let (old, new) = (old.as_object().unwrap_or(&none), new.as_object().unwrap_or(&none));
    for key in differing(old, new) {
        let (old, new) = (old.get(&key), new.get(&key));
        match key.as_str() {
            "Next" | "Default" | "End" => {}
            "Choices" if was != is => {}
            "Catch" if without_targets(old) == without_targets(new) => {}
            "Retry" => told.push(format!("retry {}", retries(old, new))),
            "Comment" => told.push("comment".to_owned()),
            _ => told.push(format!("{key} {}", step(old, new))),
        }
    }
    told
}

/// Says the step between two lists of retries in their numbers.
fn retries(old: Option<&Value>, new: Option<&Value>) -> String {
    let shown = |retry: Option<&Value>| -> String {
        let rules = retry.and_then(Value::as_array).into_iter().flatten();
        let rules: Vec<_> = rules
            .map(|rule| {
                let errors =
                    as_list(&rule["ErrorEquals"]).iter().map(text).collect::<Vec<_>>().join(", ");
                let others = rule.as_object().into_iter().flatten();
                let others = others.filter(|(key, _)| *key != "ErrorEquals");
                let numbers: Vec<_> =
                    others.map(|(key, value)| format!("{key} {}", text(value))).collect();
                format!("{errors} ({})", numbers.join(", "))
            })
            .collect();
        if rules.is_empty() { "none".to_owned() } else { rules.join("; ") }
    };
    format!("{} → {}", shown(old), shown(new))
}

fn without_targets(value: Option<&Value>) -> Vec<Value> {
    let mut rules = value.map(as_list).unwrap_or_default();
    for rule in rules.iter_mut().filter_map(Value::as_object_mut) {
        rule.shift_remove("Next");
    }
    rules
}

/// Returns where a state leads, by what leads there.
fn edges(state: &Value) -> BTreeMap<String, Vec<String>> {
    let mut edges: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut add = |way: String, to: &Value| {
        if let Some(to) = to.as_str() {
            edges.entry(way).or_default().push(to.to_owned());
        }
    };
    add("next".to_owned(), &state["Next"]);
    add("otherwise".to_owned(), &state["Default"]);
    if state["End"] == true {
        add("next".to_owned(), &"the end".into());
    }
    for rule in state["Choices"].as_array().into_iter().flatten() {
        add(
            format!(
                "if {}",
                text(&rest_of_rule(rule)).replace(['\u{1}', '\u{2}', '\u{3}'], " ").trim()
            ),
            &rule["Next"],
        );
    }
    for rule in state["Catch"].as_array().into_iter().flatten() {
        let errors = as_list(&rule["ErrorEquals"]).iter().map(text).collect::<Vec<_>>().join(", ");
        add(format!("on {errors}"), &rule["Next"]);
    }
    edges
}

fn rest_of_rule(rule: &Value) -> Value {
    without_targets(Some(rule)).pop().unwrap_or_default()
}
