//! What the states of a definition call.

use serde_json::Value;

use super::machine::{DEPTH, inner};

/// A call of a Task, or of a Map for its items and their results.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The name of its state.
    pub state: &'a str,
    /// Its `Resource`.
    pub resource: &'a str,
    parameters: &'a Value,
}

/// Fields by which a Map calls a service (Step Functions developer guide, `ItemReader` and `ResultWriter`).
const OF_A_MAP: [&str; 2] = ["ItemReader", "ResultWriter"];

const INVOKES: [&str; 2] = ["lambda:invoke", "aws-sdk:lambda:invoke"];
const STARTS: [&str; 2] = ["states:startExecution", "aws-sdk:sfn:startExecution"];

/// Returns the calls of a definition, those of inner machines behind that of the state around them.
pub fn calls(definition: &Value) -> Vec<Call<'_>> {
    let mut found = Vec::new();
    collect(definition, DEPTH, &mut found);
    found
}

fn collect<'a>(machine: &'a Value, depth: usize, found: &mut Vec<Call<'a>>) {
    let states = machine.get("States").and_then(Value::as_object);
    for (state, value) in states.into_iter().flatten().filter(|_| depth > 0) {
        let own = (value["Type"] == "Task").then_some(value);
        let callers = own.into_iter().chain(OF_A_MAP.iter().filter_map(|field| value.get(*field)));
        found.extend(callers.filter_map(|caller| {
            let given = caller.get("Parameters").or_else(|| caller.get("Arguments"));
            let resource = caller.get("Resource")?.as_str()?;
            Some(Call { state, resource, parameters: given.unwrap_or(&Value::Null) })
        }));
        for (_, machine) in inner(value) {
            collect(machine, depth - 1, found);
        }
    }
}

impl<'a> Call<'a> {
    /// Returns service and action of an integration, as its `Resource` has them: `sqs:sendMessage`, `aws-sdk:s3:getObject`.
    pub fn integration(&self) -> Option<&'a str> {
        self.call().map(|(call, _)| call)
    }

    /// Returns the Lambda that it calls, where it says which.
    pub fn function(&self) -> Option<&'a str> {
        match self.integration() {
            None => Some(self.resource).filter(|_| !self.is_activity()),
            Some(call) if INVOKES.contains(&call) => self.parameters["FunctionName"].as_str(),
            Some(_) => None,
        }
    }

    /// Returns the state machine that it starts, where it says which.
    pub fn machine(&self) -> Option<&'a str> {
        let starts = self.integration().is_some_and(|call| STARTS.contains(&call));
        self.parameters["StateMachineArn"].as_str().filter(|_| starts)
    }

    /// Tells whether it waits for what it started to end.
    pub fn waits(&self) -> bool {
        self.call().is_some_and(|(_, way)| way.starts_with("sync"))
    }

    /// Tells whether it waits for a worker, who asks for the task.
    pub fn is_activity(&self) -> bool {
        self.resource.contains(":activity:")
    }

    fn call(&self) -> Option<(&'a str, &'a str)> {
        let (_, call) = self.resource.split_once(":states:::")?;
        Some(call.split_once('.').unwrap_or((call, "")))
    }
}
