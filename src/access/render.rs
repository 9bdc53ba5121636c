//! The rows for people and for programs.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::model::Pipeline;

use super::{Admission, Row, Sight, Way, Whose};

/// What the page shows.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// What roles may do.
    pub rows: &'a [Row],
    /// Whom the templates let in beside them.
    pub admissions: &'a [Admission],
    /// What groups see beyond what they were given.
    pub sights: &'a [Sight],
    /// What could not be judged.
    pub unknown: &'a [String],
}

const TITLES: [(&str, Whose); 3] = [
    ("People and systems", Whose::Group),
    ("Roles of the pipeline", Whose::Pipeline),
    ("Roles that deploy, and for emergencies", Whose::Deploying),
];
const OTHERS: &str = "Who else the templates let in";
const HEAD: [&str; 4] = ["who", "where", "may", "from"];

/// Returns the page that a review reads: one line for what someone may do somewhere, so a right more is a line more.
pub fn markdown(pipeline: &Pipeline, of: &Page) -> String {
    let Page { rows, admissions, sights, unknown } = of;
    let mut page = format!("# Who may do what in {}\n\n", pipeline.environment.name);
    page += "What the policies of roles, bucket, key and VPC endpoints allow together; what is not listed is not allowed.\n";
    page += "`gen access --why WHO ACTION RESOURCE` names the statements behind a yes or a no.\n";
    for (title, whose) in TITLES {
        let mut rows = rows.iter().filter(|row| row.whose == whose).peekable();
        if rows.peek().is_some() {
            table(&mut page, title, &HEAD, rows.map(cells));
        }
    }
    let named = admissions.iter().map(|one| {
        let [who, may, place, statement, only] = admitted(one);
        [format!("`{who}`"), may, place, statement, only]
    });
    table(&mut page, OTHERS, &["who", "may", "where", "statement", "only with"], named);
    if !sights.is_empty() {
        let cells = |one: &Sight| {
            let (who, by) = (one.group.to_string(), one.by.word().to_owned());
            [who, by, one.what.join(", "), why(pipeline, one).to_owned()]
        };
        let head = ["who", "by", "what", "why"];
        table(&mut page, "Seen beyond what was given", &head, sights.iter().map(cells));
    }
    if !unknown.is_empty() {
        page += "\n## Not judged\n\n";
        page.extend(unknown.iter().map(|one| format!("- {one}\n")));
    }
    page
}

fn table<const N: usize>(
    page: &mut String,
    title: &str,
    head: &[&str; N],
    lines: impl Iterator<Item = [String; N]>,
) {
    let _ = writeln!(page, "\n## {title}\n\n| {} |\n|{}", head.join(" | "), " --- |".repeat(N));
    for line in lines {
        let line =
            line.map(|cell| if cell.starts_with('`') { cell } else { cell.replace('*', "\\*") });
        let _ = writeln!(page, "| {} |", line.join(" | "));
    }
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
        json!({"who": row.who, "group": row.whose == Whose::Group, "where": row.place, "may": row.may, "from": from})
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

/// Returns whom the templates let in, a line each.
pub fn admissions_text(admissions: &[Admission]) -> String {
    let mut text = format!("{OTHERS}:\n");
    for [who, may, place, statement, only] in admissions.iter().map(admitted) {
        let only = if only.is_empty() { only } else { format!(", only with {only}") };
        let _ = writeln!(text, "  {who}: {may}, {place} ({statement}){only}");
    }
    text
}

/// Returns the same as JSON.
pub fn admissions_json(admissions: &[Admission]) -> Value {
    let one = |one: &Admission| {
        let Admission { who, may, only, places, statements } = one;
        json!({"who": who, "may": may, "where": places, "statements": statements, "only": only})
    };
    admissions.iter().map(one).collect()
}

fn admitted(one: &Admission) -> [String; 5] {
    let joined = |texts: &std::collections::BTreeSet<String>| {
        texts.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
    };
    let (places, statements) = (joined(&one.places), joined(&one.statements));
    [one.who.clone(), one.may.clone(), places, statements, one.only.join(", ")]
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
