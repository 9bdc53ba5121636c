//! What people and machines are told.

use std::io::{IsTerminal, Write, stderr, stdout};
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::ValueEnum;
use serde_json::{Value, json};

use super::refusal::reason;
use super::repository;
use crate::diagnostic::{Diagnostic, FileId, Severity, Sources, Style, draw, sarif};

/// The form of a report
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(super) enum Format {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

/// Prints to standard output; a reader that went away is no failure.
pub(super) fn print(text: &str) -> anyhow::Result<()> {
    match stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => {
            written.map_err(|error| anyhow!("cannot write to standard output: {}", reason(&error)))
        }
    }
}

/// Prints to standard error, where a lost line does not matter.
pub(super) fn note(text: &str) {
    let _ = stderr().lock().write_all(text.as_bytes());
}

/// Tells a failure that is not the blueprint's fault.
pub(super) fn failure(error: &anyhow::Error) {
    note(&format!("error: {error:#}\n"));
}

/// Draws problems on standard error.
pub(super) fn problems(problems: &[Diagnostic], sources: &Sources) {
    let colours = stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let style = if colours { Style::Coloured } else { Style::Plain };
    note(&draw(problems, sources, style));
}

/// Returns problems as JSON, each with its file, line and column.
pub(super) fn problems_json(problems: &[Diagnostic], sources: &Sources) -> Value {
    let problem = |problem: &Diagnostic| {
        let position = sources.position(problem.span);
        json!({
            "severity": problem.severity,
            "rule": problem.rule,
            "message": problem.message,
            "label": problem.label,
            "help": problem.help,
            "file": sources.get(problem.span.file).name,
            "line": position.line,
            "column": position.column,
        })
    };
    problems.iter().map(problem).collect()
}

/// Returns problems as SARIF text; `path` leads to a file of `sources`, and `folder` is somewhere in the repository.
pub(super) fn problems_sarif(
    problems: &[Diagnostic],
    sources: &Sources,
    path: impl Fn(FileId) -> PathBuf,
    folder: &Path,
) -> String {
    let top = repository::top(folder);
    let uri = |file| repository::uri(&path(file), &top);
    format!("{:#}\n", sarif(problems, sources, uri))
}

/// Tells whether the problems stop the command.
pub(super) fn stops(problems: &[Diagnostic], deny_warnings: bool) -> bool {
    problems.iter().any(|problem| deny_warnings || problem.severity == Severity::Error)
}
