//! The role with which EMR makes the instances of a cluster.
//!
//! It is `AmazonEMRServicePolicy_v2`, version 6 (AWS managed policy reference), narrowed to the account, the region, and the
//! pipeline's subnets and security groups, less what the pipeline does not use: making security groups, placement groups,
//! capacity reservations, automatic scaling, and EMR's own VPC endpoint. Unproven against AWS: that every instance fleet
//! starts with it. If one does not, attach the managed policy and keep `PassNodeRole`.

use crate::model::Pipeline;

use super::capability::{EMR_TAG, own_tags, pass_role};
use super::{Role, Statement, subnet_arns, trust};

const LOOKS: &str = "the Describe actions of EC2 have no resource types";

/// Outputs of the network stack that are security groups of clusters.
const GROUPS: [&str; 3] =
    ["EmrMasterSecurityGroupId", "EmrWorkerSecurityGroupId", "EmrServiceSecurityGroupId"];

/// What EMR looks at before and while it makes instances.
const LOOK: [&str; 16] = [
    "ec2:DescribeAccountAttributes",
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeImages",
    "ec2:DescribeInstanceTypeOfferings",
    "ec2:DescribeInstances",
    "ec2:DescribeLaunchTemplates",
    "ec2:DescribeNetworkAcls",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVolumeStatus",
    "ec2:DescribeVolumes",
    "ec2:DescribeVpcAttribute",
    "ec2:DescribeVpcEndpoints",
    "ec2:DescribeVpcs",
];

/// Returns the service role.
pub(super) fn role(pipeline: &Pipeline) -> Role {
    let mut statements = launch(pipeline);
    statements.extend(tag(pipeline));
    statements.extend(change(pipeline));
    statements.push(Statement::allow_anywhere("LookAtEc2", &LOOK, LOOKS));
    statements.push(pass_role(pipeline, "PassNodeRole", "emr-nodes", "ec2"));
    let span = pipeline.cluster.span;
    Role {
        purpose: "emr-service".to_owned(),
        description: format!("Makes the instances of {}'s clusters", pipeline.name),
        trust: vec![trust::service_for(
            pipeline,
            "elasticmapreduce",
            [pipeline.arn("elasticmapreduce", "*")],
        )],
        statements: statements.into_iter().map(|one| one.from("cluster", span)).collect(),
        span,
    }
}

fn launch(pipeline: &Pipeline) -> Vec<Statement> {
    let ec2 = |resource: &str| pipeline.arn("ec2", resource);
    let run = ["ec2:CreateFleet", "ec2:RunInstances"];
    let mut places = subnet_arns(pipeline);
    places.extend(group_arns(pipeline));
    let mut parts = vec![image_arn(pipeline), ec2("fleet/*"), ec2("network-interface/*")];
    parts.extend(pipeline.cluster.key_pair.iter().map(|name| ec2(&format!("key-pair/{name}"))));
    let placed = |statement: Statement| statement.when("StringEquals", resource_tag(), ["true"]);
    let own = |statement| bearing(pipeline, "ResourceTag", statement);
    let made = |statement| bearing(pipeline, "RequestTag", statement);
    let templates = ["ec2:CreateFleet", "ec2:CreateLaunchTemplateVersion", "ec2:RunInstances"];
    let interface = ["ec2:CreateNetworkInterface"];
    vec![
        placed(Statement::allow("LaunchInOwnNetwork", &[run[0], run[1], interface[0]], places)),
        own(Statement::allow("LaunchFromOwnTemplates", &templates, [ec2("launch-template/*")])),
        made(Statement::allow(
            "CreateTaggedTemplates",
            &["ec2:CreateLaunchTemplate"],
            [ec2("launch-template/*")],
        )),
        made(Statement::allow("CreateTaggedInstances", &run, [ec2("instance/*"), ec2("volume/*")])),
        Statement::allow("LaunchWithParts", &run, parts),
        made(Statement::allow("CreateTaggedInterfaces", &interface, [ec2("network-interface/*")])),
    ]
}

/// Tags at creation say whose a thing is; later only the tags of own things change.
fn tag(pipeline: &Pipeline) -> [Statement; 2] {
    let things = ["instance/*", "launch-template/*", "network-interface/*", "volume/*"];
    let arns = things.map(|thing| pipeline.arn("ec2", thing));
    let create = ["RunInstances", "CreateFleet", "CreateLaunchTemplate", "CreateNetworkInterface"];
    [
        Statement::allow("TagWhatItCreates", &["ec2:CreateTags"], arns.clone()).when(
            "StringEquals",
            "ec2:CreateAction",
            create,
        ),
        bearing(
            pipeline,
            "ResourceTag",
            Statement::allow("TagOwn", &["ec2:CreateTags", "ec2:DeleteTags"], arns),
        ),
    ]
}

/// One statement for each type of resource, since the actions differ.
fn change(pipeline: &Pipeline) -> [Statement; 4] {
    let own = |sid: &str, actions: &[&str], arns: Vec<String>| {
        bearing(pipeline, "ResourceTag", Statement::allow(sid, actions, arns))
    };
    let ec2 = |resource: &str| vec![pipeline.arn("ec2", resource)];
    [
        own(
            "EndOwnInstances",
            &["ec2:ModifyInstanceAttribute", "ec2:TerminateInstances"],
            ec2("instance/*"),
        ),
        own("DeleteOwnTemplates", &["ec2:DeleteLaunchTemplate"], ec2("launch-template/*")),
        own("DeleteOwnInterfaces", &["ec2:DeleteNetworkInterface"], ec2("network-interface/*")),
        Statement::allow(
            "KeepOwnRules",
            &[
                "ec2:AuthorizeSecurityGroupEgress",
                "ec2:AuthorizeSecurityGroupIngress",
                "ec2:RevokeSecurityGroupEgress",
                "ec2:RevokeSecurityGroupIngress",
            ],
            group_arns(pipeline),
        )
        .when("StringEquals", resource_tag(), ["true"]),
    ]
}

fn group_arns(pipeline: &Pipeline) -> impl Iterator<Item = String> {
    GROUPS.into_iter().map(|group| pipeline.arn("ec2", &format!("security-group/${{{group}}}")))
}

/// Images belong to Amazon, so their ARNs name no account. EMR's guide does not say which account owns its images, so
/// `ec2:Owner` would be a guess; what an image may do is what the nodes' role may.
fn image_arn(pipeline: &Pipeline) -> String {
    let place = &pipeline.environment;
    format!("arn:{}:ec2:{}::image/ami-*", place.partition.id(), place.region)
}

fn resource_tag() -> String {
    format!("aws:ResourceTag/{EMR_TAG}")
}

/// A launch has the pipeline's tags, and EMR puts the tags of a cluster on what it makes for it (EMR management guide, "Service
/// role for Amazon EMR"). EMR's own tag alone is on the things of every cluster in the account.
fn bearing(pipeline: &Pipeline, side: &str, statement: Statement) -> Statement {
    let tags = own_tags(pipeline).into_iter().chain([(EMR_TAG, "true".to_owned())]);
    tags.fold(statement, |statement, (tag, value)| {
        statement.when("StringEquals", format!("aws:{side}/{tag}"), [value])
    })
}
