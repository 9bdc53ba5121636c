//! Any text as a blueprint: read, checked and drawn without a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/whole/mod.rs"]
mod whole;

fuzz_target!(|text: &str| {
    whole::problems_of(text);
});
