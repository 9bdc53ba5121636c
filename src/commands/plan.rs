//! `gen plan`.

use std::path::{Path, PathBuf};

use anyhow::Context;

use super::common::Common;
use super::pending::Pending;
use super::report::Format;
use super::stage::{Stage, failed};
use super::target::Target;
use super::{Exit, report};
use crate::apply::{self, Failure, Purpose, Survey};

/// Show what a deploy would do to every stack, asked of CloudFormation where it can be asked now
///
/// Nothing is changed: change sets are deleted again, unless --save keeps them for `gen apply FILE`.
///
/// Exit codes: 0 done, 1 the blueprint has problems or AWS refuses, 3 changes are pending (with --exit-code).
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    common: Common,
    /// Keep the plan in this file, which `gen apply FILE` carries out
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    /// Look for what was changed beside CloudFormation too, and plan to bring it back
    #[arg(long)]
    revert_drift: bool,
    /// End with code 3 when changes are pending
    #[arg(long)]
    exit_code: bool,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    args.common.run(async |target| planned(args, target).await)
}

async fn planned(args: &Args, target: &Target) -> anyhow::Result<Exit> {
    let mut stage = Stage::new(target, &args.common).await?;
    stage.reverts_drift = args.revert_drift;
    match on(args, target, &stage).await {
        Ok(told) => told,
        Err(failure) => Err(failed(target, &failure)),
    }
}

async fn on(
    args: &Args,
    target: &Target,
    stage: &Stage<'_>,
) -> Result<anyhow::Result<Exit>, Failure> {
    let tell = stage.teller();
    let scene = stage.scene(&tell);
    let purpose = if args.save.is_some() { Purpose::Apply } else { Purpose::Look };
    let pending = Pending::find(&scene, target, purpose, None).await?;
    let told = match &args.save {
        None => {
            apply::discard(&scene, &pending.survey, |_| true).await;
            Ok(())
        }
        Some(path) => kept(path, &scene, &pending.survey, stage.now),
    };
    Ok(told.and_then(|()| shown(args, target, &pending)))
}

fn kept(path: &Path, scene: &apply::Scene, survey: &Survey, now: i64) -> anyhow::Result<()> {
    let plan = apply::save(scene, survey, env!("CARGO_PKG_VERSION"), now);
    let text = serde_json::to_string_pretty(&plan).expect("a plan is JSON") + "\n";
    std::fs::write(path, text).with_context(|| format!("cannot write `{}`", path.display()))
}

fn shown(args: &Args, target: &Target, pending: &Pending) -> anyhow::Result<Exit> {
    let env = &target.wanted.environment;
    report::print(&match args.common.format {
        Format::Json => format!("{:#}\n", pending.json(env)?),
        Format::Text => pending.text(env, true)?,
    })?;
    let differs = args.exit_code && pending.is_pending();
    Ok(if differs { Exit::Different } else { Exit::Done })
}
