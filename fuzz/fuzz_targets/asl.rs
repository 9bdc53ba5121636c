//! Any text as a definition in Amazon States Language that a blueprint brings along.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/whole/mod.rs"]
mod whole;

const BLUEPRINT: &str = "pipeline: sales
version: \"1.0\"
as_of: 2026-11-22
environments: {dev: {account: \"111122223333\", region: us-east-1}}
workarea: {bucket: sales-workarea}
cluster: {release: emr-7.13.0, master: m6g.xlarge, workers: {types: m6g.xlarge}}
state_machines: {Master: {asl: ./master.asl.json}}
";

fuzz_target!(|text: &str| {
    whole::problems_with(BLUEPRINT, text);
});
