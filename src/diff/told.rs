//! The sections that say in words what changed properties mean.

use super::change::{Changes, Code, Cost, Passage, Permission, Table, TextFile, Workflow};
use super::outline::{Item, Section, Tone};

/// Returns the sections, in the order of what they may cost.
pub(super) fn sections(changes: &Changes) -> Vec<Section> {
    let (wider, narrower): (Vec<_>, Vec<_>) =
        changes.permissions.iter().partition(|permission| permission.widens);
    let (open, closed): (Vec<_>, Vec<_>) = changes.network.iter().partition(|way| way.opens);
    vec![
        together(section("May do more", Tone::Notice, wider, permission)),
        together(section("May do less", Tone::Calm, narrower, permission)),
        together(section("Network opens", Tone::Notice, open, passage)),
        together(section("Network closes", Tone::Calm, closed, passage)),
        section("Workflows", Tone::Notice, &changes.workflows, workflow),
        section("Catalog", Tone::Calm, &changes.catalog, table),
        section("Code", Tone::Calm, &changes.code, code),
        section("Configuration and scripts", Tone::Calm, &changes.files, file),
        section("Running costs", Tone::Notice, &changes.costs, cost),
    ]
}

fn section<'a, T: 'a>(
    title: &'static str,
    tone: Tone,
    items: impl IntoIterator<Item = &'a T>,
    form: fn(&T) -> Item,
) -> Section {
    Section { title, tone, items: items.into_iter().map(form).collect() }
}

/// Puts what is said of the same one together.
fn together(section: Section) -> Section {
    let mut items: Vec<Item> = Vec::new();
    for item in section.items {
        match items.iter_mut().find(|known| known.heads == item.heads) {
            Some(known) => known.lines.extend(item.lines),
            None => items.push(item),
        }
    }
    Section { items, ..section }
}

fn permission(permission: &Permission) -> Item {
    let Permission { widens, who, actions, resources, condition, denial, by: _ } = permission;
    let sign = if *widens { "+" } else { "−" };
    let not = match (denial, widens) {
        (false, _) => "",
        (true, true) => " (a denial goes)",
        (true, false) => " (a denial comes)",
    };
    let condition = if condition.is_empty() { String::new() } else { format!(", if {condition}") };
    let line = format!("{sign} {} on {}{condition}{not}", actions.join(", "), resources.join(", "));
    Item::new(who.clone(), vec![line])
}

fn passage(passage: &Passage) -> Item {
    let sign = if passage.opens { "+" } else { "−" };
    Item::new(passage.through.clone(), vec![format!("{sign} {}", passage.rule)])
}

fn workflow(workflow: &Workflow) -> Item {
    let added = workflow.added.iter().map(|state| format!("+ {state}"));
    let removed = workflow.removed.iter().map(|state| format!("− {state}"));
    let changed = workflow.changed.iter().map(|change| format!("~ {change}"));
    Item::new(workflow.name.clone(), added.chain(removed).chain(changed).collect())
}

fn table(table: &Table) -> Item {
    Item::new(table.name.clone(), table.changed.clone())
}

fn code(code: &Code) -> Item {
    let lines = if code.files.is_empty() {
        vec!["another archive; which files changed is not known".to_owned()]
    } else {
        code.files.clone()
    };
    Item { heads: code.functions.clone(), at: None, lines }
}

fn file(file: &TextFile) -> Item {
    let lines = format!("+{} −{} lines", file.added, file.removed);
    let lines = if file.settings.is_empty() { vec![lines] } else { file.settings.clone() };
    Item::new(file.path.clone(), lines)
}

fn cost(cost: &Cost) -> Item {
    Item::new(cost.what.clone(), vec![format!("{} → {}", cost.old, cost.new)])
}
