//! Changes as a comment on a pull request: alarms open, the rest folded, within what GitHub takes.

use std::fmt::Write;

use super::change::Changes;
use super::outline::{Item, Section, Tone, sections, summary};

/// GitHub's limit of a comment, in characters.
const LIMIT: usize = 65_536;

/// Returns the changes of all environments as one comment. Where it would be too long, calm sections give way first, then
/// details; what is alarming is put together rather than left out.
pub fn markdown(environments: &[Changes]) -> String {
    let levels = [Level::All, Level::Some, Level::Counts, Level::AlarmsAlone];
    let mut texts = levels.into_iter().map(|level| comment(environments, level));
    let fits = |text: &String| text.chars().count() < LIMIT;
    texts.find(fits).unwrap_or_else(|| counted(environments))
}

/// How much is told.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Level {
    All,
    /// Twenty items of each section that is no alarm.
    Some,
    /// The number of items of such sections.
    Counts,
    /// Alarms without their details.
    AlarmsAlone,
}

fn comment(environments: &[Changes], level: Level) -> String {
    let mut text = String::new();
    for changes in environments {
        let label = changes.environment.as_deref().unwrap_or("changes");
        if changes.is_empty() {
            let _ = writeln!(text, "**{label}**: nothing changes\n");
            continue;
        }
        let _ = writeln!(text, "### {}: {}\n", escaped(label), summary(changes));
        for section in sections(changes) {
            draw(&mut text, &section, level);
        }
    }
    text
}

fn draw(text: &mut String, section: &Section, level: Level) {
    let count = section.items.iter().map(|item| item.heads.len()).sum::<usize>();
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
    let most = if level >= Level::AlarmsAlone { 1 } else { usize::MAX };
    for line in item.lines.iter().take(most) {
        let _ = writeln!(text, "  - {}", escaped(line));
    }
}

/// So many alarms that no list of them fits: their kinds and numbers, and where to find them all.
fn counted(environments: &[Changes]) -> String {
    let mut text = String::new();
    for changes in environments {
        let label = changes.environment.as_deref().unwrap_or("changes");
        let _ = writeln!(text, "### {}: {}\n", escaped(label), summary(changes));
        for section in sections(changes) {
            let count = section.items.iter().map(|item| item.heads.len()).sum::<usize>();
            let _ = writeln!(text, "- **{}**: {count}", section.title);
        }
    }
    text.push_str("\nThere is too much to list here: `gen diff --format json` lists all.\n");
    text
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
