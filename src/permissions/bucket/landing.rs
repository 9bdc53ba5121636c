//! Landing in the bucket policy, when groups write it from elsewhere than the pipeline's VPC.

use std::collections::BTreeSet;

use crate::model::{Area, Group, Pipeline, Verb, WritesFrom};

use super::super::group;
use super::{DATA, but_athena, but_principals, emergency, from_outside, whole_area};
use super::{Principal, Statement};

/// What writes a new object, in one piece or in parts.
const PUT: [&str; 3] = ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"];

/// Tells whether landing is written from elsewhere.
pub(super) fn has_exceptions(pipeline: &Pipeline) -> bool {
    let elsewhere = |from: &WritesFrom| !matches!(from, WritesFrom::Vpc);
    writers(pipeline).any(|group| group.from.iter().any(elsewhere))
}

/// Returns the statements of landing where it has exceptions: putting is possible from a few places, all else from the VPC.
pub(super) fn statements(pipeline: &Pipeline) -> Vec<Statement> {
    if !has_exceptions(pipeline) {
        return Vec::new();
    }
    let objects = || whole_area(pipeline, Area::Landing);
    let others: Vec<_> =
        DATA.iter().filter(|action| !PUT.contains(action)).map(|&action| but_put(action)).collect();
    let others = Statement::deny("LandingOnlyFromVpcEndpoint", &others, objects());
    let put = Statement::deny("LandingPutFromKnownPlaces", &PUT, objects());
    let mut endpoints: BTreeSet<_> = writers(pipeline).flat_map(group::endpoints).collect();
    endpoints.insert(super::ENDPOINT.to_owned());
    let mut exempt = emergency(pipeline);
    exempt.extend(roles_outside(pipeline));
    let mut statements = vec![
        but_athena(but_principals(from_outside(others), emergency(pipeline))),
        but_principals(put.when("StringNotEquals", "aws:SourceVpce", endpoints), exempt),
    ];
    statements.extend(allow(pipeline));
    statements
}

/// Another account's role needs a yes of the bucket beside that of its own account.
fn allow(pipeline: &Pipeline) -> Option<Statement> {
    let roles = foreign(pipeline);
    let (actions, objects) =
        (["s3:AbortMultipartUpload", "s3:PutObject"], whole_area(pipeline, Area::Landing));
    let statement = Statement::allow("LandingWritersOutside", &actions, objects);
    (!roles.is_empty()).then(|| statement.to(Principal::Aws(roles)))
}

/// Returns the statement that keeps other accounts out, but for the roles that write landing.
pub(super) fn no_foreign_account(pipeline: &Pipeline) -> Statement {
    let statement = Statement::deny("NoForeignAccount", &["s3:*"], super::everything(pipeline))
        .when("StringNotEquals", "aws:PrincipalAccount", [&pipeline.environment.account]);
    let roles = foreign(pipeline);
    if roles.is_empty() { statement } else { but_principals(statement, roles) }
}

/// Returns the roles outside the VPC that write landing.
pub(in crate::permissions) fn roles_outside(pipeline: &Pipeline) -> Vec<String> {
    let roles: BTreeSet<_> = writers(pipeline)
        .flat_map(|group| &group.from)
        .filter_map(|from| match from {
            WritesFrom::Role(arn) => Some(arn.clone()),
            WritesFrom::Vpc | WritesFrom::Endpoint(_) => None,
        })
        .collect();
    roles.into_iter().collect()
}

fn foreign(pipeline: &Pipeline) -> Vec<String> {
    let own = format!("::{}:", pipeline.environment.account);
    roles_outside(pipeline).into_iter().filter(|arn| !arn.contains(&own)).collect()
}

fn writers(pipeline: &Pipeline) -> impl Iterator<Item = &Group> {
    let writes =
        |group: &&Group| group.verbs.iter().any(|(verb, _)| *verb == Verb::Write(Area::Landing));
    pipeline.groups.iter().filter(writes)
}

/// `s3:PutObject?*` is every action that goes on behind `PutObject`: tags, access lists, retention.
fn but_put(action: &'static str) -> &'static str {
    if action == "s3:PutObject*" { "s3:PutObject?*" } else { action }
}
