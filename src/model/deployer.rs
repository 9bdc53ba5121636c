//! Who deploys, and what bounds all roles, as meant.

use crate::diagnostic::Span;

use super::Trusted;

/// Who deploys.
#[derive(Clone, Debug)]
pub struct Deployer {
    /// The first part of the names of what bootstrap makes: lowercase letters, digits and hyphens.
    pub name: String,
    /// The GitHub workflows that deploy.
    pub github: Option<GitHub>,
    /// Who else may; never empty where there is no GitHub.
    pub assumed_by: Vec<Trusted>,
    /// Where the section stands, or the pipeline's name.
    pub span: Span,
}

/// Workflows of a GitHub repository.
#[derive(Clone, Debug)]
pub struct GitHub {
    /// `organization/repository`.
    pub repository: String,
    /// Which runs of them.
    pub runs: Runs,
    /// Whether bootstrap makes the account's identity provider.
    pub makes_provider: bool,
}

/// Which runs of a repository's workflows may deploy.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Runs {
    /// Those of jobs in an environment.
    Environment(String),
    /// Those on a branch.
    Branch(String),
}

/// The permissions boundary of every role that the stacks hold.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Boundary {
    /// Bootstrap makes it from what the roles may do.
    Made,
    /// A managed policy that is there, by ARN.
    Existing(String),
    /// None: whoever deploys can make roles that may do anything.
    None,
}
