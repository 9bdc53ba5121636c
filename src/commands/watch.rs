//! `gen watch`.

use futures_util::future::join_all;
use serde_json::json;

use super::common::Common;
use super::stage::{Stage, failed};
use super::target::Target;
use super::{Exit, report};
use crate::apply::{self, Failure, Scene, Wish};
use crate::plan::{Deployed, Stack};

/// Watch what is under way in an environment, whoever started it
///
/// Exit codes: 0 all came to a good end, or nothing is under way; 1 something did not; 130 interrupted.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    common: Common,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    args.common.run(async |target| watched(args, target).await)
}

async fn watched(args: &Args, target: &Target) -> anyhow::Result<Exit> {
    let stage = Stage::new(target, &args.common).await?;
    let tell = stage.teller();
    let scene = stage.scene(&tell);
    let all = target.wanted.bootstrap.iter().chain(&target.wanted.stacks);
    let ended = join_all(all.map(|stack| one(&scene, stack))).await;
    let (mut watched, mut failures) = (0, Vec::new());
    for ended in ended {
        match ended {
            Ok(None) => {}
            Ok(Some(_)) => watched += 1,
            Err(failure) => failures.push(failure),
        }
    }
    for failure in &failures {
        report::failure(&failed(target, failure));
    }
    let env = &target.wanted.environment;
    let text = match (watched, failures.len()) {
        (0, 0) => format!("{env}: nothing is under way\n"),
        (good, 0) => format!("{env}: done, {good} stacks came to a good end\n"),
        (good, bad) => {
            format!("{env}: not done, {good} stacks came to a good end, {bad} did not\n")
        }
    };
    let json =
        json!({"type": "result", "environment": env, "watched": watched, "failed": failures.len()});
    stage.progress.result(&text, &json)?;
    Ok(match failures.is_empty() {
        true => Exit::Done,
        false if *stage.wish.borrow() != Wish::GoOn => Exit::Interrupted,
        false => Exit::Failed,
    })
}

/// Watches a stack; nothing when it rests.
async fn one(scene: &Scene<'_>, stack: &Stack) -> Result<Option<Deployed>, Failure> {
    let doing = format!("look at `{}`", stack.stack_name);
    let seen = apply::look(scene.cloud, &stack.stack_name).await;
    let seen = seen.map_err(Failure::request(doing))?;
    match seen.filter(|deployed| deployed.status.is_busy()) {
        None => Ok(None),
        Some(deployed) => apply::watch(scene, stack, &deployed.arn).await.map(Some),
    }
}
