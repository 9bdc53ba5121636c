//! A YAML document with the place of every node.

use serde_json::{Map, Number, Value};

use crate::diagnostic::Span;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where it stands; for a mapping or sequence, its first line.
    pub span: Span,
    /// What it holds.
    pub content: Content,
}

/// What a node holds. Scalars stay text: whether `012345678901` is a number is for the reader of the key to say.
#[derive(Clone, Debug)]
pub enum Content {
    /// A scalar, and whether it was written without quotes.
    Scalar {
        /// The text, unquoted.
        text: String,
        /// Written without quotes, so it may mean null, a boolean or a number.
        plain: bool,
    },
    /// A list.
    Sequence(Vec<Node>),
    /// Keys in written order, each once.
    Mapping(Vec<Entry>),
}

/// One key of a mapping, with its value.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub span: Span,
    /// The value.
    pub value: Node,
}

impl Node {
    /// Tells whether the node is empty: nothing, `~` or `null` without quotes.
    pub fn is_null(&self) -> bool {
        matches!(&self.content, Content::Scalar { text, plain: true } if matches!(text.as_str(), "" | "~" | "null"))
    }

    /// Returns the value of `key`, when this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match &self.content {
            Content::Mapping(entries) => entries.iter().find(|e| e.key == key).map(|e| &e.value),
            Content::Scalar { .. } | Content::Sequence(_) => None,
        }
    }

    /// Returns what a token of a JSON pointer leads to: a key's value or an item of a list.
    pub fn child(&self, token: &str) -> Option<&Self> {
        match &self.content {
            Content::Sequence(nodes) => nodes.get(token.parse::<usize>().ok()?),
            Content::Mapping(_) => self.get(token),
            Content::Scalar { .. } => None,
        }
    }

    /// Says what the node is, for messages: `a list`, `a mapping`, `text`…
    pub fn kind(&self) -> &'static str {
        match &self.content {
            _ if self.is_null() => "nothing",
            Content::Scalar { .. } => "a single value",
            Content::Sequence(_) => "a list",
            Content::Mapping(_) => "a mapping",
        }
    }

    /// Returns the node as JSON, plain scalars read by YAML's core rules.
    pub fn to_json(&self) -> Value {
        match &self.content {
            Content::Scalar { text, plain: true } => plain_scalar(text),
            Content::Scalar { text, plain: false } => Value::String(text.clone()),
            Content::Sequence(nodes) => nodes.iter().map(Self::to_json).collect(),
            Content::Mapping(entries) => Value::Object(
                entries.iter().map(|e| (e.key.clone(), e.value.to_json())).collect::<Map<_, _>>(),
            ),
        }
    }
}

fn plain_scalar(text: &str) -> Value {
    match text {
        "" | "~" | "null" => return Value::Null,
        "true" => return Value::Bool(true),
        "false" => return Value::Bool(false),
        _ => {}
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_number = digits.starts_with(|c: char| c.is_ascii_digit())
        && (!digits.starts_with('0') || digits.len() == 1 || digits.starts_with("0."));
    let number = if is_number { text.parse::<Number>().ok() } else { None };
    number.map_or_else(|| Value::String(text.to_owned()), Value::Number)
}
