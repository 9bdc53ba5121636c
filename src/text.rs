//! Text files made from templates: the Lambdas' `config.ini` and the Hive scripts.
//!
//! Handlebars renders them in strict mode: a name that does not exist is an error at its place in the template. JSON and YAML
//! are never made this way.

mod binding;
mod cast;
mod config;
mod helper;
mod problem;
mod script;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use handlebars::{Context, Handlebars};

use crate::diagnostic::{Diagnostic, FileId, Span};
use crate::model::{Area, Pipeline};

pub use binding::Binding;

/// A template: a file that the project holds.
#[derive(Clone, Debug)]
pub struct Template {
    /// Its path, such as `hive-scripts/fact_process.sql.hbs`; the file name up to the first dot is what others call it by.
    pub path: String,
    /// The file, for messages.
    pub file: FileId,
    /// Its text.
    pub text: String,
}

/// The templates of a project, which all environments share.
#[derive(Clone, Debug, Default)]
pub struct Templates(Arc<Compiling>);

#[derive(Debug, Default)]
struct Compiling {
    list: Vec<Template>,
    compiled: OnceLock<Result<Handlebars<'static>, Vec<Diagnostic>>>,
}

/// A rendered file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TextFile {
    /// Its path below `out/<environment>/`.
    pub path: String,
    /// Its key in the workarea bucket.
    pub key: String,
    /// Its content, with a placeholder for each binding.
    pub content: String,
    /// The values that exist only after creation.
    pub bindings: BTreeSet<Binding>,
}

/// Renders `config.ini` and the script of each table, from the templates `config`, `dimension_process`, `fact_process` and
/// `checked`, which the scripts share; `templates` may hold more, for those to include with `{{> name}}`.
///
/// # Errors
/// At its place in a template: bad syntax, a name that does not exist, a part that is not there. At a column: a type that no
/// text can be cast to.
pub fn render(
    pipeline: &Pipeline,
    templates: &Templates,
) -> Result<Vec<TextFile>, Vec<Diagnostic>> {
    let engine = templates.engine()?;
    let mut files = vec![config::render(pipeline, &engine).map_err(|problem| vec![problem])?];
    files.extend(script::render(pipeline, &engine)?);
    Ok(files)
}

impl Templates {
    /// Returns the templates of `list`. Another thread starts to compile them, which takes as long as to read and check a
    /// blueprint.
    pub fn new(list: Vec<Template>) -> Self {
        let templates = Self(Arc::new(Compiling { list, compiled: OnceLock::new() }));
        let ahead = templates.clone();
        rayon::spawn(move || _ = ahead.0.compiled());
        templates
    }

    fn engine(&self) -> Result<Engine<'_>, Vec<Diagnostic>> {
        self.0.engine()
    }
}

impl Compiling {
    fn engine(&self) -> Result<Engine<'_>, Vec<Diagnostic>> {
        match self.compiled() {
            Ok(handlebars) => Ok(Engine { handlebars, templates: self.by_name() }),
            Err(problems) => Err(problems.clone()),
        }
    }

    fn compiled(&self) -> &Result<Handlebars<'static>, Vec<Diagnostic>> {
        self.compiled.get_or_init(|| self.compile())
    }

    fn compile(&self) -> Result<Handlebars<'static>, Vec<Diagnostic>> {
        let mut handlebars = Handlebars::new();
        handlebars.set_strict_mode(true);
        handlebars.register_escape_fn(handlebars::no_escape);
        helper::register(&mut handlebars);
        let mut problems = Vec::new();
        for (name, template) in self.by_name() {
            if let Err(error) = handlebars.register_template_string(name, &template.text) {
                problems.push(problem::of_syntax(&error, template));
            }
        }
        if problems.is_empty() { Ok(handlebars) } else { Err(problems) }
    }

    fn by_name(&self) -> BTreeMap<&str, &Template> {
        self.list.iter().map(|template| (name(&template.path), template)).collect()
    }
}

/// The templates, ready to render.
struct Engine<'a> {
    handlebars: &'a Handlebars<'static>,
    templates: BTreeMap<&'a str, &'a Template>,
}

impl Engine<'_> {
    /// Renders the template `name`; `wanted_at` is what needs it.
    fn render(&self, name: &str, values: &Context, wanted_at: Span) -> Result<String, Diagnostic> {
        if !self.templates.contains_key(name) {
            return Err(problem::no_template(name, wanted_at));
        }
        let rendered = self.handlebars.render_with_context(name, values);
        rendered.map_err(|error| problem::of_values(&error, name, &self.templates))
    }
}

/// Returns what a template is called by.
fn name(path: &str) -> &str {
    let file = path.rsplit('/').next().unwrap_or(path);
    file.split('.').next().unwrap_or(file)
}

/// Returns the file whose key in the bucket is `key`, below the area of libraries.
fn file(
    pipeline: &Pipeline,
    key: String,
    content: String,
    bindings: BTreeSet<Binding>,
) -> TextFile {
    let libs = pipeline.area_prefix(Area::Libs);
    let below = key.strip_prefix(&libs).expect("text files stand in the area of libraries");
    TextFile { path: format!("libs{below}"), key, content, bindings }
}

#[cfg(test)]
mod tests;
