//! A policy document, read once and asked often.

use serde_json::{Map, Value};

use super::condition::Condition;
use super::pattern::{Pattern, Syntax};
use super::principal::Principals;
use super::statement::{Effect, Names, Statement};

/// How a string of the document is read; templates hold functions in place of some.
pub(super) type Text<'a> = &'a dyn Fn(&Value) -> Option<String>;

/// A policy.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Policy {
    /// What people call it.
    pub name: String,
    /// Its statements in written order.
    pub statements: Vec<Statement>,
}

/// What keeps a document from being a policy.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Malformed {
    /// The statement, counted from 0; none where the document has none.
    pub statement: Option<usize>,
    /// What is wrong with it.
    pub what: String,
}

impl Policy {
    /// Reads a document.
    pub fn parse(name: impl Into<String>, document: &Value) -> Result<Self, Malformed> {
        Self::parse_with(name, document, &literal)
    }

    /// Tells whether a statement allows `action`, in lower case, on `resource` in some context.
    pub(super) fn might_allow(&self, action: &str, resource: &str) -> bool {
        let mut allowing = self.statements.iter().filter(|one| one.effect == Effect::Allow);
        allowing.any(|one| one.might_speak_of(action, resource))
    }

    /// Reads a document in which `text` tells what stands for a string.
    pub fn parse_with(
        name: impl Into<String>,
        document: &Value,
        text: &dyn Fn(&Value) -> Option<String>,
    ) -> Result<Self, Malformed> {
        let missing = || Malformed { statement: None, what: "there is no `Statement`".to_owned() };
        let statements = match document.get("Statement").ok_or_else(missing)? {
            Value::Array(statements) => statements.as_slice(),
            one => std::slice::from_ref(one),
        };
        let variables = document["Version"] == "2012-10-17";
        let parsed = statements.iter().enumerate().map(|(index, json)| {
            let reader = Reader { text, variables };
            let object = json.as_object().ok_or_else(|| "a statement is an object".to_owned());
            let statement = object.and_then(|object| reader.statement(index, object));
            statement.map_err(|what| Malformed { statement: Some(index), what })
        });
        Ok(Self { name: name.into(), statements: parsed.collect::<Result<_, _>>()? })
    }
}

fn literal(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Returns the strings of an element that is one or a list of them.
pub(super) fn texts(value: &Value, text: Text) -> Option<Vec<String>> {
    match value {
        Value::Array(items) => items.iter().map(text).collect(),
        one => Some(vec![text(one)?]),
    }
}

struct Reader<'a> {
    text: Text<'a>,
    variables: bool,
}

impl Reader<'_> {
    fn statement(&self, index: usize, json: &Map<String, Value>) -> Result<Statement, String> {
        let effect = match json.get("Effect").and_then(Value::as_str) {
            Some("Allow") => Effect::Allow,
            Some("Deny") => Effect::Deny,
            _ => return Err("`Effect` is neither `Allow` nor `Deny`".to_owned()),
        };
        let actions = self.names(json, "Action", "NotAction", str::to_ascii_lowercase)?;
        let resources = self.names(json, "Resource", "NotResource", str::to_owned)?;
        Ok(Statement {
            sid: json.get("Sid").and_then(Value::as_str).map(str::to_owned),
            index,
            effect,
            principals: self.principals(json)?,
            actions: actions.ok_or("there is neither `Action` nor `NotAction`")?,
            resources,
            conditions: self.conditions(json.get("Condition"))?,
        })
    }

    fn names(
        &self,
        json: &Map<String, Value>,
        named: &str,
        excluded: &str,
        form: impl Fn(&str) -> String,
    ) -> Result<Option<Names>, String> {
        let (key, excluded) = match (json.contains_key(named), json.contains_key(excluded)) {
            (true, true) => return Err(format!("`{named}` and `{excluded}` exclude each other")),
            (true, false) => (named, false),
            (false, true) => (excluded, true),
            (false, false) => return Ok(None),
        };
        let texts = self.texts(key, &json[key])?;
        let syntax = Syntax { wildcards: true, variables: self.variables };
        let patterns = texts.iter().map(|text| Pattern::read(&form(text), syntax)).collect();
        Ok(Some(Names { excluded, patterns }))
    }

    fn principals(&self, json: &Map<String, Value>) -> Result<Option<Principals>, String> {
        let (key, excluded) =
            match (json.contains_key("Principal"), json.contains_key("NotPrincipal")) {
                (false, false) => return Ok(None),
                (true, _) => ("Principal", false),
                (false, true) => ("NotPrincipal", true),
            };
        let read = Principals::read(&json[key], excluded, self.text);
        read.map(Some).ok_or_else(|| format!("`{key}` is not text"))
    }

    fn conditions(&self, json: Option<&Value>) -> Result<Vec<Condition>, String> {
        let operators = json.and_then(Value::as_object).into_iter().flatten();
        let mut conditions = Vec::new();
        for (operator, keys) in operators {
            let keys = keys.as_object().ok_or_else(|| format!("`{operator}` has no keys"))?;
            for (key, values) in keys {
                let values = self.texts(key, values)?;
                let condition = Condition::read(operator, key, &values, self.variables);
                conditions.push(
                    condition.ok_or_else(|| format!("unknown condition operator `{operator}`"))?,
                );
            }
        }
        Ok(conditions)
    }

    fn texts(&self, key: &str, value: &Value) -> Result<Vec<String>, String> {
        texts(value, self.text).ok_or_else(|| format!("`{key}` is not text"))
    }
}
