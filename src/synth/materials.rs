//! What goes into the files beside the pipeline: code that Lambdas share, and templates of text files.

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::diagnostic::{Diagnostic, FileId};
use crate::hash::Digest;
use crate::model::{Lambda, Pipeline};
use crate::project::Project;
use crate::text::{self, Template, TextFile};

/// Code that Lambdas share, and templates of text files.
#[derive(Debug, Default)]
pub struct Materials {
    shared: Vec<Shared>,
    templates: Vec<Source>,
}

/// The folder of the templates of Hive scripts.
const SCRIPTS: &str = "hive-scripts";

/// The templates that a project gets when it has none of its own at these paths.
const BUILT_IN: [(&str, &str); 4] = [
    ("blueprints/config.ini.hbs", include_str!("../../blueprints/config.ini.hbs")),
    ("hive-scripts/checked.sql.hbs", include_str!("../../hive-scripts/checked.sql.hbs")),
    (
        "hive-scripts/dimension_process.sql.hbs",
        include_str!("../../hive-scripts/dimension_process.sql.hbs"),
    ),
    ("hive-scripts/fact_process.sql.hbs", include_str!("../../hive-scripts/fact_process.sql.hbs")),
];

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
        for path in templates(project) {
            match template(&path, pipeline, project) {
                Ok(source) => materials.templates.push(source),
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

    /// Returns the text files with their digests.
    pub(super) fn texts(
        &self,
        pipeline: &Pipeline,
    ) -> Result<Vec<(TextFile, Digest)>, Vec<Diagnostic>> {
        let templates: Vec<_> = self
            .templates
            .iter()
            .map(|source| Template { path: &source.path, file: source.file, text: &source.text })
            .collect();
        let files = text::render(pipeline, &templates)?.into_par_iter();
        Ok(files
            .map(|file| {
                let digest = Digest::of(file.content.as_bytes());
                (file, digest)
            })
            .collect())
    }
}

/// Returns the paths of all templates: those that every project has, and more parts in the scripts' folder.
fn templates(project: &Project) -> BTreeSet<String> {
    let own =
        project.files(SCRIPTS).into_iter().filter(|path| path.rsplit('.').next() == Some("hbs"));
    BUILT_IN.iter().map(|(path, _)| (*path).to_owned()).chain(own).collect()
}

fn template(path: &str, pipeline: &Pipeline, project: &mut Project) -> Result<Source, Diagnostic> {
    let built_in = BUILT_IN.iter().find(|(known, _)| *known == path);
    let file = match built_in {
        Some((_, text)) if !project.has(path) => project.add(path, (*text).to_owned()),
        _ => project.named(path, pipeline.workarea.span)?,
    };
    Ok(Source { path: path.to_owned(), file, text: project.text(file).to_owned() })
}

fn shared(folder: &str, path: &str, file: FileId, project: &Project) -> Shared {
    let inside = path.strip_prefix(folder).map_or(path, |rest| rest.trim_start_matches('/'));
    let text = project.text(file).to_owned();
    Shared { folder: folder.to_owned(), path: inside.to_owned(), text }
}

fn folder(lambda: &Lambda) -> &str {
    lambda.file.rsplit_once('/').map_or("", |(folder, _)| folder)
}
