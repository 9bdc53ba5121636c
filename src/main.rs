//! The `gen` command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    pipeline::commands::main()
}
