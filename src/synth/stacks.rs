//! The stacks in the order of deployment.

use std::collections::BTreeMap;
use std::thread;

use crate::archive::Archive;
use crate::manifest::Entry;
use crate::model::{Name, Pipeline};
use crate::stacks::{catalog, functions, identity, network, operations, storage, workflows};
use crate::workflow::StateMachine;

use super::output::{Output, Rendered};
use crate::verify;

/// Adds every stack that the model gives.
pub(super) fn add(
    pipeline: &Pipeline,
    machines: &[StateMachine],
    archives: &BTreeMap<Name, Archive>,
    output: &mut Output,
) {
    output.problems.extend(functions::problems(pipeline));
    for stack in [network::stack(pipeline), storage::stack(pipeline)] {
        output.add(output.render(stack));
    }
    add_catalog(pipeline, output);
    let definitions: BTreeMap<_, _> =
        machines.iter().map(|machine| (machine.name.clone(), machine.definition.clone())).collect();
    output.add(output.render(identity::stack(pipeline, machines)));
    output.add(output.render(functions::stack(pipeline, archives)));
    if !machines.is_empty() {
        output.add(output.render(workflows::stack(pipeline, &definitions)));
    }
    output.add(output.render(operations::stack(pipeline)));
}

/// Thousands of tables make megabytes of template: two threads make, render and drop one stack at a time.
fn add_catalog(pipeline: &Pipeline, output: &mut Output) {
    let parts = match catalog::stacks(pipeline) {
        Ok(parts) => parts,
        Err(problems) => return output.problems.extend(problems),
    };
    let (here, there) = parts.split_at(parts.len().div_ceil(2));
    let render = |parts: &[catalog::Part]| -> Vec<Rendered> {
        parts.iter().map(|part| output.render(part.stack(pipeline))).collect()
    };
    let (first, second) = if there.is_empty() {
        (render(here), Vec::new())
    } else {
        thread::scope(|scope| {
            let other = scope.spawn(|| render(there));
            (render(here), other.join().expect("rendering does not panic"))
        })
    };
    first.into_iter().chain(second).for_each(|rendered| output.add(rendered));
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
