//! State machines compiled to Amazon States Language (JSONPath), after a check of what each step reads.

mod asl;
mod command;
mod failure;
mod fields;
mod graph;
mod limit;
mod load;
mod machine;
mod outcome;
mod poll;
mod skip;
mod task;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde_json::Value;

use crate::diagnostic::{Diagnostic, Problems, Span};
use crate::model::{Body, Machine, Name, Pipeline};

/// A compiled state machine.
#[derive(Clone, Debug)]
pub struct StateMachine {
    /// Its short name.
    pub name: Name,
    /// Its definition in Amazon States Language, all ARNs written out.
    pub definition: Value,
    /// The Lambdas that it calls.
    pub lambdas: BTreeSet<Name>,
    /// The state machines that it tells Lambdas of, which start them.
    pub runs: BTreeSet<Name>,
    /// Those that a Task of its own starts, without a Lambda, each with whether it waits for the end.
    pub starts: BTreeMap<Name, bool>,
    /// Whether it has a Distributed Map, so that it must be allowed to start and watch executions of itself.
    pub distributed: bool,
    /// What a person should know about it.
    pub warnings: Vec<Diagnostic>,
    /// Where its name stands.
    pub span: Span,
}

/// Compiles all state machines, or says at its place what a step reads that is not there, and which limit of Step Functions
/// is passed ("Step Functions service quotas": 25,000 history events, 262,144 bytes of payload, 1,048,576 characters).
pub fn compile(pipeline: &Pipeline) -> Result<Vec<StateMachine>, Vec<Diagnostic>> {
    let compiled: Vec<_> =
        pipeline.machines.par_iter().map(|machine| compile_one(pipeline, machine)).collect();
    let (mut machines, mut problems) = (Vec::new(), Problems::default());
    for (machine, its_problems) in compiled {
        let warnings = its_problems.into_sorted();
        problems.extend(warnings.iter().cloned());
        machines.push(StateMachine { warnings, ..machine });
    }
    if problems.has_errors() { Err(problems.into_sorted()) } else { Ok(machines) }
}

fn compile_one(pipeline: &Pipeline, machine: &Machine) -> (StateMachine, Problems) {
    let mut problems = Problems::default();
    let compiled = match &machine.body {
        Body::Steps(steps) => machine::compile(pipeline, machine, steps, &mut problems),
        Body::Asl { text, span } => asl::compile(pipeline, machine, text, *span, &mut problems),
    };
    limit::definition(&compiled, &mut problems);
    (compiled, problems)
}
