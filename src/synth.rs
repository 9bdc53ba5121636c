//! From a pipeline to the files of its environment; pure: the same pipeline gives the same bytes.

use crate::diagnostic::Diagnostic;
use crate::manifest::manifest;
use crate::model::Pipeline;
use crate::project::Project;

/// What goes into the files beside the pipeline.
#[derive(Debug)]
pub struct Materials {}

impl Materials {
    /// Reads what a pipeline needs from its project.
    pub fn of(_: &Pipeline, _: &mut Project) -> Result<Self, Vec<Diagnostic>> {
        Ok(Self {})
    }
}

/// A file below `out/<environment>/`.
#[derive(Clone, Debug)]
pub struct File {
    /// Its path there, with `/` between folders.
    pub path: String,
    /// What is in it.
    pub bytes: Vec<u8>,
    /// Whether it is an asset: named after its content, and ignored by git.
    pub is_asset: bool,
}

/// The form of templates.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Form {
    /// For people.
    Yaml,
    /// For programs.
    Json,
}

/// Returns the files of the pipeline's environment, and what is wrong with them.
pub fn synth(pipeline: &Pipeline, _: &Materials, _: Form) -> (Vec<File>, Vec<Diagnostic>) {
    let paths = ["manifest.json".to_owned()];
    let text = format!("{:#}\n", manifest(pipeline, &[], &[], &paths));
    (vec![File { path: paths[0].clone(), bytes: text.into_bytes(), is_asset: false }], Vec::new())
}
