//! Where more than a name bounds what CloudFormation does: roles by their boundary, functions by their network, keys by tags.

use std::collections::BTreeSet;

use crate::model::{Network, Pipeline};

use super::derive::Grants;
use super::{Statement, allow, bounds, named, tagged};

/// A role is made and changed only with the boundary, so that it can do no more than the boundary lets, whatever its policies
/// say (IAM user guide, "Permissions boundaries for IAM entities", delegating responsibility).
pub(super) fn roles(pipeline: &Pipeline, kinds: &Grants) -> Vec<Statement> {
    let bounded =
        named(pipeline, "iam/bounded role", kinds).map(|one| match pipeline.boundary_arn() {
            Some(boundary) => one.when("StringEquals", "iam:PermissionsBoundary", [boundary]),
            None => one,
        });
    let rest = ["iam/instance-profile", "iam/policy", "iam/role"];
    let rest = rest.iter().filter_map(|kind| named(pipeline, kind, kinds));
    bounded.into_iter().chain(rest).collect()
}

/// A function is made and configured only with a network, and lets only EventBridge call it beside its callers' own roles.
pub(super) fn functions(pipeline: &Pipeline, kinds: &Grants) -> Vec<Statement> {
    let (mut placing, mut letting, mut rest) = (Vec::new(), Vec::new(), Vec::new());
    let mut arns = BTreeSet::new();
    for (kind, actions) in kinds.iter().filter(|(kind, _)| *kind != "lambda/*") {
        arns.extend(bounds::arns(pipeline, kind));
        for action in actions {
            match action.as_str() {
                "lambda:CreateFunction" | "lambda:UpdateFunctionConfiguration" => {
                    placing.push(action);
                }
                "lambda:AddPermission" => letting.push(action),
                _ => rest.push(action),
            }
        }
    }
    let all = || arns.iter().cloned().collect();
    let place = allow("PlaceFunctions", placing, bounds::arns(pipeline, "lambda/function"));
    let own = ["lambda/function", "lambda/function alias"].map(|kind| bounds::arns(pipeline, kind));
    let open = allow("LetEventsCall", letting, own.concat());
    place
        .map(|one| in_network(pipeline, one))
        .into_iter()
        .chain(
            open.map(|one| one.when("StringEquals", "lambda:Principal", ["events.amazonaws.com"])),
        )
        .chain(allow("DeployFunctions", rest, all()))
        .collect()
}

/// The id of a new VPC is not known before it is there; that there is one is.
fn in_network(pipeline: &Pipeline, statement: Statement) -> Statement {
    let statement = statement.when("Null", "lambda:VpcIds", ["false"]);
    match &pipeline.network {
        Network::New { .. } => statement,
        Network::Existing(vpc) => {
            statement.when("ForAllValues:StringEquals", "lambda:VpcIds", [&vpc.vpc_id])
        }
    }
}

/// A key's id is not known before it is there. `TagResource` comes with `CreateKey`, when there is no tag yet: a key that bears
/// another pipeline's tag keeps it.
pub(super) fn keys(pipeline: &Pipeline, kinds: &Grants) -> Vec<Statement> {
    const OWN: &str = "aws:ResourceTag/pipeline";
    let aliases = named(pipeline, "kms/alias", kinds);
    let Some(actions) = kinds.get("kms/key") else { return aliases.into_iter().collect() };
    let (tags, rest): (Vec<_>, Vec<_>) =
        actions.iter().partition(|action| *action == "kms:TagResource");
    let arns = || bounds::arns(pipeline, "kms/key");
    let tag = allow("TagNewKeys", tags, arns()).map(|one| {
        let own = [&pipeline.tags["pipeline"]];
        tagged(pipeline, one, "aws:RequestTag/pipeline").when("StringEqualsIfExists", OWN, own)
    });
    let change = allow("ChangeOwnKeys", rest, arns()).map(|one| tagged(pipeline, one, OWN));
    aliases.into_iter().chain(tag).chain(change).collect()
}
