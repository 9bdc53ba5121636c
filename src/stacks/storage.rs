//! The stack of the workarea: its bucket, the policy and the key of the bucket, and the bucket of its access logs.

mod access_logs;
mod bucket;

use serde_json::json;

pub(super) use bucket::nothing_public;

use crate::model::{Encryption, Pipeline};
use crate::permissions::{self, document};
use crate::template::{Resource, Stack, Template, attribute, reference, tags};

const KEY: &str = "DataKey";

/// Returns the stack of the workarea.
pub fn stack(pipeline: &Pipeline) -> Stack {
    let description =
        format!("{}: the bucket of its data, the bucket's policy and key", pipeline.name);
    let mut template = Template::new(description);
    template.input("network", "S3EndpointId", "String", "The endpoint through which data passes");
    if pipeline.workarea.encryption == Encryption::Own {
        key(&mut template, pipeline);
    }
    access_logs::add(&mut template, pipeline);
    bucket::add(&mut template, pipeline);
    Stack { name: "storage".to_owned(), after: vec!["network".to_owned()], template }
}

fn key(template: &mut Template, pipeline: &Pipeline) {
    let span = pipeline.workarea.span;
    let properties = json!({
        "Description": format!("Data of {} in {}", pipeline.name, pipeline.environment.name),
        "EnableKeyRotation": true,
        "KeyPolicy": document(&permissions::key_policy(pipeline)),
        "PendingWindowInDays": 30,
        "Tags": tags(pipeline),
    });
    template.add(KEY, Resource::new("AWS::KMS::Key", span, properties).retained());
    let alias = json!({
        "AliasName": format!("alias/{}", pipeline.own_name("data")),
        "TargetKeyId": reference(KEY),
    });
    template.add("DataKeyAlias", Resource::new("AWS::KMS::Alias", span, alias));
    template.output("DataKeyArn", "The key of the data", attribute(KEY, "Arn"));
}

#[cfg(test)]
mod tests;
