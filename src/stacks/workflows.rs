//! The stack of the state machines and their logs.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::model::{Machine, Name, Pipeline};
use crate::template::{Resource, Stack, Template, attribute, logical_id, tags};

/// Returns the stack of the state machines; `definitions` holds each one's in Amazon States Language.
pub fn stack(pipeline: &Pipeline, definitions: &BTreeMap<Name, Value>) -> Stack {
    let description = format!("{}: state machines and their logs", pipeline.name);
    let mut template = Template::new(description);
    for machine in &pipeline.machines {
        let definition = definitions.get(&machine.name).expect("every machine is compiled before");
        add(&mut template, pipeline, machine, definition);
    }
    let after = ["identity", "functions"].map(str::to_owned).to_vec();
    Stack { name: "workflows".to_owned(), after, template }
}

fn add(template: &mut Template, pipeline: &Pipeline, machine: &Machine, definition: &Value) {
    let id = logical_id(machine.name.as_str());
    let mut properties = json!({
        "StateMachineName": pipeline.machine_name(&machine.name),
        "StateMachineType": "STANDARD",
        "RoleArn": pipeline.role_arn(&format!("machine-{}", machine.name)),
        "Definition": definition,
    });
    if machine.logging {
        let group = format!("{id}Logs");
        properties["LoggingConfiguration"] = logging(&group);
        template.add(group, log_group(pipeline, machine));
    }
    properties["Tags"] = tags(pipeline);
    let resource = Resource::new("AWS::StepFunctions::StateMachine", machine.span, properties);
    template.add(id, resource);
}

/// Every event with its data: cluster ids and commands, no secrets, and all that a search for a cause has.
fn logging(group: &str) -> Value {
    json!({
        "Level": "ALL",
        "IncludeExecutionData": true,
        "Destinations": [{"CloudWatchLogsLogGroup": {"LogGroupArn": attribute(group, "Arn")}}],
    })
}

/// Below `/aws/vendedlogs/` one resource policy serves all groups; it is limited to 5,120 characters (Step Functions
/// developer guide, "Logging to CloudWatch Logs").
fn log_group(pipeline: &Pipeline, machine: &Machine) -> Resource {
    let properties = json!({
        "LogGroupName": format!("/aws/vendedlogs/states/{}", pipeline.machine_name(&machine.name)),
        "RetentionInDays": pipeline.operations.log_days,
        "Tags": tags(pipeline),
    });
    Resource::new("AWS::Logs::LogGroup", machine.span, properties)
}
