//! Tasks: a Lambda is given exactly what it reads, and exactly what it returns is kept.

use serde_json::{Map, Value, json};

use crate::diagnostic::{Diagnostic, Span};
use crate::model::{Argument, Capability, FieldRead, Invocation, Lambda, Outcomes, Step};

use super::machine::Lowering;

/// A value that a Lambda is given.
#[derive(Clone, Debug)]
pub(super) enum Given {
    /// The value itself; in an object, keys that end in `.$` hold paths.
    Value(Value),
    /// A JSONPath, or an intrinsic function.
    Path(String),
}

/// Fields that a Lambda is given, in order.
pub(super) type GivenFields = Vec<(String, Given)>;

/// The call of a Lambda in a state.
pub(super) struct Call<'a> {
    /// The state's name.
    pub(super) state: &'a str,
    /// The Lambda.
    pub(super) lambda: &'a Lambda,
    /// Fields that are given in any case, whether its contract has them or not.
    pub(super) given: GivenFields,
    /// Where the call is written.
    pub(super) span: Span,
}

/// Where a result goes that nobody reads, emptied before. A `ResultPath` of `null` would say it better, but CloudFormation takes no
/// template with a `null` ("'null' values are not allowed in templates").
pub(super) const UNUSED: &str = "$.Unused";

/// The errors that are worth another try: ours for passing trouble, and those of Lambda itself. With `RequestId` every
/// function of the pipeline can run twice (Step Functions developer guide, "Handle transient Lambda service exceptions").
const RETRIED: [&str; 8] = [
    "TransientError",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.Unknown",
    "Sandbox.Timedout",
];

/// Returns the seconds before the first retry of a Lambda, and whether chance shortens them. EMR lists a cluster or step a
/// while after it took the request, and a retry that does not find it would ask for a second one.
fn pause(lambda: &Lambda) -> (u32, &'static str) {
    let asks_emr = [Capability::LaunchCluster, Capability::SubmitStep];
    if asks_emr.iter().any(|asks| lambda.can.contains(asks)) { (20, "NONE") } else { (2, "FULL") }
}

/// Seconds that a state waits for an answer beyond the Lambda's own timeout, so that the Lambda's error comes first.
const ANSWER_SECONDS: u32 = 15;

impl<'a> Lowering<'a> {
    /// Adds a step that calls a Lambda once.
    pub(super) fn call(&mut self, step: &Step, invocation: &Invocation, outcomes: &Outcomes) {
        let Some(lambda) = self.lambda(invocation) else { return };
        let given = self.arguments(invocation);
        let result = format!("$.Steps.{}", key(&step.name));
        let call = Call { state: &step.name, lambda, given, span: invocation.span };
        let task = self.task(&call, &result, selector(lambda));
        self.graph.add(&step.name, task);
        self.produce(lambda, &result);
        if lambda.can.contains(&Capability::LaunchCluster) {
            self.affect(lambda.effect());
        }
        if !outcomes.done.is_empty() || !outcomes.failed.is_empty() {
            self.choose(&step.name, lambda, &result, outcomes);
        }
        self.affect(lambda.effect());
    }

    /// Returns a Task that calls a Lambda, keeps what `selector` selects at `result`, and fails into the failure path.
    pub(super) fn task(
        &mut self,
        call: &Call<'_>,
        result: &str,
        selector: Map<String, Value>,
    ) -> Value {
        let failed = self.catch(call.state);
        let mut task = self.bare_task(call, &failed);
        let result = if selector.is_empty() { UNUSED } else { result };
        task["ResultSelector"] = Value::Object(selector);
        task["ResultPath"] = result.into();
        task["Next"] = "".into();
        task
    }

