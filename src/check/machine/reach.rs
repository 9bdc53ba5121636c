//! Which machine starts which: none starts itself, and something starts each.

use std::collections::BTreeSet;

use crate::blueprint::Blueprint;
use crate::diagnostic::{Diagnostic, Problems, Span};
use crate::model::{Action, Body, Cleanup, Machine, Name, named_in};

/// Tells every circle of machines, and whether there is one.
pub(super) fn cycles(machines: &[Machine], problems: &mut Problems) -> bool {
    let mut done = BTreeSet::new();
    let mut found = false;
    for machine in machines {
        let mut way = vec![(&machine.name, machine.span)];
        found |= walk(machine, machines, &mut way, &mut done, problems);
    }
    found
}

fn walk<'a>(
    machine: &'a Machine,
    machines: &'a [Machine],
    way: &mut Vec<(&'a Name, Span)>,
    done: &mut BTreeSet<&'a Name>,
    problems: &mut Problems,
) -> bool {
    let mut found = false;
    for (name, span) in starts(machine) {
        let Some(next) = machines.iter().find(|known| known.name == name) else { continue };
        if let Some(first) = way.iter().position(|(known, _)| **known == name) {
            problems.add(cycle(&way[first..], &name, span));
            found = true;
        } else if !done.contains(&next.name) {
            way.push((&next.name, span));
            found |= walk(next, machines, way, done, problems);
            way.pop();
        }
    }
    done.insert(&machine.name);
    found
}

fn cycle(way: &[(&Name, Span)], back: &Name, span: Span) -> Diagnostic {
    let names: Vec<_> = way.iter().map(|(name, _)| format!("`{name}`")).collect();
    let message = match names.as_slice() {
        [one] => format!("{one} starts itself"),
        names => format!("{} starts `{back}` again", names.join(" starts ")),
    };
    Diagnostic::error("machine-cycle", span, message)
        .help("remove one of the steps that close the circle")
}

/// Returns the machines that a machine starts, each with the place where it is named.
fn starts(machine: &Machine) -> Vec<(Name, Span)> {
    let mut starts = Vec::new();
    match &machine.body {
        Body::Steps(steps) => {
            for step in steps {
                if let Action::Run { machine, .. } = &step.action {
                    starts.push((machine.clone(), step.span));
                }
            }
        }
        Body::Asl { text, span } => {
            let (_, machines) = named_in(text);
            starts.extend(machines.into_iter().map(|name| (name, *span)));
        }
    }
    if let Some(Cleanup::Run(name, span)) = &machine.on_failure {
        starts.push((name.clone(), *span));
    }
    starts
}

/// Tells every machine that neither the schedule nor people start, not even through others. Without a schedule all are
/// started by hand.
pub(super) fn reachable(blueprint: &Blueprint, machines: &[Machine], problems: &mut Problems) {
    let Some(schedule) = &blueprint.schedule else { return };
    let scheduled = &schedule.machine;
    if !blueprint.state_machines.contains_key(&scheduled.value) {
        return;
    }
    let mut reached = BTreeSet::new();
    let is_first = |m: &&Machine| m.name.as_str() == scheduled.value || by_hand(blueprint, m);
    let mut open: Vec<_> = machines.iter().filter(is_first).collect();
    while let Some(machine) = open.pop() {
        if reached.insert(&machine.name) {
            let next = starts(machine);
            open.extend(machines.iter().filter(|m| next.iter().any(|(name, _)| *name == m.name)));
        }
    }
    let all_in_order = machines.len() == blueprint.state_machines.len();
    for machine in machines.iter().filter(|m| all_in_order && !reached.contains(&m.name)) {
        let message = format!("nothing starts `{}`", machine.name);
        let problem = Diagnostic::error("unreachable-machine", machine.span, message);
        let problem = problem.related(scheduled.span, "the schedule starts this one");
        problems.add(problem.help(format!(
            "add a step `run: {}` to a machine that is started, write `by_hand: true` if people start it, or remove it",
            machine.name
        )));
    }
}

/// Tells whether people start a machine.
fn by_hand(blueprint: &Blueprint, machine: &Machine) -> bool {
    let written = blueprint.state_machines.get(machine.name.as_str());
    written.and_then(|item| item.value.by_hand.as_ref()).is_some_and(|given| given.value)
}

/// Tells every machine that only people start, and that no group may start.
pub(super) fn operated(blueprint: &Blueprint, machines: &[Machine], problems: &mut Problems) {
    let groups = || blueprint.access.values().flat_map(|group| &group.value.operate);
    for machine in machines.iter().filter(|machine| by_hand(blueprint, machine)) {
        let name = machine.name.as_str();
        if !groups().any(|operated| operated.value == "all" || operated.value == name) {
            let message = format!("nobody may start `{name}`");
            let problem = Diagnostic::error("unreachable-machine", machine.span, message);
            problems.add_missing(problem.label("only people start it").help(format!(
                "give `operate: {name}` to a group in `access`, or remove `by_hand`"
            )));
        }
    }
}
