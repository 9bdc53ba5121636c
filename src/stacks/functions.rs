//! The stack of the Lambdas: for each a log group, the function, a published version, and the alias that everybody calls.

mod variables;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::archive::{Archive, module};
use crate::diagnostic::Diagnostic;
use crate::hash;
use crate::model::{Architecture, Lambda, Name, Pipeline};
use crate::template::{Resource, Stack, Template, attribute, logical_id, reference, tags};

pub use variables::variables;

/// Returns the stack of the Lambdas; `archives` holds the code of each.
pub fn stack(pipeline: &Pipeline, archives: &BTreeMap<Name, Archive>) -> Stack {
    let description = format!("{}: functions, their versions and logs", pipeline.name);
    let mut template = Template::new(description);
    let place = place(&mut template);
    for lambda in &pipeline.lambdas {
        let archive = archives.get(&lambda.name).expect("every Lambda is packed before the stacks");
        function(&mut template, pipeline, lambda, (archive, &place));
    }
    let after = ["network", "storage", "identity"].map(str::to_owned).to_vec();
    Stack { name: "functions".to_owned(), after, template }
}

/// Returns what is wrong with the Lambdas as functions: variables beyond 4 KB (Lambda developer guide, "Lambda quotas").
pub fn problems(pipeline: &Pipeline) -> Vec<Diagnostic> {
    let too_many = |lambda: &&Lambda| variables::size(pipeline, lambda) > variables::LIMIT;
    pipeline.lambdas.iter().filter(too_many).map(variables::problem).collect()
}

/// Where the functions run: private subnets, reached by nobody.
fn place(template: &mut Template) -> Value {
    let subnets = template.input(
        "network",
        "PrivateSubnetIds",
        "List<AWS::EC2::Subnet::Id>",
        "The private subnets",
    );
    let group = template.input(
        "network",
        "LambdaSecurityGroupId",
        "AWS::EC2::SecurityGroup::Id",
        "The security group of the functions",
    );
    json!({"SubnetIds": subnets, "SecurityGroupIds": [group]})
}

fn function(
    template: &mut Template,
    pipeline: &Pipeline,
    lambda: &Lambda,
    (archive, place): (&Archive, &Value),
) {
    let id = logical_id(lambda.name.as_str());
    let group = format!("{id}Logs");
    let properties = properties(pipeline, lambda, archive, place);
    let version = version_id(&id, &properties, pipeline);
    template.add(&group, log_group(pipeline, lambda));
    template.add(
        &id,
        Resource::new("AWS::Lambda::Function", lambda.span, with_tags(properties, pipeline))
            .after(&group),
    );
    template.add(&version, published(lambda, &id, archive));
    let alias = json!({
        "Name": pipeline.alias(),
        "Description": "What the state machines call",
        "FunctionName": reference(&id),
        "FunctionVersion": attribute(&version, "Version"),
    });
    template.add(format!("{id}Alias"), Resource::new("AWS::Lambda::Alias", lambda.span, alias));
}

fn log_group(pipeline: &Pipeline, lambda: &Lambda) -> Resource {
    let properties = json!({
        "LogGroupName": format!("/aws/lambda/{}", pipeline.lambda_name(&lambda.name)),
        // Metrics in the embedded format are read from logs of this class only.
        "LogGroupClass": "STANDARD",
        "RetentionInDays": pipeline.operations.log_days,
        "Tags": tags(pipeline),
    });
    Resource::new("AWS::Logs::LogGroup", lambda.span, properties)
}

/// Returns the properties that belong to a version; tags do not.
fn properties(pipeline: &Pipeline, lambda: &Lambda, archive: &Archive, place: &Value) -> Value {
    let processor = match lambda.architecture {
        Architecture::Arm64 => "arm64",
        Architecture::X86 => "x86_64",
    };
    json!({
        "FunctionName": pipeline.lambda_name(&lambda.name),
        "Description": description(lambda),
        "Runtime": lambda.runtime,
        "Architectures": [processor],
        "Handler": format!("{}.lambda_handler", module(lambda)),
        "Code": {"S3Bucket": pipeline.artifact_bucket(), "S3Key": archive.key()},
        "Role": pipeline.role_arn(lambda.name.as_str()),
        "MemorySize": lambda.memory_mb,
        "Timeout": lambda.timeout_seconds,
        "Environment": {"Variables": variables(pipeline, lambda)},
        "VpcConfig": place,
    })
}

/// Lambda takes 256 characters of description.
fn description(lambda: &Lambda) -> String {
    let text = lambda.description.as_deref().unwrap_or(lambda.name.as_str());
    text.chars().take(256).collect()
}

fn with_tags(mut properties: Value, pipeline: &Pipeline) -> Value {
    properties["Tags"] = tags(pipeline);
    properties
}

/// Properties of a function that no version keeps.
const UNPUBLISHED: [&str; 5] = [
    "CodeSigningConfigArn",
    "RecursiveLoop",
    "ReservedConcurrentExecutions",
    "RuntimeManagementConfig",
    "Tags",
];

/// A version never changes, so a new one takes a new logical id: this changes exactly when code or configuration do, the ids of
/// subnets included, which stand behind a parameter. Lambda refuses to publish twice what is the same (409), so nothing else
/// may be in it.
fn version_id(function: &str, properties: &Value, pipeline: &Pipeline) -> String {
    let mut published = properties.clone();
    let map = published.as_object_mut().expect("properties are an object");
    map.retain(|name, _| !UNPUBLISHED.contains(&name.as_str()));
    let identity = format!("{published}{}", pipeline.network.subnets());
    format!("{function}Version{}", hash::short(identity.as_bytes()))
}

/// Names the versions of functions anew that an override touched: what is published and called is what it says.
pub fn republish<'a>(
    template: &mut Template,
    touched: impl IntoIterator<Item = &'a str>,
    pipeline: &Pipeline,
) {
    for function in touched {
        let Some(resource) = template.resources.get(function) else { continue };
        let of_function = |resource: &Resource| {
            resource.kind == "AWS::Lambda::Version"
                && resource.properties["FunctionName"] == reference(function)
        };
        let new = version_id(function, &resource.properties, pipeline);
        let old = template.resources.iter().find(|(id, one)| of_function(one) && **id != new);
        let Some(old) = old.map(|(id, _)| id.clone()) else { continue };
        let Some((index, _, version)) = template.resources.shift_remove_full(&old) else {
            continue;
        };
        template.resources.shift_insert(index, new.clone(), version);
        for alias in template.resources.values_mut() {
            if alias.properties["FunctionVersion"] == attribute(&old, "Version") {
                alias.properties["FunctionVersion"] = attribute(&new, "Version");
            }
        }
    }
}

/// Older versions stay, for an alias to go back to; `CodeSha256` makes Lambda refuse any other code.
fn published(lambda: &Lambda, function: &str, archive: &Archive) -> Resource {
    let properties = json!({
        "FunctionName": reference(function),
        "CodeSha256": archive.code_sha256(),
    });
    Resource::new("AWS::Lambda::Version", lambda.span, properties).retained()
}

#[cfg(test)]
mod tests;
