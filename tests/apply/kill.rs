//! A deploy that is killed, and one that meets one fault after the other: run again, it ends where an undisturbed one ends.

#![allow(clippy::print_stdout, reason = "the count is what a long run is for")]

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Child, Output, Stdio};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use rayon::prelude::*;

use super::case::Given;
use super::fake::faults::Faults;
use super::fake::{Fake, World};
use super::play::{Stage, command_line};

const APPLY: &str = "apply --yes";
/// Longer than the lease of a lock, in seconds.
const LEASE: u64 = 200;
/// Random plays, one in ten of them a first deploy; `PLAYS=1000` asks for another number.
const PLAYS: u64 = 300;
/// Faults in 1,000 requests.
const RATE: u64 = 40;

/// What is deployed, without what tells one time from another.
#[derive(Debug, Eq, PartialEq)]
struct End {
    stacks: BTreeMap<String, Vec<String>>,
    objects: BTreeMap<String, Vec<u8>>,
    /// Change sets that nobody will execute.
    left: usize,
}

impl End {
    fn of(world: &World) -> Self {
        let alive =
            world.cloudformation.stacks.values().filter(|one| one.status != "DELETE_COMPLETE");
        let stacks = alive.map(|stack| {
            let fine = matches!(stack.status.as_str(), "CREATE_COMPLETE" | "UPDATE_COMPLETE");
            let facts = vec![
                if fine { "fine".to_owned() } else { stack.status.clone() },
                stack.body.clone(),
                format!("{:?} {:?} {:?}", stack.parameters, stack.tags, stack.outputs),
                format!("{:?} {} {:?}", stack.role, stack.is_protected, stack.policy),
            ];
            (stack.name.clone(), facts)
        });
        let buckets = world.s3.buckets.iter();
        let objects = buckets.flat_map(|(bucket, objects)| {
            let kept = objects.iter().filter(|(key, _)| !key.starts_with("locks/"));
            kept.map(move |(key, object)| (format!("{bucket}/{key}"), object.bytes.clone()))
        });
        let sets = world.cloudformation.change_sets.values();
        let left = sets.filter(|set| set.execution == "AVAILABLE").count();
        Self { stacks: stacks.collect(), objects: objects.collect(), left }
    }
}

/// What is deployed, from where.
pub(super) struct Way {
    pub(super) given: Given,
    pub(super) project: PathBuf,
}

pub(super) fn ways(stage: &Stage) -> [Way; 2] {
    let later =
        [("expression: cron(0 1 * * ? *)".to_owned(), "expression: cron(0 2 * * ? *)".to_owned())];
    [
        Way { given: Given::Bootstrapped, project: stage.project("first", &[]) },
        Way { given: Given::Deployed, project: stage.project("update", &later) },
    ]
}

fn started(project: &Path, fake: &Fake) -> Child {
    let mut command = command_line(project, fake, APPLY);
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it starts")
}

pub(super) fn done(project: &Path, fake: &Fake) -> Output {
    started(project, fake).wait_with_output().expect("it ends")
}

/// Returns the end of an undisturbed deploy, and how many requests it takes.
fn undisturbed(stage: &Stage, way: &Way) -> (End, usize) {
    let fake = Fake::start(stage.world(way.given));
    let output = done(&way.project, &fake);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let world = fake.world();
    (End::of(&world), world.log.len())
}

/// Returns what is wrong after a deploy that follows on a disturbed one.
fn mended(way: &Way, fake: &Fake, wanted: &End) -> Option<String> {
    {
        let mut world = fake.world();
        world.faults = Faults::default();
        world.before = None;
        world.now += LEASE;
    }
    let output = done(&way.project, fake);
    let end = End::of(&fake.world());
    let told = || String::from_utf8_lossy(&output.stderr).into_owned();
    match output.status.success() {
        false => Some(format!("it cannot go on: {}", told())),
        true if end != *wanted => Some(format!("another end: {}", difference(&end, wanted))),
        true => None,
    }
}

fn difference(end: &End, wanted: &End) -> String {
    let stacks: Vec<_> = wanted
        .stacks
        .keys()
        .filter(|name| end.stacks.get(*name) != wanted.stacks.get(*name))
        .collect();
    let objects: Vec<_> = wanted
        .objects
        .keys()
        .filter(|key| end.objects.get(*key) != wanted.objects.get(*key))
        .collect();
    format!(
        "stacks {stacks:?}, objects {objects:?}, {} change sets left, {} stacks",
        end.left,
        end.stacks.len()
    )
}

#[test]
fn killed_at_every_request_it_ends_where_it_would_have() {
    let stage = Stage::new("kill");
    for way in ways(&stage) {
        let (wanted, requests) = undisturbed(&stage, &way);
        // What was done and not heard of leaves the same behind as what was heard of and not gone on from.
        let moments: Vec<_> =
            std::iter::once((1, false)).chain((1..=requests).map(|at| (at, true))).collect();
        let world = stage.world(way.given);
        let wrong: Vec<_> = super::pool().install(|| {
            let one = |moment: &(usize, bool)| {
                let mut world = world.clone();
                world.faults.hold = Some(*moment);
                let fake = Fake::start(world);
                let mut child = started(&way.project, &fake);
                // A run whose requests come in another order may end before.
                let _ = fake.held.recv_timeout(Duration::from_secs(30));
                child.kill().and_then(|()| child.wait()).expect("it was started");
                let request = fake.world().log.last().cloned().unwrap_or_default();
                mended(&way, &fake, &wanted).map(|wrong| format!("{moment:?} {request}: {wrong}"))
            };
            moments.par_iter().filter_map(one).collect()
        });
        assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), moments.len(), wrong.join("\n"));
    }
}

fn plays() -> u64 {
    let asked = std::env::var_os("PLAYS");
    let count = |asked: OsString| asked.to_str()?.parse().ok();
    asked.map_or(PLAYS, |asked| count(asked).expect("PLAYS is a number"))
}

#[test]
fn whatever_goes_wrong_it_is_never_called_done_when_it_is_not() {
    let (stage, plays, finished) = (Stage::new("mix"), plays(), AtomicU64::new(0));
    let ways = ways(&stage).map(|way| (undisturbed(&stage, &way).0, stage.world(way.given), way));
    let one = |seed: u64| {
        let (wanted, world, way) = &ways[usize::from(!seed.is_multiple_of(10))];
        let mut world = world.clone();
        (world.faults.rate, world.faults.seed) = (RATE, seed);
        let fake = Fake::start(world);
        let output = done(&way.project, &fake);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        let end = End::of(&fake.world());
        let wrong = match output.status.success() {
            true if end != *wanted => Some(format!("done, but {}", difference(&end, wanted))),
            false if !told.contains("\nhelp: ") => Some(format!("no way out: {told}")),
            true => {
                finished.fetch_add(1, Relaxed);
                None
            }
            false => mended(way, &fake, wanted),
        };
        wrong.map(|wrong| format!("seed {seed}: {wrong}"))
    };
    let wrong: Vec<_> =
        super::pool().install(|| (0..plays).into_par_iter().filter_map(one).collect());
    println!(
        "{} of {plays} ended as undisturbed, the others with a clear stop",
        finished.into_inner()
    );
    assert!(wrong.is_empty(), "{} of {plays}:\n{}", wrong.len(), wrong.join("\n"));
}
