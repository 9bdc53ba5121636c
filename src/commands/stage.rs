//! What a command needs that deploys or looks: AWS, who hears of it, and what the person at the keyboard wants.

use serde_json::json;
use tokio::sync::watch::Receiver;

use super::common::Common;
use super::progress::Progress;
use super::report;
use super::target::Target;
use super::{Exit, wish};
use crate::apply::{Checked, Event, Failure, Outcome, Scene, Wish};
use crate::cloud::Cloud;

/// AWS reached for one target.
pub(super) struct Stage<'a> {
    pub(super) target: &'a Target,
    pub(super) cloud: Cloud,
    /// Whose credentials are used.
    pub(super) who: String,
    pub(super) progress: Progress,
    pub(super) wish: Receiver<Wish>,
    /// The time of the start, in seconds since 1970.
    pub(super) now: i64,
    /// Alarms that roll an update back.
    pub(super) alarms: &'a [String],
    /// Protected resources that may go.
    pub(super) released: &'a [String],
    /// Whether what was changed beside CloudFormation is brought back.
    pub(super) reverts_drift: bool,
    run: String,
}

impl<'a> Stage<'a> {
    pub(super) async fn new(target: &'a Target, common: &Common) -> anyhow::Result<Self> {
        Self::interruptible(target, common, false).await
    }

    /// Hears Ctrl-C; `cancels` makes the first one undo what is under way.
    pub(super) async fn interruptible(
        target: &'a Target,
        common: &Common,
        cancels: bool,
    ) -> anyhow::Result<Self> {
        let start = jiff::Timestamp::now();
        let wish = wish::listen(cancels, &target.wanted.environment, &common.reach.flags());
        let (cloud, identity) = common.reach.connect(&target.wanted).await?;
        Ok(Self {
            target,
            cloud,
            who: identity.arn,
            progress: Progress::new(common.format),
            wish,
            now: start.as_second(),
            alarms: &[],
            released: &[],
            reverts_drift: false,
            run: format!("{}-{}", start.as_nanosecond(), std::process::id()),
        })
    }

    /// Returns who hears what happens.
    pub(super) fn teller(&self) -> impl Fn(Event) {
        |event| self.progress.tell(&event)
    }

    pub(super) fn scene<'s>(&'s self, tell: &'s dyn Fn(Event)) -> Scene<'s> {
        Scene {
            cloud: &self.cloud,
            wanted: &self.target.wanted,
            tell,
            wish: self.wish.clone(),
            run: &self.run,
            alarms: self.alarms,
            released: self.released,
            reverts_drift: self.reverts_drift,
        }
    }
}

/// Tells a failure, with the line of the blueprint behind it and what to type next.
pub(super) fn failed(target: &Target, failure: &Failure) -> anyhow::Error {
    let help = failure.help(&target.wanted.environment);
    anyhow::anyhow!("{failure}{}\nhelp: {help}", place(target, failure))
}

fn place(target: &Target, failure: &Failure) -> String {
    let Failure::Stack { stack, cause: Some(cause), .. } = failure else { return String::new() };
    let key = (stack.clone(), cause.logical_id.clone());
    target.places.get(&key).map(|place| format!("\n --> {place}")).unwrap_or_default()
}

/// Tells how a deploy ended and returns the exit code.
pub(super) fn ended(stage: &Stage, outcome: &Outcome, checked: &Checked) -> anyhow::Result<Exit> {
    let env = &stage.target.wanted.environment;
    for (_, failure) in &outcome.failures {
        report::failure(&failed(stage.target, failure));
    }
    if !outcome.left.is_empty() {
        let left = outcome.left.join(", ");
        report::note(&format!(
            "not started: {left}\nhelp: once the rest is mended, `gen apply --env {env}` goes on from here\n"
        ));
    }
    if !checked.wrong.is_empty() {
        let wrong = checked.wrong.join("\n  ");
        report::note(&format!(
            "error: not as planned:\n  {wrong}\nhelp: undo what was changed beside `gen`, or change the blueprint to it, then `gen apply --env {env}`\n"
        ));
    }
    let wanted = outcome.failures.iter().any(|(_, failure)| failure.is_wanted());
    let interrupted = wanted || *stage.wish.borrow() != Wish::GoOn && !outcome.left.is_empty();
    let exit = match (outcome.is_whole() && checked.wrong.is_empty(), interrupted) {
        (true, _) => Exit::Done,
        (false, true) => Exit::Interrupted,
        (false, false) => Exit::Failed,
    };
    let failures = outcome.failures.iter().map(|(stack, failure)| {
        json!({"stack": stack, "failure": failure.to_string(), "help": failure.help(env), "at": place(stage.target, failure).trim_start_matches("\n --> ")})
    });
    let json = json!({
        "type": "result", "environment": env, "done": exit == Exit::Done,
        "changed": outcome.changed, "unchanged": outcome.outputs.len() - outcome.changed.len(),
        "failures": failures.collect::<Vec<_>>(), "left": outcome.left, "outputs": outcome.outputs,
        "wrong": checked.wrong, "unknown": checked.unknown, "by_hand": checked.left,
    });
    stage.progress.result(&summary(env, outcome, checked), &json)?;
    Ok(exit)
}

fn summary(env: &str, outcome: &Outcome, checked: &Checked) -> String {
    let unchanged = outcome.outputs.len() - outcome.changed.len();
    let changed = outcome.changed.len();
    let (failed, left) = (outcome.failures.len(), outcome.left.len());
    if failed + left + checked.wrong.len() == 0 {
        let head = format!("{env}: done, {changed} stacks changed, {unchanged} unchanged\n");
        let unknown = checked.unknown.iter().map(|one| format!("not looked at: {one}\n"));
        let by_hand = checked.left.iter().map(|one| format!("still to do: {one}\n"));
        return std::iter::once(head).chain(unknown).chain(by_hand).collect();
    }
    format!(
        "{env}: not done, {changed} stacks changed, {unchanged} unchanged, {failed} failed, {left} not started\n"
    )
}
