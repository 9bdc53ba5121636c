//! A policy statement as a value: what it allows or denies, why, and where that comes from.

use serde_json::{Map, Value, json};

use crate::diagnostic::Span;

/// A policy statement. A `${Name}` in a resource or in a condition's value stands for a value known only after creation:
/// the parameter, or the resource and attribute, of that name in the template that holds the statement.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Statement {
    /// Its name, unique in its policy.
    pub sid: String,
    /// Allow or deny.
    pub effect: Effect,
    /// To whom it applies; only policies of resources and trust policies say so.
    pub principal: Option<Principal>,
    /// What may be done.
    pub actions: Vec<String>,
    /// On what; empty in a trust policy.
    pub resources: Vec<String>,
    /// When; all must hold.
    pub conditions: Vec<Condition>,
    /// Why `*` stands where a resource or an action should; not emitted.
    pub reason: Option<&'static str>,
    /// Where it comes from; not emitted.
    pub origin: Origin,
}

/// What a statement does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Effect {
    /// It allows.
    Allow,
    /// It denies, whatever others allow.
    Deny,
}

/// To whom a statement applies.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Principal {
    /// Whoever asks.
    Everyone,
    /// Roles, users or accounts, by ARN.
    Aws(Vec<String>),
    /// An AWS service.
    Service(String),
    /// An identity provider, by ARN.
    Federated(String),
}

/// One comparison of a statement's condition; it holds when any of the values does.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Condition {
    /// The operator, such as `StringEquals`.
    pub operator: &'static str,
    /// The condition key.
    pub key: String,
    /// The values.
    pub values: Vec<String>,
}

/// Where a statement comes from.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Origin {
    /// The capability or the rule, in a word or a few.
    pub what: &'static str,
    /// The place of the blueprint.
    pub span: Span,
}

impl Statement {
    /// Returns a statement that allows `actions` on `resources`.
    pub fn allow(
        sid: impl Into<String>,
        actions: &[&str],
        resources: impl IntoIterator<Item = String>,
    ) -> Self {
        Self::new(sid.into(), Effect::Allow, actions, resources.into_iter().collect())
    }

    /// Returns a statement that denies `actions` on `resources`.
    pub fn deny(
        sid: impl Into<String>,
        actions: &[&str],
        resources: impl IntoIterator<Item = String>,
    ) -> Self {
        Self::new(sid.into(), Effect::Deny, actions, resources.into_iter().collect())
    }

    /// Returns a statement that allows `actions` on everything, for the `reason` that nothing narrower works.
    pub fn allow_anywhere(sid: impl Into<String>, actions: &[&str], reason: &'static str) -> Self {
        Self::allow(sid, actions, ["*".to_owned()]).because(reason)
    }

    /// Returns a statement that denies `actions` on everything, for `reason`.
    pub fn deny_anywhere(sid: impl Into<String>, actions: &[&str], reason: &'static str) -> Self {
        Self::deny(sid, actions, ["*".to_owned()]).because(reason)
    }

    fn new(sid: String, effect: Effect, actions: &[&str], resources: Vec<String>) -> Self {
        Self {
            sid,
            effect,
            principal: None,
            actions: actions.iter().map(|&action| action.to_owned()).collect(),
            resources,
            conditions: Vec::new(),
            reason: None,
            origin: Origin::default(),
        }
    }

