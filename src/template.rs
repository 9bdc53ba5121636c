//! A CloudFormation template as a value, and the stack that it is for.

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use crate::diagnostic::Span;

/// A stack: its template, what must be there first, and where its parameters come from.
#[derive(Clone, Debug)]
pub struct Stack {
    /// Its short name, such as `network` or `catalog-07`.
    pub name: String,
    /// The short names of the stacks that must be there first.
    pub after: Vec<String>,
    /// The template.
    pub template: Template,
}

/// A CloudFormation template.
#[derive(Clone, Debug, Default)]
pub struct Template {
    /// What the stack is for, at most 1,024 bytes.
    pub description: String,
    /// The parameters by name.
    pub parameters: IndexMap<String, Parameter>,
    /// The resources by logical id.
    pub resources: IndexMap<String, Resource>,
    /// The outputs by name.
    pub outputs: IndexMap<String, Output>,
    /// Logical ids that two resources want, with what wants each; such a template is never written.
    pub clashes: Vec<(String, [Span; 2])>,
}

/// A parameter; apply fills it.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// CloudFormation's type, such as `List<AWS::EC2::Subnet::Id>`.
    pub kind: &'static str,
    /// What it is.
    pub description: String,
    /// Where its value comes from.
    pub from: From,
}

/// Where a parameter's value comes from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum From {
    /// An output of another stack.
    Output {
        /// The stack's short name.
        stack: String,
        /// The output.
        output: String,
    },
    /// The key of an asset in the artifact bucket.
    Asset {
        /// The asset's path below `out/<environment>/`.
        path: String,
    },
    /// The id of a prefix list of AWS; no attribute of any resource is it, so apply asks EC2 (`DescribeManagedPrefixLists`).
    PrefixList {
        /// Its name, such as `com.amazonaws.eu-central-1.s3`.
        name: String,
    },
    /// A value that the blueprint states.
    Value(String),
}

/// An output.
#[derive(Clone, Debug)]
pub struct Output {
    /// What it is.
    pub description: String,
    /// Its value.
    pub value: Value,
}

/// A resource.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Its type, such as `AWS::S3::Bucket`.
    pub kind: String,
    /// Its properties.
    pub properties: Value,
    /// Logical ids of resources that must be there first.
    pub depends_on: Vec<String>,
    /// Whether it outlives its stack and its replacement.
    pub retained: bool,
    /// The place of the blueprint that it comes from.
    pub origin: Span,
}

/// Types that hold something: that they go with their stack is written out, so that a reader sees it is meant.
const STATEFUL: [&str; 2] = ["AWS::KMS::Key", "AWS::Logs::LogGroup"];

impl Resource {
    /// Returns a resource of type `kind`.
    pub fn new(kind: &str, origin: Span, properties: Value) -> Self {
        Self { kind: kind.to_owned(), properties, depends_on: Vec::new(), retained: false, origin }
    }

    /// Lets it outlive its stack and its replacement: it holds data.
    #[must_use]
    pub fn retained(mut self) -> Self {
        self.retained = true;
        self
    }

    /// Orders it behind another resource that it has no reference to.
    #[must_use]
    pub fn after(mut self, logical_id: impl Into<String>) -> Self {
        self.depends_on.push(logical_id.into());
        self
    }

    /// Returns the resource as it stands in a template.
    pub fn into_json(self) -> Value {
        let mut json = Map::new();
        json.insert("Type".into(), self.kind.as_str().into());
        if !self.depends_on.is_empty() {
            json.insert("DependsOn".into(), self.depends_on.into());
        }
        if self.retained {
            json.insert("DeletionPolicy".into(), "Retain".into());
            json.insert("UpdateReplacePolicy".into(), "Retain".into());
        } else if STATEFUL.contains(&self.kind.as_str()) {
            json.insert("DeletionPolicy".into(), "Delete".into());
            json.insert("UpdateReplacePolicy".into(), "Delete".into());
        }
        json.insert("Properties".into(), self.properties);
        Value::Object(json)
    }
}

impl Template {
    /// Returns an empty template.
    pub fn new(description: impl Into<String>) -> Self {
        Self { description: description.into(), ..Self::default() }
    }

