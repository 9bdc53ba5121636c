//! Draws problems for people, in the manner of rustc.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::source::bytes;
use super::{Diagnostic, Severity, Sources, Span};

/// Whether the reader's terminal shows colours.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Style {
    /// With ANSI colours.
    Coloured,
    /// Plain text.
    Plain,
}

/// Returns `problems` as text, a blank line between them, the count at the end.
pub fn draw(problems: &[Diagnostic], sources: &Sources, style: Style) -> String {
    let renderer = match style {
        Style::Coloured => Renderer::styled(),
        Style::Plain => Renderer::plain(),
    };
    let mut text = String::new();
    for problem in problems.iter().take(SHOWN) {
        text.push_str(&renderer.render(&[group(problem, sources)]));
        text.push_str("\n\n");
    }
    text + &summary(problems)
}

/// More than this many drawings help nobody; the count at the end is of all.
const SHOWN: usize = 100;

fn group<'a>(problem: &'a Diagnostic, sources: &'a Sources) -> Group<'a> {
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let primary = AnnotationKind::Primary;
    let mut group = level.primary_title(&problem.message).element(snippet(
        problem.span,
        problem.label.as_deref(),
        primary,
        sources,
    ));
    if let Some((span, text)) = &problem.related {
        group = group.element(snippet(*span, Some(text), AnnotationKind::Context, sources));
    }
    match &problem.help {
        Some(help) => group.element(Level::HELP.message(help)),
        None => group,
    }
}

/// Returns the lines around `span` only: the drawing of one problem in a large file stays cheap.
fn snippet<'a>(
    span: Span,
    label: Option<&'a str>,
    kind: AnnotationKind,
    sources: &'a Sources,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let source = sources.get(span.file);
    let text = source.text.as_str();
    let range = bytes(text, span);
    let end = one_line(text, range.start, range.end);
    let from = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
    let to = text[end..].find(['\r', '\n']).map_or(text.len(), |at| end + at);
    Snippet::source(&text[from..to])
        .path(&source.name)
        .line_start(sources.position(span).line)
        .annotation(kind.span(range.start - from..end - from).label(label))
}

/// Cuts a span of several lines at the end of its first one: the place, not the whole block.
fn one_line(text: &str, start: usize, end: usize) -> usize {
    text[start..end].find(['\r', '\n']).map_or(end, |at| start + at)
}

fn summary(problems: &[Diagnostic]) -> String {
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    let parts = [counted(errors, "error"), counted(problems.len() - errors, "warning")];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    match parts.is_empty() {
        true => String::new(),
        false if problems.len() > SHOWN => {
            format!("{}; the first {SHOWN} are shown\n", parts.join(", "))
        }
        false => parts.join(", ") + "\n",
    }
}

fn counted(count: usize, noun: &str) -> Option<String> {
    match count {
        0 => None,
        1 => Some(format!("1 {noun}")),
        _ => Some(format!("{count} {noun}s")),
    }
}
