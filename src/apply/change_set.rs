//! Change sets: asked for, waited for, read, deleted.

use std::collections::BTreeMap;

use aws_sdk_cloudformation::operation::describe_change_set::DescribeChangeSetOutput;
use aws_sdk_cloudformation::types::{
    Capability, ChangeAction, ChangeSetStatus, ChangeSetType, DeploymentMode, EventFilter,
    ExecutionStatus, OnStackFailure, Parameter, PolicyAction, Replacement, ResourceChange,
    ResourceChangeDetail, RollbackConfiguration, RollbackTrigger, StackResourceDriftStatus, Tag,
};

use super::{Failure, Purpose, Scene};
use crate::cloud::Trouble;
use crate::plan::{Change, Deployed, INLINE_BYTES, Stack, token};

/// What is asked of CloudFormation for one stack.
pub(super) struct Request<'a> {
    pub(super) stack: &'a Stack,
    pub(super) parameters: &'a BTreeMap<String, String>,
    /// The stack as it is; one under review counts as not there.
    pub(super) deployed: Option<&'a Deployed>,
    pub(super) purpose: Purpose,
    /// Which time in this run it is asked for.
    pub(super) attempt: u32,
}

/// A change set that can be executed.
#[derive(Clone, Debug)]
pub struct Ready {
    /// Its ARN.
    pub arn: String,
    /// The stack's ARN.
    pub stack_arn: String,
    /// Whether it makes the stack.
    pub creates: bool,
    /// What it changes.
    pub changes: Vec<Change>,
    /// What CloudFormation's early validation warns of.
    pub warnings: Vec<String>,
}

/// What CloudFormation makes of a request.
pub(super) enum Answer {
    Ready(Ready),
    /// Nothing that it sees would change.
    Empty,
}

/// How the reason begins, wherever nothing changes; compared without case.
const EMPTY: [&str; 2] =
    ["the submitted information didn't contain changes", "no updates are to be performed"];

impl Request<'_> {
    fn creates(&self) -> bool {
        self.deployed.is_none_or(|deployed| !deployed.status.is_there())
    }

    /// The name follows from what is asked and of what, so that a run that was killed leaves nothing that the next one does
    /// not find again.
    fn name(&self, scene: &Scene) -> String {
        let mut parts = vec![self.stack.stack_name.as_str(), &self.stack.sha256];
        let there = self.deployed.filter(|deployed| deployed.status.is_there());
        parts.extend(there.iter().flat_map(|deployed| [&*deployed.arn, &*deployed.changed]));
        let values = self.parameters.iter().chain(&scene.wanted.tags);
        parts.extend(values.flat_map(|(key, value)| [key.as_str(), value]));
        parts.extend(scene.alarms.iter().map(String::as_str));
        parts.extend(scene.reverts_drift.then_some(DeploymentMode::RevertDrift.as_str()));
        token(self.purpose.word(), &parts)
    }
}

/// Times that a change set may be found that others have overtaken.
const ATTEMPTS: u32 = 3;

/// Asks for a change set and waits until CloudFormation has worked it out.
pub(super) async fn ask(scene: &Scene<'_>, request: &Request<'_>) -> Result<Answer, Failure> {
    for again in 0..ATTEMPTS {
        if let Some(answer) = ask_once(scene, request, again).await? {
            return Ok(answer);
        }
    }
    let what = format!("the changes of `{}` are overtaken by others", request.stack.stack_name);
    Err(Failure::refused(what, "see who else deploys, then run this again"))
}

/// Asks once; nothing when a change set was found, and deleted, that cannot be executed any more.
async fn ask_once(
    scene: &Scene<'_>,
    request: &Request<'_>,
    again: u32,
) -> Result<Option<Answer>, Failure> {
    let doing = || format!("ask for the changes of `{}`", request.stack.stack_name);
    let name = request.name(scene);
    match create(scene, request, &name, again).await {
        Ok(()) => {}
        // A run that was killed asked for the very same.
        Err(Failure::Request { trouble, .. }) if trouble.is("AlreadyExists") => {}
        // `UpdateStack` says it at once.
        Err(Failure::Request { trouble, .. }) if says_nothing_changes(&trouble.to_string()) => {
            return Ok(Some(Answer::Empty));
        }
        Err(failure) => return Err(failure),
    }
    let described = settled(scene, request, &name).await?;
    let status = described.status().cloned().unwrap_or(ChangeSetStatus::Failed);
    let arn = described.change_set_id().unwrap_or_default().to_owned();
    let stack_arn = described.stack_id().unwrap_or_default().to_owned();
    if status != ChangeSetStatus::CreateComplete {
        let reason = described.status_reason().unwrap_or_default().to_owned();
        let told = validation(scene, &arn).await;
        delete(scene, &arn).await.map_err(Failure::request(doing()))?;
        return failed(request, &reason, &told).map(Some);
    }
    let usable = matches!(described.execution_status(), None | Some(ExecutionStatus::Available));
    if !usable {
        delete(scene, &arn).await.map_err(Failure::request(doing()))?;
        return Ok(None);
    }
    let changes = described.changes().iter().filter_map(|change| change.resource_change());
    let changes = changes.map(change).collect();
    let warnings = validation(scene, &arn).await;
    let creates = request.creates();
    Ok(Some(Answer::Ready(Ready { arn, stack_arn, creates, changes, warnings })))
}

