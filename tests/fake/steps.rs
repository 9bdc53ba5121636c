//! What happens to a stack, worked out when it begins and played look by look.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::faults::Faults;
use super::intrinsics::Values;
use super::s3::S3;
use super::stack::{ChangeSet, Resource, Stack, Step, resources};

/// Steps that happen between two looks.
const PACE: usize = 24;
const CANCELLED: &str = "Resource creation cancelled";

/// The way of an execution.
pub(super) fn executed(stack: &Stack, set: &ChangeSet, faults: &Faults, s3: &S3) -> VecDeque<Step> {
    let wanted = resources(&set.wanted.body, &stack.name);
    let verb = if set.creates { CREATE } else { UPDATE };
    let mut steps = VecDeque::from([Step::Stack(verb.begins, String::new())]);
    let drifted =
        |id: &str| set.changes.iter().any(|change| change.drift.is_some() && change.logical == id);
    let changes =
        |(id, one): &(&String, &Resource)| stack.resources.get(*id) != Some(one) || drifted(id);
    let changed: Vec<_> = wanted.iter().filter(changes).collect();
    for (id, resource) in &changed {
        let (begins, done, fails) = words(stack.resources.contains_key(*id));
        steps.push_back(Step::Made((*id).clone(), (*resource).clone()));
        steps.push_back(Step::Resource((*id).clone(), begins, String::new()));
        if let Some(reason) = faults
            .failing
            .get(*id)
            .cloned()
            .or_else(|| missing(resource, &set.wanted.parameters, s3))
        {
            steps.push_back(Step::Resource((*id).clone(), fails, reason));
            rolled_back(&mut steps, (stack, set), &changed, id, faults);
            return steps;
        }
        steps.push_back(Step::Resource((*id).clone(), done, String::new()));
    }
    if let Some(reason) = faults.failing.get(&stack.name).filter(|_| !set.creates) {
        steps.push_back(Step::Stack("UPDATE_ROLLBACK_IN_PROGRESS", reason.clone()));
        back(&mut steps);
        return steps;
    }
    steps.push_back(Step::Taken(Box::new(set.wanted.clone())));
    if !set.creates {
        steps.push_back(Step::Stack("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", String::new()));
        let gone: BTreeSet<_> =
            stack.resources.keys().filter(|id| !wanted.contains_key(*id)).collect();
        for id in gone {
            steps.push_back(Step::Resource(id.clone(), "DELETE_COMPLETE", String::new()));
            steps.push_back(Step::Gone(id.clone()));
        }
    }
    steps.push_back(Step::Outputs);
    steps.push_back(Step::Stack(verb.done, String::new()));
    steps
}

struct Verb {
    begins: &'static str,
    done: &'static str,
}

const CREATE: Verb = Verb { begins: "CREATE_IN_PROGRESS", done: "CREATE_COMPLETE" };
const UPDATE: Verb = Verb { begins: "UPDATE_IN_PROGRESS", done: "UPDATE_COMPLETE" };

fn words(exists: bool) -> (&'static str, &'static str, &'static str) {
    if exists {
        ("UPDATE_IN_PROGRESS", "UPDATE_COMPLETE", "UPDATE_FAILED")
    } else {
        ("CREATE_IN_PROGRESS", "CREATE_COMPLETE", "CREATE_FAILED")
    }
}

/// Code that was not uploaded.
fn missing(resource: &Resource, parameters: &BTreeMap<String, String>, s3: &S3) -> Option<String> {
    let code = &resource.properties["Code"];
    let text = |value: &serde_json::Value| match value["Ref"].as_str() {
        Some(name) => parameters.get(name).cloned(),
        None => value.as_str().map(str::to_owned),
    };
    let (bucket, key) = (text(&code["S3Bucket"])?, text(&code["S3Key"])?);
    let told = format!("Error occurred while GetObject. S3 Error Code: NoSuchKey: {bucket}/{key}");
    (!s3.has(&bucket, &key)).then_some(told)
}

fn rolled_back(
    steps: &mut VecDeque<Step>,
    (stack, set): (&Stack, &ChangeSet),
    changed: &[(&String, &Resource)],
    failed: &str,
    faults: &Faults,
) {
    // Those that are on their way at that moment are cancelled, which is told of as a failure too.
    for (id, resource) in changed.iter().skip_while(|(id, _)| *id != failed).skip(1).take(2) {
        steps.push_back(Step::Made((*id).clone(), (*resource).clone()));
        steps.push_back(Step::Resource(
            (*id).clone(),
            words(stack.resources.contains_key(*id)).2,
            CANCELLED.to_owned(),
        ));
    }
    let reason = format!("The following resource(s) failed: [{failed}]. ");
    if set.creates {
        let (begins, done) = if set.deletes_on_failure {
            ("DELETE_IN_PROGRESS", "DELETE_COMPLETE")
        } else {
            ("ROLLBACK_IN_PROGRESS", "ROLLBACK_COMPLETE")
        };
        steps.push_back(Step::Stack(begins, reason));
        removed(steps, changed.iter().map(|(id, _)| (*id).as_str()));
        steps.push_back(Step::Stack(done, String::new()));
        return;
    }
    steps.push_back(Step::Stack("UPDATE_ROLLBACK_IN_PROGRESS", reason));
    if let Some((id, why)) = faults.stuck.iter().next() {
        steps.push_back(Step::Resource(id.clone(), "UPDATE_FAILED", why.clone()));
        let told = format!("The following resource(s) failed to update: [{id}]. ");
        steps.push_back(Step::Stack("UPDATE_ROLLBACK_FAILED", told));
        return;
    }
    back(steps);
}

