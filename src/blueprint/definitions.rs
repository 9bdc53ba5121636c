//! The definitions of a JSON Schema: each record once as a whole, and once more as a part where parts differ.

use serde_json::{Map, Value, json};

use super::decode::Decode;

/// The definitions so far, and whether schemas are made for parts.
///
/// What an environment lays over the blueprint is a part: no key must be there, and `null` removes one.
#[derive(Debug, Default)]
pub struct Definitions {
    found: Map<String, Value>,
    part: bool,
}

/// One property of a record.
#[derive(Clone, Copy)]
pub struct Property {
    key: &'static str,
    about: &'static str,
    schema: fn(&mut Definitions) -> Value,
    required: bool,
}

impl Property {
    /// Describes the field `key` of type `T`.
    pub fn of<T: Decode>(key: &'static str, about: &'static str) -> Self {
        Self { key, about, schema: T::schema, required: T::absent().is_none() }
    }
}

impl Definitions {
    /// Returns the definitions by name.
    pub fn into_map(self) -> Map<String, Value> {
        self.found
    }

    /// Defines `name` and returns a reference to it.
    pub fn add(&mut self, name: &str, schema: Value) -> Value {
        self.found.entry(name).or_insert(schema);
        json!({"$ref": format!("#/$defs/{name}")})
    }

    /// Returns what `schema` makes for parts.
    pub fn part(&mut self, schema: impl FnOnce(&mut Self) -> Value) -> Value {
        self.switched(true, schema)
    }

    /// Returns what `schema` makes for wholes: the items of a list are never laid over others.
    pub fn whole(&mut self, schema: impl FnOnce(&mut Self) -> Value) -> Value {
        self.switched(false, schema)
    }

    fn switched(&mut self, part: bool, schema: impl FnOnce(&mut Self) -> Value) -> Value {
        let before = std::mem::replace(&mut self.part, part);
        let found = schema(self);
        self.part = before;
        found
    }

    /// Defines the record `name`; its part only where it differs from the whole.
    pub fn record(&mut self, name: &str, about: &str, properties: &[Property]) -> Value {
        let whole = self.whole(|definitions| definitions.object(about, properties));
        if self.part {
            let part = self.object(about, properties);
            if part != whole {
                return self.add(&format!("{name}Part"), part);
            }
        }
        self.add(name, whole)
    }

    /// Returns the schema of a mapping with `properties` and no others.
    pub fn object(&mut self, about: &str, properties: &[Property]) -> Value {
        let described = properties.iter().map(|property| {
            let mut schema = (property.schema)(self);
            if let Some(schema) = schema.as_object_mut() {
                schema.insert("description".to_owned(), property.about.trim().into());
            }
            (property.key.to_owned(), schema)
        });
        let described: Map<_, _> = described.collect();
        let mut schema = json!({
            "type": "object", "description": about.trim(),
            "additionalProperties": false, "properties": described,
        });
        let required: Vec<_> = properties.iter().filter(|p| p.required).map(|p| p.key).collect();
        if !self.part && !required.is_empty() {
            schema["required"] = json!(required);
        }
        schema
    }

    /// Returns the schema of a value or `null`.
    pub fn optional(&mut self, schema: Value) -> Value {
        match name_of(&schema) {
            Some(name) => {
                self.add(&format!("Optional{name}"), json!({"anyOf": [schema, {"type": "null"}]}))
            }
            None => schema,
        }
    }

    /// Returns the schema of a list; one item may stand without brackets.
    pub fn list(&mut self, item: &Value) -> Value {
        let name = format!("{}List", name_of(item).unwrap_or("Any"));
        let list = json!({"anyOf": [{"type": "array", "items": item}, item, {"type": "null"}]});
        self.add(&name, list)
    }

    /// Returns the schema of named items.
    pub fn named(&mut self, item: Value) -> Value {
        let item = if self.part { self.optional(item) } else { item };
        let name = format!("Named{}", name_of(&item).unwrap_or("Any"));
        let named = json!({"type": ["object", "null"], "additionalProperties": item});
        self.add(&name, named)
    }
}

fn name_of(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.strip_prefix("#/$defs/")
}
