//! Security groups: who in the VPC may talk to whom. No rule names an address outside; S3 is reached by its prefix list.
//!
//! EC2 gives a new group an outbound rule to everywhere, which it loses only when its own properties name another (CloudFormation,
//! `AWS::EC2::SecurityGroupEgress`). So each group has one outbound rule inside, and the rules between groups, which refer to each
//! other, are resources of their own. EMR adds missing inbound rules to its groups by itself.

use serde_json::{Value, json};

use crate::model::Pipeline;
use crate::template::{Resource, Template, attribute, logical_id};

use super::endpoints::{self, gateway_name};
use super::{Place, named, tags_for_emr};

/// The group of the interface endpoints.
pub(super) const ENDPOINTS: &str = "EndpointSecurityGroup";

const LAMBDA: &str = "LambdaSecurityGroup";
const MASTER: &str = "EmrMasterSecurityGroup";
const WORKER: &str = "EmrWorkerSecurityGroup";
const SERVICE: &str = "EmrServiceSecurityGroup";

/// The port of the master node's gateway that EMR calls, and the port on which EMR hears the master node, releases 5.30 to
/// 7.x (EMR management guide, "Working with Amazon EMR-managed security groups").
const TO_CLUSTER: u16 = 8443;
const TO_SERVICE: u16 = 9443;

const HTTPS: u16 = 443;
const ALL_PORTS: [u16; 2] = [0, 65_535];

const STEER: &str = "EMR steers the nodes";
const GOSSIP: &str = "Nodes of a cluster talk to each other";

/// Adds the groups, their rules and their outputs.
pub(super) fn add(template: &mut Template, pipeline: &Pipeline, place: &Place) {
    let addresses = "The addresses of S3 in the region";
    let s3 = template.prefix_list("S3PrefixListId", gateway_name(pipeline), addresses);
    let data = "Data and packages in S3";
    let groups = [
        (LAMBDA, "lambda", "Functions", to_s3(&s3, [HTTPS; 2], "Configuration and state in S3")),
        (ENDPOINTS, "endpoints", "Interface endpoints", nowhere()),
        (MASTER, "emr-master", "Master nodes of EMR", to_s3(&s3, ALL_PORTS, data)),
        (WORKER, "emr-worker", "Core and task nodes of EMR", to_s3(&s3, ALL_PORTS, data)),
        (SERVICE, "emr-service", "Access of EMR to private nodes", to_nodes()),
    ];
    for (id, name, about, egress) in groups {
        let tags = if id.starts_with("Emr") {
            tags_for_emr(pipeline, name)
        } else {
            named(pipeline, name)
        };
        let properties = json!({
            "GroupName": pipeline.own_name(name),
            "GroupDescription": about,
            "VpcId": place.vpc_id,
            "SecurityGroupEgress": egress,
            "Tags": tags,
        });
        template.add(id, Resource::new("AWS::EC2::SecurityGroup", place.span, properties));
    }
    rules(template, pipeline, place);
    outputs(template);
}

fn to_s3(prefix_list: &Value, ports: [u16; 2], about: &str) -> Value {
    json!([{
        "IpProtocol": "tcp",
        "FromPort": ports[0],
        "ToPort": ports[1],
        "DestinationPrefixListId": prefix_list,
        "Description": about,
    }])
}

fn nowhere() -> Value {
    json!([{
        "IpProtocol": "tcp",
        "FromPort": HTTPS,
        "ToPort": HTTPS,
        "CidrIp": "127.0.0.1/32",
        "Description": "Nowhere: endpoints only answer",
    }])
}

fn to_nodes() -> Value {
    let rule = |node: &str| {
        json!({
            "IpProtocol": "tcp",
            "FromPort": TO_CLUSTER,
            "ToPort": TO_CLUSTER,
            "DestinationSecurityGroupId": attribute(node, "GroupId"),
            "Description": STEER,
        })
    };
    [MASTER, WORKER].map(rule).into()
}

/// What may pass from one group to another, through one port or all.
struct Flow {
    id: String,
    from: Value,
    to: Value,
    port: Option<u16>,
    about: &'static str,
}

fn between(from: &str, to: &str, port: Option<u16>, about: &'static str) -> Flow {
    Flow {
        id: format!("{}To{}", short(from), short(to)),
        from: attribute(from, "GroupId"),
        to: attribute(to, "GroupId"),
        port,
        about,
    }
}

fn short(id: &str) -> &str {
    id.trim_end_matches("SecurityGroup")
}

fn rules(template: &mut Template, pipeline: &Pipeline, place: &Place) {
    let mut flows = vec![
        between(LAMBDA, ENDPOINTS, Some(HTTPS), "Functions call AWS"),
        between(MASTER, ENDPOINTS, Some(HTTPS), "Hive reads the catalog"),
        between(WORKER, ENDPOINTS, Some(HTTPS), "Hive reads the catalog"),
        between(MASTER, MASTER, None, GOSSIP),
        between(MASTER, WORKER, None, GOSSIP),
        between(WORKER, MASTER, None, GOSSIP),
        between(WORKER, WORKER, None, GOSSIP),
        between(MASTER, SERVICE, Some(TO_SERVICE), "The cluster reports to EMR"),
    ];
    flows.extend(to_existing_endpoints(pipeline));
    for flow in flows {
        template.add(format!("{}Egress", flow.id), egress(place, &flow));
        template.add(format!("{}Ingress", flow.id), ingress(place, &flow));
    }
    for node in [MASTER, WORKER] {
        let flow = between(SERVICE, node, Some(TO_CLUSTER), STEER);
        template.add(format!("{}Ingress", flow.id), ingress(place, &flow));
    }
}

fn to_existing_endpoints(pipeline: &Pipeline) -> impl Iterator<Item = Flow> {
    endpoints::existing(pipeline).into_iter().flat_map(|(service, group)| {
        [LAMBDA, MASTER, WORKER].map(|caller| Flow {
            id: format!("{}To{}", short(caller), logical_id(&service)),
            from: attribute(caller, "GroupId"),
            to: group.as_str().into(),
            port: Some(HTTPS),
            about: "Calls through an endpoint that is there",
        })
    })
}

fn egress(place: &Place, flow: &Flow) -> Resource {
    let mut properties = rule(flow);
    properties["GroupId"] = flow.from.clone();
    properties["DestinationSecurityGroupId"] = flow.to.clone();
    Resource::new("AWS::EC2::SecurityGroupEgress", place.span, properties)
}

fn ingress(place: &Place, flow: &Flow) -> Resource {
    let mut properties = rule(flow);
    properties["GroupId"] = flow.to.clone();
    properties["SourceSecurityGroupId"] = flow.from.clone();
    Resource::new("AWS::EC2::SecurityGroupIngress", place.span, properties)
}

fn rule(flow: &Flow) -> Value {
    match flow.port {
        Some(port) => json!({
            "IpProtocol": "tcp",
            "FromPort": port,
            "ToPort": port,
            "Description": flow.about,
        }),
        None => json!({"IpProtocol": "-1", "Description": flow.about}),
    }
}

fn outputs(template: &mut Template) {
    let outputs = [
        ("LambdaSecurityGroupId", LAMBDA, "The functions' security group"),
        ("EmrMasterSecurityGroupId", MASTER, "The master nodes' security group"),
        ("EmrWorkerSecurityGroupId", WORKER, "The workers' security group"),
        (
            "EmrServiceSecurityGroupId",
            SERVICE,
            "The security group of Access of EMR to private nodes",
        ),
    ];
    for (name, id, about) in outputs {
        template.output(name, about, attribute(id, "GroupId"));
    }
}
