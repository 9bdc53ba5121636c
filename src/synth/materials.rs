//! What goes into the files beside the pipeline: code that Lambdas share, and templates of text files.

use crate::diagnostic::{Diagnostic, FileId};
use crate::model::{Lambda, Pipeline};
use crate::project::Project;
use crate::text::{self, Template};

use super::output::Output;

/// Code that Lambdas share, and templates of text files.
#[derive(Debug, Default)]
pub struct Materials {
    shared: Vec<Shared>,
    templates: Vec<Source>,
}

/// The template of `config.ini`, and the folder of those of Hive scripts.
const CONFIG: &str = "blueprints/config.ini.hbs";
const SCRIPTS: &str = "hive-scripts";

/// The file of a template.
#[derive(Debug)]
struct Source {
    path: String,
    file: FileId,
    text: String,
}

/// A file of a package beside the Lambdas.
#[derive(Debug)]
struct Shared {
    folder: String,
    path: String,
    text: String,
}

impl Materials {
    /// Reads what a pipeline needs from its project: the packages in the folders of its Lambdas, and the templates.
    pub fn of(pipeline: &Pipeline, project: &mut Project) -> Result<Self, Vec<Diagnostic>> {
        let mut materials = Self::default();
        let mut problems = Vec::new();
        for lambda in &pipeline.lambdas {
            let folder = folder(lambda);
            if materials.shared.iter().any(|shared| shared.folder == folder) {
                continue;
            }
            for path in project.packages(folder) {
                match project.named(&path, lambda.span) {
                    Ok(file) => materials.shared.push(shared(folder, &path, file, project)),
                    Err(problem) => problems.push(problem),
                }
            }
        }
        let scripts = project
            .files(SCRIPTS)
            .into_iter()
            .filter(|path| path.rsplit('.').next() == Some("hbs"));
        for path in scripts.chain([CONFIG.to_owned()]) {
            match project.named(&path, pipeline.workarea.span) {
                Ok(file) => {
                    let text = project.text(file).to_owned();
                    materials.templates.push(Source { path, file, text });
                }
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() { Ok(materials) } else { Err(problems) }
    }

    /// Returns the shared files of a Lambda's folder, with their paths in its archive.
    pub(super) fn shared_of(&self, lambda: &Lambda) -> Vec<(&str, &[u8])> {
        let folder = folder(lambda);
        let files = self.shared.iter().filter(|shared| shared.folder == folder);
        files.map(|shared| (shared.path.as_str(), shared.text.as_bytes())).collect()
    }

    /// Adds the text files.
    pub(super) fn texts(&self, pipeline: &Pipeline, output: &mut Output) {
        let templates: Vec<_> = self
            .templates
            .iter()
            .map(|source| Template { path: &source.path, file: source.file, text: &source.text })
            .collect();
        let files = match text::render(pipeline, &templates) {
            Ok(files) => files,
            Err(problems) => return output.problems.extend(problems),
        };
        for file in files {
            output.text(file);
        }
    }
}

fn shared(folder: &str, path: &str, file: FileId, project: &Project) -> Shared {
    let inside = path.strip_prefix(folder).map_or(path, |rest| rest.trim_start_matches('/'));
    let text = project.text(file).to_owned();
    Shared { folder: folder.to_owned(), path: inside.to_owned(), text }
}

fn folder(lambda: &Lambda) -> &str {
    lambda.file.rsplit_once('/').map_or("", |(folder, _)| folder)
}
