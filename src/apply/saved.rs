//! A survey kept in a plan file, and brought back when nothing has moved.

use aws_sdk_cloudformation::types::ExecutionStatus;
use futures_util::future::try_join_all;

use super::change_set::{self, Ready};
use super::survey::found;
use super::{Failure, Found, Scene, Survey};
use crate::plan::{Deployed, SavedPlan, SavedStack, Seen, Stack, Step};

/// Returns the plan file of a survey.
pub fn save(scene: &Scene, survey: &Survey, tool: &str, made: i64) -> SavedPlan {
    let mut plan = SavedPlan::new(scene.wanted, tool, made);
    plan.prefix_lists.clone_from(&survey.prefix_lists);
    plan.reverts_drift = scene.reverts_drift;
    plan.stacks = survey.found.iter().map(saved).collect();
    plan
}

fn saved(found: &Found) -> SavedStack {
    let ready = found.ready.as_ref();
    let under_review = ready.filter(|ready| ready.creates).map(|ready| Seen {
        arn: ready.stack_arn.clone(),
        changed: String::new(),
        status: REVIEW.to_owned(),
    });
    SavedStack {
        name: found.stack.name.clone(),
        template: found.stack.sha256.clone(),
        step: found.step.clone(),
        seen: under_review.or_else(|| found.deployed.as_ref().map(seen)),
        parameters: found.parameters.clone(),
        changes: ready.map(|ready| ready.changes.clone()).unwrap_or_default(),
    }
}

const REVIEW: &str = "REVIEW_IN_PROGRESS";

fn seen(deployed: &Deployed) -> Seen {
    let status = deployed.status.name().to_owned();
    // When a stack under review last changed says nothing: change sets come and go.
    let changed = if status == REVIEW { String::new() } else { deployed.changed.clone() };
    Seen { arn: deployed.arn.clone(), changed, status }
}

/// Brings back what a plan file holds.
///
/// # Errors
/// A stack or a change set is not as it was.
pub async fn restore<'a>(
    scene: &Scene<'_>,
    stacks: &'a [Stack],
    plan: &SavedPlan,
) -> Result<Survey<'a>, Failure> {
    let pairs = stacks
        .iter()
        .map(|stack| (stack, plan.stacks.iter().find(|saved| saved.name == stack.name)));
    let found = try_join_all(pairs.map(|(stack, saved)| restored(scene, stack, saved))).await?;
    Ok(Survey { found, prefix_lists: plan.prefix_lists.clone() })
}

fn stale(scene: &Scene, why: &str) -> Failure {
    let help = format!("make a new one: `gen plan --env {} --save FILE`", scene.wanted.environment);
    Failure::refused(format!("the plan is stale: {why}"), help)
}

async fn restored<'a>(
    scene: &Scene<'_>,
    stack: &'a Stack,
    saved: Option<&SavedStack>,
) -> Result<Found<'a>, Failure> {
    let name = &stack.stack_name;
    let Some(saved) = saved else { return Err(stale(scene, &format!("`{name}` is new"))) };
    let mut found = found(scene, stack).await?;
    if found.deployed.as_ref().map(seen) != saved.seen {
        return Err(stale(scene, &format!("`{name}` has changed since")));
    }
    found.parameters.clone_from(&saved.parameters);
    found.step = saved.step.clone();
    if let Step::Create { change_set } | Step::Update { change_set } = &saved.step {
        found.ready = Some(available(scene, stack, saved, change_set).await?);
    }
    Ok(found)
}

async fn available(
    scene: &Scene<'_>,
    stack: &Stack,
    saved: &SavedStack,
    arn: &str,
) -> Result<Ready, Failure> {
    let described = change_set::describe(scene, &stack.stack_name, arn).await;
    let described = match described {
        Err(trouble) if trouble.is_missing() => None,
        other => {
            let doing = format!("read the changes of `{}`", stack.stack_name);
            Some(other.map_err(Failure::request(doing))?)
        }
    };
    let usable =
        described.filter(|one| one.execution_status() == Some(&ExecutionStatus::Available));
    let Some(described) = usable else {
        let why = format!("the change set of `{}` is gone or was overtaken", stack.stack_name);
        return Err(stale(scene, &why));
    };
    Ok(Ready {
        arn: arn.to_owned(),
        stack_arn: described.stack_id().unwrap_or_default().to_owned(),
        creates: matches!(saved.step, Step::Create { .. }),
        changes: saved.changes.clone(),
        warnings: Vec::new(),
    })
}
