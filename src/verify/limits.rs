//! CloudFormation's limits (user guide, "CloudFormation quotas"), told before AWS does; a warning at nine tenths.

use crate::diagnostic::{Diagnostic, Span};
use crate::model::Pipeline;
use crate::template::Stack;

/// The largest template in bytes.
pub const TEMPLATE_BYTES: usize = 1_048_576;

const RESOURCES: usize = 500;
const PARAMETERS: usize = 200;
const OUTPUTS: usize = 200;
const STACK_NAME: usize = 128;
const LOGICAL_ID: usize = 255;

pub(super) fn template(pipeline: &Pipeline, stack: &Stack) -> Vec<Diagnostic> {
    let span = origin(stack);
    let template = &stack.template;
    let counts = [
        (template.resources.len(), RESOURCES, "resources"),
        (template.parameters.len(), PARAMETERS, "parameters"),
        (template.outputs.len(), OUTPUTS, "outputs"),
        (pipeline.stack_name(&stack.name).len(), STACK_NAME, "characters in its name"),
    ];
    let longest = template.resources.keys().map(String::len).max().unwrap_or(0);
    let counts = counts.into_iter().chain([(longest, LOGICAL_ID, "characters in a logical id")]);
    counts.filter_map(|(count, limit, what)| over(&stack.name, count, limit, what, span)).collect()
}

/// Checks the size of a rendered template.
pub fn rendered(stack: &str, bytes: usize, span: Span) -> Option<Diagnostic> {
    over(stack, bytes, TEMPLATE_BYTES, "bytes", span)
}

fn over(stack: &str, count: usize, limit: usize, what: &str, span: Span) -> Option<Diagnostic> {
    let message =
        format!("the stack `{stack}` has {count} {what}, and CloudFormation takes {limit}");
    let help = match stack {
        name if name.starts_with("catalog") => "spread the tables: set `catalog: {stacks: <more>}`",
        _ => "shorten names, or move what you can to another blueprint",
    };
    if count > limit {
        return Some(Diagnostic::error("cloudformation-limit", span, message).help(help));
    }
    (count > limit / 10 * 9)
        .then(|| Diagnostic::warning("cloudformation-limit", span, message).help(help))
}

/// The place of the blueprint that a stack comes from: that of its first resource.
fn origin(stack: &Stack) -> Span {
    stack.template.resources.values().next().map_or_else(Span::default, |resource| resource.origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nine_tenths_warn_and_more_than_all_is_an_error() {
        let told =
            |count| over("storage", count, 500, "resources", Span::default()).map(|p| p.severity);
        assert_eq!(told(450), None);
        assert_eq!(told(451), Some(crate::diagnostic::Severity::Warning));
        assert_eq!(told(501), Some(crate::diagnostic::Severity::Error));
    }
}