fn says_nothing_changes(reason: &str) -> bool {
    let lower = reason.to_lowercase();
    EMPTY.iter().any(|empty| lower.contains(empty))
}

fn failed(request: &Request<'_>, reason: &str, told: &[String]) -> Result<Answer, Failure> {
    if says_nothing_changes(reason) {
        return Ok(Answer::Empty);
    }
    let name = &request.stack.stack_name;
    let mut lines = vec![format!("CloudFormation refuses the changes of `{name}`: {reason}")];
    lines.extend_from_slice(told);
    let what = lines.join("\n  ");
    Err(Failure::refused(what, "mend the blueprint, run `gen synth`, then run this again"))
}

async fn create(
    scene: &Scene<'_>,
    request: &Request<'_>,
    name: &str,
    again: u32,
) -> Result<(), Failure> {
    let attempt = format!("{}.{again}", request.attempt);
    let doing = format!("ask for the changes of `{}`", request.stack.stack_name);
    let mut asked = scene
        .cloud
        .cloudformation()
        .create_change_set()
        .stack_name(&request.stack.stack_name)
        .change_set_name(name)
        .client_token(token("ask", &[name, scene.run, &attempt]))
        .description(format!("gen {}", env!("CARGO_PKG_VERSION")))
        .capabilities(Capability::CapabilityNamedIam)
        .import_existing_resources(true)
        .set_role_arn(scene.role(&request.stack.name))
        .set_parameters(Some(parameters(request.parameters)))
        .set_tags(Some(tags(&scene.wanted.tags)));
    asked = if request.creates() {
        asked.change_set_type(ChangeSetType::Create).on_stack_failure(OnStackFailure::Delete)
    } else {
        let mode = scene.reverts_drift.then_some(DeploymentMode::RevertDrift);
        asked.change_set_type(ChangeSetType::Update).set_deployment_mode(mode)
    };
    if !scene.alarms.is_empty() {
        asked = asked.rollback_configuration(alarms(scene.alarms));
    }
    asked = if request.stack.body.len() <= INLINE_BYTES {
        asked.template_body(&request.stack.body)
    } else {
        asked.template_url(upload(scene, request.stack).await?)
    };
    asked.send().await.map_err(Trouble::from).map_err(Failure::request(doing))?;
    Ok(())
}

/// Puts a template that is too long for a request into the artifact bucket and returns where it is.
async fn upload(scene: &Scene<'_>, stack: &Stack) -> Result<String, Failure> {
    let (bucket, key) = (&scene.wanted.artifact_bucket, format!("templates/{}.yaml", stack.sha256));
    let doing = format!("upload the template of `{}` to `{bucket}`", stack.stack_name);
    let body = stack.body.clone().into_bytes();
    let put = scene.cloud.s3().put_object().bucket(bucket).key(&key).body(body.into());
    let put = put.expected_bucket_owner(&scene.wanted.account).send().await;
    put.map_err(Trouble::from).map_err(|trouble| {
        if !trouble.is("NoSuchBucket") {
            return Failure::Request { doing, trouble };
        }
        let what = format!("there is no bucket `{bucket}` for templates and code");
        let env = &scene.wanted.environment;
        Failure::refused(what, format!("an administrator runs `gen bootstrap --env {env}`"))
    })?;
    let region = scene.cloud.region();
    let suffix = if region.starts_with("cn-") { "com.cn" } else { "com" };
    Ok(format!("https://{bucket}.s3.{region}.amazonaws.{suffix}/{key}"))
}

