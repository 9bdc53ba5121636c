//! Checks of what is emitted, for what the model cannot promise: patches, hand-written templates, and AWS's limits.

mod bucket_policy;
mod capabilities;
mod circles;
mod definition;
mod detours;
mod extra;
mod integrations;
mod limits;
mod names;
mod nulls;
mod patch;
mod policy;
mod references;

use serde_json::Value;

use crate::aws::{self, Violation};
use crate::diagnostic::{Diagnostic, Span};
use crate::model::Pipeline;
use crate::permissions;
use crate::template::{Resource, Stack};

pub use capabilities::capabilities;
pub use definition::definition;
pub use detours::detours;
pub use extra::{Outline, extra_stacks};
pub use limits::{TEMPLATE_BYTES, rendered};
pub use names::lost_names;
pub use patch::{Patched, overrides, unknown_stacks};

/// How much is checked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Depth {
    /// What the model cannot promise; for each synth.
    Patched,
    /// Every resource against AWS's schemas and service reference too; for validate.
    Everything,
}

/// Checks a stack whose overrides are applied; `patched` names the resources that one touched.
pub fn stack(
    pipeline: &Pipeline,
    stack: &Stack,
    patched: &[Patched],
    depth: Depth,
) -> Vec<Diagnostic> {
    let mut problems = limits::template(pipeline, stack);
    problems.extend(permissions::size::check(&stack.template));
    problems.extend(references::template(stack, patched));
    // A table has several resources, and to be told of the first is enough.
    let mut clashes = stack.template.clashes.clone();
    clashes.dedup_by(|one, before| one.1 == before.1);
    problems.extend(clashes.iter().map(|clash| clashing(stack, clash)));
    for (logical_id, resource) in &stack.template.resources {
        let patch = place(patched, logical_id);
        if depth == Depth::Everything || patch.is_some() {
            let span = patch.unwrap_or(resource.origin);
            problems.extend(checked(logical_id, resource, span));
        }
        if resource.kind == "AWS::S3::BucketPolicy" {
            let span = patch.unwrap_or(resource.origin);
            problems.extend(bucket_policy::lockout(
                pipeline,
                &resource.properties["PolicyDocument"],
                span,
            ));
        }
    }
    problems
}

/// Returns where the override of a resource stands, if it has one.
fn place(patched: &[Patched], logical_id: &str) -> Option<Span> {
    patched.iter().find(|one| one.logical_id == logical_id).map(|one| one.span)
}

/// Tells whether an override patches a role, and so may grant it anything.
fn is_patched(pipeline: &Pipeline, role: &str) -> bool {
    pipeline.overrides.iter().any(|one| one.stack == "identity" && one.logical_id == role)
}

/// Names become logical ids without their punctuation, so two names may want one.
fn clashing(stack: &Stack, (id, [first, second]): &(String, [Span; 2])) -> Diagnostic {
    let message = format!("two resources of the stack `{}` would be called `{id}`", stack.name);
    let problem = Diagnostic::error("same-logical-id", *second, message)
        .help("logical ids keep the letters and digits of names: rename one, or remove it");
    if first == second { problem } else { problem.related(*first, "the other one comes from here") }
}

/// Checks one resource against its registry schema, and the policies in it against the service reference.
fn checked(logical_id: &str, resource: &Resource, span: Span) -> Vec<Diagnostic> {
    let mut violations = aws::schema::check(&resource.kind, &resource.properties);
    violations.extend(policy::statements(&resource.properties));
    violations.extend(nulls::found(&resource.properties));
    let what = format!("{logical_id} ({})", resource.kind);
    violations.iter().map(|violation| told(&what, violation, span)).collect()
}

/// Tells a violation in the document `what` at a place of the blueprint.
fn told(what: &str, violation: &Violation, span: Span) -> Diagnostic {
    let place =
        if violation.path.is_empty() { String::new() } else { format!(" at `{}`", violation.path) };
    let message = format!("{what}{place}: {}", violation.message);
    let problem = match violation.severity {
        aws::Severity::Error => Diagnostic::error("aws-schema", span, message),
        aws::Severity::Warning => Diagnostic::warning("aws-schema", span, message),
    };
    match &violation.suggestion {
        Some(name) => problem.help(format!("did you mean `{name}`?")),
        None => problem.help("see the resource type in the CloudFormation template reference"),
    }
}

/// Calls `visit` on every value of a document, with its JSON pointer.
fn walk<'a>(value: &'a Value, pointer: &str, visit: &mut impl FnMut(&str, &'a Value)) {
    visit(pointer, value);
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                let token = key.replace('~', "~0").replace('/', "~1");
                walk(inner, &format!("{pointer}/{token}"), visit);
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter().enumerate() {
                walk(inner, &format!("{pointer}/{index}"), visit);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
