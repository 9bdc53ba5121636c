//! Changes as a comment on a pull request: alarms open, the rest folded, within what GitHub takes.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::change::Changes;
use super::fold::{Folded, Group, folded};
use super::outline::{Item, Section, Tone};

/// GitHub's limit of a comment, in characters.
const LIMIT: usize = 65_536;

/// Returns the changes of all environments as one comment. Where it would be too long, calm sections give way first, then
/// details; what is alarming is put together rather than left out.
pub fn markdown(environments: &[Changes]) -> String {
    let folded = folded(environments);
    let levels = [Level::All, Level::Some, Level::Counts, Level::AlarmsAlone, Level::Names];
    let mut texts = levels.into_iter().map(|level| comment(&folded, level));
    let fits = |text: &String| text.chars().count() < LIMIT;
    texts.find(fits).unwrap_or_else(|| counted(&folded))
}

/// How much is told.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Level {
    All,
    /// Twenty items of each section that is no alarm.
    Some,
    /// The number of items of such sections.
    Counts,
    /// Of each alarm what it is about, and the first line.
    AlarmsAlone,
    /// Of each alarm what it is about.
    Names,
}

fn comment(folded: &Folded, level: Level) -> String {
    let mut text = summaries(folded);
    for group in &folded.groups {
        heading(&mut text, group);
        for section in &group.sections {
            draw(&mut text, section, level);
        }
    }
    text
}

fn summaries(folded: &Folded) -> String {
    let mut text = String::new();
    for summary in &folded.summaries {
        let _ = writeln!(text, "**{}**\n", escaped(summary));
    }
    text
}

fn heading(text: &mut String, group: &Group) {
    let who = escaped(if group.who.is_empty() { "changes" } else { &group.who });
    let _ = match &group.summary {
        Some(summary) if group.sections.is_empty() => writeln!(text, "**{who}**: {summary}\n"),
        Some(summary) => writeln!(text, "### {who}: {summary}\n"),
        None => writeln!(text, "### {who}\n"),
    };
}

fn draw(text: &mut String, section: &Section, level: Level) {
    let count = section.count();
    if section.tone == Tone::Alarm {
        let _ = writeln!(text, "#### {} ({count})\n", section.title);
        for item in &section.items {
            draw_item(text, item, level);
        }
        text.push('\n');
        return;
    }
    if level >= Level::Counts {
        let _ = writeln!(text, "**{}**: {count}\n", section.title);
        return;
    }
    let open = if section.tone == Tone::Notice { " open" } else { "" };
    let _ = writeln!(text, "<details{open}><summary>{} ({count})</summary>\n", section.title);
    let most = if level == Level::All { usize::MAX } else { 20 };
    for item in section.items.iter().take(most) {
        draw_item(text, item, level);
    }
    if section.items.len() > most {
        let _ = writeln!(text, "- … and {} more", section.items.len() - most);
    }
    text.push_str("\n</details>\n\n");
}

fn draw_item(text: &mut String, item: &Item, level: Level) {
    let at = item.at.as_ref().map_or_else(String::new, |at| format!(" ({at})"));
    let heads: Vec<_> = item.heads.iter().map(|head| escaped(head)).collect();
    let _ = writeln!(text, "- {}{at}", heads.join("; "));
    let most = match level {
        Level::All | Level::Some | Level::Counts => usize::MAX,
        Level::AlarmsAlone => 1,
        Level::Names => 0,
    };
    for line in item.lines.iter().take(most) {
        let _ = writeln!(text, "  - {}", escaped(line));
    }
}

/// So many alarms that no list of them fits: how many there are of each type, and where to find them all.
fn counted(folded: &Folded) -> String {
    let mut text = summaries(folded);
    for group in &folded.groups {
        heading(&mut text, group);
        for section in &group.sections {
            let _ = writeln!(text, "- **{}**: {}", section.title, section.count());
            if section.tone == Tone::Alarm {
                for (kind, count) in by_type(section) {
                    let _ = writeln!(text, "  - {}: {count}", escaped(kind));
                }
            }
        }
    }
    text.push_str("\nThere is too much to list here: `gen diff --format json` lists all.\n");
    text
}

/// Counts the resources of a section by type: a head is `stack/id, type` and perhaps a name.
fn by_type(section: &Section) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for head in section.items.iter().flat_map(|item| &item.heads) {
        let kind = head.split_once(", ").map_or("", |(_, rest)| rest);
        *counts.entry(kind.split(' ').next().unwrap_or(kind)).or_default() += 1;
    }
    counts
}

/// Takes the meaning from what Markdown and HTML would read; code in backticks stays code.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for (at, part) in text.split('`').enumerate() {
        if at > 0 {
            escaped.push('`');
        }
        let is_code = at % 2 == 1;
        for character in part.chars() {
            match character {
                '<' if !is_code => escaped.push_str("&lt;"),
                '>' if !is_code => escaped.push_str("&gt;"),
                '*' | '_' | '[' | ']' | '|' | '\\' | '#' | '@' if !is_code => {
                    escaped.push('\\');
                    escaped.push(character);
                }
                other => escaped.push(other),
            }
        }
    }
    escaped
}
