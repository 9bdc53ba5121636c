//! The `gen` command line.

use std::process::ExitCode;

/// Synthesis makes and drops millions of small values, and this allocator is faster at that than most systems' own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    pipeline::commands::main()
}
