//! Who owns a cluster: a machine that launched one, or ran a machine that did, ends it when it fails.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Problems, Span};
use crate::model::{
    Action, Body, Cleanup, Effect, Invocation, Lambda, Machine, Name, Step, effects,
};

/// What each Lambda and machine does to the cluster.
struct Effects<'a> {
    lambdas: &'a [Lambda],
    machines: BTreeMap<Name, Effect>,
}

/// Checks all machines that are written as steps.
pub(super) fn owners(machines: &[Machine], lambdas: &[Lambda], problems: &mut Problems) {
    let effects = Effects { lambdas, machines: effects(machines, lambdas) };
    for machine in machines {
        if let Body::Steps(steps) = &machine.body {
            effects.owner(machine, steps, problems);
        }
    }
}

impl Effects<'_> {
    fn owner(&self, machine: &Machine, steps: &[Step], problems: &mut Problems) {
        let mut owned: Option<Span> = None;
        let mut can_fail = false;
        for step in steps {
            can_fail |= owned.is_some() && !matches!(step.action, Action::StopIfEmpty(..));
            match self.of_step(step) {
                Some(Effect::Launches) => {
                    launches(step, owned, problems);
                    owned = Some(step.span);
                    can_fail |= matches!(step.action, Action::Poll { .. });
                    self.terminates(machine, step.span, problems);
                }
                Some(Effect::Terminates) if step.unless.is_none() => owned = None,
                Some(Effect::Terminates) | None => {}
            }
            if let (true, Some(span), None) = (can_fail, owned, &machine.on_failure) {
                leaves(machine, span, problems);
            }
        }
    }

    fn of_step(&self, step: &Step) -> Option<Effect> {
        match &step.action {
            Action::Call { invocation, .. } | Action::Poll { submit: invocation, .. } => {
                self.of_lambda(invocation)
            }
            Action::Run { machine, .. } => self.machines.get(machine).copied(),
            Action::Emr { .. }
            | Action::Load { .. }
            | Action::Notify(_)
            | Action::StopIfEmpty(..) => None,
        }
    }

    fn of_lambda(&self, invocation: &Invocation) -> Option<Effect> {
        self.lambdas.iter().find(|lambda| lambda.name == invocation.lambda)?.effect()
    }

    /// Checks that what `on_failure` names ends a cluster.
    fn terminates(&self, machine: &Machine, launch: Span, problems: &mut Problems) {
        let (name, span, effect) = match &machine.on_failure {
            None => return,
            Some(Cleanup::Run(name, span)) => (name, *span, self.machines.get(name).copied()),
            Some(Cleanup::Call(name, span)) => {
                let lambda = self.lambdas.iter().find(|lambda| lambda.name == *name);
                (name, *span, lambda.and_then(Lambda::effect))
            }
        };
        if effect != Some(Effect::Terminates) {
            let message = format!("`{name}` does not terminate the cluster");
            let problem = Diagnostic::error("on-failure", span, message);
            let problem = problem.related(launch, "the cluster is launched here");
            problems.add(
                problem.help(
                    "name a Lambda that can `terminate_cluster`, or a machine that calls one",
                ),
            );
        }
    }
}

fn launches(step: &Step, owned: Option<Span>, problems: &mut Problems) {
    if let Some((_, span)) = &step.unless {
        let message =
            "a step that launches a cluster cannot be skipped: nobody would know who owns it";
        let problem = Diagnostic::error("skipped-launch", *span, message);
        problems.add(problem.help("remove `unless`"));
    }
    if let Some(first) = owned {
        let message = format!("`{}` launches a second cluster", step.name);
        let problem = Diagnostic::error("second-cluster", step.span, message);
        let problem = problem.related(first, "the first one is launched here");
        problems
            .add(problem.help("terminate the first one before, or launch it in another machine"));
    }
}

fn leaves(machine: &Machine, launch: Span, problems: &mut Problems) {
    let message = format!("a failure of `{}` leaves a cluster running", machine.name);
    let problem = Diagnostic::error("on-failure", launch, message);
    let problem =
        problem.label("the cluster is launched here").related(machine.span, "this machine");
    problems.add(problem.help(
        "add `on_failure: {call: <Lambda>}` or `on_failure: {run: <machine>}` with one that terminates it",
    ));
}
