//! Timeouts that the blueprint leaves out: they follow from what a machine runs and how many tables it loads.

use std::collections::BTreeMap;

use crate::blueprint::{self, Blueprint};
use crate::model::{Action, Body, COMMANDS_OF_A_LOAD, Machine, Name, Step};

/// The shortest timeout that is derived: 6 hours.
const LEAST: u32 = 6 * 3600;

/// Gives every machine without a `timeout` the time that its steps may take, and every `run` without one the time of what
/// it runs. There must be no cycles.
pub(super) fn timeouts(machines: &mut [Machine], blueprint: &Blueprint) {
    let mut known: BTreeMap<Name, u32> = BTreeMap::new();
    while known.len() < machines.len() {
        let before = known.len();
        for machine in machines.iter_mut() {
            let ready = runs(machine).all(|run| known.contains_key(run));
            if ready && !known.contains_key(&machine.name) {
                let tables =
                    |kind| blueprint.tables.values().filter(|t| t.value.kind.value == kind).count();
                derive(
                    machine,
                    blueprint.state_machines.get(machine.name.as_str()),
                    &known,
                    tables,
                );
                known.insert(machine.name.clone(), machine.timeout_seconds);
            }
        }
        if known.len() == before {
            return; // Something runs a machine that has problems of its own.
        }
    }
}

fn runs(machine: &Machine) -> impl Iterator<Item = &Name> {
    steps(machine).iter().filter_map(|step| match &step.action {
        Action::Run { machine, .. } => Some(machine),
        _ => None,
    })
}

fn steps(machine: &Machine) -> &[Step] {
    match &machine.body {
        Body::Steps(steps) => steps,
        Body::Asl { .. } => &[],
    }
}

fn derive(
    machine: &mut Machine,
    written: Option<&blueprint::Item<blueprint::Machine>>,
    known: &BTreeMap<Name, u32>,
    tables: impl Fn(blueprint::Kind) -> usize,
) {
    let Some(written) = written.map(|item| &item.value) else { return };
    let Body::Steps(steps) = &mut machine.body else { return };
    for step in steps.iter_mut() {
        let own =
            written.steps.iter().find(|w| w.span == step.span).and_then(|w| w.timeout.as_ref());
        if let (Action::Run { machine, timing }, None) = (&mut step.action, own) {
            // Two polls more than the part has, so that its end is seen, and only the part tells of it.
            timing.timeout_seconds = known[machine].saturating_add(2 * timing.every_seconds);
        }
    }
    if written.timeout.is_none() {
        let needed: u64 = steps.iter().map(|step| longest(step, &tables)).sum();
        // Whole hours, so that one table more seldom changes what else depends on the timeout.
        let needed = needed.div_ceil(3600) * 3600;
        machine.timeout_seconds =
            u32::try_from(needed).unwrap_or(u32::MAX).clamp(LEAST, super::duration::LONGEST);
    }
}

/// Returns the seconds that a step may take; loads are given a third more than polling alone takes.
fn longest(step: &Step, tables: &impl Fn(blueprint::Kind) -> usize) -> u64 {
    match &step.action {
        Action::Poll { timing, .. } | Action::Run { timing, .. } | Action::Emr { timing, .. } => {
            u64::from(timing.timeout_seconds)
        }
        Action::Load { kind, timing, concurrency } => {
            let rounds = tables(*kind).div_ceil(*concurrency as usize) as u64;
            let polling = rounds * COMMANDS_OF_A_LOAD as u64 * u64::from(timing.every_seconds);
            u64::from(timing.timeout_seconds).max(polling * 13 / 10)
        }
        Action::Call { .. } | Action::Notify(_) | Action::StopIfEmpty(..) => 0,
    }
}
