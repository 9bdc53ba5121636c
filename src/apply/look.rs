//! How a stack stands, read from CloudFormation.

use std::collections::BTreeMap;

use aws_sdk_cloudformation::types::{RollbackConfiguration, Stack, TemplateStage};

use crate::cloud::{Cloud, Trouble};
use crate::plan::{Deployed, Status};

/// Returns the stack of that name or ARN (`DescribeStacks`), or nothing where there is none.
///
/// # Errors
/// The request failed.
pub async fn look(cloud: &Cloud, name: &str) -> Result<Option<Deployed>, Trouble> {
    cloud.describing().await;
    let answer = cloud.cloudformation().describe_stacks().stack_name(name).send().await;
    match answer.map_err(Trouble::from) {
        Ok(answer) => Ok(answer.stacks().first().map(deployed)),
        Err(trouble) if trouble.is_missing() => Ok(None),
        Err(trouble) => Err(trouble),
    }
}

/// Returns the template of a stack as it was sent (`GetTemplate`).
///
/// # Errors
/// The request failed.
pub async fn template(cloud: &Cloud, arn: &str) -> Result<String, Trouble> {
    cloud.describing().await;
    let asked = cloud.cloudformation().get_template().stack_name(arn);
    let answer = asked.template_stage(TemplateStage::Original).send().await?;
    Ok(answer.template_body().unwrap_or_default().to_owned())
}

fn deployed(stack: &Stack) -> Deployed {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let pair = |key: Option<&str>, value: Option<&str>| (text(key), text(value));
    let parameters = stack.parameters().iter();
    let outputs = stack.outputs().iter();
    let alarms = stack.rollback_configuration().map(RollbackConfiguration::rollback_triggers);
    let changed = stack.last_updated_time().or(stack.creation_time());
    Deployed {
        arn: text(stack.stack_id()),
        status: Status::parse(stack.stack_status().map_or("", |status| status.as_str())),
        reason: text(stack.stack_status_reason()),
        parameters: parameters
            .map(|one| pair(one.parameter_key(), one.parameter_value()))
            .collect(),
        tags: tags(stack),
        outputs: outputs.map(|one| pair(one.output_key(), one.output_value())).collect(),
        is_protected: stack.enable_termination_protection().unwrap_or_default(),
        role: stack.role_arn().map(str::to_owned),
        alarms: alarms.unwrap_or_default().iter().map(|one| text(one.arn())).collect(),
        change_set: stack.change_set_id().map(str::to_owned),
        changed: changed.map(ToString::to_string).unwrap_or_default(),
    }
}

fn tags(stack: &Stack) -> BTreeMap<String, String> {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    stack.tags().iter().map(|tag| (text(tag.key()), text(tag.value()))).collect()
}
