//! Stacks deleted, those first that others need least; what is retained stays.

use std::collections::BTreeSet;

use aws_sdk_cloudformation::types::{ResourceStatus, StackResourceSummary};
use futures_util::future::{join_all, try_join_all};

use super::execute::bad;
use super::follow::{Watch, follow};
use super::{Event, Failure, Scene, empty, guard, look, recover};
use crate::cloud::Trouble;
use crate::plan::{Deployed, Doomed, Member, Stack, Status, Wanted, levels, retained, token};

/// How stacks are deleted.
#[derive(Clone, Copy, Debug)]
pub struct Ruthless {
    /// Whether buckets and work groups that go are emptied first.
    pub empties: bool,
    /// Whether what cannot be deleted is left behind.
    pub abandons: bool,
}

/// How a destruction ended.
#[derive(Debug, Default)]
pub struct Destroyed {
    /// The short names of the stacks that are gone.
    pub gone: Vec<String>,
    /// What failed, by stack.
    pub failures: Vec<(String, Failure)>,
    /// The stacks that were not begun because of that.
    pub left: Vec<String>,
}

/// Looks what would be deleted and what would stay, in the order of deletion.
///
/// # Errors
/// A request failed.
pub async fn doomed(scene: &Scene<'_>) -> Result<Vec<Doomed>, Failure> {
    let looks =
        backwards(scene.wanted)?.into_iter().flatten().map(|stack| doomed_one(scene, stack));
    Ok(try_join_all(looks).await?.into_iter().flatten().collect())
}

fn backwards(wanted: &Wanted) -> Result<Vec<Vec<&Stack>>, Failure> {
    let levels = levels(&wanted.stacks).map_err(|circular| {
        Failure::refused(circular.to_string(), "mend `after` and the parameters of these stacks")
    })?;
    Ok(levels.into_iter().rev().collect())
}

async fn doomed_one(scene: &Scene<'_>, stack: &Stack) -> Result<Option<Doomed>, Failure> {
    let doing = || format!("look at `{}`", stack.stack_name);
    let seen = look(scene.cloud, &stack.stack_name).await.map_err(Failure::request(doing()))?;
    let Some(deployed) = seen else { return Ok(None) };
    guard::own(scene, stack, &deployed)?;
    // What is deployed decides what stays, not what is wanted now.
    let body =
        look::template(scene.cloud, &deployed.arn).await.map_err(Failure::request(doing()))?;
    let kept = retained(&body);
    let members = members(scene, &deployed.arn).await.map_err(Failure::request(doing()))?;
    let (stays, goes) = members.into_iter().partition(|one| kept.contains(&one.logical_id));
    Ok(Some(Doomed {
        stack: stack.name.clone(),
        stack_name: stack.stack_name.clone(),
        status: deployed.status.name().to_owned(),
        arn: deployed.arn,
        is_protected: deployed.is_protected,
        goes,
        stays,
    }))
}

/// Returns the resources of a stack that are there (`ListStackResources`).
async fn members(scene: &Scene<'_>, arn: &str) -> Result<Vec<Member>, Trouble> {
    let (mut members, mut next) = (Vec::new(), None);
    loop {
        scene.cloud.describing().await;
        let asked = scene.cloud.cloudformation().list_stack_resources().stack_name(arn);
        let page = asked.set_next_token(next).send().await?;
        let there = page.stack_resource_summaries().iter();
        let gone = |one: &&StackResourceSummary| {
            one.resource_status() == Some(&ResourceStatus::DeleteComplete)
        };
        let there = there.filter(|one| !gone(one)).map(member);
        // What was never made has no name.
        members.extend(there.filter(|one| !one.physical_id.is_empty()));
        next = page.next_token().map(str::to_owned);
        if next.is_none() {
            return Ok(members);
        }
    }
}

fn member(one: &StackResourceSummary) -> Member {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    Member {
        logical_id: text(one.logical_resource_id()),
        kind: text(one.resource_type()),
        physical_id: text(one.physical_resource_id()),
    }
}

