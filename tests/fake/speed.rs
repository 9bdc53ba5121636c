//! How long things take, where they shall take time.

use std::time::{Duration, Instant};

use super::stack::{Stack, Step};

/// Without it requests are answered at once, and each look at a stack makes things happen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Speed {
    /// From a request to its answer.
    pub(crate) request: Duration,
    /// Until a resource of a type is there, changed or gone.
    pub(crate) resource: fn(&str) -> Duration,
}

/// An operation of a stack under way.
#[derive(Clone, Debug)]
pub(crate) struct Course {
    began: Instant,
    takes: Duration,
    steps: usize,
}

/// Resources that CloudFormation works on at the same time, as far as references let it.
const AT_ONCE: u32 = 8;

impl Course {
    pub(super) fn new(stack: &Stack, speed: Speed) -> Self {
        let kind = |step: &Step| match step {
            Step::Made(_, resource) => Some((speed.resource)(&resource.kind)),
            Step::Gone(id) => stack.resources.get(id).map(|one| (speed.resource)(&one.kind)),
            _ => None,
        };
        let times: Vec<_> = stack.todo.iter().filter_map(kind).collect();
        let longest = times.iter().max().copied().unwrap_or_default();
        let takes = longest.max(times.iter().sum::<Duration>() / AT_ONCE);
        Self { began: Instant::now(), takes, steps: stack.todo.len() }
    }

    /// Returns how many steps are due when `left` are still to happen.
    pub(super) fn due(&self, left: usize) -> usize {
        let (passed, takes) = (self.began.elapsed().as_millis(), self.takes.as_millis().max(1));
        let through = (self.steps as u128 * passed / takes).min(self.steps as u128);
        let through = usize::try_from(through).expect("as many as there are, at most");
        through.saturating_sub(self.steps - left)
    }
}
