//! One step: what it does, with what, and for how long.

use crate::blueprint;
use crate::blueprint::decode::Spanned;
use crate::diagnostic::{Diagnostic, Problems, Span};
use crate::model::{
    Action, Argument, Capability, Invocation, Kind, Lambda, Outcomes, Step, Timing, lambda_that_can,
};

use super::{Context, duration, form, outcome};

/// Seconds that a step may take unless it says otherwise: 3 hours.
const TIMEOUT: u32 = 3 * 3600;

/// Characters of a command with its arguments (EMR API, `HadoopJarStepConfig`: 10,280 for all arguments).
const COMMAND: usize = 10_000;

/// A step as written, and what it is checked against.
#[derive(Clone, Copy)]
pub(super) struct Written<'a> {
    pub(super) context: Context<'a>,
    pub(super) step: &'a blueprint::Step,
}

impl Written<'_> {
    /// Returns the step as meant.
    pub(super) fn checked(self, problems: &mut Problems) -> Option<Step> {
        let kind = form::kind(self.step, problems)?;
        let action = self.action(kind, problems);
        let name = match &self.step.name {
            Some(name) => form::name(name, problems),
            None => Some(self.spoken(kind)),
        };
        let unless = self.step.unless.as_ref().and_then(|f| field(f, problems));
        Some(Step { name: name?, action: action?, unless, span: self.step.span })
    }

    fn spoken(self, kind: &str) -> String {
        let word = |text: &Option<Spanned<String>>| {
            text.as_ref().map(|text| text.value.clone()).unwrap_or_default()
        };
        let step = self.step;
        match kind {
            "call" => form::spoken(&word(&step.call)),
            "submit" => form::spoken(&word(&step.submit)),
            "run" => form::spoken(&format!("Run_{}", word(&step.run))),
            "load" => form::spoken(&format!("Load_{}", word(&step.load))),
            "stop_if_empty" => format!("Stop if {} is empty", word(&step.stop_if_empty)),
            "emr" => {
                let command = word(&step.emr);
                let program = command.split_whitespace().next().unwrap_or_default();
                let letters = |c: char| if c.is_ascii_alphanumeric() { c } else { ' ' };
                form::spoken(&format!("Run {}", program.chars().map(letters).collect::<String>()))
            }
            _ => "Notify".to_owned(),
        }
    }

    fn action(self, kind: &str, problems: &mut Problems) -> Option<Action> {
        let step = self.step;
        match kind {
            "call" => self.call(step.call.as_ref()?, problems),
            "submit" => self.submit(step.submit.as_ref()?, problems),
            "run" => {
                let timing = self.timing("run", problems);
                let machine = self.context.named(step.run.as_ref()?, problems);
                self.starts_executions(problems);
                Some(Action::Run { machine: machine?, timing: timing? })
            }
            "emr" => {
                let timing = self.timing("emr", problems);
                let command = command(step.emr.as_ref()?, problems);
                self.submits_steps("emr", problems);
                Some(Action::Emr { command: command?, timing: timing? })
            }
            "load" => self.load(step.load.as_ref()?, problems),
            "stop_if_empty" => {
                let (field, span) = field(step.stop_if_empty.as_ref()?, problems)?;
                Some(Action::StopIfEmpty(field, span))
            }
            _ => notify(step.notify.as_ref()?, problems),
        }
    }

    fn call(self, name: &Spanned<String>, problems: &mut Problems) -> Option<Action> {
        let lambda = self.context.lambda(name, problems)?;
        let step = self.step;
        let silent = step.done.is_empty() && step.failed.is_empty() && lambda.statuses.len() < 2;
        let outcomes = if silent {
            Outcomes::default()
        } else {
            outcome::outcomes(step, lambda, name.span, problems)
        };
        let [invocation] = self.invocations([(lambda, name.span)], problems);
        Some(Action::Call { invocation, outcomes })
    }

    fn submit(self, name: &Spanned<String>, problems: &mut Problems) -> Option<Action> {
        let Some(asks) = &self.step.poll else {
            let problem = Diagnostic::error("missing-key", name.span, "`submit` lacks `poll`");
            problems.add(problem.help("add `poll: <Lambda>`, which says how it goes"));
            return None;
        };
        let timing = self.timing("submit", problems);
        let starts = self.context.lambda(name, problems);
        let poll = self.context.lambda(asks, problems);
        let (starts, poll) = (starts?, poll?);
        outcome::settled(starts, name.span, problems);
        let outcomes = outcome::outcomes(self.step, poll, asks.span, problems);
        let [submit, poll] = self.invocations([(starts, name.span), (poll, asks.span)], problems);
        Some(Action::Poll { submit, poll, outcomes, timing: timing? })
    }

    fn load(self, word: &Spanned<String>, problems: &mut Problems) -> Option<Action> {
        let timing = self.timing("load", problems);
        self.submits_steps("load", problems);
        let concurrency = self.concurrency(problems);
        let Some(kind) = Kind::ALL.iter().copied().find(|kind| kind.word() == word.value) else {
            let message = format!("unknown kind `{}`", word.value);
            let problem = Diagnostic::error("unknown-word", word.span, message);
            problems.add(problem.suggest(&word.value, Kind::ALL.iter().map(|kind| kind.word())));
            return None;
        };
        let written = &self.context.blueprint.tables;
        if !written.values().any(|table| table.value.kind.value == kind) {
            let message = format!("there is no {} to load", word.value);
            let problem = Diagnostic::error("nothing-to-load", word.span, message);
            problems.add_missing(
                problem
                    .help(format!("add a table with `kind: {}`, or remove the step", word.value)),
            );
        }
        Some(Action::Load { kind, timing: timing?, concurrency })
    }

    fn concurrency(self, problems: &mut Problems) -> u32 {
        let most = self.context.known.step_concurrency;
        let Some(written) = &self.step.concurrency else { return most };
        if !(1..=most).contains(&written.value) {
            let message = format!("the cluster runs {most} steps at once, not {}", written.value);
            let problem = Diagnostic::error("out-of-bounds", written.span, message);
            problems.add(
                problem.help("choose a smaller number, or raise `step_concurrency` of the cluster"),
            );
        }
        written.value
    }

    /// Returns how often something is asked after and for how long; `every` must be written.
    fn timing(self, kind: &str, problems: &mut Problems) -> Option<Timing> {
        let step = self.step;
        if step.every.is_none() {
            let message = format!("`{kind}` lacks `every`");
            let problem = Diagnostic::error("missing-key", step.span, message);
            problems.add(problem.help("add `every: 60s`, the time between two polls"));
        }
        let every_seconds = duration::seconds(step.every.as_ref(), problems);
        let timeout_seconds = match &step.timeout {
            None => Some(TIMEOUT.max(every_seconds.unwrap_or(0))),
            Some(_) => duration::seconds(step.timeout.as_ref(), problems),
        };
        let timing = Timing { every_seconds: every_seconds?, timeout_seconds: timeout_seconds? };
        if timing.every_seconds > timing.timeout_seconds {
            let span = step.every.as_ref().map_or(step.span, |every| every.span);
            let problem =
                Diagnostic::error("timeout", span, "the first poll comes after the timeout");
            problems.add(problem.help("make `every` shorter, or `timeout` longer"));
        }
        Some(timing)
    }

    /// Hands the fields of `with` to those Lambdas that read them.
    fn invocations<const N: usize>(
        self,
        lambdas: [(&Lambda, Span); N],
        problems: &mut Problems,
    ) -> [Invocation; N] {
        for (name, item) in &self.step.with {
            if !lambdas.iter().any(|(lambda, _)| has(lambda, name)) {
                let message = format!("`{}` does not read `{name}`", lambdas[0].0.name);
                let reads = lambdas.iter().flat_map(|(lambda, _)| &lambda.reads);
                let problem = Diagnostic::error("unread-field", item.span, message);
                let problem = problem.related(lambdas[0].0.span, "its contract");
                problems.add(problem.suggest(name, reads.map(|read| read.name.as_str())));
            }
        }
        lambdas.map(|(lambda, span)| {
            let with = self.step.with.iter().filter(|(name, _)| has(lambda, name));
            let with = with.map(|(name, item)| {
                let value = &item.value;
                (name.clone(), argument(value, problems), value.span)
            });
            Invocation { lambda: lambda.name.clone(), span, with: with.collect() }
        })
    }

    fn starts_executions(self, problems: &mut Problems) {
        self.short_form("run", Capability::StartExecution, Some("nextStateMachineArn"), problems);
        self.short_form("run", Capability::DescribeExecution, None, problems);
    }

    fn submits_steps(self, key: &str, problems: &mut Problems) {
        self.short_form(key, Capability::SubmitStep, Some("NextStepNameAndCmd"), problems);
        self.short_form(key, Capability::DescribeStep, None, problems);
    }

    /// Checks that one Lambda stands for what a short form needs: one that starts reads `field`, one that asks has the
    /// Status values `SUCCESS` and `ERROR`.
    fn short_form(
        self,
        key: &str,
        capability: Capability,
        field: Option<&str>,
        problems: &mut Problems,
    ) {
        let span = self.step.span;
        let lambdas = self.context.known.lambdas;
        match (lambda_that_can(lambdas, capability), field) {
            (None, _) => problems.add_missing(no_one_lambda(key, capability, lambdas, span)),
            (Some(lambda), Some(field)) => reads(lambda, key, field, span, problems),
            (Some(lambda), None) => ends(lambda, key, span, problems),
        }
    }
}

