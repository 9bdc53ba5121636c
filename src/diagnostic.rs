//! A problem as data: what is wrong, where, why there, and what to do; drawing it is `diagnostic::draw`'s work.

mod draw;
mod sarif;
mod source;

use serde::Serialize;

pub use draw::{Style, draw};
pub use sarif::sarif;
pub use source::{FileId, Position, Source, Sources, Span};

/// How bad a problem is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing is written until it is mended.
    Error,
    /// Worth a look; `--deny-warnings` makes it an error.
    Warning,
}

/// One problem at one place of an input file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// A stable name of the rule, such as `unknown-key`, for SARIF and for silencing.
    pub rule: &'static str,
    /// What is wrong: lowercase, no full stop, what the reader typed in backticks.
    pub message: String,
    /// Where.
    pub span: Span,
    /// Why it is wrong, shown at the place.
    pub label: Option<String>,
    /// Another place that belongs to it, with what is there.
    pub related: Option<(Span, String)>,
    /// The next thing to do.
    pub help: Option<String>,
}

impl Diagnostic {
    /// Returns an error of `rule` at `span`.
    pub fn error(rule: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, rule, span, message.into())
    }

    /// Returns a warning of `rule` at `span`.
    pub fn warning(rule: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, rule, span, message.into())
    }

    fn new(severity: Severity, rule: &'static str, span: Span, message: String) -> Self {
        Self { severity, rule, message, span, label: None, related: None, help: None }
    }

    /// Says at the place why it is wrong.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.label = Some(text.into());
        self
    }

    /// Points at a second place that belongs to the problem.
    #[must_use]
    pub fn related(mut self, span: Span, text: impl Into<String>) -> Self {
        self.related = Some((span, text.into()));
        self
    }

    /// Says what to do next.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Adds "did you mean" when one of `known` is close to `typed`, else lists what there is, if anything is.
    #[must_use]
    pub fn suggest<'a>(
        self,
        typed: &str,
        known: impl IntoIterator<Item = &'a str> + Clone,
    ) -> Self {
        let help = match nearest(typed, known.clone()) {
            Some(name) => format!("did you mean `{name}`?"),
            None => match (listed(known.clone()), known.into_iter().nth(1)) {
                (Some(names), Some(_)) => format!("use one of {names}"),
                (Some(name), None) => format!("use {name}"),
                (None, _) => "there is none yet: add it, or remove the name here".to_owned(),
            },
        };
        self.help(help)
    }
}

/// The problems found so far; checks add to it and go on.
#[derive(Debug, Default)]
pub struct Problems {
    found: Vec<Diagnostic>,
    left_out: Vec<Span>,
}

impl Problems {
    /// Adds a problem, unless it is the echo of an earlier one: told before, or at a place that was left out.
    pub fn add(&mut self, problem: Diagnostic) {
        let told =
            |known: &Diagnostic| known.span == problem.span && known.message == problem.message;
        let echo = self.left_out.contains(&problem.span)
            && self.found.iter().any(|known| known.span == problem.span);
        if !echo && !self.found.iter().rev().take(RECENT).any(told) {
            self.found.push(problem);
        }
    }

    /// Adds a problem about a name that is not there, unless something was left out that may have had it.
    pub fn add_missing(&mut self, problem: Diagnostic) {
        if self.left_out.is_empty() {
            self.add(problem);
        }
    }

    /// Notes that what stands at `span` was refused, and that the checks go on without it.
    pub fn leave_out(&mut self, span: Span) {
        self.left_out.push(span);
    }

    /// Tells whether an error was added.
    pub fn has_errors(&self) -> bool {
        self.found.iter().any(|problem| problem.severity == Severity::Error)
    }

    /// Returns all problems in the order of their places.
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.found.sort_by_key(|problem| (problem.span.file, problem.span.start, problem.severity));
        self.found.dedup();
        self.found
    }
}

impl Extend<Diagnostic> for Problems {
    fn extend<T: IntoIterator<Item = Diagnostic>>(&mut self, problems: T) {
        for problem in problems {
            self.add(problem);
        }
    }
}

/// How far back a repeated problem is looked for; repeats come from the same item, so next to each other.
const RECENT: usize = 16;

/// Returns the name in `known` that a slip of the finger could have turned into `typed`; of equals, the first.
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = typed.to_lowercase();
    let limit = (lower.len() / 3).clamp(1, 6);
    known
        .into_iter()
        .filter(|name| name.len().abs_diff(lower.len()) <= limit)
        .map(|name| (strsim::osa_distance(&lower, &name.to_lowercase()), name))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

fn listed<'a>(known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let mut names: Vec<_> = known.into_iter().map(|name| format!("`{name}`")).collect();
    let more = names.len().saturating_sub(LISTED);
    names.truncate(LISTED);
    let last = names.pop()?;
    Some(match (names.is_empty(), more) {
        (true, _) => last,
        (false, 0) => format!("{} or {last}", names.join(", ")),
        (false, more) => format!("{}, {last} or {more} others", names.join(", ")),
    })
}

const LISTED: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_name_and_a_stranger_does_not() {
        let known = ["columns", "partition", "kind"];
        assert_eq!(nearest("colums", known), Some("columns"));
        assert_eq!(nearest("Kind", known), Some("kind"));
        assert_eq!(nearest("owner", known), None);
    }
}
