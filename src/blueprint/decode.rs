//! Reads typed values from a YAML tree, every problem at its place and all of them at once, and describes the same
//! types as a JSON Schema. (serde stops at the first problem, and its values do not know where they stood.)

use indexmap::IndexMap;
use serde_json::{Value, json};

pub(crate) use super::declare::{choice, key, record};

use super::definitions::Definitions;
use crate::diagnostic::{Diagnostic, Problems, Span, listed, nearest};
use crate::yaml::{Content, Node};

/// A value that can be read from a node.
pub trait Decode: Sized {
    /// Reads the value, or adds the reasons why not.
    fn decode(node: &Node, problems: &mut Problems) -> Option<Self>;

    /// Returns the JSON Schema of the value; what has a name of its own is added to `definitions`.
    fn schema(definitions: &mut Definitions) -> Value;

    /// Returns what a key that is not written means; `None` when it must be written.
    fn absent() -> Option<Self> {
        None
    }

    /// Returns a value to go on with after the one at `span` was refused, so that the rest is checked too.
    fn placeholder(_span: Span) -> Option<Self> {
        Self::absent()
    }
}

/// A value as written, and where.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Its place.
    pub span: Span,
}

/// Named items in written order, each name with its place.
pub type Named<T> = IndexMap<String, Item<T>>;

/// One of the [`Named`] items.
#[derive(Clone, Debug)]
pub struct Item<T> {
    /// Where its name stands.
    pub span: Span,
    /// The item.
    pub value: T,
}

impl<T: Decode> Decode for Spanned<T> {
    fn decode(node: &Node, problems: &mut Problems) -> Option<Self> {
        Some(Self { value: T::decode(node, problems)?, span: node.span })
    }

    fn schema(definitions: &mut Definitions) -> Value {
        T::schema(definitions)
    }

    fn placeholder(span: Span) -> Option<Self> {
        Some(Self { value: T::placeholder(span)?, span })
    }
}

impl<T: Decode> Decode for Option<T> {
    fn decode(node: &Node, problems: &mut Problems) -> Option<Self> {
        if node.is_null() { Some(None) } else { T::decode(node, problems).map(Some) }
    }

    fn schema(definitions: &mut Definitions) -> Value {
        let schema = T::schema(definitions);
        definitions.optional(schema)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(node: &Node, problems: &mut Problems) -> Option<Self> {
        match &node.content {
            Content::Sequence(nodes) => {
                Some(nodes.iter().filter_map(|item| T::decode(item, problems)).collect())
            }
            _ if node.is_null() => Some(Self::new()),
            Content::Scalar { .. } => Some(T::decode(node, problems).into_iter().collect()),
            Content::Mapping(_) => wrong(node, "a list", A_LIST, problems),
        }
    }

    fn schema(definitions: &mut Definitions) -> Value {
        let item = definitions.whole(T::schema);
        definitions.list(&item)
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }
}

impl<T: Decode> Decode for Named<T> {
    fn decode(node: &Node, problems: &mut Problems) -> Option<Self> {
        let Content::Mapping(entries) = &node.content else {
            if node.is_null() {
                return Some(Self::new());
            }
            problems.leave_out_section();
            return wrong(
                node,
                "a mapping",
                "write `name: …` for each, one below the other",
                problems,
            );
        };
        let mut items = Self::new();
        for entry in entries {
            match T::decode(&entry.value, problems) {
                Some(value) => {
                    items.insert(entry.key.clone(), Item { span: entry.span, value });
                }
                None => problems.leave_out_item(&entry.key, entry.span),
            }
        }
        Some(items)
    }

    fn schema(definitions: &mut Definitions) -> Value {
        let item = T::schema(definitions);
        definitions.named(item)
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }
}

impl Decode for String {
    fn decode(node: &Node, problems: &mut Problems) -> Option<Self> {
        match &node.content {
            Content::Scalar { text, .. } if !node.is_null() => Some(text.clone()),
            _ => wrong(
                node,
                "text",
                "write one value; in quotes, if it is empty or has `: ` or ` #` in it",
                problems,
            ),
        }
    }

    fn schema(definitions: &mut Definitions) -> Value {
        definitions.add("Text", json!({"type": ["string", "number", "boolean"]}))
    }

    fn placeholder(_span: Span) -> Option<Self> {
        Some(Self::new())
    }
}

impl Decode for bool {
    fn decode(node: &Node, problems: &mut Problems) -> Option<Self> {
        match &node.content {
            Content::Scalar { text, plain: true } if text == "true" => Some(true),
            Content::Scalar { text, plain: true } if text == "false" => Some(false),
            _ => wrong(
                node,
                "`true` or `false`",
                "write `true` or `false`, without quotes",
                problems,
            ),
        }
    }

