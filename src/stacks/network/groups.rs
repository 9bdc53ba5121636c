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

/// Adds the groups, their rules and their outputs.
pub(super) fn add(template: &mut Template, pipeline: &Pipeline, place: &Place) {
    let s3 = template.prefix_list(
        "S3PrefixListId",
        gateway_name(pipeline),
        "The addresses of S3 in the region",
    );
    let to_s3 = |ports: [u16; 2], description: &str| {
        json!({
            "IpProtocol": "tcp",
            "FromPort": ports[0],
            "ToPort": ports[1],
            "DestinationPrefixListId": s3,
            "Description": description,
        })
    };
    let all = [0, 65_535];
    let nowhere = json!({
        "IpProtocol": "tcp",
        "FromPort": HTTPS,
        "ToPort": HTTPS,
        "CidrIp": "127.0.0.1/32",
        "Description": "Nowhere: endpoints only answer",
    });
    let mut group = |id: &str, name: &str, about: &str, egress: Value| {
        let properties = json!({
            "GroupName": pipeline.own_name(name),
            "GroupDescription": about,
            "VpcId": place.vpc_id,
            "SecurityGroupEgress": egress,
            "Tags": if id.starts_with("Emr") { tags_for_emr(pipeline, name) } else { named(pipeline, name) },
        });
        template.add(id, Resource::new("AWS::EC2::SecurityGroup", place.span, properties));
    };
    group(
        LAMBDA,
        "lambda",
        "Functions",
        json!([to_s3([HTTPS; 2], "Configuration and state in S3")]),
    );
    group(ENDPOINTS, "endpoints", "Interface endpoints", json!([nowhere]));
    group(
        MASTER,
        "emr-master",
        "Master nodes of EMR",
        json!([to_s3(all, "Data and packages in S3")]),
    );
    group(
        WORKER,
        "emr-worker",
        "Core and task nodes of EMR",
        json!([to_s3(all, "Data and packages in S3")]),
    );
    let to_nodes = [MASTER, WORKER].map(|node| {
        json!({
            "IpProtocol": "tcp",
            "FromPort": TO_CLUSTER,
            "ToPort": TO_CLUSTER,
            "DestinationSecurityGroupId": attribute(node, "GroupId"),
            "Description": "EMR steers the nodes",
        })
    });
    group(SERVICE, "emr-service", "Access of EMR to private nodes", json!(to_nodes));
    rules(template, pipeline, place);
    outputs(template);
}

/// What may pass from one group to another.
struct Flow<'a> {
    id: String,
    from: Value,
    to: Value,
    ports: Option<u16>,
    about: &'a str,
}

fn rules(template: &mut Template, pipeline: &Pipeline, place: &Place) {
    let group = |id: &str| attribute(id, "GroupId");
    let between = |from: &str, to: &str, ports: Option<u16>, about: &'static str| Flow {
        id: format!(
            "{}To{}",
            from.trim_end_matches("SecurityGroup"),
            to.trim_end_matches("SecurityGroup")
        ),
        from: group(from),
        to: group(to),
        ports,
        about,
    };
    let mut flows = vec![
        between(LAMBDA, ENDPOINTS, Some(HTTPS), "Functions call AWS"),
        between(MASTER, ENDPOINTS, Some(HTTPS), "Hive reads the catalog"),
        between(WORKER, ENDPOINTS, Some(HTTPS), "Hive reads the catalog"),
        between(MASTER, MASTER, None, "Nodes of a cluster talk to each other"),
        between(MASTER, WORKER, None, "Nodes of a cluster talk to each other"),
        between(WORKER, MASTER, None, "Nodes of a cluster talk to each other"),
        between(WORKER, WORKER, None, "Nodes of a cluster talk to each other"),
        between(MASTER, SERVICE, Some(TO_SERVICE), "The cluster reports to EMR"),
    ];
    for (service, other) in endpoints::existing(pipeline) {
        let callers = [LAMBDA, MASTER, WORKER];
        flows.extend(callers.map(|caller| Flow {
            id: format!("{}To{}", caller.trim_end_matches("SecurityGroup"), logical_id(&service)),
            from: group(caller),
            to: other.as_str().into(),
            ports: Some(HTTPS),
            about: "Calls through an endpoint that is there",
        }));
    }
    for flow in flows {
        template.add(format!("{}Egress", flow.id), egress(place, &flow));
        template.add(format!("{}Ingress", flow.id), ingress(place, &flow));
    }
    for node in [MASTER, WORKER] {
        let flow = between(SERVICE, node, Some(TO_CLUSTER), "EMR steers the nodes");
        template.add(format!("{}Ingress", flow.id), ingress(place, &flow));
    }
}

fn egress(place: &Place, flow: &Flow<'_>) -> Resource {
    let mut properties = rule(flow);
    properties["GroupId"] = flow.from.clone();
    properties["DestinationSecurityGroupId"] = flow.to.clone();
    Resource::new("AWS::EC2::SecurityGroupEgress", place.span, properties)
}

fn ingress(place: &Place, flow: &Flow<'_>) -> Resource {
    let mut properties = rule(flow);
    properties["GroupId"] = flow.to.clone();
    properties["SourceSecurityGroupId"] = flow.from.clone();
    Resource::new("AWS::EC2::SecurityGroupIngress", place.span, properties)
}

fn rule(flow: &Flow<'_>) -> Value {
    match flow.ports {
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
