//! What EMR and the instances of a cluster are meant to do.

use std::collections::BTreeSet;

use pipeline::aws::release::{self, S3Client};
use pipeline::model::{Area, Kind, Pipeline, Zone};

use super::lambda::{key, pass};
use super::{Use, When};
use crate::case::Case;
use crate::deployed::parameter;
use crate::probes::compute::EMR_TAG;
use crate::probes::ec2::GROUPS;
use crate::probes::objects::TABLE_AREAS;

/// Returns what the instances are meant to do.
pub(super) fn nodes(pipeline: &Pipeline) -> Vec<Use> {
    let mut uses = objects(pipeline);
    uses.push(
        Use::of(&["s3:ListBucket"], [pipeline.bucket_arn()])
            .when(When::Like("s3:prefix".to_owned(), listed(pipeline))),
    );
    uses.push(Use::of(&["s3:GetBucketLocation"], [pipeline.bucket_arn()]));
    uses.extend(catalog(pipeline));
    uses.extend(key(pipeline, &uses));
    uses
}

/// Returns the prefixes below which an area's tables stand: that of each kind, and those of tables that stand elsewhere.
pub(super) fn folders(pipeline: &Pipeline, area: Area) -> BTreeSet<String> {
    let mut folders = BTreeSet::new();
    for kind in [Kind::Dimension, Kind::Fact] {
        let rule = pipeline.tables_of(kind).next().map(|_| pipeline.kind_prefix(kind, area));
        let places = pipeline.tables_of(kind).map(|table| pipeline.table_prefix(table, area));
        let inside = rule.as_ref().map(|rule| format!("{rule}/")).unwrap_or_default();
        folders.extend(places.filter(|place| !place.starts_with(&inside)));
        folders.extend(rule);
    }
    folders
}

fn objects(pipeline: &Pipeline) -> Vec<Use> {
    let below = |areas: &[Area]| -> Vec<String> {
        let folders = areas.iter().flat_map(|&area| folders(pipeline, area));
        folders.map(|folder| pipeline.object_arn(&format!("{folder}/*"))).collect()
    };
    let object = |key: String| pipeline.object_arn(&key);
    let parts = ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"];
    let keep = [&["s3:GetObject", "s3:PutObject"][..], &parts].concat();
    let change = [&keep[..], &["s3:DeleteObject"]].concat();
    let logs = pipeline.area_prefix(Area::Logs);
    let counts = pipeline.rejected_counts_prefix();
    vec![
        Use::of(&["s3:PutObject"], [object(format!("{counts}/*"))]),
        Use::of(&["s3:DeleteObject", "s3:GetObject"], below(&[Area::Landing])),
        Use::of(&change, below(&[Area::Stage, Area::Prod, Area::Rejected])),
        Use::of(&keep, below(&[Area::Archive])),
        Use::of(&["s3:GetObject"], [object(format!("{}/*", pipeline.scripts_prefix()))]),
        Use::of(&["s3:PutObject"], [object(format!("{logs}/*"))]),
        Use::of(&["s3:PutObject"], markers(pipeline).into_iter().map(object)),
    ]
}

/// The empty objects that stand for folders: S3A's end in a slash, those of EMRFS in `_$folder$`.
fn markers(pipeline: &Pipeline) -> Vec<String> {
    let landing = folders(pipeline, Area::Landing);
    match client(pipeline) {
        S3Client::S3a => {
            landing.iter().flat_map(|one| [format!("{one}/"), format!("{one}/*/")]).collect()
        }
        S3Client::Emrfs => {
            let inside = landing.iter().map(|one| format!("{one}/*_$folder$"));
            let all = TABLE_AREAS.iter().flat_map(|&area| folders(pipeline, area));
            inside.chain(all.map(|one| format!("{one}_$folder$"))).collect()
        }
    }
}

fn client(pipeline: &Pipeline) -> S3Client {
    release::of(&pipeline.cluster.release).map_or(S3Client::S3a, |release| release.s3_client)
}

/// S3A asks for the folders above too, to see whether they are there.
fn listed(pipeline: &Pipeline) -> Vec<String> {
    let mut folders: BTreeSet<_> =
        TABLE_AREAS.iter().flat_map(|&area| folders(pipeline, area)).collect();
    folders.insert(pipeline.scripts_prefix());
    let mut patterns = Vec::new();
    for folder in folders {
        if client(pipeline) == S3Client::S3a {
            patterns.extend(folder.match_indices('/').map(|(at, _)| folder[..=at].to_owned()));
        }
        patterns.extend([format!("{folder}/*"), folder]);
    }
    patterns
}

