//! Times `gen apply` against a fake of AWS whose answers and resources take their time, stack after stack and side by side.
//!
//! Time runs ten times as fast as it would: what is printed is ten times what was measured.

#![allow(dead_code, reason = "the plays have more than is timed")]
#![allow(clippy::print_stdout, reason = "the table is what a benchmark is for")]

#[path = "../tests/apply/case.rs"]
mod case;
#[path = "../tests/fake/mod.rs"]
mod fake;
#[path = "../tests/support/many_tables.rs"]
mod many_tables;
#[path = "../tests/apply/play.rs"]
mod play;
#[path = "../tests/support/project.rs"]
mod project;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use case::Given;
use fake::speed::Speed;
use fake::{Fake, World};
use play::{Stage, command_line};

/// How much faster time runs.
const FASTER: u32 = 10;
/// From a request to its answer: those of CloudFormation take longer, those of S3 less.
const REQUEST: Duration = Duration::from_millis(100);

/// Seconds that CloudFormation takes for a resource of a type: orders of magnitude, as their users know them. What waits for a
/// fixed time or for machines counts; the rest is a call or two.
fn resource(kind: &str) -> Duration {
    let seconds = match kind {
        "AWS::EC2::VPCEndpoint" => 75,
        "AWS::KMS::Key" | "AWS::S3::Bucket" => 22,
        "AWS::IAM::Role" | "AWS::IAM::ManagedPolicy" => 18,
        "AWS::EC2::VPC" | "AWS::EC2::FlowLog" | "AWS::Lambda::Function" => 12,
        "AWS::Glue::Table" => 1,
        _ => 4,
    };
    Duration::from_secs(seconds) / FASTER
}

fn main() {
    let stage = Stage::new("bench-apply");
    let changed = ("expression: cron(0 1 * * ? *)", "expression: cron(0 2 * * ? *)");
    let changed = (changed.0.to_owned(), changed.1.to_owned());
    let same = stage.project("same", &[]);
    let later = stage.project("later", &[changed]);
    let many = stage.project("many", &[]);
    fill(&many);
    println!("deploy            one by one s   side by side s");
    for (name, given, project) in [
        ("first", Given::Bootstrapped, &same),
        ("first, 1000 tables", Given::Bootstrapped, &many),
        ("one stack", Given::Deployed, &later),
        ("no change", Given::Deployed, &same),
    ] {
        let [serial, concurrent] =
            [" --concurrency 1", ""].map(|how| seconds(stage.world(given), project, how));
        println!("{name:<18} {serial:>14.1} {concurrent:>16.1}");
    }
}

/// Gives the project so many tables that they stand in several stacks, of which none waits for another.
fn fill(project: &Path) {
    let [blueprint, sample] =
        ["data_pipeline", "sample"].map(|name| project.join(format!("blueprints/{name}.yaml")));
    fs::rename(&blueprint, sample).expect("the sample's");
    let text = many_tables::blueprint(2..1000).replace("data_pipeline.yaml", "sample.yaml");
    fs::write(blueprint, text).expect("the blueprint");
    let mut command = Command::new(env!("CARGO_BIN_EXE_gen"));
    let made = command.current_dir(project).args(["synth", "--env", "dev"]).output();
    assert!(made.expect("it starts").status.success(), "it holds");
}

fn seconds(mut world: World, project: &Path, how: &str) -> f64 {
    world.speed = Some(Speed { request: REQUEST / FASTER, resource });
    let fake = Fake::start(world);
    // As often as it looks by itself: every three seconds.
    let line = format!("apply --yes --poll-ms {}{how}", 3_000 / FASTER);
    let mut command = command_line(project, &fake, &line);
    let start = Instant::now();
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("it starts");
    let taken = start.elapsed();
    assert!(status.success(), "{line}");
    taken.as_secs_f64() * f64::from(FASTER)
}
