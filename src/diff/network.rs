//! What the network lets through: rules of security groups, routes to the internet, public addresses.

use serde_json::{Value, json};

use super::change::{Danger, DangerKind, Passage, Resource};
use super::normal::{call, text, value};
use super::permissions::shown;
use super::read::Stack;

/// A rule and, where it can be told, what it takes in.
struct Rule {
    /// What it says, for people.
    shown: String,
    ingress: bool,
    peer: String,
    protocol: String,
    ports: (i64, i64),
}

/// Returns the ways that open or close, and marks the properties that they tell of.
pub(super) fn changes(stacks: &[Stack], resources: &mut [Resource]) -> Vec<Passage> {
    let mut found = Vec::new();
    for change in resources {
        let id = change.renamed_from.as_deref().unwrap_or(&change.logical_id);
        let sides = [
            super::find(stacks, &change.stack, Stack::before, id),
            super::find(stacks, &change.stack, Stack::after, &change.logical_id),
        ];
        let [old, new] = sides.map(|side| rules(&change.kind, &value(&side["Properties"])));
        let through = format!("{}/{}", change.stack, change.logical_id);
        let only = |some: &[Rule], others: &[Rule], opens: bool| -> Vec<Passage> {
            let lone = some.iter().filter(|one| !others.iter().any(|other| other.covers(one)));
            lone.map(|rule| passage(rule, opens, &through)).collect()
        };
        let passages = [only(&new, &old, true), only(&old, &new, false)].concat();
        mark(change);
        let opened = passages.iter().filter(|passage| passage.opens && passage.world);
        change.dangers.extend(opened.map(|passage| Danger {
            kind: DangerKind::Network,
            message: passage.rule.clone(),
            help: None,
        }));
        found.extend(passages);
    }
    found
}

fn passage(rule: &Rule, opens: bool, through: &str) -> Passage {
    let world = rule.ingress && matches!(rule.peer.as_str(), "0.0.0.0/0" | "::/0");
    Passage { opens, world, through: through.to_owned(), rule: rule.shown.clone() }
}

fn mark(change: &mut Resource) {
    let told = ["/Properties/SecurityGroupIngress", "/Properties/SecurityGroupEgress"];
    for property in &mut change.properties {
        if told.iter().any(|start| property.pointer.starts_with(start))
            && !property.pointer.ends_with("/Description")
        {
            property.told_in = Some("network");
        }
    }
}

impl Rule {
    fn covers(&self, other: &Self) -> bool {
        let ports = self.ports.0 <= other.ports.0 && other.ports.1 <= self.ports.1;
        let all = self.protocol == "-1";
        self.ingress == other.ingress
            && within(&self.peer, &other.peer)
            && (all || self.protocol == other.protocol && ports)
    }
}

/// Tells whether all addresses of `inner` are in `outer`; other peers are the same or not.
fn within(outer: &str, inner: &str) -> bool {
    let net = |text: &str| text.parse::<ipnet::IpNet>().ok();
    match (net(outer), net(inner)) {
        (Some(outer), Some(inner)) => outer.contains(&inner),
        _ => outer == inner,
    }
}

fn rules(kind: &str, properties: &Value) -> Vec<Rule> {
    let list = |key: &str, ingress| {
        let rules = properties[key].as_array().into_iter().flatten();
        rules.map(|one| rule(one, ingress)).collect::<Vec<_>>()
    };
    match kind {
        "AWS::EC2::SecurityGroup" => {
            let mut rules = list("SecurityGroupIngress", true);
            rules.extend(list("SecurityGroupEgress", false));
            // Without egress rules a group lets everything out (EC2 user guide, *Security group rules*).
            if properties.is_object() && properties.get("SecurityGroupEgress").is_none() {
                rules.push(rule(&json!({"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}), false));
            }
            rules
        }
        "AWS::EC2::SecurityGroupIngress" if properties.is_object() => vec![rule(properties, true)],
        "AWS::EC2::SecurityGroupEgress" if properties.is_object() => vec![rule(properties, false)],
        "AWS::EC2::Route" => way(properties.get("GatewayId"), properties),
        _ => public(kind, properties),
    }
}

/// A route to an internet gateway.
fn way(gateway: Option<&Value>, properties: &Value) -> Vec<Rule> {
    let keys = ["DestinationCidrBlock", "DestinationIpv6CidrBlock"];
    let to = keys.into_iter().find_map(|key| properties[key].as_str());
    match (gateway, to) {
        (Some(gateway), Some(to)) if text(gateway) != "local" => {
            vec![said(format!("a route to {to} through {}", shown(gateway)), false, to)]
        }
        _ => Vec::new(),
    }
}

/// Settings that give a resource a public side.
fn public(kind: &str, properties: &Value) -> Vec<Rule> {
    let is = |pointer: &str, wanted: &str| {
        properties.pointer(pointer).is_some_and(|value| text(value).eq_ignore_ascii_case(wanted))
    };
    let found = match kind {
        "AWS::Lambda::Url" if is("/AuthType", "NONE") => "anyone may call the function's URL",
        "AWS::RDS::DBInstance" if is("/PubliclyAccessible", "true") => {
            "the database has a public address"
        }
        "AWS::EC2::Subnet" if is("/MapPublicIpOnLaunch", "true") => {
            "what starts in the subnet gets a public address"
        }
        "AWS::S3::Bucket" => return unblocked(properties),
        _ => return Vec::new(),
    };
    vec![said(found.to_owned(), true, "0.0.0.0/0")]
}

/// The four locks of a bucket, on unless a template opens them (S3 user guide, *Blocking public access*).
fn unblocked(properties: &Value) -> Vec<Rule> {
    let locks =
        ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"];
    let Some(given) = properties.get("PublicAccessBlockConfiguration") else { return Vec::new() };
    if call(given).is_some() {
        return Vec::new();
    }
    let open = locks.into_iter().filter(|lock| {
        !given.get(lock).is_some_and(|value| text(value).eq_ignore_ascii_case("true"))
    });
    open.map(|lock| said(format!("`{lock}` no longer keeps the public out"), true, "0.0.0.0/0"))
        .collect()
}

fn said(shown: String, ingress: bool, peer: &str) -> Rule {
    Rule { protocol: shown.clone(), shown, ingress, peer: peer.to_owned(), ports: (0, 0) }
}

fn rule(rule: &Value, ingress: bool) -> Rule {
    const PEERS: [&str; 8] = [
        "CidrIp",
        "CidrIpv6",
        "SourceSecurityGroupId",
        "SourceSecurityGroupName",
        "SourcePrefixListId",
        "DestinationSecurityGroupId",
        "DestinationPrefixListId",
        "GroupName",
    ];
    let peer =
        PEERS.into_iter().find_map(|key| rule.get(key)).map_or_else(|| "?".to_owned(), shown);
    let protocol = text(&rule["IpProtocol"]);
    let port = |key: &str, else_: i64| text(&rule[key]).parse().unwrap_or(else_);
    let ports = (port("FromPort", 0), port("ToPort", 65_535));
    let (way, world) =
        (if ingress { "in from" } else { "out to" }, matches!(peer.as_str(), "0.0.0.0/0" | "::/0"));
    let peer_shown = if world { format!("anywhere ({peer})") } else { peer.clone() };
    let range = match (protocol.as_str(), ports) {
        ("-1", _) => "everything".to_owned(),
        (protocol, (from, to)) if from == to => format!("{protocol} {from}"),
        (protocol, (from, to)) => format!("{protocol} {from}-{to}"),
    };
    Rule { shown: format!("{range} {way} {peer_shown}"), ingress, peer, protocol, ports }
}
