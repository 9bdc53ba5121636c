//! Which tables stand in which stack.

use crate::diagnostic::Diagnostic;
use crate::hash;
use crate::model::{Pipeline, Table};

use super::size::{self, Size};
use super::{FIRST, Part};

/// CloudFormation takes 500 resources and 1 MB a template (CloudFormation user guide, "Quotas"); the rest is left for
/// `overrides`.
const LIMIT: Size = Size { resources: 480, bytes: 900_000 };

/// How many numbered stacks there are unless the blueprint says so: as few as hold the tables.
const SPREADS: [u32; 4] = [64, 128, 256, 512];

/// Account quota on stacks (2,000) less room for others; more are not suggested.
const MOST: u32 = 1_024;

pub(super) fn of(pipeline: &Pipeline) -> Result<Vec<Part<'_>>, Vec<Diagnostic>> {
    let sized: Vec<Sized> = pipeline.tables.iter().map(Sized::new).collect();
    let wide: Vec<_> = sized.iter().filter(|t| t.size > LIMIT).map(|t| too_wide(t)).collect();
    if !wide.is_empty() {
        return Err(wide);
    }
    let together = sized.iter().fold(size::first(pipeline), |sum, table| sum + table.size);
    let fitting = |n: &u32| is_spread(&sized, *n);
    let stacks = match pipeline.catalog_stacks {
        None if together <= LIMIT => return Ok(vec![first(pipeline.tables.iter().collect())]),
        None => SPREADS.into_iter().find(fitting).unwrap_or(512),
        Some(stacks) => stacks,
    };
    match fullest(&sized, stacks) {
        Some(table) if !is_spread(&sized, stacks) => Err(vec![too_many(&sized, table, stacks)]),
        _ => Ok(spread(&sized, stacks)),
    }
}

/// A table with what its resources take, and where its name's hash puts it.
struct Sized<'a> {
    table: &'a Table,
    size: Size,
    hash: u32,
}

impl<'a> Sized<'a> {
    fn new(table: &'a Table) -> Self {
        let digits = hash::short(table.name.as_str().as_bytes());
        let hash = u32::from_str_radix(&digits, 16).expect("8 hexadecimal digits");
        Self { table, size: size::of(table), hash }
    }

    /// Returns the index of its stack among `stacks`.
    fn stack(&self, stacks: u32) -> usize {
        usize::try_from(self.hash % stacks.max(1)).expect("a stack's index is small")
    }
}

fn first(tables: Vec<&Table>) -> Part<'_> {
    Part { name: FIRST.to_owned(), tables }
}

fn loads(tables: &[Sized], stacks: u32) -> Vec<Size> {
    let mut loads = vec![size::EMPTY; usize::try_from(stacks).expect("a u32 fits").max(1)];
    for table in tables {
        let load = &mut loads[table.stack(stacks)];
        *load = *load + table.size;
    }
    loads
}

fn is_spread(tables: &[Sized], stacks: u32) -> bool {
    loads(tables, stacks).iter().all(|load| *load <= LIMIT)
}

/// Returns the first table of the fullest stack.
fn fullest<'a>(tables: &[Sized<'a>], stacks: u32) -> Option<&'a Table> {
    let loads = loads(tables, stacks);
    let (fullest, _) =
        loads.iter().enumerate().max_by_key(|(_, load)| (load.resources, load.bytes))?;
    tables.iter().find(|table| table.stack(stacks) == fullest).map(|table| table.table)
}

fn spread<'a>(tables: &[Sized<'a>], stacks: u32) -> Vec<Part<'a>> {
    let width = stacks.to_string().len().max(2);
    let mut parts: Vec<Part> = (1..=stacks.max(1))
        .map(|number| Part { name: format!("{FIRST}-{number:0width$}"), tables: Vec::new() })
        .collect();
    for table in tables {
        parts[table.stack(stacks)].tables.push(table.table);
    }
    parts.retain(|part| !part.tables.is_empty());
    parts.insert(0, first(Vec::new()));
    parts
}

fn too_wide(table: &Sized) -> Diagnostic {
    let name = &table.table.name;
    let message = format!(
        "the table `{name}` takes {} bytes of template, and a stack holds {}",
        table.size.bytes, LIMIT.bytes
    );
    Diagnostic::error("table-too-wide", table.table.span, message)
        .help("shorten the comments of its columns, or split it into tables with the same key")
}

fn too_many(tables: &[Sized], table: &Table, stacks: u32) -> Diagnostic {
    let message = format!("the tables do not fit into {stacks} stacks");
    let problem = Diagnostic::error("too-many-tables", table.span, message)
        .label("this table's stack is the fullest");
    let enough = std::iter::successors(Some(64), |n| Some(n * 2)).take_while(|n| *n <= MOST);
    match enough.filter(|n| *n > stacks).find(|n| is_spread(tables, *n)) {
        Some(enough) => problem.help(format!("set `catalog: {{stacks: {enough}}}`")),
        None => problem.help("split the pipeline into several"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample;

    fn pipeline(tables: usize) -> Pipeline {
        let tables = (0..tables).map(|n| sample::fact(&format!("tx_{n}_fact"))).collect();
        Pipeline { tables, ..sample::pipeline() }
    }

    fn names(pipeline: &Pipeline) -> Vec<(String, Vec<String>)> {
        let tables = |part: &Part| part.tables.iter().map(|t| t.name.to_string()).collect();
        of(pipeline).unwrap().iter().map(|part| (part.name.clone(), tables(part))).collect()
    }

    #[test]
    fn few_tables_stand_beside_their_databases() {
        assert_eq!(of(&pipeline(158)).unwrap().len(), 1);
        let more = pipeline(159);
        let spread = of(&more).unwrap();
        assert!(spread.len() > 30 && spread[0].tables.is_empty());
    }

    #[test]
    fn a_new_table_moves_no_other() {
        let mut pipeline = pipeline(1_200);
        let before = names(&pipeline);
        pipeline.tables.insert(600, sample::dimension("new_dim"));
        let after = names(&pipeline);
        let changed: Vec<_> = after.iter().filter(|part| !before.contains(part)).collect();
        let [(_, tables)] = changed.as_slice() else { panic!("{changed:?}") };
        assert!(tables.contains(&"new_dim".to_owned()));
    }

    #[test]
    fn the_blueprint_may_state_the_number_of_stacks() {
        let pipeline = Pipeline { catalog_stacks: Some(128), ..pipeline(2) };
        let numbered: Vec<_> = names(&pipeline).into_iter().skip(1).map(|(name, _)| name).collect();
        assert_eq!(numbered.len(), 2);
        assert!(numbered.iter().all(|name| name.len() == "catalog-001".len()), "{numbered:?}");
    }

    #[test]
    fn wide_tables_need_more_stacks_or_none_takes_them() {
        let mut pipeline = pipeline(400);
        for table in &mut pipeline.tables {
            table.columns = vec![table.columns[0].clone(); 900];
        }
        assert!(of(&pipeline).unwrap().len() > 65);
        pipeline.catalog_stacks = Some(8);
        let problem = of(&pipeline).unwrap_err().remove(0);
        assert_eq!(problem.message, "the tables do not fit into 8 stacks");
        assert!(problem.help.unwrap().starts_with("set `catalog: {stacks: "));
        pipeline.tables[0].columns = vec![pipeline.tables[0].columns[0].clone(); 9_000];
        assert_eq!(of(&pipeline).unwrap_err()[0].rule, "table-too-wide");
    }
}
