//! `gen diff`.

mod deployed;
mod git;
mod side;

use std::io::{IsTerminal, stdout};
use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::ValueEnum;

use super::load::{Selection, load};
use super::reach::Reach;
use super::{Exit, report, synth};
use crate::diagnostic::{Diagnostic, FileId, Sources, Span};
use crate::diff::{self, Changes, Gate, Place, Screen};
use crate::plan::Wanted;
use crate::verify::Depth;

use side::{Pair, Side};

/// Show what a change would do to the deployed stacks, the dangerous first
///
/// Compares what the blueprint gives with `out/` where this branch left the default branch (on it: with HEAD; without git:
/// with the folder). Two paths, to folders or templates of any make, are compared with each other.
///
/// Exit codes: 0 done, 1 the blueprint has problems, 3 changes (with --exit-code or --fail-on).
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    selection: Selection,
    /// What to compare with: git:REVISION, env:NAME, deployed (asks AWS), or a folder
    #[arg(long, value_name = "WHAT", conflicts_with_all = ["old", "new"])]
    against: Option<String>,
    /// The folder in which `gen synth` writes, `out` in the project's folder unless given
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    #[command(flatten)]
    reach: Reach,
    /// The form of the report
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// End with code 3 when anything changes
    #[arg(long)]
    exit_code: bool,
    /// End with code 3 when changes are of this kind
    #[arg(long, value_enum, value_name = "KIND", value_delimiter = ',')]
    fail_on: Vec<FailOn>,
    /// A folder or template to compare from
    #[arg(requires = "new")]
    old: Option<PathBuf>,
    /// A folder or template to compare to
    new: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Text,
    /// For a comment on a pull request
    Markdown,
    /// For programs
    Json,
    /// For code-review sites (SARIF 2.1.0)
    Sarif,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum FailOn {
    /// Something is replaced, may be, or cannot be
    Replace,
    /// Data is at risk
    Data,
    /// Someone may do more than before
    Permissions,
    /// Anything changes
    Any,
}

impl FailOn {
    fn gate(self) -> Gate {
        match self {
            Self::Replace => Gate::Replace,
            Self::Data => Gate::Data,
            Self::Permissions => Gate::Permissions,
            Self::Any => Gate::Any,
        }
    }
}

pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    work_along();
    let compared = match (&args.old, &args.new) {
        (Some(old), Some(new)) => side::given(old, new)?,
        _ => match synthesised(args)? {
            Some(compared) => compared,
            None => return Ok(Exit::Failed),
        },
    };
    let Compared { pairs, mut sources } = compared;
    let mut environments = Vec::new();
    for pair in &pairs {
        environments.push(changes(pair, args.format, &mut sources)?);
    }
    show(args.format, &environments, &sources)?;
    let stopped = |changes: &Changes| {
        let mut gates = args.fail_on.iter().map(|fail_on| fail_on.gate());
        args.exit_code && !changes.is_empty() || gates.any(|gate| diff::stops(gate, changes))
    };
    Ok(if environments.iter().any(stopped) { Exit::Different } else { Exit::Done })
}

/// Makes the main thread one of those that work side by side, so that one less is started. A pool that is there already refuses
/// that, and serves.
fn work_along() {
    let _ = rayon::ThreadPoolBuilder::new().use_current_thread().build_global();
}

/// What is compared, and the files that places are in.
struct Compared {
    pairs: Vec<Pair>,
    sources: Sources,
}

