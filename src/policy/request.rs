//! A request as IAM sees it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::aws::iam;

/// What someone asks to do. Keys of the context are held in lower case, for IAM does not look at theirs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Request {
    /// Who asks: the ARN of a role, user, session or account root, or the name of a service.
    pub principal: String,
    /// The action in lower case, such as `s3:getobject`.
    pub action: String,
    /// On what, by ARN, or `*`.
    pub resource: String,
    /// The condition keys in lower case and their values.
    pub context: BTreeMap<String, Vec<String>>,
}

/// Why AWS would never see such a request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Unfit {
    /// No service has this action.
    UnknownAction,
    /// The action acts on other resources: these.
    Resource(Vec<&'static str>),
}

impl Request {
    /// Returns a request with what AWS tells of every principal in its context.
    pub fn new(
        principal: impl Into<String>,
        action: impl AsRef<str>,
        resource: impl Into<String>,
    ) -> Self {
        let principal = principal.into();
        let mut context = BTreeMap::new();
        if let Some(account) = account(&principal) {
            context.insert("aws:principalaccount".to_owned(), vec![account.to_owned()]);
            context.insert(
                "aws:principalarn".to_owned(),
                vec![role_of_session(&principal).into_owned()],
            );
        }
        let action = action.as_ref().to_ascii_lowercase();
        Self { principal, action, resource: resource.into(), context }
    }

    /// Sets a condition key.
    #[must_use]
    pub fn with<T: Into<String>>(mut self, key: &str, values: impl IntoIterator<Item = T>) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        self.context.insert(key.to_ascii_lowercase(), values);
        self
    }

    /// Returns the request as AWS would send it: an action that has no resource types acts on `*`, so that no statement on
    /// an ARN matches it (Service Authorization Reference).
    pub fn fitted(mut self) -> Result<Self, Unfit> {
        let action = iam::action(&self.action).ok_or(Unfit::UnknownAction)?;
        let types = action.resource_patterns();
        if types.is_empty() {
            "*".clone_into(&mut self.resource);
        } else if !types.iter().any(|known| iam::is_instance(&self.resource, known)) {
            return Err(Unfit::Resource(types));
        }
        Ok(self)
    }

    /// Returns the value of a key that has one value; `key` is in lower case.
    pub(super) fn single(&self, key: &str) -> Option<&str> {
        match self.context.get(key)?.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }
}

/// Returns the account of a principal; services have none.
pub(super) fn account(principal: &str) -> Option<&str> {
    principal.strip_prefix("arn:")?.split(':').nth(3)
}

/// Returns the ARN of the role whose session this is, else the principal itself (IAM user guide, "AWS global condition
/// context keys", `aws:PrincipalArn`).
pub(super) fn role_of_session(principal: &str) -> Cow<'_, str> {
    let role = || {
        let (head, session) = principal.split_once(":assumed-role/")?;
        let (role, _) = session.rsplit_once('/')?;
        Some(format!("{}:role/{role}", head.replacen(":sts:", ":iam:", 1)))
    };
    role().map_or(principal.into(), Cow::from)
}
