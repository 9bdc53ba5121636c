//! One deploy at a time: a lease on an object of the artifact bucket, which runs out when nobody renews it.
//!
//! Whether it has run out is told by the clock of S3 alone: the `Date` of a reply against the object's last change.

use std::cell::RefCell;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Event, Failure, Scene};
use crate::cloud::{Date, Trouble};

/// A lock that is held.
pub struct Lock<'a> {
    scene: Scene<'a>,
    held: RefCell<Held>,
    /// Whether the run before this one was cut off, or did not end as planned.
    pub follows_trouble: bool,
}

/// What is known of one's own lease.
#[derive(Clone)]
struct Held {
    lease: Lease,
    etag: String,
}

/// What the object holds. Each renewal counts on, so that no two have the same `ETag`.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
struct Lease {
    /// Tells runs apart.
    run: String,
    /// Who deploys.
    holder: String,
    /// How often it was renewed.
    renewed: u32,
    /// Whether the run ended, and not as planned: nobody holds it, and the next run looks at everything.
    #[serde(default)]
    is_over: bool,
}

/// The object as it is.
struct Seen {
    lease: Lease,
    etag: String,
    /// Seconds since it last changed; nothing where S3 does not say.
    age: Option<i64>,
}

/// Seconds after which a lease that nobody renewed has run out.
const LEASE_SECONDS: i64 = 120;
/// Two renewals may fail before it runs out.
const RENEW_EVERY: Duration = Duration::from_secs(40);
/// Times that someone else may be quicker.
const ATTEMPTS: u32 = 4;

/// When a lease is written.
enum When<'a> {
    Absent,
    Unchanged(&'a str),
}

/// Takes the lock of a pipeline's environment; `holder` tells others who has it.
///
/// # Errors
/// Someone else has it, the artifact bucket is not there, or a request failed.
pub async fn lock<'a>(scene: &Scene<'a>, holder: &str) -> Result<Lock<'a>, Failure> {
    let (run, holder) = (scene.run.to_owned(), holder.to_owned());
    let lease = Lease { run, holder, ..Lease::default() };
    let mut follows_trouble = false;
    let held = |etag, follows_trouble| {
        let held = RefCell::new(Held { lease: lease.clone(), etag });
        Lock { scene: scene.clone(), held, follows_trouble }
    };
    for _ in 0..ATTEMPTS {
        if let Some(etag) = tried(scene, put(scene, &lease, When::Absent).await)? {
            return Ok(held(etag, follows_trouble));
        }
        let Some(seen) = tried(scene, look(scene).await)? else { continue };
        if seen.lease == lease {
            // The reply to an earlier attempt was lost.
            return Ok(held(seen.etag, follows_trouble));
        }
        if !seen.lease.is_over && !seen.has_run_out() {
            return Err(refused(scene, &seen));
        }
        follows_trouble = true;
        if let Some(etag) = tried(scene, put(scene, &lease, When::Unchanged(&seen.etag)).await)? {
            if !seen.lease.is_over {
                scene.say(Event::lock("taken over", &seen.lease.holder));
            }
            return Ok(held(etag, follows_trouble));
        }
    }
    Err(Failure::refused("others deploy at the same time", "run this again when they are done"))
}

impl Seen {
    fn has_run_out(&self) -> bool {
        self.age.is_some_and(|age| age > LEASE_SECONDS)
    }
}

impl Lock<'_> {
    /// Renews the lease until that fails; the deploy goes on beside it, and ends when this does.
    pub async fn keep(&self) -> Failure {
        let mut failed = 0;
        loop {
            tokio::time::sleep(RENEW_EVERY).await;
            match self.renew().await {
                Ok(()) => failed = 0,
                Err(Failure::Request { .. }) if failed == 0 => failed += 1,
                Err(failure) => return failure,
            }
        }
    }

    async fn renew(&self) -> Result<(), Failure> {
        let mut held = self.held.borrow().clone();
        held.lease.renewed += 1;
        let put = put(&self.scene, &held.lease, When::Unchanged(&held.etag)).await;
        match tried(&self.scene, put)? {
            Some(etag) => held.etag = etag,
            None => match tried(&self.scene, look(&self.scene).await)? {
                // The reply to an earlier attempt was lost, or S3 wants to be asked again.
                Some(seen) if seen.lease.run == held.lease.run => {
                    held = Held { lease: seen.lease, etag: seen.etag };
                }
                seen => return Err(lost(seen.map(|seen| seen.lease.holder))),
            },
        }
        *self.held.borrow_mut() = held;
        Ok(())
    }

    /// Gives the lock back; where that cannot be done it runs out by itself. Unless all is `as_planned`, the next run is told.
    pub async fn release(self, as_planned: bool) {
        let Held { lease, etag } = self.held.into_inner();
        let over = Lease { is_over: true, ..lease };
        let give = async |etag: &str| {
            if as_planned {
                return delete(&self.scene, etag).await;
            }
            Ok(put(&self.scene, &over, When::Unchanged(etag)).await?.is_some())
        };
        let mut given = give(&etag).await;
        if matches!(given, Ok(false))
            && let Ok(Some(seen)) = look(&self.scene).await
            && seen.lease.run == over.run
            && !seen.lease.is_over
        {
            // A renewal was under way.
            given = give(&seen.etag).await;
        }
        if let Err(trouble) = given {
            let what = format!("it runs out within {LEASE_SECONDS} seconds: {trouble}");
            self.scene.say(Event::lock("not given back", &what));
        }
    }
}

