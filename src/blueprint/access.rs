//! People and systems as written.

use super::decode::{Spanned, choice, record};

record! {
    /// People or a system, and what they may do.
    pub struct Group as "an access group" {
        /// Who they are.
        pub description: Option<Spanned<String>>,
        /// Who may assume the group's role: `account`, other accounts' ids, ARNs of roles, or `sso:<permission set>`.
        pub assumed_by: Vec<Spanned<String>>,
        /// What another account must say when it assumes the role (`sts:ExternalId`), so that nobody borrows its right to.
        pub external_id: Option<Spanned<String>>,
        /// The AWS organization (`o-…`) in which other accounts must be.
        pub organization: Option<Spanned<String>>,
        /// Whether there is an IAM group that may assume the role; there is not unless `true`.
        pub iam_group: Option<bool>,
        /// Databases, or tables as `database.table`, that Athena may query for them.
        pub query: Vec<Spanned<String>>,
        /// Areas of the bucket whose objects they may read.
        pub read: Vec<Spanned<Area>>,
        /// Areas into which they may put objects: `landing` or `libs`.
        pub write: Vec<Spanned<Area>>,
        /// State machines (or `all`) that they may start, stop and redrive, and the pipeline's clusters with them.
        pub operate: Vec<Spanned<String>>,
        /// State machines (or `all`) whose executions they may see.
        pub watch: Vec<Spanned<String>>,
        /// From where they write: `vpc` (the default), ids of other VPC endpoints, or the ARN of a role outside.
        pub from: Vec<Spanned<String>>,
        /// By which ways they see more than the keys above give them, each with the reason why they may.
        pub also_sees: Option<AlsoSees>,
    }
}

record! {
    /// Ways to what a group was not given, each with the reason why it may see that.
    pub struct AlsoSees as "`also_sees`" {
        /// Results of queries that other groups made.
        pub results: Option<Spanned<String>>,
        /// Logs of a cluster or a Lambda that prints what it reads.
        pub logs: Option<Spanned<String>>,
        /// Hive scripts that they may replace, which run with the cluster's role.
        pub scripts: Option<Spanned<String>>,
        /// Commands that they may give to the cluster.
        pub commands: Option<Spanned<String>>,
        /// Other groups' roles that they may assume.
        pub roles: Option<Spanned<String>>,
        /// Policies that an override or a table's location widened.
        pub policies: Option<Spanned<String>>,
        /// The pipeline's own key, outside S3.
        pub key: Option<Spanned<String>>,
    }
}

choice! {
    /// A part of the workarea bucket with rights and a lifecycle of its own.
    pub enum Area as "area" {
        /// Source files as other systems put them.
        Landing = "landing",
        /// Text that waits for the load.
        Stage = "stage",
        /// ORC.
        Prod = "prod",
        /// Source files after the load.
        Archive = "archive",
        /// Rows that a load refused.
        Rejected = "rejected",
        /// Libraries, scripts and configuration.
        Libs = "libs",
        /// The cluster's id.
        State = "state",
        /// Logs of clusters.
        Logs = "logs",
        /// Results of Athena queries.
        Results = "results",
    }
}
