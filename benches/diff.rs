//! Times `gen diff OLD NEW` as a whole process, beside AWS CDK's `@aws-cdk/cloudformation-diff` on the same files.

#![allow(clippy::print_stdout, reason = "the table is what a benchmark is for")]

#[path = "../tests/support/node.rs"]
mod node;
#[path = "../tests/support/tools.rs"]
mod tools;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// Resources of a stack; `gen` cuts stacks at this number.
const RESOURCES: usize = 450;

fn main() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-diff");
    println!("stacks   form   changed   gen ms   peer ms   ratio");
    for stacks in [1, 20] {
        for form in ["yaml", "json"] {
            for changed in [0, 5, RESOURCES] {
                measure(&folder, stacks, form, changed);
            }
        }
    }
    fs::remove_dir_all(folder).expect("the folder is ours");
}

fn measure(folder: &Path, stacks: usize, form: &str, changed: usize) {
    let _ = fs::remove_dir_all(folder);
    let [old, new] = ["old", "new"].map(|side| folder.join(side));
    for stack in 0..stacks {
        write(&old, stack, form, 0);
        write(&new, stack, form, changed);
    }
    let mut own = Command::new(env!("CARGO_BIN_EXE_gen"));
    own.arg("diff").args([&old, &new]);
    let own = median(&mut own, 21);
    let modules = node::modules("peer", &Path::new(tools::ROOT).join("tests/peer"));
    let mut peer = Command::new("node");
    peer.arg(Path::new(tools::ROOT).join("tests/peer/folders.js")).arg(modules).args([&old, &new]);
    let peer = median(&mut peer, 5);
    let ratio = peer / own;
    println!("{stacks:>6} {form:>6} {changed:>9} {own:>8.1} {peer:>9.1} {ratio:>7.0}");
}

/// Writes a stack of tables, of which the first `changed` have one more column.
fn write(side: &Path, stack: usize, form: &str, changed: usize) {
    fs::create_dir_all(side).expect("a new folder");
    let mut text = String::from("Resources:\n");
    for number in 0..RESOURCES {
        table(&mut text, stack, number, number < changed).expect("a string takes every text");
    }
    if form == "json" {
        let node =
            pipeline::yaml::read(&text, pipeline::diagnostic::FileId(0)).expect("it is YAML");
        text = format!("{:#}", node.to_json());
    }
    let path: PathBuf = side.join(format!("stack-{stack:02}.template.{form}"));
    fs::write(path, text).expect("a template");
}

fn table(text: &mut String, stack: usize, number: usize, more: bool) -> std::fmt::Result {
    writeln!(text, "  Table{number:03}:\n    Type: AWS::Glue::Table\n    DeletionPolicy: Retain")?;
    writeln!(
        text,
        "    Properties:\n      CatalogId: !Ref AWS::AccountId\n      DatabaseName: facts"
    )?;
    writeln!(text, "      TableInput:\n        Name: table_{stack:02}_{number:03}")?;
    writeln!(
        text,
        "        TableType: EXTERNAL_TABLE\n        PartitionKeys:\n        - Name: day\n          Type: int"
    )?;
    writeln!(
        text,
        "        StorageDescriptor:\n          Location: s3://lake/prod/table_{number:03}/"
    )?;
    writeln!(text, "          InputFormat: org.apache.hadoop.hive.ql.io.orc.OrcInputFormat")?;
    writeln!(text, "          OutputFormat: org.apache.hadoop.hive.ql.io.orc.OrcOutputFormat")?;
    writeln!(
        text,
        "          SerdeInfo:\n            SerializationLibrary: org.apache.hadoop.hive.ql.io.orc.OrcSerde\n          Columns:"
    )?;
    for column in 0..20 + usize::from(more) {
        writeln!(text, "          - Name: column_{column:02}\n            Type: string")?;
    }
    Ok(())
}

/// Returns the median of the times of a whole process, in milliseconds.
fn median(command: &mut Command, rounds: usize) -> f64 {
    let mut times: Vec<f64> = (0..rounds).map(|_| milliseconds(command)).collect();
    times.sort_by(f64::total_cmp);
    times[rounds / 2]
}

fn milliseconds(command: &mut Command) -> f64 {
    let start = Instant::now();
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("it starts");
    let taken = start.elapsed();
    assert!(status.success(), "{command:?}");
    taken.as_secs_f64() * 1000.0
}
