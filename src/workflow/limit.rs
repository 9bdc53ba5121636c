//! Limits of Step Functions ("Step Functions service quotas"), checked before anything is deployed.

use serde_json::Value;

use crate::diagnostic::{Diagnostic, Problems, Span};
use crate::model::{Machine, Timing};

use super::StateMachine;

/// Events of one poll that goes on: wait 2, Lambda task 5, choice 2, count 2.
pub(super) const EVENTS_OF_A_POLL: u64 = 11;

/// Events of a step beside its polls: choices around it, its submit, the end of its last poll.
pub(super) const EVENTS_OF_A_STEP: u64 = 24;

/// Events of an execution beside its steps: start, failure path, end.
pub(super) const EVENTS_OF_A_MACHINE: u64 = 40;

/// Events that an execution is planned with: 25,000 is the limit, and the rest is for retries, three events each.
pub(super) const EVENTS: u64 = 20_000;

/// Events that the items of an inline Map are planned with; the machine's other steps need theirs.
pub(super) const EVENTS_OF_INLINE_ITEMS: u64 = EVENTS / 2;

/// Items that an inline Map runs at once at most.
pub(super) const INLINE_CONCURRENCY: u32 = 40;

/// Bytes of a state's input or output.
const PAYLOAD: usize = 262_144;

/// Bytes of the payload that are kept for everything but a list of tables.
const RESERVED: usize = 32_768;

const DEFINITION: usize = 1_048_576;

/// Checks that an execution's history has room, however long it polls.
pub(super) fn events(machine: &Machine, events: u64, problems: &mut Problems) {
    if events > EVENTS {
        let message = format!(
            "an execution of `{}` may take {events} history events, and Step Functions ends it at 25,000",
            machine.name
        );
        let help = format!(
            "ask less often (`every`), or for less long (`timeout`), until it is {EVENTS} at most: each poll takes {EVENTS_OF_A_POLL}"
        );
        problems.add(Diagnostic::error("history-limit", machine.span, message).help(help));
    }
}

/// Checks that the history of one table's child execution has room.
pub(super) fn item_events(events: u64, span: Span, problems: &mut Problems) {
    if events > EVENTS {
        let message = format!(
            "one table may take {events} history events, and Step Functions ends it at 25,000"
        );
        let help = "ask less often (`every`), or for less long (`timeout`)";
        problems.add(Diagnostic::error("history-limit", span, message).help(help));
    }
}

/// Checks that the list of tables fits a state's payload.
pub(super) fn payload(list: &Value, tables: usize, span: Span, problems: &mut Problems) {
    let bytes = list.to_string().len();
    if bytes > PAYLOAD - RESERVED {
        let message = format!(
            "the names of {tables} tables take {bytes} bytes, and a state's payload ends at 262,144 bytes"
        );
        let help = format!(
            "use shorter names, or lay the tables over two pipelines: {} bytes are free for names",
            PAYLOAD - RESERVED
        );
        problems.add(Diagnostic::error("payload-limit", span, message).help(help));
    }
}

/// Checks that tables can be loaded at all in the time that the machine has, even when each poll finds the step done.
pub(super) fn time(
    machine: &Machine,
    (tables, commands, concurrency): (usize, usize, u32),
    timing: Timing,
    (span, problems): (Span, &mut Problems),
) {
    let rounds = tables.div_ceil(concurrency.max(1) as usize) as u64;
    let seconds = rounds * commands as u64 * u64::from(timing.every_seconds);
    if seconds > u64::from(machine.timeout_seconds) {
        let message = format!(
            "{tables} tables take {seconds} seconds or more, and `{}` ends after {}",
            machine.name, machine.timeout_seconds
        );
        let help = format!(
            "load more at once (`concurrency`, and `step_concurrency` of the cluster), ask more often (`every`), or give `{}` a longer `timeout`",
            machine.name
        );
        problems.add(Diagnostic::error("load-too-slow", span, message).help(help));
    }
}

/// Counts the characters that are written to it.
struct Characters(usize);

impl std::io::Write for Characters {
    fn write(&mut self, text: &[u8]) -> std::io::Result<usize> {
        // UTF-8 goes on with bytes of 10xxxxxx.
        self.0 += text.iter().filter(|byte| **byte & 0b1100_0000 != 0b1000_0000).count();
        Ok(text.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Checks the size of a definition.
pub(super) fn definition(machine: &StateMachine, problems: &mut Problems) {
    let mut written = Characters(0);
    serde_json::to_writer(&mut written, &machine.definition).expect("counting takes every write");
    let Characters(length) = written;
    if length > DEFINITION {
        let message = format!(
            "the definition of `{}` has {length} characters, and Step Functions takes 1,048,576",
            machine.name
        );
        let help = "move steps to a machine of their own (`run`); tables with `locations` of their own take the most room";
        problems.add(Diagnostic::error("definition-limit", machine.span, message).help(help));
    }
}
