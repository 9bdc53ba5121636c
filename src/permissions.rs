//! Who may do what: the one part of the program that writes policy statements of the pipeline's data, roles and network.
//!
//! A role is the union of what its Lambda's capabilities, its machine's definition, its group's verbs or its cluster take.
//! Every `*` that stands for a resource has its reason beside it.

mod access_logs;
mod area;
mod artifacts;
mod boundary;
mod break_glass;
mod bucket;
mod capability;
mod deployer;
mod emr_nodes;
mod emr_service;
mod execution;
mod group;
mod key;
mod lambda;
mod machine;
mod network;
mod query;
pub mod size;
mod statement;
mod topic;
mod trust;

use crate::diagnostic::Span;
use crate::model::Pipeline;
use crate::workflow::StateMachine;

pub(crate) use access_logs::policy as access_log_policy;
pub(crate) use area::prefixes;
pub(crate) use artifacts::policy as artifact_policy;
pub(crate) use boundary::statements as boundary;
pub(crate) use break_glass::role as break_glass;
pub(crate) use bucket::policy as bucket_policy;
pub use capability::services;
pub(crate) use capability::{EMR_TAG, statements as granted};
pub(crate) use deployer::role as deployer;
pub(crate) use execution::{policies as execution_policies, role as execution_role};
pub(crate) use key::policy as key_policy;
pub(crate) use network::{endpoint_name, flow_logs, interface_endpoint, s3_endpoint};
pub(crate) use query::ATHENA;
pub use statement::{Condition, Effect, Origin, Principal, Statement, document};
pub(crate) use topic::{key_policy as topic_key_policy, policy as topic_policy};
pub(crate) use trust::{GITHUB, audience};

/// A role: who assumes it, and what it may do.
#[derive(Clone, Debug)]
pub struct Role {
    /// What it is for, from which its name is made.
    pub purpose: String,
    /// What it is for, in words.
    pub description: String,
    /// Who may assume it.
    pub trust: Vec<Statement>,
    /// What it may do.
    pub statements: Vec<Statement>,
    /// The place of the blueprint that it comes from.
    pub span: Span,
}

/// Returns all roles of the pipeline, in the order of their stack. `machines` are its compiled state machines.
pub fn roles(pipeline: &Pipeline, machines: &[StateMachine]) -> Vec<Role> {
    let lambdas = pipeline.lambdas.iter().map(|one| lambda::role(pipeline, one, machines));
    let of_machines = machines.iter().filter_map(|calls| {
        let machine = pipeline.machine(calls.name.as_str())?;
        Some(machine::role(pipeline, machine, calls))
    });
    let cluster = [emr_service::role(pipeline), emr_nodes::role(pipeline)];
    let groups = pipeline.groups.iter().map(|one| group::role(pipeline, one));
    let all = lambdas.chain(of_machines).chain(machine::scheduler(pipeline)).chain(cluster);
    all.chain(groups).map(usable).collect()
}

/// Returns the permission to assume the role for `purpose`, for an IAM group.
pub(crate) fn assume(pipeline: &Pipeline, purpose: &str) -> Statement {
    Statement::allow("AssumeRole", &["sts:AssumeRole"], [pipeline.role_arn(purpose)])
}

/// Leaves out statements about nothing, such as on the landing of a pipeline without tables: IAM refuses them.
fn usable(mut role: Role) -> Role {
    role.statements.retain(|statement| !statement.resources.is_empty());
    role
}

/// Returns the ARNs of the private subnets, by the outputs of the network stack.
fn subnet_arns(pipeline: &Pipeline) -> Vec<String> {
    let subnets = 1..=pipeline.network.subnet_count();
    subnets.map(|n| pipeline.arn("ec2", &format!("subnet/${{PrivateSubnetId{n}}}"))).collect()
}

#[cfg(test)]
pub(crate) mod tests;
