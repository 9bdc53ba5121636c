//! Choice rules and their comparisons (Amazon States Language specification, "Choice State").

use serde_json::Value;

use super::state::is_filled;
use super::{Check, Language, Object, is_open};
use crate::diagnostic::nearest;

/// How deep `And`, `Or` and `Not` may nest.
const DEPTH: usize = 32;

/// What a comparator compares with.
#[derive(Clone, Copy)]
enum Operand {
    Text,
    Number,
    Truth,
    Time,
    Path,
}

/// What stands in a rule beside its comparison.
const OTHERS: [&str; 4] = ["Assign", "Comment", "Next", "Variable"];

const COMPARATORS: [(&str, Operand); 39] = [
    ("StringEquals", Operand::Text),
    ("StringEqualsPath", Operand::Path),
    ("StringLessThan", Operand::Text),
    ("StringLessThanPath", Operand::Path),
    ("StringGreaterThan", Operand::Text),
    ("StringGreaterThanPath", Operand::Path),
    ("StringLessThanEquals", Operand::Text),
    ("StringLessThanEqualsPath", Operand::Path),
    ("StringGreaterThanEquals", Operand::Text),
    ("StringGreaterThanEqualsPath", Operand::Path),
    ("StringMatches", Operand::Text),
    ("NumericEquals", Operand::Number),
    ("NumericEqualsPath", Operand::Path),
    ("NumericLessThan", Operand::Number),
    ("NumericLessThanPath", Operand::Path),
    ("NumericGreaterThan", Operand::Number),
    ("NumericGreaterThanPath", Operand::Path),
    ("NumericLessThanEquals", Operand::Number),
    ("NumericLessThanEqualsPath", Operand::Path),
    ("NumericGreaterThanEquals", Operand::Number),
    ("NumericGreaterThanEqualsPath", Operand::Path),
    ("BooleanEquals", Operand::Truth),
    ("BooleanEqualsPath", Operand::Path),
    ("TimestampEquals", Operand::Time),
    ("TimestampEqualsPath", Operand::Path),
    ("TimestampLessThan", Operand::Time),
    ("TimestampLessThanPath", Operand::Path),
    ("TimestampGreaterThan", Operand::Time),
    ("TimestampGreaterThanPath", Operand::Path),
    ("TimestampLessThanEquals", Operand::Time),
    ("TimestampLessThanEqualsPath", Operand::Path),
    ("TimestampGreaterThanEquals", Operand::Time),
    ("TimestampGreaterThanEqualsPath", Operand::Path),
    ("IsNull", Operand::Truth),
    ("IsPresent", Operand::Truth),
    ("IsNumeric", Operand::Truth),
    ("IsString", Operand::Truth),
    ("IsBoolean", Operand::Truth),
    ("IsTimestamp", Operand::Truth),
];

impl Check {
    pub(super) fn choice(&mut self, state: &Object, path: &str, language: Language) {
        let Some(choices) = state.get("Choices").filter(|list| is_filled(list)) else {
            return self.error(path, "a Choice state needs `Choices`");
        };
        if !state.contains_key("Default") {
            self.warn(path, "without `Default`, an input that no rule expects fails the execution");
        }
        for (at, rule) in choices.as_array().into_iter().flatten().enumerate() {
            let path = format!("{path}/Choices/{at}");
            let Some(object) = rule.as_object().filter(|_| !is_open(rule)) else { continue };
            if !object.get("Next").is_some_and(Value::is_string) {
                self.error(&path, "a rule needs `Next`");
            }
            match language {
                Language::JsonPath => {
                    self.rule(object, &path, DEPTH);
                    self.paths(object, &path);
                }
                Language::Jsonata => self.condition(object, &path),
            }
        }
    }

    fn condition(&mut self, rule: &Object, path: &str) {
        self.known_fields(rule, &["Assign", "Comment", "Condition", "Next", "Output"], path);
        if !rule.contains_key("Condition") {
            self.error(path, "a rule needs `Condition`");
        }
    }

