//! The EMR cluster.

use crate::aws::instance::{self, Offer};
use crate::blueprint::decode::Spanned;
use crate::blueprint::{self, Blueprint, Kind};
use crate::diagnostic::{Diagnostic, Problems, Span, nearest};
use crate::model::{Cluster, Network, Spot};

use super::{number, word};

pub(super) fn cluster(
    blueprint: &Blueprint,
    environment: &blueprint::Environment,
    network: Option<&Network>,
    problems: &mut Problems,
) -> Option<Cluster> {
    let written = &blueprint.cluster;
    let release = release(&written.release, problems);
    let region = &environment.region.value;
    Some(Cluster {
        name: cluster_name(blueprint, problems),
        master_types: types(&written.master, ("master", written.span), region, problems),
        worker_types: types(
            &written.workers.types,
            ("workers", written.workers.span),
            region,
            problems,
        ),
        on_demand: number(
            written.workers.on_demand.as_ref(),
            "the number of workers",
            1..=1000,
            1,
            problems,
        ),
        spot: spot(written.workers.spot.as_ref(), problems),
        disk_gb: number(written.disk_gb.as_ref(), "the disk in GiB", 15..=16_384, 64, problems),
        step_concurrency: step_concurrency(blueprint, problems),
        idle_timeout_minutes: idle_timeout(written, network, problems),
        keep_on_failure_minutes: written.keep_on_failure_minutes.as_ref().map(|minutes| {
            number(Some(minutes), "the minutes to keep a cluster", 1..=1440, 60, problems)
        }),
        key_pair: written.key_pair.as_ref().map(|k| k.value.clone()),
        span: written.span,
        release: release?,
    })
}

/// Returns how many steps run at once: as written, else one for each table of a kind, 10 at most.
pub(super) fn step_concurrency(blueprint: &Blueprint, problems: &mut Problems) -> u32 {
    let count = |kind| blueprint.tables.values().filter(|t| t.value.kind.value == kind).count();
    let tables = Kind::ALL.iter().map(|kind| count(*kind)).max().unwrap_or(1);
    let default = u32::try_from(tables.clamp(1, 10)).expect("10 at most");
    let written = blueprint.cluster.step_concurrency.as_ref();
    number(written, "the number of steps at once", 1..=256, default, problems)
}

fn cluster_name(blueprint: &Blueprint, problems: &mut Problems) -> String {
    let written = blueprint.cluster.name.as_ref().unwrap_or(&blueprint.pipeline);
    let refused = written
        .value
        .chars()
        .find(|c| c.is_control() || matches!(c, '<' | '>' | '$' | '|' | '`' | '%'));
    if let Some(found) = refused {
        let problem = Diagnostic::error(
            "bad-name",
            written.span,
            format!("the cluster's name has `{found}`, which EMR refuses"),
        );
        problems.add(problem.help("choose another name"));
    }
    written.value.clone()
}

fn release(written: &Spanned<String>, problems: &mut Problems) -> Option<String> {
    if crate::aws::release::of(&written.value).is_some() {
        return Some(written.value.clone());
    }
    let message = format!("unknown EMR release `{}`", written.value);
    let known = crate::aws::release::ALL.iter().map(|release| release.label);
    problems.add(
        Diagnostic::error("unknown-release", written.span, message).suggest(&written.value, known),
    );
    None
}

/// EMR takes up to 30 types in a fleet (EMR API, `InstanceFleetConfig`).
const MAX_TYPES: usize = 30;

fn types(
    written: &[Spanned<String>],
    (what, span): (&str, Span),
    region: &str,
    problems: &mut Problems,
) -> Vec<String> {
    let help = "name 1 to 30 instance types, such as `[m6g.xlarge, m7g.xlarge]`";
    if written.is_empty() {
        let message = format!("no instance type is given for the {what}");
        problems.add(Diagnostic::error("bad-types", span, message).help(help));
    }
    if let Some(last) = written.get(MAX_TYPES) {
        let message = format!("more than 30 instance types are given for the {what}");
        problems.add(Diagnostic::error("bad-types", last.span, message).help(help));
    }
    let mut found: Vec<String> = Vec::new();
    for written in written {
        check_type(written, region, problems);
        if found.contains(&written.value) {
            let problem = Diagnostic::error(
                "duplicate-name",
                written.span,
                format!("`{}` stands here twice", written.value),
            );
            problems.add(problem.help("remove one"));
        }
        found.push(written.value.clone());
    }
    found
}

