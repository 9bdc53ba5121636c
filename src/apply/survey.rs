//! All stacks looked at together: what is there, what is wanted, and what CloudFormation says would change.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::{join_all, try_join_all};

use super::change_set::{self, Answer, Ready, Request};
use super::{Failure, Outputs, Scene, guard, look};
use crate::cloud::Trouble;
use crate::plan::{
    Deployed, Difference, Outline, Rule, Source, Stack, Step, difference, levels, token,
};

/// What a survey is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Purpose {
    /// To be shown; what it asks for is deleted again.
    Look,
    /// To be carried out.
    Apply,
}

impl Purpose {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Look => "look",
            Self::Apply => "apply",
        }
    }
}

/// What was found of one stack.
#[derive(Debug)]
pub struct Found<'a> {
    /// The stack as it is wanted.
    pub stack: &'a Stack,
    /// The stack as it is.
    pub deployed: Option<Deployed>,
    /// Its template as it is.
    pub body: Option<String>,
    /// The parameters with which CloudFormation was asked.
    pub parameters: Option<BTreeMap<String, String>>,
    /// The change set.
    pub ready: Option<Ready>,
    /// What is to be done.
    pub step: Step,
}

/// What was found of all stacks, in the order of their deployment.
#[derive(Debug)]
pub struct Survey<'a> {
    /// The stacks.
    pub found: Vec<Found<'a>>,
    /// The ids of the prefix lists that parameters take, by name.
    pub prefix_lists: BTreeMap<String, String>,
}

impl Survey<'_> {
    /// Tells whether anything is to be done with stacks.
    pub fn is_pending(&self) -> bool {
        self.found.iter().any(|found| found.step != Step::Unchanged)
    }

    /// Returns the outputs that are there.
    pub fn outputs(&self) -> Outputs {
        let own = |found: &Found| {
            Some((found.stack.name.clone(), found.deployed.as_ref()?.outputs.clone()))
        };
        self.found.iter().filter_map(own).collect()
    }

    /// Returns the stacks with which something is to be done.
    pub fn pending(&self) -> Vec<&Stack> {
        let pending = self.found.iter().filter(|found| found.step != Step::Unchanged);
        pending.map(|found| found.stack).collect()
    }

    /// Returns it as people and programs read it.
    pub fn outlines(&self) -> Vec<Outline> {
        self.found.iter().map(Found::outline).collect()
    }
}

impl Found<'_> {
    fn outline(&self) -> Outline {
        let ready = self.ready.as_ref();
        Outline {
            stack: self.stack.name.clone(),
            stack_name: self.stack.stack_name.clone(),
            step: self.step.clone(),
            changes: ready.map(|ready| ready.changes.clone()).unwrap_or_default(),
            warnings: ready.map(|ready| ready.warnings.clone()).unwrap_or_default(),
        }
    }
}

/// Looks at `stacks` and asks for change sets where that can be done now.
///
/// # Errors
/// A request failed, a stack is another's, or CloudFormation refuses a change; change sets made before that are deleted.
pub async fn survey<'a>(
    scene: &Scene<'_>,
    stacks: &'a [Stack],
    prefix_lists: BTreeMap<String, String>,
    purpose: Purpose,
) -> Result<Survey<'a>, Failure> {
    let mut survey = overview(scene, stacks, prefix_lists).await?;
    for found in &survey.found {
        found.deployed.iter().try_for_each(|deployed| guard::own(scene, found.stack, deployed))?;
    }
    let asked: Vec<_> = survey.found.iter().map(|found| asked(scene, found, purpose)).collect();
    let answers = join_all(asked).await;
    let mut refused = None;
    for (found, answer) in survey.found.iter_mut().zip(answers) {
        match answer {
            Ok(answer) => answered(found, answer),
            Err(failure) => refused = refused.or(Some(failure)),
        }
    }
    match refused {
        None => Ok(survey),
        Some(failure) => {
            discard(scene, &survey, |_| true).await;
            Err(failure)
        }
    }
}

/// Looks at `stacks` and decides what to do with each; CloudFormation is asked for no change set.
///
/// # Errors
/// A request failed.
pub async fn overview<'a>(
    scene: &Scene<'_>,
    stacks: &'a [Stack],
    prefix_lists: BTreeMap<String, String>,
) -> Result<Survey<'a>, Failure> {
    let ordered = levels(stacks).map_err(|circular| {
        Failure::refused(circular.to_string(), "mend `after` and the parameters of these stacks")
    })?;
    let looked = ordered.into_iter().flatten().map(|stack| found(scene, stack));
    let mut survey = Survey { found: try_join_all(looked).await?, prefix_lists };
    decide(scene, &mut survey);
    Ok(survey)
}

pub(super) async fn found<'a>(scene: &Scene<'_>, stack: &'a Stack) -> Result<Found<'a>, Failure> {
    let doing = || format!("look at `{}`", stack.stack_name);
    let deployed = look(scene.cloud, &stack.stack_name).await.map_err(Failure::request(doing()))?;
    let body = match &deployed {
        Some(deployed) if deployed.status.rule() == Rule::Update => {
            let body = look::template(scene.cloud, &deployed.arn).await;
            Some(body.map_err(Failure::request(doing()))?)
        }
        _ => None,
    };
    Ok(Found { stack, deployed, body, parameters: None, ready: None, step: Step::Unchanged })
}