    /// Returns a Task without a result and a next state, whose failures lead to `failed`.
    pub(super) fn bare_task(&mut self, call: &Call<'_>, failed: &str) -> Value {
        self.lambdas.insert(call.lambda.name.clone());
        let (seconds, jitter) = pause(call.lambda);
        json!({
            "Type": "Task",
            "Resource": self.pipeline.alias_arn(&call.lambda.name),
            "Parameters": self.parameters(call),
            "TimeoutSeconds": call.lambda.timeout_seconds + ANSWER_SECONDS,
            "Retry": [{
                "ErrorEquals": RETRIED,
                "IntervalSeconds": seconds,
                "MaxAttempts": 5,
                "BackoffRate": 2.0,
                "MaxDelaySeconds": 60,
                "JitterStrategy": jitter,
            }],
            "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.Failure", "Next": failed}],
        })
    }

    fn parameters(&mut self, call: &Call<'_>) -> Value {
        let mut parameters = Map::new();
        for (field, given) in &call.given {
            insert(&mut parameters, field, given.clone());
        }
        for read in &call.lambda.reads {
            if call.given.iter().any(|(field, _)| *field == read.name) {
                continue;
            }
            if let Some(given) = self.known(call, read) {
                insert(&mut parameters, &read.name, given);
            }
        }
        Value::Object(parameters)
    }

    /// Returns where a field comes from that the step does not give.
    fn known(&mut self, call: &Call<'_>, read: &FieldRead) -> Option<Given> {
        let automatic = match read.name.as_str() {
            "RequestId" => Some(Given::Path(self.request_id(call.state))),
            "ExecutionName" => Some(Given::Path(self.execution_name().to_owned())),
            // An ARN, because a Lambda that gets a name needs the right to list all state machines.
            "currentStepName" => {
                Some(Given::Value(self.pipeline.machine_arn(&self.machine.name).into()))
            }
            field => self.fields.path(field).map(|path| Given::Path(path.to_owned())),
        };
        match automatic {
            None if read.optional => {
                self.withheld(&read.name, call.lambda.name.as_str(), call.span);
            }
            None => self.missing(&read.name, call.lambda.name.as_str(), call.span),
            Some(_) => {}
        }
        automatic
    }

    /// Returns what names a request of this execution: the same when it is repeated, another for each state and table.
    ///
    /// It has no redrive count. A redrive goes on at the state that was not left, and a failure that was caught ends in a
    /// Fail state; so a Task is repeated only where it was interrupted, and then what it started before must be found.
    fn request_id(&self, state: &str) -> String {
        let key = key(state);
        if self.in_item {
            format!("States.Format('{{}}-{key}-{{}}', $.Execution, $.Table)")
        } else {
            format!("States.Format('{{}}-{key}', $$.Execution.Name)")
        }
    }

    fn execution_name(&self) -> &'static str {
        if self.in_item { "$.Execution" } else { "$$.Execution.Name" }
    }

    /// Tells that a field is read that is not there, or may not be there.
    pub(super) fn missing(&mut self, field: &str, reader: &str, span: Span) {
        let may_be = self.fields.path_if_any(field).is_some();
        let message = if may_be {
            format!("`{reader}` reads `{field}`, which may be missing here")
        } else {
            format!("`{reader}` reads `{field}`, which nothing before produced")
        };
        let returns = |lambda: &&Lambda| lambda.returns.iter().any(|name| name == field);
        let help = match self.pipeline.lambdas.iter().find(returns) {
            _ if may_be => {
                format!("put `stop_if_empty: {field}` before it, or produce `{field}` on every way")
            }
            Some(lambda) => {
                format!(
                    "`{}` returns it: call that before, or name `{field}` in the machine's `input`",
                    lambda.name
                )
            }
            None => format!(
                "give it here (`with: {{{field}: …}}`), or name it in the machine's `input`"
            ),
        };
        self.problems.add(Diagnostic::error("missing-field", span, message).help(help));
    }

    /// Tells that a field is not given, since a path to what may be missing would fail the execution.
    pub(super) fn withheld(&mut self, field: &str, reader: &str, span: Span) {
        if self.fields.path_if_any(field).is_none() {
            return;
        }
        let message = format!("`{reader}` is not given `{field}`, which may be missing here");
        let help = format!(
            "put `stop_if_empty: {field}` before it, or have the field on every way: in `input` without `?`, or produced by a step that is never skipped"
        );
        self.problems.add(Diagnostic::warning("withheld-field", span, message).help(help));
    }

    /// Returns the fields that a step gives.
    pub(super) fn arguments(&mut self, invocation: &Invocation) -> GivenFields {
        let mut given = Vec::new();
        for (field, argument, span) in &invocation.with {
            match argument {
                Argument::Text(text) => {
                    given.push((field.clone(), Given::Value(text.as_str().into())));
                }
                Argument::Field(source) => {
                    if let Some(path) = self.fields.path(source) {
                        given.push((field.clone(), Given::Path(path.to_owned())));
                    } else {
                        self.missing(source, "with", *span);
                    }
                }
            }
        }
        given
    }

    /// Notes what a Lambda returned at `result`.
    pub(super) fn produce(&mut self, lambda: &Lambda, result: &str) {
        for field in &lambda.returns {
            self.fields.produce(field, format!("{result}.{field}"));
        }
    }

    /// Returns the Lambda of an invocation.
    pub(super) fn lambda(&mut self, invocation: &Invocation) -> Option<&'a Lambda> {
        let found = self.pipeline.lambda(invocation.lambda.as_str());
        if found.is_none() {
            let message = format!("unknown Lambda `{}`", invocation.lambda);
            self.problems.add(Diagnostic::error("unknown-lambda", invocation.span, message));
        }
        found
    }

    /// Returns the Lambda that a short form calls.
    pub(super) fn capable(&mut self, capability: Capability, span: Span) -> Option<&'a Lambda> {
        let found = self.pipeline.lambda_that_can(capability);
        if found.is_none() {
            let message = format!("no one Lambda stands for `{}`", capability.word());
            let help = format!("exactly one Lambda must have `can: {}`", capability.word());
            self.problems.add(Diagnostic::error("missing-lambda", span, message).help(help));
        }
        found
    }
}

