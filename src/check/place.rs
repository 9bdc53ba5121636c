//! Account, region, version and date.

use crate::blueprint::decode::{Decode, Spanned};
use crate::blueprint::{self, Blueprint};
use crate::diagnostic::{Diagnostic, Problems};
use crate::model::{BadName, Environment, Partition};
use crate::yaml::Node;

use super::parsed;

/// Names that two environments of one blueprint cannot share.
pub fn environments(written: &[(blueprint::Environment, Blueprint)], problems: &mut Problems) {
    for (index, (environment, blueprint)) in written.iter().enumerate() {
        for (other, its_blueprint) in &written[..index] {
            same_names(environment, other, problems);
            same_bucket((environment, blueprint), (other, its_blueprint), problems);
        }
    }
}

fn same_names(
    environment: &blueprint::Environment,
    other: &blueprint::Environment,
    problems: &mut Problems,
) {
    let place = |e: &blueprint::Environment| (e.account.value.clone(), e.region.value.clone());
    let suffix = |e: &blueprint::Environment| e.suffix.as_ref().map(|suffix| suffix.value.clone());
    if place(environment) == place(other) && suffix(environment) == suffix(other) {
        let (name, first) = (&environment.name, &other.name);
        let message =
            format!("`{}` and `{}` share an account and a region", first.value, name.value);
        let problem = Diagnostic::error("same-place", name.span, message)
            .label("all names would be the same")
            .related(first.span, "the other one");
        problems.add(problem.help(format!("add `suffix: {}` to one of them", name.value)));
    }
}

fn same_bucket(
    (environment, blueprint): (&blueprint::Environment, &Blueprint),
    (other, its_blueprint): (&blueprint::Environment, &Blueprint),
    problems: &mut Problems,
) {
    let (bucket, first) = (&blueprint.workarea.bucket, &its_blueprint.workarea.bucket);
    if bucket.value == first.value {
        let message = format!(
            "`{}` and `{}` have the same bucket `{}`",
            other.name.value, environment.name.value, bucket.value
        );
        let problem = Diagnostic::error("same-bucket", environment.name.span, message);
        let (region, account) = (&environment.region.value, &environment.account.value);
        let name = format!("workarea-{region}-{account}");
        problems.add(
            problem
                .label("bucket names are global")
                .help(format!("add `workarea: {{bucket: {name}}}` here")),
        );
    }
}

/// The environment that commands take when none is named must be one of them.
pub fn default_environment(root: &Node, names: &[Spanned<String>], problems: &mut Problems) {
    let Some(node) = root.get("default_environment") else { return };
    let Some(name) = String::decode(node, problems) else { return };
    if !names.iter().any(|known| known.value == name) {
        let problem = Diagnostic::error(
            "unknown-environment",
            node.span,
            format!("unknown environment `{name}`"),
        );
        problems.add(problem.suggest(&name, names.iter().map(|known| known.value.as_str())));
    }
}

pub(super) fn environment(
    written: &blueprint::Environment,
    problems: &mut Problems,
) -> Option<Environment> {
    let name =
        parsed(&written.name.value, &written.name, ("the environment", WORD), word, problems);
    let account = account(&written.account, problems);
    let region = &written.region;
    let partition =
        parsed(&region.value, region, ("the region", REGION), Partition::of_region, problems);
    let suffix = match &written.suffix {
        None => Some(String::new()),
        Some(suffix) => {
            let found = parsed(&suffix.value, suffix, ("the suffix", WORD), word, problems);
            found.map(|suffix| format!("-{suffix}"))
        }
    };
    Some(Environment {
        name: name?,
        account: account?,
        region: region.value.clone(),
        partition: partition?,
        suffix: suffix?,
    })
}

pub(super) const WORD: &str = "use lowercase letters, digits and hyphens, at most 16 characters";

const REGION: &str = "regions look like `us-east-1` or `eu-central-1`";

/// A word that fits file names, stack names and tags.
pub(super) fn word(text: &str) -> Result<String, BadName> {
    match text.chars().find(|c| !(c.is_ascii_lowercase() || c.is_ascii_digit() || *c == '-')) {
        _ if text.is_empty() => Err(BadName::Empty),
        _ if text.len() > 16 => Err(BadName::Long(16)),
        Some(found) => Err(BadName::Character(found)),
        None if text.starts_with('-') || text.ends_with('-') => {
            Err(BadName::Rule("must start and end with a letter or digit"))
        }
        None => Ok(text.to_owned()),
    }
}

pub(super) fn account(written: &Spanned<String>, problems: &mut Problems) -> Option<String> {
    let text = &written.value;
    if text.len() == 12 && text.chars().all(|c| c.is_ascii_digit()) {
        return Some(text.clone());
    }
    let problem =
        Diagnostic::error("bad-account", written.span, format!("`{text}` is not an AWS account"));
    problems.add(
        problem
            .label("expected 12 digits")
            .help("copy it from the console, in quotes: \"111122223333\""),
    );
    None
}

/// A version is part of the state machines' names.
pub(super) fn version(written: &Spanned<String>, problems: &mut Problems) -> Option<String> {
    let parse = |text: &str| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        match text.chars().find(|c| !allowed(*c)) {
            _ if text.is_empty() => Err(BadName::Empty),
            _ if text.len() > 12 => Err(BadName::Long(12)),
            Some(found) => Err(BadName::Character(found)),
            None => Ok(text.to_owned()),
        }
    };
    let rule = "a version has letters, digits, `.`, `-` and `_`, at most 12 characters";
    parsed(&written.value, written, ("the version", rule), parse, problems)
}

/// Step Functions API, `CreateStateMachine`: to log, "the name should only contain 0-9, A-Z, a-z, - and _". Who says in
/// the blueprint that there are logs, or that there are none, knows.
pub(super) fn dotted_names(blueprint: &Blueprint, problems: &mut Problems) {
    let version = &blueprint.version;
    let mut machines = blueprint.state_machines.values();
    let undecided = machines.any(|machine| blueprint.logging(&machine.value).is_none());
    if version.value.contains('.') && undecided {
        let message = "logging of state machines whose names have a dot is not promised";
        problems.add(
            Diagnostic::warning("dotted-name", version.span, message)
                .label("part of every state machine's name")
                .help("write `operations: {logging: true}` to log all the same (or `false`), or choose a version without a dot"),
        );
    }
}

pub(super) fn date(written: &Spanned<String>, problems: &mut Problems) -> Option<String> {
    let text = &written.value;
    if text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok() {
        return Some(text.clone());
    }
    let problem = Diagnostic::error("bad-date", written.span, format!("`{text}` is not a day"));
    problems.add(
        problem
            .label("expected yyyy-mm-dd")
            .help("write the day of the review, such as 2026-11-22"),
    );
    None
}
