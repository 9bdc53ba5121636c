//! One request of a role, by each way that it may come.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::model::{Lambda, Pipeline};
use crate::permissions::EMR_TAG;
use crate::policy::{Decision, Narrowed, Policies, Request, decide};

use super::grants::{Grants, Role};
use super::symbol;

/// How a request reaches AWS.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Way {
    /// Through the endpoints of the pipeline's VPC.
    Vpc,
    /// Over the internet.
    Internet,
    /// Athena makes it for who queries.
    Athena,
}

/// An action on a resource, with what only such requests have in their context.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    /// In lower case.
    pub(super) action: Cow<'static, str>,
    pub(super) resource: String,
    pub(super) context: Vec<(&'static str, Vec<String>)>,
}

impl Ask {
    pub(super) fn new(action: impl Into<Cow<'static, str>>, resource: impl Into<String>) -> Self {
        Self { action: action.into(), resource: resource.into(), context: Vec::new() }
    }

    pub(super) fn with(
        mut self,
        key: &'static str,
        values: impl IntoIterator<Item = String>,
    ) -> Self {
        self.context.push((key, values.into_iter().collect()));
        self
    }
}

/// A role that asks.
pub(super) struct Asker<'a> {
    pub(super) pipeline: &'a Pipeline,
    pub(super) grants: &'a Grants,
    pub(super) role: &'a Role,
    /// By each way the request of the last ask, of which all but action and resource stays.
    bases: RefCell<BTreeMap<Way, Request>>,
}

impl<'a> Asker<'a> {
    /// `name` is the role's; `lambda` the function that has it.
    pub(super) fn new(
        pipeline: &'a Pipeline,
        grants: &'a Grants,
        name: &str,
        role: &'a Role,
        lambda: Option<&Lambda>,
    ) -> Self {
        let base = base(pipeline, name, lambda);
        let inside = base
            .clone()
            .with("aws:SourceVpc", [symbol::vpc(pipeline)])
            .with("aws:SourceVpce", [symbol::s3_endpoint(pipeline)]);
        let athena = base
            .clone()
            .with("aws:ViaAWSService", ["true"])
            .with("aws:CalledVia", [crate::permissions::ATHENA]);
        let bases = [(Way::Vpc, inside), (Way::Internet, base), (Way::Athena, athena)].into();
        let bases = RefCell::new(bases);
        Self { pipeline, grants, role, bases }
    }

    /// Returns the ask with what the policies say of it; none where no statement may allow it, whatever the way: most asks end
    /// here.
    pub(super) fn open<'b>(&'b self, ask: &'b Ask) -> Option<Open<'b>> {
        let policies = self.policies(&ask.action, &ask.resource, Way::Vpc);
        let policies = policies.narrowed(&ask.action, &ask.resource)?;
        Some(Open { asker: self, ask, policies })
    }

    /// Tells whether it may be done by any of `ways`.
    pub(super) fn may(&self, ask: &Ask, ways: &[Way]) -> bool {
        self.open(ask).is_some_and(|open| ways.iter().any(|way| open.by(*way)))
    }

    pub(super) fn decision(&self, request: &Request, way: Way) -> Decision<'a> {
        decide(request, &self.policies(&request.action, &request.resource, way))
    }

    pub(super) fn request(&self, ask: &Ask, way: Way) -> Request {
        let mut request = self.bases.borrow()[&way].clone();
        request.action.replace_range(.., &ask.action);
        request.resource.replace_range(.., &ask.resource);
        for (key, values) in &ask.context {
            request.context.insert((*key).to_owned(), values.clone());
        }
        request
    }

    /// S3 asks for the key itself, so the endpoint of the network has no say there.
    pub(super) fn policies(&self, action: &str, resource: &str, way: Way) -> Policies<'a> {
        let service = action.split_once(':').map_or("", |(service, _)| service);
        let resource = match service {
            "s3" => bucket(resource).and_then(|bucket| self.grants.buckets.get(bucket)),
            "kms" => self.grants.key.as_ref(),
            _ => None,
        };
        let endpoint = self.grants.endpoints.get(service).filter(|_| way == Way::Vpc);
        Policies {
            identity: &self.role.policies,
            boundary: self.grants.boundary(self.role),
            resource,
            endpoint,
            owner: None,
            owner_decides: service == "kms",
        }
    }
}

