//! Links `gen` to a fixed address where that is known to work.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "cargo speaks to a build script through the environment, and hears it through standard output"
)]

use std::env;

/// An executable that can stand anywhere has tens of thousands of addresses that the loader corrects at each start, which takes
/// about a third of it. What it gives up is the random place of its code; that of stack, heap and libraries stays.
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let target = |part: &str| env::var(format!("CARGO_CFG_TARGET_{part}")).unwrap_or_default();
    if target("OS") == "linux" && target("ENV") == "gnu" {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}
