//! Who may do more or less: every policy as single grants, of which only those count by which more may be done than on the
//! other side.

mod effect;
mod grant;
mod policies;
mod witness;

use std::collections::{BTreeMap, BTreeSet};

use super::change::{Danger, DangerKind, Permission, Resource};
use super::read::Stack;

use grant::Grant;
pub(super) use grant::shown;

/// What was granted and is granted, by whom it is granted to.
type Sides = [BTreeMap<String, Vec<Grant>>; 2];

/// Returns the permissions that widen or narrow, and marks the properties that they tell of.
pub(super) fn changes(stacks: &[Stack], resources: &mut [Resource]) -> Vec<Permission> {
    let mut touched = false;
    for change in resources.iter_mut() {
        touched |= mark(stacks, change);
    }
    if !touched {
        return Vec::new();
    }
    let sides: Sides = [Stack::before, Stack::after].map(|side| {
        let mut granted: BTreeMap<String, Vec<Grant>> = BTreeMap::new();
        for stack in stacks {
            for (who, grant) in policies::grants(&stack.name, side(stack)) {
                granted.entry(who).or_default().push(grant);
            }
        }
        granted
    });
    let who: BTreeSet<&String> = sides.iter().flat_map(BTreeMap::keys).collect();
    let mut found = Vec::new();
    for who in who {
        let [old, new] = [0, 1].map(|side| sides[side].get(who).map_or(&[][..], Vec::as_slice));
        found.extend(told(who, old, new));
    }
    found.sort_by(|one, other| (!one.widens, one).cmp(&(!other.widens, other)));
    for change in resources {
        judge(&found, change);
    }
    found
}

/// Marks the properties that are policies; tells whether the resource has any, or comes or goes with one.
fn mark(stacks: &[Stack], change: &mut Resource) -> bool {
    let id = change.renamed_from.as_deref().unwrap_or(&change.logical_id);
    let old = super::find(stacks, &change.stack, Stack::before, id);
    let new = super::find(stacks, &change.stack, Stack::after, &change.logical_id);
    let mut touched = change.properties.is_empty();
    for property in &mut change.properties {
        if policies::is_touched(old, new, &change.kind, property) {
            property.told_in = Some("permissions");
            touched = true;
        }
    }
    touched
}

/// Says of a policy that nobody may do more or less by it, and of one that lets everybody in.
fn judge(found: &[Permission], change: &mut Resource) {
    let source = format!("{}/{}", change.stack, change.logical_id);
    let mut own = found.iter().filter(|permission| permission.by.contains(&source)).peekable();
    let marked = change.properties.iter().any(|property| property.told_in == Some("permissions"));
    if marked && own.peek().is_none() {
        change.reason = Some("its policy is written differently and allows the same".to_owned());
    }
    let everybody = own.filter(|permission| {
        let unbound = permission.widens && permission.condition.is_empty();
        unbound && !permission.denial && permission.who == grant::EVERYBODY
    });
    let told = everybody.map(|permission| {
        format!(
            "everybody may {} on {}",
            permission.actions.join(", "),
            permission.resources.join(", ")
        )
    });
    let dangers = told.map(|message| Danger { kind: DangerKind::Network, message, help: None });
    change.dangers.extend(dangers);
}

fn told(who: &str, old: &[Grant], new: &[Grant]) -> Vec<Permission> {
    // Of thousands of grants most stand on both sides: only the rest are compared one by one.
    let only = |some: &[Grant], others: &[Grant], allow: bool| -> Vec<Grant> {
        let same: BTreeSet<_> = others.iter().map(Grant::said).collect();
        let lone = some.iter().filter(|one| one.allow == allow && !same.contains(&one.said()));
        let lone = lone.filter(|one| !others.iter().any(|other| other.covers(one)));
        effect::added(lone.cloned().collect(), some, others)
    };
    let mut found = Vec::new();
    for (widens, denial, grants) in [
        (true, false, only(new, old, true)),
        (false, false, only(old, new, true)),
        (true, true, only(old, new, false)),
        (false, true, only(new, old, false)),
    ] {
        found.extend(together(grants).into_iter().map(|one| Permission {
            widens,
            denial,
            who: who.to_owned(),
            ..one
        }));
    }
    found
}

/// Puts grants together: actions on the same resource, then resources with the same actions.
fn together(grants: Vec<Grant>) -> Vec<Permission> {
    let mut by_resource: BTreeMap<(String, String), [BTreeSet<String>; 2]> = BTreeMap::new();
    for grant in grants {
        let [actions, by] = by_resource.entry((grant.condition, grant.resource)).or_default();
        actions.insert(grant.action);
        by.insert(grant.by);
    }
    let mut by_actions: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for ((condition, resource), [actions, by]) in by_resource {
        by_actions.entry((condition, actions, by)).or_default().push(resource);
    }
    let permission = |((condition, actions, by), resources)| Permission {
        widens: true,
        denial: false,
        who: String::new(),
        actions: BTreeSet::into_iter(actions).collect(),
        by: BTreeSet::into_iter(by).collect(),
        resources,
        condition,
    };
    by_actions.into_iter().map(permission).collect()
}
