//! A role as a resource.

use serde_json::json;

use crate::model::Pipeline;
use crate::permissions::{Role, document};
use crate::template::{Resource, tags};

/// Returns a role as a resource.
pub(super) fn resource(pipeline: &Pipeline, role: &Role) -> Resource {
    let mut properties = json!({
        "RoleName": pipeline.role_name(&role.purpose),
        "Description": role.description,
    });
    // Values are moved in, for `json!` would copy them.
    properties["AssumeRolePolicyDocument"] = document(&role.trust);
    if !role.statements.is_empty() {
        let mut policy = json!({"PolicyName": "permissions"});
        policy["PolicyDocument"] = document(&role.statements);
        properties["Policies"] = vec![policy].into();
    }
    if let Some(boundary) = pipeline.boundary_arn() {
        properties["PermissionsBoundary"] = boundary.into();
    }
    properties["Tags"] = tags(pipeline);
    Resource::new("AWS::IAM::Role", role.span, properties)
}
