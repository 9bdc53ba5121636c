//! What must be so before a deploy begins: rights, buckets of one's own, nothing that runs meanwhile.

use futures_util::future::try_join_all;

use super::{Event, Failure, Scene, Survey, Wish, look};
use crate::cloud::{self, Trouble};
use crate::plan::{lacking, machines};

/// The database that Hive makes in the Glue catalog when it is missing, with rights that the cluster does not have.
const DEFAULT: &str = "default";

/// Looks whether what is pending can be deployed: by the roles that the bootstrap stack made, into buckets of this account.
///
/// # Errors
/// It cannot, or a request failed.
pub async fn possible(scene: &Scene<'_>, survey: &Survey<'_>) -> Result<(), Failure> {
    if !survey.is_pending() {
        return Ok(());
    }
    empowered(scene).await?;
    let is_there = owned(scene, &scene.wanted.artifact_bucket).await?;
    if !is_there {
        let what = format!("there is no bucket `{}` for code", scene.wanted.artifact_bucket);
        return Err(Failure::refused(what, bootstrap(scene)));
    }
    owned(scene, &scene.wanted.workarea_bucket).await.map(drop)
}

fn bootstrap(scene: &Scene) -> String {
    format!("an administrator runs `gen bootstrap --env {}`", scene.wanted.environment)
}

/// Compares the rights of CloudFormation's role with those that the stacks need.
async fn empowered(scene: &Scene<'_>) -> Result<(), Failure> {
    let Some(wanted) = &scene.wanted.bootstrap else { return Ok(()) };
    let doing = || format!("look at `{}`", wanted.stack_name);
    let deployed =
        look(scene.cloud, &wanted.stack_name).await.map_err(Failure::request(doing()))?;
    let Some(deployed) = deployed.filter(|deployed| deployed.status.is_there()) else {
        let what =
            format!("there is no stack `{}`, which holds the deploying roles", wanted.stack_name);
        return Err(Failure::refused(what, bootstrap(scene)));
    };
    let body = look::template(scene.cloud, &deployed.arn).await;
    let lacking = lacking(&body.map_err(Failure::request(doing()))?, &wanted.body);
    if lacking.is_empty() {
        return Ok(());
    }
    let lacking: Vec<_> = lacking.into_iter().collect();
    let what = format!(
        "the role that deploys may not yet do what the stacks need: {}",
        lacking.join(", ")
    );
    Err(Failure::refused(what, bootstrap(scene)))
}

/// Tells whether a bucket is there (`HeadBucket` with the expected owner).
async fn owned(scene: &Scene<'_>, bucket: &str) -> Result<bool, Failure> {
    let asked = scene.cloud.s3().head_bucket().bucket(bucket);
    let asked = asked.expected_bucket_owner(&scene.wanted.account).send().await;
    match asked.map_err(Trouble::from) {
        Ok(_) => Ok(true),
        Err(trouble) if trouble.is_missing() => Ok(false),
        Err(Trouble::Denied(_)) => Err(Failure::refused(
            format!(
                "the bucket `{bucket}` is not of this account, or not for these credentials to see"
            ),
            "names of buckets are taken once in the world: give the environment another `workarea.bucket`, or use the deploying role",
        )),
        Err(trouble) => Err(Failure::request(format!("look at the bucket `{bucket}`"))(trouble)),
    }
}

/// Returns the executions that run now of the machines that no other one starts, as `machine/execution`.
///
/// # Errors
/// A request failed.
pub async fn running(scene: &Scene<'_>) -> Result<Vec<String>, Failure> {
    let asked = machines(scene.wanted).into_iter().map(async |machine| {
        let running = cloud::running(scene.cloud, &machine).await?;
        let name = machine.rsplit(':').next().unwrap_or_default().to_owned();
        Ok(running.into_iter().map(move |execution| format!("{name}/{execution}")))
    });
    let all: Result<Vec<_>, Trouble> = try_join_all(asked).await;
    let all = all.map_err(Failure::request("look at what runs"))?;
    Ok(all.into_iter().flatten().collect())
}

/// Waits until nothing runs, or until the person at the keyboard wants something else; tells whether nothing runs.
///
/// # Errors
/// A request failed.
pub async fn idle(scene: &Scene<'_>) -> Result<bool, Failure> {
    let mut told = Vec::new();
    for turn in 0.. {
        let running = running(scene).await?;
        if running.is_empty() {
            break;
        }
        if told != running {
            let what = format!(
                "{} runs: waiting for its end (--while-running does not)",
                running.join(", ")
            );
            scene.say(Event::note(what));
            told = running;
        }
        if *scene.wish.borrow() != Wish::GoOn {
            return Ok(false);
        }
        scene.cloud.pause("running", turn).await;
    }
    Ok(true)
}

/// Makes Hive's database `default` where it is missing; it is never deleted.
///
/// # Errors
/// A request failed.
pub async fn default_database(scene: &Scene<'_>) -> Result<(), Failure> {
    let made = cloud::ensure_database(scene.cloud, DEFAULT).await;
    if made.map_err(Failure::request("make the Glue database `default`"))? {
        scene.say(Event::note("made the Glue database `default`, which Hive asks for"));
    }
    Ok(())
}