fn catalog(pipeline: &Pipeline) -> Vec<Use> {
    let catalog = || vec![pipeline.catalog_arn()];
    let names: Vec<_> =
        pipeline.databases.iter().map(|one| pipeline.database_name(&one.name)).collect();
    let own: Vec<_> = names.iter().map(|name| pipeline.database_arn(name)).collect();
    let open = [catalog(), own.clone(), vec![pipeline.database_arn("default")]].concat();
    let functions = names.iter().map(String::as_str).chain(["default"]);
    let functions = functions.map(|name| pipeline.functions_arn(name)).collect();
    let tables = names.iter().map(|name| pipeline.table_arn(name, "*")).collect();
    let loaded = pipeline.databases.iter().map(|one| {
        let tables = if one.zone == Zone::Prod { "*" } else { "*_rejected" };
        pipeline.table_arn(&pipeline.database_name(&one.name), tables)
    });
    let write = [
        "glue:BatchCreatePartition",
        "glue:CreatePartition",
        "glue:UpdatePartition",
        "glue:UpdateTable",
    ];
    vec![
        Use::of(&["glue:GetDatabase"], open.clone()),
        Use::of(&["glue:GetUserDefinedFunctions"], [open, functions].concat()),
        Use::of(&READ_TABLES, [catalog(), own.clone(), tables].concat()),
        Use::of(&write, [catalog(), own, loaded.collect()].concat()),
    ]
}

/// What reads tables of the catalog.
pub(super) const READ_TABLES: [&str; 5] = [
    "glue:BatchGetPartition",
    "glue:GetPartition",
    "glue:GetPartitions",
    "glue:GetTable",
    "glue:GetTables",
];

/// What EMR looks at before it launches.
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

/// Returns what EMR is meant to do with its service role: to launch in the pipeline's network, and to handle what carries
/// its tag.
pub(super) fn service(case: &Case) -> Vec<Use> {
    let pipeline = &case.pipeline;
    let placed = |one: Use| one.key(&format!("aws:ResourceTag/{EMR_TAG}"), &["true"]);
    let own = |one: Use| bearing(pipeline, "ResourceTag", one);
    let made = |one: Use| bearing(pipeline, "RequestTag", one);
    let things = |names: &[&str]| -> Vec<String> {
        names.iter().map(|name| pipeline.arn("ec2", &format!("{name}/*"))).collect()
    };
    let groups: Vec<_> = GROUPS[1..]
        .iter()
        .map(|name| pipeline.arn("ec2", &format!("security-group/{}", parameter(pipeline, name))))
        .collect();
    let run = ["ec2:CreateFleet", "ec2:RunInstances"];
    let all = ["instance", "launch-template", "network-interface", "volume"];
    let makers = ["RunInstances", "CreateFleet", "CreateLaunchTemplate", "CreateNetworkInterface"];
    vec![
        placed(Use::of(
            &[&run[..], &["ec2:CreateNetworkInterface"]].concat(),
            network(pipeline, &groups),
        )),
        own(Use::of(
            &[&run[..], &["ec2:CreateLaunchTemplateVersion"]].concat(),
            things(&all[1..2]),
        )),
        made(Use::of(&["ec2:CreateLaunchTemplate"], things(&all[1..2]))),
        made(Use::of(&run, things(&["instance", "volume"]))),
        Use::of(&run, parts(pipeline)),
        made(Use::of(&["ec2:CreateNetworkInterface"], things(&all[2..3]))),
        Use::of(&["ec2:CreateTags"], things(&all)).key("ec2:CreateAction", &makers),
        own(Use::of(&["ec2:CreateTags", "ec2:DeleteTags"], things(&all))),
        own(Use::of(&["ec2:ModifyInstanceAttribute", "ec2:TerminateInstances"], things(&all[..1]))),
        own(Use::of(&["ec2:DeleteLaunchTemplate"], things(&all[1..2]))),
        own(Use::of(&["ec2:DeleteNetworkInterface"], things(&all[2..3]))),
        placed(Use::of(&RULES, groups)),
        Use::anywhere(&LOOK),
        pass(pipeline, "emr-nodes", "ec2"),
    ]
}

/// The things of a cluster bear the tags of its launch; of an environment's twin in the account the environment tells them.
fn bearing(pipeline: &Pipeline, side: &str, one: Use) -> Use {
    let one = one
        .key(&format!("aws:{side}/{EMR_TAG}"), &["true"])
        .key(&format!("aws:{side}/pipeline"), &[&pipeline.tags["pipeline"]]);
    if pipeline.environment.suffix.is_empty() {
        return one;
    }
    one.key(&format!("aws:{side}/environment"), &[&pipeline.environment.name])
}

/// What changes the rules of security groups.
const RULES: [&str; 4] = [
    "ec2:AuthorizeSecurityGroupEgress",
    "ec2:AuthorizeSecurityGroupIngress",
    "ec2:RevokeSecurityGroupEgress",
    "ec2:RevokeSecurityGroupIngress",
];

fn network(pipeline: &Pipeline, groups: &[String]) -> Vec<String> {
    let subnets = 1..=pipeline.network.subnet_count();
    let subnets = subnets.map(|n| {
        let id = parameter(pipeline, &format!("PrivateSubnetId{n}"));
        pipeline.arn("ec2", &format!("subnet/{id}"))
    });
    subnets.chain(groups.iter().cloned()).collect()
}

/// What a launch takes beside the network; it says nothing about whose it is.
fn parts(pipeline: &Pipeline) -> Vec<String> {
    let place = &pipeline.environment;
    let image = format!("arn:{}:ec2:{}::image/ami-*", place.partition.id(), place.region);
    let mut parts =
        vec![image, pipeline.arn("ec2", "fleet/*"), pipeline.arn("ec2", "network-interface/*")];
    let key = pipeline.cluster.key_pair.iter();
    parts.extend(key.map(|name| pipeline.arn("ec2", &format!("key-pair/{name}"))));
    parts
}
