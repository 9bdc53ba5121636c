//! State machines, their steps, and what starts them, as written.

use super::decode::{Named, Spanned, choice, record};

record! {
    /// A state machine: steps in order, or a definition brought as a file.
    pub struct Machine as "a state machine" {
        /// What it does.
        pub description: Option<Spanned<String>>,
        /// The steps in order.
        pub steps: Vec<Step>,
        /// A file with the definition in Amazon States Language, instead of steps.
        pub asl: Option<Spanned<String>>,
        /// Fields of the execution's input; a `?` behind a name says that it may be missing.
        pub input: Vec<Spanned<String>>,
        /// How long an execution may take, such as `4h`; 6 h or what its steps may take unless given.
        pub timeout: Option<Spanned<String>>,
        /// What is done after a failure is told, once the machine owns a cluster.
        pub on_failure: Option<Failure>,
        /// Whether `{"start_at": "<machine>"}` in the input skips the machines before it.
        pub start_at: Option<Spanned<bool>>,
        /// Whether only people start it; else the schedule must, if there is one, at least through other machines.
        pub by_hand: Option<Spanned<bool>>,
        /// Whether executions are logged; what `operations` says, unless given.
        pub logging: Option<Spanned<bool>>,
    }
}

record! {
    /// What is done after a failure is told, once the machine owns a cluster.
    pub struct Failure as "`on_failure`" {
        /// The Lambda that terminates what was launched.
        pub call: Option<Spanned<String>>,
        /// The state machine that terminates what was launched.
        pub run: Option<Spanned<String>>,
    }
}

record! {
    /// One step: exactly one of `call`, `submit`, `run`, `emr`, `load`, `notify` and `stop_if_empty` says what it does.
    pub struct Step as "a step" {
        /// The step's name in the state machine; made from what it does unless given.
        pub name: Option<Spanned<String>>,
        /// A Lambda that answers at once.
        pub call: Option<Spanned<String>>,
        /// A Lambda that starts something; `poll` asks how it goes.
        pub submit: Option<Spanned<String>>,
        /// The Lambda that says how it goes.
        pub poll: Option<Spanned<String>>,
        /// Another state machine, run to its end.
        pub run: Option<Spanned<String>>,
        /// A command on the cluster.
        pub emr: Option<Spanned<String>>,
        /// Copies, loads and archives all tables of a kind.
        pub load: Option<Spanned<String>>,
        /// A message to the subscribers.
        pub notify: Option<Spanned<String>>,
        /// Ends the machine with success when this field is empty.
        pub stop_if_empty: Option<Spanned<String>>,
        /// Skips the step when this field is there and not empty.
        pub unless: Option<Spanned<String>>,
        /// Fields of the event that are given here: text, or `$.Field` for one produced before.
        pub with: Named<Spanned<String>>,
        /// Time between two polls, such as `60s` or `5m`.
        pub every: Option<Spanned<String>>,
        /// How long the step may take in all, such as `2h`; 3 h, or the timeout of the machine that it runs, unless given.
        pub timeout: Option<Spanned<String>>,
        /// Values of `Status` that end the step well.
        pub done: Vec<Spanned<String>>,
        /// Values of `Status` that mean: ask again.
        pub again: Vec<Spanned<String>>,
        /// Values of `Status` that end the machine as failed.
        pub failed: Vec<Spanned<String>>,
        /// Tables that are loaded at once, 1 to the cluster's step concurrency.
        pub concurrency: Option<Spanned<u32>>,
    }
}

record! {
    /// What starts the pipeline, and when.
    pub struct Schedule as "`schedule`" {
        /// The state machine to start.
        pub machine: Spanned<String>,
        /// `cron(…)`, `rate(…)` or `at(…)`, as EventBridge Scheduler reads it.
        pub expression: Spanned<String>,
        /// The time zone of the expression, such as `Europe/Berlin`; UTC unless given.
        pub timezone: Option<Spanned<String>>,
        /// Whether it starts anything; it does unless `false`.
        pub enabled: Option<Spanned<bool>>,
        /// `scheduler` (the default) or `rule`.
        pub by: Option<Spanned<ScheduledBy>>,
    }
}

choice! {
    /// The service that starts the pipeline.
    pub enum ScheduledBy as "scheduler" {
        /// EventBridge Scheduler.
        Scheduler = "scheduler",
        /// A scheduled EventBridge rule: the older way, UTC only.
        Rule = "rule",
    }
}
