//! All policies that a request meets, together.

use super::principal::Naming;
use super::request::account;
use super::{Effect, Policy, Request, Statement};

/// The policies that a request meets. What is not there does not restrict.
#[derive(Clone, Copy, Debug, Default)]
pub struct Policies<'a> {
    /// Those of the role or user.
    pub identity: &'a [Policy],
    /// What the role may do at most.
    pub boundary: Option<&'a Policy>,
    /// That of the resource: of a bucket, a topic; with `owner_decides`, of a key or a role's trust.
    pub resource: Option<&'a Policy>,
    /// That of the VPC endpoint through which the request goes.
    pub endpoint: Option<&'a Policy>,
    /// The account of the resource; none stands for that of the principal.
    pub owner: Option<&'a str>,
    /// Whether nothing is allowed that the resource's policy does not allow, be it to the account: so it is with KMS keys and
    /// with trust policies (KMS developer guide, "Key policies in AWS KMS").
    pub owner_decides: bool,
}

/// Which kind of policy spoke.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Layer {
    /// One of the role or user.
    Identity,
    /// The permissions boundary.
    Boundary,
    /// That of the resource.
    Resource,
    /// That of the VPC endpoint.
    Endpoint,
}

/// What the policies say to a request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Decision<'a> {
    /// Whether it may be done.
    pub allowed: bool,
    /// Why: when allowed, the statements that allow it; else those that deny it, or, where none does, the layers in which
    /// nothing allows it.
    pub reasons: Vec<Reason<'a>>,
}

/// A part of the reason for a decision.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Reason<'a> {
    /// A statement.
    Statement {
        /// The kind of policy that it stands in.
        layer: Layer,
        /// The policy.
        policy: &'a Policy,
        /// The statement.
        statement: &'a Statement,
    },
    /// No statement of such policies allows it.
    NothingAllows(Layer),
    /// The principal is the root of its account, whom nothing needs to allow anything.
    Root,
}

/// Decides on a request.
pub fn decide<'a>(request: &Request, policies: &Policies<'a>) -> Decision<'a> {
    let spoken: Vec<_> = policies.spoken(request).collect();
    let denials: Vec<_> =
        spoken.iter().filter(|one| one.effect() == Effect::Deny).map(Spoken::reason).collect();
    if !denials.is_empty() {
        return Decision { allowed: false, reasons: denials };
    }
    let allowing = spoken
        .iter()
        .fold(Allowing::default(), |allowing, one| allowing.with(one.layer, one.naming));
    let missing = allowing.missing(request, policies);
    if !missing.is_empty() {
        let reasons = missing.into_iter().map(Reason::NothingAllows).collect();
        return Decision { allowed: false, reasons };
    }
    let mut reasons: Vec<_> = spoken.iter().map(Spoken::reason).collect();
    if is_root(&request.principal) {
        reasons.push(Reason::Root);
    }
    Decision { allowed: true, reasons }
}

impl<'a> Policies<'a> {
    pub(super) fn layers(&self) -> impl Iterator<Item = (Layer, &'a Policy)> {
        let identity = self.identity.iter().map(|policy| (Layer::Identity, policy));
        let one = |layer, policy: Option<&'a Policy>| policy.map(|policy| (layer, policy));
        let boundary = one(Layer::Boundary, self.boundary);
        let resource = one(Layer::Resource, self.resource);
        identity.chain(boundary).chain(resource).chain(one(Layer::Endpoint, self.endpoint))
    }

    fn spoken(&self, request: &Request) -> impl Iterator<Item = Spoken<'a>> {
        self.layers().flat_map(|(layer, policy)| speak(request, layer, policy))
    }
}

/// A statement that applies to the request, and how it names who asks.
struct Spoken<'a> {
    layer: Layer,
    policy: &'a Policy,
    statement: &'a Statement,
    naming: Naming,
}

impl<'a> Spoken<'a> {
    fn effect(&self) -> Effect {
        self.statement.effect
    }

    fn reason(&self) -> Reason<'a> {
        let Self { layer, policy, statement, naming: _ } = *self;
        Reason::Statement { layer, policy, statement }
    }
}

fn speak<'a>(
    request: &Request,
    layer: Layer,
    policy: &'a Policy,
) -> impl Iterator<Item = Spoken<'a>> {
    policy.statements.iter().filter_map(move |statement| {
        let naming = statement.applies(request);
        (naming != Naming::Not).then_some(Spoken { layer, policy, statement, naming })
    })
}

/// What allows a request, layer by layer.
#[derive(Clone, Copy)]
pub(super) struct Allowing {
    identity: bool,
    boundary: bool,
    resource: Naming,
    endpoint: bool,
}

impl Default for Allowing {
    fn default() -> Self {
        Self { identity: false, boundary: false, resource: Naming::Not, endpoint: false }
    }
}

impl Allowing {
    pub(super) fn with(mut self, layer: Layer, naming: Naming) -> Self {
        match layer {
            Layer::Identity => self.identity = true,
            Layer::Boundary => self.boundary = true,
            Layer::Resource => self.resource = self.resource.max(naming),
            Layer::Endpoint => self.endpoint = true,
        }
        self
    }

    /// Returns the layers that would have to allow the request, and do not.
    pub(super) fn missing(self, request: &Request, policies: &Policies) -> Vec<Layer> {
        let mut missing = Vec::new();
        if policies.endpoint.is_some() && !self.endpoint {
            missing.push(Layer::Endpoint);
        }
        let Some(asker) = account(&request.principal) else {
            missing.extend((self.resource == Naming::Not).then_some(Layer::Resource));
            return missing;
        };
        let is_own = policies.owner.is_none_or(|owner| owner == asker);
        let needs_resource = policies.owner_decides || !is_own;
        // The account is its own delegate: it lets its administrators decide.
        let granted = is_own && self.resource > Naming::ByAccount;
        if needs_resource && self.resource == Naming::Not {
            missing.push(Layer::Resource);
        }
        if !granted && !self.identity && !is_root(&request.principal) {
            missing.push(Layer::Identity);
        }
        // A grant to everyone, a user or a session passes by the boundary, one to a role does not (IAM user guide, "Permissions
        // boundaries for IAM entities").
        let passes_by = granted && self.resource > Naming::Role;
        if policies.boundary.is_some() && !self.boundary && !passes_by {
            missing.push(Layer::Boundary);
        }
        missing
    }
}

fn is_root(principal: &str) -> bool {
    principal.starts_with("arn:") && principal.ends_with(":root")
}
