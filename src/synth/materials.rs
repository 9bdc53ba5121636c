//! What goes into the files beside the pipeline: code that Lambdas share, and templates of text files.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::archive::Source;
use crate::diagnostic::{Diagnostic, FileId, Span};
use crate::hash::Digest;
use crate::model::{Lambda, Pipeline};
use crate::project::Project;
use crate::text::{self, Template, Templates, TextFile};

/// Code that Lambdas share, and templates of text files.
#[derive(Debug, Default)]
pub struct Materials {
    /// The files of the Lambdas' own modules, by path.
    pub(super) own: BTreeMap<String, FileId>,
    pub(super) shared: Vec<Shared>,
    templates: Templates,
}

/// The templates of a project.
#[derive(Clone, Debug, Default)]
pub struct TemplateFiles {
    templates: Templates,
    /// The paths of those that cannot be read.
    unreadable: Vec<String>,
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

/// A file of a package beside the Lambdas.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) folder: String,
    pub(super) file: FileId,
    pub(super) source: Source,
}

impl TemplateFiles {
    /// Reads the templates as far as they can be read; that others cannot is told where they are needed.
    pub fn read(project: &mut Project) -> Self {
        let (mut list, mut unreadable) = (Vec::new(), Vec::new());
        for path in templates(project) {
            match template(&path, project) {
                Ok(template) => list.push(template),
                Err(_) => unreadable.push(path),
            }
        }
        Self { templates: Templates::new(list), unreadable }
    }
}

impl Materials {
    /// Reads what pipelines need from their project beside the templates: the packages in the folders of their Lambdas.
    pub fn of(
        pipelines: &[Pipeline],
        files: TemplateFiles,
        project: &mut Project,
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut materials = Self { templates: files.templates, ..Self::default() };
        let mut problems = Vec::new();
        for lambda in pipelines.iter().flat_map(|pipeline| &pipeline.lambdas) {
            let folder = folder(lambda);
            if let Ok(file) = project.load(&lambda.file) {
                materials.own.insert(lambda.file.clone(), file);
            }
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
        let wanted_at = pipelines.first().map_or_else(Span::default, |p| p.workarea.span);
        let unreadable = files.unreadable.iter();
        problems.extend(unreadable.filter_map(|path| project.named(path, wanted_at).err()));
        if problems.is_empty() { Ok(materials) } else { Err(problems) }
    }

    /// Returns the shared files of a Lambda's folder.
    pub(super) fn shared_of(&self, lambda: &Lambda) -> impl Iterator<Item = &Source> {
        let folder = folder(lambda);
        let files = self.shared.iter().filter(move |shared| shared.folder == folder);
        files.map(|shared| &shared.source)
    }

    /// Returns the text files with their digests.
    pub(super) fn texts(
        &self,
        pipeline: &Pipeline,
    ) -> Result<Vec<(TextFile, Digest)>, Vec<Diagnostic>> {
        let files = text::render(pipeline, &self.templates)?.into_par_iter();
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

fn template(path: &str, project: &mut Project) -> Result<Template, String> {
    let built_in = BUILT_IN.iter().find(|(known, _)| *known == path);
    let file = match built_in {
        Some((_, text)) if !project.has(path) => project.add(path, (*text).to_owned()),
        _ => project.load(path)?,
    };
    Ok(Template { path: path.to_owned(), file, text: project.text(file).to_owned() })
}

fn shared(folder: &str, path: &str, file: FileId, project: &Project) -> Shared {
    let inside = path.strip_prefix(folder).map_or(path, |rest| rest.trim_start_matches('/'));
    let source = Source::new(inside, project.text(file));
    Shared { folder: folder.to_owned(), file, source }
}

pub(super) fn folder(lambda: &Lambda) -> &str {
    lambda.file.rsplit_once('/').map_or("", |(folder, _)| folder)
}