/// An ask that something may allow.
pub(super) struct Open<'a> {
    asker: &'a Asker<'a>,
    ask: &'a Ask,
    policies: Narrowed<'a>,
}

impl Open<'_> {
    /// Tells whether it may be done by this way.
    pub(super) fn by(&self, way: Way) -> bool {
        let Self { asker, ask, policies } = self;
        // Thousands of asks differ in little, and a context takes long to copy.
        let mut bases = asker.bases.borrow_mut();
        let request = bases.get_mut(&way).expect("every way has its base");
        request.action.replace_range(.., &ask.action);
        request.resource.replace_range(.., &ask.resource);
        let set = |(key, values): &(&'static str, Vec<String>)| {
            (*key, replace(request, key, Some(values.clone())))
        };
        let before: Vec<_> = ask.context.iter().map(set).collect();
        let allowed = policies.allows(request, way == Way::Vpc);
        for (key, values) in before {
            replace(request, key, values);
        }
        allowed
    }
}

/// Sets a key of the context, or takes it away, and returns what was there.
fn replace(request: &mut Request, key: &str, values: Option<Vec<String>>) -> Option<Vec<String>> {
    match values {
        Some(values) => request.context.insert(key.to_owned(), values),
        None => request.context.remove(key),
    }
}

fn bucket(arn: &str) -> Option<&str> {
    let (_, name) = arn.strip_prefix("arn:")?.split_once(':')?;
    name.strip_prefix("s3:::")?.split('/').next()
}

/// What every request of the role carries. The keys of tags stand for a cluster of the pipeline, and for one about to be
/// launched as the function does it.
fn base(pipeline: &Pipeline, role: &str, lambda: Option<&Lambda>) -> Request {
    let account = &pipeline.environment.account;
    let request = Request::new(pipeline.iam_arn(&format!("role/{role}")), "", "")
        .with("aws:ResourceAccount", [account])
        .with("aws:RequestedRegion", [&pipeline.environment.region])
        .with("aws:SecureTransport", ["true"])
        .with("aws:ViaAWSService", ["false"])
        .with("s3:TlsVersion", ["1.3"]);
    match lambda {
        Some(lambda) => {
            request.with("lambda:SourceFunctionArn", [pipeline.lambda_arn(&lambda.name)])
        }
        None => request,
    }
}

/// Returns an action on a cluster of the pipeline's own.
pub(super) fn on_cluster(pipeline: &Pipeline, action: &'static str) -> Ask {
    let ask = Ask::new(action, pipeline.arn("elasticmapreduce", "cluster/j-any"));
    ask.with("aws:resourcetag/pipeline", [tag(pipeline, "pipeline")])
        .with("aws:resourcetag/environment", [tag(pipeline, "environment")])
}

/// Returns a launch with the tags that the pipeline puts on its clusters.
pub(super) fn launch(pipeline: &Pipeline) -> Ask {
    Ask::new("elasticmapreduce:runjobflow", "*")
        .with("aws:requesttag/pipeline", [tag(pipeline, "pipeline")])
        .with("aws:requesttag/environment", [tag(pipeline, "environment")])
        .with("aws:requesttag/for-use-with-amazon-emr-managed-policies", ["true".to_owned()])
        .with("aws:tagkeys", ["pipeline", "environment", EMR_TAG].map(str::to_owned))
}

fn tag(pipeline: &Pipeline, name: &str) -> String {
    pipeline.tags.get(name).cloned().unwrap_or_default()
}
