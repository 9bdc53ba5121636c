//! The role of a Lambda: what its capabilities take, what running in the VPC takes, and what its code may never do.

use std::collections::BTreeSet;

use crate::model::{Lambda, Pipeline};
use crate::workflow::StateMachine;

use super::{Role, Statement, capability, key, subnet_arns, trust};

/// What the Lambda service does with network interfaces on behalf of a function in a VPC, apart from looking: the actions of
/// `AWSLambdaVPCAccessExecutionRole` (AWS managed policy reference).
const CREATE_INTERFACE: &str = "ec2:CreateNetworkInterface";
const CHANGE_INTERFACES: [&str; 3] = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:DeleteNetworkInterface",
    "ec2:UnassignPrivateIpAddresses",
];
const SEE_INTERFACES: [&str; 2] = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"];

const LOOKS: &str = "DescribeNetworkInterfaces and DescribeSubnets have no resource types";
const CODE_NEEDS_NONE: &str = "whatever the interface: the function's own code never handles any";
const NOWHERE_ELSE: &str =
    "whatever the resource: credentials taken out of the VPC are worth nothing";

/// The key that is in requests of a function's own code, and not in those that the Lambda service makes with its role
/// (Lambda developer guide, "Working with source function ARN").
const SOURCE_FUNCTION: &str = "lambda:SourceFunctionArn";

/// Returns the role of `lambda`.
pub(super) fn role(pipeline: &Pipeline, lambda: &Lambda, machines: &[StateMachine]) -> Role {
    let mut statements: Vec<_> = lambda
        .can
        .iter()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .flat_map(|&word| {
            let statements = capability::statements(pipeline, lambda, word, machines);
            statements.into_iter().map(move |one| one.from(word.word(), lambda.span))
        })
        .collect();
    statements.extend(key::grant(pipeline, &statements));
    statements.extend(common(pipeline, lambda));
    Role {
        purpose: lambda.name.to_string(),
        description: format!("What {} may do", pipeline.lambda_name(&lambda.name)),
        trust: vec![trust::service(pipeline, "lambda")],
        statements,
        span: lambda.span,
    }
}

fn common(pipeline: &Pipeline, lambda: &Lambda) -> Vec<Statement> {
    let mut statements = vec![log(pipeline, lambda)];
    statements.extend(interfaces(pipeline));
    statements.push(no_interfaces_from_code(pipeline, lambda));
    statements.push(only_from_vpc());
    statements.into_iter().map(|one| one.from("every Lambda", lambda.span)).collect()
}

fn log(pipeline: &Pipeline, lambda: &Lambda) -> Statement {
    let streams = pipeline.log_streams_arn(&pipeline.lambda_log_group(&lambda.name));
    Statement::allow("WriteLogs", &["logs:CreateLogStream", "logs:PutLogEvents"], [streams])
}

/// Unproven against AWS: that the service's own calls carry `ec2:Vpc`. If a function does not come up for it, that condition
/// is the one to drop.
fn interfaces(pipeline: &Pipeline) -> Vec<Statement> {
    let vpc = pipeline.arn("ec2", "vpc/${VpcId}");
    let interfaces = pipeline.arn("ec2", "network-interface/*");
    let mut places = subnet_arns(pipeline);
    places.push(pipeline.arn("ec2", "security-group/${LambdaSecurityGroupId}"));
    places.push(interfaces.clone());
    vec![
        Statement::allow("CreateInterface", &[CREATE_INTERFACE], places).when(
            "ArnEquals",
            "ec2:Vpc",
            [&vpc],
        ),
        Statement::allow("ChangeInterfaces", &CHANGE_INTERFACES, [interfaces]).when(
            "ArnEquals",
            "ec2:Vpc",
            [vpc],
        ),
        Statement::allow_anywhere("SeeInterfaces", &SEE_INTERFACES, LOOKS).when(
            "StringEquals",
            "ec2:Region",
            [&pipeline.environment.region],
        ),
    ]
}

fn no_interfaces_from_code(pipeline: &Pipeline, lambda: &Lambda) -> Statement {
    let mut actions = vec![CREATE_INTERFACE, "ec2:DetachNetworkInterface"];
    actions.extend(CHANGE_INTERFACES);
    actions.extend(SEE_INTERFACES);
    actions.sort_unstable();
    Statement::deny_anywhere("NoInterfacesFromCode", &actions, CODE_NEEDS_NONE).when(
        "ArnEquals",
        SOURCE_FUNCTION,
        [pipeline.lambda_arn(&lambda.name)],
    )
}

/// Leaves out `iam:PassRole`, which EMR checks without a network of the caller, and EC2, whose interfaces the Lambda service
/// makes from outside.
fn only_from_vpc() -> Statement {
    let actions = ["elasticmapreduce:*", "s3:*", "sns:*", "states:*"];
    Statement::deny_anywhere("OnlyFromVpc", &actions, NOWHERE_ELSE)
        .when("Null", SOURCE_FUNCTION, ["false"])
        .when("StringNotEquals", "aws:SourceVpc", ["${VpcId}"])
        .when("BoolIfExists", "aws:ViaAWSService", ["false"])
}