fn has(lambda: &Lambda, field: &str) -> bool {
    lambda.reads.iter().any(|read| read.name == field)
}

/// Reads the value of a field in `with`: `$.Field`, or text.
fn argument(written: &Spanned<String>, problems: &mut Problems) -> Argument {
    match written.value.strip_prefix("$.") {
        Some(field) => {
            if !form::is_field(field) {
                problems.add(form::bad_field(field, written.span));
            }
            Argument::Field(field.to_owned())
        }
        None => Argument::Text(written.value.clone()),
    }
}

fn field(written: &Spanned<String>, problems: &mut Problems) -> Option<(String, Span)> {
    if !form::is_field(&written.value) {
        problems.add(form::bad_field(&written.value, written.span));
        return None;
    }
    Some((written.value.clone(), written.span))
}

/// Reads a command: it is split as a shell splits it, so its quotes must be closed.
fn command(written: &Spanned<String>, problems: &mut Problems) -> Option<String> {
    let text = &written.value;
    let reason = if text.trim().is_empty() {
        "the command is empty"
    } else if text.chars().count() > COMMAND {
        "the command is longer than 10,000 characters"
    } else if !quotes_close(text) {
        "a quote of the command is not closed"
    } else {
        return Some(text.clone());
    };
    let problem = Diagnostic::error("bad-command", written.span, reason);
    problems.add(
        problem.help("write a program and its arguments; what needs a shell is `bash -c '…'`"),
    );
    None
}

