//! Times `gen synth --env dev` as a whole process over blueprints of more and more tables, beside `cp -r` of the same bytes.

#![allow(clippy::print_stdout, reason = "the table is what a benchmark is for")]

#[path = "../tests/support/many_tables.rs"]
mod many_tables;
#[path = "../tests/support/project.rs"]
mod project;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};

const TABLES: [usize; 4] = [2, 100, 1000, 5000];

fn main() {
    let project = project::copied(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench"));
    println!("tables   new ms   same ms   peak MB   output MB   cp -r ms");
    for tables in TABLES {
        let text = many_tables::blueprint(2..tables);
        fs::write(project.join("blueprint.yaml"), text).expect("the blueprint");
        measure(&project, tables);
    }
    fs::remove_dir_all(project).expect("the copy is ours");
}

fn measure(project: &Path, tables: usize) {
    let rounds = if tables <= 100 { 21 } else { 7 };
    let (out, copied) = (project.join("out"), project.join("copied"));
    let (mut new, mut same, mut copy) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        let _ = fs::remove_dir_all(&out);
        new.push(milliseconds(&mut synth(project)));
    }
    for _ in 0..rounds {
        same.push(milliseconds(&mut synth(project)));
    }
    let peak = peak_megabytes();
    for _ in 0..rounds {
        let _ = fs::remove_dir_all(&copied);
        copy.push(milliseconds(Command::new("cp").arg("-r").arg(&out).arg(&copied)));
    }
    let size = bytes(&out) / 1_000_000;
    let [new, same, copy] = [new, same, copy].map(median);
    println!("{tables:>6} {new:>8.1} {same:>9.1} {peak:>9} {size:>11} {copy:>10.1}");
}

fn synth(project: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gen"));
    command.current_dir(project).args(["synth", "--env", "dev", "--blueprint", "blueprint.yaml"]);
    command
}

fn milliseconds(command: &mut Command) -> f64 {
    let start = Instant::now();
    let status = command.stderr(Stdio::null()).status().expect("it starts");
    let taken = start.elapsed();
    assert!(status.success(), "{command:?}");
    taken.as_secs_f64() * 1000.0
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Returns the most memory that any process started so far took; sizes grow, so that is the newest. Linux counts KiB.
fn peak_megabytes() -> i64 {
    getrusage(UsageWho::RUSAGE_CHILDREN).expect("a process may ask for its own").max_rss() / 1024
}

fn bytes(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry"));
    let size = |entry: fs::DirEntry| match entry.metadata().expect("it is there") {
        found if found.is_dir() => bytes(&entry.path()),
        found => found.len(),
    };
    entries.map(size).sum()
}
