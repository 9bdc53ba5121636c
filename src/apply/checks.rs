//! The result looked at after a deploy: is it what was planned, and what is left to a person.

use std::collections::BTreeSet;

use futures_util::stream::{StreamExt, iter};
use serde_json::Value;

use super::{Event, Scene};
use crate::cloud::{Trouble, code_hash, is_enabled, unconfirmed};
use crate::hash::Digest;
use crate::plan::{Expectation, expected};

/// What the looks found.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Checked {
    /// What is not as planned, a sentence each.
    pub wrong: Vec<String>,
    /// What could not be looked at, with the reason.
    pub unknown: Vec<String>,
    /// What a person must still do.
    pub left: Vec<String>,
}

/// What one look found.
enum Found {
    AsPlanned,
    Wrong(String),
    Left(String),
}

/// Looks at the same time.
const AT_ONCE: usize = 8;
/// Looks before something that is not as planned counts: services agree a moment later.
const LOOKS: u32 = 3;

/// Looks at what the `changed` stacks should have made; at all, where a deploy `follows_trouble`, so that what was wrong after one deploy
/// is still told by the next, which may change nothing. Of stacks that are not changed only what is not as planned is said.
pub async fn check(scene: &Scene<'_>, changed: &[String], follows_trouble: bool) -> Checked {
    let of = |stack| expected(scene.wanted, stack).into_iter().map(move |one| (stack, one));
    let stacks = scene.wanted.stacks.iter();
    let looked_at = stacks.filter(|stack| follows_trouble || changed.contains(&stack.name));
    let all: Vec<_> = looked_at.flat_map(of).collect();
    let looks = iter(&all).map(async |(stack, one)| (*stack, one, patiently(scene, one).await));
    let looked: Vec<_> = looks.buffered(AT_ONCE).collect().await;
    let mut checked = Checked::default();
    for (stack, expectation, found) in looked {
        let subject = subject(expectation);
        let (passed, reason) = match found {
            Ok(Found::AsPlanned) => (Some(true), String::new()),
            Ok(Found::Wrong(why)) => {
                checked.wrong.push(format!("{subject}: {why}"));
                (Some(false), why)
            }
            Ok(Found::Left(what)) => {
                checked.left.push(what.clone());
                (Some(true), what)
            }
            Err(trouble) => {
                checked.unknown.push(format!("{subject}: {trouble}"));
                (None, trouble.to_string())
            }
        };
        if passed != Some(true) || changed.contains(&stack.name) {
            scene.say(Event::Check { subject, passed, reason });
        }
    }
    checked
}

async fn patiently(scene: &Scene<'_>, expectation: &Expectation) -> Result<Found, Trouble> {
    for turn in 1..LOOKS {
        match look(scene, expectation).await? {
            Found::Wrong(_) => scene.cloud.pause(&subject(expectation), turn).await,
            found => return Ok(found),
        }
    }
    look(scene, expectation).await
}

fn subject(expectation: &Expectation) -> String {
    match expectation {
        Expectation::Code { function, alias, .. } => format!("function {function}:{alias}"),
        Expectation::Schedule { group, name, .. } => format!("schedule {group}/{name}"),
        Expectation::Policy { bucket, .. } => format!("policy of bucket {bucket}"),
        Expectation::Confirmed { topic } => format!("topic {topic}"),
    }
}

async fn look(scene: &Scene<'_>, expectation: &Expectation) -> Result<Found, Trouble> {
    let cloud = scene.cloud;
    Ok(match expectation {
        Expectation::Code { function, alias, sha256 } => {
            code(code_hash(cloud, function, alias).await?.as_deref(), sha256)
        }
        Expectation::Schedule { group, name, enabled } => {
            schedule(is_enabled(cloud, group, name).await?, *enabled)
        }
        Expectation::Policy { bucket, sids } => policy(&in_force(scene, bucket).await?, sids),
        Expectation::Confirmed { topic } => confirmed(&unconfirmed(cloud, topic).await?),
    })
}

fn code(runs: Option<&str>, sha256: &str) -> Found {
    match runs {
        None => Found::Wrong("it is not there".to_owned()),
        Some(runs) if Digest::parse(sha256).is_some_and(|digest| digest.base64() == runs) => {
            Found::AsPlanned
        }
        Some(_) => Found::Wrong("it runs other code".to_owned()),
    }
}

fn schedule(is: Option<bool>, wanted: bool) -> Found {
    match is {
        None => Found::Wrong("it is not there".to_owned()),
        Some(is) if is == wanted => Found::AsPlanned,
        Some(true) => Found::Wrong("it is on and should be off".to_owned()),
        Some(false) => Found::Wrong("it is off and should be on".to_owned()),
    }
}

/// Returns the policy of a bucket; an empty one where there is none.
async fn in_force(scene: &Scene<'_>, bucket: &str) -> Result<Value, Trouble> {
    let asked = scene.cloud.s3().get_bucket_policy().bucket(bucket);
    let asked = asked.expected_bucket_owner(&scene.wanted.account);
    match asked.send().await.map_err(Trouble::from) {
        Ok(answer) => {
            Ok(serde_json::from_str(answer.policy().unwrap_or_default()).unwrap_or_default())
        }
        Err(trouble) if trouble.is("NoSuchBucketPolicy") => Ok(Value::Null),
        Err(trouble) => Err(trouble),
    }
}

fn policy(in_force: &Value, wanted: &BTreeSet<String>) -> Found {
    let statements = in_force["Statement"].as_array().into_iter().flatten();
    let there: BTreeSet<_> = statements.filter_map(|one| one["Sid"].as_str()).collect();
    let missing: Vec<_> =
        wanted.iter().map(String::as_str).filter(|sid| !there.contains(sid)).collect();
    if missing.is_empty() {
        return Found::AsPlanned;
    }
    Found::Wrong(format!("it lacks {}", missing.join(", ")))
}

fn confirmed(waiting: &[String]) -> Found {
    if waiting.is_empty() {
        return Found::AsPlanned;
    }
    Found::Left(format!(
        "{} must follow the link in the e-mail `AWS Notification - Subscription Confirmation`, within three days",
        waiting.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_compared_across_its_two_notations() {
        let nothing = Digest::of(b"");
        assert!(matches!(code(Some(&nothing.base64()), &nothing.hex()), Found::AsPlanned));
        assert!(matches!(code(Some("x="), &nothing.hex()), Found::Wrong(_)));
        assert!(matches!(code(None, &nothing.hex()), Found::Wrong(_)));
    }

    #[test]
    fn a_policy_without_a_statement_is_not_in_force() {
        let wanted = BTreeSet::from(["A".to_owned(), "B".to_owned()]);
        let half = serde_json::json!({"Statement": [{"Sid": "A"}]});
        assert!(matches!(policy(&half, &wanted), Found::Wrong(why) if why == "it lacks B"));
        assert!(matches!(policy(&Value::Null, &BTreeSet::new()), Found::AsPlanned));
    }

    #[test]
    fn a_schedule_is_as_planned_in_either_state() {
        assert!(matches!(schedule(Some(false), false), Found::AsPlanned));
        assert!(matches!(schedule(Some(true), false), Found::Wrong(_)));
        assert!(matches!(schedule(None, false), Found::Wrong(_)));
    }
}
