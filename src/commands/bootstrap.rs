//! `gen bootstrap`.

use std::collections::BTreeMap;
use std::slice;

use anyhow::bail;

use super::common::Common;
use super::report::Format;
use super::stage::{Stage, ended, failed};
use super::target::Target;
use super::{Exit, consent, report};
use crate::apply::{self, Checked, Event, Manner, Purpose, Survey};
use crate::plan;

/// Make what must be there before the first deploy: the bucket for code, the deploying roles, the boundary of all roles
///
/// An administrator runs it once for each account, region and suffix, and again when `gen plan` says so.
///
/// Exit codes: 0 done, 1 failed or declined, 130 interrupted.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    common: Common,
    /// Go on without asking
    #[arg(long)]
    yes: bool,
    /// Let this resource go although it holds data, such as `bootstrap.Artifacts`
    #[arg(long, value_name = "STACK.RESOURCE")]
    release: Vec<String>,
    /// Look for what was changed beside CloudFormation too, and bring it back
    #[arg(long)]
    revert_drift: bool,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    args.common.run(async |target| bootstrapped(args, target).await)
}

async fn bootstrapped(args: &Args, target: &Target) -> anyhow::Result<Exit> {
    let Some(stack) = &target.wanted.bootstrap else {
        bail!("the blueprint has no bootstrap stack\nhelp: `gen apply` deploys the others");
    };
    let mut stage = Stage::new(target, &args.common).await?;
    stage.released = &args.release;
    stage.reverts_drift = args.revert_drift;
    let tell = stage.teller();
    let scene = stage.scene(&tell);
    let survey = apply::survey(&scene, slice::from_ref(stack), BTreeMap::new(), Purpose::Apply);
    let survey = survey.await.map_err(|failure| failed(target, &failure))?;
    if !agreed(args, &stage, &survey).await? {
        apply::discard(&scene, &survey, |_| true).await;
        report::note("nothing was changed\n");
        return Ok(Exit::Failed);
    }
    let manner = Manner { concurrency: 1, is_strict: false };
    let outcome = apply::deploy(&scene, slice::from_ref(stack), &survey, manner).await;
    ended(&stage, &outcome, &Checked::default())
}

async fn agreed(args: &Args, stage: &Stage<'_>, survey: &Survey<'_>) -> anyhow::Result<bool> {
    let env = &stage.target.wanted.environment;
    let text = plan::text(env, &survey.outlines());
    match args.common.format {
        Format::Text => report::note(&text),
        Format::Json => stage.progress.tell(&Event::note(text)),
    }
    if args.yes || !survey.is_pending() {
        return Ok(true);
    }
    consent::given(&format!("Bootstrap `{env}`?"), "yes", stage.wish.clone()).await
}