/// Deletes the stacks that were shown; those that others take from go after them, and stay where one of these failed.
///
/// # Errors
/// The stacks depend on each other in a circle.
pub async fn destroy(
    scene: &Scene<'_>,
    doomed: &[Doomed],
    how: Ruthless,
) -> Result<Destroyed, Failure> {
    let mut ended = Destroyed::default();
    for level in backwards(scene.wanted)? {
        let names: BTreeSet<_> = level.iter().map(|stack| stack.name.as_str()).collect();
        let own = doomed.iter().filter(|one| names.contains(one.stack.as_str()));
        if !ended.failures.is_empty() {
            ended.left.extend(own.map(|one| one.stack.clone()));
            continue;
        }
        let all = own.map(async |one| (one.stack.clone(), remove(scene, one, how).await));
        for (name, removed) in join_all(all).await {
            match removed {
                Ok(()) => ended.gone.push(name),
                Err(failure) => ended.failures.push((name, failure)),
            }
        }
    }
    Ok(ended)
}

async fn remove(scene: &Scene<'_>, doomed: &Doomed, how: Ruthless) -> Result<(), Failure> {
    let Some(stack) = scene.wanted.stack(&doomed.stack) else { return Ok(()) };
    let doing = format!("delete `{}`", doomed.stack_name);
    let Some(deployed) = rested(scene, stack, doomed).await? else { return Ok(()) };
    if how.empties {
        for member in doomed.goes.iter().filter(|one| one.must_be_empty()) {
            empty::empty(scene, member).await?;
        }
    }
    if deployed.is_protected {
        guard::protect(scene, stack, false).await?;
    }
    let abandons = how.abandons && deployed.status == Status::DeleteFailed;
    let kept = if abandons { recover::undeletable(scene, &deployed).await } else { Ok(Vec::new()) };
    let kept = kept.map_err(Failure::request(doing.clone()))?;
    let token = token("destroy", &[&deployed.arn, scene.run]);
    let asked = scene.cloud.cloudformation().delete_stack().stack_name(&deployed.arn);
    let asked = asked.set_role_arn(scene.role(&stack.name)).client_request_token(&token);
    let asked = asked.set_retain_resources((!kept.is_empty()).then_some(kept));
    match asked.send().await.map_err(Trouble::from) {
        Err(trouble) if !trouble.is_taken() => return Err(Failure::request(doing)(trouble)),
        _ => scene.say(Event::stack(&stack.name, "deleting", "")),
    }
    gone(scene, stack, &deployed, token).await
}

/// Waits for whatever is under way in a stack; nothing when it is gone after that.
async fn rested(
    scene: &Scene<'_>,
    stack: &Stack,
    doomed: &Doomed,
) -> Result<Option<Deployed>, Failure> {
    let doing = format!("look at `{}`", doomed.stack_name);
    let seen = look(scene.cloud, &doomed.arn).await.map_err(Failure::request(doing))?;
    let seen = match seen {
        Some(deployed) if deployed.status.is_busy() => {
            super::attach(scene, stack, &doomed.arn).await?.deployed
        }
        seen => seen,
    };
    Ok(seen.filter(|deployed| deployed.status != Status::DeleteComplete))
}

async fn gone(
    scene: &Scene<'_>,
    stack: &Stack,
    deployed: &Deployed,
    token: String,
) -> Result<(), Failure> {
    let watch = Watch {
        stack: &stack.name,
        stack_name: &stack.stack_name,
        arn: &deployed.arn,
        token: Some(token),
    };
    let settled = follow(scene, &watch).await?;
    match settled.status {
        Status::DeleteComplete => Ok(()),
        status => Err(stuck(scene, bad(scene, stack, &status, &settled.events))),
    }
}

/// Replaces the advice of a deploy by that of a destruction.
fn stuck(scene: &Scene, failure: Failure) -> Failure {
    let Failure::Stack { stack, stack_name, status, cause, .. } = failure else { return failure };
    let env = &scene.wanted.environment;
    let help = format!(
        "mend the cause, then `gen destroy --env {env}`; with `--empty` buckets and work groups are emptied first, with `--abandon` it leaves behind what cannot be deleted"
    );
    Failure::Stack { stack, stack_name, status, cause, help }
}
