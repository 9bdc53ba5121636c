//! Whom a statement of a resource's policy names (IAM user guide, "AWS JSON policy elements: Principal").

use serde_json::Value;

use super::request::{account, role_of_session};

/// The `Principal` or `NotPrincipal` of a statement.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Principals {
    excluded: bool,
    named: Vec<Named>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Named {
    Everyone,
    /// Whoever of the account its administrators let.
    Account(String),
    Arn(String),
    Service(String),
    /// Someone from outside AWS, or a canonical user.
    Other(String),
}

/// How a statement names who asks.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Naming {
    /// Not at all.
    Not,
    /// By the account: its own policies decide.
    ByAccount,
    /// As a role, whose sessions it means.
    Role,
    /// As one of everybody.
    Everyone,
    /// As itself.
    Itself,
}

impl Principals {
    pub(super) fn read(value: &Value, excluded: bool, text: super::document::Text) -> Option<Self> {
        let named = match value {
            Value::Object(kinds) if !kinds.contains_key("Ref") && !is_function(kinds) => {
                let mut named = Vec::new();
                for (kind, who) in kinds {
                    for who in super::document::texts(who, text)? {
                        named.push(Named::read(kind, who));
                    }
                }
                named
            }
            all => vec![Named::read("AWS", text(all)?)],
        };
        Some(Self { excluded, named })
    }

    pub(super) fn naming(&self, principal: &str) -> Naming {
        let naming = self.named.iter().map(|one| one.naming(principal)).max();
        let naming = naming.unwrap_or(Naming::Not);
        match (self.excluded, naming) {
            (false, naming) => naming,
            (true, Naming::Not) => Naming::Everyone,
            (true, _) => Naming::Not,
        }
    }
}

fn is_function(object: &serde_json::Map<String, Value>) -> bool {
    object.keys().any(|key| key.starts_with("Fn::"))
}

impl Named {
    fn read(kind: &str, who: String) -> Self {
        let is_account = |text: &str| text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
        match kind {
            _ if who == "*" => Self::Everyone,
            "Service" => Self::Service(who),
            "AWS" if is_account(&who) => Self::Account(who),
            "AWS" => match (who.strip_suffix(":root"), account(&who)) {
                (Some(_), Some(account)) => Self::Account(account.to_owned()),
                _ => Self::Arn(who),
            },
            _ => Self::Other(who),
        }
    }

    fn naming(&self, principal: &str) -> Naming {
        match self {
            Self::Everyone => Naming::Everyone,
            Self::Account(id) if account(principal) == Some(id) => Naming::ByAccount,
            Self::Arn(arn) if *arn == principal => {
                if arn.contains(":role/") {
                    Naming::Role
                } else {
                    Naming::Itself
                }
            }
            Self::Arn(arn) if *arn == role_of_session(principal) => Naming::Role,
            Self::Service(name) | Self::Other(name) if name == principal => Naming::Itself,
            Self::Account(_) | Self::Arn(_) | Self::Service(_) | Self::Other(_) => Naming::Not,
        }
    }
}
