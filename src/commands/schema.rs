//! `gen schema`.

use super::{Exit, report};
use crate::blueprint;

/// Print the JSON Schema of the blueprint, for editors
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_: &Args) -> anyhow::Result<Exit> {
    report::print(&blueprint::schema_text())?;
    Ok(Exit::Done)
}
