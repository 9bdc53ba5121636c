//! What keeps a stack from harm: whose it is, the stack policy, and the protection from termination where it holds data.

use super::{Event, Failure, Scene};
use crate::cloud::Trouble;
use crate::plan::{Deployed, Stack, claim, owner, policy};

/// Refuses a stack of that name that another pipeline, or another tool, has made.
pub(super) fn own(scene: &Scene, stack: &Stack, deployed: &Deployed) -> Result<(), Failure> {
    // All pipelines of an account share that stack; one under review is empty, and a state that passes may not show its tags yet.
    let shared = scene.wanted.bootstrap.as_ref().is_some_and(|own| own.name == stack.name);
    if shared || deployed.status.is_busy() || !deployed.status.is_there() {
        return Ok(());
    }
    let Some(other) = owner(&scene.wanted.tags, &deployed.tags) else { return Ok(()) };
    let (name, region) = (&stack.stack_name, &scene.wanted.region);
    let keep = deployed.parameters.keys();
    let keep: String =
        keep.flat_map(|name| [" ParameterKey=", name, ",UsePreviousValue=true"]).collect();
    let parameters = if keep.is_empty() { keep } else { format!(" --parameters{keep}") };
    let tags = claim(&scene.wanted.tags);
    Err(Failure::refused(
        format!("the stack `{name}` is not this pipeline's: {other}"),
        format!(
            "give the pipeline another name, or the environment a `suffix`; when this stack is meant, make it this pipeline's: `aws cloudformation update-stack --stack-name {name} --region {region} --use-previous-template --capabilities CAPABILITY_NAMED_IAM --tags {tags}{parameters}`"
        ),
    ))
}

/// Puts the policy in force before an update, with the exceptions that a person made for it.
pub(super) async fn before(scene: &Scene<'_>, stack: &Stack) -> Result<(), Failure> {
    set_policy(scene, stack, &scene.released_in(&stack.name)).await
}

/// Puts the policy in force without exceptions, then protects the stack from termination.
pub(super) async fn after(
    scene: &Scene<'_>,
    stack: &Stack,
    deployed: &Deployed,
) -> Result<(), Failure> {
    let had_exceptions = !scene.released_in(&stack.name).is_empty();
    if deployed.is_protected && !had_exceptions {
        return Ok(());
    }
    set_policy(scene, stack, &[]).await?;
    if !deployed.is_protected {
        protect(scene, stack, true).await?;
    }
    scene.say(Event::stack(&stack.name, "protected", ""));
    Ok(())
}

/// Switches the protection from termination.
pub(super) async fn protect(scene: &Scene<'_>, stack: &Stack, on: bool) -> Result<(), Failure> {
    let asked = scene.cloud.cloudformation().update_termination_protection();
    let asked = asked.stack_name(&stack.stack_name).enable_termination_protection(on);
    let doing = format!("protect `{}` from termination", stack.stack_name);
    asked.send().await.map_err(Trouble::from).map_err(Failure::request(doing))?;
    Ok(())
}

async fn set_policy(scene: &Scene<'_>, stack: &Stack, released: &[String]) -> Result<(), Failure> {
    let asked = scene.cloud.cloudformation().set_stack_policy();
    let asked = asked.stack_name(&stack.stack_name).stack_policy_body(policy(released));
    let doing = format!("set the stack policy of `{}`", stack.stack_name);
    asked.send().await.map_err(Trouble::from).map_err(Failure::request(doing))?;
    Ok(())
}
