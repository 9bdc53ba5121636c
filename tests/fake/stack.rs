//! Stacks, their resources, events and change sets.

use std::collections::{BTreeMap, VecDeque};

use pipeline::diagnostic::FileId;
use serde_json::Value;

use super::speed::Course;

/// A stack.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stack {
    pub(crate) name: String,
    pub(crate) arn: String,
    pub(crate) status: String,
    pub(crate) reason: String,
    /// As it was sent.
    pub(crate) body: String,
    pub(crate) parameters: BTreeMap<String, String>,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) outputs: BTreeMap<String, String>,
    pub(crate) resources: BTreeMap<String, Resource>,
    pub(crate) is_protected: bool,
    pub(crate) role: Option<String>,
    pub(crate) policy: Option<String>,
    pub(crate) alarms: Vec<String>,
    pub(crate) change_set: Option<String>,
    pub(crate) changed: u64,
    /// The oldest first.
    pub(crate) events: Vec<Event>,
    /// What is still to happen.
    pub(crate) todo: VecDeque<Step>,
    /// How fast that happens, where it takes time.
    pub(crate) course: Option<Course>,
    /// The state to go back to.
    pub(crate) before: Option<Box<Stack>>,
    /// The token of the operation that is under way or was the last.
    pub(crate) token: String,
}

/// A resource of a stack.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Resource {
    pub(crate) kind: String,
    pub(crate) physical: String,
    pub(crate) properties: Value,
    pub(crate) retained: bool,
}

/// An event.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) logical: String,
    pub(crate) physical: String,
    pub(crate) kind: String,
    pub(crate) status: String,
    pub(crate) reason: String,
    pub(crate) token: String,
    pub(crate) at: u64,
}

/// Something that happens at a look.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// The stack takes a state.
    Stack(&'static str, String),
    /// A resource takes a state.
    Resource(String, &'static str, String),
    /// A resource is there.
    Made(String, Resource),
    /// A resource is gone.
    Gone(String),
    /// The stack is as it was before.
    Back,
    /// The template, parameters and tags of the change set are those of the stack.
    Taken(Box<Wanted>),
    /// Outputs are worked out.
    Outputs,
}

/// What a change set wants of a stack.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Wanted {
    pub(crate) body: String,
    pub(crate) parameters: BTreeMap<String, String>,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) role: Option<String>,
    pub(crate) alarms: Vec<String>,
}

/// A change set.
#[derive(Clone, Debug, Default)]
pub(crate) struct ChangeSet {
    pub(crate) name: String,
    pub(crate) arn: String,
    pub(crate) stack: String,
    pub(crate) creates: bool,
    pub(crate) deletes_on_failure: bool,
    pub(crate) token: String,
    pub(crate) wanted: Wanted,
    pub(crate) changes: Vec<Change>,
    pub(crate) status: String,
    pub(crate) execution: String,
    pub(crate) reason: String,
    /// Looks until it is worked out.
    pub(crate) looks: u32,
    /// Whether it compares with what is really there.
    pub(crate) reverts_drift: bool,
}

/// A change of a resource.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) action: &'static str,
    pub(crate) logical: String,
    pub(crate) physical: String,
    pub(crate) kind: String,
    pub(crate) replacement: &'static str,
    /// The property that was changed beside CloudFormation; empty where the resource was deleted.
    pub(crate) drift: Option<String>,
}

impl Stack {
    pub(crate) fn is_busy(&self) -> bool {
        self.status.ends_with("_IN_PROGRESS") && self.status != "REVIEW_IN_PROGRESS"
    }

    /// Returns the template as JSON.
    pub(crate) fn template(&self) -> Value {
        parsed(&self.body).expect("it was read before")
    }

    pub(super) fn record(&mut self, logical: &str, status: &str, reason: &str, now: u64) {
        let own = logical == self.name;
        let found = self.resources.get(logical);
        let kind = found.map_or(String::new(), |one| one.kind.clone());
        let event = Event {
            id: format!("{}-{}-{}", self.events.len(), logical, status),
            logical: logical.to_owned(),
            physical: if own {
                self.arn.clone()
            } else {
                found.map_or(String::new(), |one| one.physical.clone())
            },
            kind: if own { "AWS::CloudFormation::Stack".to_owned() } else { kind },
            status: status.to_owned(),
            reason: reason.to_owned(),
            token: self.token.clone(),
            at: now,
        };
        self.events.push(event);
    }

    pub(super) fn turn(&mut self, status: &str, reason: &str, now: u64) {
        status.clone_into(&mut self.status);
        reason.clone_into(&mut self.reason);
        let name = self.name.clone();
        self.record(&name, status, reason, now);
    }
}

/// Reads a template, YAML or JSON.
pub(crate) fn parsed(body: &str) -> Option<Value> {
    if body.trim_start().starts_with('{') {
        return serde_json::from_str(body).ok();
    }
    Some(pipeline::yaml::read(body, FileId::default()).ok()?.to_json())
}

/// Returns the resources of a template by logical id, as they would be in a stack of that name.
pub(crate) fn resources(body: &str, stack: &str) -> BTreeMap<String, Resource> {
    let template = parsed(body).unwrap_or_default();
    let found = template["Resources"].as_object().cloned().unwrap_or_default();
    let resource = |(id, json): (String, Value)| {
        let kind = json["Type"].as_str().unwrap_or_default().to_owned();
        let retained =
            json["DeletionPolicy"].as_str().is_some_and(|policy| policy.starts_with("Retain"));
        let physical = physical(stack, &id, &kind, &json["Properties"]);
        (id, Resource { kind, physical, properties: json["Properties"].clone(), retained })
    };
    found.into_iter().map(resource).collect()
}

/// The properties that are the physical id.
const NAMES: [&str; 12] = [
    "BucketName",
    "FunctionName",
    "RoleName",
    "ManagedPolicyName",
    "GroupName",
    "LogGroupName",
    "StateMachineName",
    "TopicName",
    "AlarmName",
    "DashboardName",
    "Name",
    "Bucket",
];

fn physical(stack: &str, id: &str, kind: &str, properties: &Value) -> String {
    let named = NAMES.iter().find_map(|name| properties[*name].as_str());
    let short = kind.rsplit("::").next().unwrap_or_default().to_lowercase();
    let number = id
        .bytes()
        .chain(stack.bytes())
        .fold(7_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
    match kind {
        "AWS::EC2::VPC" => format!("vpc-{number:017x}"),
        "AWS::EC2::Subnet" => format!("subnet-{number:017x}"),
        "AWS::EC2::SecurityGroup" => format!("sg-{number:017x}"),
        "AWS::EC2::VPCEndpoint" => format!("vpce-{number:017x}"),
        _ => named.map_or_else(|| format!("{short}-{number:016x}"), str::to_owned),
    }
}
