//! From a pipeline to the files of its environment; pure: the same pipeline gives the same bytes.

mod code;
mod materials;
mod output;
mod stacks;

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::archive::{self, Archive};
use crate::diagnostic::Diagnostic;
use crate::model::{Name, Pipeline};
use crate::stacks::{catalog, functions};
use crate::verify::{self, Depth};
use crate::workflow::{self, StateMachine};

pub use materials::{Materials, TemplateFiles};
pub use output::{File, Form};

use output::Output;

/// Returns the files of the pipeline's environment, and what is wrong with them; with an error among that, the files are
/// not whole and must not be written.
pub fn synth(
    pipeline: &Pipeline,
    materials: &Materials,
    form: Form,
    depth: Depth,
) -> (Vec<File>, Vec<Diagnostic>) {
    // The stacks come first, for the templates of the texts may still be in the making.
    let (mut output, texts) = rayon::join(
        || stacks(pipeline, materials, Output::new(pipeline, form, depth)),
        || materials.texts(pipeline),
    );
    for text in output.kept(texts) {
        output.text(text);
    }
    output.finish()
}

/// Adds all stacks, with what they need and what follows from them.
fn stacks<'a>(pipeline: &'a Pipeline, materials: &Materials, mut output: Output<'a>) -> Output<'a> {
    let (archives, machines) =
        rayon::join(|| archives(pipeline, materials), || workflow::compile(pipeline));
    let machines = output.kept(machines);
    output.problems.extend(functions::problems(pipeline));
    let parts = output.kept(catalog::stacks(pipeline));
    for stack in stacks::rendered(pipeline, &parts, &machines, &archives, &output) {
        output.add(stack);
    }
    for archive in archives.into_values() {
        output.archive(archive);
    }
    stacks::add_extra(pipeline, &mut output);
    let (definitions, ()) = rayon::join(
        || definitions(pipeline, &machines),
        || stacks::add_bootstrap(pipeline, &machines, &mut output),
    );
    for (file, problems) in definitions {
        output.problems.extend(problems);
        output.file(file);
    }
    output.access(&machines);
    if output.depth == Depth::Everything {
        output.problems.extend(code::problems(pipeline, &machines, materials));
    }
    output
}

fn archives(pipeline: &Pipeline, materials: &Materials) -> BTreeMap<Name, Archive> {
    let packed = |lambda| archive::lambda(lambda, materials.shared_of(lambda));
    pipeline.lambdas.par_iter().map(|lambda| (lambda.name.clone(), packed(lambda))).collect()
}

/// Returns the definitions as files, and what is wrong with them.
fn definitions(pipeline: &Pipeline, machines: &[StateMachine]) -> Vec<(File, Vec<Diagnostic>)> {
    let files = machines.par_iter().map(|machine| {
        let path = format!("state-machines/{}.asl.json", pipeline.machine_name(&machine.name));
        (File::new(path, output::json(&machine.definition)), verify::definition(pipeline, machine))
    });
    files.collect()
}
