//! The execution of a change set, up to the state that it leaves behind.

use aws_sdk_cloudformation::types::ExecutionStatus;

use super::change_set::{self, Ready};
use super::follow::{Settled, Watch, follow};
use super::{Event, Failure, Scene, Survey, Wish, guard, look};
use crate::cloud::Trouble;
use crate::plan::{
    Change, Deployed, Happened, Patient, Stack, Status, advice, cause, is_failure, is_same, token,
};

/// Executes a change set and returns the stack that it leaves, which is as it was asked for.
pub(super) async fn execute(
    scene: &Scene<'_>,
    stack: &Stack,
    ready: &Ready,
) -> Result<Deployed, Failure> {
    refuse_guarded(scene, stack, &ready.changes)?;
    if *scene.wish.borrow() != Wish::GoOn {
        let status = "the state in which it was".to_owned();
        return Err(Failure::Cancelled { stack: stack.name.clone(), status });
    }
    if !ready.creates && stack.protected {
        guard::before(scene, stack).await?;
    }
    let token = start(scene, stack, ready).await?;
    let watch = Watch {
        stack: &stack.name,
        stack_name: &stack.stack_name,
        arn: &ready.stack_arn,
        token: Some(token),
    };
    let settled = follow(scene, &watch).await?;
    let deployed = good(scene, stack, settled)?;
    is_what_was_sent(scene, stack, &deployed).await?;
    if stack.protected {
        guard::after(scene, stack, &deployed).await?;
    }
    Ok(deployed)
}

/// Says no before CloudFormation would: it asks the stack policy only while it executes, and then rolls everything back.
fn refuse_guarded(scene: &Scene, stack: &Stack, changes: &[Change]) -> Result<(), Failure> {
    let released = scene.released_in(&stack.name);
    let lost = changes.iter().filter(|one| one.is_guarded() && !released.contains(&one.logical_id));
    let lost: Vec<_> = lost.map(|one| format!("{}.{}", stack.name, one.logical_id)).collect();
    if !stack.protected || lost.is_empty() {
        return Ok(());
    }
    let what = format!("the changes would replace or give up what holds data: {}", lost.join(", "));
    let flags = lost.join(" --release ");
    let deploy = scene.wanted.deploy(stack);
    let help = format!("when that is meant: `{deploy} --release {flags}`");
    Err(Failure::refused(what, help))
}

/// Refuses a survey whose changes would lose what holds data, before any of them begins.
///
/// # Errors
/// They would, and no person has let it go.
pub fn guarded(scene: &Scene, survey: &Survey) -> Result<(), Failure> {
    let mut found = survey.found.iter();
    found.try_for_each(|found| match &found.ready {
        Some(ready) => refuse_guarded(scene, found.stack, &ready.changes),
        None => Ok(()),
    })
}

/// Asks for the execution and returns the token that its events carry.
async fn start(scene: &Scene<'_>, stack: &Stack, ready: &Ready) -> Result<String, Failure> {
    let token = token("execute", &[&ready.arn]);
    // A rollback must not delete what was there before and is only adopted.
    let adopts = ready.changes.iter().any(|change| change.action == "Import");
    let mut asked = scene
        .cloud
        .cloudformation()
        .execute_change_set()
        .change_set_name(&ready.arn)
        .client_request_token(&token)
        .retain_except_on_create(!adopts);
    if !ready.creates {
        // What the documentation gives for the default is not what happens without it.
        asked = asked.disable_rollback(false);
    }
    scene.say(Event::stack(&stack.name, if ready.creates { "creating" } else { "updating" }, ""));
    match asked.send().await.map_err(Trouble::from) {
        Ok(_) => Ok(token),
        Err(trouble) if trouble.is_taken() => Ok(token),
        Err(trouble) if trouble.is("InvalidChangeSetStatus") || trouble.is_missing() => {
            began(scene, stack, ready, trouble).await.map(|()| token)
        }
        Err(trouble) if trouble.only_blinds() => {
            let what = format!("execute the changes of `{}`", stack.stack_name);
            Err(Failure::Request { doing: what, trouble })
        }
        Err(trouble) => Err(Failure::request(format!("update `{}`", stack.stack_name))(trouble)),
    }
}

