//! `gen destroy`.

use anyhow::bail;
use serde_json::json;

use super::common::Common;
use super::stage::{Stage, failed};
use super::target::Target;
use super::{Exit, consent, report};
use crate::apply::{self, Destroyed, Failure, Lock, Ruthless, Scene, Wish};
use crate::plan::{self, Doomed};

/// Delete the stacks of an environment; data that its templates retain stays
///
/// Shows first what is deleted and what stays, then asks for the pipeline's name. The bootstrap stack, which other pipelines may
/// use, stays.
///
/// Exit codes: 0 done, or nothing is there; 1 failed, declined, or locked; 130 interrupted.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    common: Common,
    /// The pipeline's name, for where nobody is there to type it
    #[arg(long, value_name = "PIPELINE")]
    confirm: Option<String>,
    /// Delete all objects of buckets and all queries of work groups that go with their stack
    #[arg(long)]
    empty: bool,
    /// Leave behind what an earlier `gen destroy` could not delete
    #[arg(long)]
    abandon: bool,
    /// Do not stop because an execution runs
    #[arg(long)]
    while_running: bool,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    args.common.run(async |target| destroyed(args, target).await)
}

async fn destroyed(args: &Args, target: &Target) -> anyhow::Result<Exit> {
    let stage = Stage::new(target, &args.common).await?;
    let tell = stage.teller();
    let scene = stage.scene(&tell);
    let told = |failure: Failure| failed(target, &failure);
    let doomed = apply::doomed(&scene).await.map_err(told)?;
    if doomed.is_empty() {
        return ended(&stage, &Destroyed::default(), &doomed);
    }
    report::note(&plan::doom(&target.wanted.environment, &doomed));
    if !agreed(args, target, &stage).await? {
        report::note("nothing was deleted\n");
        let interrupted = *stage.wish.borrow() != Wish::GoOn;
        return Ok(if interrupted { Exit::Interrupted } else { Exit::Failed });
    }
    let lock = apply::lock(&scene, &stage.who).await.map_err(told)?;
    let done = locked(args, &scene, &doomed, &lock).await;
    lock.release(done.is_ok()).await;
    ended(&stage, &done.map_err(told)?, &doomed)
}

async fn agreed(args: &Args, target: &Target, stage: &Stage<'_>) -> anyhow::Result<bool> {
    let name = &target.wanted.pipeline;
    match &args.confirm {
        Some(confirmed) if confirmed == name => Ok(true),
        Some(confirmed) => {
            bail!(
                "the pipeline is `{name}`, not `{confirmed}`\nhelp: look which blueprint and environment are meant"
            )
        }
        None => {
            let question = format!("Delete these stacks of `{}`?", target.wanted.environment);
            consent::given(&question, name, stage.wish.clone()).await
        }
    }
}

async fn locked(
    args: &Args,
    scene: &Scene<'_>,
    doomed: &[Doomed],
    lock: &Lock<'_>,
) -> Result<Destroyed, Failure> {
    if !args.while_running {
        let running = apply::running(scene).await?;
        if !running.is_empty() {
            return Err(Failure::refused(
                format!("an execution runs: {}", running.join(", ")),
                "run this again when it has ended, or with `--while-running`",
            ));
        }
    }
    let how = Ruthless { empties: args.empty, abandons: args.abandon };
    tokio::select! {
        done = apply::destroy(scene, doomed, how) => done,
        failure = lock.keep() => Err(failure),
    }
}

fn ended(stage: &Stage, destroyed: &Destroyed, doomed: &[Doomed]) -> anyhow::Result<Exit> {
    let Destroyed { gone, failures, left } = destroyed;
    let env = &stage.target.wanted.environment;
    for (_, failure) in failures {
        report::failure(&failed(stage.target, failure));
    }
    let text = match (doomed.len(), failures.len() + left.len()) {
        (0, _) => format!("{env}: nothing is there\n"),
        (_, 0) => format!("{env}: done, {} stacks deleted\n", gone.len()),
        (_, _) => format!(
            "{env}: not done, {} stacks deleted, {} failed, {} not begun\n",
            gone.len(),
            failures.len(),
            left.len()
        ),
    };
    let own = doomed.iter().filter(|one| gone.contains(&one.stack)).cloned();
    let own: Vec<Doomed> = own.collect();
    let stays: Vec<_> = own.iter().flat_map(|one| &one.stays).collect();
    let failed = failures.iter().map(|(stack, failure)| {
        json!({"stack": stack, "failure": failure.to_string(), "help": failure.help(env)})
    });
    let json = json!({
        "type": "result", "environment": env, "done": failures.len() + left.len() == 0,
        "deleted": gone, "failures": failed.collect::<Vec<_>>(), "left": left, "stays": stays,
    });
    let remains = plan::remains(&stage.target.wanted.region, &own);
    stage.progress.result(&(text + &remains), &json)?;
    let interrupted = failures.iter().any(|(_, failure)| failure.is_wanted());
    Ok(match failures.is_empty() {
        true => Exit::Done,
        false if interrupted => Exit::Interrupted,
        false => Exit::Failed,
    })
}
