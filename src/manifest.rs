//! `manifest.json`: what `apply` needs to know beside the files: order, parameters, assets.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::model::{ExtraStack, Pipeline};
use crate::template::{From, Parameter, Stack};

/// The form of the manifest; `apply` refuses others.
pub const FORMAT: u32 = 1;

/// A stack as the manifest lists it, without its resources.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The stack, its template emptied.
    pub name: String,
    /// The stacks that must be there first.
    pub after: Vec<String>,
    /// Its parameters and where they come from.
    pub parameters: Map<String, Value>,
    /// The template's path below the folder.
    pub template: String,
    /// The SHA-256 of the template.
    pub sha256: String,
    /// Whether the stack holds data and is protected from termination.
    pub protected: bool,
}

impl Entry {
    /// Describes a stack whose template is not yet rendered.
    pub fn new(stack: &Stack) -> Self {
        let parameters = stack.template.parameters.iter();
        Self {
            name: stack.name.clone(),
            after: stack.after.clone(),
            parameters: parameters
                .map(|(name, parameter)| (name.clone(), source(parameter)))
                .collect(),
            template: String::new(),
            sha256: String::new(),
            protected: stack.template.resources.values().any(|resource| resource.retained),
        }
    }

    /// Says that the template was rendered to `bytes` at `path`.
    pub fn rendered(&mut self, path: &str, bytes: &[u8]) {
        path.clone_into(&mut self.template);
        self.sha256 = crate::hash::sha256(bytes);
    }

    /// Describes a stack written by hand.
    pub fn of_extra(extra: &ExtraStack, template: &str, bytes: &[u8]) -> Self {
        let source = |value: &str| match extra.output_of(value) {
            Some((stack, output)) => json!({"output": format!("{stack}.{output}")}),
            None => json!({"value": value}),
        };
        let parameters = extra.parameters.iter();
        Self {
            name: extra.name.to_string(),
            after: extra.after.iter().map(|(stack, _)| stack.clone()).collect(),
            parameters: parameters
                .map(|(name, (value, _))| (name.clone(), source(value)))
                .collect(),
            template: template.to_owned(),
            sha256: crate::hash::sha256(bytes),
            protected: false,
        }
    }

    fn to_json(&self, stack_name: &str) -> Value {
        json!({
            "name": self.name,
            "stack_name": stack_name,
            "template": self.template,
            "sha256": self.sha256,
            "protected": self.protected,
            "after": self.after,
            "parameters": self.parameters,
        })
    }
}

fn source(parameter: &Parameter) -> Value {
    match &parameter.from {
        From::Output { stack, output } => json!({"output": format!("{stack}.{output}")}),
        From::Asset { path } => json!({"asset": path}),
        From::PrefixList { name } => json!({"prefix_list": name}),
        From::Value(value) => json!({"value": value}),
    }
}

/// An object that goes to a bucket.
#[derive(Clone, Debug, Serialize)]
pub struct Asset {
    /// Its path below the folder.
    pub path: String,
    /// `artifacts` or `workarea`.
    pub bucket: &'static str,
    /// Its key there.
    pub key: String,
    /// Its SHA-256, before bindings are filled in.
    pub sha256: String,
    /// What is filled in by `apply`, such as `network.PrivateSubnetIds`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bindings: Vec<String>,
    /// The files in an archive by path, each with the start of its SHA-256.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub sources: BTreeMap<String, String>,
}

/// The stacks that the manifest lists.
#[derive(Clone, Copy, Debug)]
pub struct Stacks<'a> {
    /// The one that an administrator deploys before all others.
    pub bootstrap: Option<&'a Entry>,
    /// The others in the order of their deployment.
    pub stacks: &'a [Entry],
}

/// Returns the manifest of an environment; `files` are all paths below the folder, this one included.
pub fn manifest(
    pipeline: &Pipeline,
    Stacks { bootstrap, stacks }: &Stacks,
    assets: &[Asset],
    files: &[String],
) -> String {
    let place = &pipeline.environment;
    let named = |stack: &Entry| stack.to_json(&pipeline.stack_name(&stack.name));
    let head = json!({
        "format": FORMAT,
        "pipeline": pipeline.name.as_str(),
        "environment": place.name,
        "account": place.account,
        "region": place.region,
        "workarea_bucket": pipeline.workarea.bucket.as_str(),
        "artifact_bucket": pipeline.artifact_bucket(),
        "tags": pipeline.tags,
        "deployer_role": pipeline.deployer_role_arn(),
        "execution_role": pipeline.execution_role_arn(),
        "bootstrap": bootstrap.map(|stack| stack.to_json(&pipeline.bootstrap_stack())),
        "stacks": stacks.iter().map(named).collect::<Vec<_>>(),
    });
    let whole = Manifest { head, assets, files };
    serde_json::to_string_pretty(&whole).expect("texts and lists are JSON") + "\n"
}

/// Thousands of assets and files are written from where they are.
#[derive(Serialize)]
struct Manifest<'a> {
    #[serde(flatten)]
    head: Value,
    assets: &'a [Asset],
    files: &'a [String],
}
