//! `gen validate`.

use clap::ValueEnum;
use serde_json::json;

use super::load::{Selection, load};
use super::{Exit, report, synth};
use crate::verify::Depth;

/// Check a blueprint: everything that can be said without writing and without AWS
///
/// Exit codes: 0 the blueprint is in order (or has only warnings), 1 it has problems.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    selection: Selection,
    /// The form of the report
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// End with code 1 on warnings too
    #[arg(long)]
    deny_warnings: bool,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
    /// For code-review sites (SARIF 2.1.0)
    Sarif,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let mut loaded = load(&args.selection)?;
    let environments =
        synth::documents(&mut loaded, synth::TemplateFormat::Yaml, Depth::Everything);
    let problems = std::mem::take(&mut loaded.problems).into_sorted();
    let sources = loaded.sources();
    match args.format {
        Format::Text => report::problems(&problems, sources),
        Format::Json => {
            let report = json!({"problems": report::problems_json(&problems, sources)});
            report::print(&format!("{report:#}\n"))?;
        }
        Format::Sarif => report::print(&report::problems_sarif(
            &problems,
            sources,
            |file| loaded.path(file),
            &loaded.root,
        ))?,
    }
    if report::stops(&problems, args.deny_warnings) {
        return Ok(Exit::Failed);
    }
    if let Format::Text = args.format {
        let names: Vec<_> = environments.iter().map(|(name, _)| name.as_str()).collect();
        report::note(&format!(
            "{}: valid in {}\n",
            args.selection.blueprint.display(),
            names.join(", ")
        ));
    }
    Ok(Exit::Done)
}