    /// Adds a resource; where its logical id is not new, that is kept as a clash.
    pub fn add(&mut self, logical_id: impl Into<String>, resource: Resource) {
        let logical_id = logical_id.into();
        let origin = resource.origin;
        if let Some(old) = self.resources.insert(logical_id.clone(), resource) {
            self.clashes.push((logical_id, [old.origin, origin]));
        }
    }

    /// Adds a parameter that is an output of another stack, and returns the reference to it.
    pub fn input(
        &mut self,
        stack: &str,
        output: &str,
        kind: &'static str,
        description: &str,
    ) -> Value {
        let from = From::Output { stack: stack.to_owned(), output: output.to_owned() };
        let parameter = Parameter { kind, description: description.to_owned(), from };
        self.parameters.insert(output.to_owned(), parameter);
        reference(output)
    }

    /// Adds a parameter that is the id of the prefix list `name`, and returns the reference to it.
    pub fn prefix_list(&mut self, parameter: &str, name: String, description: &str) -> Value {
        let from = From::PrefixList { name };
        let input = Parameter { kind: "String", description: description.to_owned(), from };
        self.parameters.insert(parameter.to_owned(), input);
        reference(parameter)
    }

    /// Adds an output.
    pub fn output(&mut self, name: &str, description: &str, value: Value) {
        self.outputs.insert(name.to_owned(), Output { description: description.to_owned(), value });
    }

    /// Returns the template as JSON, sections and keys in a fixed order.
    pub fn into_json(self) -> Value {
        let mut json = Map::new();
        json.insert("AWSTemplateFormatVersion".into(), "2010-09-09".into());
        json.insert("Description".into(), self.description.into());
        section(
            &mut json,
            "Parameters",
            self.parameters,
            |parameter| json!({"Type": parameter.kind, "Description": parameter.description}),
        );
        section(&mut json, "Resources", self.resources, Resource::into_json);
        section(
            &mut json,
            "Outputs",
            self.outputs,
            |output| json!({"Description": output.description, "Value": output.value}),
        );
        Value::Object(json)
    }
}

fn section<T>(
    json: &mut Map<String, Value>,
    name: &str,
    items: IndexMap<String, T>,
    into_json: impl Fn(T) -> Value,
) {
    if !items.is_empty() {
        let items = items.into_iter().map(|(key, item)| (key, into_json(item))).collect();
        json.insert(name.to_owned(), Value::Object(items));
    }
}

/// Returns `{"Ref": name}`.
pub fn reference(name: &str) -> Value {
    json!({"Ref": name})
}

/// Returns `{"Fn::GetAtt": "id.attribute"}`.
pub fn attribute(logical_id: &str, attribute: &str) -> Value {
    json!({"Fn::GetAtt": format!("{logical_id}.{attribute}")})
}

/// Returns a logical id made from words such as `lambda_launch_emr`: letters and digits only, each word capitalised. Where
/// that loses the difference between two names (`a_b` and `ab`), the caller's names are checked to stay apart.
pub fn logical_id(words: &str) -> String {
    let mut id = String::with_capacity(words.len());
    let mut capital = true;
    for c in words.chars() {
        if c.is_ascii_alphanumeric() {
            id.push(if capital { c.to_ascii_uppercase() } else { c });
            capital = false;
        } else {
            capital = true;
        }
    }
    id
}

/// Returns the tags as CloudFormation's list of keys and values.
pub fn tags(pipeline: &crate::model::Pipeline) -> Value {
    pipeline.tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect()
}

/// Makes a template one for JSON, which knows no `!GetAtt a.b`: there the function takes a list (CloudFormation user guide,
/// `Fn::GetAtt`).
pub fn with_lists(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if let Some(Value::String(text)) = map.get("Fn::GetAtt")
                && let Some((id, attribute)) = text.split_once('.')
            {
                let list = Value::from(vec![id, attribute]);
                map.insert("Fn::GetAtt".to_owned(), list);
            }
            map.values_mut().for_each(with_lists);
        }
        Value::Array(items) => items.iter_mut().for_each(with_lists),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logical_ids_have_letters_and_digits_only() {
        assert_eq!(logical_id("lambda_launch_emr"), "LambdaLaunchEmr");
        assert_eq!(logical_id("fact_db.sample-tx 2"), "FactDbSampleTx2");
    }
}
