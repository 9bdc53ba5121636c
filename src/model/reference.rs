//! References in definitions that are brought as files: `${lambda:NAME}`, `${machine:NAME}`, `${bucket}`, `${root}`,
//! `${location:AREA/TABLE}`; `$${` stands for `${`.

use std::collections::BTreeSet;
use std::ops::Range;

use super::{Area, Name};

/// A reference and where it stands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reference<'a> {
    /// Its bytes in the text, with `${` and `}`.
    pub range: Range<usize>,
    /// What it names.
    pub target: Target<'a>,
}

/// What a reference names.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Target<'a> {
    /// The alias of a Lambda.
    Lambda(&'a str),
    /// A state machine.
    Machine(&'a str),
    /// The workarea bucket.
    Bucket,
    /// The root of everything in it.
    Root,
    /// The address of a table's files in an area.
    Location(Area, &'a str),
    /// `${` itself.
    Dollar,
    /// Something else.
    Unknown(&'a str),
}

/// Returns the references in a text, in order.
pub fn references(text: &str) -> Vec<Reference<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find("${").map(|index| at + index) {
        if start > at && text.as_bytes()[start - 1] == b'$' {
            found.push(Reference { range: start - 1..start + 2, target: Target::Dollar });
            at = start + 2;
            continue;
        }
        let end = text[start..].find(['}', '"', '\n']).map_or(text.len(), |index| start + index);
        let closed = text[end..].starts_with('}');
        let written = &text[start + 2..end];
        let target = if closed { target(written) } else { Target::Unknown(written) };
        at = end + usize::from(closed);
        found.push(Reference { range: start..at, target });
    }
    found
}

fn target(written: &str) -> Target<'_> {
    match written.split_once(':') {
        Some(("lambda", name)) => Target::Lambda(name),
        Some(("machine", name)) => Target::Machine(name),
        Some(("location", place)) => location(place).unwrap_or(Target::Unknown(written)),
        None if written == "bucket" => Target::Bucket,
        None if written == "root" => Target::Root,
        _ => Target::Unknown(written),
    }
}

fn location(place: &str) -> Option<Target<'_>> {
    let (area, table) = place.split_once('/')?;
    let area = TABLE_AREAS.into_iter().find(|known| known.word() == area)?;
    Some(Target::Location(area, table))
}

/// The areas in which a table has files.
pub const TABLE_AREAS: [Area; 5] =
    [Area::Landing, Area::Stage, Area::Prod, Area::Archive, Area::Rejected];

/// Returns the Lambdas and the state machines that a text refers to, as far as they can be names.
pub fn named_in(text: &str) -> (BTreeSet<Name>, BTreeSet<Name>) {
    let (mut lambdas, mut machines) = (BTreeSet::new(), BTreeSet::new());
    for reference in references(text) {
        match reference.target {
            Target::Lambda(name) => lambdas.extend(Name::parse(name)),
            Target::Machine(name) => machines.extend(Name::parse(name)),
            Target::Bucket
            | Target::Root
            | Target::Location(..)
            | Target::Dollar
            | Target::Unknown(_) => {}
        }
    }
    (lambdas, machines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_read_in_order() {
        let text = r#"{"Resource": "${lambda:a}", "x": "s3://${bucket}/${root}", "y": "${location:stage/t}"}"#;
        let targets: Vec<_> = references(text).into_iter().map(|found| found.target).collect();
        let expected =
            [Target::Lambda("a"), Target::Bucket, Target::Root, Target::Location(Area::Stage, "t")];
        assert_eq!(targets, expected);
        assert_eq!(&text[references(text)[0].range.clone()], "${lambda:a}");
    }

    #[test]
    fn what_is_no_reference_is_told_apart() {
        let targets = |text| references(text).into_iter().map(|r| r.target).collect::<Vec<_>>();
        assert_eq!(targets("$${date}"), [Target::Dollar]);
        assert_eq!(targets("${location:libs/t}"), [Target::Unknown("location:libs/t")]);
        assert_eq!(targets("\"${lambda:a\""), [Target::Unknown("lambda:a")]);
        assert_eq!(targets("${"), [Target::Unknown("")]);
        assert!(targets("$.a {} $").is_empty());
    }
}