    fn schema(definitions: &mut Definitions) -> Value {
        definitions.add("Flag", json!({"type": "boolean"}))
    }
}

impl Decode for u32 {
    fn decode(node: &Node, problems: &mut Problems) -> Option<Self> {
        let number = match &node.content {
            Content::Scalar { text, plain: true } => text.parse().ok(),
            _ => None,
        };
        let help = "write digits only, without quotes; 4294967295 is the most";
        number.or_else(|| wrong(node, "a whole number, 0 or more", help, problems))
    }

    fn schema(definitions: &mut Definitions) -> Value {
        definitions.add("Count", json!({"type": "integer", "minimum": 0, "maximum": u32::MAX}))
    }

    fn placeholder(_span: Span) -> Option<Self> {
        Some(0)
    }
}

/// Any YAML, kept as written.
impl Decode for Node {
    fn decode(node: &Node, _: &mut Problems) -> Option<Self> {
        Some(node.clone())
    }

    fn schema(_: &mut Definitions) -> Value {
        json!({})
    }
}

const A_LIST: &str = "write `[a, b]`, or one line `- a` for each";

/// Adds that `expected` should stand at `node`, with what to do, and returns nothing.
pub fn wrong<T>(node: &Node, expected: &str, help: &str, problems: &mut Problems) -> Option<T> {
    let found = match &node.content {
        Content::Scalar { text, plain: true } if !node.is_null() => {
            format!("`{}`", shortened(text))
        }
        Content::Scalar { text, .. } if !node.is_null() => {
            format!("the text `{}`", shortened(text))
        }
        _ => node.kind().to_owned(),
    };
    let problem =
        Diagnostic::error("wrong-type", node.span, format!("expected {expected}, found {found}"));
    problems.add(problem.help(help));
    None
}

fn shortened(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() <= 60 && line.len() == text.len() {
        line.to_owned()
    } else {
        line.chars().take(59).collect::<String>() + "…"
    }
}

/// Returns the entries of a mapping after telling which of its keys are not in `known`.
pub fn fields<'a>(
    node: &'a Node,
    what: &str,
    known: &[&str],
    problems: &mut Problems,
) -> Option<&'a [crate::yaml::Entry]> {
    let Content::Mapping(entries) = &node.content else {
        let help =
            format!("write `key: value` pairs; the keys are {}", listed(known.iter().copied()));
        return wrong(node, &format!("the keys of {what}"), &help, problems);
    };
    for entry in entries.iter().filter(|entry| !known.contains(&entry.key.as_str())) {
        let problem = Diagnostic::error(
            "unknown-key",
            entry.span,
            format!("unknown key `{}` in {what}", entry.key),
        );
        problems.add(problem.suggest(&entry.key, known.iter().copied()));
        problems.leave_out(node.span);
    }
    Some(entries)
}

/// Reads one field; a missing one is told at the mapping that should have it, with what the field is about, unless it is
/// there misspelt.
pub fn field<T: Decode>(
    node: &Node,
    what: &str,
    (key, about): (&str, &str),
    problems: &mut Problems,
) -> Option<T> {
    match (node.get(key), T::absent()) {
        (None, Some(value)) => Some(value),
        (Some(value), Some(absent)) if value.is_null() => Some(absent),
        (Some(value), _) => T::decode(value, problems).or_else(|| {
            problems.leave_out(value.span);
            T::placeholder(value.span)
        }),
        (None, None) if is_misspelt(node, key, problems) => {
            problems.leave_out(node.span);
            T::placeholder(node.span)
        }
        (None, None) => {
            let problem = Diagnostic::error(
                "missing-key",
                node.span,
                format!("{what} lacks the key `{key}`"),
            );
            let about = about.trim().trim_end_matches('.');
            problems
                .add_missing_key(problem.help(format!("add `{key}: …`, {}", uncapitalized(about))));
            T::placeholder(node.span)
        }
    }
}

/// Tells whether a key that is not known was told already, and is almost this one.
fn is_misspelt(node: &Node, key: &str, problems: &Problems) -> bool {
    let Content::Mapping(entries) = &node.content else { return false };
    entries.iter().any(|entry| {
        problems.has("unknown-key", entry.span) && nearest(&entry.key, [key]).is_some()
    })
}

/// Returns a sentence as the second half of another; abbreviations stay as they are.
fn uncapitalized(text: &str) -> String {
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(first), Some(second)) if second.is_lowercase() => {
            first.to_lowercase().chain(text.chars().skip(1)).collect()
        }
        _ => text.to_owned(),
    }
}
