//! A problem as data: what is wrong, where, why there, and what to do; drawing it is `diagnostic::draw`'s work.

mod draw;
mod sarif;
mod source;

use std::collections::BTreeSet;

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
            None => match known.clone().into_iter().take(2).count() {
                0 => "there is none yet: add it, or remove the name here".to_owned(),
                1 => format!("use {}", listed(known)),
                _ => format!("use one of {}", listed(known)),
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
    names_left_out: BTreeSet<String>,
    section_left_out: bool,
}

impl Problems {
    /// Adds a problem, unless it is the echo of an earlier one: told before, or at a place that was left out.
    pub fn add(&mut self, problem: Diagnostic) {
        let echo = self.is_left_out(problem.span)
            && self.found.iter().any(|known| known.span == problem.span);
        if !echo {
            self.tell(problem);
        }
    }

    /// Adds that a key is missing; the value that stands in for it at the same place is not judged.
    pub fn add_missing_key(&mut self, problem: Diagnostic) {
        self.left_out.push(problem.span);
        self.tell(problem);
    }

    /// Adds a problem about something that is not there, unless something was left out that may have been it.
    pub fn add_missing(&mut self, problem: Diagnostic) {
        if self.left_out.is_empty() {
            self.add(problem);
        }
    }

    /// Adds a problem about a name that is not known, unless what bears it was left out.
    pub fn add_unknown(&mut self, name: &str, problem: Diagnostic) {
        if !self.section_left_out && !self.names_left_out.contains(name) {
            self.add(problem);
        }
    }

    /// Tells whether a problem of that rule was told at `span`.
    pub fn has(&self, rule: &str, span: Span) -> bool {
        self.found.iter().any(|known| known.rule == rule && known.span == span)
    }

    /// Notes that what stands at `span` was refused, and that the checks go on without it.
    pub fn leave_out(&mut self, span: Span) {
        self.left_out.push(span);
    }

    /// Notes that the item `name` was refused, so that naming it is no second problem.
    pub fn leave_out_item(&mut self, name: &str, span: Span) {
        self.names_left_out.insert(name.to_owned());
        self.left_out.push(span);
    }

    /// Notes that a whole section of named items was refused.
    pub fn leave_out_section(&mut self) {
        self.section_left_out = true;
    }

    /// Tells whether the value at `span` was refused, so that a guess stands in for it.
    pub fn is_left_out(&self, span: Span) -> bool {
        self.left_out.contains(&span)
    }

    fn tell(&mut self, problem: Diagnostic) {
        let told =
            |known: &Diagnostic| known.span == problem.span && known.message == problem.message;
        if !self.found.iter().rev().take(RECENT).any(told) {
            self.found.push(problem);
        }
    }

    /// Tells whether an error was added.
    pub fn has_errors(&self) -> bool {
        self.found.iter().any(|problem| problem.severity == Severity::Error)
    }

    /// Returns all problems in the order of their places.
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        let place = |problem: &Diagnostic| (problem.span.file, problem.span.start);
        self.found.sort_by(|one, other| {
            place(one)
                .cmp(&place(other))
                .then_with(|| one.severity.cmp(&other.severity))
                .then_with(|| one.message.cmp(&other.message))
        });
        self.found.dedup_by(|one, other| one.span == other.span && one.message == other.message);
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

/// Returns names in backticks as a list for a sentence, cut after 24; empty when there are none.
pub fn listed<'a>(known: impl IntoIterator<Item = &'a str>) -> String {
    let mut names: Vec<_> = known.into_iter().map(|name| format!("`{name}`")).collect();
    let more = names.len().saturating_sub(LISTED);
    names.truncate(LISTED);
    let Some(last) = names.pop() else { return String::new() };
    match (names.is_empty(), more) {
        (true, _) => last,
        (false, 0) => format!("{} or {last}", names.join(", ")),
        (false, more) => format!("{}, {last} or {more} others", names.join(", ")),
    }
}

const LISTED: usize = 24;

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
