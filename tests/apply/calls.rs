//! How often a deploy of the sample calls AWS, by service and operation; `-- --nocapture calls` prints it.

#![allow(clippy::print_stdout, reason = "the table is what the figures are read from")]

use std::collections::BTreeMap;

use super::case::Given;
use super::fake::{Fake, World};
use super::kill::{Way, done, ways};
use super::play::Stage;

type Calls = BTreeMap<String, usize>;

fn calls(stage: &Stage, way: &Way) -> (Calls, World) {
    let fake = Fake::start(stage.world(way.given));
    let output = done(&way.project, &fake);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let world = fake.world().clone();
    let mut calls = Calls::new();
    for line in &world.log {
        let operation = line.split(' ').next().unwrap_or_default();
        *calls.entry(operation.to_owned()).or_default() += 1;
    }
    (calls, world)
}

fn print(what: &str, calls: &Calls) {
    println!("{what}: {} calls", calls.values().sum::<usize>());
    for (operation, count) in calls {
        println!("  {count:>4} {operation}");
    }
}

fn of(calls: &Calls, operation: &str) -> usize {
    calls.get(&format!("cloudformation:{operation}")).copied().unwrap_or_default()
}

/// Each stack that changes takes one change set, executed once; those that do not change take none.
#[test]
fn calls_follow_what_changes() {
    let stage = Stage::new("counted");
    for (way, (what, changing)) in ways(&stage).iter().zip([("first deploy", 7), ("one stack", 1)])
    {
        let (calls, _) = calls(&stage, way);
        print(what, &calls);
        for operation in ["CreateChangeSet", "ExecuteChangeSet"] {
            assert_eq!(of(&calls, operation), changing, "{what}: {operation}");
        }
    }
}

/// A deploy that changes nothing takes two calls of CloudFormation for each stack at most.
#[test]
fn calls_when_nothing_is_to_do_are_two_a_stack() {
    let stage = Stage::new("calls");
    let way = Way { given: Given::Deployed, project: stage.project("same", &[]) };
    let (calls, world) = calls(&stage, &way);
    print("nothing to do", &calls);
    let of_stacks =
        |line: &&String| line.starts_with("cloudformation:") && !line.contains("bootstrap");
    let stacks = world.cloudformation.stacks.len() - 1;
    assert!(world.log.iter().filter(of_stacks).count() <= 2 * stacks, "{:#?}", world.log);
}
