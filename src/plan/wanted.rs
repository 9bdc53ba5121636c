//! What a synth wants to be deployed: the manifest, read, with the templates that it names.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::diagnostic::FileId;
use crate::hash::sha256;
use crate::manifest::FORMAT;
use crate::synth::File;
use crate::template::with_lists;
use crate::yaml;

/// Where the manifest is below `out/<environment>/`.
const MANIFEST: &str = "manifest.json";

/// All that is wanted in an environment.
#[derive(Clone, Debug, Deserialize)]
pub struct Wanted {
    /// The form of the manifest.
    format: u32,
    /// The pipeline's name.
    pub pipeline: String,
    /// The environment.
    pub environment: String,
    /// The account in which it stands.
    pub account: String,
    /// The region in which it stands.
    pub region: String,
    /// The bucket with the data.
    pub workarea_bucket: String,
    /// The bucket with code and templates.
    pub artifact_bucket: String,
    /// Tags of every stack.
    pub tags: BTreeMap<String, String>,
    /// The role that CI deploys with.
    pub deployer_role: String,
    /// The role that CloudFormation executes with.
    pub execution_role: String,
    /// The stack that an administrator deploys before the others, when the blueprint has it.
    pub bootstrap: Option<Stack>,
    /// The other stacks in the order of their deployment.
    pub stacks: Vec<Stack>,
    /// What goes to buckets.
    pub assets: Vec<Asset>,
}

/// A stack that is wanted.
#[derive(Clone, Debug, Deserialize)]
pub struct Stack {
    /// Its short name.
    pub name: String,
    /// Its name in CloudFormation.
    pub stack_name: String,
    /// The path of its template.
    pub template: String,
    /// The SHA-256 of its template.
    pub sha256: String,
    /// Whether it holds data.
    pub protected: bool,
    /// The short names of the stacks that must be there first.
    pub after: Vec<String>,
    /// Its parameters.
    pub parameters: BTreeMap<String, Source>,
    /// The text of its template.
    #[serde(skip)]
    pub body: String,
}

/// Where a parameter's value comes from.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// An output of another stack, such as `network.PrivateSubnetIds`.
    Output(String),
    /// The key of an asset, by its path.
    Asset(String),
    /// The id of AWS's prefix list of that name.
    PrefixList(String),
    /// This value.
    Value(String),
}

/// An object that is wanted in a bucket.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
pub struct Asset {
    /// Its path below `out/<environment>/`.
    pub path: String,
    /// `artifacts` or `workarea`.
    pub bucket: String,
    /// Its key.
    pub key: String,
    /// Its SHA-256, before bindings are filled in.
    pub sha256: String,
    /// The outputs that are filled in, such as `network.PrivateSubnetIds`.
    #[serde(default)]
    pub bindings: Vec<String>,
}

/// Why the files of a synth cannot be deployed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Unusable {
    /// There is no manifest, or it is no manifest.
    Manifest(String),
    /// The manifest has a form that this version does not know.
    Format(u32),
    /// A template is not there, or is not the one that the manifest means.
    Template(String),
}

impl std::fmt::Display for Unusable {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Self::Manifest(why) => write!(f, "the manifest cannot be read: {why}"),
            Self::Format(format) => {
                write!(f, "the manifest has format {format}, and this version knows {FORMAT}")
            }
            Self::Template(path) => write!(f, "`{path}` is not the template that was synthesised"),
        }
    }
}

impl std::error::Error for Unusable {}

/// The most bytes of a template inside a request (CloudFormation quotas, "Template body size in a request").
pub const INLINE_BYTES: usize = 51_200;

/// Returns the template of the bootstrap stack as it is sent: where it is too long for a request it goes without white space,
/// since the bucket through which longer ones go is made by it.
fn compact(body: String) -> String {
    if body.len() <= INLINE_BYTES {
        return body;
    }
    let tree = yaml::read(&body, FileId::default());
    tree.map_or(body, |tree| {
        let mut template = tree.to_json();
        with_lists(&mut template);
        template.to_string()
    })
}

impl Wanted {
    /// Reads the files of a synth.
    ///
    /// # Errors
    /// The manifest or a template is missing or not what it should be.
    pub fn read(files: &[File]) -> Result<Self, Unusable> {
        let bytes = |path: &str| files.iter().find(|file| file.path == path).map(|f| &f.bytes);
        let manifest = bytes(MANIFEST).ok_or_else(|| Unusable::Manifest("it is missing".into()))?;
        let mut wanted: Self = serde_json::from_slice(manifest)
            .map_err(|error| Unusable::Manifest(error.to_string()))?;
        if wanted.format != FORMAT {
            return Err(Unusable::Format(wanted.format));
        }
        for stack in wanted.stacks.iter_mut().chain(&mut wanted.bootstrap) {
            let body = bytes(&stack.template).filter(|bytes| sha256(bytes) == stack.sha256);
            let body = body.and_then(|bytes| String::from_utf8(bytes.clone()).ok());
            stack.body = body.ok_or_else(|| Unusable::Template(stack.template.clone()))?;
        }
        if let Some(bootstrap) = &mut wanted.bootstrap {
            bootstrap.body = compact(std::mem::take(&mut bootstrap.body));
        }
        Ok(wanted)
    }

    /// Returns the stack of that short name.
    pub fn stack(&self, name: &str) -> Option<&Stack> {
        self.stacks.iter().chain(&self.bootstrap).find(|stack| stack.name == name)
    }

    /// Returns the command that deploys a stack.
    pub fn deploy(&self, stack: &Stack) -> String {
        let is_bootstrap = self.bootstrap.as_ref().is_some_and(|own| own.name == stack.name);
        let command = if is_bootstrap { "bootstrap" } else { "apply" };
        format!("gen {command} --env {}", self.environment)
    }

    /// Returns the key of the asset at `path`.
    pub fn key(&self, path: &str) -> Option<&str> {
        self.assets.iter().find(|asset| asset.path == path).map(|asset| asset.key.as_str())
    }
}

impl Stack {
    /// Returns the short names of the stacks whose outputs it takes.
    pub fn takes_from(&self) -> impl Iterator<Item = &str> {
        self.parameters.values().filter_map(|source| match source {
            Source::Output(output) => output.split_once('.').map(|(stack, _)| stack),
            Source::Asset(_) | Source::PrefixList(_) | Source::Value(_) => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_template_goes_as_json_with_lists() {
        let padding = format!("# {}\n", "x".repeat(INLINE_BYTES));
        let body = format!("{padding}Outputs:\n  A:\n    Value: !GetAtt Role.Arn\n");
        assert_eq!(compact(body), r#"{"Outputs":{"A":{"Value":{"Fn::GetAtt":["Role","Arn"]}}}}"#);
        assert_eq!(compact("A: 1\n".to_owned()), "A: 1\n");
    }
}
