//! Templates written by hand: checked like patched resources, each problem at its line in the template.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{circles, nulls, policy, references, told};
use crate::aws;
use crate::diagnostic::{Diagnostic, Span};
use crate::model::{ExtraStack, Pipeline};
use crate::template::Stack;
use crate::yaml::Node;

/// What other stacks may name of a stack.
#[derive(Clone, Debug)]
pub struct Outline {
    /// Its short name.
    pub name: String,
    /// Its outputs.
    pub outputs: Vec<String>,
}

impl Outline {
    /// Returns the outline of a stack.
    pub fn of(stack: &Stack) -> Self {
        Self { name: stack.name.clone(), outputs: stack.template.outputs.keys().cloned().collect() }
    }
}

/// Checks all hand-written templates; `stacks` are those that the model gives.
pub fn extra_stacks(pipeline: &Pipeline, stacks: &[Outline]) -> Vec<Diagnostic> {
    let mut stacks = stacks.to_vec();
    let mut problems = Vec::new();
    for extra in &pipeline.extra_stacks {
        let name = extra.name.as_str();
        if name == BOOTSTRAP || stacks.iter().any(|stack| stack.name == name) {
            let message = format!("the stack `{name}` has the name of one that is made");
            problems
                .push(Diagnostic::error("duplicate-name", extra.span, message).help("rename it"));
        }
        problems.extend(order(extra, &stacks));
        problems.extend(parameters(extra, &stacks));
        problems.extend(transform(extra));
        problems.extend(resources(extra));
        let told: BTreeSet<_> =
            problems.iter().map(|one| (one.span.file, one.span.start)).collect();
        problems
            .extend(nulls(extra).filter(|one| !told.contains(&(one.span.file, one.span.start))));
        let outputs = extra.json["Outputs"].as_object().into_iter().flatten();
        let outputs = outputs.map(|(name, _)| name.clone()).collect();
        stacks.push(Outline { name: name.to_owned(), outputs });
    }
    problems
}

/// The stack that an administrator deploys, made last of all.
const BOOTSTRAP: &str = "bootstrap";

/// A transform may make anything, so no review of the template would show what is deployed; `gen apply` lets none run.
fn transform(extra: &ExtraStack) -> Option<Diagnostic> {
    extra.json.get("Transform")?;
    let message = format!("the template of `{}` has a `Transform`, and none is run", extra.name);
    let span = place(&extra.template, &["Transform"], "");
    Some(Diagnostic::error("transform", span, message).help(
        "write the resources out: `aws cloudformation get-template --template-stage Processed` shows those of a deployed stack",
    ))
}

/// Finds what CloudFormation refuses wherever it stands.
fn nulls(extra: &ExtraStack) -> impl Iterator<Item = Diagnostic> {
    let what = format!("the template of `{}`", extra.name);
    nulls::found(&extra.json)
        .into_iter()
        .map(move |violation| told(&what, &violation, place(&extra.template, &[], &violation.path)))
}

fn order(extra: &ExtraStack, stacks: &[Outline]) -> Vec<Diagnostic> {
    let known = || stacks.iter().map(|stack| stack.name.as_str());
    let strangers = extra.after.iter().filter(|(name, _)| !known().any(|one| one == name));
    let told = strangers.map(|(name, span)| {
        let message = format!("`{}` comes after `{name}`, which is no stack before it", extra.name);
        Diagnostic::error("unknown-stack", *span, message).suggest(name, known())
    });
    told.collect()
}

/// `<stack.Output>` must exist; a parameter of the template without a default must be given.
fn parameters(extra: &ExtraStack, stacks: &[Outline]) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let declared = extra.json["Parameters"].as_object();
    for (name, (value, span)) in &extra.parameters {
        if !declared.is_some_and(|declared| declared.contains_key(name)) {
            let message = format!("the template of `{}` has no parameter `{name}`", extra.name);
            problems.push(
                Diagnostic::error("unknown-parameter", *span, message)
                    .help("remove it, or declare it there"),
            );
        }
        let Some((stack, output)) = extra.output_of(value) else { continue };
        let found = stacks.iter().find(|known| known.name == stack);
        if !found.is_some_and(|stack| stack.outputs.iter().any(|known| known == output)) {
            let message = format!("the stack `{stack}` has no output `{output}`");
            let problem = Diagnostic::error("unknown-output", *span, message);
            let known =
                found.map(|stack| stack.outputs.iter().map(String::as_str).collect::<Vec<_>>());
            problems.push(match known.filter(|known| !known.is_empty()) {
                Some(known) => problem.suggest(output, known),
                None => problem.help("name an output such as `<network.VpcId>`"),
            });
        }
    }
    for (name, parameter) in declared.into_iter().flatten() {
        if parameter.get("Default").is_none() && !extra.parameters.contains_key(name) {
            let message = format!("the parameter `{name}` of `{}` gets no value", extra.name);
            problems.push(
                Diagnostic::error("missing-parameter", extra.span, message)
                    .help(format!("add `parameters: {{{name}: …}}`")),
            );
        }
    }
    problems
}

fn resources(extra: &ExtraStack) -> Vec<Diagnostic> {
    let resources = extra.json["Resources"].as_object();
    let parameters = extra.json["Parameters"].as_object();
    let known: BTreeSet<&str> =
        resources.into_iter().chain(parameters).flatten().map(|(name, _)| name.as_str()).collect();
    let (mut problems, mut needs) = (Vec::new(), Vec::new());
    for (logical_id, resource) in resources.into_iter().flatten() {
        let place = |pointer: &str| place(&extra.template, &["Resources", logical_id], pointer);
        let Some(kind) = resource["Type"].as_str() else {
            let message = format!("the resource `{logical_id}` has no `Type`");
            problems.push(
                Diagnostic::error("aws-schema", place(""), message).help("add `Type: AWS::…`"),
            );
            continue;
        };
        let empty = Value::Object(serde_json::Map::new());
        let properties = resource.get("Properties").unwrap_or(&empty);
        let violations =
            aws::schema::check(kind, properties).into_iter().chain(policy::statements(properties));
        problems.extend(violations.map(|violation| {
            let at = format!("/Properties{}", violation.path);
            told(&format!("{logical_id} ({kind})"), &violation, place(&at))
        }));
        let named = needed(resource);
        for name in named.iter().filter(|name| !known.contains(*name)) {
            let message = format!("`{logical_id}` names `{name}`, which is not there");
            let problem = Diagnostic::error("dangling-reference", place(""), message);
            problems.push(problem.help(references::remedy(name, &known)));
        }
        needs.push((logical_id.as_str(), named));
    }
    let place = |ids: &[&str]| place(&extra.template, &["Resources", ids[0]], "");
    problems.extend(circles::found(extra.name.as_str(), needs.into_iter(), place));
    problems
}

/// Returns the logical ids that a resource refers to or depends on.
fn needed(resource: &Value) -> Vec<&str> {
    let mut named = references::names(&resource["Properties"]);
    match &resource["DependsOn"] {
        Value::Array(several) => named.extend(several.iter().filter_map(Value::as_str)),
        one => named.extend(one.as_str()),
    }
    named
}

/// Returns where a JSON pointer below `keys` leads in the template: as far as it goes.
fn place(template: &Node, keys: &[&str], pointer: &str) -> Span {
    let mut node = template;
    let tokens =
        pointer.split('/').skip(1).map(|token| token.replace("~1", "/").replace("~0", "~"));
    for token in keys.iter().map(|key| (*key).to_owned()).chain(tokens) {
        match node.child(&token) {
            Some(inner) => node = inner,
            None => break,
        }
    }
    node.span
}
