//! Least privilege, proved on what `gen synth` emits: who may do what is asked of the policies by rule from the model, and what
//! they answer is what the model means.

#![allow(dead_code, reason = "`permissions_everywhere` uses the rest of the modules")]
#![allow(clippy::print_stdout, reason = "the figures are of interest when all is well, too")]

mod calls;
mod case;
mod commands;
mod court;
mod deployed;
mod glob;
mod grant;
mod meaning;
mod principal;
mod probes;
mod request;
mod round;
#[path = "../support/tools.rs"]
mod tools;

use std::sync::LazyLock;
use std::thread;

use case::Case;
use court::Court;
use principal::Principal;
use request::Probe;
use round::Book;

/// The sample, and blueprints that differ in what permissions rest on: the kinds of tables, the key, the VPC, the clock, the
/// suffix of names. The others are asked by `permissions_everywhere`.
static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| {
    let mut cases = case::of("sample", case::SAMPLE);
    cases.truncate(1);
    for name in ["one_table", "own_key", "scheduled_by_rule"] {
        cases.extend(case::of(name, &format!("tests/cases/{name}/blueprint.yaml")));
    }
    cases
});

/// Runs a check on each case, two at a time, and returns what each said.
fn on_each<T: Send>(check: impl Fn(&'static Case) -> T + Sync) -> Vec<T> {
    let (first, second) = CASES.split_at(CASES.len() / 2);
    let run = |cases: &'static [Case]| cases.iter().map(&check).collect::<Vec<_>>();
    thread::scope(|scope| {
        let other = scope.spawn(|| run(second));
        let mut all = run(first);
        all.extend(other.join().expect("a check returns what it finds"));
        all
    })
}

fn none(wrong: &[String], what: &str) {
    let shown = &wrong[..wrong.len().min(40)];
    assert!(wrong.is_empty(), "{} {what}:\n{}", wrong.len(), shown.join("\n"));
}

#[test]
fn the_policies_answer_as_the_model_means() {
    let wrong = on_each(|case| {
        let (book, court) = (Book::of(case), Court::new(case));
        let (mut allowed, mut refused, mut wrong) = (0, 0, Vec::new());
        for round in book.rounds(case) {
            for probe in &round.probes {
                let meant = round.is_meant(probe);
                *(if meant { &mut allowed } else { &mut refused }) += 1;
                if round.is_allowed(&court, probe) != meant {
                    let word = if meant { "refused" } else { "allowed" };
                    wrong.push(format!("{}: {word} {}", case.name, round.describe(probe)));
                }
            }
        }
        assert!(allowed > 1_000 && refused > allowed, "{}: too few questions", case.name);
        println!("{}: {allowed} must be allowed, {refused} refused", case.name);
        wrong
    });
    none(&wrong.concat(), "answers are not what is meant");
}

#[test]
fn every_recorded_call_is_allowed() {
    let refused = on_each(|case| {
        let court = Court::new(case);
        let requests = calls::requests(case);
        assert!(requests.len() > 30, "{}: what the functions call is not recorded", case.name);
        let is_refused = |(who, probe): &(Principal, Probe)| {
            !court.sides(who, probe).allow(&probe.by(case, who))
        };
        let refused = requests.into_iter().filter(is_refused);
        refused.map(|(who, probe)| format!("{}: {who:?} {probe:?}", case.name)).collect::<Vec<_>>()
    });
    none(&refused.concat(), "calls are refused");
}

#[test]
fn every_grant_is_used_or_has_a_reason() {
    let reasons = grant::reasons();
    let mut of_use = vec![false; reasons.len()];
    let mut loud = Vec::new();
    for case in CASES.iter() {
        for (role, grant) in grant::unused(case, &Court::new(case)) {
            let mut known = false;
            for (reason, used) in reasons.iter().zip(&mut of_use) {
                let covers = reason.covers(&role, &grant);
                *used |= covers;
                known |= covers;
            }
            if !known {
                loud.push(format!("{}: {role} {} {}", case.name, grant.action, grant.resource));
            }
        }
    }
    none(
        &loud,
        "grants are used by nothing that was seen, and tests/permissions/reasons.yaml says nothing",
    );
    for (reason, used) in reasons.iter().zip(of_use) {
        assert!(used, "nothing needs this reason any more: {reason:?}");
        assert!(reason.reason.ends_with('.'), "the reason is no sentence: {reason:?}");
    }
}

#[test]
fn no_role_reaches_further_than_the_model_means() {
    let beyond = on_each(|case| {
        let beyond = grant::beyond(case, &Court::new(case)).into_iter();
        beyond.map(|(role, grant)| format!("{}: {role} {grant:?}", case.name)).collect::<Vec<_>>()
    });
    none(&beyond.concat(), "grants are wider than what is meant");
}

/// `BLESS=1` writes it anew.
#[test]
fn the_reach_of_every_role_is_what_is_committed() {
    CASES.iter().for_each(grant::hold_reach);
}
