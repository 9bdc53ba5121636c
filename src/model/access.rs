//! People and systems as meant.

use crate::diagnostic::Span;

use super::{Area, Name};

/// People or a system, and what they may do; each becomes a role to assume.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its name.
    pub name: Name,
    /// Who they are.
    pub description: Option<String>,
    /// Who may assume the role; never empty.
    pub assumed_by: Vec<Trusted>,
    /// What other accounts must bring to assume it.
    pub foreign: Foreign,
    /// Whether there is an IAM group that may assume the role.
    pub iam_group: bool,
    /// What they may do, each with the place where it is said.
    pub verbs: Vec<(Verb, Span)>,
    /// From where they write.
    pub from: Vec<WritesFrom>,
    /// Where its name stands.
    pub span: Span,
}

impl Group {
    /// Tells whether the group queries anything.
    pub fn queries(&self) -> bool {
        self.first_query().is_some()
    }

    /// Returns where it first says what it queries.
    pub fn first_query(&self) -> Option<Span> {
        let is_query =
            |verb: &Verb| matches!(verb, Verb::QueryDatabase(_) | Verb::QueryTable { .. });
        self.verbs.iter().find(|(verb, _)| is_query(verb)).map(|(_, span)| *span)
    }
}

/// What principals of other accounts must bring to assume a role.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Foreign {
    /// The value of `sts:ExternalId`.
    pub external_id: Option<String>,
    /// The organization that their account is in.
    pub organization: Option<String>,
}

/// Someone who may assume a group's role.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Trusted {
    /// A role or user, by ARN.
    Principal(String),
    /// An account: whoever its administrators let.
    Account(String),
    /// A permission set of IAM Identity Center.
    PermissionSet(String),
}

/// Something that a group may do.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Verb {
    /// Query a whole database with Athena.
    QueryDatabase(String),
    /// Query one table with Athena.
    QueryTable {
        /// The database.
        database: String,
        /// The table.
        table: String,
    },
    /// Read the objects of an area.
    Read(Area),
    /// Put objects into an area.
    Write(Area),
    /// Start, stop and redrive a state machine, and end the pipeline's clusters.
    Operate(Name),
    /// See a state machine's executions.
    Watch(Name),
}

/// From where a group writes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum WritesFrom {
    /// Through the pipeline's S3 endpoint.
    Vpc,
    /// Through another VPC endpoint, by id.
    Endpoint(String),
    /// With a role, from anywhere: an exception in the bucket policy, for `PutObject` only.
    Role(String),
}
