//! `gen apply`.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde_json::json;

use super::common::Common;
use super::pending::Pending;
use super::report::Format;
use super::stage::{Stage, ended, failed};
use super::target::Target;
use super::{Exit, consent, report};
use crate::apply::{self, Checked, Failure, Manner, Outcome, Purpose, Scene, Survey, Wish};
use crate::plan::SavedPlan;

/// Deploy an environment: stacks along their dependencies, code, scripts and configuration
///
/// Exit codes: 0 done, 1 failed, declined, or the plan is stale, 130 interrupted.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct Args {
    #[command(flatten)]
    common: Common,
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
    /// Look for what was changed beside CloudFormation too, and bring it back; a saved plan says so itself
    #[arg(long)]
    revert_drift: bool,
    /// Do not wait until the pipeline's executions have ended
    #[arg(long)]
    while_running: bool,
    /// Undo what is under way at the first Ctrl-C
    #[arg(long)]
    cancel_on_interrupt: bool,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let saved = args.file.as_deref().map(read).transpose()?;
    let mut common = args.common.clone();
    if let Some(plan) = &saved {
        common.named.selection.env.get_or_insert_with(|| plan.environment.clone());
    }
    common.run(async |target| {
        let ended = Box::pin(applied(args, target, saved.as_ref())).await;
        if let (Format::Json, Err(error)) = (common.format, &ended) {
            let env = &target.wanted.environment;
            let last = json!({"type": "result", "environment": env, "done": false, "error": format!("{error:#}")});
            report::print(&format!("{last}\n"))?;
        }
        ended
    })
}

fn read(path: &Path) -> anyhow::Result<SavedPlan> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        let help = "`gen plan --save FILE` makes one";
        anyhow::anyhow!("cannot read the plan `{}`: {error}\nhelp: {help}", path.display())
    })?;
    serde_json::from_str(&text).with_context(|| {
        format!(
            "`{}` is no plan of this version\nhelp: `gen plan --save FILE` makes one",
            path.display()
        )
    })
}

async fn applied(args: &Args, target: &Target, saved: Option<&SavedPlan>) -> anyhow::Result<Exit> {
    let cancels = args.cancel_on_interrupt;
    let mut stage = Stage::interruptible(target, &args.common, cancels).await?;
    stage.alarms = &args.rollback_alarm;
    stage.released = &args.release;
    stage.reverts_drift = args.revert_drift || saved.is_some_and(|plan| plan.reverts_drift);
    if let Some(plan) = saved {
        still_good(plan, target, stage.now)?;
        same_drift(plan, args)?;
    }
    let tell = stage.teller();
    let scene = stage.scene(&tell);
    let lock = apply::lock(&scene, &stage.who).await;
    let lock = lock.map_err(|failure| failed(target, &failure))?;
    let ended = tokio::select! {
        ended = locked(args, &stage, &scene, saved, lock.follows_trouble) => ended,
        failure = lock.keep() => Err(failed(target, &failure)),
    };
    lock.release(matches!(ended, Ok(Exit::Done))).await;
    ended
}

/// Deploys, while nobody else does.
async fn locked(
    args: &Args,
    stage: &Stage<'_>,
    scene: &Scene<'_>,
    saved: Option<&SavedPlan>,
    follows_trouble: bool,
) -> anyhow::Result<Exit> {
    let target = stage.target;
    let pending = Pending::find(scene, target, Purpose::Apply, saved).await;
    let pending = pending.map_err(|failure| failed(target, &failure))?;
    let agreed = agreed(args, stage, &pending).await;
    if *stage.wish.borrow() != Wish::GoOn || !matches!(agreed, Ok(true)) {
        let exit = given_up(stage, scene, &pending.survey, saved).await;
        return agreed.map(|_| exit);
    }
    if !pending.is_pending() {
        let checked = apply::check(scene, &[], follows_trouble).await;
        return ended(stage, &Outcome::unchanged(&pending.survey), &checked);
    }
    let prepared = prepared(args, scene, target, &pending.survey).await;
    if !matches!(prepared, Ok(true)) {
        let exit = given_up(stage, scene, &pending.survey, saved).await;
        return prepared.map(|_| exit).map_err(|failure| failed(target, &failure));
    }
    let manner = Manner { concurrency: usize::from(args.concurrency), is_strict: saved.is_some() };
    let mut outcome = apply::deploy(scene, &target.wanted.stacks, &pending.survey, manner).await;
    let checked = finished(scene, target, &mut outcome, follows_trouble).await;
    ended(stage, &outcome, &checked)
}

/// Brings what must be there before the stacks; tells whether the deploy may begin.
async fn prepared(
    args: &Args,
    scene: &Scene<'_>,
    target: &Target,
    survey: &Survey<'_>,
) -> Result<bool, Failure> {
    apply::guarded(scene, survey)?;
    if survey.is_pending() && !args.while_running && !apply::idle(scene).await? {
        return Ok(false);
    }
    if survey.is_pending() {
        apply::default_database(scene).await?;
    }
    let code = apply::code(&target.wanted, &target.files, &survey.pending());
    apply::upload(scene, &code).await?;
    Ok(true)
}

/// Brings what needs the stacks, and looks whether all is as planned.
async fn finished(
    scene: &Scene<'_>,
    target: &Target,
    outcome: &mut Outcome,
    follows_trouble: bool,
) -> Checked {
    if !outcome.is_whole() {
        return Checked::default();
    }
    if let Err(failure) = apply::configure(scene, &target.files, &outcome.outputs).await {
        outcome.failures.push(("configuration".to_owned(), failure));
    }
    apply::check(scene, &outcome.changed, follows_trouble).await
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

fn same_drift(plan: &SavedPlan, args: &Args) -> anyhow::Result<()> {
    if args.revert_drift && !plan.reverts_drift {
        let env = &plan.environment;
        bail!(
            "the plan brings no drift back: it was made without `--revert-drift`\nhelp: make a new one: `gen plan --env {env} --revert-drift --save FILE`"
        );
    }
    Ok(())
}

/// Shows the plan and asks, where there is something to ask.
async fn agreed(args: &Args, stage: &Stage<'_>, pending: &Pending<'_>) -> anyhow::Result<bool> {
    let env = &stage.target.wanted.environment;
    match args.common.format {
        Format::Text => report::note(&pending.text(env, !args.while_running)?),
        Format::Json => {
            let mut plan = pending.json(env)?;
            plan["type"] = "plan".into();
            report::print(&format!("{plan}\n"))?;
        }
    }
    if args.yes || !pending.is_pending() {
        return Ok(true);
    }
    consent::given(&format!("Deploy `{env}`?"), "yes", stage.wish.clone()).await
}

/// Leaves everything as it was; a saved plan stays good.
async fn given_up(
    stage: &Stage<'_>,
    scene: &Scene<'_>,
    survey: &Survey<'_>,
    saved: Option<&SavedPlan>,
) -> Exit {
    if saved.is_none() {
        apply::discard(scene, survey, |_| true).await;
    }
    report::note("nothing was changed\n");
    let interrupted = *stage.wish.borrow() != Wish::GoOn;
    if interrupted { Exit::Interrupted } else { Exit::Failed }
}
