//! A request as IAM sees it: who asks for what, and the circumstances that AWS tells in condition keys.

use std::collections::BTreeMap;

use crate::case::Case;
use crate::court::Question;
use crate::deployed::{S3_ENDPOINT, VPC};
use crate::principal::{Kind, Principal};

/// The values of condition keys.
pub(crate) type Context = BTreeMap<String, Vec<String>>;

/// Another endpoint, in another VPC.
pub(crate) const OTHER_ENDPOINT: &str = "vpce-0000000000000000f";
/// An account that has nothing to do with the pipeline.
pub(crate) const STRANGER: &str = "999900001111";
/// The service that queries for people.
pub(crate) const ATHENA: &str = "athena.amazonaws.com";

/// Where a request enters AWS.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Place {
    /// The pipeline's VPC.
    OwnVpc,
    /// An endpoint of another VPC, by its id.
    Endpoint(String),
    /// Anywhere else.
    Internet,
}

/// An action on a resource, whoever asks.
#[derive(Clone, Debug)]
pub(crate) struct Probe {
    pub(crate) action: String,
    pub(crate) resource: String,
    pub(crate) place: Place,
    /// The service that forwards the request of someone who called it.
    pub(crate) via: Option<&'static str>,
    /// The version of TLS; none is plain HTTP.
    pub(crate) tls: Option<&'static str>,
    /// Whether it is the Lambda service that asks with a function's role, and not the function's code.
    pub(crate) by_service: bool,
    /// Condition keys of one service.
    pub(crate) keys: Context,
    /// The answer that is meant, where the question says so by itself.
    pub(crate) must: Option<bool>,
}

impl Probe {
    /// Returns a request from within the VPC, by whoever has the right, in no special way.
    pub(crate) fn new(action: &str, resource: impl Into<String>) -> Self {
        Self {
            action: action.to_owned(),
            resource: resource.into(),
            place: Place::OwnVpc,
            via: None,
            tls: Some("1.3"),
            by_service: false,
            keys: Context::new(),
            must: None,
        }
    }

    /// Says which answer is meant.
    pub(crate) fn must(&self, allowed: bool) -> Self {
        Self { must: Some(allowed), ..self.clone() }
    }

    /// Says from where.
    pub(crate) fn from(&self, place: Place) -> Self {
        Self { place, ..self.clone() }
    }

    /// Says which service forwards it, from outside the VPC.
    pub(crate) fn via(&self, service: &'static str) -> Self {
        Self { via: Some(service), place: Place::Internet, ..self.clone() }
    }

    /// Adds a condition key.
    pub(crate) fn with(&self, key: &str, value: &str) -> Self {
        self.with_all(key, &[value])
    }

    /// Adds a condition key with several values.
    pub(crate) fn with_all(&self, key: &str, values: &[&str]) -> Self {
        let mut probe = self.clone();
        probe.keys.insert(key.to_owned(), values.iter().map(|&value| value.to_owned()).collect());
        probe
    }

    /// Returns the service of the action.
    pub(crate) fn service(&self) -> &str {
        self.action.split(':').next().expect("a text has a first part")
    }

    /// Returns the first value of a condition key.
    pub(crate) fn key(&self, name: &str) -> Option<&str> {
        self.keys.get(name)?.first().map(String::as_str)
    }

    /// Returns the request as `principal` makes it.
    pub(crate) fn by(&self, case: &Case, principal: &Principal) -> Question {
        let mut context = self.keys.clone();
        let mut tell =
            |key: &str, value: &str| context.insert(key.to_owned(), vec![value.to_owned()]);
        self.tell_principal(case, principal, &mut tell);
        tell("aws:SecureTransport", if self.tls.is_some() { "true" } else { "false" });
        let owner = account_of(case, &self.resource);
        tell("aws:ResourceAccount", &owner);
        if let (Some(version), "s3") = (self.tls, self.service()) {
            tell("s3:TlsVersion", version);
        }
        match &self.place {
            Place::OwnVpc => {
                tell("aws:SourceVpc", VPC);
                let s3 = self.service() == "s3";
                tell("aws:SourceVpce", if s3 { S3_ENDPOINT } else { "vpce-0000000000000000e" });
            }
            Place::Endpoint(id) => {
                tell("aws:SourceVpc", "vpc-0000000000000000f");
                tell("aws:SourceVpce", id);
            }
            Place::Internet => {}
        }
        if let Some(service) = self.via {
            tell("aws:CalledVia", service);
            tell("aws:CalledViaFirst", service);
            tell("aws:CalledViaLast", service);
        }
        tell("aws:ViaAWSService", if self.via.is_some() { "true" } else { "false" });
        let mut request =
            pipeline::policy::Request::new(&principal.arn, &self.action, &self.resource);
        request.context =
            context.into_iter().map(|(key, values)| (key.to_ascii_lowercase(), values)).collect();
        Question { request, action: self.action.clone(), owner }
    }

    fn tell_principal(
        &self,
        case: &Case,
        principal: &Principal,
        tell: &mut impl FnMut(&str, &str) -> Option<Vec<String>>,
    ) {
        if let Some(account) = principal.account() {
            tell("aws:PrincipalArn", &principal.arn);
            tell("aws:PrincipalAccount", account);
        }
        if let (Kind::Lambda(name), false) = (&principal.kind, self.by_service) {
            tell("lambda:SourceFunctionArn", &case.pipeline.lambda_arn(name));
        }
    }
}

/// Returns the account of a resource; buckets do not tell theirs.
fn account_of(case: &Case, resource: &str) -> String {
    let own = &case.pipeline.environment.account;
    let strange = resource.contains(":::") && crate::probes::is_strange_bucket(case, resource);
    match resource.split(':').nth(4) {
        Some(account) if !account.is_empty() => account.to_owned(),
        _ if strange => STRANGER.to_owned(),
        _ => own.clone(),
    }
}
