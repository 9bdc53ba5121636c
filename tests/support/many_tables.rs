//! A blueprint of any number of tables: the sample's two, then dimensions and facts by turns.

use std::fmt::Write;

/// Returns a blueprint that adds these numbered tables to the sample's.
pub(crate) fn blueprint(numbers: impl Iterator<Item = usize>) -> String {
    let mut tables = String::new();
    for number in numbers {
        table(&mut tables, number).expect("a string takes every text");
    }
    let tables = if tables.is_empty() { tables } else { format!("tables:\n{tables}") };
    format!("extends: blueprints/data_pipeline.yaml\n{tables}")
}

fn table(text: &mut String, number: usize) -> std::fmt::Result {
    let dimension = number.is_multiple_of(2);
    let kind = if dimension { "dimension" } else { "fact" };
    writeln!(text, "  table_{number:05}_{kind}:\n    kind: {kind}\n    columns:")?;
    writeln!(text, "      row_id: bigint\n      name: string\n      price: decimal(12,2)")?;
    writeln!(
        text,
        "      amount: int\n      ratio: double\n      day: date\n      seen: timestamp"
    )?;
    if dimension {
        writeln!(text, "    key: row_id")
    } else {
        writeln!(text, "    partition: {{date_id: int}}\n    load: merge\n    key: row_id")
    }
}
