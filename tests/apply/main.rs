//! What `gen` does when CloudFormation misbehaves: each file of `tests/apply/cases` is a case, played on a fake of AWS.
//! `BLESS=1 cargo test --test apply` writes what is sent, shown and returned, to be read before it is committed.

#[path = "../fake/mod.rs"]
mod fake;
#[path = "../support/project.rs"]
mod project;

mod calls;
mod case;
mod kill;
mod play;

use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use case::Case;

/// Plays wait more than they work.
fn pool() -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(6).build().expect("threads")
}

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/apply/cases");
    let entries =
        fs::read_dir(folder).expect("the cases").map(|entry| entry.expect("an entry").path());
    let only = std::env::var_os("CASE").unwrap_or_default();
    let wanted = |path: &PathBuf| {
        path.extension().is_some_and(|end| end == "yaml")
            && path.to_string_lossy().contains(&*only.to_string_lossy())
    };
    let mut paths: Vec<_> = entries.filter(wanted).collect();
    paths.sort();
    paths
}

#[test]
fn every_misfortune_is_met_as_written() {
    let stage = play::Stage::new("apply");
    let bless = std::env::var_os("BLESS").is_some();
    let one = |path: &PathBuf| {
        let text = fs::read_to_string(path).expect("a case");
        let case: Case = serde_saphyr::from_str(&text)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let found = stage.play(&case);
        let expected = path.with_extension("out");
        if bless {
            fs::write(&expected, &found).expect("an expectation");
            return None;
        }
        let known = fs::read_to_string(&expected).unwrap_or_default();
        let told = format!("{}\n--- expected\n{known}\n--- found\n{found}", path.display());
        (known != found).then_some(told)
    };
    let differing: Vec<_> = pool().install(|| cases().par_iter().filter_map(one).collect());
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

#[test]
fn there_are_enough_of_them() {
    assert!(std::env::var_os("CASE").is_some() || cases().len() >= 60, "{}", cases().len());
}

/// Every line that tells of a failure is followed by one that says what to do.
#[test]
fn no_failure_is_told_without_a_way_out() {
    for path in cases() {
        let Ok(text) = fs::read_to_string(path.with_extension("out")) else { continue };
        for (at, _) in text.match_indices("\nerror: ") {
            let rest = &text[at + 1..];
            let end = rest.find("\n$ ").unwrap_or(rest.len());
            assert!(rest[..end].contains("\nhelp: "), "{}: {rest}", path.display());
        }
    }
}
