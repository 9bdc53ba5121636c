//! VPC endpoints: S3 through the route tables, and an interface for each service that is called from within.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::model::{Network, Pipeline, S3Endpoint};
use crate::permissions::{self, document};
use crate::template::{Resource, Template, attribute, logical_id, reference};

use super::{Place, groups, named, vpc};

/// Adds the endpoints that are not there yet.
pub(super) fn add(template: &mut Template, pipeline: &Pipeline, place: &Place) {
    let route_tables = match &pipeline.network {
        Network::New { .. } => vec![reference(vpc::ROUTES)],
        Network::Existing(existing) => match &existing.s3 {
            S3Endpoint::New(tables) => tables.iter().map(|id| id.as_str().into()).collect(),
            S3Endpoint::Existing(id) => {
                template.output("S3EndpointId", "The S3 endpoint", id.as_str().into());
                Vec::new()
            }
        },
    };
    if !route_tables.is_empty() {
        template.add("S3Endpoint", s3(pipeline, place, &route_tables));
        template.output("S3EndpointId", "The S3 endpoint", reference("S3Endpoint"));
    }
    for service in missing(pipeline) {
        let id = format!("{}Endpoint", logical_id(&service));
        template.add(id, interface(pipeline, place, &service));
    }
}

/// Returns the services that need an interface endpoint: what the Lambdas call, and Glue for Hive's metastore client. Logs
/// of Lambdas go out by the Lambda service, those of EMR into S3; S3 itself calls KMS.
fn needed(pipeline: &Pipeline) -> BTreeSet<String> {
    let words = pipeline.lambdas.iter().flat_map(|lambda| &lambda.can);
    let called = words.flat_map(|&word| permissions::services(word)).map(|&name| name.to_owned());
    let asked = match &pipeline.network {
        Network::New { endpoints, .. } => endpoints,
        Network::Existing(existing) => &existing.endpoints,
    };
    called.chain(["glue".to_owned()]).chain(asked.iter().cloned()).collect()
}

fn missing(pipeline: &Pipeline) -> BTreeSet<String> {
    let there = existing(pipeline);
    needed(pipeline).into_iter().filter(|service| !there.contains_key(service)).collect()
}

/// Returns the endpoints that are needed and there, each with its security group.
pub(super) fn existing(pipeline: &Pipeline) -> BTreeMap<String, String> {
    match &pipeline.network {
        Network::New { .. } => BTreeMap::new(),
        Network::Existing(existing) => {
            let needed = needed(pipeline);
            let there = existing.interface_endpoints.iter();
            let used = there.filter(|(service, _)| needed.contains(*service));
            used.map(|(service, group)| (service.clone(), group.clone())).collect()
        }
    }
}

/// Returns the name of S3's gateway and of its prefix list, the same in all partitions: only S3's interface has another in
/// China.
pub(super) fn gateway_name(pipeline: &Pipeline) -> String {
    format!("com.amazonaws.{}.s3", pipeline.environment.region)
}

fn s3(pipeline: &Pipeline, place: &Place, route_tables: &[Value]) -> Resource {
    let properties = json!({
        "VpcId": place.vpc_id,
        "VpcEndpointType": "Gateway",
        "ServiceName": gateway_name(pipeline),
        "RouteTableIds": route_tables,
        "PolicyDocument": document(&permissions::s3_endpoint(pipeline)),
        "Tags": named(pipeline, "s3"),
    });
    Resource::new("AWS::EC2::VPCEndpoint", place.span, properties)
}

fn interface(pipeline: &Pipeline, place: &Place, service: &str) -> Resource {
    let properties = json!({
        "VpcId": place.vpc_id,
        "VpcEndpointType": "Interface",
        "ServiceName": permissions::endpoint_name(pipeline, service),
        "PrivateDnsEnabled": true,
        "SubnetIds": place.subnet_ids,
        "SecurityGroupIds": [attribute(groups::ENDPOINTS, "GroupId")],
        "PolicyDocument": document(&permissions::interface_endpoint(pipeline)),
        "Tags": named(pipeline, service),
    });
    Resource::new("AWS::EC2::VPCEndpoint", place.span, properties)
}
