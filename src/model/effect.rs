//! What steps and machines do to the cluster, so that whoever owns one can be known before anything runs.

use std::collections::BTreeMap;

use super::{Action, Body, Capability, Lambda, Machine, Name, Pipeline, Step, named_in};

/// What something that ended well did to the cluster.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Effect {
    /// A cluster runs that did not run before.
    Launches,
    /// The cluster is ended.
    Terminates,
}

impl Lambda {
    /// Returns what the Lambda does to the cluster.
    pub fn effect(&self) -> Option<Effect> {
        if self.can.contains(&Capability::LaunchCluster) {
            Some(Effect::Launches)
        } else if self.can.contains(&Capability::TerminateCluster) {
            Some(Effect::Terminates)
        } else {
            None
        }
    }
}

impl Pipeline {
    /// Returns what a state machine does to the cluster when it ends well.
    pub fn effect(&self, machine: &Name) -> Option<Effect> {
        effects(&self.machines, &self.lambdas).get(machine).copied()
    }
}

/// Returns what each state machine does to the cluster when it ends well: what the last step does that does anything.
pub fn effects(machines: &[Machine], lambdas: &[Lambda]) -> BTreeMap<Name, Effect> {
    let mut known = BTreeMap::new();
    for machine in machines {
        find(machine, machines, lambdas, &mut known);
    }
    known.into_iter().filter_map(|(name, effect)| Some((name, effect?))).collect()
}

type Known = BTreeMap<Name, Option<Effect>>;

fn find(
    machine: &Machine,
    machines: &[Machine],
    lambdas: &[Lambda],
    known: &mut Known,
) -> Option<Effect> {
    if let Some(effect) = known.get(&machine.name) {
        return *effect;
    }
    // Machines in a circle, which `check` refuses, meet this instead of themselves.
    known.insert(machine.name.clone(), None);
    let effect = match &machine.body {
        Body::Steps(steps) => {
            steps.iter().rev().find_map(|step| of_step(step, machines, lambdas, known))
        }
        Body::Asl { text, .. } => of_asl(text, lambdas),
    };
    known.insert(machine.name.clone(), effect);
    effect
}

fn of_step(
    step: &Step,
    machines: &[Machine],
    lambdas: &[Lambda],
    known: &mut Known,
) -> Option<Effect> {
    match &step.action {
        Action::Call { invocation, .. } | Action::Poll { submit: invocation, .. } => {
            lambdas.iter().find(|lambda| lambda.name == invocation.lambda)?.effect()
        }
        Action::Run { machine, .. } => {
            let machine = machines.iter().find(|known| known.name == *machine)?;
            find(machine, machines, lambdas, known)
        }
        Action::Emr { .. } | Action::Load { .. } | Action::Notify(_) | Action::StopIfEmpty(..) => {
            None
        }
    }
}

/// A definition that calls both ends the cluster on its failure path.
fn of_asl(text: &str, lambdas: &[Lambda]) -> Option<Effect> {
    let (called, _) = named_in(text);
    let effects = lambdas.iter().filter(|l| called.contains(&l.name)).filter_map(Lambda::effect);
    effects.min_by_key(|effect| *effect == Effect::Terminates)
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn machines_that_launch_and_terminate_are_known() {
        let pipeline = sample::pipeline();
        let effects = effects(&pipeline.machines, &pipeline.lambdas);
        let of = |name: &str| effects.get(&sample::name(name)).copied();
        assert_eq!(of("Launch_EMR_Cluster"), Some(Effect::Launches));
        assert_eq!(of("Terminate_EMR_Cluster"), Some(Effect::Terminates));
        assert_eq!(of("Fact_Process"), None);
        assert_eq!(of("Master"), Some(Effect::Terminates));
    }

    #[test]
    fn a_written_definition_is_known_by_what_it_calls() {
        let lambdas = sample::pipeline().lambdas;
        let both = "${lambda:lambda_launch_emr} ${lambda:lambda_terminate_emr}";
        assert_eq!(of_asl(both, &lambdas), Some(Effect::Launches));
        assert_eq!(of_asl("${lambda:lambda_terminate_emr}", &lambdas), Some(Effect::Terminates));
        assert_eq!(of_asl("${lambda:lambda_status_emr}", &lambdas), None);
    }
}
