//! A regular expression of a schema, compiled when first needed.
//!
//! `regex-lite`, because `regex` takes 0.8 ms to compile the average pattern of the registry, and
//! `regex-lite` 0.01 ms.

use std::borrow::Cow;
use std::sync::OnceLock;

use regex_lite::Regex;
use serde::Deserialize;

/// A pattern as `tools/ecma.py` wrote it.
#[derive(Debug, Deserialize)]
#[serde(from = "Cow<'static, str>")]
pub(super) struct Pattern {
    text: Cow<'static, str>,
    compiled: OnceLock<Option<Vec<Part>>>,
}

/// What must be found, or must not be found.
#[derive(Debug)]
struct Part {
    regex: Regex,
    is_wanted: bool,
}

impl From<Cow<'static, str>> for Pattern {
    fn from(text: Cow<'static, str>) -> Self {
        Self { text, compiled: OnceLock::new() }
    }
}

impl Pattern {
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether the pattern occurs in the text; `None` where the pattern is beyond us (look-around
    /// inside).
    pub(super) fn occurs_in(&self, text: &str) -> Option<bool> {
        let parts = self.compiled.get_or_init(|| compile(&self.text)).as_ref()?;
        Some(parts.iter().all(|part| part.regex.is_match(text) == part.is_wanted))
    }
}

/// Takes look-ahead at the very start for patterns of their own: `^(?!a)b` is "no `^a`, but `^b`".
fn compile(pattern: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut rest = pattern.strip_prefix('^').unwrap_or_default();
    while let Some(ahead) = rest.strip_prefix("(?!").or_else(|| rest.strip_prefix("(?=")) {
        let is_wanted = rest.starts_with("(?=");
        let end = closing(ahead)?;
        parts.push(Part { regex: anchored(&ahead[..end])?, is_wanted });
        rest = &ahead[end + 1..];
    }
    let last = if parts.is_empty() { Regex::new(pattern).ok()? } else { anchored(rest)? };
    parts.push(Part { regex: last, is_wanted: true });
    Some(parts)
}

fn anchored(pattern: &str) -> Option<Regex> {
    Regex::new(&format!("^(?:{pattern})")).ok()
}

/// Where the group that is open closes, past groups and classes within it.
fn closing(text: &str) -> Option<usize> {
    let (mut depth, mut in_class, mut is_escaped) = (0_usize, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '[' => in_class = true,
            ']' => in_class = false,
            '(' if !in_class => depth += 1,
            ')' if !in_class && depth == 0 => return Some(at),
            ')' if !in_class => depth -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::Pattern;

    fn occurs(pattern: &'static str, text: &str) -> Option<bool> {
        Pattern::from(Cow::Borrowed(pattern)).occurs_in(text)
    }

    #[test]
    fn a_pattern_is_searched_for() {
        assert_eq!(occurs("b+", "abbc"), Some(true));
        assert_eq!(occurs("^b+$", "abbc"), Some(false));
    }

    #[test]
    fn look_ahead_at_the_start_is_understood() {
        let no_prefix = "^(?!aws:)(?![)(]x)[a-z:]+$";
        assert_eq!(occurs(no_prefix, "team"), Some(true));
        assert_eq!(occurs(no_prefix, "aws:team"), Some(false));
        assert_eq!(occurs("^(?=.{2,3}$)a*(b|c)", "aab"), Some(true));
        assert_eq!(occurs("^(?=.{2,3}$)a*(b|c)", "aaab"), Some(false));
    }

    #[test]
    fn other_look_around_is_skipped() {
        assert_eq!(occurs("^[a-z]+(?<!x)$", "x"), None);
        assert_eq!(occurs("^(?!a", "x"), None);
    }
}
