//! A stack brought from any state to one in which a change set can be asked for.

use aws_sdk_cloudformation::types::ResourceStatus;

use super::execute::bad;
use super::follow::{Settled, Watch, follow};
use super::{Event, Failure, Scene, guard, look};
use crate::cloud::Trouble;
use crate::plan::{Deployed, Rule, Stack, Status, token};

/// Steps after which a stack that is never ready is given up.
const MOST_STEPS: u32 = 8;

/// Returns the stack, or nothing where there is none, once a change set can be asked for.
pub(super) async fn prepare(scene: &Scene<'_>, stack: &Stack) -> Result<Option<Deployed>, Failure> {
    let doing = format!("look at `{}`", stack.stack_name);
    let mut last = None;
    for step in 0..MOST_STEPS {
        let seen = look(scene.cloud, &stack.stack_name).await;
        let Some(deployed) = seen.map_err(Failure::request(doing.clone()))? else {
            return Ok(None);
        };
        guard::own(scene, stack, &deployed)?;
        let rule = deployed.status.rule();
        // What was tried once and left the stack where it was is not tried again.
        if last == Some(deployed.status.clone()) && !matches!(rule, Rule::Wait) {
            return Err(bad(scene, stack, &deployed.status, &[]));
        }
        match rule {
            Rule::Create | Rule::Update => return Ok(Some(deployed)),
            Rule::Stop => return Err(bad(scene, stack, &deployed.status, &[])),
            Rule::Wait => {
                scene.say(Event::stack(&stack.name, deployed.status.name(), "waiting for it"));
                super::attach(scene, stack, &deployed.arn).await?;
            }
            rule => {
                let settled = act(scene, stack, &deployed, rule, step).await?;
                last = Some(deployed.status.clone());
                still_failed(scene, stack, &settled)?;
            }
        }
    }
    Err(Failure::refused(
        format!("`{}` does not come to rest", stack.stack_name),
        format!("see what changes it: `gen status --env {}`", scene.wanted.environment),
    ))
}

/// A rollback that failed again needs a person, who is told why.
fn still_failed(scene: &Scene, stack: &Stack, settled: &Settled) -> Result<(), Failure> {
    match settled.status {
        Status::UpdateRollbackFailed | Status::RollbackFailed => {
            Err(bad(scene, stack, &settled.status, &settled.events))
        }
        _ if settled.cancelled => Err(Failure::Cancelled {
            stack: stack.name.clone(),
            status: settled.status.name().to_owned(),
        }),
        _ => Ok(()),
    }
}

async fn act(
    scene: &Scene<'_>,
    stack: &Stack,
    deployed: &Deployed,
    rule: Rule,
    step: u32,
) -> Result<Settled, Failure> {
    let token = token("recover", &[&deployed.arn, &deployed.changed, scene.run, &step.to_string()]);
    let doing = format!("bring `{}` out of {}", stack.stack_name, deployed.status.name());
    let asked = match rule {
        Rule::RollBack => {
            scene.say(Event::stack(&stack.name, "rolling back", ""));
            roll_back(scene, stack, deployed, &token).await
        }
        Rule::ContinueRollback => {
            scene.say(Event::stack(&stack.name, "continuing its rollback", ""));
            continue_rollback(scene, stack, deployed, &token).await
        }
        _ => return remove(scene, stack, deployed, &token).await,
    };
    taken(asked).map_err(Failure::request(doing))?;
    settle(scene, stack, deployed, token).await
}

/// A request that was accepted before is under way: it is followed like a new one.
fn taken(asked: Result<(), Trouble>) -> Result<(), Trouble> {
    asked.or_else(|trouble| if trouble.is_taken() { Ok(()) } else { Err(trouble) })
}

async fn settle(
    scene: &Scene<'_>,
    stack: &Stack,
    deployed: &Deployed,
    token: String,
) -> Result<Settled, Failure> {
    let watch = Watch {
        stack: &stack.name,
        stack_name: &stack.stack_name,
        arn: &deployed.arn,
        token: Some(token),
    };
    follow(scene, &watch).await
}

async fn roll_back(
    scene: &Scene<'_>,
    stack: &Stack,
    deployed: &Deployed,
    token: &str,
) -> Result<(), Trouble> {
    let asked = scene.cloud.cloudformation().rollback_stack().stack_name(&deployed.arn);
    let asked = asked.set_role_arn(scene.role(&stack.name)).client_request_token(token);
    asked.send().await?;
    Ok(())
}

async fn continue_rollback(
    scene: &Scene<'_>,
    stack: &Stack,
    deployed: &Deployed,
    token: &str,
) -> Result<(), Trouble> {
    let asked = scene.cloud.cloudformation().continue_update_rollback().stack_name(&deployed.arn);
    let asked = asked.set_role_arn(scene.role(&stack.name)).client_request_token(token);
    asked.send().await?;
    Ok(())
}

/// Deletes what is left of a stack that can be nothing but deleted; what cannot be deleted stays, and the stack that is made
/// next adopts it by its name.
async fn remove(
    scene: &Scene<'_>,
    stack: &Stack,
    deployed: &Deployed,
    token: &str,
) -> Result<Settled, Failure> {
    let doing = format!("delete what is left of `{}`", stack.stack_name);
    if deployed.is_protected && deployed.status == Status::RollbackComplete {
        // Nothing is in it that protection could save.
        guard::protect(scene, stack, false).await?;
    }
    let kept = match deployed.status {
        Status::DeleteFailed => undeletable(scene, deployed).await,
        _ => Ok(Vec::new()),
    };
    let kept = kept.map_err(Failure::request(doing.clone()))?;
    let stays: Vec<_> = kept.iter().map(|id| format!(" {id} stays")).collect();
    scene.say(Event::stack(&stack.name, "deleting what is left of it", stays.join(",").trim()));
    let asked = scene.cloud.cloudformation().delete_stack().stack_name(&deployed.arn);
    let asked = asked.set_role_arn(scene.role(&stack.name)).client_request_token(token);
    let asked = asked.set_retain_resources((!kept.is_empty()).then_some(kept));
    let sent = asked.send().await.map(|_| ()).map_err(Trouble::from);
    taken(sent).map_err(|trouble| protected(scene, stack, doing, trouble))?;
    settle(scene, stack, deployed, token.to_owned()).await
}

/// Leaves it to a person to take off the protection of a stack in which something may still be.
fn protected(scene: &Scene, stack: &Stack, doing: String, trouble: Trouble) -> Failure {
    if !trouble.to_string().contains("TerminationProtection") {
        return Failure::Request { doing, trouble };
    }
    let (name, region) = (&stack.stack_name, &scene.wanted.region);
    Failure::refused(
        format!("cannot {doing}: it is protected from termination"),
        format!(
            "look what is in it: `aws cloudformation list-stack-resources --stack-name {name} --region {region}`; when it may go: `aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name {name} --region {region}`"
        ),
    )
}

/// Returns the logical ids of what could not be deleted (`DescribeStackResources`).
pub(super) async fn undeletable(
    scene: &Scene<'_>,
    deployed: &Deployed,
) -> Result<Vec<String>, Trouble> {
    scene.cloud.describing().await;
    let asked = scene.cloud.cloudformation().describe_stack_resources().stack_name(&deployed.arn);
    let answer = asked.send().await?;
    let failed = answer
        .stack_resources()
        .iter()
        .filter(|one| one.resource_status() == Some(&ResourceStatus::DeleteFailed));
    Ok(failed.filter_map(|one| one.logical_resource_id()).map(str::to_owned).collect())
}
