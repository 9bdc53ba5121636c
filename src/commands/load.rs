//! From the blueprint's file to checked pipelines, one for each environment.

use std::path::{Path, PathBuf};

use super::disk::{self, Folder};
use super::refusal::refusal;
use crate::blueprint::decode::{Decode, Spanned};
use crate::blueprint::{Blueprint, EXTENDS, environments, extended, in_environment};
use crate::check;
use crate::diagnostic::{Diagnostic, FileId, Problems, Sources, Span, nearest};
use crate::model::Pipeline;
use crate::project::Project;
use crate::synth::TemplateFiles;
use crate::yaml::{self, Content, Entry, Node};

/// The blueprint and which of its environments are meant
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Selection {
    /// The blueprint
    #[arg(long, value_name = "FILE", default_value = "blueprints/data_pipeline.yaml")]
    pub(super) blueprint: PathBuf,
    /// Only this environment
    #[arg(long, value_name = "NAME")]
    pub(super) env: Option<String>,
}

/// What was read: the pipelines that hold, and every problem.
pub(super) struct Loaded {
    /// The project's folder.
    pub(super) root: PathBuf,
    /// The blueprint, as it was named.
    blueprint: PathBuf,
    /// Its files.
    pub(super) project: Project,
    /// The templates of its text files.
    pub(super) templates: TemplateFiles,
    /// The environment that is meant where none is named.
    pub(super) default_environment: Option<String>,
    /// The environments that hold.
    pub(super) pipelines: Vec<Pipeline>,
    /// The problems so far.
    pub(super) problems: Problems,
}

/// Reads and checks the blueprint.
pub(super) fn load(selection: &Selection) -> anyhow::Result<Loaded> {
    let path = &selection.blueprint;
    let read = readable(path)?;
    let root = root(path);
    let folder =
        Folder::new(&root).map_err(|error| refusal("cannot open the folder", &root, &error))?;
    let mut project = Project::new(Box::new(folder), beside(path, &root));
    let mut problems = Problems::default();
    let mut default_environment = None;
    // The blueprint is the first file, and the templates are compiled while it is checked.
    let source = source(path, read, &mut project);
    let templates = TemplateFiles::read(&mut project);
    let pipelines = match source {
        Ok(file) => match whole(file, &mut project, 0) {
            Ok(tree) => {
                let node = tree.get("default_environment");
                // What is wrong with it is told below.
                default_environment =
                    node.and_then(|node| String::decode(node, &mut Problems::default()));
                pipelines(tree, selection.env.as_deref(), &mut project, &mut problems)?
            }
            Err(problem) => {
                problems.add(problem);
                Vec::new()
            }
        },
        Err(problem) => {
            problems.add(problem);
            Vec::new()
        }
    };
    let blueprint = path.clone();
    Ok(Loaded { root, blueprint, project, templates, default_environment, pipelines, problems })
}

/// A blueprint that extends one that extends one… ends here.
const MAX_EXTENDS: usize = 8;

/// Reads a blueprint, laid over the one that it extends.
fn whole(file: FileId, project: &mut Project, depth: usize) -> Result<Node, Diagnostic> {
    let tree = yaml::read(project.text(file), file)?;
    let Some(node) = tree.get(EXTENDS) else { return misspelt(&tree).map_or(Ok(tree), Err) };
    let mut problems = Problems::default();
    let Some(path) = String::decode(node, &mut problems) else {
        return Err(problems.into_sorted().remove(0));
    };
    if depth == MAX_EXTENDS {
        let problem = Diagnostic::error(
            "extends-itself",
            node.span,
            format!("`{path}` leads back here, or too far"),
        );
        return Err(problem.help("a blueprint extends another one, at most 8 in a row"));
    }
    let base = project.named(&path, node.span)?;
    Ok(extended(whole(base, project, depth + 1)?, tree))
}

/// Returns what is wrong when a blueprint almost extends another: all that it seems to lack is in the other.
fn misspelt(tree: &Node) -> Option<Diagnostic> {
    let Content::Mapping(entries) = &tree.content else { return None };
    let own = |key: &str| Blueprint::KEYS.contains(&key);
    let near = |entry: &&Entry| !own(&entry.key) && nearest(&entry.key, [EXTENDS]).is_some();
    let entry = entries.iter().find(near)?;
    let message = format!("unknown key `{}` in the blueprint", entry.key);
    Some(Diagnostic::error("unknown-key", entry.span, message).suggest(&entry.key, [EXTENDS]))
}

