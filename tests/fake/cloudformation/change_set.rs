//! Change sets: asked for, worked out, told, executed.

use super::{ChangeSet, Outcome, invalid};
use crate::fake::World;
use crate::fake::form::{Form, element, members};
use crate::fake::stack::{Change, Stack, Step, Wanted, parsed, resources};
use crate::fake::steps;

const INLINE: usize = 51_200;

/// Tells why a stack takes no change set of that type.
fn takes(
    creates: bool,
    stack: Option<&Stack>,
    name: &str,
    set: &str,
) -> Result<(), (&'static str, String)> {
    let words = match (creates, stack) {
        (true, Some(stack)) if stack.status != "REVIEW_IN_PROGRESS" => format!(
            "Stack [{name}] already exists and cannot be created again with the changeSet [{set}]"
        ),
        (false, None) => format!("Stack [{name}] does not exist"),
        (false, Some(Stack { arn, status, .. }))
            if status != "REVIEW_IN_PROGRESS" && !accepts_update(status) =>
        {
            format!("Stack:{arn} is in {status} state and can not be updated.")
        }
        _ => return Ok(()),
    };
    Err(invalid(words))
}

impl World {
    pub(super) fn create_change_set(&mut self, form: &Form) -> Outcome {
        let name = form.get("StackName").unwrap_or_default().to_owned();
        let set_name = form.get("ChangeSetName").unwrap_or_default().to_owned();
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
        let token = form.get("ClientToken").unwrap_or_default().to_owned();
        let is_same = |set: &&ChangeSet| set.name == set_name && Some(&set.stack) == found.as_ref();
        if let Some(set) = self.cloudformation.change_sets.values().find(is_same) {
            if set.token == token {
                return Ok(element("Id", &set.arn) + &element("StackId", &set.stack));
            }
            return Err(("AlreadyExistsException", format!("ChangeSet {set_name} already exists")));
        }
        let stack = found.as_ref().map(|arn| &self.cloudformation.stacks[arn]);
        takes(creates, stack, &name, &set_name)?;
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
        let set_arn = self.new_arn("changeSet", &set_name);
        let imports = form.get("ImportExistingResources") == Some("true");
        let deletes_on_failure = form.get("OnStackFailure") == Some("DELETE");
        let set = self.worked_out(
            ChangeSet {
                name: set_name,
                arn: set_arn.clone(),
                stack: arn.clone(),
                creates,
                deletes_on_failure,
                token,
                wanted,
                looks: 1,
                reverts_drift: form.get("DeploymentMode") == Some("REVERT_DRIFT"),
                ..ChangeSet::default()
            },
            imports,
        );
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

    /// Numbers count what had the same name, so that they do not depend on which of two stacks came first.
    fn new_arn(&mut self, kind: &str, name: &str) -> String {
        let made = self.cloudformation.made.entry(format!("{kind}/{name}")).or_default();
        *made += 1;
        format!("arn:aws:cloudformation:{}:{}:{kind}/{name}/{made:08}", self.region, self.account)
    }

    fn review(&mut self, name: &str) -> String {
        let arn = self.new_arn("stack", name);
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
    fn worked_out(
        &self,
        mut set: ChangeSet,
        imports: bool,
    ) -> Result<ChangeSet, (&'static str, String)> {
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
        let drifted = |id| self.drifted.get(id).filter(|_| set.reverts_drift).cloned();
        let mut changes = Vec::new();
        for (id, one) in &wanted {
            let drift = drifted(id);
            let change = |action, replacement| Change {
                action,
                logical: id.clone(),
                physical: one.physical.clone(),
                kind: one.kind.clone(),
                replacement,
                drift: drift.clone(),
            };
            match stack.resources.get(id) {
                None if imports && self.existing.contains(&one.physical) => {
                    changes.push(change("Import", ""));
                }
                None => changes.push(change("Add", "")),
                Some(known) if known.physical != one.physical => {
                    changes.push(change("Modify", "True"));
                }
                Some(known) if known != one => changes.push(change("Modify", "False")),
                Some(_) if drift.as_deref() == Some("") => changes.push(change("Add", "")),
                Some(_) if drift.is_some() => changes.push(change("Modify", "False")),
                Some(_) => {}
            }
        }
        for (id, one) in stack.resources.iter().filter(|(id, _)| !wanted.contains_key(*id)) {
            changes.push(Change {
                action: "Remove",
                logical: id.clone(),
                physical: one.physical.clone(),
                kind: one.kind.clone(),
                replacement: "",
                drift: None,
            });
        }
        set.changes = changes;
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

    pub(super) fn describe_change_set(&mut self, form: &Form) -> Outcome {
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
            let drift = match change.drift.as_deref() {
                None => String::new(),
                Some("") => element("ResourceDriftStatus", "DELETED"),
                Some(path) => element("ResourceDriftStatus", "MODIFIED") + &drifted(path),
            };
            let inner = element("Action", change.action)
                + &element("LogicalResourceId", &change.logical)
                + &element("PhysicalResourceId", &change.physical)
                + &element("ResourceType", &change.kind)
                + &replacement
                + &drift;
            format!("<Type>Resource</Type><ResourceChange>{inner}</ResourceChange>")
        };
        Ok(head
            + &element("Status", &set.status)
            + &element("ExecutionStatus", &set.execution)
            + &element("StatusReason", &set.reason)
            + &members("Changes", set.changes.iter().map(change)))
    }

    pub(super) fn delete_change_set(&mut self, form: &Form) -> Outcome {
        let arn = self.cloudformation.change_set(form)?.arn.clone();
        self.cloudformation.change_sets.remove(&arn);
        Ok(String::new())
    }

    pub(super) fn execute_change_set(&mut self, form: &Form) -> Outcome {
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
        if todo.iter().any(|step| matches!(step, Step::Taken(_))) {
            let mended = set.changes.iter().filter(|change| change.drift.is_some());
            mended.for_each(|change| drop(self.drifted.remove(&change.logical)));
        }
        for other in
            self.cloudformation.change_sets.values_mut().filter(|other| other.stack == set.stack)
        {
            let execution = if other.arn == set.arn { "EXECUTE_COMPLETE" } else { "OBSOLETE" };
            execution.clone_into(&mut other.execution);
        }
        let stack = self.cloudformation.stacks.get_mut(&set.stack).expect("it was found");
        stack.before = Some(Box::new(Stack { before: None, events: Vec::new(), ..stack.clone() }));
        token.clone_into(&mut stack.token);
        stack.change_set = Some(set.arn.clone());
        if set.creates {
            stack.tags.clone_from(&set.wanted.tags);
        }
        stack.todo = todo;
        stack.role.clone_from(&set.wanted.role);
        self.begin(&set.stack);
        Ok(String::new())
    }

    pub(super) fn describe_events(&mut self, form: &Form) -> Outcome {
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
}

/// A detail of a change set that compares with what is really there (API reference, `ResourceTargetDefinition`).
fn drifted(path: &str) -> String {
    let drift = element("PreviousValue", "1") + &element("ActualValue", "2");
    let name = path.trim_start_matches("/Properties/").split('/').next().unwrap_or_default();
    let target = element("Attribute", "Properties")
        + &element("Name", name)
        + &element("Path", path)
        + &element("BeforeValueFrom", "ACTUAL_STATE")
        + &element("AfterValueFrom", "TEMPLATE")
        + &format!("<Drift>{drift}</Drift>");
    members("Details", std::iter::once(format!("<Target>{target}</Target>")))
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
