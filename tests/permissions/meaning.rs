//! What each principal is meant to be able to do, in the words of the model and not of the policies.

pub(crate) mod bootstrap;
mod boundary;
mod cluster;
mod gate;
mod group;
mod lambda;
pub(crate) mod service;

use crate::case::Case;
use crate::glob;
use crate::principal::{Kind, Principal};
use crate::request::{ATHENA, Place, Probe};

/// Something that a principal is meant to do.
#[derive(Clone)]
pub(crate) struct Use {
    pub(crate) actions: Vec<String>,
    /// Patterns of ARNs.
    pub(crate) resources: Vec<String>,
    /// All must hold.
    pub(crate) when: Vec<When>,
}

/// A circumstance that a use rests on.
#[derive(Clone, Debug)]
pub(crate) enum When {
    /// The condition key has one of these values.
    Key(String, Vec<String>),
    /// The condition key is there and looks like one of these patterns.
    Like(String, Vec<String>),
    /// All values of the condition key are among these.
    Among(String, Vec<String>),
    /// Athena asks for the principal.
    ViaAthena,
    /// The request comes through one of these endpoints.
    Through(Vec<String>),
    /// The request comes from the pipeline's VPC, or a service that got one from there makes it.
    InVpc,
    /// The Lambda service asks, and not the function's code.
    ByService,
}

impl Use {
    fn of(actions: &[&str], resources: impl IntoIterator<Item = String>) -> Self {
        Self {
            actions: actions.iter().map(|&action| action.to_owned()).collect(),
            resources: resources.into_iter().collect(),
            when: Vec::new(),
        }
    }

    fn anywhere(actions: &[&str]) -> Self {
        Self::of(actions, ["*".to_owned()])
    }

    fn when(mut self, when: When) -> Self {
        self.when.push(when);
        self
    }

    fn key(self, key: &str, values: &[&str]) -> Self {
        let values = values.iter().map(|&value| value.to_owned()).collect();
        self.when(When::Key(key.to_owned(), values))
    }

    /// Tells whether the use names the action on the resource, which may be a pattern, whatever the circumstances.
    pub(crate) fn names(&self, action: &str, resource: &str) -> bool {
        self.actions.iter().any(|one| one == action)
            && self.resources.iter().any(|pattern| glob::contains(pattern, resource))
    }

    fn covers(&self, probe: &Probe) -> bool {
        self.names(&probe.action, &probe.resource) && self.when.iter().all(|when| when.holds(probe))
    }
}

impl When {
    fn holds(&self, probe: &Probe) -> bool {
        match self {
            Self::Key(key, values) => {
                probe.key(key).is_some_and(|value| values.iter().any(|one| one == value))
            }
            Self::Like(key, patterns) => probe
                .key(key)
                .is_some_and(|value| patterns.iter().any(|one| glob::contains(one, value))),
            Self::Among(key, values) => {
                probe.keys.get(key).into_iter().flatten().all(|value| values.contains(value))
            }
            Self::ViaAthena => probe.via == Some(ATHENA),
            Self::Through(ids) => match &probe.place {
                Place::OwnVpc => ids.iter().any(|id| id == crate::deployed::S3_ENDPOINT),
                Place::Endpoint(id) => ids.contains(id),
                Place::Internet => false,
            },
            Self::InVpc => probe.place == Place::OwnVpc || probe.via.is_some(),
            Self::ByService => probe.by_service,
        }
    }
}

/// Returns what a role of ours is meant to do; the others are bounded by nothing of their own.
pub(crate) fn uses(case: &Case, principal: &Principal) -> Vec<Use> {
    let pipeline = &case.pipeline;
    match &principal.kind {
        Kind::Lambda(name) => {
            lambda::uses(case, pipeline.lambda(name.as_str()).expect("it is its"))
        }
        Kind::Machine(name) => {
            service::machine(case, pipeline.machine(name.as_str()).expect("same"))
        }
        Kind::Scheduler => service::scheduler(case),
        Kind::FlowLogs => service::flow_logs(pipeline),
        Kind::EmrService => cluster::service(case),
        Kind::EmrNodes => cluster::nodes(pipeline),
        Kind::Group(name) => {
            let group = pipeline.groups.iter().find(|group| group.name == *name);
            group::uses(pipeline, group.expect("it is its"))
        }
        Kind::Member(name) => {
            vec![Use::of(&["sts:AssumeRole"], [pipeline.role_arn(name.as_str())])]
        }
        Kind::Made(maker) => bootstrap::uses(case, *maker),
        Kind::Rogue => boundary::uses(case),
        Kind::Root
        | Kind::BreakGlass
        | Kind::Execution
        | Kind::Deployer
        | Kind::Editor
        | Kind::Writer
        | Kind::Admin
        | Kind::Stranger
        | Kind::Anonymous
        | Kind::Service => Vec::new(),
    }
}

/// Tells whether the principal is meant to succeed; `uses` are its own.
pub(crate) fn may(case: &Case, principal: &Principal, uses: &[Use], probe: &Probe) -> bool {
    let by_itself = match principal.kind {
        Kind::Anonymous | Kind::Service => false,
        _ if principal.is_ours() || principal.kind == Kind::Rogue => {
            uses.iter().any(|one| one.covers(probe))
        }
        _ => true,
    };
    if principal.is_ours() && !by_itself && !probe.action.starts_with("kms:") {
        return false;
    }
    gate::opens(case, &principal.to_resources(), probe, by_itself)
}
