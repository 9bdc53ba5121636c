//! State machines as meant: every name in them exists.

pub use crate::blueprint::ScheduledBy;
use crate::diagnostic::Span;

use super::{FieldRead, Kind, Name};

/// A state machine.
#[derive(Clone, Debug)]
pub struct Machine {
    /// Its short name, such as `Master`.
    pub name: Name,
    /// What it does.
    pub description: Option<String>,
    /// Steps, or a definition brought as a file.
    pub body: Body,
    /// The fields of an execution's input.
    pub input: Vec<FieldRead>,
    /// Seconds that an execution may take.
    pub timeout_seconds: u32,
    /// What terminates the cluster that this machine launched, after a failure.
    pub on_failure: Option<Cleanup>,
    /// Whether `start_at` in the input skips the machines before it.
    pub start_at: bool,
    /// Whether executions are logged.
    pub logging: bool,
    /// Where its name stands.
    pub span: Span,
}

/// What a state machine consists of.
#[derive(Clone, Debug)]
pub enum Body {
    /// Steps in order; never empty.
    Steps(Vec<Step>),
    /// A definition in Amazon States Language with `${lambda:NAME}`, `${machine:NAME}`, `${bucket}` and `${location:…}` filled in.
    Asl {
        /// The definition as JSON text, before references are filled in.
        text: String,
        /// The file that it came from, for messages.
        span: Span,
    },
}

/// What terminates a cluster after a failure.
#[derive(Clone, Debug)]
pub enum Cleanup {
    /// A Lambda that is given the `ClusterId`.
    Call(Name, Span),
    /// A state machine that finds it by itself.
    Run(Name, Span),
}

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its name in the state machine, unique there, at most 60 characters so that the states made from it stay within 80.
    pub name: String,
    /// What it does.
    pub action: Action,
    /// Skip it when this field is there and not empty.
    pub unless: Option<(String, Span)>,
    /// Where it stands.
    pub span: Span,
}

/// The commands that load one table: finish what was left over, copy, load, archive.
pub const COMMANDS_OF_A_LOAD: usize = 4;

/// What a step does.
#[derive(Clone, Debug)]
pub enum Action {
    /// A Lambda that answers at once; `outcomes` is empty when it returns no `Status`.
    Call {
        /// The Lambda and what it is given.
        invocation: Invocation,
        /// What each `Status` means.
        outcomes: Outcomes,
    },
    /// A Lambda that starts something, and one that says how it goes.
    Poll {
        /// What starts it.
        submit: Invocation,
        /// What asks.
        poll: Invocation,
        /// What each `Status` of `poll` means.
        outcomes: Outcomes,
        /// How often, how long.
        timing: Timing,
    },
    /// Another state machine, to its end.
    Run {
        /// The machine.
        machine: Name,
        /// How often it is asked after, how long it may take.
        timing: Timing,
    },
    /// A command on the cluster.
    Emr {
        /// The command, split as a shell does.
        command: String,
        /// How often it is asked after, how long it may take.
        timing: Timing,
    },
    /// Copy, load and archive of all tables of a kind.
    Load {
        /// The kind.
        kind: Kind,
        /// How often each command is asked after, how long it may take.
        timing: Timing,
        /// Tables at once.
        concurrency: u32,
    },
    /// A message to the subscribers.
    Notify(String),
    /// The end, with success, when the field is empty.
    StopIfEmpty(String, Span),
}

/// A Lambda and what it is given.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// The Lambda.
    pub lambda: Name,
    /// Where it is named.
    pub span: Span,
    /// The fields given in the step.
    pub with: Vec<(String, Argument, Span)>,
}

/// The value of a field that a step gives.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Argument {
    /// Text.
    Text(String),
    /// A field that was produced before, written `$.Field`.
    Field(String),
}

/// What each value of a `Status` means; every value of the Lambda's contract stands in exactly one list.
#[derive(Clone, Debug, Default)]
pub struct Outcomes {
    /// The step is done.
    pub done: Vec<String>,
    /// Ask again.
    pub again: Vec<String>,
    /// The machine fails.
    pub failed: Vec<String>,
}

/// How often something is asked after, and how long it may take.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// Seconds between two polls.
    pub every_seconds: u32,
    /// Seconds in all.
    pub timeout_seconds: u32,
}

/// What starts the pipeline, and when.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// The state machine.
    pub machine: Name,
    /// `cron(…)`, `rate(…)` or `at(…)`.
    pub expression: String,
    /// The time zone.
    pub timezone: String,
    /// Whether it starts anything.
    pub enabled: bool,
    /// Scheduler or rule.
    pub by: ScheduledBy,
    /// Where the section stands.
    pub span: Span,
}