/// Decides what to do with each stack, before CloudFormation is asked for change sets.
fn decide(scene: &Scene, survey: &mut Survey) {
    let outputs = survey.outputs();
    for found in &mut survey.found {
        match resolve(scene, found.stack, &outputs, &survey.prefix_lists) {
            Ok(parameters) => {
                found.step = step(scene, found, &parameters);
                found.parameters = Some(parameters);
            }
            Err(needs) => found.step = Step::Later { needs },
        }
    }
}

fn step(scene: &Scene, found: &Found, parameters: &BTreeMap<String, String>) -> Step {
    let empty = || String::new();
    let Some(deployed) = &found.deployed else { return Step::Create { change_set: empty() } };
    match deployed.status.rule() {
        Rule::Create => Step::Create { change_set: empty() },
        Rule::Update => {
            let body = found.body.as_deref().unwrap_or_default();
            let found = differs(scene, found.stack, parameters, deployed, body);
            match found {
                found if found.content || scene.reverts_drift => {
                    Step::Update { change_set: empty() }
                }
                found if found.protection => Step::Protect,
                _ => Step::Unchanged,
            }
        }
        _ => Step::Recover { status: deployed.status.name().to_owned() },
    }
}

/// Compares a stack with what is wanted.
pub(super) fn differs(
    scene: &Scene,
    stack: &Stack,
    parameters: &BTreeMap<String, String>,
    deployed: &Deployed,
    body: &str,
) -> Difference {
    difference(stack, parameters, &scene.wanted.tags, deployed, body)
}

/// Returns the values of a stack's parameters, or the outputs that are not there yet.
pub(super) fn resolve(
    scene: &Scene,
    stack: &Stack,
    outputs: &BTreeMap<String, BTreeMap<String, String>>,
    prefix_lists: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, Vec<String>> {
    let mut missing = BTreeSet::new();
    let mut values = BTreeMap::new();
    for (name, source) in &stack.parameters {
        let (value, what) = match source {
            Source::Output(output) => {
                let (stack, name) = output.split_once('.').unwrap_or_default();
                (outputs.get(stack).and_then(|own| own.get(name)).cloned(), output.clone())
            }
            Source::Asset(path) => (scene.wanted.key(path).map(str::to_owned), path.clone()),
            Source::PrefixList(name) => (prefix_lists.get(name).cloned(), name.clone()),
            Source::Value(value) => (Some(value.clone()), String::new()),
        };
        match value {
            Some(value) => drop(values.insert(name.clone(), value)),
            None => drop(missing.insert(what)),
        }
    }
    if missing.is_empty() { Ok(values) } else { Err(missing.into_iter().collect()) }
}

/// Asks for the change set of a stack that needs one.
async fn asked(
    scene: &Scene<'_>,
    found: &Found<'_>,
    purpose: Purpose,
) -> Result<Option<Answer>, Failure> {
    let (Step::Create { .. } | Step::Update { .. }, Some(parameters)) =
        (&found.step, &found.parameters)
    else {
        return Ok(None);
    };
    let deployed = found.deployed.as_ref();
    let request = Request { stack: found.stack, parameters, deployed, purpose, attempt: 0 };
    change_set::ask(scene, &request).await.map(Some)
}

fn answered(found: &mut Found, answer: Option<Answer>) {
    match answer {
        None => {}
        Some(Answer::Empty) => {
            let protected = found.deployed.as_ref().is_some_and(|one| one.is_protected);
            let protect = found.stack.protected && !protected;
            found.step = if protect { Step::Protect } else { Step::Unchanged };
        }
        Some(Answer::Ready(ready)) => {
            let change_set = ready.arn.clone();
            found.step = if ready.creates {
                Step::Create { change_set }
            } else {
                Step::Update { change_set }
            };
            found.ready = Some(ready);
        }
    }
}

/// Deletes the change sets of some stacks of a survey, and the stacks that are nothing but the place of one; what cannot be deleted is found
/// again by the next deploy.
pub async fn discard(scene: &Scene<'_>, survey: &Survey<'_>, which: impl Fn(&Stack) -> bool) {
    let found = survey.found.iter().filter(|found| which(found.stack));
    let ready = found.filter_map(|found| Some((found, found.ready.as_ref()?)));
    join_all(ready.map(|(found, ready)| discard_one(scene, found, ready))).await;
}

async fn discard_one(scene: &Scene<'_>, found: &Found<'_>, ready: &Ready) {
    let deleted = change_set::delete(scene, &ready.arn).await;
    if deleted.is_err() || !ready.creates || found.deployed.is_some() {
        return;
    }
    let asked = scene.cloud.cloudformation().delete_stack().stack_name(&ready.stack_arn);
    let asked = asked.set_role_arn(scene.role(&found.stack.name));
    let asked = asked.client_request_token(token("discard", &[&ready.stack_arn, scene.run]));
    // What stays is an empty stack under review, which the next deploy takes for its own.
    let _ = asked.send().await.map_err(Trouble::from);
}
