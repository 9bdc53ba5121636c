//! The people and systems of the sample pipeline.

use std::collections::BTreeMap;

use super::{name, span};
use crate::model::{Area, Foreign, Group, Trusted, Verb, WritesFrom};

pub(super) fn groups() -> Vec<Group> {
    let group = |group: &str, verbs: Vec<Verb>, from: Vec<WritesFrom>, index| Group {
        name: name(group),
        description: None,
        assumed_by: vec![Trusted::Account("123456789012".to_owned())],
        foreign: Foreign::default(),
        iam_group: false,
        verbs: verbs.into_iter().map(|verb| (verb, span(index))).collect(),
        from,
        also_sees: BTreeMap::new(),
        span: span(index),
    };
    let query = |database: &str| Verb::QueryDatabase(database.to_owned());
    let watch = Verb::Watch(name("Master"));
    vec![
        group("analyst", vec![query("dimension_db"), query("fact_db")], Vec::new(), 200),
        group(
            "data_engineer",
            vec![
                query("stg_dimension_db"),
                query("stg_fact_db"),
                query("dimension_db"),
                query("fact_db"),
                Verb::Read(Area::Landing),
                Verb::Read(Area::Archive),
                Verb::Read(Area::Rejected),
                Verb::Write(Area::Libs),
                watch.clone(),
            ],
            vec![WritesFrom::Vpc],
            201,
        ),
        group("landing_writer", vec![Verb::Write(Area::Landing)], vec![WritesFrom::Vpc], 202),
        group(
            "operator",
            vec![Verb::Operate(name("Master")), watch, Verb::Read(Area::Logs)],
            Vec::new(),
            203,
        ),
    ]
}
