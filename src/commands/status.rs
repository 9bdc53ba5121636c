//! `gen status`.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Value, json};

use super::common::Common;
use super::report::Format;
use super::stage::{Stage, failed};
use super::target::Target;
use super::{Exit, report};
use crate::apply::{self, Found, Survey};
use crate::plan::{Patient, Step, advice};

/// Show how every stack stands, and what to type where one is stuck
///
/// Nothing is changed and no change set made: what differs from the blueprint is told from templates and parameters.
///
/// Exit codes: 0 shown, 1 the blueprint has problems or AWS refuses.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    common: Common,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    args.common.run(async |target| shown(args, target).await)
}

async fn shown(args: &Args, target: &Target) -> anyhow::Result<Exit> {
    let stage = Stage::new(target, &args.common).await?;
    let tell = stage.teller();
    let scene = stage.scene(&tell);
    let wanted = &target.wanted;
    let prefix_lists = apply::prefix_lists(&scene).await.unwrap_or_default();
    let survey = apply::overview(&scene, &wanted.stacks, prefix_lists).await;
    let mut survey = survey.map_err(|failure| failed(target, &failure))?;
    if let Some(bootstrap) = &wanted.bootstrap {
        let own = std::slice::from_ref(bootstrap);
        let own = apply::overview(&scene, own, BTreeMap::new()).await;
        survey.found.splice(0..0, own.map_err(|failure| failed(target, &failure))?.found);
    }
    report::print(&match args.common.format {
        Format::Text => text(target, &survey),
        Format::Json => format!("{:#}\n", json(target, &survey)),
    })?;
    Ok(Exit::Done)
}

fn status<'a>(found: &'a Found) -> &'a str {
    found.deployed.as_ref().map_or("not there", |deployed| deployed.status.name())
}

/// Says how a stack differs from the blueprint.
fn word(found: &Found) -> &'static str {
    match (&found.step, &found.deployed) {
        (Step::Unchanged, _) => "as the blueprint says",
        (Step::Protect, _) => "not protected",
        (Step::Create { .. }, _) | (_, None) => "to be made",
        (Step::Update { .. } | Step::Later { .. }, _) => "differs from the blueprint",
        (Step::Recover { .. }, _) => "must be brought out of this state",
    }
}

/// Says what to type about a stack that needs a person; nothing where a deploy is all.
fn next(target: &Target, found: &Found) -> Option<String> {
    let deployed = found.deployed.as_ref()?;
    let Step::Recover { .. } = found.step else { return None };
    let patient = Patient {
        stack_name: &found.stack.stack_name,
        region: &target.wanted.region,
        env: &target.wanted.environment,
        deploy: &target.wanted.deploy(found.stack),
        failed: &[],
    };
    Some(advice(&deployed.status, patient))
}

fn text(target: &Target, survey: &Survey) -> String {
    let longest = |width: fn(&Found) -> usize| survey.found.iter().map(width).max().unwrap_or(0);
    let names = longest(|found| found.stack.stack_name.len());
    let states = longest(|found| status(found).len());
    let mut text = format!("{}\n", target.wanted.environment);
    for found in &survey.found {
        let (name, state) = (&found.stack.stack_name, status(found));
        let changed = found.deployed.as_ref().map_or("", |deployed| &deployed.changed);
        // Writing to a string does not fail.
        let _ = writeln!(text, "  {name:names$}  {state:states$}  {changed:20}  {}", word(found));
        let reason = found.deployed.as_ref().map_or("", |deployed| &deployed.reason);
        if let Some(next) = next(target, found) {
            let _ = writeln!(text, "      {reason}\n      help: {next}");
        }
    }
    text
}

fn json(target: &Target, survey: &Survey) -> Value {
    let stacks = survey.found.iter().map(|found| {
        let deployed = found.deployed.as_ref();
        json!({
            "stack": found.stack.name,
            "stack_name": found.stack.stack_name,
            "status": deployed.map(|one| one.status.name()),
            "reason": deployed.map(|one| &one.reason),
            "arn": deployed.map(|one| &one.arn),
            "changed": deployed.map(|one| &one.changed),
            "protected": deployed.map(|one| one.is_protected),
            "state": word(found),
            "help": next(target, found),
        })
    });
    json!({"environment": target.wanted.environment, "stacks": stacks.collect::<Vec<_>>()})
}
