//! CloudFormation: the requests, and the states in which each is refused (API reference and user guide).

use std::collections::BTreeMap;

use super::form::{self, Form, element, escaped, iso_date, members};
use super::stack::{Change, ChangeSet, Event, Stack, Wanted, parsed, resources};
use super::steps;
use super::{Answer, World};

/// Stacks and change sets by ARN; deleted stacks are still found by it.
#[derive(Clone, Debug, Default)]
pub(crate) struct CloudFormation {
    pub(crate) stacks: BTreeMap<String, Stack>,
    pub(crate) change_sets: BTreeMap<String, ChangeSet>,
    made: u32,
}

const INLINE: usize = 51_200;
/// Events of a page; the service has 100.
const PAGE: usize = 40;

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
            "DescribeStackResources" | "ListStackResources" => {
                let name = if action == "ListStackResources" {
                    "StackResourceSummaries"
                } else {
                    "StackResources"
                };
                self.on_stack(form, |world, arn| {
                    let stack = &world.cloudformation.stacks[arn];
                    let stuck = |id: &String| {
                        stack.status == "DELETE_FAILED" && world.faults.undeletable.contains_key(id)
                    };
                    let item = |(id, one): (&String, &super::stack::Resource)| {
                        element("LogicalResourceId", id)
                            + &element("PhysicalResourceId", &one.physical)
                            + &element("ResourceType", &one.kind)
                            + &element(
                                "ResourceStatus",
                                if stuck(id) { "DELETE_FAILED" } else { "CREATE_COMPLETE" },
                            )
                            + &element("Timestamp", &iso_date(world.now))
                            + &element("LastUpdatedTimestamp", &iso_date(world.now))
                    };
                    Ok(members(name, stack.resources.iter().map(item)))
                })
            }
            "GetTemplate" => self.on_stack(form, |world, arn| {
                Ok(element("TemplateBody", &world.cloudformation.stacks[arn].body))
            }),
            "GetStackPolicy" => self.on_stack(form, |world, arn| {
                let policy = &world.cloudformation.stacks[arn].policy;
                Ok(policy
                    .as_deref()
                    .map(|policy| element("StackPolicyBody", policy))
                    .unwrap_or_default())
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

    fn create_change_set(&mut self, form: &Form) -> Outcome {
        let name = form.get("StackName").unwrap_or_default().to_owned();
        let set_name = form.get("ChangeSetName").unwrap_or_default().to_owned();
        let token = form.get("ClientToken").unwrap_or_default().to_owned();
        let body = self.body(form)?;
        if !form.strings("Capabilities").iter().any(|one| one == "CAPABILITY_NAMED_IAM")
            && body.contains("AWS::IAM::")
        {
            return Err((
                "InsufficientCapabilitiesException",
                "Requires capabilities : [CAPABILITY_NAMED_IAM]".to_owned(),
            ));
        }
        let creates = form.get("ChangeSetType") == Some("CREATE");
        let found = self.cloudformation.find(&name);
        let status = found.as_ref().map(|arn| self.cloudformation.stacks[arn].status.clone());
        let same = self
            .cloudformation
            .change_sets
            .values()
            .find(|set| set.name == set_name && Some(&set.stack) == found.as_ref());
        if let Some(set) = same {
            if set.token == token {
                return Ok(element("Id", &set.arn) + &element("StackId", &set.stack));
            }
            return Err(("AlreadyExistsException", format!("ChangeSet {set_name} already exists")));
        }
        match (creates, status.as_deref()) {
            (true, None | Some("REVIEW_IN_PROGRESS")) | (false, Some(_)) => {}
            (true, Some(_)) => {
                return Err(invalid(format!(
                    "Stack [{name}] already exists and cannot be created again with the changeSet [{set_name}]"
                )));
            }
            (false, None) => return Err(invalid(format!("Stack [{name}] does not exist"))),
        }
        if let Some(status) =
            status.filter(|status| status != "REVIEW_IN_PROGRESS" && !accepts_update(status))
        {
            let arn = found.unwrap_or_default();
            return Err(invalid(format!(
                "Stack:{arn} is in {status} state and can not be updated."
            )));
        }
        let arn = found.unwrap_or_else(|| self.review(&name));
        let wanted = Wanted {
            body,
            parameters: form
                .list("Parameters", "ParameterKey", "ParameterValue")
                .into_iter()
                .collect(),
            tags: form.list("Tags", "Key", "Value").into_iter().collect(),
            role: form.get("RoleARN").map(str::to_owned),
            alarms: form
                .list("RollbackConfiguration.RollbackTriggers", "Arn", "Type")
                .into_iter()
                .map(|(arn, _)| arn)
                .collect(),
        };
        self.cloudformation.made += 1;
        let set_arn = format!(
            "arn:aws:cloudformation:{}:{}:changeSet/{set_name}/{:08}",
            self.region, self.account, self.cloudformation.made
        );
        let deletes_on_failure = form.get("OnStackFailure") == Some("DELETE");
        let set = self.worked_out(ChangeSet {
            name: set_name,
            arn: set_arn.clone(),
            stack: arn.clone(),
            creates,
            deletes_on_failure,
            token,
            wanted,
            looks: 1,
            ..ChangeSet::default()
        });
        self.cloudformation.change_sets.insert(set_arn.clone(), set?);
        Ok(element("Id", &set_arn) + &element("StackId", &arn))
    }

    fn body(&self, form: &Form) -> Result<String, (&'static str, String)> {
        let body = match (form.get("TemplateBody"), form.get("TemplateURL")) {
            (Some(body), _) if body.len() > INLINE => {
                return Err(invalid(
                    "1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to 51200",
                ));
            }
            (Some(body), _) => body.to_owned(),
            (None, Some(url)) => {
                let (host, key) =
                    url.trim_start_matches("https://").split_once('/').unwrap_or_default();
                let bucket = host.split(".s3.").next().unwrap_or_default();
                let object = self.s3.buckets.get(bucket).and_then(|objects| objects.get(key));
                let object =
                    object.ok_or_else(|| invalid("S3 error: The specified key does not exist."))?;
                String::from_utf8_lossy(&object.bytes).into_owned()
            }
            (None, None) => {
                return Err(invalid("Either Template URL or Template Body must be specified."));
            }
        };
        match parsed(&body) {
            Some(template) if template["Resources"].is_object() => Ok(body),
            _ => Err(invalid(
                "Template format error: At least one Resources member must be defined.",
            )),
        }
    }

    fn review(&mut self, name: &str) -> String {
        self.cloudformation.made += 1;
        let arn = format!(
            "arn:aws:cloudformation:{}:{}:stack/{name}/{:08}",
            self.region, self.account, self.cloudformation.made
        );
        let mut stack = Stack {
            name: name.to_owned(),
            arn: arn.clone(),
            changed: self.now,
            ..Stack::default()
        };
        stack.turn("REVIEW_IN_PROGRESS", "User Initiated", self.now);
        self.cloudformation.stacks.insert(arn.clone(), stack);
        arn
    }

    /// Compares a change set with its stack.
    fn worked_out(&self, mut set: ChangeSet) -> Result<ChangeSet, (&'static str, String)> {
        let stack = &self.cloudformation.stacks[&set.stack];
        let template = parsed(&set.wanted.body).unwrap_or_default();
        let needed = template["Parameters"].as_object().into_iter().flatten();
        let needed: Vec<_> = needed
            .filter(|(name, one)| {
                one["Default"].is_null() && !set.wanted.parameters.contains_key(*name)
            })
            .map(|(name, _)| name.as_str())
            .collect();
        if !needed.is_empty() {
            return Err(invalid(format!("Parameters: [{}] must have values", needed.join(", "))));
        }
        let wanted = resources(&set.wanted.body, &stack.name);
        for (id, one) in &wanted {
            let change = |action, replacement| Change {
                action,
                logical: id.clone(),
                physical: one.physical.clone(),
                kind: one.kind.clone(),
                replacement,
            };
            match stack.resources.get(id) {
                None => set.changes.push(change("Add", "")),
                Some(known) if known.physical != one.physical => {
                    set.changes.push(change("Modify", "True"))
                }
                Some(known) if known != one => set.changes.push(change("Modify", "False")),
                Some(_) => {}
            }
        }
        for (id, one) in stack.resources.iter().filter(|(id, _)| !wanted.contains_key(*id)) {
            set.changes.push(Change {
                action: "Remove",
                logical: id.clone(),
                physical: one.physical.clone(),
                kind: one.kind.clone(),
                replacement: "",
            });
        }
        let same = set.changes.is_empty()
            && stack.parameters == set.wanted.parameters
            && stack.tags == set.wanted.tags
            && stack.template()["Outputs"] == template["Outputs"];
        (set.status, set.execution, set.reason) = match (same && !set.creates, self.cloudformation.change_sets.len() % 2) {
            (true, 0) => ("FAILED", "UNAVAILABLE", "The submitted information didn't contain changes. Submit different information to create a change set."),
            (true, _) => ("FAILED", "UNAVAILABLE", "No updates are to be performed."),
            _ => ("CREATE_COMPLETE", "AVAILABLE", ""),
        }.into_owned();
        Ok(set)
    }

    fn describe_change_set(&mut self, form: &Form) -> Outcome {
        self.now += 5;
        let arn = self.cloudformation.change_set(form)?.arn.clone();
        let set = self.cloudformation.change_sets.get_mut(&arn).expect("it was found");
        let pending = set.looks > 0;
        set.looks = set.looks.saturating_sub(1);
        let head = element("ChangeSetId", &set.arn)
            + &element("ChangeSetName", &set.name)
            + &element("StackId", &set.stack);
        if pending {
            return Ok(head
                + &element("Status", "CREATE_IN_PROGRESS")
                + &element("ExecutionStatus", "UNAVAILABLE"));
        }
        let change = |change: &Change| {
            let replacement = if change.replacement.is_empty() {
                String::new()
            } else {
                element("Replacement", change.replacement)
            };
            let inner = element("Action", change.action)
                + &element("LogicalResourceId", &change.logical)
                + &element("PhysicalResourceId", &change.physical)
                + &element("ResourceType", &change.kind)
                + &replacement;
            format!("<Type>Resource</Type><ResourceChange>{inner}</ResourceChange>")
        };
        Ok(head
            + &element("Status", &set.status)
            + &element("ExecutionStatus", &set.execution)
            + &element("StatusReason", &set.reason)
            + &members("Changes", set.changes.iter().map(change)))
    }

    fn delete_change_set(&mut self, form: &Form) -> Outcome {
        let arn = self.cloudformation.change_set(form)?.arn.clone();
        self.cloudformation.change_sets.remove(&arn);
        Ok(String::new())
    }

    fn execute_change_set(&mut self, form: &Form) -> Outcome {
        let set = self.cloudformation.change_set(form)?.clone();
        let token = form.get("ClientRequestToken").unwrap_or_default();
        let stack = &self.cloudformation.stacks[&set.stack];
        if stack.token == token && set.execution != "AVAILABLE" {
            return Err((
                "TokenAlreadyExistsException",
                format!("The token {token} was used already"),
            ));
        }
        if set.execution != "AVAILABLE" {
            return Err((
                "InvalidChangeSetStatus",
                format!(
                    "ChangeSet [{}] cannot be executed in its current execution status of [{}]",
                    set.arn, set.execution
                ),
            ));
        }
        if stack.is_busy() {
            return Err(invalid(format!(
                "Stack:{} is in {} state and can not be updated.",
                stack.arn, stack.status
            )));
        }
        let todo = steps::executed(stack, &set, &self.faults, &self.s3);
        for other in
            self.cloudformation.change_sets.values_mut().filter(|other| other.stack == set.stack)
        {
            other.execution =
                if other.arn == set.arn { "EXECUTE_COMPLETE" } else { "OBSOLETE" }.to_owned();
        }
        let stack = self.cloudformation.stacks.get_mut(&set.stack).expect("it was found");
        stack.before = Some(Box::new(Stack { before: None, events: Vec::new(), ..stack.clone() }));
        stack.token = token.to_owned();
        stack.change_set = Some(set.arn.clone());
        stack.todo = todo;
        stack.role.clone_from(&set.wanted.role);
        self.begin(&set.stack);
        Ok(String::new())
    }

    /// The first step of an operation is taken before it is answered.
    fn begin(&mut self, arn: &str) {
        let now = self.now;
        let stack = self.cloudformation.stacks.get_mut(arn).expect("it was found");
        if let Some(super::stack::Step::Stack(status, reason)) = stack.todo.pop_front() {
            stack.turn(status, &reason, now);
        }
    }

    fn describe_events(&mut self, form: &Form) -> Outcome {
        self.now += 5;
        let set = self.cloudformation.change_set(form)?;
        let warned = set
            .changes
            .iter()
            .filter_map(|change| Some((change, self.faults.warned.get(&change.logical)?)));
        let event = |(change, why): (&Change, &String)| {
            element("EventId", &change.logical)
                + &element("EventType", "VALIDATION_ERROR")
                + &element("LogicalResourceId", &change.logical)
                + &element("ValidationName", "NAME_CONFLICT_VALIDATION")
                + &element("ValidationStatus", "FAILED")
                + &element("ValidationStatusReason", why)
                + &element("ValidationPath", "/Properties")
        };
        Ok(members("OperationEvents", warned.map(event)))
    }

    fn delete_stack(&mut self, form: &Form) -> Outcome {
        let name = form.get("StackName").unwrap_or_default();
        let Some(arn) = self.cloudformation.find(name) else { return Ok(String::new()) };
        let stack = &self.cloudformation.stacks[&arn];
        if stack.is_protected {
            return Err(invalid(format!(
                "Stack [{name}] cannot be deleted while TerminationProtection is enabled"
            )));
        }
        let retained = form.strings("RetainResources");
        if !retained.is_empty() && stack.status != "DELETE_FAILED" {
            return Err(invalid(
                "RetainResources can only be specified for a stack in DELETE_FAILED state",
            ));
        }
        let forced = form.get("DeletionMode") == Some("FORCE_DELETE_STACK");
        let all: Vec<String> = stack.resources.keys().cloned().collect();
        let todo =
            steps::deleted(stack, &self.faults, &self.s3, if forced { &all } else { &retained });
        let now = self.now;
        let stack = self.cloudformation.stacks.get_mut(&arn).expect("it was found");
        form.get("ClientRequestToken").unwrap_or_default().clone_into(&mut stack.token);
        stack.todo = todo;
        if stack.status == "REVIEW_IN_PROGRESS" {
            stack.todo.clear();
            stack.turn("DELETE_COMPLETE", "", now);
            return Ok(String::new());
        }
        self.begin(&arn);
        self.cloudformation.change_sets.retain(|_, set| set.stack != arn);
        Ok(String::new())
    }

    fn go_on_rolling_back(&mut self, form: &Form) -> Outcome {
        let skipped = form.strings("ResourcesToSkip");
        if let Some(id) = self.faults.stuck.keys().find(|id| !skipped.contains(id)).cloned() {
            return self.on_stack(form, |world, arn| {
                let why = world.faults.stuck[&id].clone();
                let now = world.now;
                let stack = world.cloudformation.stacks.get_mut(arn).expect("it was found");
                stack.turn("UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated", now);
                stack.record(&id, "UPDATE_FAILED", &why, now);
                stack.turn(
                    "UPDATE_ROLLBACK_FAILED",
                    &format!("The following resource(s) failed to update: [{id}]. "),
                    now,
                );
                Ok(String::new())
            });
        }
        self.again(form, "UPDATE_ROLLBACK_FAILED", "UPDATE_ROLLBACK_IN_PROGRESS")
    }

    /// A failed creation leaves nothing, a failed update what was before.
    fn roll_back(&mut self, form: &Form) -> Outcome {
        let arn =
            self.cloudformation.find(form.get("StackName").unwrap_or_default()).unwrap_or_default();
        let Some(stack) = self.cloudformation.stacks.get_mut(&arn) else {
            return Err(invalid("Stack does not exist"));
        };
        if stack.status != "CREATE_FAILED" {
            return self.again(form, "UPDATE_FAILED", "UPDATE_ROLLBACK_IN_PROGRESS");
        }
        form.get("ClientRequestToken").unwrap_or_default().clone_into(&mut stack.token);
        stack.todo = steps::nothing_left(stack);
        self.begin(&arn);
        Ok(element("StackId", &arn))
    }

    /// Rolls a stack back that is in the state `from`.
    fn again(&mut self, form: &Form, from: &str, begins: &'static str) -> Outcome {
        let token = form.get("ClientRequestToken").unwrap_or_default().to_owned();
        let from = from.to_owned();
        self.on_stack(form, move |world, arn| {
            let stack = world.cloudformation.stacks.get_mut(arn).expect("it was found");
            if stack.status != from {
                return Err(invalid(format!(
                    "Stack [{arn}] is in {} state, and {from} is needed",
                    stack.status
                )));
            }
            stack.token = token;
            stack.todo = steps::back_again(begins);
            world.begin(arn);
            Ok(element("StackId", arn))
        })
    }
}

/// Change sets for updates are made in these states (user guide, "Stack status codes").
fn accepts_update(status: &str) -> bool {
    const RESTING: [&str; 8] = [
        "CREATE_COMPLETE",
        "UPDATE_COMPLETE",
        "UPDATE_ROLLBACK_COMPLETE",
        "IMPORT_COMPLETE",
        "IMPORT_ROLLBACK_COMPLETE",
        "UPDATE_FAILED",
        "CREATE_FAILED",
        "ROLLBACK_FAILED",
    ];
    RESTING[..6].contains(&status)
}

trait IntoOwned {
    fn into_owned(self) -> (String, String, String);
}

impl IntoOwned for (&str, &str, &str) {
    fn into_owned(self) -> (String, String, String) {
        (self.0.to_owned(), self.1.to_owned(), self.2.to_owned())
    }
}

fn described(stack: &Stack) -> String {
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

fn events(stack: &Stack, page: usize) -> String {
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
