//! The `gen` command line.

use std::process::ExitCode;

/// Synthesis makes and drops millions of small values, which takes this allocator half the time of the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    pipeline::commands::main()
}
