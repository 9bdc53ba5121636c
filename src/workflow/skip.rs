//! Steps that are skipped: because a field is there, because `start_at` names a later machine, or because nothing is left
//! to do.

use serde_json::{Map, Value, json};

use crate::diagnostic::Span;
use crate::model::{Action, Step};

use super::failure::Trouble;
use super::fields::Fields;
use super::graph::End;
use super::machine::Lowering;
use super::outcome::{any, one_of};
use super::task::key;

const START_AT: &str = "$.Input.start_at";

impl Lowering<'_> {
    /// Adds the choice of a step with `unless`; returns the end at which the step is skipped.
    pub(super) fn skip_unless(&mut self, step: &Step) -> Vec<End> {
        let Some((field, span)) = &step.unless else { return Vec::new() };
        let Some(path) = self.fields.path_if_any(field).map(str::to_owned) else {
            self.missing(field, "unless", *span);
            return Vec::new();
        };
        let name = format!("{}: needed?", step.name);
        let choice = json!({"Type": "Choice", "Choices": when_empty(&path, ""), "Default": ""});
        self.graph.add_with_ends(&name, choice, &WHEN_EMPTY);
        vec![(name, "/Default")]
    }

    /// Adds the end of the machine when a field is empty; behind it the field is sure to be there.
    pub(super) fn stop_if_empty(&mut self, step: &Step, field: &str, span: Span) {
        let Some(path) = self.fields.path_if_any(field).map(str::to_owned) else {
            return self.missing(field, "stop_if_empty", span);
        };
        let stop = format!("{}: stop", step.name);
        let choice = json!({"Type": "Choice", "Choices": when_empty(&path, &stop), "Default": ""});
        self.graph.add_with_ends(&step.name, choice, &["/Default"]);
        self.graph.add_beside(&stop, self.ending());
        self.fields.found(field);
    }

    /// Lets `start_at` name only what it can: an unknown value fails before anything runs.
    pub(super) fn check_start_at(&mut self, steps: &[Step]) {
        let machines = runs(steps);
        let cause = format!(
            "States.Format('start_at is {{}}, and must be one of {}', States.JsonToString({START_AT}))",
            machines.join(", ")
        );
        let unknown = self.fail("start_at: unknown", "start_at", &cause, Trouble::Status);
        let choice = json!({
            "Type": "Choice",
            "Choices": [{"Variable": START_AT, "IsPresent": false, "Next": ""}, any(START_AT, &machines, "")],
            "Default": unknown,
        });
        self.graph.add_with_ends("start_at?", choice, &["/Choices/0/Next", "/Choices/1/Next"]);
    }

    /// Adds the choice that skips a machine when `start_at` names a later one. A machine that launches or terminates a
    /// cluster always runs: what comes behind needs it.
    pub(super) fn skip_before_start(&mut self, step: &Step, later: &[Step]) -> Vec<End> {
        let later = runs(later);
        let Action::Run { machine, .. } = &step.action else { return Vec::new() };
        if !self.machine.start_at || later.is_empty() || self.pipeline.effect(machine).is_some() {
            return Vec::new();
        }
        let name = format!("{}: start_at?", step.name);
        let mut skip = one_of(START_AT, &later);
        skip["Next"] = "".into();
        let absent = json!({"Variable": START_AT, "IsPresent": false, "Next": ""});
        let choice = json!({"Type": "Choice", "Choices": [absent, skip], "Default": ""});
        self.graph.add_with_ends(&name, choice, &["/Choices/0/Next", "/Default"]);
        vec![(name, "/Choices/1/Next")]
    }

    /// Brings the way around a step and the way through it together. Fields that the step produced stand in one place
    /// afterwards: the way around copies them there, and one that it does not have may be missing from then on.
    pub(super) fn join(&mut self, step: &Step, before: &Fields, skips: Vec<End>) {
        if skips.is_empty() {
            return;
        }
        let base = format!("$.Steps.{}", key(&step.name));
        let tested = step.unless.as_ref().map(|(field, _)| field.as_str());
        let mut copied = Map::new();
        let after = self.fields.clone();
        for (field, path) in after.sure().filter(|(field, path)| before.path(field) != Some(path)) {
            let source =
                if tested == Some(field) { before.path_if_any(field) } else { before.path(field) };
            match (source, path.strip_prefix(&base)) {
                (Some(source), Some(below)) => insert_below(&mut copied, below, source),
                _ => self.fields.allow(field, path.to_owned()),
            }
        }
        let through = self.graph.take_open();
        self.graph.open(skips);
        if !copied.is_empty() {
            let pass =
                json!({"Type": "Pass", "Parameters": copied, "ResultPath": base, "Next": ""});
            self.graph.add(&format!("{}: skipped", step.name), pass);
        }
        self.graph.open(through);
    }
}

/// Puts `{"a": {"b.$": source}}` where `below` is `.a.b`.
fn insert_below(object: &mut Map<String, Value>, below: &str, source: &str) {
    let below = below.trim_start_matches('.');
    match below.split_once('.') {
        None => {
            object.insert(format!("{below}.$"), source.into());
        }
        Some((first, rest)) => {
            let inner = object.entry(first).or_insert_with(|| json!({}));
            if let Value::Object(inner) = inner {
                insert_below(inner, rest, source);
            }
        }
    }
}

/// Rules for a field that is missing, null or empty: three, because a test of an absent field fails the execution.
fn when_empty(path: &str, next: &str) -> [Value; 3] {
    [
        json!({"Variable": path, "IsPresent": false, "Next": next}),
        json!({"Variable": path, "IsNull": true, "Next": next}),
        json!({"Variable": path, "StringEquals": "", "Next": next}),
    ]
}

const WHEN_EMPTY: [&str; 3] = ["/Choices/0/Next", "/Choices/1/Next", "/Choices/2/Next"];

/// Returns the machines that steps run.
fn runs(steps: &[Step]) -> Vec<String> {
    let machine = |step: &Step| match &step.action {
        Action::Run { machine, .. } => Some(machine.to_string()),
        Action::Call { .. }
        | Action::Poll { .. }
        | Action::Emr { .. }
        | Action::Load { .. }
        | Action::Notify(_)
        | Action::StopIfEmpty(..) => None,
    };
    steps.iter().filter_map(machine).collect()
}