fn key(scene: &Scene) -> String {
    format!("locks/{}-{}", scene.wanted.pipeline, scene.wanted.environment)
}

/// Writes a lease and returns its `ETag`; nothing where the condition does not hold.
async fn put(scene: &Scene<'_>, lease: &Lease, when: When<'_>) -> Result<Option<String>, Trouble> {
    let body = serde_json::to_vec(lease).expect("texts and numbers are JSON");
    let put = scene.cloud.s3().put_object().bucket(&scene.wanted.artifact_bucket).key(key(scene));
    let put = put.expected_bucket_owner(&scene.wanted.account).body(body.into());
    let put = match when {
        When::Absent => put.if_none_match("*"),
        When::Unchanged(etag) => put.if_match(etag),
    };
    let put = holds(put.content_type("application/json").send().await.map_err(Trouble::from))?;
    Ok(put.map(|put| put.e_tag().unwrap_or_default().to_owned()))
}

/// Tells whether the object was as it was when it was deleted.
async fn delete(scene: &Scene<'_>, etag: &str) -> Result<bool, Trouble> {
    let asked = scene.cloud.s3().delete_object().bucket(&scene.wanted.artifact_bucket);
    let asked = asked.key(key(scene)).expected_bucket_owner(&scene.wanted.account).if_match(etag);
    Ok(holds(asked.send().await.map_err(Trouble::from))?.is_some())
}

async fn look(scene: &Scene<'_>) -> Result<Option<Seen>, Trouble> {
    let date = Date::default();
    let asked = scene.cloud.s3().get_object().bucket(&scene.wanted.artifact_bucket);
    let asked = asked.key(key(scene)).expected_bucket_owner(&scene.wanted.account);
    let sent = asked.customize().interceptor(date.clone()).send().await.map_err(Trouble::from);
    let Some(answer) = holds(sent)? else { return Ok(None) };
    let etag = answer.e_tag().unwrap_or_default().to_owned();
    let changed = answer.last_modified().map(aws_smithy_types::DateTime::secs);
    let age = date.seconds().zip(changed).map(|(now, then)| now - then);
    let body = answer.body.collect().await;
    let body = body.map_err(|error| Trouble::Unreachable(error.to_string()))?;
    // What someone else wrote there is a lock too.
    let lease = serde_json::from_slice(&body.into_bytes()).unwrap_or_default();
    Ok(Some(Seen { lease, etag, age }))
}

/// A condition that does not hold is an answer; so is an object that went away meanwhile.
fn holds<T>(sent: Result<T, Trouble>) -> Result<Option<T>, Trouble> {
    match sent {
        Ok(answer) => Ok(Some(answer)),
        Err(trouble) if trouble.is("PreconditionFailed") || trouble.is("NoSuchKey") => Ok(None),
        Err(trouble) if trouble.is("ConditionalRequestConflict") => Ok(None),
        Err(trouble) => Err(trouble),
    }
}

fn tried<T>(scene: &Scene, sent: Result<T, Trouble>) -> Result<T, Failure> {
    let bucket = &scene.wanted.artifact_bucket;
    sent.map_err(|trouble| {
        if !trouble.is("NoSuchBucket") {
            return Failure::request(format!("lock `{}` in `{bucket}`", key(scene)))(trouble);
        }
        let (env, region) = (&scene.wanted.environment, &scene.wanted.region);
        Failure::refused(
            format!("there is no bucket `{bucket}`, where code and locks are"),
            format!(
                "an administrator makes it: `gen bootstrap --env {env}`; when that has nothing to do, it was deleted by hand: `aws s3 mb s3://{bucket} --region {region}`"
            ),
        )
    })
}

