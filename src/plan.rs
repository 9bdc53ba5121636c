//! What a deploy would do, decided without asking or changing anything: what is wanted and what is there in, steps out.

mod advice;
mod cause;
mod compare;
mod doom;
mod expect;
mod file;
mod guard;
mod order;
mod outline;
mod owner;
mod status;
mod token;
mod wanted;

pub use advice::{Patient, advice};
pub use cause::{Happened, cause, is_failure};
pub use compare::{Deployed, Difference, difference, is_same};
pub use doom::{Doomed, Member, doom, remains};
pub use expect::{Expectation, expected, lacking, machines, retained};
pub use file::{SavedPlan, SavedStack, Seen, Stale};
pub use guard::{POLICY, held, policy};
pub use order::{Circular, levels, ready};
pub use outline::{Change, Outline, Step, text};
pub use owner::{claim, owner};
pub use status::{Rule, Status};
pub use token::token;
pub use wanted::{Asset, INLINE_BYTES, Source, Stack, Unusable, Wanted};
