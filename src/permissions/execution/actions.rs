//! The grants of the types that the pipeline's own stacks may hold, made once from the registry and kept, since reading the
//! registry takes longer than the rest of a synth.

use std::collections::BTreeSet;

use super::derive::{self, Grants};

/// A line for each type and kind: both, and the actions.
const TABLE: &str = include_str!("actions.txt");

/// Returns the grants of all types together.
pub(super) fn of<'a>(types: impl IntoIterator<Item = &'a str>) -> Grants {
    let types: BTreeSet<_> = types.into_iter().collect();
    let mut all = Grants::new();
    let mut known = BTreeSet::new();
    for (name, kind, actions) in TABLE.lines().filter_map(line) {
        known.insert(name);
        if types.contains(name) {
            all.entry(kind.to_owned()).or_default().extend(actions.split(' ').map(str::to_owned));
        }
    }
    for name in types.into_iter().filter(|name| !known.contains(name)) {
        for (kind, actions) in derive::of(name) {
            all.entry(kind).or_default().extend(actions);
        }
    }
    all
}

fn line(line: &str) -> Option<(&str, &str, &str)> {
    let (name, rest) = line.split_once('\t')?;
    let (kind, actions) = rest.split_once('\t')?;
    Some((name, kind, actions))
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    #[test]
    fn the_table_is_what_the_registry_says() {
        let mut table = String::new();
        for name in derive::types() {
            for (kind, actions) in derive::of(name) {
                let actions: Vec<_> = actions.into_iter().collect();
                writeln!(table, "{name}\t{kind}\t{}", actions.join(" ")).unwrap();
            }
        }
        if std::env::var_os("BLESS").is_some() {
            std::fs::write("src/permissions/execution/actions.txt", &table).unwrap();
        }
        assert_eq!(TABLE, table, "`BLESS=1 cargo test --lib the_table_is` writes it anew");
    }
}
