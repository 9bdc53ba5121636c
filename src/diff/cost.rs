//! What is paid for as long as it is there, counted; prices are AWS's to say.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Files;
use super::change::Cost;
use super::files::{is_settings, settings};
use super::normal::text;
use super::read::{Stack, resources};

/// Returns the counts that change.
pub(super) fn changes(stacks: &[Stack], before: &Files, after: &Files) -> Vec<Cost> {
    let old = counts(stacks, Stack::before, before);
    let new = counts(stacks, Stack::after, after);
    let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
    names.sort();
    names.dedup();
    let count =
        |counts: &BTreeMap<String, u64>, name: &String| counts.get(name).copied().unwrap_or(0);
    let costs = names.into_iter().map(|name| Cost {
        what: name.clone(),
        old: count(&old, name),
        new: count(&new, name),
    });
    costs.filter(|cost| cost.old != cost.new).collect()
}

fn counts(stacks: &[Stack], side: fn(&Stack) -> &Value, files: &Files) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for stack in stacks {
        for resource in resources(side(stack)).into_iter().flat_map(|found| found.values()) {
            if let Some((what, units)) = units(resource) {
                *counts.entry(what.to_owned()).or_default() += units;
            }
        }
    }
    for (path, content) in files.iter().filter(|(path, _)| is_settings(path)) {
        for (key, value) in
            settings(content).into_iter().filter(|(key, _)| key.ends_with("worker_count"))
        {
            let key = key.rsplit('.').next().unwrap_or_default().replace('_', " ");
            if let Ok(workers) = value.parse() {
                counts.insert(format!("{key} of a cluster ({path})"), workers);
            }
        }
    }
    counts
}

/// Returns what a resource is paid by, and how many of it there are.
fn units(resource: &Value) -> Option<(&'static str, u64)> {
    let properties = &resource["Properties"];
    let number = |value: &Value| text(value).parse::<u64>().unwrap_or(1);
    Some(match resource["Type"].as_str()? {
        // One network interface for each subnet, so for each zone (VPC pricing, interface endpoints).
        "AWS::EC2::VPCEndpoint" if properties["VpcEndpointType"] == "Interface" => {
            let zones =
                properties["SubnetIds"].as_array().map_or(1, |subnets| subnets.len() as u64);
            ("interface endpoints, by zone", zones)
        }
        "AWS::EC2::NatGateway" => ("NAT gateways", 1),
        "AWS::EC2::TransitGatewayAttachment" => ("transit gateway attachments", 1),
        "AWS::EC2::Instance" => ("instances", 1),
        "AWS::RDS::DBInstance" => ("database instances", 1),
        "AWS::KMS::Key" => ("keys", 1),
        "AWS::CloudWatch::Alarm" => ("alarms", 1),
        "AWS::CloudWatch::Dashboard" => ("dashboards", 1),
        "AWS::SecretsManager::Secret" => ("secrets", 1),
        "AWS::Kinesis::Stream" => ("stream shards", number(&properties["ShardCount"])),
        "AWS::EMR::Cluster" => ("clusters that run all the time", 1),
        _ => return None,
    })
}
