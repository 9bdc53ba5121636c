//! Loads: every table of a kind is copied, loaded and archived by commands on the cluster.

use serde_json::{Map, Value, json};

use crate::diagnostic::Span;
use crate::model::{COMMANDS_OF_A_LOAD, Capability, Kind, Step, Table, Timing};

use super::command::{Command, Paths, with_arguments};
use super::failure::{Trouble, item_ends};
use super::fields::Fields;
use super::graph::Graph;
use super::limit;
use super::machine::Lowering;
use super::task::{Given, key};

/// What names made here have at most, so that the states made from them stay within 80 characters.
const LONGEST: usize = 60;

impl Lowering<'_> {
    /// Adds the states that load all tables of a kind: those at the usual places in a Map, so that the definition does not
    /// grow with them; one alone, or with locations of its own, in states of its own.
    pub(super) fn load(&mut self, step: &Step, kind: Kind, timing: Timing, concurrency: u32) {
        let pipeline = self.pipeline;
        let (usual, own): (Vec<_>, Vec<_>) =
            pipeline.tables_of(kind).partition(|table| stands_as_usual(table));
        let alone = usual.len() + own.len() == 1;
        let (mapped, single) =
            if usual.len() > 1 { (usual, own) } else { (vec![], [usual, own].concat()) };
        let rounds = (mapped.len(), COMMANDS_OF_A_LOAD, concurrency);
        limit::time(self.machine, rounds, timing, (step.span, self.problems));
        if !mapped.is_empty() {
            self.map(step, kind, &mapped, (timing, concurrency));
        }
        for table in single {
            let name =
                if alone { step.name.clone() } else { format!("{}: {}", step.name, table.name) };
            self.single(&shortened(&name), table, (step.span, timing));
        }
    }

    fn single(&mut self, name: &str, table: &Table, when: (Span, Timing)) {
        let base = format!("$.Steps.{}", key(name));
        let commands = Paths::of_table(self.pipeline, table).commands("$1", "$2");
        let result = texts(&commands);
        let pass = json!({"Type": "Pass", "Result": result, "ResultPath": base, "Next": ""});
        self.graph.add(&format!("{name}: commands"), pass);
        let table = Given::Value(table.name.as_str().into());
        let cluster = self.cluster();
        self.commands((name, &base), &commands, (&table, &["$.Run", &cluster]), when);
    }

    /// Returns where the id of the cluster stands, which tells the loads of one cluster from those of others.
    fn cluster(&self) -> String {
        self.fields.path("ClusterId").unwrap_or("'unknown'").to_owned()
    }

    fn commands(
        &mut self,
        (name, base): (&str, &str),
        commands: &[Command],
        (table, arguments): (&Given, &[&str]),
        (span, timing): (Span, Timing),
    ) {
        for command in commands {
            let state = shortened(&format!("{name}: {}", command.name));
            let text = format!("{base}.{}", command.name);
            let given = Given::Path(with_arguments(&text, arguments));
            self.command(&state, shown(command, table), given, (span, timing));
            self.events += limit::EVENTS_OF_A_STEP;
        }
    }

    fn map(
        &mut self,
        step: &Step,
        kind: Kind,
        tables: &[&Table],
        (timing, concurrency): (Timing, u32),
    ) {
        let base = format!("$.Steps.{}", key(&step.name));
        let names: Value = tables.iter().map(|table| table.name.as_str()).collect();
        limit::payload(&names, tables.len(), step.span, self.problems);
        let commands = Paths::of_kind(self.pipeline, kind).commands("$2", "$3");
        let result = json!({"Tables": names, "Commands": texts(&commands)});
        let pass = json!({"Type": "Pass", "Result": result, "ResultPath": base, "Next": ""});
        self.graph.add(&format!("{}: tables", step.name), pass);
        let fields = self.item_fields();
        let (processor, events) = self.item(&fields, |lowering| {
            let table = Given::Path("$.Table".to_owned());
            let cluster = lowering.cluster();
            let arguments = ["$.Table", "$.Run", &cluster];
            let place = (step.name.as_str(), "$.Commands");
            lowering.commands(place, &commands, (&table, &arguments), (step.span, timing));
        });
        let all = events * tables.len() as u64;
        let inline =
            all <= limit::EVENTS_OF_INLINE_ITEMS && concurrency <= limit::INLINE_CONCURRENCY;
        if inline {
            self.events += all;
        } else {
            self.distributed = true;
            limit::item_events(events, step.span, self.problems);
        }
        let map = self.map_state(step, &fields, processor, (inline, concurrency));
        self.graph.add(&step.name, map);
        self.all_loaded(step, &base, tables.len());
    }

    /// Returns the fields that the Lambdas of a command read and that are known here, with their paths.
    fn item_fields(&mut self) -> Vec<(String, String)> {
        let capabilities = [Capability::SubmitStep, Capability::DescribeStep];
        let lambdas = capabilities.iter().filter_map(|can| self.pipeline.lambda_that_can(*can));
        let mut fields = Vec::new();
        for read in lambdas.flat_map(|lambda| &lambda.reads) {
            if let Some(path) = self.fields.path(&read.name)
                && !fields.iter().any(|(field, _)| *field == read.name)
            {
                fields.push((read.name.clone(), path.to_owned()));
            }
        }
        fields
    }

    /// Returns the states of an item, and how many history events they can take.
    fn item(
        &mut self,
        fields: &[(String, String)],
        states: impl FnOnce(&mut Self),
    ) -> (Graph, u64) {
        let mut inner = Fields::default();
        for (field, _) in fields {
            inner.produce(field, format!("$.Fields.{field}"));
        }
        let graph = std::mem::take(&mut self.graph);
        let fields = std::mem::replace(&mut self.fields, inner);
        let events = std::mem::replace(&mut self.events, limit::EVENTS_OF_A_MACHINE);
        self.in_item = true;
        states(self);
        self.in_item = false;
        let [(loaded, state), others @ ..] = item_ends();
        self.graph.add_with_ends(loaded, state, &[]);
        for (name, state) in others {
            self.graph.add_failure(name, state);
        }
        self.fields = fields;
        let item = std::mem::replace(&mut self.graph, graph);
        (item, std::mem::replace(&mut self.events, events))
    }

    /// Returns the Map. One broken item ends it, whatever its mode: the others would meet the same error.
    fn map_state(
        &mut self,
        step: &Step,
        fields: &[(String, String)],
        processor: Graph,
        (inline, concurrency): (bool, u32),
    ) -> Value {
        let base = format!("$.Steps.{}", key(&step.name));
        let fields: Map<_, _> =
            fields.iter().map(|(field, path)| (format!("{field}.$"), json!(path))).collect();
        let (start, states) = processor.finish();
        let config = if inline {
            json!({"Mode": "INLINE"})
        } else {
            json!({"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"})
        };
        let failed = self.catch(&step.name);
        let mut map = json!({
            "Type": "Map",
            "ItemsPath": format!("{base}.Tables"),
            "MaxConcurrency": concurrency,
            "ItemSelector": {
                "Table.$": "$$.Map.Item.Value",
                "Run.$": "$.Run",
                "Commands.$": format!("{base}.Commands"),
                "Execution.$": "$$.Execution.Name",
                "Fields": fields,
                "Steps": {},
            },
            "ItemProcessor": {"ProcessorConfig": config, "StartAt": start, "States": states},
            "ResultSelector": {
                "Ended.$": "States.ArrayLength($[*].Failure)",
                "Failures.$": "States.JsonToString(States.ArrayUnique($[*].Failure))",
            },
            "ResultPath": base,
            "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.Failure", "Next": failed}],
            "Next": "",
        });
        if !inline {
            map["ToleratedFailureCount"] = 0.into();
        }
        map
    }

    /// Adds the choice behind a Map: every table must have ended, and those that could not be loaded were collected with
    /// their causes.
    fn all_loaded(&mut self, step: &Step, base: &str, tables: usize) {
        let (ended, failures) = (format!("{base}.Ended"), format!("{base}.Failures"));
        let cause =
            format!("States.Format('{{}} of {tables} tables ended: {{}}', {ended}, {failures})");
        let failed =
            self.fail(&format!("{}: failed", step.name), &step.name, &cause, Trouble::Status);
        let all = json!({"Variable": ended, "NumericEquals": tables});
        let none = json!({"Variable": failures, "StringEquals": "[\"\"]"});
        let loaded = json!({"And": [all, none], "Next": ""});
        let choice = json!({"Type": "Choice", "Choices": [loaded], "Default": failed});
        self.graph.add_with_ends(
            &format!("{}: all loaded?", step.name),
            choice,
            &["/Choices/0/Next"],
        );
    }
}

/// Returns the commands as data of the state machine, by name.
fn texts(commands: &[Command]) -> Value {
    let texts = commands.iter().map(|command| (command.name.to_owned(), command.text().into()));
    Value::Object(texts.collect())
}

/// Returns what a command is called on the cluster.
fn shown(command: &Command, table: &Given) -> Given {
    match table {
        Given::Value(name) => {
            Given::Value(format!("{} {}", command.name, name.as_str().unwrap_or_default()).into())
        }
        Given::Path(path) => Given::Path(format!("States.Format('{} {{}}', {path})", command.name)),
    }
}

/// Tells whether the commands find a table by its name alone.
fn stands_as_usual(table: &Table) -> bool {
    let own = &table.locations;
    own.landing.is_none() && own.stage.is_none() && own.archive.is_none()
}

/// Cuts a name that is too long; a hash of the whole keeps two long names apart.
fn shortened(name: &str) -> String {
    if name.chars().count() <= LONGEST {
        return name.to_owned();
    }
    let hash = crate::hash::short(name.as_bytes());
    let kept: String = name.chars().take(LONGEST - hash.len() - 1).collect();
    format!("{kept} {hash}")
}