/// The project's folder is the nearest one above the blueprint that has a `lambdas` folder, else the blueprint's own.
fn root(blueprint: &Path) -> PathBuf {
    let own = match blueprint.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    let absolute = std::fs::canonicalize(&own).unwrap_or_else(|_| own.clone());
    let above = absolute.ancestors().find(|folder| folder.join("lambdas").is_dir());
    above.map_or(own, Path::to_owned)
}

/// Returns the blueprint's folder as seen from the project's.
fn beside(blueprint: &Path, root: &Path) -> String {
    let own =
        std::fs::canonicalize(blueprint).ok().and_then(|path| path.parent().map(Path::to_owned));
    let root = std::fs::canonicalize(root).unwrap_or_else(|_| root.to_owned());
    let below = own.and_then(|own| own.strip_prefix(root).map(Path::to_owned).ok());
    below.and_then(|path| path.to_str().map(str::to_owned)).unwrap_or_default()
}

/// What some editors put before a text: no character of it.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Reads the blueprint's file, or as much of it as is text; a missing file is a failure.
fn readable(path: &Path) -> anyhow::Result<Result<String, String>> {
    match disk::read(path) {
        Ok(text) => Ok(Ok(text)),
        Err(disk::Unreadable { text: Some(text), .. }) => Ok(Err(text)),
        Err(unreadable) => {
            let name = path.display();
            let hint =
                "name the blueprint with `--blueprint FILE`, or run this in the project's folder";
            anyhow::bail!("cannot read the blueprint `{name}`: {}\nhelp: {hint}", unreadable.reason)
        }
    }
}

/// Adds the blueprint to the project; text that is not UTF-8 is a problem at its place.
fn source(
    path: &Path,
    read: Result<String, String>,
    project: &mut Project,
) -> Result<FileId, Diagnostic> {
    let name = path.display().to_string();
    match read {
        Ok(text) => {
            let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&text);
            Ok(project.add(&name, text.to_owned()))
        }
        Err(text) => {
            let start = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
            let file = project.add(&name, text + "\u{fffd}");
            let span = Span { file, start, end: start + 1 };
            let message = "the file is not UTF-8 text from here on";
            Err(Diagnostic::error("not-utf-8", span, message).help("save it as UTF-8"))
        }
    }
}

fn pipelines(
    tree: Node,
    only: Option<&str>,
    project: &mut Project,
    problems: &mut Problems,
) -> anyhow::Result<Vec<Pipeline>> {
    let names = environments(&tree, problems);
    check::default_environment(&tree, &names, problems);
    let chosen: Vec<&Spanned<String>> = match only {
        None => names.iter().collect(),
        // The blueprint's own problem is told instead.
        Some(_) if names.is_empty() => Vec::new(),
        Some(only) => match names.iter().find(|name| name.value == only) {
            Some(name) => vec![name],
            None => anyhow::bail!("{}", unknown_environment(only, &names)),
        },
    };
    let written: Vec<_> =
        chosen.into_iter().filter_map(|name| in_environment(&tree, name, problems)).collect();
    // Thousands of tables as written take as much memory as their pipeline does.
    drop(tree);
    check::environments(&written, problems);
    let checked = written
        .into_iter()
        .map(|(environment, blueprint)| check::check(&environment, &blueprint, project, problems));
    Ok(checked.collect::<Vec<_>>().into_iter().flatten().collect())
}

fn unknown_environment(name: &str, known: &[Spanned<String>]) -> String {
    let known = known.iter().map(|name| name.value.as_str());
    let all: Vec<_> = known.clone().map(|name| format!("`{name}`")).collect();
    let near =
        nearest(name, known).map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
    format!("unknown environment `{name}`\nhelp: {near}the blueprint has {}", all.join(", "))
}

impl Loaded {
    /// Returns the files that were read, for drawing problems.
    pub(super) fn sources(&self) -> &Sources {
        self.project.sources()
    }

    /// Returns the path of a file that was read: the blueprint, which comes first, or one below the project's folder.
    pub(super) fn path(&self, file: FileId) -> PathBuf {
        if file == FileId::default() {
            return self.blueprint.clone();
        }
        self.root.join(&self.sources().get(file).name)
    }
}
