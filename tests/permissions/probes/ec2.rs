//! Network interfaces of functions, and instances of clusters.

use pipeline::model::Pipeline;

use super::compute::{EMR_TAG, elsewhere};
use crate::case::Case;
use crate::deployed::{VPC, parameter};
use crate::request::{Place, Probe};

/// The outputs of the network stack that are security groups.
pub(crate) const GROUPS: [&str; 4] = [
    "LambdaSecurityGroupId",
    "EmrMasterSecurityGroupId",
    "EmrWorkerSecurityGroupId",
    "EmrServiceSecurityGroupId",
];

/// What is done with network interfaces.
const INTERFACE: [&str; 6] = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:AttachNetworkInterface",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DetachNetworkInterface",
    "ec2:UnassignPrivateIpAddresses",
];
const LOOK: [&str; 3] =
    ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DescribeVpcs"];
const LAUNCH: [&str; 6] = [
    "ec2:CreateFleet",
    "ec2:CreateLaunchTemplate",
    "ec2:CreateLaunchTemplateVersion",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteLaunchTemplate",
    "ec2:RunInstances",
];
const CHANGE: [&str; 10] = [
    "ec2:AuthorizeSecurityGroupEgress",
    "ec2:AuthorizeSecurityGroupIngress",
    "ec2:CreateTags",
    "ec2:DeleteNetworkInterface",
    "ec2:DeleteSecurityGroup",
    "ec2:DeleteTags",
    "ec2:ModifyInstanceAttribute",
    "ec2:RevokeSecurityGroupEgress",
    "ec2:RevokeSecurityGroupIngress",
    "ec2:TerminateInstances",
];

/// Returns the questions.
pub(crate) fn probes(case: &Case) -> Vec<Probe> {
    let pipeline = &case.pipeline;
    let mut probes = interfaces(pipeline);
    for arn in things(pipeline) {
        for action in LAUNCH.iter().chain(&CHANGE) {
            if exists(action, &arn) {
                probes.extend(tagged(pipeline, &Probe::new(action, &arn).from(Place::Internet)));
            }
        }
    }
    probes
}

/// Subnets, groups and interfaces, by the function's code and by the Lambda service, in the VPC and in another.
fn interfaces(pipeline: &Pipeline) -> Vec<Probe> {
    let mut probes = Vec::new();
    let vpcs = [VPC, "vpc-0000000000000000f"].map(|id| pipeline.arn("ec2", &format!("vpc/{id}")));
    let places = things(pipeline).into_iter().filter(|arn| {
        [":subnet/", ":security-group/", ":network-interface/"]
            .iter()
            .any(|kind| arn.contains(kind))
    });
    for arn in places {
        for action in INTERFACE.iter().filter(|action| exists(action, &arn)) {
            for vpc in &vpcs {
                let probe = Probe::new(action, &arn).with("ec2:Vpc", vpc).from(Place::Internet);
                probes.extend([Probe { by_service: true, ..probe.clone() }, probe]);
            }
            let bare = Probe::new(action, &arn).from(Place::Internet);
            probes.push(Probe { by_service: true, ..bare });
        }
    }
    for action in LOOK {
        for region in [pipeline.environment.region.as_str(), "eu-north-1"] {
            let probe = Probe::new(action, "*").with("ec2:Region", region).from(Place::Internet);
            probes.extend([Probe { by_service: true, ..probe.clone() }, probe]);
        }
    }
    probes
}

/// What the pipeline has or makes, and the like of others.
pub(crate) fn things(pipeline: &Pipeline) -> Vec<String> {
    let ec2 = |resource: &str| pipeline.arn("ec2", resource);
    let subnets = 1..=pipeline.network.subnet_count() + 1;
    let mut things: Vec<_> = subnets
        .map(|n| ec2(&format!("subnet/{}", parameter(pipeline, &format!("PrivateSubnetId{n}")))))
        .collect();
    let groups = GROUPS.map(|group| parameter(pipeline, group));
    things.extend(groups.iter().map(|id| ec2(&format!("security-group/{id}"))));
    let kinds = [
        "security-group/sg-strange",
        "network-interface/eni-1",
        "instance/i-1",
        "volume/vol-1",
        "launch-template/lt-1",
        "fleet/fleet-1",
        "key-pair/strange",
        "snapshot/snap-1",
        "placement-group/pg-1",
    ];
    things.extend(kinds.map(ec2));
    things.extend(pipeline.cluster.key_pair.iter().map(|name| ec2(&format!("key-pair/{name}"))));
    let away: Vec<_> = things.iter().map(|arn| elsewhere(pipeline, arn)).collect();
    things.extend(away);
    let image = ec2("image/ami-1").replace(&format!(":{}:", pipeline.environment.account), "::");
    things.push(image);
    things
}

/// Tells whether the reference lets the action act on such a resource.
fn exists(action: &str, arn: &str) -> bool {
    let known = pipeline::aws::iam::action(action).expect("the action is in the reference");
    let kind = arn.rsplit(':').next().and_then(|rest| rest.split('/').next()).expect("an ARN");
    known.resource_patterns().iter().any(|pattern| pattern.contains(&format!(":{kind}/")))
}

/// The tags of a launch on what is there, in the request, on neither, each of them missing or another's, and what makes a thing
/// that is tagged in the same call.
fn tagged(pipeline: &Pipeline, probe: &Probe) -> Vec<Probe> {
    let mut probes = vec![probe.clone()];
    let name = pipeline.tags["pipeline"].as_str();
    let tags = [(EMR_TAG, "true"), ("pipeline", name), ("environment", &pipeline.environment.name)];
    for side in ["ResourceTag", "RequestTag"] {
        let with = |tags: &[(&str, &str)]| {
            let keys = tags.iter().map(|(tag, value)| (format!("aws:{side}/{tag}"), value));
            keys.fold(probe.clone(), |probe, (key, value)| probe.with(&key, value))
        };
        probes.extend([with(&tags), with(&tags[..1])]);
        for at in 0..tags.len() {
            let mut others = tags;
            others[at].1 = "another";
            probes.push(with(&others));
        }
    }
    if probe.action == "ec2:CreateTags" {
        let makers = ["RunInstances", "CreateFleet", "CreateLaunchTemplate", "CreateVolume"];
        let makers = makers.into_iter().chain(["CreateNetworkInterface"]);
        probes.extend(makers.map(|maker| probe.with("ec2:CreateAction", maker)));
    }
    probes
}
