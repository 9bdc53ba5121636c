//! A statement, and whether it speaks of a request.

use super::Request;
use super::condition::Condition;
use super::pattern::Pattern;
use super::principal::{Naming, Principals};

/// A statement of a policy.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Statement {
    /// Its name, when it has one.
    pub sid: Option<String>,
    /// Its place in the policy, from 0.
    pub index: usize,
    /// Allow or deny.
    pub effect: Effect,
    pub(super) principals: Option<Principals>,
    pub(super) actions: Names,
    /// None in trust policies, whose resource is the role.
    pub(super) resources: Option<Names>,
    pub(super) conditions: Vec<Condition>,
}

/// What a statement does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Effect {
    /// It allows.
    Allow,
    /// It denies, whatever others allow.
    Deny,
}

/// What `Action` or `Resource` names, or all but what `NotAction` or `NotResource` names.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Names {
    pub(super) excluded: bool,
    pub(super) patterns: Vec<Pattern>,
}

/// In what a statement speaks of something else than the request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Difference {
    /// It names other principals.
    Principal,
    /// It names other actions.
    Action,
    /// It names other resources.
    Resource,
    /// It asks for another value of this key.
    Condition {
        /// The operator as written.
        operator: String,
        /// The key as written.
        key: String,
        /// The values as written.
        values: Vec<String>,
        /// What the request says, if anything.
        found: Option<Vec<String>>,
    },
}

impl Names {
    /// A variable without a value keeps a statement from applying, be it excluded.
    pub(super) fn cover(&self, text: &str, request: &Request) -> bool {
        let named = self.patterns.iter().any(|pattern| pattern.matches(text, request));
        if self.excluded {
            !named && self.patterns.iter().all(|pattern| pattern.is_resolved(request))
        } else {
            named
        }
    }
}

impl Statement {
    /// Tells whether it speaks of the action of `request`, whatever the rest.
    pub fn names_action(&self, request: &Request) -> bool {
        self.actions.cover(&request.action, request)
    }

    /// Tells whether it applies to `request`.
    pub fn speaks_of(&self, request: &Request) -> bool {
        self.applies(request) != Naming::Not
    }

    /// Returns in what it differs from the request; empty when it applies.
    pub fn differences(&self, request: &Request) -> Vec<Difference> {
        let mut differences = Vec::new();
        if !self.names_action(request) {
            differences.push(Difference::Action);
        }
        if !self.names_resource(request) {
            differences.push(Difference::Resource);
        }
        if self.naming(request) == Naming::Not {
            differences.push(Difference::Principal);
        }
        let unmet = self.conditions.iter().filter(|condition| !condition.holds(request));
        differences.extend(unmet.map(|condition| condition.difference(request)));
        differences
    }

    pub(super) fn might_speak_of(&self, action: &str, resource: &str) -> bool {
        let names = |names: &Names, text: &str| {
            names.excluded || names.patterns.iter().any(|pattern| pattern.might_match(text))
        };
        names(&self.actions, action)
            && self.resources.as_ref().is_none_or(|one| names(one, resource))
    }

    /// Tells how it names who asks; as not at all when something else keeps it from applying.
    pub(super) fn applies(&self, request: &Request) -> Naming {
        if !self.names_action(request) || !self.names_resource(request) {
            return Naming::Not;
        }
        let naming = self.naming(request);
        let is_met = || self.conditions.iter().all(|condition| condition.holds(request));
        if naming != Naming::Not && is_met() { naming } else { Naming::Not }
    }

    fn names_resource(&self, request: &Request) -> bool {
        self.resources.as_ref().is_none_or(|names| names.cover(&request.resource, request))
    }

    /// A statement without principals stands in a policy of the one who asks.
    fn naming(&self, request: &Request) -> Naming {
        let named = self.principals.as_ref();
        named.map_or(Naming::Itself, |principals| principals.naming(&request.principal))
    }
}
