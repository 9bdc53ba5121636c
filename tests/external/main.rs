//! Linters that nobody here wrote judge every template and every state machine that `gen` emits.

mod files;
mod linters;
#[path = "../support/node.rs"]
mod node;
#[path = "../support/python.rs"]
mod python;
mod silences;
#[path = "../support/tools.rs"]
mod tools;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use files::{below, distinct, emitted, fixtures};
use linters::{Finding, LINTERS, Reads, Verdict, judge};
use silences::Silence;
use tools::ROOT;

/// One run of all linters over all files: to start them costs more than to feed them.
static VERDICTS: LazyLock<Result<Vec<Verdict>, String>> = LazyLock::new(|| {
    let fixtures = [fixtures("clean"), fixtures("faulty")].concat();
    let files =
        |bases: &[String], reads| bases.iter().flat_map(|base| below(base, reads)).collect();
    let verdicts =
        judge(|reads| [distinct(files(&emitted(), reads)), files(&fixtures, reads)].concat())?;
    let times: Vec<String> = verdicts
        .iter()
        .map(|verdict| format!("{:5.1} s  {}\n", verdict.time.as_secs_f64(), verdict.tool))
        .collect();
    fs::write(Path::new(ROOT).join(".tools/times.txt"), times.concat()).expect("`.tools` is there");
    Ok(verdicts)
});

static SILENCES: LazyLock<Vec<Silence>> = LazyLock::new(|| {
    let text = fs::read_to_string(Path::new(ROOT).join("tests/tools/silenced.yaml"));
    silences::parse(&text.expect("tests/tools/silenced.yaml can be read"))
});

fn findings() -> impl Iterator<Item = &'static Finding> {
    let verdicts = VERDICTS.as_ref().unwrap_or_else(|said| panic!("{said}"));
    verdicts.iter().flat_map(|verdict| &verdict.findings)
}

fn found_in(base: &str) -> impl Iterator<Item = &'static Finding> {
    let inside = format!("{base}out/");
    findings().filter(move |finding| finding.file.starts_with(&inside))
}

#[test]
fn what_gen_emits_is_clean() {
    let loud: Vec<String> = emitted()
        .iter()
        .flat_map(|base| found_in(base))
        .filter(|finding| !SILENCES.iter().any(|silence| silence.covers(finding)))
        .map(ToString::to_string)
        .collect();
    assert!(loud.is_empty(), "{} findings:\n{}", loud.len(), loud.join("\n"));
}

#[test]
fn the_sample_is_among_what_is_judged() {
    let sample = Path::new(ROOT).join("blueprints").is_dir();
    for reads in [Reads::Templates, Reads::StateMachines] {
        assert!(!sample || !below("", reads).is_empty(), "`out/` is missing; run `gen synth`");
    }
}

#[test]
fn no_silence_is_stale() {
    let bases = emitted();
    let matched =
        |silence: &Silence| bases.iter().flat_map(|base| found_in(base)).any(|f| silence.covers(f));
    for silence in SILENCES.iter().filter(|silence| !silence.cases_only) {
        assert!(matched(silence), "nothing is silenced by this any more, remove it: {silence:?}");
    }
}

#[test]
fn every_silence_names_a_linter_and_a_reason() {
    for silence in SILENCES.iter() {
        assert!(
            LINTERS.iter().any(|linter| linter.name == silence.tool),
            "no such tool: {silence:?}"
        );
        assert!(silence.reason.trim_end().ends_with('.'), "the reason is no sentence: {silence:?}");
    }
}

#[test]
fn a_clean_pipeline_is_found_clean() {
    for base in fixtures("clean") {
        let found: Vec<String> = found_in(&base).map(ToString::to_string).collect();
        assert!(found.is_empty(), "{}", found.join("\n"));
    }
}

/// A fixture's `expected.txt` lists the linters and rules that object to it, one a line, sorted.
#[test]
fn every_fault_is_noticed() {
    for base in fixtures("faulty") {
        let expected = fs::read_to_string(Path::new(ROOT).join(&base).join("expected.txt"));
        let found: BTreeSet<String> =
            found_in(&base).map(|found| format!("{} {}\n", found.tool, found.rule)).collect();
        assert!(!found.is_empty(), "nothing objects to {base}");
        assert_eq!(expected.unwrap_or_default(), String::from_iter(found), "{base}expected.txt");
    }
}

#[test]
fn every_linter_notices_some_fault() {
    for linter in LINTERS {
        let noticed =
            findings().any(|f| f.tool == linter.name && f.file.starts_with(files::FIXTURES));
        assert!(noticed, "no fixture shows that {} works", linter.name);
    }
}
