//! Who may assume a role.

use crate::aws::service;
use crate::model::{Pipeline, Trusted};

use super::{Principal, Statement};

const ASSUME: &[&str] = &["sts:AssumeRole"];

/// Returns the trust of a service that assumes the role for whatever it runs: a Lambda's code, an instance.
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

/// Returns the trust of the people and systems of a group.
pub(super) fn people<'a>(
    pipeline: &Pipeline,
    trusted: impl IntoIterator<Item = &'a Trusted>,
) -> Vec<Statement> {
    let mut principals = Vec::new();
    let mut permission_sets = Vec::new();
    for one in trusted {
        match one {
            Trusted::Principal(arn) => principals.push(arn.clone()),
            Trusted::Account(account) => principals.push(account_root(pipeline, account)),
            Trusted::PermissionSet(name) => permission_sets.extend(roles_of(pipeline, name)),
        }
    }
    principals.sort();
    principals.dedup();
    let mut statements = Vec::new();
    if !principals.is_empty() {
        statements
            .push(Statement::allow("GroupAssumes", ASSUME, []).to(Principal::Aws(principals)));
    }
    if !permission_sets.is_empty() {
        let root = Principal::Aws(vec![pipeline.root_arn()]);
        statements.push(Statement::allow("PermissionSetAssumes", ASSUME, []).to(root).when(
            "ArnLike",
            "aws:PrincipalArn",
            permission_sets,
        ));
    }
    statements
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
