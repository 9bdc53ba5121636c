//! A regular expression of a schema, compiled when first needed.
//!
//! `regex-lite`, because `regex` takes 0.8 ms to compile the average pattern of the registry, and `regex-lite` 0.01 ms.

use std::borrow::Cow;
use std::sync::OnceLock;

use regex_lite::Regex;
use serde::Deserialize;

/// A pattern as `tools/ecma.py` wrote it.
#[derive(Debug, Deserialize)]
#[serde(from = "Cow<'static, str>")]
pub(super) struct Pattern {
    text: Cow<'static, str>,
    compiled: OnceLock<Option<Regex>>,
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

    /// Whether the pattern occurs in the text; `None` where the pattern is beyond us (look-around).
    pub(super) fn occurs_in(&self, text: &str) -> Option<bool> {
        let regex = self.compiled.get_or_init(|| Regex::new(&self.text).ok());
        regex.as_ref().map(|regex| regex.is_match(text))
    }
}
