//! The stack of the VPC: private subnets without a way to the internet, endpoints for the services that the pipeline calls,
//! and security groups; or what an existing VPC lacks of it.

mod endpoints;
mod flow_logs;
mod groups;
mod vpc;

use serde_json::{Value, json};

use crate::diagnostic::Span;
use crate::model::{Network, Pipeline};
use crate::permissions::EMR_TAG;
use crate::template::{Stack, Template, tags};

/// What the rest of the stack needs of the VPC, new or existing.
struct Place {
    vpc_id: Value,
    subnet_ids: Vec<Value>,
    span: Span,
}

/// Returns the stack of the network.
pub fn stack(pipeline: &Pipeline) -> Stack {
    let description = format!("{}: VPC, endpoints and security groups", pipeline.name);
    let mut template = Template::new(description);
    let place = match &pipeline.network {
        Network::New { cidr, zones, span, .. } => vpc::add(
            &mut template,
            pipeline,
            &vpc::Plan { cidr: *cidr, zones: *zones, span: *span },
        ),
        Network::Existing(existing) => Place {
            vpc_id: existing.vpc_id.as_str().into(),
            subnet_ids: existing.subnet_ids.iter().map(|id| id.as_str().into()).collect(),
            span: existing.span,
        },
    };
    groups::add(&mut template, pipeline, &place);
    endpoints::add(&mut template, pipeline, &place);
    if flow_logs::wanted(&pipeline.network) {
        flow_logs::add(&mut template, pipeline, &place);
    }
    outputs(&mut template, &place);
    Stack { name: "network".to_owned(), after: Vec::new(), template }
}

fn outputs(template: &mut Template, place: &Place) {
    let subnets = json!({"Fn::Join": [",", place.subnet_ids]});
    template.output("VpcId", "The VPC", place.vpc_id.clone());
    template.output("PrivateSubnetIds", "The private subnets, joined by commas", subnets);
    for (n, id) in (1..).zip(&place.subnet_ids) {
        template.output(&format!("PrivateSubnetId{n}"), "One of the private subnets", id.clone());
    }
}

/// Returns the tags of what EMR's service role may use; the name is what consoles show.
fn tags_for_emr(pipeline: &Pipeline, name: &str) -> Value {
    let mut tags = named(pipeline, name);
    if !pipeline.tags.contains_key(EMR_TAG) {
        let list = tags.as_array_mut().expect("tags are a list");
        list.push(json!({"Key": EMR_TAG, "Value": "true"}));
    }
    tags
}

fn named(pipeline: &Pipeline, name: &str) -> Value {
    let mut tags = tags(pipeline);
    let list = tags.as_array_mut().expect("tags are a list");
    list.push(json!({"Key": "Name", "Value": pipeline.own_name(name)}));
    tags
}

#[cfg(test)]
mod tests;
