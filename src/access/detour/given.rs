//! What the blueprint gives a group, place by place.

use std::collections::BTreeMap;

use crate::access::Grants;
use crate::model::{Area, Database, Group, Kind, Pipeline, Table, Verb, WritesFrom, Zone};

/// Objects of one table in one area, or of all that are not told apart.
pub(super) struct Spot<'a> {
    area: Area,
    kind: Kind,
    table: Option<&'a Table>,
    /// One of them.
    pub(super) key: String,
}

const AREAS: [Area; 5] = [Area::Landing, Area::Stage, Area::Prod, Area::Archive, Area::Rejected];

/// Returns the places of data. Tables are told apart where policies do it.
pub(super) fn spots<'a>(pipeline: &'a Pipeline, grants: &Grants) -> Vec<Spot<'a>> {
    let mut spots = Vec::new();
    for area in AREAS {
        for kind in [Kind::Dimension, Kind::Fact] {
            if pipeline.tables_of(kind).next().is_some() {
                let key = format!("{}/any/object", pipeline.kind_prefix(kind, area));
                spots.push(Spot { area, kind, table: None, key });
            }
        }
        let places = pipeline.tables.iter().map(|one| (pipeline.table_prefix(one, area), one));
        let places: BTreeMap<String, &Table> = places.collect();
        let named = grants.objects.iter().filter_map(|arn| table_in(pipeline, &places, arn));
        let named: BTreeMap<_, _> = named.collect();
        spots.extend(named.into_iter().map(|(key, table)| Spot {
            area,
            kind: table.kind,
            table: Some(table),
            key,
        }));
    }
    spots
}

/// Returns the table that a pattern of objects is about, with such an object.
fn table_in<'a>(
    pipeline: &Pipeline,
    places: &BTreeMap<String, &'a Table>,
    arn: &str,
) -> Option<(String, &'a Table)> {
    let key = arn.strip_prefix(&pipeline.object_arn(""))?.replace('*', "any").replace('?', "x");
    let mut above = key.match_indices('/').map(|(at, _)| &key[..at]);
    let table = above.find_map(|place| places.get(place).copied())?;
    Some((key, table))
}

/// Returns scripts that policies tell apart.
pub(super) fn scripts(pipeline: &Pipeline, grants: &Grants) -> Vec<String> {
    let root = pipeline.object_arn(&format!("{}/", pipeline.scripts_prefix()));
    let named = grants.objects.iter().filter_map(|arn| arn.strip_prefix(&root));
    let keys = named.map(|name| name.replace('*', "any")).chain(["any.sql".to_owned()]);
    keys.map(|name| format!("{}/{name}", pipeline.scripts_prefix())).collect()
}

/// Returns objects that are no table's, by their area.
pub(super) fn other_objects(pipeline: &Pipeline) -> [(Area, String); 4] {
    [
        (Area::Libs, pipeline.config_key()),
        (Area::Libs, format!("{}/any.sql", pipeline.scripts_prefix())),
        (Area::State, pipeline.state_key()),
        (Area::Logs, format!("{}/any", pipeline.area_prefix(Area::Logs))),
    ]
}

/// Tells whether a group was given all objects of an area. Whoever runs the pipeline sees its state.
pub(super) fn is_given(group: &Group, area: Area) -> bool {
    group.verbs.iter().any(|(verb, _)| match verb {
        Verb::Read(read) => *read == area,
        Verb::Operate(_) => area == Area::State,
        Verb::QueryDatabase(_) | Verb::QueryTable { .. } | Verb::Write(_) | Verb::Watch(_) => false,
    })
}

/// Returns in words what `sees` says is seen and `group` was not given: whole areas where no part of one was.
pub(super) fn beyond(
    pipeline: &Pipeline,
    spots: &[Spot],
    group: &Group,
    sees: impl Fn(&Spot) -> bool,
) -> Vec<String> {
    let mut areas: BTreeMap<Area, Vec<&Spot>> = BTreeMap::new();
    for spot in spots.iter().filter(|spot| !is_given_spot(pipeline, group, spot) && sees(spot)) {
        areas.entry(spot.area).or_default().push(spot);
    }
    let all = |area: Area| spots.iter().filter(|spot| spot.area == area).count();
    let words = areas.into_iter().flat_map(|(area, found)| {
        if found.len() == all(area) {
            return vec![area.word().to_owned()];
        }
        found.iter().map(|spot| spot.label(pipeline)).collect()
    });
    words.collect()
}

/// Tells whether a group was given an object.
fn is_given_spot(pipeline: &Pipeline, group: &Group, spot: &Spot) -> bool {
    let named = |name: &str| {
        let database = pipeline.databases.iter().find(|one| one.name.as_str() == name);
        database.is_some_and(|database| holds(database, spot))
    };
    let table = |name: &str| spot.table.is_some_and(|table| table.name.as_str() == name);
    is_given(group, spot.area)
        || group.verbs.iter().any(|(verb, _)| match verb {
            Verb::QueryDatabase(database) => named(database),
            Verb::QueryTable { database, table: name } => named(database) && table(name),
            Verb::Read(_) | Verb::Write(_) | Verb::Operate(_) | Verb::Watch(_) => false,
        })
}

/// The tables of rejected rows stand in the database of stage.
fn holds(database: &Database, spot: &Spot) -> bool {
    let areas: &[Area] = match database.zone {
        Zone::Stage => &[Area::Stage, Area::Rejected],
        Zone::Prod => &[Area::Prod],
    };
    database.holds == spot.kind && areas.contains(&spot.area)
}

impl Spot<'_> {
    /// Tells whether tables of the catalog stand there, so that queries reach it.
    pub(super) fn is_queried(&self) -> bool {
        matches!(self.area, Area::Stage | Area::Prod | Area::Rejected)
    }

    fn label(&self, pipeline: &Pipeline) -> String {
        let table = self.table.map(|table| table.name.as_str());
        let zone = match self.area {
            Area::Stage => Zone::Stage,
            Area::Prod => Zone::Prod,
            area => {
                let of = table.map_or_else(|| format!("{}s", self.kind.word()), str::to_owned);
                return format!("{} of {of}", area.word());
            }
        };
        let database = &pipeline.database(zone, self.kind).name;
        table.map_or_else(|| database.to_string(), |table| format!("{database}.{table}"))
    }
}

/// Returns the VPC endpoints other than the pipeline's from which a group writes.
pub(super) fn endpoints(group: &Group) -> impl Iterator<Item = String> {
    group.from.iter().filter_map(|from| match from {
        WritesFrom::Endpoint(id) => Some(id.clone()),
        WritesFrom::Vpc | WritesFrom::Role(_) => None,
    })
}
