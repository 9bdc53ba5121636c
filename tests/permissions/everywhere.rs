//! The slow half of `permissions`: every blueprint of `tests/cases`, the functions' calls recorded anew, and the verdicts of an
//! evaluator that nobody here wrote.

#![allow(dead_code, reason = "the modules are those of `permissions`, which uses the rest of them")]
#![allow(clippy::print_stdout, reason = "the figures are of interest when all is well, too")]

mod calls;
mod case;
mod commands;
mod court;
mod deployed;
mod exam;
mod glob;
mod grant;
mod meaning;
mod mutants;
#[path = "../support/node.rs"]
mod node;
mod principal;
mod probes;
#[path = "../support/python.rs"]
mod python;
mod record;
mod request;
mod round;
mod simulate;
#[path = "../support/stand_in.rs"]
mod stand_in;
#[path = "../support/tools.rs"]
mod tools;

use std::{env, fs};

use court::Court;
use exam::{Exam, Noticed};
use round::Book;
use simulate::{Questions, Verdict};

/// Cases whose calls are recorded.
const RECORDED: [&str; 4] = ["sample", "one_table", "own_key", "scheduled_by_rule"];

fn named(name: &str) -> case::Case {
    let blueprint = match name {
        "sample" => case::SAMPLE.to_owned(),
        name => format!("tests/cases/{name}/blueprint.yaml"),
    };
    case::of(name, &blueprint).remove(0)
}

/// `BLESS=1` writes them anew.
#[test]
fn the_recorded_calls_are_those_of_the_functions() {
    for case in RECORDED.map(named) {
        let calls = record::record(&case);
        let file = calls::file(&case);
        if env::var_os("BLESS").is_some() {
            fs::write(&file, &calls).expect("the repository can be written");
        }
        let committed = fs::read_to_string(&file).unwrap_or_default();
        assert!(committed == calls, "{} is stale; BLESS=1 writes it", file.display());
    }
}

#[test]
fn the_policies_of_every_blueprint_answer_as_the_model_means() {
    for case in case::all() {
        let (book, court) = (Book::of(&case), Court::new(&case));
        for round in book.rounds(&case) {
            let wrong =
                |probe: &&&request::Probe| round.is_allowed(&court, probe) != round.is_meant(probe);
            let first = round.probes.iter().find(wrong).map(|probe| round.describe(probe));
            assert_eq!(first, None, "{}", case.name);
        }
        let beyond = grant::beyond(&case, &court);
        assert_eq!(beyond, [], "{}", case.name);
    }
}

/// Where no statement allows an action there is nothing to judge; the rest is so much alike that one question in `EVERY` will do.
#[test]
fn another_evaluator_gives_the_same_verdicts() {
    const EVERY: usize = 40;
    let mut told = Vec::new();
    for case in RECORDED.map(named) {
        let (book, court) = (Book::of(&case), Court::new(&case));
        let (mut questions, mut asked, mut count) = (Questions::default(), Vec::new(), 0);
        for round in book.rounds(&case) {
            for probe in &round.probes {
                let sides = court.sides(&round.who, probe);
                count += 1;
                let question = probe.by(&case, &round.who);
                let is_rare = probe.keys.contains_key(stand_in::DROPPED);
                let left_out = count % EVERY != 0 && !is_rare;
                let evident = sides.evident(&probe.action).is_some() || left_out;
                // Some of the questions are about things that the action does not act on.
                if evident || question.request.clone().fitted().is_err() {
                    continue;
                }
                questions.ask(&round.who, &question, &sides);
                asked.push((round.is_allowed(&court, probe), round.describe(probe)));
            }
        }
        let verdicts = questions.verdicts();
        assert_eq!(verdicts.len(), asked.len(), "{}: an answer to each", case.name);
        let unsure = verdicts.iter().filter(|verdict| **verdict == Verdict::Unsure).count();
        let numbers = format!("{} of {count} asked, {unsure} without a verdict", asked.len());
        assert!(unsure * 50 < asked.len(), "{}: {numbers}", case.name);
        told.push(format!("{}: {numbers}", case.name));
        let pairs = verdicts.iter().zip(&asked);
        for (verdict, (allowed, question)) in pairs.filter(|(one, _)| **one != Verdict::Unsure) {
            let same = *verdict == if *allowed { Verdict::Allowed } else { Verdict::Refused };
            assert!(same, "{}: {verdict:?}, and here it is {allowed}: {question}", case.name);
        }
    }
    println!("{}", told.join("\n"));
}

/// Grants are actions on resources, under conditions, of the roles that the stacks make; those of the bootstrap stack stand apart.
#[test]
fn least_privilege_in_figures() {
    let reasons = grant::reasons();
    for case in RECORDED.map(named) {
        let court = Court::new(&case);
        let grants = |roles: &[principal::Principal]| -> Vec<_> {
            roles.iter().flat_map(|who| grant::grants(&case, &court, who)).collect()
        };
        let (ours, made) = (principal::ours(&case), principal::made(&case));
        let (running, deploying) = (grants(&ours), grants(&made));
        let unused = grant::unused(&case, &court);
        let explained = |(role, one): &&(String, grant::Grant)| {
            reasons.iter().any(|reason| reason.covers(role, one))
        };
        let explained = unused.iter().filter(explained).count();
        let machines = pipeline::workflow::compile(&case.pipeline).expect("the case is valid");
        let stars = pipeline::access::reasons(&case.pipeline, &machines);
        println!(
            "{}: {} roles with {} grants, {} seen in use, {explained} more with a reason, {} on `*` for {} reasons; {} roles that deploy with {} grants",
            case.name,
            ours.len(),
            running.len(),
            running.len() - unused.len(),
            running.iter().filter(|one| one.resource == "*").count(),
            stars.len(),
            made.len(),
            deploying.len(),
        );
        assert_eq!(explained, unused.len(), "{}", case.name);
    }
}

/// Blueprints whose policies differ most: keys, networks, partitions, groups of people, boundaries.
const BROKEN: [&str; 5] = ["sample", "own_key", "existing_vpc", "china", "bounded"];

/// The answers change with every breakage, or the committed reach does.
#[test]
fn what_is_broken_in_a_policy_is_noticed() {
    let known = mutants::known();
    let mut stale: Vec<_> = known.iter().collect();
    let mut unknown = Vec::new();
    for case in BROKEN.map(named) {
        grant::hold_reach(&case);
        let book = Book::of(&case);
        let exam = Exam::new(&case, &book);
        let marks = exam.marks();
        let count = |wanted| marks.iter().filter(|(_, noticed)| *noticed == wanted).count();
        println!(
            "{}: {} breakages, {} change an answer, {} more the committed reach, {} nothing",
            case.name,
            marks.len(),
            count(Noticed::ByAnswer),
            count(Noticed::ByReach),
            count(Noticed::No),
        );
        for (name, _) in marks.iter().filter(|(_, noticed)| *noticed == Noticed::No) {
            stale.retain(|survivor| !survivor.is(name));
            if !known.iter().any(|survivor| survivor.is(name)) {
                unknown.push(format!("{}: {name}", case.name));
            }
        }
    }
    assert!(unknown.is_empty(), "{} are not noticed:\n{}", unknown.len(), unknown.join("\n"));
    assert!(stale.is_empty(), "they are noticed now: {stale:?}");
    for survivor in &known {
        assert!(survivor.reason.ends_with('.'), "the reason is no sentence: {survivor:?}");
    }
}