/// Synthesises the blueprint and finds what to compare it with; nothing when the blueprint has problems, which are told.
fn synthesised(args: &Args) -> anyhow::Result<Option<Compared>> {
    let mut loaded = load(&args.selection)?;
    let made = synth::documents(&mut loaded, synth::TemplateFormat::Yaml, Depth::Patched);
    let problems = std::mem::take(&mut loaded.problems).into_sorted();
    if report::stops(&problems, false) {
        report::problems(&problems, loaded.sources());
        return Ok(None);
    }
    let is_deployed = args.against.as_deref() == Some("deployed");
    let wanted = made.iter().filter(|_| is_deployed).map(|(_, files)| Wanted::read(files));
    let wanted = wanted.collect::<Result<Vec<_>, _>>()?;
    let fresh: Vec<Side> = made.into_iter().map(|(name, files)| Side::fresh(name, files)).collect();
    let out = args.out.clone().unwrap_or_else(|| loaded.root.join("out"));
    let pairs = match args.against.as_deref().map(|what| what.split_once(':').unwrap_or(("", what)))
    {
        None => side::by_default(&out, fresh)?,
        Some(("git", revision)) => side::with_revision(&out, revision, fresh)?,
        Some(("env", name)) => {
            vec![side::between(name, args.selection.env.as_deref(), other(args, name)?, fresh)?]
        }
        Some(("", "deployed")) => deployed::with_deployed(&args.reach, wanted, fresh)?,
        Some(("", path)) => side::with_folder(path.as_ref(), fresh)?,
        Some((kind, _)) => bail!(
            "`{kind}:` is nothing to compare with\nhelp: use `git:REVISION`, `env:NAME`, `deployed` or a folder"
        ),
    };
    Ok(Some(Compared { pairs, sources: loaded.sources().clone() }))
}

/// Synthesises the environment to compare with.
fn other(args: &Args, name: &str) -> anyhow::Result<Side> {
    let selection = Selection { env: Some(name.to_owned()), ..args.selection.clone() };
    let mut loaded = load(&selection)?;
    let mut made = synth::documents(&mut loaded, synth::TemplateFormat::Yaml, Depth::Patched);
    match made.pop() {
        Some((name, files)) => Ok(Side::fresh(name, files)),
        None => bail!(
            "the environment `{name}` has problems\nhelp: `gen validate --env {name}` tells them"
        ),
    }
}

fn changes(pair: &Pair, format: Format, sources: &mut Sources) -> anyhow::Result<Changes> {
    let mut changes = diff::diff(&pair.old.files, &pair.new.files).map_err(|unreadable| {
        let side = if unreadable.is_new { &pair.new } else { &pair.old };
        not_read(&unreadable.path, side, unreadable.problem.clone())
    })?;
    if changes.environment.is_none() && !pair.name.is_empty() {
        changes.environment = Some(pair.name.clone());
    }
    if pair.new.is_fresh {
        changes.locate(|resource| {
            let span = pair.new.origin(resource)?;
            let (file, line) = (sources.get(span.file).name.clone(), sources.position(span).line);
            Some((span, Place { file, line }))
        });
    } else {
        let drawn = matches!(format, Format::Sarif).then_some(sources);
        let places = pair.new.places(&changes, drawn);
        changes.locate(|resource| places.of(resource));
    }
    Ok(changes)
}

/// Draws what is wrong with a template.
fn not_read(path: &str, side: &Side, problem: Diagnostic) -> anyhow::Error {
    let mut sources = Sources::default();
    let text = side.files.get(path).cloned().unwrap_or_default();
    let file: FileId = sources.add(side.shown(path), text);
    let span = Span { file, ..problem.span };
    report::problems(&[Diagnostic { span, ..problem }], &sources);
    anyhow::anyhow!("cannot read `{}`", side.shown(path))
}

fn show(format: Format, environments: &[Changes], sources: &Sources) -> anyhow::Result<()> {
    match format {
        Format::Text => report::print(&diff::text(environments, screen())),
        Format::Markdown => report::print(&diff::markdown(environments)),
        Format::Json => report::print(&format!("{:#}\n", diff::json(environments))),
        Format::Sarif => {
            let problems: Vec<_> = environments.iter().flat_map(diff::problems).collect();
            let path = |file| PathBuf::from(&sources.get(file).name);
            report::print(&report::problems_sarif(&problems, sources, path, Path::new(".")))
        }
    }
}

/// Where nobody looks through a terminal, lines break where they do in most of them.
const WIDTH: usize = 100;

/// Returns what standard output can show.
pub(super) fn screen() -> Screen {
    let coloured = stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let width = terminal_size::terminal_size().filter(|_| stdout().is_terminal());
    Screen { coloured, width: width.map_or(WIDTH, |(width, _)| usize::from(width.0).max(40)) }
}
