//! All stacks deployed: each as soon as those before it are there, side by side, and none after one that failed.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::stream::{FuturesUnordered, StreamExt};

use super::change_set::{self, Answer, Ready, Request};
use super::execute::execute;
use super::survey::{differs, discard, resolve};
use super::{Event, Failure, Found, Purpose, Scene, Survey, Wish, guard, look, recover};
use crate::plan::{Deployed, Stack, Step, ready};

/// How a deploy ended.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The outputs of each stack that is as it should be.
    pub outputs: BTreeMap<String, BTreeMap<String, String>>,
    /// The stacks that were changed.
    pub changed: Vec<String>,
    /// What failed, by stack.
    pub failures: Vec<(String, Failure)>,
    /// The stacks that were not started, because of that.
    pub left: Vec<String>,
}

impl Outcome {
    /// Returns the outcome of a deploy that had nothing to do.
    pub fn unchanged(survey: &Survey) -> Self {
        Self { outputs: survey.outputs(), ..Self::default() }
    }

    /// Tells whether every stack is as it should be.
    pub fn is_whole(&self) -> bool {
        self.failures.is_empty() && self.left.is_empty()
    }
}

/// How a deploy goes about it.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    /// Stacks at the same time.
    pub concurrency: usize,
    /// Whether exactly what was planned is carried out, or nothing.
    pub is_strict: bool,
}

/// Deploys what a survey found to do; the change sets of stacks that are not started are deleted.
pub async fn deploy(
    scene: &Scene<'_>,
    stacks: &[Stack],
    survey: &Survey<'_>,
    manner: Manner,
) -> Outcome {
    let mut outcome = Outcome::default();
    let (mut started, mut done) = (BTreeSet::new(), BTreeSet::new());
    let mut running = FuturesUnordered::new();
    loop {
        for stack in ready(stacks, &started, &done) {
            let goes_on = *scene.wish.borrow() == Wish::GoOn;
            if running.len() >= manner.concurrency || !goes_on {
                break;
            }
            started.insert(stack.name.clone());
            let found = survey.found.iter().find(|found| found.stack.name == stack.name);
            let parameters = resolve(scene, stack, &outcome.outputs, &survey.prefix_lists);
            running.push(one(scene, stack, found, parameters, manner.is_strict));
        }
        let Some((name, ended)) = running.next().await else { break };
        match ended {
            Ok((deployed, changed)) => {
                outcome.outputs.insert(name.clone(), deployed.outputs);
                outcome.changed.extend(changed.then(|| name.clone()));
                done.insert(name);
            }
            Err(failure) => outcome.failures.push((name, failure)),
        }
    }
    let left = stacks.iter().filter(|stack| !started.contains(&stack.name));
    outcome.left = left.map(|stack| stack.name.clone()).collect();
    discard(scene, survey, |stack| outcome.left.contains(&stack.name)).await;
    outcome
}

type Parameters = Result<BTreeMap<String, String>, Vec<String>>;

async fn one(
    scene: &Scene<'_>,
    stack: &Stack,
    found: Option<&Found<'_>>,
    parameters: Parameters,
    is_strict: bool,
) -> (String, Result<(Deployed, bool), Failure>) {
    let ended = match (parameters, found) {
        (Ok(parameters), Some(found)) => bring(scene, found, &parameters, is_strict).await,
        (Err(missing), _) => Err(no_output(scene, stack, &missing)),
        (_, None) => Err(stale(scene, stack)),
    };
    (stack.name.clone(), ended)
}

fn no_output(scene: &Scene, stack: &Stack, missing: &[String]) -> Failure {
    let what = format!("`{}` takes what no stack gives: {}", stack.name, missing.join(", "));
    Failure::refused(
        what,
        format!("see what there is: `gen outputs --env {}`", scene.wanted.environment),
    )
}

fn stale(scene: &Scene, stack: &Stack) -> Failure {
    let what = format!("the plan is stale: `{}` is not as it was when it was made", stack.name);
    Failure::refused(what, format!("make a new one: `gen plan --env {}`", scene.wanted.environment))
}

/// Brings one stack to where it should be; tells whether that changed it.
async fn bring(
    scene: &Scene<'_>,
    found: &Found<'_>,
    parameters: &BTreeMap<String, String>,
    is_strict: bool,
) -> Result<(Deployed, bool), Failure> {
    let as_planned = found.parameters.as_ref() == Some(parameters);
    match (&found.step, &found.deployed, &found.ready) {
        (Step::Unchanged, Some(deployed), _) if as_planned => return Ok((deployed.clone(), false)),
        (Step::Protect, Some(deployed), _) if as_planned => {
            guard::after(scene, found.stack, deployed).await?;
            return Ok((deployed.clone(), true));
        }
        (_, _, Some(ready)) if as_planned => {
            return Ok((execute(scene, found.stack, ready).await?, true));
        }
        (Step::Later { .. } | Step::Recover { .. }, _, _) => {}
        _ if is_strict => return Err(stale(scene, found.stack)),
        _ => {}
    }
    anew(scene, found.stack, parameters).await
}

/// Looks again, asks for what changes now, and carries it out.
async fn anew(
    scene: &Scene<'_>,
    stack: &Stack,
    parameters: &BTreeMap<String, String>,
) -> Result<(Deployed, bool), Failure> {
    for attempt in 1..=ATTEMPTS {
        let deployed = recover::prepare(scene, stack).await?;
        if let Some(deployed) = deployed.as_ref().filter(|one| one.status.is_there()) {
            let doing = format!("read the template of `{}`", stack.stack_name);
            let body = look::template(scene.cloud, &deployed.arn).await;
            let body = body.map_err(Failure::request(doing))?;
            let found = differs(scene, stack, parameters, deployed, &body);
            if !found.content && !scene.reverts_drift {
                return unchanged(scene, stack, deployed).await;
            }
        }
        let request = Request {
            stack,
            parameters,
            deployed: deployed.as_ref(),
            purpose: Purpose::Apply,
            attempt,
        };
        match (change_set::ask(scene, &request).await?, deployed) {
            (Answer::Ready(ready), _) => return Ok((carry_out(scene, stack, &ready).await?, true)),
            (Answer::Empty, Some(deployed)) => return unchanged(scene, stack, &deployed).await,
            // It went away between the look and the question.
            (Answer::Empty, None) => {}
        }
    }
    Err(stale(scene, stack))
}

const ATTEMPTS: u32 = 3;

/// Keeps a stack as it is, but for its protection; tells whether that changed it.
async fn unchanged(
    scene: &Scene<'_>,
    stack: &Stack,
    deployed: &Deployed,
) -> Result<(Deployed, bool), Failure> {
    let unprotected = stack.protected && !deployed.is_protected;
    if unprotected {
        guard::after(scene, stack, deployed).await?;
    }
    Ok((deployed.clone(), unprotected))
}

async fn carry_out(scene: &Scene<'_>, stack: &Stack, ready: &Ready) -> Result<Deployed, Failure> {
    for warning in &ready.warnings {
        scene.say(Event::stack(&stack.name, "warning", warning));
    }
    execute(scene, stack, ready).await
}
