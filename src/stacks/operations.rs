//! The stack that tells people and looks after the pipeline: topic, schedules, failure rule, alarms, dashboard.

mod alarms;
mod dashboard;
mod failures;
mod schedule;
mod topic;

use crate::model::Pipeline;
use crate::template::{Stack, Template};

/// Returns the stack of the operations.
pub fn stack(pipeline: &Pipeline) -> Stack {
    let description = format!("{}: messages, schedules, alarms, dashboard", pipeline.name);
    let mut template = Template::new(description);
    topic::add(&mut template, pipeline);
    schedule::add(&mut template, pipeline);
    failures::add(&mut template, pipeline);
    alarms::add(&mut template, pipeline);
    if pipeline.operations.dashboard {
        dashboard::add(&mut template, pipeline);
    }
    let after = ["identity", "functions", "workflows"].map(str::to_owned).to_vec();
    Stack { name: "operations".to_owned(), after, template }
}

#[cfg(test)]
mod tests;
