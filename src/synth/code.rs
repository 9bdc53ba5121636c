//! The code of the Lambdas, parsed once and read from each handler.

use rayon::prelude::*;

use crate::diagnostic::Diagnostic;
use crate::model::{Lambda, Pipeline};
use crate::python::{Calls, Code};
use crate::verify;
use crate::workflow::StateMachine;

use super::materials::{Materials, folder};

/// Tells where the code of the Lambdas and their capabilities disagree, and where the code is no Python.
pub(super) fn problems(
    pipeline: &Pipeline,
    machines: &[StateMachine],
    materials: &Materials,
) -> Vec<Diagnostic> {
    let shared = materials.shared.par_iter().filter(|shared| is_module(&shared.source.path));
    let shared: Vec<_> = shared
        .map(|one| (one.folder.as_str(), Code::parse(&one.source.path, one.file, &one.source.text)))
        .collect();
    let lambdas = pipeline.lambdas.par_iter().filter(|lambda| is_python(lambda));
    let told = lambdas.map(|lambda| match calls(lambda, materials, &shared) {
        Ok(Some(calls)) => verify::capabilities(pipeline, lambda, machines, &calls),
        Ok(None) => Vec::new(),
        Err(problem) => vec![problem],
    });
    let told: Vec<_> = told.collect();
    let broken = shared.into_iter().filter_map(|(_, code)| code.err());
    broken.chain(told.into_iter().flatten()).collect()
}

fn is_python(lambda: &Lambda) -> bool {
    is_module(&lambda.file) && lambda.runtime.starts_with("python")
}

fn is_module(path: &str) -> bool {
    path.rsplit('.').next() == Some("py")
}

type Parsed<'a> = (&'a str, Result<Option<Code>, Diagnostic>);

/// Reads what a Lambda's code asks of AWS; nothing when the code is too deep to be followed.
fn calls(
    lambda: &Lambda,
    materials: &Materials,
    shared: &[Parsed],
) -> Result<Option<Calls>, Diagnostic> {
    let Some(file) = materials.own.get(&lambda.file) else { return Ok(None) };
    let folder = folder(lambda);
    let path = lambda.file.strip_prefix(folder).unwrap_or(&lambda.file).trim_start_matches('/');
    let Some(own) = Code::parse(path, *file, &lambda.code)? else { return Ok(None) };
    let beside = shared.iter().filter(|(found, _)| *found == folder);
    let beside = beside.filter_map(|(_, code)| code.as_ref().ok()?.as_ref());
    let codes: Vec<_> = std::iter::once(&own).chain(beside).collect();
    Ok(Some(Calls::of(&codes, 0)))
}
