//! People and systems as meant.

use std::collections::BTreeMap;

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
    /// The ways by which they may see more than the verbs give them: why, and where that is said.
    pub also_sees: BTreeMap<Detour, (String, Span)>,
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

/// A way to what a group was not given.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Detour {
    /// Results of queries that other groups made.
    Results,
    /// Logs of a cluster or a Lambda that prints what it reads.
    Logs,
    /// Hive scripts that they may replace, which run with the cluster's role.
    Scripts,
    /// Commands that they may give to the cluster.
    Commands,
    /// Other groups' roles that they may assume.
    Roles,
    /// Policies that an override or a table's location widened.
    Policies,
    /// The pipeline's own key, outside S3.
    Key,
}

impl Detour {
    /// Returns the key of the blueprint's `also_sees`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Results => "results",
            Self::Logs => "logs",
            Self::Scripts => "scripts",
            Self::Commands => "commands",
            Self::Roles => "roles",
            Self::Policies => "policies",
            Self::Key => "key",
        }
    }
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
