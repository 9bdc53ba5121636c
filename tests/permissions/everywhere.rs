//! The slow half of `permissions`: every blueprint of `tests/cases`, the functions' calls recorded anew, and the verdicts of an
//! evaluator that nobody here wrote.

#![allow(dead_code, reason = "the modules are those of `permissions`, which uses the rest of them")]
#![allow(clippy::print_stdout, reason = "the figures are of interest when all is well, too")]

mod calls;
mod case;
mod commands;
mod court;
mod deployed;
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
#[path = "../support/tools.rs"]
mod tools;

use std::thread;
use std::{env, fs};

use court::Court;
use mutants::{Exam, Mutant};
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
                let evident = sides.evident(&probe.action).is_some() || count % EVERY != 0;
                // Some of the questions are about things that the action does not act on.
                if evident || question.request.clone().fitted().is_err() {
                    continue;
                }
                questions.ask(&round.who, &question, &sides);
                asked.push((round.is_allowed(&court, probe), round.describe(probe)));
            }
        }
        told.push(format!("{}: {} of {count} asked", case.name, asked.len()));
        let verdicts = questions.verdicts();
        assert_eq!(verdicts.len(), asked.len(), "{}: an answer to each", case.name);
        for (verdict, (allowed, question)) in verdicts.iter().zip(&asked) {
            let same = *verdict == if *allowed { Verdict::Allowed } else { Verdict::Refused };
            assert!(same, "{}: {verdict:?}, and here it is {allowed}: {question}", case.name);
        }
    }
    println!("{}", told.join("\n"));
}

/// The answers of the sample's policies change with every breakage, or its committed reach does.
#[test]
fn what_is_broken_in_a_policy_is_noticed() {
    let case = named("sample");
    let book = Book::of(&case);
    let exam = Exam::new(&case, &book);
    let mutants = exam.mutants();
    let unanswered = |mutants: &'_ [Mutant]| -> Vec<String> {
        mutants.iter().filter(|one| !exam.notices(one)).map(|one| one.name.clone()).collect()
    };
    let (here, there) = mutants.split_at(mutants.len() / 2);
    let quiet = thread::scope(|scope| {
        let other = scope.spawn(|| unanswered(there));
        let mut all = unanswered(here);
        all.extend(other.join().expect("it returns what it finds"));
        all
    });
    let reach = exam.reach();
    let quiet = mutants.iter().filter(|one| quiet.contains(&one.name));
    let (reached, alive): (Vec<_>, Vec<_>) =
        quiet.partition(|one| exam.reaches_further(one, &reach));
    let noticed = mutants.len() - reached.len() - alive.len();
    println!(
        "{}: of {} broken policies {noticed} change an answer, {} more the committed reach, {} nothing",
        case.name,
        mutants.len(),
        reached.len(),
        alive.len()
    );
    explained(&alive);
}

/// Holds that every breakage that nobody notices has its reason, and that no reason is stale.
fn explained(alive: &[&Mutant]) {
    let known = mutants::known();
    let unknown: Vec<_> = alive
        .iter()
        .filter(|one| !known.iter().any(|survivor| one.is(survivor)))
        .map(|one| one.name.as_str())
        .collect();
    assert!(unknown.is_empty(), "{} are not noticed:\n{}", unknown.len(), unknown.join("\n"));
    for survivor in &known {
        assert!(alive.iter().any(|one| one.is(survivor)), "it is noticed now: {survivor:?}");
        assert!(survivor.reason.ends_with('.'), "the reason is no sentence: {survivor:?}");
    }
}