fn check_type(written: &Spanned<String>, region: &str, problems: &mut Problems) {
    let text = &written.value;
    let shaped = text.split_once('.').is_some_and(|(family, size)| {
        let word = |part: &str| {
            !part.is_empty()
                && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        };
        word(family) && word(size) && family.contains(|c: char| c.is_ascii_digit())
    });
    let refused = match text.split_once('.') {
        Some((_, "nano" | "micro" | "small" | "medium" | "large")) => {
            Some("EMR 7 needs at least `xlarge`")
        }
        _ if !shaped => Some("an instance type looks like `m6g.xlarge`"),
        _ => None,
    };
    if let Some(reason) = refused {
        let problem = Diagnostic::error(
            "bad-type",
            written.span,
            format!("EMR cannot use the instance type `{text}`"),
        );
        problems.add(problem.label(reason).help("choose a type such as `m6g.xlarge`"));
    } else {
        check_offer(written, region, problems);
    }
}

/// AWS's list ages, so what it lacks is a warning.
fn check_offer(written: &Spanned<String>, region: &str, problems: &mut Problems) {
    let name = &written.value;
    let message = match instance::offer(name, region) {
        Offer::Taken => return,
        Offer::Elsewhere => format!("EMR does not take `{name}` in {region}"),
        Offer::Refused => format!("EMR does not take `{name}`"),
        Offer::Unknown => format!("unknown instance type `{name}`"),
    };
    let day = instance::SOURCE.split(' ').next().unwrap_or_default();
    let problem = Diagnostic::warning("unknown-type", written.span, message)
        .label(format!("by AWS's list of {day}"));
    // The first letter says what a type is for: no other will do.
    let alike = instance::taken(region).filter(|taken| taken.chars().next() == name.chars().next());
    let alike: Vec<_> = alike.collect();
    problems.add(match nearest(name, alike.iter().rev().map(String::as_str)) {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None => problem.help("choose another type, unless this one is newer than the list"),
    });
}

const ACTIONS: [&str; 2] = ["SWITCH_TO_ON_DEMAND", "TERMINATE_CLUSTER"];

/// EMR API, `SpotProvisioningSpecification.AllocationStrategy`.
const ALLOCATIONS: [&str; 5] = [
    "price-capacity-optimized",
    "capacity-optimized",
    "capacity-optimized-prioritized",
    "lowest-price",
    "diversified",
];

fn spot(written: Option<&blueprint::Spot>, problems: &mut Problems) -> Spot {
    let count = written.and_then(|s| s.count.as_ref());
    let increment = written.and_then(|s| s.increment.as_ref());
    let price = written.and_then(|s| s.max_price_percent.as_ref());
    let timeout = written.and_then(|s| s.timeout_minutes.as_ref());
    let action = written.and_then(|s| s.timeout_action.as_ref());
    let allocation = written.and_then(|s| s.allocation.as_ref());
    Spot {
        count: number(count, "the number of spot workers", 0..=1000, 0, problems),
        increment: number(increment, "the number of added workers", 0..=1000, 1, problems),
        max_price_percent: number(price, "the price in percent", 1..=1000, 100, problems),
        timeout_minutes: number(
            timeout,
            "the minutes to wait for spot capacity",
            5..=1440,
            20,
            problems,
        ),
        timeout_action: word(action, "timeout action", &ACTIONS, ACTIONS[0], problems),
        allocation: word(allocation, "allocation strategy", &ALLOCATIONS, ALLOCATIONS[0], problems),
    }
}

fn idle_timeout(
    written: &blueprint::Cluster,
    network: Option<&Network>,
    problems: &mut Problems,
) -> Option<u32> {
    let minutes = written.idle_timeout_minutes.as_ref()?;
    if network.is_some_and(|network| !network.has_egress()) {
        let message = "`idle_timeout_minutes` does nothing in a network without egress";
        let problem = Diagnostic::error("idle-timeout-without-egress", minutes.span, message);
        let label = "EMR's idle auto-termination asks a public endpoint";
        problems.add(
            problem
                .label(label)
                .help("remove it: the scheduled check ends clusters that nobody owns"),
        );
    }
    Some(number(Some(minutes), "the minutes of idleness", 1..=10_080, 60, problems))
}
