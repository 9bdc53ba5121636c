//! Changes in the order in which a reviewer wants them: each resource once, the dangerous first, what is alike together.

use serde_json::Value;

use super::change::{Action, Changes, DangerKind, Part, Property, Resource};
use super::verdict::Consequence;

/// How loud something is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Tone {
    /// Something fails or is lost.
    Alarm,
    /// Worth a second look.
    Notice,
    /// For completeness.
    Calm,
}

/// A heading and what belongs below it.
pub(super) struct Section {
    pub(super) title: &'static str,
    pub(super) tone: Tone,
    pub(super) items: Vec<Item>,
}

/// One thing to know: a line, and details below it.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Item {
    /// What it is about; several where they share their details.
    pub(super) heads: Vec<String>,
    /// A place in the blueprint.
    pub(super) at: Option<String>,
    pub(super) lines: Vec<String>,
}

impl Section {
    /// Returns how many things its items are about.
    pub(super) fn count(&self) -> usize {
        self.items.iter().map(|item| item.heads.len()).sum()
    }
}

impl Item {
    pub(super) fn new(head: impl Into<String>, lines: Vec<String>) -> Self {
        Self { heads: vec![head.into()], at: None, lines }
    }
}

/// Returns the sections that have something in them.
pub(super) fn sections(changes: &Changes) -> Vec<Section> {
    let mut sections: Vec<Section> = KINDS
        .iter()
        .map(|kind| Section {
            title: kind.title(),
            tone: kind.tone(),
            items: items(changes.resources.iter().filter(|one| Kind::of(one) == *kind)),
        })
        .collect();
    let rest =
        sections.split_off(KINDS.iter().position(|kind| *kind == Kind::InPlace).unwrap_or(0));
    sections.extend(super::told::sections(changes));
    sections.extend(rest);
    sections.push(Section {
        title: "Elsewhere in templates",
        tone: Tone::Calm,
        items: changes.templates.iter().map(part).collect(),
    });
    for section in &mut sections {
        section.items = alike(std::mem::take(&mut section.items));
    }
    sections.retain(|section| !section.items.is_empty());
    sections
}

/// Where a resource is listed: the first that fits.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Fails,
    Data,
    Open,
    Replaced,
    MayBeReplaced,
    Unknown,
    Removed,
    Interrupted,
    InPlace,
    Added,
    Noted,
    /// Another section tells all of it in words.
    Told,
}

const KINDS: [Kind; 11] = [
    Kind::Fails,
    Kind::Data,
    Kind::Open,
    Kind::Replaced,
    Kind::MayBeReplaced,
    Kind::Unknown,
    Kind::Removed,
    Kind::Interrupted,
    Kind::InPlace,
    Kind::Added,
    Kind::Noted,
];

impl Kind {
    pub(super) fn of(change: &Resource) -> Self {
        let told = change.reason.is_none()
            && !change.properties.is_empty()
            && change.properties.iter().all(|property| property.told_in.is_some());
        match change.dangers.iter().map(|danger| danger.kind).min() {
            Some(DangerKind::Deploy) => return Self::Fails,
            Some(DangerKind::Data) => return Self::Data,
            Some(DangerKind::Network) => return Self::Open,
            None => {}
        }
        match change.consequence {
            Consequence::Impossible => Self::Fails,
            Consequence::Replace => Self::Replaced,
            Consequence::MayReplace => Self::MayBeReplaced,
            Consequence::Unknown => Self::Unknown,
            Consequence::Delete | Consequence::Leave => Self::Removed,
            _ if told => Self::Told,
            Consequence::Interrupt => Self::Interrupted,
            Consequence::InPlace => Self::InPlace,
            Consequence::Create if change.action == Action::Renamed => Self::Told,
            Consequence::Create => Self::Added,
            Consequence::None => Self::Noted,
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Fails => "Fails at deployment",
            Self::Data => "Data at risk",
            Self::Open => "Open to more of the world",
            Self::Replaced => "Replaced",
            Self::MayBeReplaced => "May be replaced",
            Self::Unknown => "Of a type that is not in AWS's registry, so anything may happen",
            Self::Removed => "Removed",
            Self::Interrupted => "Interrupted",
            Self::InPlace => "Changed in place",
            Self::Added => "Added",
            Self::Noted | Self::Told => "Noted by CloudFormation only",
        }
    }

    fn tone(self) -> Tone {
        match self {
            Self::Fails | Self::Data | Self::Open => Tone::Alarm,
            Self::InPlace | Self::Added | Self::Noted | Self::Told => Tone::Calm,
            _ => Tone::Notice,
        }
    }
}

