//! A stack watched until it rests.

use std::collections::BTreeSet;

use aws_sdk_cloudformation::types::{ResourceStatus, StackEvent};
use aws_smithy_types::DateTime;

use super::{Event, Failure, Scene, Wish, look};
use crate::cloud::Trouble;
use crate::plan::{Deployed, Happened, Stack, Status, token};

/// What is watched.
pub(super) struct Watch<'a> {
    /// The stack's short name.
    pub(super) stack: &'a str,
    /// Its name in CloudFormation.
    pub(super) stack_name: &'a str,
    /// Its ARN: a later stack of the same name is another one.
    pub(super) arn: &'a str,
    /// The token of the request that is followed; without one, whatever is under way.
    pub(super) token: Option<String>,
}

/// How a stack came to rest.
#[derive(Clone, Debug)]
pub struct Settled {
    /// The stack; nothing where even its ARN finds it no more.
    pub deployed: Option<Deployed>,
    /// Its status.
    pub status: Status,
    /// What happened, in the order of time.
    pub events: Vec<Happened>,
    /// Whether a person had it undone.
    pub cancelled: bool,
}

/// Looks that must agree before a state counts that no event confirms, or that may pass.
const AGREEING: u32 = 3;
/// The same where events can be read and none says so: the last ones may yet come.
const AGREEING_UNHEARD: u32 = 12;
/// Looks in a row that may fail because of the network or of throttling, each after the SDK's own attempts.
const PATIENCE: u32 = 5;
/// Turns after which a look is taken although no event says that the stack rests: events can be late.
const LOOK_EVERY: u32 = 8;

/// Follows whatever is under way in a stack.
///
/// # Errors
/// It is no longer watched, though it goes on.
pub async fn attach(scene: &Scene<'_>, stack: &Stack, arn: &str) -> Result<Settled, Failure> {
    let watch = Watch { stack: &stack.name, stack_name: &stack.stack_name, arn, token: None };
    follow(scene, &watch).await
}

/// Follows a stack until it rests, telling each event once.
pub(super) async fn follow(scene: &Scene<'_>, watch: &Watch<'_>) -> Result<Settled, Failure> {
    let mut trail = Trail { token: watch.token.clone(), ..Trail::default() };
    let (mut turn, mut agreed, mut failed) = (0, 0, 0);
    let mut last: Option<Status> = None;
    let mut cancelled = false;
    loop {
        if wait(scene, watch, turn).await == Wish::Cancel && !cancelled {
            cancel(scene, watch).await?;
            cancelled = true;
        } else if *scene.wish.borrow() == Wish::Leave {
            return Err(Failure::Running { stack: watch.stack.to_owned(), trouble: None });
        }
        turn += 1;
        match step(scene, watch, &mut trail, turn).await {
            Ok(Some(deployed)) => {
                failed = 0;
                let status = status_of(deployed.as_ref());
                agreed = if last.as_ref() == Some(&status) { agreed + 1 } else { 1 };
                if trail.settles(watch, &status, agreed) {
                    if trail.last_of_stack(watch).as_ref() != Some(&status) {
                        scene.say(Event::stack(watch.stack, status.name(), ""));
                    }
                    let events = trail.events;
                    return Ok(Settled { deployed, status, events, cancelled });
                }
                last = Some(status);
            }
            // That events can be read does not say that the stack can be seen.
            Ok(None) => {}
            Err(trouble) => {
                failed += 1;
                if !passes(&trouble) || failed > PATIENCE {
                    let (stack, trouble) = (watch.stack.to_owned(), Some(trouble));
                    return Err(Failure::Running { stack, trouble });
                }
            }
        }
    }
}

fn status_of(deployed: Option<&Deployed>) -> Status {
    deployed.map_or(Status::DeleteComplete, |deployed| deployed.status.clone())
}

/// Tells whether asking again may help.
fn passes(trouble: &Trouble) -> bool {
    matches!(trouble, Trouble::Throttled | Trouble::Unreachable(_) | Trouble::Broken(_))
}

/// Waits for the next look, or until a person wants something.
async fn wait(scene: &Scene<'_>, watch: &Watch<'_>, turn: u32) -> Wish {
    let mut wish = scene.wish.clone();
    let now = *wish.borrow_and_update();
    if now != Wish::GoOn {
        scene.cloud.pause(watch.arn, turn).await;
        return now;
    }
    tokio::select! {
        () = scene.cloud.pause(watch.arn, turn) => {}
        // A sender that went away wants nothing.
        Ok(()) = wish.changed() => {}
    }
    *wish.borrow_and_update()
}

