//! Role by role: what of all that can be done it may do, and from where.

use rayon::prelude::*;

use crate::model::Pipeline;

use super::ask::{Asker, Way};
use super::grants::Grants;
use super::name::{Kind, Names, Who};
use super::place::{Deed, Spot, Zone, zones};

/// What someone may do somewhere.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Row {
    /// The group, the function, or what else the role is for.
    pub who: String,
    /// Whose role it is.
    pub whose: Whose,
    /// The zone, with its parts where not all of it is meant.
    pub place: String,
    /// The verbs.
    pub may: Vec<&'static str>,
    /// By which ways, sorted.
    pub from: Vec<Way>,
}

/// Whose a role is; in the order in which they are shown.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Whose {
    /// People and systems of the blueprint's `access`.
    Group,
    /// What runs.
    Pipeline,
    /// Who deploys, or sets right what went wrong.
    Deploying,
}

/// Returns what each role may do: groups in written order first, then the other roles in theirs.
pub fn rows(pipeline: &Pipeline, grants: &Grants) -> Vec<Row> {
    let zones = zones(pipeline, grants);
    let names = Names::of(pipeline);
    let roles = grants.roles.iter();
    let mut named: Vec<_> =
        roles.map(|(role, policies)| (names.who(role), role, policies)).collect();
    named.sort_by(|(one, ..), (other, ..)| one.cmp(other));
    let rows = named.par_iter().map(|(who, role, policies)| {
        let lambda =
            if let Kind::Lambda(_) = who.kind { pipeline.lambda(&who.label) } else { None };
        let asker = Asker::new(pipeline, grants, role, policies, lambda);
        let of_zone = |zone| of_zone(&asker, who, zone);
        let rows = zones.iter().flat_map(of_zone).collect();
        if who.kind == Kind::Deploying { merged(rows) } else { rows }
    });
    rows.collect::<Vec<_>>().concat()
}

/// Who deploys may do little, and that in most zones: one row says it of all of them.
fn merged(rows: Vec<Row>) -> Vec<Row> {
    let mut merged: Vec<Row> = Vec::new();
    for row in rows {
        match merged.iter_mut().find(|one| one.may == row.may && one.from == row.from) {
            Some(one) => one.place = format!("{}; {}", one.place, row.place),
            None => merged.push(row),
        }
    }
    merged
}

/// The same may be done at several spots: that is one row.
fn of_zone(asker: &Asker, who: &Who, zone: &Zone) -> Vec<Row> {
    let mut found: Vec<(Vec<Way>, Vec<&'static str>, Vec<&str>)> = Vec::new();
    for spot in &zone.spots {
        for (from, may) in of_spot(asker, spot) {
            match found.iter_mut().find(|(ways, verbs, _)| *ways == from && *verbs == may) {
                Some((_, _, labels)) => labels.push(&spot.label),
                None => found.push((from, may, vec![&spot.label])),
            }
        }
    }
    let rows = found.into_iter().map(|(from, may, labels)| Row {
        who: who.label.clone(),
        whose: whose(who.kind),
        place: place(zone, &labels),
        may,
        from,
    });
    rows.collect()
}

fn whose(kind: Kind) -> Whose {
    match kind {
        Kind::Group(_) => Whose::Group,
        Kind::Lambda(_) | Kind::Machine(_) | Kind::Other => Whose::Pipeline,
        Kind::Deploying => Whose::Deploying,
    }
}

fn place(zone: &Zone, labels: &[&str]) -> String {
    if labels.len() == zone.spots.len() {
        return zone.name.clone();
    }
    format!("{}: {}", zone.name, labels.join(", "))
}

fn of_spot(asker: &Asker, spot: &Spot) -> Vec<(Vec<Way>, Vec<&'static str>)> {
    let mut found: Vec<(Vec<Way>, Vec<&'static str>)> = Vec::new();
    for deed in &spot.deeds {
        let ways = ways(asker, deed);
        if ways.is_empty() {
            continue;
        }
        match found.iter_mut().find(|(known, _)| *known == ways) {
            Some((_, verbs)) => verbs.push(deed.verb),
            None => found.push((ways, vec![deed.verb])),
        }
    }
    found
}

fn ways(asker: &Asker, deed: &Deed) -> Vec<Way> {
    let mut ways = deed.ways.to_vec();
    for one_of in &deed.asks {
        let asks: Vec<_> = one_of.iter().filter_map(|ask| asker.open(ask)).collect();
        if asks.is_empty() {
            return Vec::new();
        }
        ways.retain(|way| asks.iter().any(|ask| ask.by(*way)));
    }
    ways
}
