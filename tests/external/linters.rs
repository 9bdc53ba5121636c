//! The linters, what each of them reads, and what they found.

use std::fmt;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::tools::{ROOT, run};
use crate::{node, python};

/// Something that a linter does not like about a file.
#[derive(Debug, Deserialize)]
pub(crate) struct Finding {
    #[serde(skip)]
    pub(crate) tool: &'static str,
    pub(crate) rule: String,
    /// Path from the repository's folder.
    pub(crate) file: String,
    pub(crate) line: u32,
    #[serde(rename = "id")]
    pub(crate) resource: Option<String>,
    #[serde(rename = "type")]
    pub(crate) resource_type: Option<String>,
    pub(crate) message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tool, rule, file, line, message, .. } = self;
        let resource = self.resource.as_deref().unwrap_or_default();
        write!(f, "{file}:{line}: {tool} {rule}: {resource} {message}")
    }
}

pub(crate) struct Linter {
    pub(crate) name: &'static str,
    pub(crate) reads: Reads,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Reads {
    Templates,
    StateMachines,
}

/// The slowest first, because there are more linters than cores.
pub(crate) const LINTERS: [Linter; 5] = [
    Linter { name: "cfn-lint", reads: Reads::Templates },
    Linter { name: "checkov", reads: Reads::Templates },
    Linter { name: "cloudformation-validate", reads: Reads::Templates },
    Linter { name: "statelint", reads: Reads::StateMachines },
    Linter { name: "asl-validator", reads: Reads::StateMachines },
];

/// What one linter found and how long it took.
pub(crate) struct Verdict {
    pub(crate) tool: &'static str,
    pub(crate) time: Duration,
    pub(crate) findings: Vec<Finding>,
}

/// Runs every linter at once over the files it reads; `Err` is what a linter said that broke down.
pub(crate) fn judge(files: impl Fn(Reads) -> Vec<String>) -> Result<Vec<Verdict>, String> {
    let pins = Path::new(ROOT).join("tests/tools");
    let python = &python::environment("linters", &pins.join("requirements.txt"));
    let modules = &node::modules("node", &pins);
    thread::scope(|scope| {
        let running = LINTERS.map(|linter| {
            let command = match linter.name {
                "asl-validator" => driver(Path::new("node"), "asl.js", modules),
                name => driver(python, "lint.py", Path::new(name)),
            };
            let files = files(linter.reads).join("\n");
            scope.spawn(move || verdict(linter.name, command, &files))
        });
        running.into_iter().map(|linter| linter.join().expect("it returns its errors")).collect()
    })
}

fn driver(interpreter: &Path, script: &str, argument: &Path) -> Command {
    let mut command = Command::new(interpreter);
    command.arg(format!("tests/tools/{script}")).arg(argument).current_dir(ROOT);
    command
}

fn verdict(tool: &'static str, mut command: Command, files: &str) -> Result<Verdict, String> {
    let start = Instant::now();
    let said = run(&mut command, files)?;
    let mut findings: Vec<Finding> = serde_json::from_str(&said)
        .map_err(|err| format!("{tool} printed no findings: {err}\n{said}"))?;
    for finding in &mut findings {
        finding.tool = tool;
    }
    Ok(Verdict { tool, time: start.elapsed(), findings })
}
