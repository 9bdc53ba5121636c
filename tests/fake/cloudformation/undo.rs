//! Deletions and rollbacks.

use super::{Outcome, invalid};
use crate::fake::World;
use crate::fake::form::{Form, element};
use crate::fake::steps;

impl World {
    pub(super) fn delete_stack(&mut self, form: &Form) -> Outcome {
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

    pub(super) fn go_on_rolling_back(&mut self, form: &Form) -> Outcome {
        let skipped = form.strings("ResourcesToSkip");
        let token = form.get("ClientRequestToken").unwrap_or_default().to_owned();
        if let Some(id) = self.faults.stuck.keys().find(|id| !skipped.contains(id)).cloned() {
            return self.on_stack(form, |world, arn| {
                let why = world.faults.stuck[&id].clone();
                let now = world.now;
                let stack = world.cloudformation.stacks.get_mut(arn).expect("it was found");
                stack.token = token;
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
    pub(super) fn roll_back(&mut self, form: &Form) -> Outcome {
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
    pub(super) fn again(&mut self, form: &Form, from: &str, begins: &'static str) -> Outcome {
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
