//! What stands for a value that exists only after creation: well-formed, and the same wherever the same thing is meant.

use std::cell::OnceCell;

use serde_json::Value;

use crate::model::{Network, Pipeline, S3Endpoint};

use super::name::{Names, Who};

/// Reads the strings of a template.
pub(super) struct Symbols<'a> {
    pub(super) pipeline: &'a Pipeline,
    template: &'a Value,
    /// Made for the first role; most templates have none.
    roles: OnceCell<Names>,
}

/// Returns the id of the pipeline's VPC.
pub(super) fn vpc(pipeline: &Pipeline) -> String {
    match &pipeline.network {
        Network::New { .. } => "vpc-of-the-pipeline".to_owned(),
        Network::Existing(vpc) => vpc.vpc_id.clone(),
    }
}

/// Returns the id of the pipeline's S3 endpoint.
pub(super) fn s3_endpoint(pipeline: &Pipeline) -> String {
    match &pipeline.network {
        Network::Existing(vpc) => match &vpc.s3 {
            S3Endpoint::Existing(id) => id.clone(),
            S3Endpoint::New(_) => "vpce-of-the-pipeline".to_owned(),
        },
        Network::New { .. } => "vpce-of-the-pipeline".to_owned(),
    }
}

/// Returns the ARN of the pipeline's own key.
pub(super) fn key(pipeline: &Pipeline) -> String {
    pipeline.arn("kms", "key/of-the-pipeline")
}

impl<'a> Symbols<'a> {
    pub(super) fn new(pipeline: &'a Pipeline, template: &'a Value) -> Self {
        Self { pipeline, template, roles: OnceCell::new() }
    }

    /// Returns whose the role of that name is.
    pub(super) fn who(&self, role: &str) -> Who {
        self.roles.get_or_init(|| Names::of(self.pipeline)).who(role)
    }

    /// Returns the text of a string, or of a function in its place.
    pub(super) fn text(&self, value: &Value) -> Option<String> {
        match value {
            Value::String(text) => Some(text.clone()),
            Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
            Value::Null | Value::Array(_) => None,
            Value::Object(call) => {
                let (function, argument) = call.iter().next()?;
                self.called(function, argument)
            }
        }
    }

    fn called(&self, function: &str, argument: &Value) -> Option<String> {
        match (function, argument) {
            ("Ref", Value::String(name)) => Some(self.named(name, None)),
            ("Fn::GetAtt", Value::String(path)) => {
                let (name, attribute) = path.split_once('.')?;
                Some(self.named(name, Some(attribute)))
            }
            ("Fn::GetAtt", Value::Array(path)) => {
                Some(self.named(path.first()?.as_str()?, path.get(1)?.as_str()))
            }
            ("Fn::Sub", Value::String(text)) => Some(self.filled(text)),
            ("Fn::Sub", Value::Array(parts)) => Some(self.filled(parts.first()?.as_str()?)),
            ("Fn::Join", Value::Array(parts)) => {
                let texts: Option<Vec<_>> =
                    parts.get(1)?.as_array()?.iter().map(|part| self.text(part)).collect();
                Some(texts?.join(parts.first()?.as_str()?))
            }
            _ => None,
        }
    }

    /// `${!x}` is CloudFormation's way to leave `${x}` to IAM.
    fn filled(&self, text: &str) -> String {
        let mut filled = String::new();
        let mut pieces = text.split("${");
        filled.extend(pieces.next());
        for piece in pieces {
            let Some((name, rest)) = piece.split_once('}') else {
                filled = filled + "${" + piece;
                continue;
            };
            match (name.strip_prefix('!'), name.split_once('.')) {
                (Some(kept), _) => filled = filled + "${" + kept + "}",
                (None, Some((name, attribute))) => filled += &self.named(name, Some(attribute)),
                (None, None) => filled += &self.named(name, None),
            }
            filled += rest;
        }
        filled
    }

    fn named(&self, name: &str, attribute: Option<&str>) -> String {
        let place = &self.pipeline.environment;
        match (name, attribute) {
            ("AWS::Partition", None) => place.partition.id().to_owned(),
            ("AWS::Region", None) => place.region.clone(),
            ("AWS::AccountId", None) => place.account.clone(),
            ("AWS::URLSuffix", None) => place.partition.dns_suffix().to_owned(),
            ("VpcId" | "Vpc", _) => vpc(self.pipeline),
            ("S3EndpointId" | "S3Endpoint", _) => s3_endpoint(self.pipeline),
            ("DataKeyArn", None) | ("DataKey", Some("Arn")) => key(self.pipeline),
            _ => self
                .made_here(name, attribute)
                .unwrap_or_else(|| invented(self.pipeline, name, attribute)),
        }
    }

    /// Returns what the template itself says of a resource's name or ARN.
    fn made_here(&self, name: &str, attribute: Option<&str>) -> Option<String> {
        let resource = self.template["Resources"].get(name)?;
        let own = |property: &str| self.text(&resource["Properties"][property]);
        match (resource["Type"].as_str()?, attribute) {
            ("AWS::S3::Bucket", None) => own("BucketName"),
            ("AWS::S3::Bucket", Some("Arn")) => Some(format!(
                "arn:{}:s3:::{}",
                self.pipeline.environment.partition.id(),
                own("BucketName")?
            )),
            ("AWS::IAM::Role", None) => own("RoleName"),
            ("AWS::IAM::Role", Some("Arn")) => {
                Some(self.pipeline.iam_arn(&format!("role/{}", own("RoleName")?)))
            }
            ("AWS::IAM::ManagedPolicy", _) => {
                Some(self.pipeline.iam_arn(&format!("policy/{}", own("ManagedPolicyName")?)))
            }
            _ => None,
        }
    }
}

fn invented(pipeline: &Pipeline, name: &str, attribute: Option<&str>) -> String {
    let whole =
        attribute.map_or_else(|| name.to_owned(), |attribute| format!("{name}.{attribute}"));
    if whole.ends_with("Arn") {
        pipeline.arn("unknown", &whole)
    } else {
        format!("unknown-{whole}")
    }
}
