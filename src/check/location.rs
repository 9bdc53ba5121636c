//! Places in the bucket that would share files: what is moved, overwritten or deleted is named by its prefix.

use crate::blueprint::{self, Blueprint};
use crate::diagnostic::{Diagnostic, Problems, Span};
use crate::model::{Area, Pipeline, Table};

/// The areas in which a table has a place of its own.
const OWN: [Area; 5] = [Area::Landing, Area::Stage, Area::Prod, Area::Archive, Area::Rejected];
/// The areas in which none may have one.
const SYSTEM: [Area; 4] = [Area::Libs, Area::State, Area::Logs, Area::Results];

/// A place and what stands there.
struct Place {
    /// Its prefix, with a slash at the end, so that those inside of it follow it in order.
    prefix: String,
    what: String,
    /// Where the blueprint says so.
    stated: Option<Span>,
}

/// Tells places that are one another's, or inside one another; only places that a table states can be.
pub(super) fn overlaps(pipeline: &Pipeline, blueprint: &Blueprint, problems: &mut Problems) {
    let states = |table: &Table| OWN.iter().any(|area| table.own_location(*area).is_some());
    if !pipeline.tables.iter().any(states) {
        return;
    }
    let mut places: Vec<_> = pipeline
        .tables
        .iter()
        .flat_map(|table| OWN.map(|area| of_table(pipeline, blueprint, table, area)))
        .chain(SYSTEM.map(|area| of_system(pipeline, area)))
        .collect();
    places.sort_by(|one, other| one.prefix.cmp(&other.prefix));
    let mut outer = 0;
    for inner in 1..places.len() {
        if places[inner].prefix.starts_with(&places[outer].prefix) {
            problems.extend(told(&places[outer], &places[inner]));
        } else {
            outer = inner;
        }
    }
}

fn of_table(pipeline: &Pipeline, blueprint: &Blueprint, table: &Table, area: Area) -> Place {
    let written = blueprint.tables.get(table.name.as_str());
    let locations = written.and_then(|item| item.value.locations.as_ref());
    Place {
        prefix: pipeline.table_prefix(table, area) + "/",
        what: format!("the {} of `{}`", word(area), table.name),
        stated: locations.and_then(|locations| stated(locations, area)),
    }
}

fn of_system(pipeline: &Pipeline, area: Area) -> Place {
    let what = format!("what the pipeline keeps: {}", word(area));
    Place { prefix: pipeline.area_prefix(area) + "/", what, stated: None }
}

fn stated(locations: &blueprint::Locations, area: Area) -> Option<Span> {
    let place = match area {
        Area::Landing => &locations.landing,
        Area::Stage => &locations.stage,
        Area::Prod => &locations.prod,
        Area::Archive => &locations.archive,
        _ => &None,
    };
    place.as_ref().map(|place| place.span)
}

fn word(area: Area) -> &'static str {
    match area {
        Area::Landing => "landing",
        Area::Stage => "stage",
        Area::Prod => "prod",
        Area::Archive => "archive",
        Area::Rejected => "rejected rows",
        Area::Libs => "scripts and configuration",
        Area::State => "state",
        Area::Logs => "logs",
        Area::Results => "query results",
    }
}

fn told(outer: &Place, inner: &Place) -> Option<Diagnostic> {
    let span = inner.stated.or(outer.stated)?;
    let how = if outer.prefix == inner.prefix { "is also" } else { "stands inside" };
    let message = format!(
        "{} (`{}`) {how} {} (`{}`)",
        inner.what,
        inner.prefix.trim_end_matches('/'),
        outer.what,
        outer.prefix.trim_end_matches('/')
    );
    let help = "files are moved, overwritten and deleted by prefix: give each place one of its own";
    Some(Diagnostic::error("overlapping-location", span, message).help(help))
}
