//! One state machine: its steps in order, then its failure path.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::diagnostic::Problems;
use crate::model::{Action, Effect, Machine, Name, Pipeline, Step};

use super::fields::Fields;
use super::graph::Graph;
use super::task::{Call, Given, UNUSED};
use super::{StateMachine, command, limit};

/// A machine on its way from steps to states.
pub(super) struct Lowering<'a> {
    pub(super) pipeline: &'a Pipeline,
    pub(super) machine: &'a Machine,
    pub(super) problems: &'a mut Problems,
    pub(super) graph: Graph,
    pub(super) fields: Fields,
    /// Whether this execution owns a cluster here.
    pub(super) owns: bool,
    /// The fields as they were when it came to own one: what a clean-up is given.
    pub(super) owner_fields: Fields,
    /// The states at which the failure path begins.
    pub(super) failure_entries: BTreeSet<&'static str>,
    /// Whether the states are those of a Map's item.
    pub(super) in_item: bool,
    /// History events that an execution can have at most.
    pub(super) events: u64,
    pub(super) distributed: bool,
    pub(super) lambdas: BTreeSet<Name>,
    pub(super) runs: BTreeSet<Name>,
}

/// Compiles a machine that is written as steps.
pub(super) fn compile(
    pipeline: &Pipeline,
    machine: &Machine,
    steps: &[Step],
    problems: &mut Problems,
) -> StateMachine {
    let mut lowering = Lowering::new(pipeline, machine, problems);
    lowering.start(steps);
    for (index, step) in steps.iter().enumerate() {
        lowering.step(step, &steps[index + 1..]);
    }
    let done = lowering.ending();
    lowering.graph.add_with_ends("Done", done, &[]);
    lowering.failure_path();
    limit::events(machine, lowering.events, lowering.problems);
    lowering.finish()
}

impl<'a> Lowering<'a> {
    fn new(pipeline: &'a Pipeline, machine: &'a Machine, problems: &'a mut Problems) -> Self {
        Self {
            pipeline,
            machine,
            problems,
            graph: Graph::default(),
            fields: Fields::default(),
            owns: false,
            owner_fields: Fields::default(),
            failure_entries: BTreeSet::new(),
            in_item: false,
            events: limit::EVENTS_OF_A_MACHINE,
            distributed: false,
            lambdas: BTreeSet::new(),
            runs: BTreeSet::new(),
        }
    }

    /// Adds the state that puts the input aside, so that no result can overwrite it.
    fn start(&mut self, steps: &[Step]) {
        let mut data = json!({"Input.$": "$", "Steps": {}});
        if steps.iter().any(|step| matches!(step.action, Action::Load { .. })) {
            data["Run.$"] = command::run_expression().into();
        }
        self.graph.add("Start", json!({"Type": "Pass", "Parameters": data, "Next": ""}));
        for field in &self.machine.input {
            let path = format!("$.Input.{}", field.name);
            if field.optional {
                self.fields.allow(&field.name, path);
            } else {
                self.fields.produce(&field.name, path);
            }
        }
        if self.machine.start_at {
            self.check_start_at(steps);
        }
    }

    fn step(&mut self, step: &Step, later: &[Step]) {
        self.events += limit::EVENTS_OF_A_STEP;
        let (before, owned) = (self.fields.clone(), self.owns);
        let mut skips = self.skip_unless(step);
        skips.extend(self.skip_before_start(step, later));
        self.action(step);
        self.owns |= owned && !skips.is_empty();
        self.join(step, &before, skips);
    }

    fn action(&mut self, step: &Step) {
        match &step.action {
            Action::Call { invocation, outcomes } => self.call(step, invocation, outcomes),
            Action::Poll { submit, poll, outcomes, timing } => {
                self.submit_and_poll(step, (submit, poll), outcomes, *timing);
            }
            Action::Run { machine, timing } => self.run(step, machine, *timing),
            Action::Emr { command, timing } => self.emr(step, command, *timing),
            Action::Load { kind, timing, concurrency } => {
                self.load(step, *kind, *timing, *concurrency);
            }
            Action::Notify(message) => self.notify(step, message),
            Action::StopIfEmpty(field, span) => self.stop_if_empty(step, field, *span),
        }
    }

    fn notify(&mut self, step: &Step, message: &str) {
        let Some(lambda) = self.capable(crate::model::Capability::PublishMessage, step.span) else {
            return;
        };
        let given = vec![("Message".to_owned(), Given::Value(message.into()))];
        let call = Call { state: &step.name, lambda, given, span: step.span };
        let task = self.task(&call, UNUSED, Map::new());
        self.graph.add(&step.name, task);
    }

    /// Notes what a step that ended well did to the cluster.
    pub(super) fn affect(&mut self, effect: Option<Effect>) {
        match effect {
            Some(Effect::Launches) => {
                self.owns = true;
                self.owner_fields = self.fields.clone();
            }
            Some(Effect::Terminates) => self.owns = false,
            None => {}
        }
    }

    fn finish(self) -> StateMachine {
        let (start, states) = self.graph.finish();
        let mut definition = Map::new();
        if let Some(description) = &self.machine.description {
            definition.insert("Comment".to_owned(), description.as_str().into());
        }
        definition.insert("StartAt".to_owned(), start.into());
        definition.insert("TimeoutSeconds".to_owned(), self.machine.timeout_seconds.into());
        definition.insert("States".to_owned(), states);
        StateMachine {
            name: self.machine.name.clone(),
            definition: Value::Object(definition),
            lambdas: self.lambdas,
            runs: self.runs,
            starts: BTreeMap::new(),
            distributed: self.distributed,
            warnings: Vec::new(),
            span: self.machine.span,
        }
    }
}
