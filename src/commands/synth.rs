//! `gen synth`.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use rayon::prelude::*;
use serde_json::{Value, json};

use super::folder::{self, Changes};
use super::load::{Loaded, Selection, load};
use super::report::Format;
use super::{Exit, report};
use crate::diff::{self, DangerKind, Files};
use crate::synth::{self, File, Materials};
use crate::verify::Depth;

/// Write the CloudFormation stacks, state machines, scripts and code archives of a blueprint
///
/// Exit codes: 0 written (or, with --check, up to date), 1 the blueprint has problems, 3 --check found differences.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    selection: Selection,
    /// The folder to write to, `out` in the project's folder unless given
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Write nothing; end with code 3 when the folder is not what would be written
    #[arg(long)]
    check: bool,
    /// The form of templates
    #[arg(long, value_enum, default_value_t)]
    template_format: TemplateFormat,
    /// The form of the report
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// End with code 1 on warnings too, and write nothing
    #[arg(long)]
    deny_warnings: bool,
}

/// The form of templates
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(super) enum TemplateFormat {
    /// For people
    #[default]
    Yaml,
    /// For programs
    Json,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let mut loaded = load(&args.selection)?;
    let environments = documents(&mut loaded, args.template_format, Depth::Patched);
    let problems = std::mem::take(&mut loaded.problems).into_sorted();
    if args.format == Format::Text {
        report::problems(&problems, loaded.sources());
    }
    let stopped = report::stops(&problems, args.deny_warnings);
    let mut outcomes = Vec::new();
    if !stopped {
        let out = args.out.clone().unwrap_or_else(|| shown(loaded.root.join("out")));
        for (name, files) in &environments {
            let folder = out.join(name);
            let changes = folder::changes(&folder, files, !args.check)?;
            let impossible = impossible(&folder, &changes);
            if !args.check {
                folder::apply(&folder, &changes)?;
            }
            outcomes.push(Outcome::new(name, &folder, files, &changes, impossible));
        }
    }
    if args.format == Format::Json {
        let problems = report::problems_json(&problems, loaded.sources());
        let report = json!({"problems": problems, "environments": outcomes.iter().map(Outcome::to_json).collect::<Vec<_>>()});
        report::print(&format!("{report:#}\n"))?;
    } else {
        for outcome in &outcomes {
            report::note(&outcome.to_text(args.check));
        }
    }
    Ok(match stopped {
        true => Exit::Failed,
        false if args.check && outcomes.iter().any(Outcome::differs) => Exit::Different,
        false => Exit::Done,
    })
}

/// Returns the files of every environment that holds; problems are added to those of `loaded`.
pub(super) fn documents(
    loaded: &mut Loaded,
    format: TemplateFormat,
    depth: Depth,
) -> Vec<(String, Vec<File>)> {
    let form = match format {
        TemplateFormat::Yaml => synth::Form::Yaml,
        TemplateFormat::Json => synth::Form::Json,
    };
    let materials =
        match Materials::of(&loaded.pipelines, loaded.templates.clone(), &mut loaded.project) {
            Ok(materials) => materials,
            Err(problems) => {
                loaded.problems.extend(problems);
                return Vec::new();
            }
        };
    let pipelines = loaded.pipelines.par_iter();
    let outcomes: Vec<_> =
        pipelines.map(|pipeline| synth::synth(pipeline, &materials, form, depth)).collect();
    let mut environments = Vec::new();
    for (pipeline, (files, problems)) in loaded.pipelines.iter().zip(outcomes) {
        loaded.problems.extend(problems);
        environments.push((pipeline.environment.name.clone(), files));
    }
    environments
}

/// Returns what CloudFormation would refuse of the step from the templates in `folder` to the new ones.
fn impossible(folder: &Path, changes: &Changes) -> Vec<String> {
    let (mut before, mut after) = (Files::new(), Files::new());
    for file in changes.write.iter().filter(|file| file.path.contains(".template.")) {
        if let Ok(old) = std::fs::read_to_string(folder.join(&file.path)) {
            before.insert(file.path.clone(), old);
            after.insert(file.path.clone(), String::from_utf8_lossy(&file.bytes).into_owned());
        }
    }
    // A template that someone made unreadable is written anew.
    let changes = diff::diff(&before, &after).unwrap_or_default();
    let refused = changes.resources.iter().filter(|change| change.has(DangerKind::Deploy));
    let told = |change: &diff::Resource| {
        let reason = change.reason.as_deref().unwrap_or_default();
        format!("{} ({}) cannot be deployed: {reason}", change.logical_id, change.kind)
    };
    refused.map(told).collect()
}

/// Shortens the folder to how it is seen from the current one.
fn shown(folder: PathBuf) -> PathBuf {
    let here = std::env::current_dir().ok();
    let below = here.and_then(|here| folder.strip_prefix(here).map(PathBuf::from).ok());
    below.unwrap_or(folder)
}

/// What happened to the folder of one environment.
struct Outcome {
    environment: String,
    folder: String,
    files: usize,
    written: Vec<String>,
    removed: Vec<String>,
    impossible: Vec<String>,
}

impl Outcome {
    fn new(
        environment: &str,
        folder: &Path,
        files: &[File],
        changes: &Changes,
        impossible: Vec<String>,
    ) -> Self {
        Self {
            environment: environment.to_owned(),
            folder: folder.display().to_string(),
            files: files.len(),
            written: changes.write.iter().map(|file| file.path.clone()).collect(),
            removed: changes.remove.clone(),
            impossible,
        }
    }

    fn differs(&self) -> bool {
        !self.written.is_empty() || !self.removed.is_empty()
    }

    fn to_json(&self) -> Value {
        json!({
            "environment": self.environment, "folder": self.folder, "files": self.files,
            "written": self.written, "removed": self.removed, "impossible": self.impossible,
        })
    }

    fn to_text(&self, check: bool) -> String {
        let Self { folder, files, written, removed, impossible, .. } = self;
        if !self.differs() {
            return format!("{folder}: {files} files, up to date\n");
        }
        let refused = impossible.iter().map(|told| {
            format!("warning: {told}\nhelp: give it another name, or delete it before the deploy\n")
        });
        let refused: String = refused.collect();
        if !check {
            let (written, removed) = (written.len(), removed.len());
            return format!(
                "{refused}{folder}: {files} files, {written} written, {removed} removed\n"
            );
        }
        let stale = written.iter().map(|path| format!("  differs: {path}\n"));
        let left = removed.iter().map(|path| format!("  no longer made: {path}\n"));
        let lines: String = stale.chain(left).collect();
        format!(
            "{refused}{folder}: not what the blueprint gives\n{lines}help: run `gen synth` and commit the result\n"
        )
    }
}
