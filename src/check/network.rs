//! The VPC.

use ipnet::Ipv4Net;

use crate::blueprint;
use crate::blueprint::decode::Spanned;
use crate::diagnostic::{Diagnostic, Problems, Span};
use crate::model::{ExistingVpc, Network, S3Endpoint};

use super::number;

const DEFAULT_CIDR: &str = "10.20.0.0/20";

pub(super) fn network(
    written: Option<&blueprint::Network>,
    problems: &mut Problems,
) -> Option<Network> {
    let endpoints = written.map_or_else(Vec::new, |w| endpoints(&w.endpoints, problems));
    let flow_logs = written.and_then(|w| w.flow_logs).unwrap_or(false);
    if let Some((network, existing)) = written.and_then(|w| Some((w, w.existing.as_ref()?))) {
        not_both(network, existing.span, problems);
        return existing_vpc(existing, endpoints, flow_logs, problems).map(Network::Existing);
    }
    let cidr = match written.and_then(|w| w.cidr.as_ref()) {
        Some(cidr) => vpc_range(cidr, problems),
        None => Some(DEFAULT_CIDR.parse().expect("a valid constant")),
    };
    let zones = written.and_then(|w| w.zones.as_ref());
    let zones = number(zones, "the number of zones", 1..=4, 2, problems);
    Some(Network::New {
        cidr: cidr?,
        zones: u8::try_from(zones).expect("at most 4"),
        endpoints,
        flow_logs,
        span: written.map_or_else(Span::default, |w| w.span),
    })
}

fn not_both(written: &blueprint::Network, existing: Span, problems: &mut Problems) {
    let cidr = written.cidr.as_ref().map(|cidr| ("cidr", cidr.span));
    let zones = written.zones.as_ref().map(|zones| ("zones", zones.span));
    for (key, span) in [cidr, zones].into_iter().flatten() {
        let message = format!("`{key}` is for a new VPC, and `existing` names one");
        let problem = Diagnostic::error("network-given-twice", span, message);
        problems.add(problem.related(existing, "the existing one").help("remove one of the two"));
    }
}

fn vpc_range(written: &Spanned<String>, problems: &mut Problems) -> Option<Ipv4Net> {
    let cidr = range(written, problems)?;
    if !(16..=24).contains(&cidr.prefix_len()) {
        let problem = Diagnostic::error(
            "bad-cidr",
            written.span,
            format!("a VPC of /{} does not fit", cidr.prefix_len()),
        );
        problems.add(
            problem
                .label("from /16 (AWS's largest) to /24")
                .help("choose a range such as `10.20.0.0/20`"),
        );
        return None;
    }
    let private = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];
    if !private.iter().any(|net| net.parse::<Ipv4Net>().is_ok_and(|net| net.contains(&cidr))) {
        let problem = Diagnostic::error(
            "public-cidr",
            written.span,
            format!("`{cidr}` is not a private range"),
        );
        problems.add(
            problem.help(
                "choose one inside 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10",
            ),
        );
    }
    Some(cidr)
}

fn range(written: &Spanned<String>, problems: &mut Problems) -> Option<Ipv4Net> {
    let text = &written.value;
    let Ok(cidr) = text.parse::<Ipv4Net>() else {
        let problem = Diagnostic::error(
            "bad-cidr",
            written.span,
            format!("`{text}` is not a range of IPv4 addresses"),
        );
        problems.add(problem.help("write an address and a length, such as `10.20.0.0/20`"));
        return None;
    };
    if cidr.trunc() != cidr {
        let problem = Diagnostic::error(
            "bad-cidr",
            written.span,
            format!("`{text}` does not start its own range"),
        );
        problems.add(problem.help(format!("write `{}`", cidr.trunc())));
        return None;
    }
    Some(cidr)
}