/// Returns the given values as an object.
pub(super) fn object<'a>(fields: impl IntoIterator<Item = (&'a str, Given)>) -> Value {
    let mut object = Map::new();
    for (field, given) in fields {
        insert(&mut object, field, given);
    }
    Value::Object(object)
}

/// Adds a value to what a Lambda is given, or to a state's output.
pub(super) fn insert(parameters: &mut Map<String, Value>, field: &str, given: Given) {
    match given {
        Given::Value(value) => parameters.insert(field.to_owned(), value),
        Given::Path(path) => parameters.insert(format!("{field}.$"), path.into()),
    };
}

/// Returns the selector of exactly what a Lambda's contract returns.
pub(super) fn selector(lambda: &Lambda) -> Map<String, Value> {
    let status = (!lambda.statuses.is_empty()).then_some("Status");
    let fields = lambda.returns.iter().map(String::as_str).chain(status);
    fields.map(|field| (format!("{field}.$"), format!("$.{field}").into())).collect()
}

/// Returns a state's name as it can stand in a JSONPath and in a request's id. A colon, which no step's name has, becomes
/// two underscores, so that the states made from one step never meet those of another.
pub(super) fn key(name: &str) -> String {
    let words = |part: &str| {
        let words = part.split(|c: char| !c.is_ascii_alphanumeric());
        words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("_")
    };
    let key = name.split(':').map(words).collect::<Vec<_>>().join("__");
    if key.starts_with(|c: char| c.is_ascii_digit()) { format!("_{key}") } else { key }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the words of a tuple in the Lambdas' list of errors.
    fn names(tuple: &str) -> Vec<&'static str> {
        let errors = include_str!("../../lambdas/pipeline_common/errors.py");
        let line =
            errors.lines().find(|line| line.starts_with(tuple)).expect("errors.py lists them");
        line.split('"').skip(1).step_by(2).collect()
    }

    #[test]
    fn machines_retry_what_the_lambdas_call_passing() {
        let ours: Vec<_> = RETRIED.iter().copied().filter(|name| !name.contains('.')).collect();
        assert_eq!(ours, names("RETRIED = "));
        assert!(names("NOT_RETRIED = ").iter().all(|name| !RETRIED.contains(name)));
    }
}
