//! The `Resource` of a Task (Step Functions developer guide, "Integrating services").

use serde_json::Value;

use super::{Check, is_open};
use crate::diagnostic::nearest;

/// The optimised integrations and their actions; any other action of AWS goes through `aws-sdk`.
const OPTIMISED: [(&str, &[&str]); 21] = [
    ("apigateway", &["invoke"]),
    (
        "athena",
        &["startQueryExecution", "stopQueryExecution", "getQueryExecution", "getQueryResults"],
    ),
    ("batch", &["submitJob"]),
    ("bedrock", &["invokeModel", "createModelCustomizationJob"]),
    (
        "codebuild",
        &[
            "startBuild",
            "stopBuild",
            "batchDeleteBuilds",
            "batchGetReports",
            "startBuildBatch",
            "stopBuildBatch",
            "retryBuildBatch",
            "deleteBuildBatch",
        ],
    ),
    ("databrew", &["startJobRun"]),
    ("dynamodb", &["getItem", "putItem", "deleteItem", "updateItem"]),
    ("ecs", &["runTask"]),
    (
        "eks",
        &[
            "call",
            "createCluster",
            "deleteCluster",
            "createFargateProfile",
            "deleteFargateProfile",
            "createNodegroup",
            "deleteNodegroup",
            "runJob",
        ],
    ),
    (
        "elasticmapreduce",
        &[
            "createCluster",
            "terminateCluster",
            "setClusterTerminationProtection",
            "addStep",
            "cancelStep",
            "modifyInstanceFleetByName",
            "modifyInstanceGroupByName",
        ],
    ),
    ("emr-containers", &["createVirtualCluster", "deleteVirtualCluster", "startJobRun"]),
    (
        "emr-serverless",
        &[
            "createApplication",
            "startApplication",
            "stopApplication",
            "deleteApplication",
            "startJobRun",
            "cancelJobRun",
        ],
    ),
    ("events", &["putEvents"]),
    ("glue", &["startJobRun"]),
    ("http", &["invoke"]),
    ("lambda", &["invoke"]),
    ("mediaconvert", &["createJob"]),
    (
        "sagemaker",
        &[
            "createEndpoint",
            "createEndpointConfig",
            "createHyperParameterTuningJob",
            "createLabelingJob",
            "createModel",
            "createProcessingJob",
            "createTrainingJob",
            "createTransformJob",
            "updateEndpoint",
        ],
    ),
    ("sns", &["publish"]),
    ("sqs", &["sendMessage"]),
    ("states", &["startExecution"]),
];

/// What may stand behind an action.
const PATTERNS: [&str; 3] = ["sync", "sync:2", "waitForTaskToken"];

impl Check {
    pub(super) fn resource(&mut self, resource: &Value, place: &str) {
        if is_open(resource) {
            return;
        }
        let parts: Vec<_> = resource.as_str().unwrap_or_default().splitn(7, ':').collect();
        match parts.as_slice() {
            ["arn", partition, ..] if !is_partition(partition) => {
                self.error(place, format!("there is no partition `{partition}`"));
            }
            ["arn", _, "lambda", region, account, "function", name] => {
                self.lambda((region, account, name), place);
            }
            ["arn", _, "states", region, account, "activity", _] => {
                self.owner(region, account, place);
            }
            ["arn", _, "states", _, _, "aws-sdk", action] => self.sdk(action, place),
            ["arn", _, "states", _, _, service, action] => {
                self.integration(service, action, place);
            }
            _ => self.error(place, "expected the ARN of a function, an activity or an integration"),
        }
    }

    /// Checks a function that a Task of `lambda:invoke` names.
    pub(super) fn function_name(&mut self, name: &Value, place: &str) {
        let text = name.as_str().filter(|text| text.starts_with("arn:") && !is_open(name));
        if let Some(text) = text {
            let parts: Vec<_> = text.splitn(7, ':').collect();
            match parts.as_slice() {
                [_, _, "lambda", region, account, "function", name] => {
                    self.lambda((region, account, name), place);
                }
                _ => self.error(place, format!("`{text}` is not the ARN of a function")),
            }
        }
    }

    fn lambda(&mut self, (region, account, name): (&str, &str, &str), place: &str) {
        self.owner(region, account, place);
        match name.split_once(':') {
            Some((_, "")) => self.error(place, "the alias is empty"),
            Some((_, "$LATEST")) | None => {
                self.warn(place, "without an alias or version, a running execution sees new code");
            }
            Some(_) => {}
        }
    }

    fn owner(&mut self, region: &str, account: &str, place: &str) {
        if account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()) {
            self.error(place, format!("`{account}` is no account: it has 12 digits"));
        }
        if region.split('-').count() < 3 {
            self.error(place, format!("`{region}` is no region"));
        }
    }

    fn sdk(&mut self, call: &str, place: &str) {
        let action = call.strip_suffix(".waitForTaskToken").unwrap_or(call);
        let is_call = action.split_once(':').is_some_and(|(service, action)| {
            let starts = action.starts_with(|c: char| c.is_ascii_lowercase());
            !service.is_empty() && starts && action.bytes().all(|b| b.is_ascii_alphanumeric())
        });
        if !is_call {
            self.error(place, format!("`{call}` is no SDK call: `service:action`, in camel case"));
        }
    }

    fn integration(&mut self, service: &str, call: &str, place: &str) {
        let (action, pattern) = call.split_once('.').map_or((call, None), |(a, p)| (a, Some(p)));
        let Some((_, actions)) = OPTIMISED.iter().find(|(name, _)| *name == service) else {
            let near = nearest(service, OPTIMISED.iter().map(|(name, _)| *name));
            return self.suggest(place, format!("no integration is called `{service}`"), near);
        };
        if !actions.contains(&action) {
            let message = format!("the integration `{service}` has no action `{action}`");
            self.suggest(place, message, nearest(action, actions.iter().copied()));
        }
        if let Some(pattern) = pattern.filter(|pattern| !PATTERNS.contains(pattern)) {
            let message = format!("`.{pattern}` is no way to call an integration");
            self.suggest(place, message, nearest(pattern, PATTERNS));
        }
    }
}

fn is_partition(text: &str) -> bool {
    text == "aws" || text.strip_prefix("aws-").is_some_and(|rest| !rest.is_empty())
}
