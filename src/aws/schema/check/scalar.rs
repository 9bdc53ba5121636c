//! Strings, numbers and booleans: values, lengths, ranges and patterns.

use serde_json::Value;

use super::{Check, Place, nearest, quoted};
use crate::aws::schema::shape::{Choice, Kind, Shape};

impl Check<'_> {
    pub(super) fn scalar(&mut self, shape: &Shape, value: &Value, place: &Place) {
        let text = text_of(value);
        self.choice(shape, &text, place);
        if shape.kinds.contains(&Kind::String) || value.is_string() {
            self.text(shape, &text, place);
        }
        if let Ok(number) = text.parse() {
            self.range(shape, number, place);
        }
    }

    fn choice(&mut self, shape: &Shape, text: &str, place: &Place) {
        let values = shape.values.iter().chain(&shape.enum_case_insensitive);
        let known: Vec<_> = values.chain(&shape.constant).map(Choice::text).collect();
        let same_letters = |value: &Choice| value.text().eq_ignore_ascii_case(text);
        if known.is_empty()
            || known.iter().any(|value| value == text)
            || shape.enum_case_insensitive.iter().any(same_letters)
        {
            return;
        }
        let message = if known.len() <= 12 {
            format!("`{text}` is not one of {}", quoted(&known))
        } else {
            format!("`{text}` is none of the {} values allowed here", known.len())
        };
        let near = nearest(text, known.iter().map(AsRef::as_ref));
        self.suggest(place, message, near);
    }

    fn text(&mut self, shape: &Shape, text: &str, place: &Place) {
        let length = text.chars().count();
        if let Some(min) = shape.min_length.filter(|min| length < *min) {
            self.report(place, format!("expected at least {min} characters, found {length}"));
        }
        if let Some(max) = shape.max_length.filter(|max| length > *max) {
            self.report(place, format!("expected at most {max} characters, found {length}"));
        }
        if let Some(pattern) = &shape.pattern
            && pattern.occurs_in(text) == Some(false)
        {
            self.report(place, format!("`{text}` does not match `{}`", pattern.text()));
        }
    }

    fn range(&mut self, shape: &Shape, number: f64, place: &Place) {
        if let Some(minimum) = shape.minimum.filter(|minimum| number < *minimum) {
            self.report(place, format!("{number} is below the minimum of {minimum}"));
        }
        if let Some(maximum) = shape.maximum.filter(|maximum| number > *maximum) {
            self.report(place, format!("{number} is above the maximum of {maximum}"));
        }
    }
}

/// A scalar as CloudFormation writes it when it needs a string.
fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