    /// Narrows it to requests whose `key` compares so with one of `values`.
    #[must_use]
    pub fn when<T: Into<String>>(
        mut self,
        operator: &'static str,
        key: impl Into<String>,
        values: impl IntoIterator<Item = T>,
    ) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        self.conditions.push(Condition { operator, key: key.into(), values });
        self
    }

    /// Says to whom it applies.
    #[must_use]
    pub fn to(mut self, principal: Principal) -> Self {
        self.principal = Some(principal);
        self
    }

    /// Says why `*` stands where a resource or an action should.
    #[must_use]
    pub fn because(mut self, reason: &'static str) -> Self {
        self.reason = Some(reason);
        self
    }

    /// Says where it comes from.
    #[must_use]
    pub fn from(mut self, what: &'static str, span: Span) -> Self {
        self.origin = Origin { what, span };
        self
    }

    /// Returns the names that stand in `${…}`.
    pub fn bindings(&self) -> impl Iterator<Item = &str> {
        let values = self.conditions.iter().flat_map(|condition| &condition.values);
        self.resources.iter().chain(values).flat_map(|text| bindings(text))
    }

    /// Returns the statement as a policy has it.
    pub fn to_json(&self) -> Value {
        let mut json = Map::new();
        json.insert("Sid".into(), self.sid.as_str().into());
        json.insert("Effect".into(), self.effect.word().into());
        if let Some(principal) = &self.principal {
            json.insert("Principal".into(), principal.to_json());
        }
        json.insert("Action".into(), one_or_many(&self.actions));
        if !self.resources.is_empty() {
            json.insert("Resource".into(), one_or_many(&self.resources));
        }
        if !self.conditions.is_empty() {
            json.insert("Condition".into(), conditions(&self.conditions));
        }
        Value::Object(json)
    }
}

impl Effect {
    fn word(self) -> &'static str {
        match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
        }
    }
}

impl Principal {
    fn to_json(&self) -> Value {
        match self {
            Self::Everyone => "*".into(),
            Self::Aws(arns) => json!({"AWS": one_or_many(arns)}),
            Self::Service(service) => json!({"Service": service}),
            Self::Federated(provider) => json!({"Federated": provider}),
        }
    }
}

/// Returns `statements` as a policy document.
pub fn document<'a>(statements: impl IntoIterator<Item = &'a Statement>) -> Value {
    let mut document = json!({"Version": "2012-10-17"});
    document["Statement"] = statements.into_iter().map(Statement::to_json).collect();
    document
}

fn conditions(conditions: &[Condition]) -> Value {
    let mut json = Map::new();
    for condition in conditions {
        let operator = json.entry(condition.operator).or_insert_with(|| json!({}));
        operator[&condition.key] = one_or_many(&condition.values);
    }
    Value::Object(json)
}

fn one_or_many(texts: &[String]) -> Value {
    match texts {
        [one] => text(one),
        many => many.iter().map(|one| text(one)).collect(),
    }
}

/// Where CloudFormation fills in an ARN's id, it fills in its partition too: a mix of both is what linters take for a slip.
fn text(text: &str) -> Value {
    if bindings(text).next().is_none() {
        return text.into();
    }
    let after_partition = text.strip_prefix("arn:").and_then(|rest| rest.split_once(':'));
    match after_partition {
        Some((_, rest)) => json!({"Fn::Sub": format!("arn:${{AWS::Partition}}:{rest}")}),
        None => json!({"Fn::Sub": text}),
    }
}

/// Returns the names that stand in `${…}` in `text`.
pub(super) fn bindings(text: &str) -> impl Iterator<Item = &str> {
    text.split("${").skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comparisons_of_one_operator_stand_together() {
        let statement = Statement::allow("Read", &["s3:GetObject"], ["arn:x/*".to_owned()])
            .when("StringEquals", "aws:SourceVpc", ["${VpcId}"])
            .when("Bool", "aws:SecureTransport", ["true"])
            .when("StringEquals", "aws:PrincipalAccount", ["1", "2"]);
        let expected = json!({
            "Sid": "Read",
            "Effect": "Allow",
            "Action": "s3:GetObject",
            "Resource": "arn:x/*",
            "Condition": {
                "StringEquals": {
                    "aws:SourceVpc": {"Fn::Sub": "${VpcId}"},
                    "aws:PrincipalAccount": ["1", "2"],
                },
                "Bool": {"aws:SecureTransport": "true"},
            },
        });
        assert_eq!(statement.to_json(), expected);
        assert_eq!(statement.bindings().collect::<Vec<_>>(), ["VpcId"]);
    }
}