fn existing_vpc(
    written: &blueprint::Existing,
    endpoints: Vec<String>,
    flow_logs: bool,
    problems: &mut Problems,
) -> Option<ExistingVpc> {
    let cidr = range(&written.cidr, problems);
    let subnets = ids(&written.subnet_ids, "subnet", problems);
    if written.subnet_ids.is_empty() {
        let problem =
            Diagnostic::error("missing-key", written.span, "the existing VPC has no subnets");
        problems.add(problem.help("add `subnet_ids: [subnet-…]`"));
    }
    let interface_endpoints = written
        .interface_endpoints
        .iter()
        .filter_map(|(service, item)| Some((service.clone(), id(&item.value, "sg", problems)?)));
    let interface_endpoints = interface_endpoints.collect();
    let vpc_id = id(&written.vpc_id, "vpc", problems);
    let s3 = s3_endpoint(written, problems);
    Some(ExistingVpc {
        interface_endpoints,
        vpc_id: vpc_id?,
        cidr: cidr?,
        subnet_ids: subnets,
        s3: s3?,
        endpoints,
        egress: written.egress.unwrap_or(false),
        flow_logs,
        span: written.span,
    })
}

fn s3_endpoint(written: &blueprint::Existing, problems: &mut Problems) -> Option<S3Endpoint> {
    let tables = ids(&written.route_table_ids, "rtb", problems);
    match &written.s3_endpoint_id {
        Some(endpoint) => id(endpoint, "vpce", problems).map(S3Endpoint::Existing),
        None if written.route_table_ids.is_empty() => {
            let message =
                "the bucket opens to an S3 endpoint only, and the existing VPC names none";
            let problem = Diagnostic::error("missing-key", written.span, message);
            problems.add(
                problem.help(
                    "add `s3_endpoint_id: vpce-…`, or `route_table_ids: [rtb-…]` to make one",
                ),
            );
            None
        }
        None => Some(S3Endpoint::New(tables)),
    }
}

fn ids(written: &[Spanned<String>], prefix: &str, problems: &mut Problems) -> Vec<String> {
    written.iter().filter_map(|w| id(w, prefix, problems)).collect()
}

/// Ids of EC2 have 8 or 17 hexadecimal digits behind their prefix (EC2 user guide, "Resource IDs").
fn id(written: &Spanned<String>, prefix: &str, problems: &mut Problems) -> Option<String> {
    let digits = written.value.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('-'));
    let hexadecimal = |d: &str| {
        matches!(d.len(), 8 | 17) && d.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'))
    };
    if digits.is_some_and(hexadecimal) {
        return Some(written.value.clone());
    }
    let message = format!("`{}` is not the id of {}", written.value, kind_of(prefix));
    let help = format!("copy it from the console: `{prefix}-` and 8 or 17 hexadecimal digits");
    problems.add(Diagnostic::error("bad-id", written.span, message).help(help));
    None
}

fn kind_of(prefix: &str) -> &'static str {
    match prefix {
        "vpc" => "a VPC",
        "subnet" => "a subnet",
        "rtb" => "a route table",
        "vpce" => "a VPC endpoint",
        _ => "a security group",
    }
}

fn endpoints(written: &[Spanned<String>], problems: &mut Problems) -> Vec<String> {
    let mut found = Vec::new();
    for service in written {
        let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
        if service.value == "s3" {
            let message = "S3 is reached through its gateway endpoint, which is always there";
            let problem = Diagnostic::error("bad-endpoint", service.span, message);
            problems.add(problem.help("remove `s3`"));
        } else if service.value.is_empty()
            || service.value.contains("amazonaws")
            || !service.value.chars().all(word)
        {
            let problem = Diagnostic::error(
                "bad-endpoint",
                service.span,
                format!("`{}` is not a service", service.value),
            );
            problems.add(
                problem.help("write the end of the endpoint's name, such as `athena` or `ssm`"),
            );
        } else if !found.contains(&service.value) {
            found.push(service.value.clone());
        }
    }
    found
}
