//! What a table takes of a stack, bounded from above, so that tables are laid out before any template is made.

use std::cmp::Ordering;
use std::ops::Add;

use crate::model::{Column, Pipeline, Table};

/// Resources and bytes of YAML.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Size {
    pub(super) resources: usize,
    pub(super) bytes: usize,
}

/// A template without resources.
pub(super) const EMPTY: Size = Size { resources: 0, bytes: 1_024 };

impl Add for Size {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { resources: self.resources + other.resources, bytes: self.bytes + other.bytes }
    }
}

/// One fits into another when both of its numbers do.
impl PartialOrd for Size {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self.resources.cmp(&other.resources), self.bytes.cmp(&other.bytes)) {
            (one, two) if one == two => Some(one),
            (Ordering::Equal, one) | (one, Ordering::Equal) => Some(one),
            (Ordering::Greater, _) | (_, Ordering::Greater) => Some(Ordering::Greater),
            (Ordering::Less, Ordering::Less) => Some(Ordering::Less),
        }
    }
}

/// Keys, classes and margins of a table's three resources.
const FRAME: usize = 4_096;

/// Keys and margins of a column.
const COLUMN: usize = 64;

/// Keys and margins of a database.
const DATABASE: usize = 512;

/// The widest margin in a template of the catalog.
const MARGIN: usize = 24;

/// Bounds what the resources of a table take.
pub(super) fn of(table: &Table) -> Size {
    let columns: usize = table.source_columns().map(column).sum();
    let own = &table.locations;
    let locations: usize = [&own.stage, &own.prod].into_iter().flatten().map(|l| text(l)).sum();
    let description = table.description.as_deref().map_or(0, text);
    let bytes = FRAME + columns + locations + 3 * description + 12 * table.name.as_str().len();
    Size { resources: 3, bytes }
}

/// A column stands in stage, prod and the rejected rows; its comment in the first two.
fn column(column: &Column) -> usize {
    let name = COLUMN + column.name.as_str().len();
    let kind = column.hive_type.to_string().len() + 2;
    let comment = column.comment.as_deref().map_or(0, |comment| COLUMN + text(comment));
    3 * name + kind + 2 * comment
}

/// Bounds what the stack of the databases takes before its tables.
pub(super) fn first(pipeline: &Pipeline) -> Size {
    let databases: usize = pipeline
        .databases
        .iter()
        .map(|database| {
            let description = database.description.as_deref().map_or(0, text);
            DATABASE + 4 * database.name.as_str().len() + description
        })
        .sum();
    let tags: usize =
        pipeline.tags.iter().map(|(key, value)| COLUMN + text(key) + text(value)).sum();
    let bytes = FRAME + databases + tags;
    Size { resources: pipeline.databases.len() + 1, bytes: EMPTY.bytes + bytes }
}

/// Bounds the bytes of a text in YAML: quotes, escapes, and a margin for each line of a block.
fn text(text: &str) -> usize {
    let escaped = |c: char| match c {
        '"' | '\\' => 2,
        '\n' => 2 + MARGIN,
        c if c.is_control() => 6,
        c => c.len_utf8(),
    };
    4 + MARGIN + text.chars().map(escaped).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::super::Part;
    use super::*;
    use crate::model::{Column, HiveType, sample};
    use crate::yaml::write;

    fn rendered(pipeline: &Pipeline, name: &str) -> usize {
        let part = Part { name: name.to_owned(), tables: pipeline.tables.iter().collect() };
        write(&part.stack(pipeline).template.into_json()).len()
    }

    fn wide(comment: Option<&str>, columns: usize) -> Pipeline {
        let mut pipeline = sample::pipeline();
        for table in &mut pipeline.tables {
            let hive_type = HiveType::parse("struct<a:decimal(38,10),b:array<string>>").unwrap();
            let comment = comment.map(str::to_owned);
            let column = Column { hive_type, comment, ..table.columns[0].clone() };
            table.columns = vec![column; columns];
            table.description = Some("\u{1} \"quoted\"\n\nlines\n".to_owned());
            table.locations.prod = Some("elsewhere/".repeat(20));
        }
        pipeline
    }

    #[test]
    fn no_template_is_larger_than_its_bound_and_few_are_half_of_it() {
        let comments =
            [None, Some("plain"), Some("a\nb\nc\n"), Some("\u{2}\u{3}\"\\"), Some("日本語 ü")];
        for comment in comments {
            for columns in [1, 10, 700] {
                let pipeline = wide(comment, columns);
                let tables = pipeline.tables.iter().fold(EMPTY, |sum, table| sum + of(table));
                let actual = rendered(&pipeline, "catalog-01");
                assert!(actual <= tables.bytes, "{comment:?} {columns}: {actual} > {tables:?}");
                assert!(
                    tables.bytes <= 2 * actual,
                    "{comment:?} {columns}: {actual} << {tables:?}"
                );
                let all = tables + first(&pipeline);
                assert!(rendered(&pipeline, "catalog") <= all.bytes, "{comment:?} {columns}");
            }
        }
    }

    #[test]
    fn a_size_fits_when_both_numbers_do() {
        let size = |resources, bytes| Size { resources, bytes };
        assert!(size(1, 2) <= size(1, 2) && size(1, 1) <= size(2, 2));
        assert!(size(3, 1) > size(2, 2) && size(1, 3) > size(2, 2));
    }
}
