//! Text of a policy: wildcards and policy variables (IAM user guide, "IAM policy elements: Variables and tags").

use std::borrow::Cow;

use super::Request;

/// A text to compare with. What stands before its first wildcard or variable is held apart: it decides most comparisons.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Pattern {
    prefix: String,
    rest: Vec<Part>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Part {
    Is(char),
    One,
    Any,
    Variable(Box<Variable>),
}

/// The value of a context key, in lower case, or else a default.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Variable {
    key: String,
    default: Option<String>,
}

impl Part {
    fn literal(&self) -> Option<char> {
        if let Self::Is(character) = self { Some(*character) } else { None }
    }
}

/// What a text may hold beside itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Syntax {
    /// `*` and `?`.
    pub(super) wildcards: bool,
    /// `${key}`: not before version 2012-10-17 of the language.
    pub(super) variables: bool,
}

impl Pattern {
    pub(super) fn read(text: &str, syntax: Syntax) -> Self {
        let special =
            |c: char| c == '$' && syntax.variables || "*?".contains(c) && syntax.wildcards;
        let (prefix, mut rest) = text.split_at(text.find(special).unwrap_or(text.len()));
        let mut parts = Vec::new();
        while let Some(character) = rest.chars().next() {
            let variable = rest.strip_prefix("${").and_then(|inner| inner.split_once('}'));
            match (variable, character) {
                (Some((name, after)), _) if syntax.variables => {
                    parts.push(variable_of(name));
                    rest = after;
                    continue;
                }
                (_, '*') if syntax.wildcards => parts.push(Part::Any),
                (_, '?') if syntax.wildcards => parts.push(Part::One),
                _ => parts.push(Part::Is(character)),
            }
            rest = &rest[character.len_utf8()..];
        }
        parts.dedup_by(|next, before| *next == Part::Any && *before == Part::Any);
        Self { prefix: prefix.to_owned(), rest: parts }
    }

    fn of(mut parts: Vec<Part>) -> Self {
        let prefix: String = parts.iter().map_while(Part::literal).collect();
        parts.drain(..prefix.chars().count());
        parts.dedup_by(|next, before| *next == Part::Any && *before == Part::Any);
        Self { prefix, rest: parts }
    }

    /// Whether `text` is what the pattern says for `request`; a variable without a value is like no text.
    pub(super) fn matches(&self, text: &str, request: &Request) -> bool {
        // Most patterns are plain texts, and most of those have another length.
        if self.rest.is_empty() {
            return text == self.prefix;
        }
        let Some(tail) = text.strip_prefix(&self.prefix) else { return false };
        match self.rest.as_slice() {
            [Part::Any] => true,
            parts if self.has_variables() => {
                expand(parts, request).is_some_and(|parts| glob(&parts, tail))
            }
            parts => glob(parts, tail),
        }
    }

    /// Whether `text` may be what the pattern says.
    pub(super) fn might_match(&self, text: &str) -> bool {
        if self.rest.is_empty() {
            return text == self.prefix;
        }
        let Some(tail) = text.strip_prefix(&self.prefix) else { return false };
        matches!(self.rest.as_slice(), [Part::Any])
            || self.has_variables()
            || glob(&self.rest, tail)
    }

