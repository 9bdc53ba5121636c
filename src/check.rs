//! From the blueprint as written to the pipeline as meant: every problem is told, each at its place.

mod access;
mod cluster;
mod cron;
mod deployer;
mod extra;
mod hive_name;
mod lambda;
mod location;
mod machine;
mod network;
mod place;
mod schedule;
mod support;
mod table;
mod workarea;

pub use place::{default_environment, environments};

use crate::blueprint::decode::Spanned;
use crate::blueprint::{self, Blueprint};
use crate::diagnostic::{Diagnostic, Problems};
use crate::model::{BadName, Lambda, Machine, Name, Pipeline};
use crate::project::Project;

/// Checks a blueprint as it is in one environment. There is a pipeline only when there is no error so far: what was
/// refused is not in it, and the next steps rely on what is.
pub fn check(
    environment: &blueprint::Environment,
    blueprint: &Blueprint,
    project: &mut Project,
    problems: &mut Problems,
) -> Option<Pipeline> {
    let pipeline = pipeline(environment, blueprint, project, problems);
    if let Some(pipeline) = &pipeline {
        location::overlaps(pipeline, blueprint, problems);
    }
    pipeline.filter(|_| !problems.has_errors())
}

fn pipeline(
    environment: &blueprint::Environment,
    blueprint: &Blueprint,
    project: &mut Project,
    problems: &mut Problems,
) -> Option<Pipeline> {
    let place = place::environment(environment, problems);
    let name = name(&blueprint.pipeline, "the pipeline's name", problems);
    let version = place::version(&blueprint.version, problems);
    let as_of = place::date(&blueprint.as_of, problems);
    if let Some(day) = &as_of {
        support::ends(blueprint, day, problems);
    }
    let databases = table::databases(&blueprint.databases, problems);
    let tables = table::tables(&blueprint.tables, problems);
    table::databases_for(&tables, &databases, blueprint, problems);
    let lambdas = lambda::lambdas(blueprint, project, problems);
    let network = network::network(blueprint.network.as_ref(), problems);
    let cluster = cluster::cluster(blueprint, environment, network.as_ref(), problems);
    let machines = machines(blueprint, &lambdas, project, problems);
    place::dotted_names(blueprint, problems);
    let schedule = schedule::schedule(blueprint, problems);
    let groups = access::groups(blueprint, environment, problems);
    let workarea = workarea::workarea(blueprint, environment, problems);
    let deployer = deployer::deployer(blueprint, environment, problems);
    deployer::unbounded(blueprint, problems);
    Some(Pipeline {
        tags: workarea::tags(blueprint, environment, problems),
        subscribers: workarea::subscribers(&blueprint.subscribers, problems),
        boundary: deployer::boundary(blueprint, environment, problems),
        operations: workarea::operations(blueprint, problems),
        catalog_stacks: table::catalog_stacks(blueprint, problems),
        overrides: extra::overrides(blueprint, problems),
        extra_stacks: extra::stacks(blueprint, project, problems),
        name: name?,
        version: version?,
        as_of: as_of?,
        environment: place?,
        workarea: workarea?,
        cluster: cluster?,
        network: network?,
        schedule: schedule?,
        deployer: deployer?,
        databases,
        tables,
        lambdas,
        machines,
        groups,
    })
}

fn machines(
    blueprint: &Blueprint,
    lambdas: &[Lambda],
    project: &mut Project,
    problems: &mut Problems,
) -> Vec<Machine> {
    let step_concurrency = cluster::step_concurrency(blueprint, problems);
    let known = machine::Known { lambdas, step_concurrency };
    let mut read = |path: &Spanned<String>| {
        let file = project.named(&path.value, path.span)?;
        Ok((file, project.text(file).to_owned()))
    };
    machine::machines(blueprint, known, &mut read, problems)
}

/// Accepts a name, or says which rule it breaks.
fn name(written: &Spanned<String>, what: &str, problems: &mut Problems) -> Option<Name> {
    parsed(&written.value, written, (what, Name::RULE), Name::parse, problems)
}

/// Reads `text` with `parse`, or says at `written` which rule it breaks: `what` it is, and how it is written.
fn parsed<T, S>(
    text: &str,
    written: &Spanned<S>,
    (what, rule): (&str, &str),
    parse: impl Fn(&str) -> Result<T, BadName>,
    problems: &mut Problems,
) -> Option<T> {
    let reason = match parse(text) {
        Ok(found) => return Some(found),
        Err(reason) => reason,
    };
    let message = match reason {
        BadName::Empty => format!("{what} {reason}"),
        _ => format!("{what} `{text}` {reason}"),
    };
    let near = [text.replace(' ', "_"), text.to_lowercase()].into_iter().chain([
        text.to_lowercase().replace(['-', ' ', '.'], "_"),
        text.to_lowercase().replace(['_', ' ', '.'], "-"),
    ]);
    let help = match near.into_iter().find(|name| parse(name).is_ok()) {
        Some(name) => format!("write `{name}`: {rule}"),
        None => rule.to_owned(),
    };
    problems.add(Diagnostic::error("bad-name", written.span, message).help(help));
    None
}

/// Returns a number within its bounds, or the default when none is written.
fn number(
    written: Option<&Spanned<u32>>,
    what: &str,
    bounds: std::ops::RangeInclusive<u32>,
    default: u32,
    problems: &mut Problems,
) -> u32 {
    let Some(written) = written else { return default };
    if bounds.contains(&written.value) {
        return written.value;
    }
    let message = format!("`{}` is out of bounds for {what}", written.value);
    let problem = Diagnostic::error("out-of-bounds", written.span, message);
    problems.add(problem.help(format!(
        "choose a number from {} to {}",
        bounds.start(),
        bounds.end()
    )));
    default
}

/// Returns a word that must be one of a few.
fn word(
    written: Option<&Spanned<String>>,
    what: &str,
    known: &[&str],
    default: &str,
    problems: &mut Problems,
) -> String {
    let Some(written) = written else { return default.to_owned() };
    if !known.contains(&written.value.as_str()) {
        let message = format!("unknown {what} `{}`", written.value);
        let problem = Diagnostic::error("unknown-word", written.span, message);
        problems.add(problem.suggest(&written.value, known.iter().copied()));
    }
    written.value.clone()
}
