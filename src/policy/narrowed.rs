//! Policies as far as they may speak of one action on one resource, for requests that differ in the rest.

use super::decide::{Allowing, Layer, Policies};
use super::principal::Naming;
use super::{Effect, Policy, Request, Statement};

/// The statements of policies that may speak of an action on a resource.
#[derive(Debug)]
pub struct Narrowed<'a> {
    policies: Policies<'a>,
    statements: Vec<(Layer, &'a Statement)>,
}

impl<'a> Policies<'a> {
    /// Returns what may speak of `action`, in lower case, on `resource`; none when nothing may allow it, whatever the request
    /// is. A variable is taken for a text that fits; the root of an account, which needs no policy, is not among who asks so.
    pub fn narrowed(self, action: &str, resource: &str) -> Option<Narrowed<'a>> {
        let mut allowing = self.identity.iter().chain(self.resource);
        if !allowing.any(|policy| policy.might_allow(action, resource)) {
            return None;
        }
        let speaks =
            |(_, statement): &(Layer, &Statement)| statement.might_speak_of(action, resource);
        let of_layer = |(layer, policy): (Layer, &'a Policy)| {
            policy.statements.iter().map(move |statement| (layer, statement))
        };
        let statements = self.layers().flat_map(of_layer).filter(speaks).collect();
        Some(Narrowed { policies: self, statements })
    }
}

impl Narrowed<'_> {
    /// Tells whether `request`, for that action and resource, may be done, through the endpoint or past it; as
    /// [`decide`](super::decide) does, without the reasons.
    pub fn allows(&self, request: &Request, through_endpoint: bool) -> bool {
        let mut policies = self.policies;
        policies.endpoint = policies.endpoint.filter(|_| through_endpoint);
        let mut allowing = Allowing::default();
        for (layer, statement) in &self.statements {
            if *layer == Layer::Endpoint && !through_endpoint {
                continue;
            }
            let naming = statement.applies(request);
            match (naming, statement.effect) {
                (Naming::Not, _) => {}
                (_, Effect::Deny) => return false,
                (_, Effect::Allow) => allowing = allowing.with(*layer, naming),
            }
        }
        allowing.missing(request, &policies).is_empty()
    }
}
