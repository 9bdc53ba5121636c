//! Lambdas: their files, contracts and capabilities.

use std::collections::BTreeMap;

use crate::aws::runtime;
use crate::blueprint::decode::{Item, Spanned};
use crate::blueprint::{self, Blueprint, Capability};
use crate::diagnostic::{Diagnostic, Problems, Span};
use crate::model::{Architecture, FieldRead, Lambda};
use crate::project::Project;

use super::table::same_logical_ids;
use super::{name, number};

pub(super) fn lambdas(
    blueprint: &Blueprint,
    project: &mut Project,
    problems: &mut Problems,
) -> Vec<Lambda> {
    let names = blueprint.lambdas.iter().map(|(name, item)| (name.as_str(), item.span));
    same_logical_ids("the Lambdas", names, problems);
    let written = blueprint.lambdas.iter();
    written.filter_map(|(name, item)| lambda(name, item, project, problems)).collect()
}

fn lambda(
    written_name: &str,
    item: &Item<blueprint::Lambda>,
    project: &mut Project,
    problems: &mut Problems,
) -> Option<Lambda> {
    let written = &item.value;
    let at_name = Spanned { value: written_name.to_owned(), span: item.span };
    let found = name(&at_name, "the Lambda", problems);
    let file = file(written_name, item, project, problems);
    let (memory, timeout) = (written.memory_mb.as_ref(), written.timeout_seconds.as_ref());
    let memory_mb = number(memory, "the memory in MB", 128..=10_240, 256, problems);
    let timeout_seconds = number(timeout, "the timeout in seconds", 1..=900, 60, problems);
    let reads = fields(&written.reads, problems);
    let returns = names(&written.returns, "a field", problems);
    let statuses = names(&written.status, "a status", problems);
    let can = capabilities(&written.can, problems);
    let variables = variables(written, problems);
    let (path, code) = file?;
    Some(Lambda {
        name: found?,
        file: path,
        code,
        description: written.description.as_ref().map(|d| d.value.clone()),
        reads,
        returns,
        statuses,
        can,
        places: written.can.iter().rev().map(|can| (can.value, can.span)).collect(),
        variables,
        runtime: runtime(written),
        architecture: Architecture::Arm64,
        memory_mb,
        timeout_seconds,
        span: item.span,
    })
}

fn runtime(written: &blueprint::Lambda) -> String {
    written.runtime.as_ref().map_or_else(|| runtime::DEFAULT.to_owned(), |r| r.value.clone())
}

/// Returns the path of the Lambda's file and what is in it.
fn file(
    lambda: &str,
    item: &Item<blueprint::Lambda>,
    project: &mut Project,
    problems: &mut Problems,
) -> Option<(String, String)> {
    let default = format!("lambdas/{lambda}.py");
    let (path, span) = match &item.value.file {
        Some(file) => (file.value.as_str(), file.span),
        None => (default.as_str(), item.span),
    };
    let file = match project.named(path, span) {
        Ok(file) => file,
        Err(problem) if item.value.file.is_none() => {
            problems.add(problem.help("write that file, or name another with `file: <path>`"));
            return None;
        }
        Err(problem) => {
            problems.add(problem);
            return None;
        }
    };
    if !project.text(file).contains("def lambda_handler(") {
        let problem =
            Diagnostic::error("no-handler", span, format!("`{path}` has no `lambda_handler`"));
        problems.add(problem.help("define `def lambda_handler(event, context):` there"));
    }
    Some((path.to_owned(), project.text(file).to_owned()))
}

/// Reads fields such as `ClusterId` and `RequestId?`.
pub(super) fn fields(written: &[Spanned<String>], problems: &mut Problems) -> Vec<FieldRead> {
    let field = |field: &Spanned<String>| {
        let (text, optional) = match field.value.strip_suffix('?') {
            Some(name) => (name, true),
            None => (field.value.as_str(), false),
        };
        (Spanned { value: text.to_owned(), span: field.span }, optional)
    };
    let fields: Vec<_> = written.iter().map(field).collect();
    let written: Vec<_> = fields.iter().map(|(name, _)| name.clone()).collect();
    let known = names(&written, "a field", problems);
    let optional =
        |name: &str| fields.iter().any(|(field, optional)| field.value == name && *optional);
    known.into_iter().map(|name| FieldRead { optional: optional(&name), name }).collect()
}

/// Returns the names of fields or statuses, each of which must be a plain word and stand once.
fn names(written: &[Spanned<String>], what: &str, problems: &mut Problems) -> Vec<String> {
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    let mut found = Vec::new();
    for field in written {
        let text = field.value.as_str();
        if text.is_empty() || !text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            let problem = Diagnostic::error(
                "bad-field",
                field.span,
                format!("`{text}` is not the name of {what}"),
            );
            problems.add(problem.help("use letters, digits and `_`"));
        } else if let Some(first) = seen.insert(text, field.span) {
            let problem = Diagnostic::error(
                "duplicate-name",
                field.span,
                format!("`{text}` stands here twice"),
            );
            problems.add(problem.related(first, "first here").help("remove one"));
        } else {
            found.push(text.to_owned());
        }
    }
    found
}

fn capabilities(written: &[Spanned<Capability>], problems: &mut Problems) -> Vec<Capability> {
    let mut found: Vec<Capability> = Vec::new();
    for capability in written {
        if found.contains(&capability.value) {
            let message = format!("`{}` stands here twice", capability.value.word());
            problems.add(
                Diagnostic::error("duplicate-name", capability.span, message).help("remove one"),
            );
        } else {
            found.push(capability.value);
        }
    }
    found
}

/// Names that Lambda keeps for itself (Lambda developer guide, "Defined runtime environment variables").
const RESERVED: [&str; 3] = ["AWS_", "LAMBDA_", "_HANDLER"];

/// Names that the capabilities bring.
const BROUGHT: [&str; 7] = [
    "Config_File_S3_Bucket",
    "Config_File_S3_Key",
    "State_Info_File_S3_Bucket",
    "State_Info_File_S3_Key",
    "TopicArn",
    "StateMachineArns",
    "Grace_Minutes",
];

fn variables(written: &blueprint::Lambda, problems: &mut Problems) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (name, item) in &written.variables {
        let word = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let refused = if BROUGHT.contains(&name.as_str()) {
            Some("the generator sets it")
        } else if RESERVED.iter().any(|start| name.starts_with(start)) {
            Some("Lambda keeps names of this kind for itself")
        } else if name.len() < 2 || !word || !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            Some("a variable's name starts with a letter and has letters, digits and `_`")
        } else {
            None
        };
        if let Some(reason) = refused {
            let problem = Diagnostic::error(
                "bad-variable",
                item.span,
                format!("`{name}` cannot be a variable"),
            );
            problems.add(problem.label(reason).help("choose another name, or remove it"));
        }
        found.insert(name.clone(), item.value.value.clone());
    }
    found
}
