//! CloudFormation: the requests, and the states in which each is refused (API reference and user guide).

mod change_set;
mod told;
mod undo;

use std::collections::BTreeMap;

use super::form::{self, Form, element, iso_date, members};
use super::speed::Course;
use super::stack::{ChangeSet, Stack};
use super::{Answer, World};
use told::{described, events};

/// Stacks and change sets by ARN; deleted stacks are still found by it.
#[derive(Clone, Debug, Default)]
pub(crate) struct CloudFormation {
    pub(crate) stacks: BTreeMap<String, Stack>,
    pub(crate) change_sets: BTreeMap<String, ChangeSet>,
    made: BTreeMap<String, u32>,
}

type Outcome = Result<String, (&'static str, String)>;

fn invalid(message: impl Into<String>) -> (&'static str, String) {
    ("ValidationError", message.into())
}

impl CloudFormation {
    /// Returns the ARN of a stack that is named, or a deleted one by its own ARN.
    pub(crate) fn find(&self, name: &str) -> Option<String> {
        let alive = |stack: &&Stack| stack.status != "DELETE_COMPLETE" && stack.name == name;
        let named = || self.stacks.values().find(alive).map(|stack| stack.arn.clone());
        self.stacks.get(name).map(|stack| stack.arn.clone()).or_else(named)
    }

    pub(crate) fn stack(&self, name: &str) -> Option<&Stack> {
        self.stacks.get(&self.find(name)?)
    }

    pub(crate) fn stack_mut(&mut self, name: &str) -> Option<&mut Stack> {
        let arn = self.find(name)?;
        self.stacks.get_mut(&arn)
    }

    fn change_set(&self, form: &Form) -> Result<&ChangeSet, (&'static str, String)> {
        let name = form.get("ChangeSetName").unwrap_or_default();
        let stack = form.get("StackName").and_then(|stack| self.find(stack));
        let is_it = |set: &&ChangeSet| {
            set.name == name && stack.as_ref().is_none_or(|arn| set.stack == *arn)
        };
        let found = self.change_sets.get(name).or_else(|| self.change_sets.values().find(is_it));
        found.ok_or_else(|| ("ChangeSetNotFound", format!("ChangeSet [{name}] does not exist")))
    }
}

impl World {
    pub(super) fn cloudformation(&mut self, form: &Form) -> Answer {
        let action = form.get("Action").unwrap_or_default().to_owned();
        let outcome = match action.as_str() {
            "CreateChangeSet" => self.create_change_set(form),
            "DescribeChangeSet" => self.describe_change_set(form),
            "ExecuteChangeSet" => self.execute_change_set(form),
            "DeleteChangeSet" => self.delete_change_set(form),
            "DescribeEvents" => self.describe_events(form),
            "DeleteStack" => self.delete_stack(form),
            "ListChangeSets" => self.on_stack(form, |world, arn| {
                let sets = world.cloudformation.change_sets.values().filter(|set| set.stack == arn);
                Ok(members("Summaries", sets.map(|set| element("ChangeSetId", &set.arn))))
            }),
            "DescribeStacks" => self.on_stack(form, |world, arn| {
                world.look(arn);
                let stack = &world.cloudformation.stacks[arn];
                Ok(members("Stacks", [described(stack)]))
            }),
            "DescribeStackEvents" => {
                let page: usize =
                    form.get("NextToken").and_then(|page| page.parse().ok()).unwrap_or_default();
                self.on_stack(form, move |world, arn| {
                    world.look(arn);
                    Ok(events(&world.cloudformation.stacks[arn], page))
                })
            }
            "DescribeStackResources" => self.resources(form, "StackResources"),
            "ListStackResources" => self.resources(form, "StackResourceSummaries"),
            "GetTemplate" => self.on_stack(form, |world, arn| {
                Ok(element("TemplateBody", &world.cloudformation.stacks[arn].body))
            }),
            "GetStackPolicy" => self.on_stack(form, |world, arn| {
                let policy = world.cloudformation.stacks[arn].policy.as_deref();
                Ok(policy.map(|policy| element("StackPolicyBody", policy)).unwrap_or_default())
            }),
            "SetStackPolicy" => {
                let policy = form.get("StackPolicyBody").map(str::to_owned);
                self.change(form, |stack| stack.policy = policy)
            }
            "UpdateTerminationProtection" => {
                let protect = form.get("EnableTerminationProtection") == Some("true");
                self.change(form, |stack| stack.is_protected = protect)
            }
            "CancelUpdateStack" => {
                self.again(form, "UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS")
            }
            "ContinueUpdateRollback" => self.go_on_rolling_back(form),
            "RollbackStack" => self.roll_back(form),
            _ => Err(invalid(format!("no action {action} here"))),
        };
        match outcome {
            Ok(result) => form::answer(&action, &result),
            Err((code, message)) => form::error(400, code, &message),
        }
    }

    fn resources(&mut self, form: &Form, name: &str) -> Outcome {
        self.on_stack(form, |world, arn| {
            let stack = &world.cloudformation.stacks[arn];
            let status = |id: &String| {
                let stuck = world.faults.undeletable.contains_key(id);
                let failed = stack.status == "DELETE_FAILED" && stuck;
                if failed { "DELETE_FAILED" } else { "CREATE_COMPLETE" }
            };
            let item = |(id, one): (&String, &super::stack::Resource)| {
                element("LogicalResourceId", id)
                    + &element("PhysicalResourceId", &one.physical)
                    + &element("ResourceType", &one.kind)
                    + &element("ResourceStatus", status(id))
                    + &element("Timestamp", &iso_date(world.now))
                    + &element("LastUpdatedTimestamp", &iso_date(world.now))
            };
            Ok(members(name, stack.resources.iter().map(item)))
        })
    }

    /// Time goes on for a stack that someone looks at.
    fn look(&mut self, arn: &str) {
        self.now += 5;
        let (now, account, region) = (self.now, self.account.clone(), self.region.clone());
        if let Some(stack) = self.cloudformation.stacks.get_mut(arn) {
            stack.go_on(now, &account, &region);
            let buckets = stack.resources.values().filter(|one| one.kind == "AWS::S3::Bucket");
            for bucket in buckets {
                self.s3.buckets.entry(bucket.physical.clone()).or_default();
            }
        }
    }

    fn on_stack(&mut self, form: &Form, act: impl FnOnce(&mut Self, &str) -> Outcome) -> Outcome {
        let name = form.get("StackName").unwrap_or_default();
        let found = self.cloudformation.find(name);
        let arn = found.ok_or_else(|| invalid(format!("Stack with id {name} does not exist")))?;
        act(self, &arn)
    }

    fn change(&mut self, form: &Form, change: impl FnOnce(&mut Stack)) -> Outcome {
        self.on_stack(form, |world, arn| {
            if let Some(stack) = world.cloudformation.stacks.get_mut(arn) {
                change(stack);
            }
            Ok(element("StackId", arn))
        })
    }

    /// The first step of an operation is taken before it is answered.
    pub(super) fn begin(&mut self, arn: &str) {
        let now = self.now;
        let speed = self.speed;
        let stack = self.cloudformation.stacks.get_mut(arn).expect("it was found");
        stack.course = speed.map(|speed| Course::new(stack, speed));
        if let Some(super::stack::Step::Stack(status, reason)) = stack.todo.pop_front() {
            stack.turn(status, &reason, now);
        }
    }
}
