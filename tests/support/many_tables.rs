//! A copy of the project with a blueprint of any number of tables: the sample's two, then dimensions and facts by turns.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// Makes a fresh project in `folder` and returns it; only what a synth reads is there.
pub(crate) fn project(folder: &Path) -> PathBuf {
    let _ = fs::remove_dir_all(folder);
    for part in ["blueprints", "hive-scripts", "lambdas"] {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join(part);
        copy(&from, &folder.join(part));
    }
    folder.to_owned()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a new folder");
    for entry in fs::read_dir(from).expect("a folder of the project") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("an entry has a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("a file of the project");
        }
    }
}

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
