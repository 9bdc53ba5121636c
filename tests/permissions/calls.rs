//! What the functions were recorded to ask of AWS in `tests/moto`, as IAM sees it: a file for each case that was run.

use std::fs;
use std::path::PathBuf;

use pipeline::model::Name;

use crate::case::Case;
use crate::principal::{Kind, Principal};
use crate::request::Probe;
use crate::tools::ROOT;

/// Returns the file of a case's calls: a line for each with the function, the action, the resource and condition keys.
pub(crate) fn file(case: &Case) -> PathBuf {
    PathBuf::from(ROOT).join("tests/permissions/calls").join(format!("{}.txt", case.name))
}

/// Returns the requests of the functions, each with the function's role; none where no calls were recorded.
pub(crate) fn requests(case: &Case) -> Vec<(Principal, Probe)> {
    let pipeline = &case.pipeline;
    let text = fs::read_to_string(file(case)).unwrap_or_default();
    let request = |line: &str| {
        let mut words = line.split(' ');
        let mut word = || words.next().unwrap_or_else(|| panic!("{line}: too short"));
        let (function, action, resource) = (word(), word(), word());
        let lambda =
            pipeline.lambdas.iter().find(|one| pipeline.lambda_name(&one.name) == function);
        let name = lambda.unwrap_or_else(|| panic!("there is no {function}")).name.clone();
        let probe = words.fold(Probe::new(action, resource), |probe, pair| {
            let (key, values) = pair.split_once('=').expect("a key has a value");
            probe.with_all(key, &values.split(',').collect::<Vec<_>>())
        });
        let arn = pipeline.role_arn(name.as_str());
        (Principal { arn, kind: Kind::Lambda(name) }, probe)
    };
    text.lines().map(request).collect()
}

/// Returns the actions and resources that one function asks for.
pub(crate) fn of(case: &Case, lambda: &Name) -> Vec<(String, String)> {
    let own = |(who, _): &(Principal, Probe)| who.kind == Kind::Lambda(lambda.clone());
    let requests = requests(case).into_iter().filter(own);
    requests.map(|(_, probe)| (probe.action, probe.resource)).collect()
}
