//! A request with the policies that it meets, in the form that both evaluators take.

use pipeline::policy::{Policies, Policy, Request, decide};
use serde_json::{Map, Value, json};

pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const ROLE: &str = "arn:aws:iam::111122223333:role/reader";
pub(crate) const OBJECT: &str = "arn:aws:s3:::bucket/folder/key";

#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) principal: String,
    pub(crate) action: &'static str,
    pub(crate) resource: String,
    pub(crate) owner: &'static str,
    /// Strings, or lists of them.
    pub(crate) context: Map<String, Value>,
    pub(crate) identity: Vec<Value>,
    pub(crate) boundary: Option<Value>,
    pub(crate) resource_policy: Option<Value>,
    pub(crate) endpoint: Option<Value>,
    /// Whether the context may hold keys that AWS does not send with the action.
    pub(crate) any_key: bool,
}

impl Case {
    pub(crate) fn new(name: impl Into<String>) -> Self {
        let mut context = Map::new();
        context.insert("aws:PrincipalAccount".to_owned(), ACCOUNT.into());
        context.insert("aws:PrincipalArn".to_owned(), ROLE.into());
        Self {
            name: name.into(),
            principal: ROLE.to_owned(),
            action: "s3:GetObject",
            resource: OBJECT.to_owned(),
            owner: ACCOUNT,
            context,
            identity: Vec::new(),
            boundary: None,
            resource_policy: None,
            endpoint: None,
            any_key: false,
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({
            "principal": self.principal, "action": self.action, "resource": self.resource,
            "owner": self.owner, "context": self.context, "identity": self.identity,
            "boundary": self.boundary, "resource_policy": self.resource_policy,
            "endpoint": self.endpoint, "any_key": self.any_key,
        })
    }

    /// What we say.
    pub(crate) fn decided(&self) -> bool {
        let read = |document: &Value| Policy::parse("policy", document).expect("a policy");
        let mut request = Request::new(&self.principal, self.action, &self.resource);
        request.context.clear();
        for (key, value) in &self.context {
            request = match value {
                Value::Array(values) => request.with(key, values.iter().filter_map(Value::as_str)),
                value => request.with(key, value.as_str()),
            };
        }
        if !self.any_key {
            request = request.fitted().expect("AWS would send it");
        }
        let identity: Vec<_> = self.identity.iter().map(read).collect();
        let one = |document: &Option<Value>| document.as_ref().map(read);
        let (boundary, endpoint) = (one(&self.boundary), one(&self.endpoint));
        let resource = one(&self.resource_policy);
        let policies = Policies {
            identity: &identity,
            boundary: boundary.as_ref(),
            resource: resource.as_ref(),
            endpoint: endpoint.as_ref(),
            owner: Some(self.owner),
            owner_decides: self.action.starts_with("kms:") || self.action.starts_with("sts:"),
        };
        decide(&request, &policies).allowed
    }
}

pub(crate) fn document(statements: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}