    fn rule(&mut self, rule: &Object, path: &str, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else {
            return self.error(path, format!("nested deeper than {DEPTH} levels"));
        };
        if depth + 1 < DEPTH && rule.contains_key("Next") {
            self.error(&format!("{path}/Next"), "`Next` belongs to the whole rule");
        }
        let tests: Vec<_> =
            rule.iter().filter(|(name, _)| !OTHERS.contains(&name.as_str())).collect();
        let [(name, operand)] = tests.as_slice() else {
            let message = format!("a rule has one comparison, this one has {}", tests.len());
            return self.error(path, message);
        };
        let place = format!("{path}/{}", crate::aws::token(name));
        match (name.as_str(), operand) {
            ("And" | "Or", Value::Array(rules)) if !rules.is_empty() => {
                for (at, rule) in rules.iter().enumerate() {
                    self.inner_rule(rule, &format!("{place}/{at}"), depth);
                }
            }
            ("And" | "Or", _) => self.error(&place, format!("`{name}` is a list of rules")),
            ("Not", rule) => self.inner_rule(rule, &place, depth),
            _ => self.comparison(rule, (name, operand), path),
        }
    }

    fn inner_rule(&mut self, rule: &Value, path: &str, depth: usize) {
        match rule.as_object() {
            Some(rule) => self.rule(rule, path, depth),
            None => self.error(path, "a rule is an object"),
        }
    }

    fn comparison(&mut self, rule: &Object, (name, operand): (&str, &Value), path: &str) {
        match rule.get("Variable").map(Value::as_str) {
            Some(Some(variable)) => self.path(variable, &format!("{path}/Variable")),
            _ => self.error(path, "a comparison needs `Variable`, a path"),
        }
        let place = format!("{path}/{name}");
        let Some((_, wanted)) = COMPARATORS.iter().find(|(known, _)| *known == name) else {
            let near = nearest(name, COMPARATORS.iter().map(|(known, _)| *known));
            let place = format!("{path}/{}", crate::aws::token(name));
            return self.suggest(&place, format!("no comparison is called `{name}`"), near);
        };
        if is_open(operand) {
            return;
        }
        let (fits, expected) = match wanted {
            Operand::Text => (operand.is_string(), "a string"),
            Operand::Number => (operand.is_number(), "a number"),
            Operand::Truth => (operand.is_boolean(), "true or false"),
            Operand::Time => (operand.as_str().is_some_and(is_timestamp), "an RFC 3339 timestamp"),
            Operand::Path => (operand.is_string(), "a path"),
        };
        if !fits {
            self.error(&place, format!("`{name}` compares with {expected}"));
        } else if let (Operand::Path, Some(path)) = (wanted, operand.as_str()) {
            self.path(path, &place);
        }
    }
}

/// `2026-11-22T17:46:52Z`, with fractions and an offset if one likes; `T` and `Z` in capitals.
pub(super) fn is_timestamp(text: &str) -> bool {
    const SHAPE: &[u8] = b"0000-00-00T00:00:00";
    let Some((time, rest)) = text.as_bytes().split_at_checked(SHAPE.len()) else { return false };
    let fits = |(byte, shape): (&u8, &u8)| match shape {
        b'0' => byte.is_ascii_digit(),
        other => byte == other,
    };
    let fraction = rest.iter().position(|byte| matches!(byte, b'Z' | b'+' | b'-'));
    time.iter().zip(SHAPE).all(fits)
        && fraction.is_some_and(|at| is_fraction(&rest[..at]) && is_offset(&rest[at..]))
}

fn is_fraction(bytes: &[u8]) -> bool {
    match bytes {
        [] => true,
        [b'.', digits @ ..] => !digits.is_empty() && digits.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

fn is_offset(bytes: &[u8]) -> bool {
    match bytes {
        b"Z" => true,
        [b'+' | b'-', a, b, b':', c, d] => [a, b, c, d].into_iter().all(u8::is_ascii_digit),
        _ => false,
    }
}
