//! State machines: every name in them exists, every `Status` has a meaning, and no failure leaves a cluster running.

mod asl;
mod derive;
mod duration;
mod form;
mod outcome;
mod owner;
mod reach;
mod step;

#[cfg(test)]
mod tests;

use indexmap::IndexMap;

use crate::blueprint::decode::{Item, Spanned};
use crate::blueprint::{self, Blueprint};
use crate::diagnostic::{Diagnostic, FileId, Problems, Span};
use crate::model::{
    self, Body, Capability, Cleanup, FieldRead, Lambda, Machine, Name, lambda_that_can,
};

use step::Written;

/// What steps may name, beside state machines.
#[derive(Clone, Copy)]
pub(crate) struct Known<'a> {
    /// The Lambdas that are in order.
    pub(crate) lambdas: &'a [Lambda],
    /// Steps that the cluster runs at once.
    pub(crate) step_concurrency: u32,
}

/// Reads a file that the blueprint names.
pub(crate) type Read<'a> = dyn FnMut(&Spanned<String>) -> Result<(FileId, String), Diagnostic> + 'a;

/// Seconds that an execution may take unless the machine says otherwise: 6 hours.
const TIMEOUT: u32 = 6 * 3600;

/// Returns the state machines that are in order.
pub(crate) fn machines(
    blueprint: &Blueprint,
    known: Known<'_>,
    read: &mut Read<'_>,
    problems: &mut Problems,
) -> Vec<Machine> {
    let written = &blueprint.state_machines;
    let mut machines = Vec::new();
    for (name, item) in written {
        let context = Context { blueprint, known };
        machines.extend(context.machine(name, item, read, problems));
    }
    notifies(written, known.lambdas, problems);
    if !reach::cycles(&machines, problems) {
        derive::timeouts(&mut machines, blueprint);
        reach::reachable(blueprint, &machines, problems);
        reach::operated(blueprint, &machines, problems);
        owner::owners(&machines, known.lambdas, problems);
    }
    for machine in &machines {
        if let Body::Steps(steps) = &machine.body {
            duration::fits(steps, machine.timeout_seconds, machine.span, problems);
        }
    }
    machines
}

/// What a step is checked against.
#[derive(Clone, Copy)]
struct Context<'a> {
    blueprint: &'a Blueprint,
    known: Known<'a>,
}