fn notify(message: &Spanned<String>, problems: &mut Problems) -> Option<Action> {
    if message.value.trim().is_empty() {
        let problem = Diagnostic::error("empty-message", message.span, "the message is empty");
        problems.add(problem.help("write what subscribers shall read"));
        return None;
    }
    Some(Action::Notify(message.value.clone()))
}

/// Tells whether a POSIX shell would find the end of each quote.
fn quotes_close(text: &str) -> bool {
    let mut open = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let escapes = c == '\\' && open != Some('\'');
        if escapes && chars.next().is_none() {
            return false;
        }
        match (open, c) {
            (None, '\'' | '"') => open = Some(c),
            (Some(quote), c) if c == quote => open = None,
            _ => {}
        }
    }
    open.is_none()
}

/// Returns the problem that no Lambda, or more than one, stands for a capability.
pub(super) fn no_one_lambda(
    key: &str,
    capability: Capability,
    lambdas: &[Lambda],
    span: Span,
) -> Diagnostic {
    let word = capability.word();
    let able: Vec<_> = lambdas.iter().filter(|lambda| lambda.can.contains(&capability)).collect();
    let names: Vec<_> = able.iter().map(|lambda| format!("`{}`", lambda.name)).collect();
    let problem = match able.as_slice() {
        [] => {
            let message = format!("`{key}` needs a Lambda that can `{word}`, and there is none");
            Diagnostic::error("missing-lambda", span, message)
        }
        [first, ..] => {
            let message = format!(
                "`{key}` needs one Lambda that can `{word}`, and there are {}",
                names.join(", ")
            );
            Diagnostic::error("missing-lambda", span, message).related(first.span, "one of them")
        }
    };
    problem.help(format!("give `can: [{word}]` to exactly one Lambda"))
}

/// Checks that the Lambda behind a short form reads the field that the short form gives.
pub(super) fn reads(lambda: &Lambda, key: &str, field: &str, span: Span, problems: &mut Problems) {
    if !has(lambda, field) {
        let message = format!("`{key}` gives `{field}`, which `{}` does not read", lambda.name);
        let problem = Diagnostic::error("contract", span, message);
        let problem = problem.related(lambda.span, "its contract");
        problems.add(problem.help(format!("add `{field}` to its `reads`")));
    }
}

fn ends(lambda: &Lambda, key: &str, span: Span, problems: &mut Problems) {
    for status in ["SUCCESS", "ERROR"] {
        if !lambda.statuses.iter().any(|known| known == status) {
            let message = format!(
                "`{key}` waits for the Status `{status}`, which `{}` never returns",
                lambda.name
            );
            let problem = Diagnostic::error("contract", span, message);
            let problem = problem.related(lambda.span, "its contract");
            problems.add(problem.help(format!("add `{status}` to its `status`")));
        }
    }
}
