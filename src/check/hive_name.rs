//! Names of databases, tables and columns.

use crate::blueprint::decode::Spanned;
use crate::diagnostic::{Diagnostic, Problems, Span};
use crate::model::HiveName;

use super::parsed;

/// Accepts a name that Glue, Hive and Athena all take; a keyword is a warning.
pub(super) fn hive_name(
    what: &str,
    name: &str,
    span: Span,
    problems: &mut Problems,
) -> Option<HiveName> {
    let written = Spanned { value: (), span };
    let found = parsed(name, &written, (what, HiveName::RULE), HiveName::parse, problems)?;
    if RESERVED.contains(&name) {
        let message = format!("{what} `{name}` has the name of a Hive keyword");
        problems.add(
            Diagnostic::warning("reserved-word", span, message)
                .help("Athena users must quote it; another name is easier"),
        );
    }
    Some(found)
}

/// Reserved in Hive 3 or Athena's DDL and likely as a column's name (Athena user guide, "Reserved keywords").
const RESERVED: [&str; 26] = [
    "all",
    "alter",
    "and",
    "array",
    "as",
    "between",
    "by",
    "case",
    "column",
    "create",
    "date",
    "delete",
    "end",
    "from",
    "group",
    "interval",
    "join",
    "map",
    "order",
    "partition",
    "row",
    "table",
    "time",
    "timestamp",
    "user",
    "values",
];