    /// Returns the text that it is for `request`; none where a variable has no value, or there are wildcards.
    pub(super) fn text(&self, request: &Request) -> Option<Cow<'_, str>> {
        if let Some(literal) = self.literal() {
            return Some(literal.into());
        }
        let parts = expand(&self.rest, request)?;
        let rest: Option<String> = parts.iter().map(Part::literal).collect();
        Some(format!("{}{}", self.prefix, rest?).into())
    }

    /// Whether every variable has a value.
    pub(super) fn is_resolved(&self, request: &Request) -> bool {
        !self.has_variables() || expand(&self.rest, request).is_some()
    }

    /// Returns the text itself, where there are no variables and no wildcards in it.
    pub(super) fn literal(&self) -> Option<&str> {
        self.rest.is_empty().then_some(self.prefix.as_str())
    }

    /// Returns the patterns between the first `count - 1` colons; none where there are fewer.
    pub(super) fn split(&self, count: usize) -> Option<Vec<Self>> {
        let parts = self.prefix.chars().map(Part::Is).chain(self.rest.iter().cloned());
        let mut pieces = vec![Vec::new()];
        for part in parts {
            if part == Part::Is(':') && pieces.len() < count {
                pieces.push(Vec::new());
            } else {
                pieces.last_mut()?.push(part);
            }
        }
        (pieces.len() == count).then(|| pieces.into_iter().map(Self::of).collect())
    }

    fn has_variables(&self) -> bool {
        self.rest.iter().any(|part| matches!(part, Part::Variable(..)))
    }
}

/// `${*}`, `${?}` and `${$}` are the characters themselves; a default stands behind a comma, in quotes.
fn variable_of(name: &str) -> Part {
    if let ("*" | "?" | "$", Some(character)) = (name, name.chars().next()) {
        return Part::Is(character);
    }
    let (key, default) = match name.split_once(',') {
        Some((key, default)) => (key, Some(default.trim().trim_matches('\'').to_owned())),
        None => (name, None),
    };
    Part::Variable(Box::new(Variable { key: key.trim().to_ascii_lowercase(), default }))
}

fn expand(parts: &[Part], request: &Request) -> Option<Vec<Part>> {
    let mut expanded = Vec::new();
    for part in parts {
        match part {
            Part::Variable(variable) => {
                let value = request.single(&variable.key).or(variable.default.as_deref())?;
                expanded.extend(value.chars().map(Part::Is));
            }
            other => expanded.push(other.clone()),
        }
    }
    Some(expanded)
}

/// Goes back to the last `*` only, which is enough: time grows with the product of the lengths at most.
fn glob(parts: &[Part], text: &str) -> bool {
    let (mut part, mut at) = (0, 0);
    let mut star = None;
    loop {
        let next = text[at..].chars().next();
        match (parts.get(part), next) {
            (None, None) => return true,
            (Some(Part::Any), _) => {
                star = Some((part + 1, at));
                part += 1;
                continue;
            }
            (Some(Part::One), Some(character)) => {
                part += 1;
                at += character.len_utf8();
                continue;
            }
            (Some(Part::Is(wanted)), Some(character)) if *wanted == character => {
                part += 1;
                at += character.len_utf8();
                continue;
            }
            _ => {}
        }
        let Some((after, from)) = star else { return false };
        let Some(skipped) = text[from..].chars().next() else { return false };
        (part, at) = (after, from + skipped.len_utf8());
        star = Some((after, at));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        let syntax = Syntax { wildcards: true, variables: true };
        let request = Request::new("arn:aws:iam::1:user/ann", "s3:GetObject", "*")
            .with("aws:username", ["a*n"]);
        Pattern::read(pattern, syntax).matches(text, &request)
    }

    #[test]
    fn wildcards_are_those_of_iam() {
        for (pattern, text, wanted) in [
            ("*", "", true),
            ("a*c", "abbc", true),
            ("a*b*c", "abxbc", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("?", "ü", true),
            ("a*b", "abc", false),
            ("", "", true),
            ("abc", "ABC", false),
        ] {
            assert_eq!(matches(pattern, text), wanted, "{pattern} {text}");
        }
        assert!(!matches(&"*a".repeat(2000), &"a".repeat(1999)));
    }

    #[test]
    fn a_variable_is_its_value_and_no_pattern() {
        assert!(matches("home/${aws:UserName}/*", "home/a*n/x"));
        assert!(!matches("home/${aws:username}/*", "home/ann/x"));
        assert!(!matches("home/${aws:PrincipalTag/team}", "home/"));
        assert!(matches("home/${aws:PrincipalTag/team, 'none'}", "home/none"));
        assert!(matches("${*}${?}${$}", "*?$"));
    }
}
