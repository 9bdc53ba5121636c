//! The stacks of the Glue catalog: databases and the Athena workgroups in one, the tables there too or in numbered stacks.

mod parts;
mod size;
mod table;
mod workgroup;

use serde_json::{Map, Value, json};

use crate::diagnostic::Diagnostic;
use crate::model::{Database, Pipeline, Table};
use crate::template::{Resource, Stack, Template, logical_id, reference};

pub use table::{EXTRA, REASON, RUN, SOURCE_FILE};

/// One stack of the catalog, as the tables that it holds; [`Part::stack`] makes it.
#[derive(Clone, Debug)]
pub struct Part<'a> {
    /// The stack's short name: `catalog`, or `catalog-07`.
    pub name: String,
    /// Its tables in written order.
    pub tables: Vec<&'a Table>,
}

/// Returns the stacks of the catalog, the one with the databases first. Thousands of tables make megabytes of template: a
/// caller makes, writes and drops one stack at a time.
///
/// The tables stand in `catalog` while they fit there and `catalog.stacks` is not given. Otherwise a hash of its name puts
/// each into one of N numbered stacks, N being `catalog.stacks` or the smallest of 64, 128, 256 and 512 that fits: so a new
/// table never moves another. Only passing the bound of `catalog`, or of N, moves tables, once; `catalog.stacks` from the start
/// avoids it. A numbered stack without tables is left out.
///
/// # Errors
/// When a table is too wide for a stack of its own, N stacks are not enough, or a column's name is taken.
pub fn stacks(pipeline: &Pipeline) -> Result<Vec<Part<'_>>, Vec<Diagnostic>> {
    let problems: Vec<_> = pipeline.tables.iter().filter_map(table::problems).collect();
    if problems.is_empty() { parts::of(pipeline) } else { Err(problems) }
}

impl Part<'_> {
    /// Returns the stack.
    pub fn stack(&self, pipeline: &Pipeline) -> Stack {
        let own = self.name == FIRST;
        let mut template = Template::new(self.description(pipeline));
        if own {
            databases(&mut template, pipeline);
            workgroup::add(&mut template, pipeline);
        }
        for table in &self.tables {
            table::add(&mut template, pipeline, table, own);
        }
        let after = if own { vec!["storage".to_owned()] } else { vec![FIRST.to_owned()] };
        Stack { name: self.name.clone(), after, template }
    }

    fn description(&self, pipeline: &Pipeline) -> String {
        let what = if self.name == FIRST { "databases, workgroups" } else { "some of the tables" };
        format!("{}: catalog of Hive and Athena ({what})", pipeline.name)
    }
}

/// The stack that holds the databases.
const FIRST: &str = "catalog";

fn databases(template: &mut Template, pipeline: &Pipeline) {
    for database in &pipeline.databases {
        let name = pipeline.database_name(&database.name);
        let mut input = Map::from_iter([("Name".to_owned(), Value::from(name))]);
        if let Some(description) = &database.description {
            input.insert("Description".into(), description.as_str().into());
        }
        let location = pipeline.s3_uri(&pipeline.database_prefix(database));
        input.insert("LocationUri".into(), format!("{location}/").into());
        let properties = json!({"CatalogId": reference("AWS::AccountId"), "DatabaseInput": input});
        let resource = Resource::new("AWS::Glue::Database", database.span, properties);
        template.add(database_id(database), resource.retained());
    }
}

/// Returns the logical id of a database.
fn database_id(database: &Database) -> String {
    logical_id(&format!("database {}", database.name))
}

#[cfg(test)]
mod tests;
