//! All that a deploy would do: stacks, objects, and what stands in its way.

use std::fmt::Write;

use serde_json::{Value, json};

use super::consequence;
use super::target::Target;
use crate::apply::{self, Failure, Purpose, Scene, Survey};
use crate::plan::{self, SavedPlan};

/// What is to be done.
pub(super) struct Pending<'a> {
    pub(super) survey: Survey<'a>,
    /// The keys of configuration and scripts to be uploaded.
    objects: Vec<String>,
    /// What runs meanwhile.
    running: Vec<String>,
}

impl<'a> Pending<'a> {
    /// Finds it out, or takes the stacks from a saved plan; nothing stays of it when it cannot be done.
    pub(super) async fn find(
        scene: &Scene<'_>,
        target: &'a Target,
        purpose: Purpose,
        saved: Option<&SavedPlan>,
    ) -> Result<Self, Failure> {
        let stacks = &target.wanted.stacks;
        let survey = if let Some(plan) = saved {
            apply::restore(scene, stacks, plan).await?
        } else {
            let prefix_lists = apply::prefix_lists(scene).await?;
            apply::survey(scene, stacks, prefix_lists, purpose).await?
        };
        match besides(scene, target, &survey).await {
            Ok((objects, running)) => Ok(Self { survey, objects, running }),
            Err(failure) => {
                if saved.is_none() {
                    apply::discard(scene, &survey, |_| true).await;
                }
                Err(failure)
            }
        }
    }

    pub(super) fn is_pending(&self) -> bool {
        self.survey.is_pending() || !self.objects.is_empty()
    }

    /// Returns it as people read it; `waits` says whether the deploy waits for what runs.
    pub(super) fn text(&self, env: &str, waits: bool) -> anyhow::Result<String> {
        let outlines = self.survey.outlines();
        let mut text = match (self.survey.is_pending(), self.objects.is_empty()) {
            (false, false) => format!("{env}: {} stacks are as they should be\n", outlines.len()),
            _ => plan::text(env, &outlines),
        };
        for key in &self.objects {
            // Writing to a string does not fail.
            let _ = writeln!(text, "  upload  {key}");
        }
        if !self.running.is_empty() {
            let running = self.running.join(", ");
            let _ = if waits {
                writeln!(
                    text,
                    "warning: this runs now, and is waited for: {running}\nhelp: `gen apply --while-running` does not wait"
                )
            } else {
                writeln!(text, "warning: this runs now, and is not waited for: {running}")
            };
        }
        Ok(text + &consequence::text(&self.survey)?)
    }

    pub(super) fn json(&self, env: &str) -> anyhow::Result<Value> {
        Ok(json!({
            "environment": env,
            "pending": self.is_pending(),
            "stacks": self.survey.outlines(),
            "objects": self.objects,
            "running": self.running,
            "consequence": consequence::json(&self.survey)?,
        }))
    }
}

/// Looks whether it can be done, and at what is not a stack.
async fn besides(
    scene: &Scene<'_>,
    target: &Target,
    survey: &Survey<'_>,
) -> Result<(Vec<String>, Vec<String>), Failure> {
    apply::possible(scene, survey).await?;
    let objects = apply::outdated(scene, &target.files, &survey.outputs()).await?;
    let running = if survey.is_pending() { apply::running(scene).await? } else { Vec::new() };
    Ok((objects, running))
}
