//! EC2 for CloudFormation. What EC2 makes has an id that nobody knows before, so its tag tells whose it is; what a thing is made
//! in or from must be the pipeline's already, or one that the blueprint names.
//!
//! Unproven against AWS: that every handler gives the tags when it makes a thing, not after.

use std::collections::BTreeSet;

use crate::model::Pipeline;

use super::derive::Grants;
use super::{Statement, allow, bounds, sid, tagged};

/// What makes a thing of each kind: it has no tag yet.
const MAKES: [(&str, &[&str]); 7] = [
    ("ec2/route-table", &["ec2:CreateRouteTable"]),
    ("ec2/security-group", &["ec2:CreateSecurityGroup"]),
    (
        "ec2/security-group-rule",
        &["ec2:AuthorizeSecurityGroupEgress", "ec2:AuthorizeSecurityGroupIngress"],
    ),
    ("ec2/subnet", &["ec2:CreateSubnet"]),
    ("ec2/vpc", &["ec2:CreateVpc"]),
    ("ec2/vpc-endpoint", &["ec2:CreateVpcEndpoint"]),
    ("ec2/vpc-flow-log", &["ec2:CreateFlowLogs"]),
];

/// What is done with things that were there before, and leaves them as they are but for rules and routes to endpoints.
const USES: [&str; 8] = [
    "ec2:AuthorizeSecurityGroupIngress",
    "ec2:CreateFlowLogs",
    "ec2:CreateSecurityGroup",
    "ec2:CreateVpcEndpoint",
    "ec2:DescribeVpcAttribute",
    "ec2:ModifyVpcEndpoint",
    "ec2:RevokeSecurityGroupIngress",
    "ec2:UpdateSecurityGroupRuleDescriptionsIngress",
];

/// Returns the statements but for what has no resource types.
pub(super) fn statements(pipeline: &Pipeline, kinds: &Grants) -> Vec<Statement> {
    let (mut statements, mut arns, mut arns_of_others) = (Vec::new(), Vec::new(), Vec::new());
    let (mut made, mut own) = (BTreeSet::new(), BTreeSet::new());
    for (kind, actions) in kinds.iter().filter(|(kind, _)| *kind != "ec2/*") {
        let here = bounds::arns(pipeline, kind);
        let Some((_, makers)) = MAKES.iter().find(|(known, _)| known == kind) else {
            // It comes with a hand-written template; it is tagged only when it is made.
            made.extend(actions.iter().filter_map(|action| creation(action)));
            arns_of_others.extend(here.iter().filter(|arn| arn.contains(":ec2:")).cloned());
            statements.extend(allow(&sid("Deploy", kind), actions, here));
            continue;
        };
        let (new, rest): (Vec<_>, Vec<_>) =
            actions.iter().partition(|action| makers.contains(&action.as_str()));
        let used = rest.iter().copied().filter(|action| USES.contains(&action.as_str()));
        let there = bounds::existing(pipeline, kind);
        statements.extend(allow(&sid("Use", kind), used, there));
        statements.extend(allow(&sid("Make", kind), new.iter().copied(), here.clone()));
        made.extend(new.iter().filter_map(|action| creation(action)));
        own.extend(rest);
        arns.extend(here);
    }
    let tags = own.iter().copied().filter(|action| *action == "ec2:CreateTags");
    let tags = allow("TagWhatItMakes", tags, [arns.clone(), arns_of_others].concat());
    statements.extend(tags.map(|one| one.when("StringEquals", "ec2:CreateAction", made)));
    let change = allow("ChangeOwn", own, arns);
    statements.extend(change.map(|one| tagged(pipeline, one, "aws:ResourceTag/pipeline")));
    statements
}

/// Returns what `ec2:CreateAction` says of an action that makes a thing.
fn creation(action: &str) -> Option<&str> {
    let name = action.strip_prefix("ec2:")?;
    (name.starts_with("Create") || name == "RunInstances").then_some(name)
}
