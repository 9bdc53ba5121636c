//! Who may assume a role.

use crate::aws::service;
use crate::model::{Foreign, GitHub, Pipeline, Runs, Trusted};

use super::{Principal, Statement};

const ASSUME: &[&str] = &["sts:AssumeRole"];

/// Returns the trust of a service that assumes the role for whatever it runs: a Lambda's code, an instance.
/// Another account cannot give its functions and instances a role of this one, since a role is passed only within its account
/// (IAM user guide, "Grant a user permissions to pass a role to an AWS service"); that these services say for whom they assume
/// one is not documented, and a condition on a key that is not sent would stop every function and cluster.
pub(super) fn service(pipeline: &Pipeline, name: &str) -> Statement {
    let principal = service::principal(&pipeline.environment.region, name);
    Statement::allow("ServiceAssumes", ASSUME, []).to(Principal::Service(principal))
}

/// Returns the trust of a service, but only when it acts for `sources` of this account: nobody else's state machine or
/// schedule may borrow the role through the service (IAM user guide, "The confused deputy problem").
pub(super) fn service_for(
    pipeline: &Pipeline,
    name: &str,
    sources: impl IntoIterator<Item = String>,
) -> Statement {
    service(pipeline, name)
        .when("StringEquals", "aws:SourceAccount", [&pipeline.environment.account])
        .when("ArnLike", "aws:SourceArn", sources)
}

/// Returns the trust of the people and systems of a group; those of other accounts must bring what `foreign` says.
pub(super) fn people<'a>(
    pipeline: &Pipeline,
    trusted: impl IntoIterator<Item = &'a Trusted>,
    foreign: &Foreign,
) -> Vec<Statement> {
    let (mut own, mut others, mut permission_sets) = (Vec::new(), Vec::new(), Vec::new());
    for one in trusted {
        match one {
            Trusted::Principal(arn) if is_own(pipeline, arn) => own.push(arn.clone()),
            Trusted::Principal(arn) => others.push(arn.clone()),
            Trusted::Account(account) if *account == pipeline.environment.account => {
                own.push(pipeline.root_arn());
            }
            Trusted::Account(account) => others.push(account_root(pipeline, account)),
            Trusted::PermissionSet(name) => permission_sets.extend(roles_of(pipeline, name)),
        }
    }
    let mut statements = Vec::new();
    statements.extend(assume("GroupAssumes", own));
    statements.extend(assume("OthersAssume", others).map(|one| only_from(one, foreign)));
    if !permission_sets.is_empty() {
        let sets = assume("PermissionSetAssumes", vec![pipeline.root_arn()]);
        statements.extend(sets.map(|one| one.when("ArnLike", "aws:PrincipalArn", permission_sets)));
    }
    statements
}

fn is_own(pipeline: &Pipeline, arn: &str) -> bool {
    arn.split(':').nth(4) == Some(&pipeline.environment.account)
}

fn assume(sid: &str, mut principals: Vec<String>) -> Option<Statement> {
    principals.sort();
    principals.dedup();
    let statement = Statement::allow(sid, ASSUME, []);
    (!principals.is_empty()).then(|| statement.to(Principal::Aws(principals)))
}

/// An external id keeps another account from lending its right to a third (IAM user guide, "The confused deputy problem").
fn only_from(statement: Statement, foreign: &Foreign) -> Statement {
    let asked =
        [("sts:ExternalId", &foreign.external_id), ("aws:PrincipalOrgID", &foreign.organization)];
    asked.into_iter().fold(statement, |statement, (key, value)| match value {
        Some(value) => statement.when("StringEquals", key, [value]),
        None => statement,
    })
}

/// The host of GitHub's identity provider.
pub(crate) const GITHUB: &str = "token.actions.githubusercontent.com";

/// Returns the trust of a repository's workflows, by the tokens that GitHub gives them (GitHub docs, "Configuring `OpenID`
/// Connect in Amazon Web Services").
pub(super) fn github(pipeline: &Pipeline, github: &GitHub) -> Statement {
    let runs = match &github.runs {
        Runs::Environment(name) => format!("environment:{name}"),
        Runs::Branch(name) => format!("ref:refs/heads/{name}"),
    };
    let provider = pipeline.iam_arn(&format!("oidc-provider/{GITHUB}"));
    Statement::allow("GitHubAssumes", &["sts:AssumeRoleWithWebIdentity"], [])
        .to(Principal::Federated(provider))
        .when("StringEquals", format!("{GITHUB}:aud"), [audience(pipeline)])
        .when(
            "StringEquals",
            format!("{GITHUB}:sub"),
            [format!("repo:{}:{runs}", github.repository)],
        )
}

/// Returns for whom GitHub's tokens are: what its action asks for in the partition.
pub(crate) fn audience(pipeline: &Pipeline) -> String {
    format!("sts.{}", pipeline.environment.partition.dns_suffix())
}

fn account_root(pipeline: &Pipeline, account: &str) -> String {
    format!("arn:{}:iam::{account}:root", pipeline.environment.partition.id())
}

/// IAM Identity Center names the role of a permission set with 16 digits at its end, and puts its home region into the path
/// unless that is us-east-1 (Identity Center user guide, "Referencing permission sets in resource policies").
fn roles_of(pipeline: &Pipeline, permission_set: &str) -> [String; 2] {
    let path = "role/aws-reserved/sso.amazonaws.com";
    [
        pipeline.iam_arn(&format!("{path}/AWSReservedSSO_{permission_set}_????????????????")),
        pipeline.iam_arn(&format!("{path}/*/AWSReservedSSO_{permission_set}_????????????????")),
    ]
}
