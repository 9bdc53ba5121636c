//! What handlebars refuses, as problems at their places in the templates.

use std::collections::BTreeMap;

use handlebars::{RenderError, RenderErrorReason, TemplateError};

use crate::diagnostic::{Diagnostic, Span};

use super::Template;

pub(super) fn no_template(name: &str, wanted_at: Span) -> Diagnostic {
    Diagnostic::error("missing-template", wanted_at, format!("there is no template `{name}`")).help(
        "the templates stand in `hive-scripts/` and beside the blueprint, with the ending `.hbs`",
    )
}

pub(super) fn of_syntax(error: &TemplateError, template: &Template) -> Diagnostic {
    let place = error.pos();
    let message = format!("`{}` is no template: {}", template.path, error.reason());
    Diagnostic::error("template-syntax", span(template, place), message)
        .help("see https://handlebarsjs.com/guide/ for the syntax")
}

/// The error may be in a part that the template `wanted` includes.
pub(super) fn of_values(
    error: &RenderError,
    wanted: &str,
    templates: &BTreeMap<&str, &Template>,
) -> Diagnostic {
    let at = error.template_name.as_deref().unwrap_or(wanted);
    let template = templates.get(at).or_else(|| templates.get(wanted));
    let template = template.expect("only a template that is there is rendered");
    let place = error.line_no.zip(error.column_no);
    let problem = |message| Diagnostic::error("template-value", span(template, place), message);
    match error.reason() {
        RenderErrorReason::MissingVariable(Some(name)) => problem(format!(
            "nothing is called `{name}`"
        ))
        .help("docs/templates.md lists the names; `{{#if name}}` does not ask whether one exists"),
        RenderErrorReason::PartialNotFound(name) => {
            problem(format!("there is no part `{name}`")).suggest(name, templates.keys().copied())
        }
        other => problem(other.to_string()),
    }
}

/// Returns the place at a line and column, both counted from 1, to the end of the line.
fn span(template: &Template, place: Option<(usize, usize)>) -> Span {
    let (line, column) = place.unwrap_or((1, 1));
    let mut lines = template.text.split_inclusive('\n');
    let before: usize =
        lines.by_ref().take(line.saturating_sub(1)).map(|l| l.chars().count()).sum();
    let rest = lines.next().map_or(0, |line| line.trim_end().chars().count());
    let start = before + column.saturating_sub(1).min(rest);
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Span { file: template.file, start: number(start), end: number((before + rest).max(start + 1)) }
}
