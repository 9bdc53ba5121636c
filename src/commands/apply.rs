//! `gen apply`.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde_json::json;

use super::consequence::consequence;
use super::reach::Reach;
use super::report::Format;
use super::stage::{Stage, ended, failed};
use super::target::{Named, Target};
use super::{Exit, consent, report};
use crate::apply::{self, Event, Failure, Manner, Purpose, Scene, Survey, Wish};
use crate::cloud;
use crate::plan::{self, SavedPlan, Stack};

/// Deploy an environment: stacks along their dependencies, code, scripts and configuration
///
/// Exit codes: 0 done, 1 failed, declined, or the plan is stale, 130 interrupted.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    reach: Reach,
    /// The plan to carry out, exactly, from `gen plan --save FILE`
    file: Option<PathBuf>,
    /// Go on without asking
    #[arg(long)]
    yes: bool,
    /// Stacks at the same time, as many as may unless given
    #[arg(long, value_name = "N", default_value_t = 64, hide_default_value = true, value_parser = clap::value_parser!(u16).range(1..))]
    concurrency: u16,
    /// Roll an update back when this CloudWatch alarm goes off meanwhile
    #[arg(long, value_name = "ARN")]
    rollback_alarm: Vec<String>,
    /// Let this resource go although it holds data, such as `storage.Workarea`
    #[arg(long, value_name = "STACK.RESOURCE")]
    release: Vec<String>,
    /// Undo what is under way at the first Ctrl-C
    #[arg(long)]
    cancel_on_interrupt: bool,
    /// The form of the report; json is one event a line
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let Some(target) = args.named.target()? else { return Ok(Exit::Failed) };
    let saved = args.file.as_deref().map(read).transpose()?;
    let ended = cloud::run(applied(args, &target, saved));
    if let (Format::Json, Err(error)) = (args.format, &ended) {
        let env = &target.wanted.environment;
        let last = json!({"type": "result", "environment": env, "done": false, "error": format!("{error:#}")});
        report::print(&format!("{last}\n"))?;
    }
    ended
}

fn read(path: &Path) -> anyhow::Result<SavedPlan> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the plan `{}`", path.display()))?;
    serde_json::from_str(&text).with_context(|| {
        format!(
            "`{}` is no plan of this version\nhelp: `gen plan --save FILE` makes one",
            path.display()
        )
    })
}

async fn applied(args: &Args, target: &Target, saved: Option<SavedPlan>) -> anyhow::Result<Exit> {
    let cancels = args.cancel_on_interrupt;
    let mut stage = Stage::interruptible(target, &args.reach, args.format, cancels).await?;
    stage.alarms = &args.rollback_alarm;
    stage.released = &args.release;
    if let Some(plan) = &saved {
        still_good(plan, target, stage.now)?;
    }
    let tell = stage.teller();
    let scene = stage.scene(&tell);
    let lock = apply::lock(&scene, &stage.who).await;
    let lock = lock.map_err(|failure| failed(target, &failure))?;
    let ended = tokio::select! {
        ended = locked(args, &stage, &scene, saved.as_ref()) => ended,
        failure = lock.keep() => Err(failed(target, &failure)),
    };
    lock.release().await;
    ended
}

/// Deploys, while nobody else does.
async fn locked(
    args: &Args,
    stage: &Stage<'_>,
    scene: &Scene<'_>,
    saved: Option<&SavedPlan>,
) -> anyhow::Result<Exit> {
    let (target, stacks) = (stage.target, &stage.target.wanted.stacks);
    let survey = match saved {
        Some(plan) => apply::restore(scene, stacks, plan).await,
        None => surveyed(scene, stacks).await,
    };
    let survey = survey.map_err(|failure| failed(target, &failure))?;
    if *stage.wish.borrow() != Wish::GoOn || !agreed(args, target, stage, &survey).await? {
        return given_up(stage, scene, &survey).await;
    }
    let is_strict = saved.is_some();
    let manner = Manner { concurrency: usize::from(args.concurrency), is_strict };
    let outcome = apply::deploy(scene, stacks, &survey, manner).await;
    ended(stage, &outcome)
}

async fn surveyed<'a>(scene: &Scene<'_>, stacks: &'a [Stack]) -> Result<Survey<'a>, Failure> {
    let prefix_lists = apply::prefix_lists(scene).await?;
    apply::survey(scene, stacks, prefix_lists, Purpose::Apply).await
}

fn still_good(plan: &SavedPlan, target: &Target, now: i64) -> anyhow::Result<()> {
    let stale = plan.stale(&target.wanted, env!("CARGO_PKG_VERSION"), now);
    if stale.is_empty() {
        return Ok(());
    }
    let why: Vec<_> = stale.iter().map(ToString::to_string).collect();
    let env = &target.wanted.environment;
    bail!(
        "the plan is stale: {}\nhelp: make a new one: `gen plan --env {env} --save FILE`",
        why.join("; ")
    );
}

/// Shows the plan and asks, where there is something to ask.
async fn agreed(
    args: &Args,
    target: &Target,
    stage: &Stage<'_>,
    survey: &Survey<'_>,
) -> anyhow::Result<bool> {
    let env = &target.wanted.environment;
    let text = plan::text(env, &survey.outlines()) + &consequence(survey)?;
    match args.format {
        Format::Text => report::note(&text),
        Format::Json => stage.progress.tell(&Event::note(text)),
    }
    if args.yes || !survey.is_pending() {
        return Ok(true);
    }
    consent::given(&format!("Deploy `{env}`?"), "yes", stage.wish.clone()).await
}

async fn given_up(
    stage: &Stage<'_>,
    scene: &Scene<'_>,
    survey: &Survey<'_>,
) -> anyhow::Result<Exit> {
    apply::discard(scene, survey, |_| true).await;
    report::note("nothing was changed\n");
    let interrupted = *stage.wish.borrow() != Wish::GoOn;
    Ok(if interrupted { Exit::Interrupted } else { Exit::Failed })
}