impl Context<'_> {
    fn machine(
        self,
        name: &str,
        item: &Item<blueprint::Machine>,
        read: &mut Read<'_>,
        problems: &mut Problems,
    ) -> Option<Machine> {
        let written = &item.value;
        let name = model_name(name, item.span, problems);
        let timeout = written.timeout.as_ref();
        let timeout_seconds = duration::seconds(timeout, problems).unwrap_or(TIMEOUT);
        let body = self.body(written, item.span, read, problems);
        let start_at = written.start_at.as_ref().is_some_and(|given| given.value);
        if start_at && written.steps.iter().all(|step| step.run.is_none()) {
            let span = written.start_at.as_ref().map_or(item.span, |given| given.span);
            let problem = Diagnostic::error(
                "start-at",
                span,
                "`start_at` names a machine to run, and no step runs one",
            );
            problems.add(problem.help("remove `start_at`, or add a step with `run`"));
        }
        Some(Machine {
            name: name?,
            description: written.description.as_ref().map(|text| text.value.clone()),
            body: body?,
            input: input(&written.input, problems),
            timeout_seconds,
            on_failure: written.on_failure.as_ref().and_then(|f| self.cleanup(f, problems)),
            start_at,
            logging: self.blueprint.logging(written).unwrap_or(true),
            span: item.span,
        })
    }

    fn body(
        self,
        written: &blueprint::Machine,
        span: Span,
        read: &mut Read<'_>,
        problems: &mut Problems,
    ) -> Option<Body> {
        match (&written.asl, written.steps.is_empty()) {
            (None, false) => self.steps(&written.steps, problems).map(Body::Steps),
            (Some(file), true) => self.asl(file, read, problems),
            (Some(file), false) => {
                let problem = Diagnostic::error(
                    "machine-body",
                    file.span,
                    "a machine has either `steps` or `asl`",
                );
                problems.add(problem.help("remove one of them"));
                None
            }
            (None, true) => {
                let problem = Diagnostic::error("machine-body", span, "the machine has no step");
                problems.add(problem.help("add `steps:`, or `asl:` with the path of a definition"));
                None
            }
        }
    }

    fn cleanup(self, written: &blueprint::Failure, problems: &mut Problems) -> Option<Cleanup> {
        match (&written.call, &written.run) {
            (Some(lambda), None) => {
                let lambda = self.lambda(lambda, problems)?;
                Some(Cleanup::Call(lambda.name.clone(), written.call.as_ref()?.span))
            }
            (None, Some(machine)) => {
                Some(Cleanup::Run(self.named(machine, problems)?, machine.span))
            }
            _ => {
                let problem = Diagnostic::error(
                    "on-failure",
                    written.span,
                    "`on_failure` is either `call` or `run`",
                );
                problems.add(problem.help(
                    "write `on_failure: {call: <Lambda>}` or `on_failure: {run: <machine>}`",
                ));
                None
            }
        }
    }

    /// Returns the Lambda of that name; one that is written but not in order was told at its place.
    fn lambda(&self, name: &Spanned<String>, problems: &mut Problems) -> Option<&Lambda> {
        let written = &self.blueprint.lambdas;
        if !written.contains_key(&name.value) {
            unknown("Lambda", name, written.keys().map(String::as_str), problems);
        }
        self.known.lambdas.iter().find(|lambda| lambda.name.as_str() == name.value)
    }

    /// Returns the name of a state machine that exists.
    fn named(&self, name: &Spanned<String>, problems: &mut Problems) -> Option<Name> {
        let written = &self.blueprint.state_machines;
        if !written.contains_key(&name.value) {
            unknown("state machine", name, written.keys().map(String::as_str), problems);
            return None;
        }
        Name::parse(&name.value).ok()
    }

    fn steps(
        self,
        written: &[blueprint::Step],
        problems: &mut Problems,
    ) -> Option<Vec<model::Step>> {
        let mut seen = IndexMap::new();
        let steps: Vec<_> = written
            .iter()
            .filter_map(|step| {
                let step = Written { context: self, step }.checked(problems)?;
                form::unique(&step, &mut seen, problems);
                Some(step)
            })
            .collect();
        (steps.len() == written.len()).then_some(steps)
    }
}

fn unknown<'a>(
    what: &str,
    name: &Spanned<String>,
    known: impl Iterator<Item = &'a str> + Clone,
    problems: &mut Problems,
) {
    let rule = if what == "Lambda" { "unknown-lambda" } else { "unknown-machine" };
    let problem = Diagnostic::error(rule, name.span, format!("unknown {what} `{}`", name.value));
    problems.add_unknown(&name.value, problem.suggest(&name.value, known));
}

fn model_name(name: &str, span: Span, problems: &mut Problems) -> Option<Name> {
    match Name::parse(name) {
        Ok(name) => Some(name),
        Err(reason) => {
            let message = format!("the state machine's name `{name}` {reason}");
            problems.add(Diagnostic::error("bad-name", span, message).help("choose another name"));
            None
        }
    }
}

/// Reads fields such as `ClusterId?`.
fn input(written: &[Spanned<String>], problems: &mut Problems) -> Vec<FieldRead> {
    let mut fields: Vec<FieldRead> = Vec::new();
    for field in written {
        let name = field.value.strip_suffix('?').unwrap_or(&field.value);
        if !form::is_field(name) {
            problems.add(form::bad_field(&field.value, field.span));
        } else if fields.iter().any(|known| known.name == name) {
            let message = format!("`{name}` stands in `input` twice");
            problems
                .add(Diagnostic::error("duplicate-field", field.span, message).help("remove one"));
        } else {
            fields.push(FieldRead { name: name.to_owned(), optional: name != field.value });
        }
    }
    fields
}

/// Every failure path sends a message, so one Lambda must stand for that.
fn notifies(
    written: &blueprint::decode::Named<blueprint::Machine>,
    lambdas: &[Lambda],
    problems: &mut Problems,
) {
    let Some((_, first)) = written.iter().find(|(_, item)| item.value.asl.is_none()) else {
        return;
    };
    match lambda_that_can(lambdas, Capability::PublishMessage) {
        None => problems.add_missing(step::no_one_lambda(
            "notify",
            Capability::PublishMessage,
            lambdas,
            first.span,
        )),
        Some(lambda) => step::reads(lambda, "notify", "Message", first.span, problems),
    }
}
