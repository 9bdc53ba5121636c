//! The command line: arguments, files, the terminal and exit codes; the work is done by the modules above.

mod access;
mod apply;
mod bootstrap;
mod common;
mod consent;
mod consequence;
mod destroy;
mod diff;
mod disk;
mod folder;
mod load;
mod outputs;
mod pending;
mod plan;
mod progress;
mod reach;
mod refusal;
mod report;
mod repository;
mod schema;
mod stage;
mod status;
mod synth;
mod target;
mod validate;
mod watch;
mod wish;

use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::diagnostic::Severity;
use crate::model::Pipeline;

/// Turn a blueprint of an AWS batch data pipeline into CloudFormation and Amazon States Language
#[derive(Debug, Parser)]
#[command(name = "gen", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Synth(synth::Args),
    Validate(validate::Args),
    Diff(diff::Args),
    Access(access::Args),
    Bootstrap(bootstrap::Args),
    Plan(plan::Args),
    Apply(apply::Args),
    Outputs(outputs::Args),
    Destroy(destroy::Args),
    Status(status::Args),
    Watch(watch::Args),
    Schema(schema::Args),
}

/// How a command ended (`--help` of each command says which it uses).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Exit {
    /// Done; warnings included.
    Done,
    /// Failed, or problems found.
    Failed,
    /// Differences, or a gate that is closed.
    Different,
    /// Interrupted from the keyboard.
    Interrupted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Different => 3,
            Exit::Interrupted => 130,
        })
    }
}

/// Runs the command line; wrong usage ends with code 2 inside clap.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let ended = match &cli.command {
        Command::Synth(args) => synth::run(args),
        Command::Validate(args) => validate::run(args),
        Command::Diff(args) => diff::run(args),
        Command::Access(args) => access::run(args),
        Command::Bootstrap(args) => bootstrap::run(args),
        Command::Plan(args) => plan::run(args),
        Command::Apply(args) => apply::run(args),
        Command::Destroy(args) => destroy::run(args),
        Command::Outputs(args) => outputs::run(args),
        Command::Status(args) => status::run(args),
        Command::Watch(args) => watch::run(args),
        Command::Schema(args) => schema::run(args),
    };
    match ended {
        Ok(exit) => exit.into(),
        Err(error) => {
            report::failure(&error);
            Exit::Failed.into()
        }
    }
}

/// Reads and checks a blueprint and returns its pipeline in each environment, for programs that build on the library; an
/// error names the first problem.
pub fn pipelines(blueprint: &Path) -> anyhow::Result<Vec<Pipeline>> {
    let selection = load::Selection { blueprint: blueprint.to_owned(), env: None };
    let loaded = load::load(&selection)?;
    let problems = loaded.problems.into_sorted();
    match problems.iter().find(|one| one.severity == Severity::Error) {
        Some(problem) => anyhow::bail!("{}: {}", blueprint.display(), problem.message),
        None => Ok(loaded.pipelines),
    }
}
