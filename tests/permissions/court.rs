//! Which policies have a say in a request, and what they say together.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use pipeline::policy::{Policies, Policy, Request, decide};
use serde_json::{Value, json};

use crate::case::Case;
use crate::deployed::Of;
use crate::glob;
use crate::principal::{Kind, Principal};
use crate::probes::is_strange_bucket;
use crate::request::{Place, Probe};

/// The policies of a deployment, and those of AWS and of others that stand beside them.
#[derive(Clone)]
pub(crate) struct Court<'a> {
    case: &'a Case,
    documents: BTreeMap<Of, Arc<Document>>,
}

/// One policy, read.
pub(crate) struct Document {
    pub(crate) json: Value,
    policy: [Policy; 1],
    /// The patterns of actions that it allows, without `*`.
    allowed: BTreeSet<String>,
    allows_all: bool,
}

/// The policies that have a say.
pub(crate) struct Sides<'a> {
    /// The principal's own.
    pub(crate) identity: Option<&'a Document>,
    /// The most that they can allow.
    pub(crate) boundary: Option<&'a Document>,
    /// The resource's.
    pub(crate) resource: Option<&'a Document>,
    /// That of the endpoint.
    pub(crate) endpoint: Option<&'a Document>,
    owner_decides: bool,
    /// Whether the resource names the principal's account.
    is_own: bool,
}

/// Names of policies that no template holds.
const ADMINISTRATOR: &str = "administrator";
const OPEN: &str = "open to everyone";
const IAM_DECIDES: &str = "IAM decides";
const IAM_ASSUMES: &str = "IAM decides who assumes";
const NOTHING: &str = "nothing";

impl<'a> Court<'a> {
    /// Returns the court of what a case emits.
    pub(crate) fn new(case: &'a Case) -> Self {
        let mut court = Self { case, documents: BTreeMap::new() };
        for policy in &case.deployed.policies {
            let all: Vec<_> = case.deployed.of(&policy.of).flat_map(statements).cloned().collect();
            court.replace(&policy.of, &document(&all));
        }
        let root = json!({"AWS": case.pipeline.root_arn()});
        let everything = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
        let mut open = everything.clone();
        open["Principal"] = "*".into();
        let mut keys = json!({"Effect": "Allow", "Action": "kms:*", "Resource": "*"});
        keys["Principal"] = root.clone();
        let roles = json!({"Effect": "Allow", "Action": "sts:*", "Principal": root});
        let beside = [(ADMINISTRATOR, everything), (OPEN, open), (IAM_DECIDES, keys)];
        for (name, statement) in beside.into_iter().chain([(IAM_ASSUMES, roles)]) {
            court.replace(&Of::Role(name.to_owned()), &document(&[statement]));
        }
        court.replace(&Of::Role(NOTHING.to_owned()), &document(&[]));
        court
    }

    /// Puts a document in place of what belongs to something.
    pub(crate) fn replace(&mut self, of: &Of, json: &Value) {
        let policy = Policy::parse(format!("{of:?}"), json);
        let policy = [policy.unwrap_or_else(|error| panic!("{of:?}: {error:?}"))];
        let allow = statements(json).filter(|one| one["Effect"] == "Allow");
        let mut allowed: BTreeSet<_> =
            allow.flat_map(|one| texts(&one["Action"])).map(str::to_owned).collect();
        let allows_all = allowed.remove("*");
        let document = Document { json: json.clone(), policy, allowed, allows_all };
        self.documents.insert(of.clone(), Arc::new(document));
    }

    /// Returns the documents of the templates.
    pub(crate) fn emitted(&self) -> impl Iterator<Item = (&Of, &Value)> {
        let known = |of: &Of| self.case.deployed.of(of).next().is_some();
        let emitted = self.documents.iter().filter(move |(of, _)| known(of));
        emitted.map(|(of, document)| (of, &document.json))
    }

