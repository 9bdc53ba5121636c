//! Who deploys, as written.

use super::decode::{Spanned, record};

record! {
    /// Who deploys: `bootstrap` makes a role for it, once in each account and region.
    pub struct Deployer as "`deployer`" {
        /// The first part of the names that `bootstrap` makes, `gen` unless given; two blueprints in one account and region need two.
        pub name: Option<Spanned<String>>,
        /// The GitHub repository, `organization/repository`, whose workflows deploy.
        pub github: Option<Spanned<String>>,
        /// The GitHub environment in which a workflow must run.
        pub environment: Option<Spanned<String>>,
        /// The branch on which a workflow must run, where no environment is given.
        pub branch: Option<Spanned<String>>,
        /// Whether `bootstrap` makes GitHub's identity provider, of which an account has one; it is there unless `true`.
        pub make_provider: Option<bool>,
        /// Who may deploy beside GitHub: as in `access`; `account` where nobody is named.
        pub assumed_by: Vec<Spanned<String>>,
    }
}