fn items<'a>(changes: impl Iterator<Item = &'a Resource>) -> Vec<Item> {
    changes.map(item).collect()
}

fn item(change: &Resource) -> Item {
    let name = change.name.as_ref().map_or_else(String::new, |name| format!(" `{name}`"));
    let was = change.renamed_from.as_ref().map_or_else(String::new, |was| format!(" (was {was})"));
    let head = format!("{}/{}{was}, {}{name}", change.stack, change.logical_id, change.kind);
    let mut lines = Vec::new();
    for danger in &change.dangers {
        lines.push(danger.message.clone());
        lines.extend(danger.help.iter().map(|help| format!("→ {help}")));
    }
    let told = change.dangers.iter().any(|danger| Some(&danger.message) == change.reason.as_ref());
    lines.extend(change.reason.iter().filter(|_| !told).cloned());
    let open = change.properties.iter().filter(|property| property.told_in.is_none());
    lines.extend(open.map(property));
    let at = change.at.as_ref().map(|place| format!("{}:{}", place.file, place.line));
    Item { heads: vec![head], at, lines }
}

fn property(property: &Property) -> String {
    let Property { path, old, new, .. } = property;
    let effect = match property.consequence {
        Consequence::Replace => " (replaces)",
        Consequence::MayReplace => " (may replace)",
        Consequence::Interrupt => " (interrupts)",
        _ => "",
    };
    format!("{path}: {}{effect}", step(old.as_ref(), new.as_ref()))
}

/// Returns the step from one value to another, for people.
pub(super) fn step(old: Option<&Value>, new: Option<&Value>) -> String {
    match (old, new) {
        (Some(old), Some(new)) if old == new => shown(new),
        (Some(old), Some(new)) => {
            let (was, is) = (shown(old), shown(new));
            if was == is {
                "changed beyond what is shown here".to_owned()
            } else {
                format!("{was} → {is}")
            }
        }
        (Some(old), None) => format!("− {}", shown(old)),
        (None, Some(new)) => format!("+ {}", shown(new)),
        (None, None) => String::new(),
    }
}

/// The most characters of one value.
const VALUE: usize = 72;

fn shown(value: &Value) -> String {
    let text = match value {
        Value::String(text) if text.is_empty() => "\"\"".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let text = text.replace('\n', "⏎").replace(|c: char| c.is_control(), "\u{fffd}");
    if text.chars().count() <= VALUE {
        return text;
    }
    text.chars().take(VALUE - 1).chain(['…']).collect()
}

fn part(part: &Part) -> Item {
    let name = if part.name.is_empty() { String::new() } else { format!(".{}", part.name) };
    let head = format!("{}/{}{name}", part.stack, part.section);
    Item::new(head, vec![step(part.old.as_ref(), part.new.as_ref())])
}

/// Puts items with the same details together.
fn alike(items: Vec<Item>) -> Vec<Item> {
    let mut merged: Vec<Item> = Vec::new();
    for item in items {
        match merged.iter_mut().find(|known| known.lines == item.lines) {
            Some(known) => {
                known.heads.extend(item.heads);
                known.at = None;
            }
            None => merged.push(item),
        }
    }
    merged
}

/// Returns the one line that says it all.
pub(super) fn summary(changes: &Changes) -> String {
    let count = |kind: Kind| changes.resources.iter().filter(|one| Kind::of(one) == kind).count();
    let mut parts: Vec<String> = Vec::new();
    let mut tell = |count: usize, words: &str| {
        if count > 0 {
            parts.push(format!("{count} {words}"));
        }
    };
    tell(count(Kind::Fails), "cannot be done");
    tell(
        changes.resources.iter().filter(|one| one.has(DangerKind::Data)).count(),
        "with data at risk",
    );
    tell(changes.resources.iter().filter(|one| one.has(DangerKind::Network)).count(), "opened");
    tell(count(Kind::Replaced), "replaced");
    tell(count(Kind::MayBeReplaced), "may be replaced");
    tell(count(Kind::Unknown), "of unknown types");
    tell(count(Kind::Removed), "removed");
    tell(count(Kind::Interrupted), "interrupted");
    tell(count(Kind::InPlace) + count(Kind::Told), "changed in place");
    tell(count(Kind::Added), "added");
    tell(count(Kind::Noted), "noted only");
    if parts.is_empty() { "no resource changes".to_owned() } else { parts.join(", ") }
}
