//! What happens, shown: live on a terminal, plain lines in a log, JSON lines for programs.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use serde_json::Value;

use super::report::{self, Format};
use crate::apply::Event;

/// Shows events.
pub(super) struct Progress {
    format: Format,
    start: Instant,
    live: Option<Live>,
}

/// One line for each stack that is under way.
struct Live {
    bars: MultiProgress,
    stacks: RefCell<BTreeMap<String, ProgressBar>>,
}

const TICK: Duration = Duration::from_millis(120);

impl Progress {
    pub(super) fn new(format: Format) -> Self {
        let live = format == Format::Text && stderr().is_terminal();
        let live = live.then(|| Live { bars: MultiProgress::new(), stacks: RefCell::default() });
        Self { format, start: Instant::now(), live }
    }

    /// Shows an event.
    pub(super) fn tell(&self, event: &Event) {
        if self.format == Format::Json {
            let line = serde_json::to_string(event).expect("events are JSON");
            // Who reads no more lines does not need them.
            let _ = report::print(&format!("{line}\n"));
            return;
        }
        let seconds = self.start.elapsed().as_secs();
        let line = format!("{:02}:{:02}  {event}", seconds / 60, seconds % 60);
        match &self.live {
            None => report::note(&format!("{line}\n")),
            Some(live) => live.tell(event, &line),
        }
    }

    /// Prints the result of the command: text, or the last of the JSON lines.
    pub(super) fn result(&self, text: &str, json: &Value) -> anyhow::Result<()> {
        if let Some(live) = &self.live {
            live.stacks.borrow().values().for_each(ProgressBar::finish_and_clear);
        }
        match self.format {
            Format::Text => report::print(text),
            Format::Json => report::print(&format!("{json}\n")),
        }
    }
}

impl Live {
    /// Events that stay are printed above the lines that move.
    fn tell(&self, event: &Event, line: &str) {
        match event {
            Event::Resource { stack, resource, status, reason, .. } => {
                self.bar(stack).set_message(format!("{status}  {resource}"));
                if status.ends_with("_FAILED") || !reason.is_empty() && status.contains("ROLLBACK")
                {
                    self.print(line);
                }
            }
            Event::Stack { stack, status, .. } => {
                self.print(line);
                let bar = self.bar(stack);
                bar.set_message(status.clone());
                let rests = status.ends_with("_COMPLETE") || status.ends_with("_FAILED");
                if rests {
                    bar.finish_and_clear();
                    self.stacks.borrow_mut().remove(stack);
                }
            }
            Event::Asset { .. } | Event::Lock { .. } | Event::Check { .. } | Event::Note { .. } => {
                self.print(line);
            }
        }
    }

    fn print(&self, line: &str) {
        // A terminal that went away is not told.
        let _ = self.bars.println(line);
    }

    fn bar(&self, stack: &str) -> ProgressBar {
        let mut stacks = self.stacks.borrow_mut();
        let bar = stacks.entry(stack.to_owned()).or_insert_with(|| {
            let bar = self.bars.add(ProgressBar::new_spinner());
            let style = ProgressStyle::with_template("{spinner} {prefix}  {elapsed}  {wide_msg}");
            bar.set_style(style.expect("the template is fixed"));
            bar.set_prefix(stack.to_owned());
            bar.enable_steady_tick(TICK);
            bar
        });
        bar.clone()
    }
}