/// Takes a turn: events, and when they say that the stack rests, a look at it.
async fn step(
    scene: &Scene<'_>,
    watch: &Watch<'_>,
    trail: &mut Trail,
    turn: u32,
) -> Result<Option<Option<Deployed>>, Trouble> {
    match trail.go_on(scene, watch).await {
        Ok(()) => {}
        // Who may not read events does without; so does a stack that is gone.
        Err(Trouble::Denied(_) | Trouble::Refused { .. }) => trail.blind = true,
        Err(trouble) => return Err(trouble),
    }
    let rests = trail.last_of_stack(watch).is_some_and(|status| !status.is_busy());
    if trail.blind || rests || turn.is_multiple_of(LOOK_EVERY) {
        return look(scene.cloud, watch.arn).await.map(Some);
    }
    Ok(None)
}

/// The events so far.
#[derive(Default)]
struct Trail {
    token: Option<String>,
    seen: BTreeSet<String>,
    events: Vec<Happened>,
    blind: bool,
}

impl Trail {
    /// Reads what is new, newest first and page by page, up to what is known or belongs to an earlier operation.
    async fn go_on(&mut self, scene: &Scene<'_>, watch: &Watch<'_>) -> Result<(), Trouble> {
        let (mut fresh, mut next) = (Vec::new(), None);
        'pages: loop {
            scene.cloud.describing().await;
            let asked = scene.cloud.cloudformation().describe_stack_events().stack_name(watch.arn);
            let page = asked.set_next_token(next).send().await?;
            for event in page.stack_events().iter().map(happened) {
                let token = self.token.get_or_insert_with(|| event.token.clone());
                let earlier = self.events.is_empty() && event.token != *token;
                if self.seen.contains(&event.id) || earlier {
                    break 'pages;
                }
                fresh.push(event);
            }
            next = page.next_token().map(str::to_owned);
            if next.is_none() {
                break;
            }
        }
        fresh.reverse();
        for event in fresh {
            scene.say(told(watch, &event));
            self.seen.insert(event.id.clone());
            self.events.push(event);
        }
        Ok(())
    }

    fn last_of_stack(&self, watch: &Watch) -> Option<Status> {
        let own = |event: &&Happened| event.physical_id == watch.arn;
        self.events.iter().rev().find(own).map(|event| Status::parse(&event.status))
    }

    /// Tells whether a status is the end: a good one is once the events say so too; one that may pass, or of which there is no
    /// event, must be seen several times.
    fn settles(&self, watch: &Watch, status: &Status, agreed: u32) -> bool {
        if status.is_busy() {
            return false;
        }
        let confirmed = self.last_of_stack(watch).as_ref() == Some(status);
        let is_final = confirmed && !status.name().ends_with("_FAILED");
        is_final || agreed >= if confirmed || self.blind { AGREEING } else { AGREEING_UNHEARD }
    }
}

fn told(watch: &Watch, event: &Happened) -> Event {
    if event.physical_id == watch.arn {
        return Event::stack(watch.stack, &event.status, &event.reason);
    }
    Event::Resource {
        stack: watch.stack.to_owned(),
        resource: event.logical_id.clone(),
        kind: event.kind.clone(),
        status: event.status.clone(),
        reason: event.reason.clone(),
    }
}

fn happened(event: &StackEvent) -> Happened {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    Happened {
        id: text(event.event_id()),
        logical_id: text(event.logical_resource_id()),
        kind: text(event.resource_type()),
        physical_id: text(event.physical_resource_id()),
        status: text(event.resource_status().map(ResourceStatus::as_str)),
        reason: text(event.resource_status_reason()),
        token: text(event.client_request_token()),
        at: event.timestamp().map_or(0, DateTime::secs),
    }
}

/// Undoes what is under way: an update is cancelled, which rolls it back; a stack that is being made is deleted.
async fn cancel(scene: &Scene<'_>, watch: &Watch<'_>) -> Result<(), Failure> {
    let doing = format!("cancel the deploy of `{}`", watch.stack_name);
    let seen = look(scene.cloud, watch.arn).await.map_err(Failure::request(doing.clone()))?;
    let token = token("cancel", &[watch.arn, scene.run]);
    let client = scene.cloud.cloudformation();
    let asked = match status_of(seen.as_ref()) {
        Status::UpdateInProgress => {
            let asked = client.cancel_update_stack().stack_name(watch.arn);
            asked.client_request_token(token).send().await.map(|_| ()).map_err(Trouble::from)
        }
        Status::CreateInProgress | Status::ReviewInProgress => {
            let asked = client.delete_stack().stack_name(watch.arn).client_request_token(token);
            let asked = asked.set_role_arn(scene.role(watch.stack));
            asked.send().await.map(|_| ()).map_err(Trouble::from)
        }
        // What rolls back or tidies up already cannot be cancelled, and what rests need not be.
        _ => Ok(()),
    };
    scene.say(Event::stack(watch.stack, "cancelling", ""));
    asked.map_err(Failure::request(doing))
}
