//! Changes on a terminal: one screen, the dangerous first.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use super::change::Changes;
use super::fold::{Folded, folded};
use super::outline::{Item, Section, Tone};

/// How text is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    /// Columns; lines that are longer are wrapped.
    pub width: usize,
    /// Whether colours are understood.
    pub coloured: bool,
}

/// The most items of a section that is no alarm.
const MOST: usize = 12;

/// Returns the changes of all environments as text; one sentence where there are none.
pub fn text(environments: &[Changes], screen: Screen) -> String {
    let Folded { summaries, groups } = folded(environments);
    let mut text = String::new();
    let bold = Style::new().bold();
    for summary in &summaries {
        line(&mut text, screen, 0, &painted(summary, bold, screen));
    }
    for (at, group) in groups.iter().enumerate() {
        if at > 0 || !summaries.is_empty() {
            text.push('\n');
        }
        let heading = match (group.who.as_str(), &group.summary) {
            ("", summary) => summary.clone().unwrap_or_default(),
            (who, Some(summary)) => format!("{who}: {summary}"),
            (who, None) => format!("── {who} ──"),
        };
        line(&mut text, screen, 0, &painted(&heading, bold, screen));
        for section in &group.sections {
            draw(&mut text, section, screen);
        }
    }
    text
}

fn draw(text: &mut String, section: &Section, screen: Screen) {
    let style = match section.tone {
        Tone::Alarm => Style::new().bold().fg_color(Some(AnsiColor::Red.into())),
        Tone::Notice => Style::new().bold().fg_color(Some(AnsiColor::Yellow.into())),
        Tone::Calm => Style::new().bold(),
    };
    let _ = writeln!(text, "\n{}", painted(section.title, style, screen));
    let shown = if section.tone == Tone::Alarm { section.items.len() } else { MOST };
    for item in section.items.iter().take(shown) {
        draw_item(text, item, section.tone, screen);
    }
    let more = section.items.len().saturating_sub(shown);
    if more > 0 {
        line(text, screen, 2, &format!("… and {more} more: `--format json` lists all"));
    }
}

fn draw_item(text: &mut String, item: &Item, tone: Tone, screen: Screen) {
    let at = item.at.as_ref().map_or_else(String::new, |at| format!(" ({at})"));
    line(text, screen, 2, &format!("{}{at}", heads(item, tone)));
    let shown = if tone == Tone::Alarm { item.lines.len() } else { MOST };
    for detail in item.lines.iter().take(shown) {
        line(text, screen, 4, detail);
    }
    if item.lines.len() > shown {
        line(text, screen, 4, &format!("… and {} more", item.lines.len() - shown));
    }
}

/// Returns what an item is about; of many that are alike, the first ones and their number.
pub(super) fn heads(item: &Item, tone: Tone) -> String {
    let most = if tone == Tone::Alarm { 40 } else { 4 };
    let mut shown = item.heads.iter().take(most).cloned().collect::<Vec<_>>().join("; ");
    if item.heads.len() > most {
        let _ = write!(shown, "; and {} more alike", item.heads.len() - most);
    }
    shown
}

fn painted(text: &str, style: Style, screen: Screen) -> String {
    if screen.coloured { format!("{style}{text}{style:#}") } else { text.to_owned() }
}

/// Writes a line, broken between words where it is too long; what follows is indented further.
fn line(text: &mut String, screen: Screen, indent: usize, line: &str) {
    let mut column = indent;
    text.push_str(&" ".repeat(indent));
    for (at, word) in line.split(' ').enumerate() {
        let length = word.chars().filter(|c| !c.is_control()).count();
        if at > 0 && column + 1 + length > screen.width {
            text.push('\n');
            text.push_str(&" ".repeat(indent + 2));
            column = indent + 2;
        } else if at > 0 {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += length;
    }
    text.push('\n');
}
