//! Areas of the bucket as key prefixes that few statements can name, however many tables there are.

use std::collections::BTreeSet;

use crate::model::{Area, Kind, Pipeline};

/// Returns the prefixes of an area: one for each kind of table, and the places of tables that stand elsewhere.
pub(crate) fn prefixes(pipeline: &Pipeline, area: Area) -> BTreeSet<String> {
    match area {
        Area::Landing | Area::Stage | Area::Prod | Area::Archive | Area::Rejected => {
            let kinds: BTreeSet<_> = pipeline.tables.iter().map(|table| table.kind).collect();
            kinds.into_iter().flat_map(|kind| of_kind(pipeline, kind, area)).collect()
        }
        Area::Libs | Area::State | Area::Logs | Area::Results => {
            [pipeline.area_prefix(area)].into()
        }
    }
}

fn is_below(place: &str, prefix: &str) -> bool {
    place.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('/'))
}

/// Returns the pattern of all keys below a prefix.
pub(super) fn below(prefix: &str) -> String {
    format!("{prefix}/*")
}

/// Returns the prefixes of the tables of a kind in an area.
pub(super) fn of_kind(pipeline: &Pipeline, kind: Kind, area: Area) -> BTreeSet<String> {
    let rule = pipeline.kind_prefix(kind, area);
    let moved = pipeline.tables_of(kind).filter(|table| table.own_location(area).is_some());
    let places = moved.map(|table| pipeline.table_prefix(table, area));
    let mut prefixes: BTreeSet<_> = places.filter(|place| !is_below(place, &rule)).collect();
    prefixes.insert(rule);
    prefixes
}
