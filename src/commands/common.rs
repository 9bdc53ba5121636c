//! What every command takes that looks at a deployed environment or changes it.

use super::Exit;
use super::reach::Reach;
use super::report::Format;
use super::target::{Named, Target};
use crate::cloud;

/// Which environment, how AWS is reached, and what is told
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Common {
    #[command(flatten)]
    pub(super) named: Named,
    #[command(flatten)]
    pub(super) reach: Reach,
    /// The form of the report; json is one event a line where something goes on
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: Format,
}

impl Common {
    /// Runs a command on the environment, unless the blueprint has problems, which are told.
    ///
    /// # Errors
    /// Those of the command, and that `out/` is not what the blueprint gives.
    pub(super) fn run(
        &self,
        command: impl AsyncFnOnce(&Target) -> anyhow::Result<Exit>,
    ) -> anyhow::Result<Exit> {
        let Some(target) = self.named.target()? else { return Ok(Exit::Failed) };
        cloud::run(command(&target))
    }
}
