use std::collections::BTreeMap;
use std::path::Path;

use super::*;
use crate::diagnostic::FileId;
use crate::model::{Name, sample};
use crate::python::Code;
use crate::workflow;

/// What the code of the sample's Lambdas asks, as it is in `lambdas/`.
fn calls() -> BTreeMap<Name, Calls> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("lambdas");
    let parse = |path: &str| {
        let text = std::fs::read_to_string(folder.join(path)).unwrap();
        Code::parse(path, FileId(0), &text).unwrap().unwrap()
    };
    let shared = std::fs::read_dir(folder.join("pipeline_common")).unwrap();
    let names = shared.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let names = names.filter(|name| name.rsplit('.').next() == Some("py"));
    let shared: Vec<_> = names.map(|name| parse(&format!("pipeline_common/{name}"))).collect();
    let lambdas = sample::pipeline().lambdas;
    let read = lambdas.into_iter().map(|lambda| {
        let own = parse(&format!("{}.py", lambda.name));
        let codes: Vec<_> = std::iter::once(&own).chain(&shared).collect();
        (lambda.name, Calls::of(&codes, 0))
    });
    read.collect()
}

fn told(pipeline: &Pipeline, name: &Name, calls: &Calls) -> Vec<Diagnostic> {
    let machines = workflow::compile(pipeline).unwrap();
    let lambda = pipeline.lambda(name.as_str()).unwrap();
    capabilities(pipeline, lambda, &machines, calls)
}

#[test]
fn the_sample_grants_what_its_code_asks_and_nothing_else() {
    let pipeline = sample::pipeline();
    let machines = workflow::compile(&pipeline).unwrap();
    for (name, calls) in calls() {
        assert!(!calls.is_open, "{name}");
        assert_eq!(told(&pipeline, &name, &calls), [], "{name}");
        let lambda = pipeline.lambda(name.as_str()).unwrap();
        for &capability in &lambda.can {
            for grant in grants(&pipeline, lambda, &machines, capability) {
                assert!(is_used(capability, &grant.action, &calls), "{name}: {grant:?}");
            }
        }
    }
}

#[test]
fn each_capability_is_missed_when_it_is_taken_away() {
    let pipeline = sample::pipeline();
    let machines = workflow::compile(&pipeline).unwrap();
    for (name, calls) in calls() {
        let lambda = pipeline.lambda(name.as_str()).unwrap();
        for (at, &capability) in lambda.can.iter().enumerate() {
            let mut lambda = lambda.clone();
            lambda.can.remove(at);
            let problems = capabilities(&pipeline, &lambda, &machines, &calls);
            assert!(!problems.is_empty(), "{name} without {}", capability.word());
            for problem in problems {
                assert_eq!(problem.rule, "missing-capability", "{problem:?}");
                let mut own = grants(&pipeline, &lambda, &machines, capability).into_iter();
                assert!(own.any(|grant| problem.message.contains(&grant.action)), "{problem:?}");
            }
        }
    }
}

#[test]
fn each_capability_more_is_told() {
    let pipeline = sample::pipeline();
    let machines = workflow::compile(&pipeline).unwrap();
    for (name, calls) in calls() {
        let lambda = pipeline.lambda(name.as_str()).unwrap();
        for &capability in Capability::ALL.iter().filter(|more| !lambda.can.contains(more)) {
            let mut lambda = lambda.clone();
            // Whoever reads back what it wrote, or lists the bucket, may be told of a missing key too.
            let lists = [Capability::WriteState, Capability::CountRejected];
            if capability == Capability::ReadState && lists.iter().any(|l| lambda.can.contains(l)) {
                continue;
            }
            lambda.can.push(capability);
            let problems = capabilities(&pipeline, &lambda, &machines, &calls);
            let told: Vec<_> = problems.iter().map(|p| (p.rule, p.help.as_deref())).collect();
            let help = format!("remove `{}` from its `can`", capability.word());
            assert_eq!(told, [("unused-capability", Some(help.as_str()))], "{name}");
        }
    }
}

#[test]
fn a_patched_role_may_grant_anything() {
    let mut pipeline = sample::pipeline();
    let (name, calls) = calls().into_iter().next().unwrap();
    let at = pipeline.lambdas.iter().position(|lambda| lambda.name == name).unwrap();
    pipeline.lambdas[at].can.clear();
    assert!(!told(&pipeline, &name, &calls).is_empty());
    pipeline.overrides.push(crate::model::Override {
        stack: "identity".to_owned(),
        logical_id: role_id(name.as_str()),
        patch: serde_json::json!({}),
        span: pipeline.lambdas[at].span,
    });
    assert_eq!(told(&pipeline, &name, &calls), []);
}
