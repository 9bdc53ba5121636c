//! Holds our evaluation of policies against an evaluator that nobody here wrote, iam-simulate, request by request.

mod case;
mod conditions;
mod emitted;
mod layers;
#[path = "../support/node.rs"]
mod node;
#[path = "../support/stand_in.rs"]
mod stand_in;
#[path = "../support/tools.rs"]
mod tools;

use std::path::Path;
use std::process::Command;

use case::Case;
use serde::Deserialize;
use tools::{ROOT, run};

/// Where the two differ, and why ours stands: IAM's documentation says so.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Difference {
    /// What the names of the cases have in them.
    cases: Vec<String>,
    reason: String,
}

impl Difference {
    fn covers(&self, case: &Case) -> bool {
        self.cases.iter().all(|part| case.name.contains(part))
    }
}

#[test]
fn both_say_the_same_to_every_request() {
    let emitted = emitted::cases();
    let allowed = emitted.iter().filter(|case| case.decided()).count();
    assert!(allowed > 500 && emitted.len() - allowed > 500, "{allowed} of {}", emitted.len());
    let cases = [conditions::cases(), layers::cases(), emitted].concat();
    assert!(cases.len() > 10_000, "{} cases", cases.len());
    let verdicts = simulated(&cases);
    let differing = cases.iter().zip(&verdicts);
    let differing: Vec<_> =
        differing.filter(|(case, verdict)| case.decided() != (*verdict == "Allowed")).collect();
    let known = differences();
    let told: Vec<_> = differing
        .iter()
        .filter(|(case, _)| !known.iter().any(|one| one.covers(case)))
        .map(|(case, said)| format!("{}: we say {}, they say {said}", case.name, case.decided()))
        .collect();
    assert!(told.is_empty(), "{} of {} differ:\n{}", told.len(), cases.len(), told.join("\n"));
    for one in &known {
        assert!(one.reason.ends_with('.'), "the reason is no sentence: {}", one.reason);
        let is_used = differing.iter().any(|(case, _)| one.covers(case));
        assert!(is_used, "nothing differs by {:?} any more, remove it", one.cases);
    }
}

fn differences() -> Vec<Difference> {
    let path = Path::new(ROOT).join("tests/agreement/differences.yaml");
    serde_saphyr::from_str(&std::fs::read_to_string(path).expect("it is committed"))
        .expect("a list")
}

fn simulated(cases: &[Case]) -> Vec<String> {
    let modules = node::modules("node", &Path::new(ROOT).join("tests/tools"));
    let mut simulate = Command::new("node");
    simulate.arg("tests/tools/simulate.js").arg(modules).current_dir(ROOT);
    let input = serde_json::to_string(&cases.iter().map(Case::to_json).collect::<Vec<_>>());
    let input = stand_in::filled(&input.expect("it is JSON"));
    let said = run(&mut simulate, &input).unwrap_or_else(|said| panic!("{said}"));
    let verdicts: Vec<String> = serde_json::from_str(&said).expect("a list of verdicts");
    assert_eq!(verdicts.len(), cases.len());
    if let Some((case, error)) =
        cases.iter().zip(&verdicts).find(|(_, said)| said.starts_with("error"))
    {
        panic!("{}: {error}", case.name);
    }
    verdicts
}
