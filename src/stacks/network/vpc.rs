//! A new VPC. It has no internet gateway, so nothing in it reaches the internet or is reached from there.
//!
//! Its default security group keeps the rules that EC2 gives it: CloudFormation cannot take them away, and nothing is in it.

use ipnet::Ipv4Net;
use serde_json::{Value, json};

use crate::diagnostic::Span;
use crate::model::Pipeline;
use crate::template::{Resource, Template, reference};

use super::{Place, named, tags_for_emr};

/// The route table of all private subnets.
pub(super) const ROUTES: &str = "PrivateRoutes";

/// The VPC as the blueprint has it.
pub(super) struct Plan {
    /// Its addresses.
    pub(super) cidr: Ipv4Net,
    /// How many zones have a subnet.
    pub(super) zones: u8,
    /// Where that stands.
    pub(super) span: Span,
}

/// Adds the VPC, its subnets and their routes.
pub(super) fn add(template: &mut Template, pipeline: &Pipeline, plan: &Plan) -> Place {
    let add = |template: &mut Template, id: &str, kind: &str, properties: Value| {
        template.add(id, Resource::new(kind, plan.span, properties));
        reference(id)
    };
    let vpc = json!({
        "CidrBlock": plan.cidr.to_string(),
        "EnableDnsSupport": true,
        "EnableDnsHostnames": true,
        "Tags": named(pipeline, "vpc"),
    });
    let vpc_id = add(template, "Vpc", "AWS::EC2::VPC", vpc);
    let routes = json!({"VpcId": vpc_id, "Tags": named(pipeline, "private")});
    let routes = add(template, ROUTES, "AWS::EC2::RouteTable", routes);
    let mut subnet_ids = Vec::new();
    for (n, cidr) in (1..=plan.zones).zip(subnets(plan.cidr)) {
        let subnet = json!({
            "VpcId": vpc_id,
            "AvailabilityZone": {"Fn::Select": [n - 1, {"Fn::GetAZs": ""}]},
            "CidrBlock": cidr.to_string(),
            "MapPublicIpOnLaunch": false,
            "Tags": tags_for_emr(pipeline, &format!("private-{n}")),
        });
        let subnet = add(template, &format!("PrivateSubnet{n}"), "AWS::EC2::Subnet", subnet);
        let association = json!({"SubnetId": subnet, "RouteTableId": routes});
        let kind = "AWS::EC2::SubnetRouteTableAssociation";
        add(template, &format!("PrivateSubnet{n}Routes"), kind, association);
        subnet_ids.push(subnet);
    }
    Place { vpc_id, subnet_ids, span: plan.span }
}

/// Returns the addresses of each zone's subnet: always a quarter of the VPC's, so that another zone moves no subnet.
fn subnets(cidr: Ipv4Net) -> impl Iterator<Item = Ipv4Net> {
    cidr.subnets(cidr.prefix_len() + 2).expect("the VPC has at most 24 bits of network")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_zone_has_a_quarter() {
        let cidr = "10.20.0.0/20".parse().unwrap();
        let found: Vec<_> = subnets(cidr).map(|subnet| subnet.to_string()).collect();
        assert_eq!(found, ["10.20.0.0/22", "10.20.4.0/22", "10.20.8.0/22", "10.20.12.0/22"]);
    }
}
