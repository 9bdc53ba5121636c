//! Stacks and events as XML.

use crate::fake::form::{element, escaped, iso_date, members};
use crate::fake::stack::{Event, Stack};

/// Events of a page; the service has 100.
const PAGE: usize = 40;

pub(super) fn described(stack: &Stack) -> String {
    let pair = |key: &'static str, value: &'static str| {
        move |(name, text): (&String, &String)| element(key, name) + &element(value, text)
    };
    let optional =
        |name: &str, text: Option<&str>| text.map(|text| element(name, text)).unwrap_or_default();
    let triggers = members(
        "RollbackTriggers",
        stack
            .alarms
            .iter()
            .map(|arn| element("Arn", arn) + &element("Type", "AWS::CloudWatch::Alarm")),
    );
    [
        element("StackId", &stack.arn),
        element("StackName", &stack.name),
        element("StackStatus", &stack.status),
        element("StackStatusReason", &stack.reason),
        element("CreationTime", &iso_date(stack.changed)),
        element("EnableTerminationProtection", &stack.is_protected.to_string()),
        optional("RoleARN", stack.role.as_deref()),
        optional("ChangeSetId", stack.change_set.as_deref()),
        format!("<RollbackConfiguration>{triggers}</RollbackConfiguration>"),
        members("Parameters", stack.parameters.iter().map(pair("ParameterKey", "ParameterValue"))),
        members("Outputs", stack.outputs.iter().map(pair("OutputKey", "OutputValue"))),
        members("Tags", stack.tags.iter().map(pair("Key", "Value"))),
    ]
    .concat()
}

pub(super) fn events(stack: &Stack, page: usize) -> String {
    let newest = stack.events.iter().rev().skip(page * PAGE).take(PAGE);
    let event = |event: &Event| {
        element("EventId", &event.id)
            + &element("StackId", &stack.arn)
            + &element("StackName", &stack.name)
            + &element("LogicalResourceId", &event.logical)
            + &element("PhysicalResourceId", &event.physical)
            + &element("ResourceType", &event.kind)
            + &element("Timestamp", &iso_date(event.at))
            + &element("ResourceStatus", &event.status)
            + &element("ResourceStatusReason", &event.reason)
            + &element("ClientRequestToken", &event.token)
    };
    let more = if stack.events.len() > (page + 1) * PAGE {
        element("NextToken", &(page + 1).to_string())
    } else {
        String::new()
    };
    members("StackEvents", newest.map(event)) + &escaped("") + &more
}
