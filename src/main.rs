//! The `gen` command line.

fn main() {}