fn removed<'a>(steps: &mut VecDeque<Step>, ids: impl Iterator<Item = &'a str>) {
    for id in ids {
        steps.push_back(Step::Resource(id.to_owned(), "DELETE_COMPLETE", String::new()));
        steps.push_back(Step::Gone(id.to_owned()));
    }
}

fn back(steps: &mut VecDeque<Step>) {
    steps.push_back(Step::Back);
    steps.push_back(Step::Stack("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", String::new()));
    steps.push_back(Step::Stack("UPDATE_ROLLBACK_COMPLETE", String::new()));
}

/// The way of a rollback that is asked for: of a cancelled update, or of one that is to go on.
pub(super) fn back_again(begins: &'static str) -> VecDeque<Step> {
    let mut steps = VecDeque::from([Step::Stack(begins, "User Initiated".to_owned())]);
    back(&mut steps);
    steps
}

/// The way of a rollback of a creation.
pub(super) fn nothing_left(stack: &Stack) -> VecDeque<Step> {
    let mut steps =
        VecDeque::from([Step::Stack("ROLLBACK_IN_PROGRESS", "User Initiated".to_owned())]);
    removed(&mut steps, stack.resources.keys().map(String::as_str));
    steps.push_back(Step::Stack("ROLLBACK_COMPLETE", String::new()));
    steps
}

/// How a state that passes ends when nothing goes wrong.
pub(crate) fn ending(status: &str) -> Option<&'static str> {
    const ENDINGS: [(&str, &str); 9] = [
        ("CREATE_IN_PROGRESS", "CREATE_COMPLETE"),
        ("ROLLBACK_IN_PROGRESS", "ROLLBACK_COMPLETE"),
        ("DELETE_IN_PROGRESS", "DELETE_COMPLETE"),
        ("UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_COMPLETE"),
        ("UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"),
        ("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"),
        ("IMPORT_IN_PROGRESS", "IMPORT_COMPLETE"),
        ("IMPORT_ROLLBACK_IN_PROGRESS", "IMPORT_ROLLBACK_COMPLETE"),
    ];
    ENDINGS.iter().find(|(from, _)| *from == status).map(|(_, to)| *to)
}

/// The way of a deletion.
pub(super) fn deleted(
    stack: &Stack,
    faults: &Faults,
    s3: &S3,
    retained: &[String],
) -> VecDeque<Step> {
    let mut steps =
        VecDeque::from([Step::Stack("DELETE_IN_PROGRESS", "User Initiated".to_owned())]);
    let mut stuck = Vec::new();
    for (id, resource) in stack.resources.iter().rev() {
        let full = resource.kind == "AWS::S3::Bucket"
            && !resource.retained
            && s3.is_full(&resource.physical);
        let full = full.then(|| "The bucket you tried to delete is not empty. You must delete all versions in the bucket. (Service: S3, Status Code: 409)".to_owned());
        match faults.undeletable.get(id).cloned().or(full) {
            _ if resource.retained || retained.contains(id) => {
                steps.push_back(Step::Resource(id.clone(), "DELETE_SKIPPED", String::new()));
                steps.push_back(Step::Gone(id.clone()));
            }
            Some(why) => {
                steps.push_back(Step::Resource(id.clone(), "DELETE_FAILED", why));
                stuck.push(id.clone());
            }
            None => removed(&mut steps, [id.as_str()].into_iter()),
        }
    }
    let told = format!("The following resource(s) failed to delete: [{}]. ", stuck.join(", "));
    steps.push_back(if stuck.is_empty() {
        Step::Stack("DELETE_COMPLETE", String::new())
    } else {
        Step::Stack("DELETE_FAILED", told)
    });
    steps
}

impl Stack {
    /// Lets happen what happens between two looks.
    pub(super) fn go_on(&mut self, now: u64, account: &str, region: &str) {
        let due = self.course.as_ref().map_or(PACE, |course| course.due(self.todo.len()));
        for _ in 0..due {
            let Some(step) = self.todo.pop_front() else { return };
            match step {
                Step::Stack(status, reason) => self.turn(status, &reason, now),
                Step::Resource(id, status, reason) => self.record(&id, status, &reason, now),
                Step::Made(id, resource) => drop(self.resources.insert(id, resource)),
                Step::Gone(id) => drop(self.resources.remove(&id)),
                Step::Taken(wanted) => {
                    self.body = wanted.body;
                    self.parameters = wanted.parameters;
                    self.tags = wanted.tags;
                    self.role = wanted.role;
                    self.alarms = wanted.alarms;
                    self.changed = now;
                    self.before = None;
                }
                Step::Back => self.go_back(now),
                Step::Outputs => {
                    self.outputs = Values { stack: self, account, region }.outputs();
                }
            }
        }
    }

    fn go_back(&mut self, now: u64) {
        if let Some(before) = self.before.take() {
            self.body = before.body;
            self.parameters = before.parameters;
            self.tags = before.tags;
            self.outputs = before.outputs;
            self.resources = before.resources;
            self.alarms = before.alarms;
        }
        self.changed = now;
    }
}