/// A request whose answer was lost may have begun the execution.
async fn began(
    scene: &Scene<'_>,
    stack: &Stack,
    ready: &Ready,
    trouble: Trouble,
) -> Result<(), Failure> {
    let described = change_set::describe(scene, &stack.stack_name, &ready.arn).await;
    let status = described.ok().and_then(|one| one.execution_status().cloned());
    let began = matches!(
        status,
        Some(ExecutionStatus::ExecuteInProgress | ExecutionStatus::ExecuteComplete)
    );
    let seen = look(scene.cloud, &ready.stack_arn).await.ok().flatten();
    if began || seen.is_some_and(|one| one.change_set.as_deref() == Some(&ready.arn)) {
        return Ok(());
    }
    let env = &scene.wanted.environment;
    let what = format!(
        "the plan is stale: the changes of `{}` were overtaken: {trouble}",
        stack.stack_name
    );
    Err(Failure::refused(what, format!("make a new one: `gen plan --env {env}`")))
}

/// Returns the stack when it ended well, else why it did not.
pub(super) fn good(
    scene: &Scene<'_>,
    stack: &Stack,
    settled: Settled,
) -> Result<Deployed, Failure> {
    let status = settled.status;
    if settled.cancelled {
        let (stack, status) = (stack.name.clone(), status.name().to_owned());
        return Err(Failure::Cancelled { stack, status });
    }
    match settled.deployed {
        Some(deployed) if status.is_good() => {
            left_behind(scene, stack, &settled.events);
            Ok(deployed)
        }
        _ => Err(bad(scene, stack, &status, &settled.events)),
    }
}

/// What was replaced is deleted last of all, and a stack is good though that fails.
fn left_behind(scene: &Scene, stack: &Stack, events: &[Happened]) {
    let stays = events.iter().filter(|event| event.status == "DELETE_FAILED");
    for Happened { logical_id, kind, physical_id, reason, .. } in stays {
        let what = format!(
            "{logical_id} ({kind}) `{physical_id}` could not be deleted and stays behind: {reason}"
        );
        scene.say(Event::note(format!("{}: {what}", stack.name)));
    }
}

/// Returns why a stack is in a state in which it should not be.
pub(super) fn bad(
    scene: &Scene<'_>,
    stack: &Stack,
    status: &Status,
    events: &[Happened],
) -> Failure {
    let own = |id: &String| *id != stack.stack_name;
    let failed = events.iter().filter(|event| is_failure(event));
    let mut failed: Vec<String> =
        failed.map(|event| event.logical_id.clone()).filter(own).collect();
    failed.sort();
    failed.dedup();
    let patient = Patient {
        stack_name: &stack.stack_name,
        region: &scene.wanted.region,
        env: &scene.wanted.environment,
        deploy: &scene.wanted.deploy(stack),
        failed: &failed,
    };
    Failure::Stack {
        stack: stack.name.clone(),
        stack_name: stack.stack_name.clone(),
        status: status.name().to_owned(),
        cause: cause(events, &stack.stack_name).cloned().map(Box::new),
        help: advice(status, patient),
    }
}

/// What ended well must also be what was meant: a look may be stale, and others may update too.
async fn is_what_was_sent(
    scene: &Scene<'_>,
    stack: &Stack,
    deployed: &Deployed,
) -> Result<(), Failure> {
    let doing = format!("read the template of `{}`", stack.stack_name);
    let body = look::template(scene.cloud, &deployed.arn).await.map_err(Failure::request(doing))?;
    if is_same(&stack.body, &body) {
        return Ok(());
    }
    Err(bad(scene, stack, &deployed.status, &[]))
}

/// Watches what is under way in a stack, and returns the stack when that ends well.
///
/// # Errors
/// It did not, or it is no longer watched.
pub async fn watch(scene: &Scene<'_>, stack: &Stack, arn: &str) -> Result<Deployed, Failure> {
    let settled = super::attach(scene, stack, arn).await?;
    good(scene, stack, settled)
}
