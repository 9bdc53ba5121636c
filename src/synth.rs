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

pub use materials::Materials;
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
    let mut output = Output::new(pipeline, form, depth);
    let archives = archives(pipeline, materials);
    for archive in archives.values() {
        output.archive(archive);
    }
    let machines = machines(pipeline, &mut output);
    output.problems.extend(functions::problems(pipeline));
    let parts = output.kept(catalog::stacks(pipeline));
    let (texts, rendered) = rayon::join(
        || materials.texts(pipeline),
        || stacks::rendered(pipeline, &parts, &machines, &archives, &output),
    );
    for stack in rendered {
        output.add(stack);
    }
    for text in output.kept(texts) {
        output.text(text);
    }
    stacks::add_extra(pipeline, &mut output);
    stacks::add_bootstrap(pipeline, &machines, &mut output);
    if depth == Depth::Everything {
        output.problems.extend(code::problems(pipeline, &machines, materials));
    }
    output.finish()
}

fn archives(pipeline: &Pipeline, materials: &Materials) -> BTreeMap<Name, Archive> {
    let packed = |lambda| archive::lambda(lambda, &materials.shared_of(lambda));
    pipeline.lambdas.iter().map(|lambda| (lambda.name.clone(), packed(lambda))).collect()
}

fn machines(pipeline: &Pipeline, output: &mut Output) -> Vec<StateMachine> {
    let machines = output.kept(workflow::compile(pipeline));
    let checked = machines.par_iter().map(|machine| {
        (verify::definition(machine), format!("{:#}\n", machine.definition).into_bytes())
    });
    let checked: Vec<_> = checked.collect();
    for (machine, (problems, text)) in machines.iter().zip(checked) {
        output.problems.extend(problems);
        let path = format!("state-machines/{}.asl.json", pipeline.machine_name(&machine.name));
        output.file(path, text);
    }
    machines
}
