//! The stack policy and the protection from termination of stacks that hold data.

use super::{Event, Failure, Scene};
use crate::cloud::Trouble;
use crate::plan::{Deployed, Stack, policy};

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