fn refused(scene: &Scene, seen: &Seen) -> Failure {
    let holder = named(&seen.lease.holder);
    let age = seen.age.map(|age| format!(", renewed {age} seconds ago")).unwrap_or_default();
    let env = &scene.wanted.environment;
    Failure::refused(
        format!("`{env}` is locked by {holder}{age}"),
        format!(
            "see what it does: `gen watch --env {env}`; if it was killed, the lock runs out {LEASE_SECONDS} seconds after it was last renewed"
        ),
    )
}

fn lost(holder: Option<String>) -> Failure {
    let by = holder.map(|holder| format!(": {} has it", named(&holder))).unwrap_or_default();
    Failure::refused(
        format!("the lock was lost{by}; what CloudFormation has begun goes on"),
        "see how the stacks stand with `gen status`, then run this again",
    )
}

fn named(holder: &str) -> &str {
    if holder.is_empty() { "someone" } else { holder }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(age: Option<i64>) -> Seen {
        Seen { lease: Lease::default(), etag: String::new(), age }
    }

    const TAKEN: &str =
        "412 Precondition Failed\r\n\r\n<Error><Code>PreconditionFailed</Code></Error>";
    const WRITTEN: &str = "200 OK\r\nETag: \"new\"\r\n\r\n";

    /// Returns the reply to a look, `age` seconds after the last change.
    fn held_by(run: &str, age: u32) -> String {
        let (minutes, seconds) = (age / 60, age % 60);
        format!(
            "200 OK\r\nETag: \"old\"\r\nLast-Modified: Mon, 23 Nov 2026 10:00:00 GMT\r\nDate: Mon, 23 Nov 2026 10:{minutes:02}:{seconds:02} GMT\r\n\r\n{{\"run\":\"{run}\",\"holder\":\"ann\",\"renewed\":0}}"
        )
    }

    /// Tries to take the lock from a server that gives these replies; returns what came of it and what was asked.
    fn taking(replies: Vec<String>) -> (Result<(), String>, Vec<String>) {
        let (url, asked) = crate::apply::replies::serve(replies);
        let ended = crate::cloud::run(async {
            let cloud = crate::cloud::Cloud::at(&url).await;
            let wanted = crate::apply::replies::wanted();
            let (_sender, wish) = tokio::sync::watch::channel(crate::apply::Wish::GoOn);
            let scene = Scene {
                cloud: &cloud,
                wanted: &wanted,
                tell: &|_| {},
                wish,
                run: "mine",
                alarms: &[],
                released: &[],
                reverts_drift: false,
            };
            lock(&scene, "ann").await.map(drop).map_err(|failure| failure.to_string())
        });
        (ended, asked.join().unwrap())
    }

    #[test]
    fn a_lock_that_nobody_has_is_taken_at_once() {
        let (taken, asked) = taking(vec![WRITTEN.to_owned()]);
        assert_eq!(taken, Ok(()));
        assert!(asked[0].starts_with("PUT /code/locks/p-dev"), "{asked:?}");
        assert!(asked[0].to_lowercase().contains("if-none-match: *"));
    }

    #[test]
    fn a_lock_that_is_renewed_is_refused_and_its_holder_named() {
        let (taken, _) = taking(vec![TAKEN.to_owned(), held_by("other", 30)]);
        assert_eq!(taken, Err("`dev` is locked by ann, renewed 30 seconds ago".to_owned()));
    }

    #[test]
    fn a_lease_that_ran_out_is_taken_over_if_it_is_still_the_same() {
        let (taken, asked) =
            taking(vec![TAKEN.to_owned(), held_by("other", 121), WRITTEN.to_owned()]);
        assert_eq!(taken, Ok(()));
        assert!(asked[2].to_lowercase().contains("if-match: \"old\""));
    }

    #[test]
    fn a_lease_whose_reply_was_lost_is_ones_own() {
        let (taken, asked) = taking(vec![TAKEN.to_owned(), held_by("mine", 0)]);
        assert_eq!((taken, asked.len()), (Ok(()), 2));
    }

    #[test]
    fn a_lease_runs_out_by_the_clock_of_s3_or_not_at_all() {
        assert!(!seen(Some(120)).has_run_out());
        assert!(seen(Some(121)).has_run_out());
        assert!(!seen(Some(-5)).has_run_out());
        assert!(!seen(None).has_run_out());
    }
}
