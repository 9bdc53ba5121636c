//! A deploy carried out: every state of a stack is met, every request can be sent again, and nothing is called done that is not.

mod assets;
mod change_set;
mod checks;
mod config;
mod deploy;
mod destroy;
mod empty;
pub mod event;
mod execute;
mod failure;
mod follow;
mod guard;
mod inputs;
mod lock;
mod look;
mod object;
mod ready;
mod recover;
#[cfg(test)]
mod replies;
mod saved;
mod survey;

use crate::cloud::Cloud;
use crate::plan::Wanted;

pub use assets::{code, upload};
pub use checks::{Checked, check};
pub use config::{Outputs, configure, outdated};
pub use deploy::{Manner, Outcome, deploy};
pub use destroy::{Destroyed, Ruthless, destroy, doomed};
pub use event::Event;
pub use execute::{guarded, watch};
pub use failure::Failure;
pub use follow::{Settled, attach};
pub use inputs::prefix_lists;
pub use lock::{Lock, lock};
pub use look::{look, template};
pub use object::Object;
pub use ready::{default_database, idle, possible, running};
pub use saved::{restore, save};
pub use survey::{Found, Purpose, Survey, discard, overview, survey};

/// What a person wants of a deploy that is under way.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Wish {
    /// That it goes on.
    GoOn,
    /// That it is no longer watched.
    Leave,
    /// That it is undone.
    Cancel,
}

/// What every step of a deploy needs.
#[derive(Clone)]
pub struct Scene<'a> {
    /// AWS.
    pub cloud: &'a Cloud,
    /// What is wanted.
    pub wanted: &'a Wanted,
    /// Hears what happens.
    pub tell: &'a dyn Fn(Event),
    /// What the person at the keyboard wants.
    pub wish: tokio::sync::watch::Receiver<Wish>,
    /// Tells this run from others, in tokens.
    pub run: &'a str,
    /// Alarms that roll an update back.
    pub alarms: &'a [String],
    /// Protected resources that may be replaced or removed, as `stack.LogicalId`.
    pub released: &'a [String],
    /// Whether what was changed beside CloudFormation is looked for and brought back.
    pub reverts_drift: bool,
}

impl Scene<'_> {
    fn say(&self, event: Event) {
        (self.tell)(event);
    }

    /// Returns the role that CloudFormation executes a stack with; the bootstrap stack holds that role itself.
    fn role(&self, stack: &str) -> Option<String> {
        let is_bootstrap = self.wanted.bootstrap.as_ref().is_some_and(|own| own.name == stack);
        (!is_bootstrap).then(|| self.wanted.execution_role.clone())
    }

    /// Returns the logical ids of a stack that may be replaced or removed.
    fn released_in(&self, stack: &str) -> Vec<String> {
        let own = self.released.iter().filter_map(|one| one.split_once('.'));
        own.filter(|(name, _)| *name == stack).map(|(_, id)| id.to_owned()).collect()
    }
}
