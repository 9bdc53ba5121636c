//! The rows for people and for programs.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::model::Pipeline;

use super::{Row, Sight, Way};

const HEAD: [&str; 4] = ["who", "where", "may", "from"];

/// Returns the page that a review reads: one line for what someone may do somewhere, so a right more is a line more.
pub fn markdown(pipeline: &Pipeline, rows: &[Row], sights: &[Sight], unknown: &[String]) -> String {
    let mut page = format!("# Who may do what in {}\n\n", pipeline.environment.name);
    page += "What the policies of roles, bucket, key and VPC endpoints allow together; what is not listed is not allowed.\n";
    page += "`gen access --why WHO ACTION RESOURCE` names the statements behind a yes or a no.\n";
    for (title, is_group) in [("People and systems", true), ("Roles of the pipeline", false)] {
        let _ = write!(
            page,
            "\n## {title}\n\n| who | where | may | from |\n| --- | --- | --- | --- |\n"
        );
        for row in rows.iter().filter(|row| row.is_group == is_group) {
            let [who, place, may, from] = cells(row);
            let _ = writeln!(page, "| {who} | {} | {may} | {from} |", place.replace('*', "\\*"));
        }
    }
    if !sights.is_empty() {
        page += "\n## Seen beyond what was given\n\n| who | by | what | why |\n| --- | --- | --- | --- |\n";
        for sight in sights {
            let (who, by, what) = (&sight.group, sight.by.word(), sight.what.join(", "));
            let _ = writeln!(page, "| {who} | {by} | {what} | {} |", why(pipeline, sight));
        }
    }
    if !unknown.is_empty() {
        page += "\n## Not judged\n\n";
        page.extend(unknown.iter().map(|one| format!("- {one}\n")));
    }
    page
}

/// Returns the rows in columns.
pub fn text(rows: &[Row]) -> String {
    let lines: Vec<_> = rows.iter().map(cells).collect();
    let mut widths = HEAD.map(str::len);
    for line in &lines {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for line in [HEAD.map(str::to_owned)].iter().chain(&lines) {
        let padded = line.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        let _ = writeln!(text, "{}", padded.collect::<Vec<_>>().join("  ").trim_end());
    }
    text
}

/// Returns the rows as JSON.
pub fn json(rows: &[Row]) -> Value {
    let one = |row: &Row| {
        let from: Vec<_> = row.from.iter().map(|way| way.word()).collect();
        json!({"who": row.who, "group": row.is_group, "where": row.place, "may": row.may, "from": from})
    };
    rows.iter().map(one).collect()
}

/// Returns what groups see beyond what they were given, each with its reason; nothing where there is nothing.
pub fn sights_text(pipeline: &Pipeline, sights: &[Sight]) -> String {
    if sights.is_empty() {
        return String::new();
    }
    let mut text = "Seen beyond what was given, and why:\n".to_owned();
    for sight in sights {
        let Sight { group, by, what, how, .. } = sight;
        let _ = writeln!(text, "  {group} by {}: {}\n    {how}", by.word(), what.join(", "));
        let _ = writeln!(text, "    {}", why(pipeline, sight));
    }
    text
}

/// Returns the same as JSON.
pub fn sights_json(pipeline: &Pipeline, sights: &[Sight]) -> Value {
    let one = |sight: &Sight| {
        let Sight { group, by, what, how, .. } = sight;
        let reason = sight.reason(pipeline);
        json!({"who": group.as_str(), "by": by.word(), "what": what, "how": how, "reason": reason})
    };
    sights.iter().map(one).collect()
}

fn why<'a>(pipeline: &'a Pipeline, sight: &Sight) -> &'a str {
    sight.reason(pipeline).unwrap_or("the blueprint does not say why")
}

fn cells(row: &Row) -> [String; 4] {
    [row.who.clone(), row.place.clone(), row.may.join(", "), from(&row.from)]
}

fn from(ways: &[Way]) -> String {
    match ways {
        [Way::Vpc, Way::Internet, rest @ ..] => ["anywhere"]
            .into_iter()
            .chain(rest.iter().map(|way| way.word()))
            .collect::<Vec<_>>()
            .join(", "),
        ways => ways.iter().map(|way| way.word()).collect::<Vec<_>>().join(", "),
    }
}

impl Way {
    /// Returns the word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Vpc => "VPC",
            Self::Internet => "internet",
            Self::Athena => "Athena",
        }
    }
}