fn parameters(values: &BTreeMap<String, String>) -> Vec<Parameter> {
    let one = |(key, value)| Parameter::builder().parameter_key(key).parameter_value(value).build();
    values.iter().map(one).collect()
}

fn tags(values: &BTreeMap<String, String>) -> Vec<Tag> {
    values.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}

fn alarms(arns: &[String]) -> RollbackConfiguration {
    let trigger = |arn| RollbackTrigger::builder().arn(arn).r#type("AWS::CloudWatch::Alarm");
    let triggers = arns.iter().map(|arn| trigger(arn).build()).collect();
    RollbackConfiguration::builder().set_rollback_triggers(Some(triggers)).build()
}

/// Waits until a change set is worked out; the whole of it, which comes in pages of at most 1 MB.
async fn settled(
    scene: &Scene<'_>,
    request: &Request<'_>,
    name: &str,
) -> Result<DescribeChangeSetOutput, Failure> {
    let doing = || format!("read the changes of `{}`", request.stack.stack_name);
    let mut turn = 0;
    loop {
        let described = describe(scene, &request.stack.stack_name, name).await;
        let described = described.map_err(Failure::request(doing()))?;
        let status = described.status().cloned();
        let passes = matches!(
            status,
            None | Some(ChangeSetStatus::CreatePending | ChangeSetStatus::CreateInProgress)
        );
        if !passes {
            return Ok(described);
        }
        scene.cloud.pause(name, turn).await;
        turn += 1;
    }
}

/// Describes a change set by its name and the stack's; all pages in one.
pub(super) async fn describe(
    scene: &Scene<'_>,
    stack: &str,
    name: &str,
) -> Result<DescribeChangeSetOutput, Trouble> {
    let (mut changes, mut next) = (Vec::new(), None);
    loop {
        scene.cloud.describing().await;
        let mut asked = scene.cloud.cloudformation().describe_change_set().change_set_name(name);
        if !name.starts_with("arn:") {
            asked = asked.stack_name(stack);
        }
        let mut page = asked.set_next_token(next).send().await?;
        changes.append(&mut page.changes.take().unwrap_or_default());
        next = page.next_token.take();
        if next.is_none() {
            page.changes = Some(changes);
            return Ok(page);
        }
    }
}

/// Deletes a change set; one that is gone is as good as deleted.
pub(super) async fn delete(scene: &Scene<'_>, arn: &str) -> Result<(), Trouble> {
    let asked = scene.cloud.cloudformation().delete_change_set().change_set_name(arn);
    match asked.send().await.map_err(Trouble::from) {
        Err(trouble) if !trouble.is_missing() => Err(trouble),
        _ => Ok(()),
    }
}

/// Returns what early validation says of a change set (`DescribeEvents`); who may not ask does without.
async fn validation(scene: &Scene<'_>, arn: &str) -> Vec<String> {
    let filter = EventFilter::builder().failed_events(true).build();
    scene.cloud.describing().await;
    let asked = scene.cloud.cloudformation().describe_events().change_set_name(arn).filters(filter);
    let Ok(answer) = asked.send().await else { return Vec::new() };
    let found = answer.operation_events().iter().filter_map(|event| {
        let name = event.validation_name()?;
        let resource = event.logical_resource_id().unwrap_or_default();
        let path = event.validation_path().unwrap_or_default();
        let why = event.validation_status_reason().unwrap_or_default();
        Some(format!("{resource}{path}: {why} ({name})"))
    });
    found.collect()
}

fn change(change: &ResourceChange) -> Change {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    Change {
        action: text(change.action().map(ChangeAction::as_str)),
        logical_id: text(change.logical_resource_id()),
        kind: text(change.resource_type()),
        replacement: text(change.replacement().map(Replacement::as_str)),
        policy: text(change.policy_action().map(PolicyAction::as_str)),
        drift: text(drift(change)),
        drifted: change.details().iter().filter_map(drifted).collect(),
    }
}

fn drift(change: &ResourceChange) -> Option<&str> {
    use StackResourceDriftStatus::{Deleted, Modified};
    change
        .resource_drift_status()
        .filter(|status| matches!(status, Modified | Deleted))
        .map(StackResourceDriftStatus::as_str)
}

/// Returns the path of a property that was changed beside CloudFormation.
fn drifted(detail: &ResourceChangeDetail) -> Option<String> {
    let target = detail.target()?;
    target.drift()?;
    target.path().or(target.name()).map(str::to_owned)
}
