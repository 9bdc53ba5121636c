//! The stacks in the order of deployment.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::archive::Archive;
use crate::manifest::Entry;
use crate::model::{Name, Pipeline};
use crate::stacks::{
    bootstrap, catalog, functions, identity, network, operations, storage, workflows,
};
use crate::template::Stack;
use crate::verify;
use crate::workflow::StateMachine;

use super::output::{Output, Rendered};

/// Makes a stack.
type Make<'a> = Box<dyn Fn() -> Stack + Send + Sync + 'a>;

/// Returns every stack that the model gives, rendered. Thousands of tables make megabytes of template, so each stack is made,
/// rendered and dropped on its own, side by side with others.
pub(super) fn rendered(
    pipeline: &Pipeline,
    parts: &[catalog::Part],
    machines: &[StateMachine],
    archives: &BTreeMap<Name, Archive>,
    output: &Output,
) -> Vec<Rendered> {
    let mut stacks: Vec<Make> =
        vec![Box::new(|| network::stack(pipeline)), Box::new(|| storage::stack(pipeline))];
    stacks.extend(parts.iter().map(|part| Box::new(|| part.stack(pipeline)) as Make));
    stacks.push(Box::new(|| identity::stack(pipeline, machines)));
    stacks.push(Box::new(|| functions::stack(pipeline, archives)));
    if !machines.is_empty() {
        stacks.push(Box::new(|| workflows::stack(pipeline, machines)));
    }
    stacks.push(Box::new(|| operations::stack(pipeline)));
    stacks.par_iter().with_max_len(1).map(|make| output.render(make())).collect()
}

/// Adds the templates that the blueprint carries along.
pub(super) fn add_extra(pipeline: &Pipeline, output: &mut Output) {
    output.problems.extend(verify::extra_stacks(pipeline, &output.outlines));
    for extra in &pipeline.extra_stacks {
        output.add_template(extra.name.as_str(), &extra.json, |path, bytes| {
            Entry::of_extra(extra, path, bytes)
        });
    }
}

/// Adds the stack that the others are deployed with; it comes last, for it follows from what they hold.
pub(super) fn add_bootstrap(pipeline: &Pipeline, machines: &[StateMachine], output: &mut Output) {
    output.add_bootstrap(|stacks, types| {
        bootstrap::template(pipeline, bootstrap::Held { stacks, types, machines })
    });
}
