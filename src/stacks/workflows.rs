//! The stack of the state machines and their logs.

use serde_json::{Value, json};

use crate::model::{Machine, Pipeline};
use crate::template::{Resource, Stack, Template, attribute, logical_id, tags};
use crate::workflow::StateMachine;

/// Returns the stack of the state machines; `compiled` holds the definition of each.
pub fn stack(pipeline: &Pipeline, compiled: &[StateMachine]) -> Stack {
    let description = format!("{}: state machines and their logs", pipeline.name);
    let mut template = Template::new(description);
    for machine in &pipeline.machines {
        let compiled = compiled.iter().find(|compiled| compiled.name == machine.name);
        let compiled = compiled.expect("every machine is compiled before the stacks");
        add(&mut template, pipeline, machine, &compiled.definition);
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
    });
    if holds_null(definition) {
        properties["DefinitionString"] = definition.to_string().into();
    } else {
        // `json!` would write it out and read it in again.
        properties["Definition"] = definition.clone();
    }
    if machine.logging {
        let group = format!("{id}Logs");
        properties["LoggingConfiguration"] = logging(&group);
        template.add(group, log_group(pipeline, machine));
    }
    properties["Tags"] = tags(pipeline);
    let resource = Resource::new("AWS::StepFunctions::StateMachine", machine.span, properties);
    template.add(id, resource);
}

/// Tells whether a definition, one that was brought as a file, says `null`, as in `"ResultPath": null`: CloudFormation takes that only
/// inside a text.
fn holds_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.iter().any(holds_null),
        Value::Object(map) => map.values().any(holds_null),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample;
    use crate::workflow::compile;

    fn made(pipeline: &Pipeline) -> Template {
        stack(pipeline, &compile(pipeline).unwrap()).template
    }

    #[test]
    fn a_machine_keeps_its_name_and_logs_below_the_shared_prefix() {
        let template = made(&sample::pipeline());
        assert_eq!(template.resources.len(), 2 * 6);
        let master = &template.resources["Master"].properties;
        assert_eq!(master["StateMachineName"], "data_pipeline_v2.0_Master");
        let compiled = compile(&sample::pipeline()).unwrap();
        let compiled = compiled.iter().find(|machine| machine.name.as_str() == "Master").unwrap();
        assert_eq!(master["Definition"], compiled.definition);
        let role = "arn:aws:iam::123456789012:role/data_pipeline-machine-Master-eu-central-1";
        assert_eq!(master["RoleArn"], role);
        let logs = &template.resources["MasterLogs"].properties;
        assert_eq!(logs["LogGroupName"], "/aws/vendedlogs/states/data_pipeline_v2.0_Master");
    }

    #[test]
    fn a_definition_that_says_null_goes_as_text() {
        let pipeline = sample::pipeline();
        let mut machines = compile(&pipeline).unwrap();
        for machine in &machines {
            assert!(!holds_null(&machine.definition), "{}", machine.name);
        }
        machines[0].definition["States"]["Start"]["ResultPath"] = Value::Null;
        let template = stack(&pipeline, &machines).template;
        let id = logical_id(machines[0].name.as_str());
        let properties = &template.resources[&id].properties;
        assert!(properties.get("Definition").is_none());
        let text = properties["DefinitionString"].as_str().unwrap();
        let read: Value = serde_json::from_str(text).unwrap();
        assert_eq!(read, machines[0].definition);
    }

    #[test]
    fn logging_can_be_switched_off() {
        let mut pipeline = sample::pipeline();
        pipeline.machines[0].logging = false;
        let template = made(&pipeline);
        assert_eq!(template.resources.len(), 2 * 6 - 1);
        let properties = &template.resources["LaunchEMRCluster"].properties;
        assert!(properties.get("LoggingConfiguration").is_none());
    }
}
