//! What a schema asks of one value: the part of JSON Schema that the registry uses.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::ResourceType;
use super::pattern::Pattern;

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Shape {
    #[serde(rename = "$ref")]
    pub(super) reference: Option<&'static str>,
    #[serde(rename = "type")]
    pub(super) kinds: Vec<Kind>,
    pub(super) properties: BTreeMap<&'static str, Box<Shape>>,
    pub(super) definitions: BTreeMap<&'static str, Definition>,
    pub(super) pattern_properties: Vec<(Pattern, Shape)>,
    pub(super) additional_properties: Option<bool>,
    pub(super) required: Vec<&'static str>,
    pub(super) required_or: Vec<&'static str>,
    pub(super) required_xor: Vec<&'static str>,
    pub(super) dependent_required: BTreeMap<&'static str, Vec<&'static str>>,
    pub(super) dependent_excluded: BTreeMap<&'static str, Vec<&'static str>>,
    pub(super) min_properties: Option<usize>,
    pub(super) max_properties: Option<usize>,
    pub(super) items: Option<Box<Shape>>,
    pub(super) min_items: Option<usize>,
    pub(super) max_items: Option<usize>,
    pub(super) unique_items: bool,
    pub(super) insertion_order: Option<bool>,
    #[serde(rename = "enum")]
    pub(super) values: Vec<Choice>,
    pub(super) enum_case_insensitive: Vec<Choice>,
    #[serde(rename = "const")]
    pub(super) constant: Option<Choice>,
    pub(super) pattern: Option<Pattern>,
    pub(super) min_length: Option<usize>,
    pub(super) max_length: Option<usize>,
    pub(super) minimum: Option<f64>,
    pub(super) maximum: Option<f64>,
    pub(super) all_of: Vec<Shape>,
    pub(super) any_of: Vec<Shape>,
    pub(super) one_of: Vec<Shape>,
}

/// A shape that other shapes refer to: read when the first of them is used.
#[derive(Debug, Deserialize)]
#[serde(from = "&'static RawValue", bound(deserialize = "'de: 'static"))]
pub(super) struct Definition {
    text: &'static RawValue,
    shape: OnceLock<Box<Shape>>,
}

impl From<&'static RawValue> for Definition {
    fn from(text: &'static RawValue) -> Self {
        Self { text, shape: OnceLock::new() }
    }
}

impl Definition {
    pub(super) fn shape(&self) -> &Shape {
        let parse = || serde_json::from_str(self.text.get()).expect("a test parses every one");
        self.shape.get_or_init(parse)
    }
}

/// A value that a property may have, as text.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Choice {
    Text(#[serde(borrow)] Cow<'static, str>),
    Other(Value),
}

impl Choice {
    pub(super) fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Other(value) => Cow::Owned(value.to_string()),
        }
    }
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Object,
    Array,
    String,
    Number,
    Integer,
    Boolean,
    Null,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Object => "an object",
            Self::Array => "an array",
            Self::String => "a string",
            Self::Number => "a number",
            Self::Integer => "a whole number",
            Self::Boolean => "a boolean",
            Self::Null => "null",
        }
    }

    pub(super) fn of(value: &Value) -> Self {
        match value {
            Value::Object(_) => Self::Object,
            Value::Array(_) => Self::Array,
            Value::String(_) => Self::String,
            Value::Number(_) => Self::Number,
            Value::Bool(_) => Self::Boolean,
            Value::Null => Self::Null,
        }
    }

    /// Whether CloudFormation takes the value for this kind: it converts between scalars and
    /// strings.
    pub(super) fn accepts(self, value: &Value) -> bool {
        match (self, value) {
            (Self::String, Value::Number(_) | Value::Bool(_)) => true,
            (Self::Integer, Value::Number(number)) => number.as_f64().is_some_and(is_whole),
            (Self::Integer, Value::String(text)) => text.trim().parse().is_ok_and(is_whole),
            (Self::Number, Value::String(text)) => text.trim().parse::<f64>().is_ok(),
            (Self::Boolean, Value::String(text)) => {
                matches!(text.as_str(), "true" | "True" | "false" | "False")
            }
            _ => self == Self::of(value),
        }
    }
}

fn is_whole(number: f64) -> bool {
    number.fract() == 0.0
}

/// How many references and alternatives may follow each other without reaching a value.
const HOPS: usize = 32;

impl ResourceType {
    /// The definition that a reference names.
    pub(super) fn resolve(&self, reference: &str) -> Option<&Shape> {
        if let Some(name) = reference.strip_prefix("#/definitions/") {
            return self.schema.definitions.get(name).map(Definition::shape);
        }
        self.schema.properties.get(reference.strip_prefix("#/properties/")?).map(Box::as_ref)
    }

    /// The shape of the array at a pointer, or else of any value there.
    pub(super) fn shape_at(&self, pointer: &str) -> Option<&Shape> {
        let mut shape = &self.schema;
        for key in pointer.split('/').skip(1) {
            shape = self.child(shape, &key.replace("~1", "/").replace("~0", "~"), HOPS)?;
        }
        self.target(shape)
    }

    /// Follows references until something else is said.
    fn target<'a>(&'a self, mut shape: &'a Shape) -> Option<&'a Shape> {
        for _ in 0..HOPS {
            match shape.reference {
                Some(reference) if shape.insertion_order.is_none() => {
                    shape = self.resolve(reference)?;
                }
                _ => return Some(shape),
            }
        }
        None
    }

    /// The shape of one member or item, in whatever alternative it is found.
    fn child<'a>(&'a self, shape: &'a Shape, key: &str, hops: usize) -> Option<&'a Shape> {
        let hops = hops.checked_sub(1)?;
        let named = shape.properties.get(key).map(Box::as_ref).or_else(|| {
            let pairs = shape.pattern_properties.iter();
            pairs.filter(|(name, _)| name.occurs_in(key) != Some(false)).map(|(_, s)| s).next()
        });
        let item = || shape.items.as_deref().filter(|_| key.parse::<usize>().is_ok());
        let target = shape.reference.and_then(|reference| self.resolve(reference));
        let alternatives = [&shape.all_of, &shape.any_of, &shape.one_of].into_iter().flatten();
        named.or_else(item).or_else(|| {
            target.into_iter().chain(alternatives).find_map(|other| self.child(other, key, hops))
        })
    }
}

#[cfg(test)]
impl Shape {
    /// How many patterns of this shape and all below do not compile, and how many there are.
    pub(super) fn patterns(&self) -> (usize, usize) {
        let properties = self.properties.values().map(Box::as_ref);
        let children = properties.chain(self.definitions.values().map(Definition::shape));
        let pairs = self.pattern_properties.iter().map(|(_, shape)| shape);
        let parts = [&self.all_of, &self.any_of, &self.one_of].into_iter().flatten();
        let below = children.chain(pairs).chain(parts).chain(self.items.as_deref());
        let keys = self.pattern_properties.iter().map(|(pattern, _)| pattern);
        let own = keys.chain(&self.pattern).fold((0, 0), |(skipped, all), pattern| {
            (skipped + usize::from(pattern.occurs_in("").is_none()), all + 1)
        });
        below
            .map(Self::patterns)
            .fold(own, |(skipped, all), (more_skipped, more)| (skipped + more_skipped, all + more))
    }
}