    /// Returns the policies that have a say.
    pub(crate) fn sides(&self, who: &Principal, probe: &Probe) -> Sides<'_> {
        let arn = &probe.resource;
        let key = probe.action.starts_with("kms:") && arn != "*";
        let is_away = arn.split(':').nth(4) != Some(&self.case.pipeline.environment.account);
        let assumed = probe.action.starts_with("sts:") && arn.contains(":role/");
        let role = |name: &str| self.get(&Of::Role(name.to_owned()));
        let identity = match (who.holder(self.case), &who.kind) {
            (Some(holder), _) => self.get(&holder).or_else(|| role(NOTHING)),
            (None, Kind::Anonymous | Kind::Service) => None,
            (None, _) => role(ADMINISTRATOR),
        };
        let resource = if assumed {
            self.get(&Of::Trust(arn.clone())).or_else(|| role(IAM_ASSUMES))
        } else if arn.contains(":::") && is_strange_bucket(self.case, arn) || key && is_away {
            role(OPEN)
        } else {
            let whole =
                if arn.contains(":::") { arn.split('/').next().unwrap_or(arn) } else { arn };
            let found = self.get(&Of::Resource(whole.to_owned()));
            if key { found.or_else(|| role(IAM_DECIDES)) } else { found }
        };
        let inside = probe.place == Place::OwnVpc;
        let endpoint = inside.then(|| Of::Endpoint(probe.service().to_owned()));
        Sides {
            identity,
            boundary: self.get(&Of::Boundary(who.arn.clone())),
            resource,
            endpoint: endpoint.and_then(|of| self.get(&of)),
            owner_decides: key || assumed,
            is_own: who.account().is_some() && arn.split(':').nth(4) == who.account(),
        }
    }

    fn get(&self, of: &Of) -> Option<&Document> {
        self.documents.get(of).map(Arc::as_ref)
    }
}

/// A request, and what decides who has a say in it.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) request: Request,
    /// The action, in AWS's case.
    pub(crate) action: String,
    /// The account of the resource.
    pub(crate) owner: String,
}

impl Sides<'_> {
    /// Tells whether the policies together let the request pass.
    pub(crate) fn allow(&self, question: &Question) -> bool {
        let policies = Policies {
            identity: self.identity.map_or(&[], |document| &document.policy[..]),
            boundary: policy(self.boundary),
            resource: policy(self.resource),
            endpoint: policy(self.endpoint),
            owner: Some(&question.owner),
            owner_decides: self.owner_decides,
        };
        decide(&question.request, &policies).allowed
    }

    /// Returns the answer where no statement but one about all actions could allow or deny the action.
    pub(crate) fn evident(&self, action: &str) -> Option<bool> {
        let names = |patterns: &BTreeSet<String>| {
            patterns.iter().any(|pattern| glob::contains(pattern, action))
        };
        let allowing = [self.identity, self.resource].into_iter().flatten();
        if self.identity.is_some_and(|one| one.allows_all) {
            let others = [self.boundary, self.resource, self.endpoint];
            let quiet = others.iter().all(Option::is_none) && !self.owner_decides && self.is_own;
            return quiet.then_some(true);
        }
        let spoken = allowing.into_iter().any(|one| one.allows_all || names(&one.allowed));
        (!spoken).then_some(false)
    }
}

fn policy(document: Option<&Document>) -> Option<&Policy> {
    document.map(|document| &document.policy[0])
}

fn document(statements: &[Value]) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// Returns the statements of a policy.
pub(crate) fn statements(document: &Value) -> impl Iterator<Item = &Value> {
    document["Statement"].as_array().into_iter().flatten()
}

/// Returns the texts of an element that is a text or a list of them.
pub(crate) fn texts(element: &Value) -> impl Iterator<Item = &str> {
    let many = element.as_array().into_iter().flatten().filter_map(Value::as_str);
    element.as_str().into_iter().chain(many)
}
