//! Submit, wait, ask, choose: the pattern of everything that takes longer than a Lambda may run.

use serde_json::{Map, Value, json};

use crate::diagnostic::Span;
use crate::model::{Capability, Effect, Invocation, Lambda, Name, Outcomes, Step, Timing};

use super::failure::Trouble;
use super::limit;
use super::machine::Lowering;
use super::outcome::{any, one_of};
use super::task::{Call, Given, GivenFields, insert, key, object, selector};

/// Something that is started with one Lambda and asked after with another.
pub(super) struct Polling<'a> {
    /// What its states are named after.
    pub(super) name: &'a str,
    /// What starts it, what that is given, and where it is written.
    pub(super) submit: (&'a Lambda, GivenFields, Span),
    /// What asks.
    pub(super) poll: (&'a Lambda, GivenFields, Span),
    /// What each `Status` means.
    pub(super) outcomes: Outcomes,
    /// How often, how long.
    pub(super) timing: Timing,
    /// What a `Status` that means failure is.
    pub(super) failed: Trouble,
}

impl<'a> Lowering<'a> {
    /// Adds a step that names both Lambdas.
    pub(super) fn submit_and_poll(
        &mut self,
        step: &Step,
        (submit, poll): (&Invocation, &Invocation),
        outcomes: &Outcomes,
        timing: Timing,
    ) {
        let (Some(starts), Some(asks)) = (self.lambda(submit), self.lambda(poll)) else { return };
        let polling = Polling {
            name: &step.name,
            submit: (starts, self.arguments(submit), submit.span),
            poll: (asks, self.arguments(poll), poll.span),
            outcomes: outcomes.clone(),
            timing,
            failed: Trouble::Status,
        };
        self.poll(&polling);
        self.affect(starts.effect());
    }

    /// Adds a step that runs another machine to its end.
    pub(super) fn run(&mut self, step: &Step, machine: &Name, timing: Timing) {
        let input = self.input_of(machine, step.span);
        let capabilities = (Capability::StartExecution, Capability::DescribeExecution);
        self.short_form(&step.name, step.span, capabilities, (input, timing, Trouble::Child));
        let effect = self.pipeline.effect(machine);
        if effect == Some(Effect::Launches) {
            for field in self.handed_over() {
                self.fields.produce(field, format!("$.Steps.{}.Poll.{field}", key(&step.name)));
            }
        }
        self.affect(effect);
    }

    /// Returns the fields that a machine which launched a cluster hands to the one that ran it: what the Lambda that asks
    /// after executions returns, beside what the one that starts them returned. So the owner knows its cluster even when
    /// the object that holds the id is lost.
    fn handed_over(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let returns = |capability| {
            let lambda = self.pipeline.lambda_that_can(capability);
            lambda.map_or(&[][..], |lambda| &lambda.returns)
        };
        let started = returns(Capability::StartExecution);
        let told = returns(Capability::DescribeExecution).iter();
        told.filter(|field| !started.contains(field)).map(String::as_str)
    }

    /// Returns the state in which the machine ends well. What it hands over is all of its output; a field that may be
    /// missing here is handed over empty.
    pub(super) fn ending(&self) -> Value {
        if self.pipeline.effect(&self.machine.name) != Some(Effect::Launches) {
            return json!({"Type": "Succeed"});
        }
        let mut output = Map::new();
        for field in self.handed_over() {
            let given = self.fields.path(field).map(|path| Given::Path(path.to_owned()));
            insert(&mut output, field, given.unwrap_or_else(|| Given::Value("".into())));
        }
        json!({"Type": "Pass", "Parameters": output, "End": true})
    }

    /// Adds a step that runs a command on the cluster.
    pub(super) fn emr(&mut self, step: &Step, command: &str, timing: Timing) {
        let shown = Given::Value(step.name.as_str().into());
        self.command(&step.name, shown, Given::Value(command.into()), (step.span, timing));
    }

    /// Adds the states that run a command on the cluster; `shown` is its name there.
    pub(super) fn command(
        &mut self,
        name: &str,
        shown: Given,
        command: Given,
        (span, timing): (Span, Timing),
    ) {
        let step = object([("Step_Name", shown), ("Cmd_Run", command)]);
        let given = vec![("NextStepNameAndCmd".to_owned(), Given::Value(step))];
        let capabilities = (Capability::SubmitStep, Capability::DescribeStep);
        self.short_form(name, span, capabilities, (given, timing, Trouble::Status));
    }

    /// Adds a poll whose Lambdas are found by what they can; what they return stays between them.
    fn short_form(
        &mut self,
        name: &str,
        span: Span,
        (starts, asks): (Capability, Capability),
        (given, timing, failed): (GivenFields, Timing, Trouble),
    ) {
        let (Some(starts), Some(asks)) = (self.capable(starts, span), self.capable(asks, span))
        else {
            return;
        };
        let before = self.fields.clone();
        self.poll(&Polling {
            name,
            submit: (starts, given, span),
            poll: (asks, Vec::new(), span),
            outcomes: short_outcomes(asks),
            timing,
            failed,
        });
        self.fields = before;
    }

    /// Returns the input of another machine's execution: its ARN, and the fields of its input that are known here.
    pub(super) fn input_of(&mut self, machine: &Name, span: Span) -> GivenFields {
        self.runs.insert(machine.clone());
        let arn = Given::Value(self.pipeline.machine_arn(machine).into());
        let mut given = vec![("nextStateMachineArn".to_owned(), arn)];
        let input = self.pipeline.machine(machine.as_str()).map_or(&[][..], |child| &child.input);
        for field in input {
            match self.fields.path(&field.name) {
                Some(path) => given.push((field.name.clone(), Given::Path(path.to_owned()))),
                None if field.optional => self.withheld(&field.name, machine.as_str(), span),
                None => self.missing(&field.name, machine.as_str(), span),
            }
        }
        given
    }

    /// Adds the states of a poll. `$.Steps.<name>` holds what submit returned (`Submit`), what the last poll returned
    /// (`Poll`), and how often it was asked again (`Polls.Count`).
    fn poll(&mut self, polling: &Polling<'_>) {
        let base = format!("$.Steps.{}", key(polling.name));
        self.submit(polling, &base);
        let wait = format!("{}: wait", polling.name);
        let seconds = polling.timing.every_seconds;
        self.graph.add(&wait, json!({"Type": "Wait", "Seconds": seconds, "Next": ""}));
        self.ask(polling, &base);
        self.choose_again(polling, &base);
        if !polling.outcomes.again.is_empty() {
            let count = format!("States.MathAdd({base}.Polls.Count, 1)");
            let counted = json!({
                "Type": "Pass",
                "Parameters": {"Count.$": count},
                "ResultPath": format!("{base}.Polls"),
                "Next": wait,
            });
            self.graph.add_beside(&format!("{}: count", polling.name), counted);
        }
        self.events += u64::from(polls(polling.timing)) * limit::EVENTS_OF_A_POLL;
    }

    fn submit(&mut self, polling: &Polling<'_>, base: &str) {
        let (lambda, given, span) = polling.submit.clone();
        let state = format!("{}: submit", polling.name);
        let call = Call { state: &state, lambda, given, span };
        let kept = json!({"Submit": selector(lambda), "Polls": {"Count": 0}});
        let Value::Object(kept) = kept else { unreachable!("it is written as an object") };
        let task = self.task(&call, base, kept);
        self.graph.add(&state, task);
        self.produce(lambda, &format!("{base}.Submit"));
        if lambda.can.contains(&Capability::LaunchCluster) {
            self.affect(lambda.effect());
        }
    }

    /// Adds the Task that asks; what it returns never hides what submit returned.
    fn ask(&mut self, polling: &Polling<'_>, base: &str) {
        let (lambda, given, span) = polling.poll.clone();
        let state = format!("{}: poll", polling.name);
        let call = Call { state: &state, lambda, given, span };
        let task = self.task(&call, &format!("{base}.Poll"), selector(lambda));
        self.graph.add(&state, task);
        let submitted = &polling.submit.0.returns;
        for field in lambda.returns.iter().filter(|field| !submitted.contains(field)) {
            self.fields.produce(field, format!("{base}.Poll.{field}"));
        }
    }

    fn choose_again(&mut self, polling: &Polling<'_>, base: &str) {
        let Polling { name, outcomes, .. } = polling;
        let asks = polling.poll.0;
        let result = format!("{base}.Poll");
        let status = format!("{result}.Status");
        let mut choices = vec![any(&status, &outcomes.done, "")];
        choices.extend(self.settled(name, (asks, &result), outcomes, polling.failed));
        if !outcomes.again.is_empty() {
            let late = json!({"Variable": format!("{base}.Polls.Count"), "NumericGreaterThanEquals": polls(polling.timing) - 1});
            let late = json!({"And": [one_of(&status, &outcomes.again), late], "Next": self.timed_out(polling, &result)});
            choices.push(late);
            choices.push(any(&status, &outcomes.again, &format!("{name}: count")));
        }
        let unexpected = self.unexpected(name, asks, &result);
        let choice = json!({"Type": "Choice", "Choices": choices, "Default": unexpected});
        self.graph.add_with_ends(&format!("{name}: Status?"), choice, &["/Choices/0/Next"]);
    }

    fn timed_out(&mut self, polling: &Polling<'_>, result: &str) -> String {
        let name = format!("{}: timed out", polling.name);
        let count = polls(polling.timing);
        let cause = format!(
            "States.Format('timed out after {count} polls in {} seconds, the last answer was {{}}', States.JsonToString({result}))",
            u64::from(count) * u64::from(polling.timing.every_seconds)
        );
        self.fail(&name, polling.name, &cause, Trouble::Status)
    }
}

/// Returns how often something is asked after at most.
pub(super) fn polls(timing: Timing) -> u32 {
    timing.timeout_seconds.div_ceil(timing.every_seconds.max(1)).max(1)
}

/// Returns what each `Status` of a short form means: the two ends have fixed names, everything else is on its way.
fn short_outcomes(asks: &Lambda) -> Outcomes {
    let again = asks.statuses.iter().filter(|status| !ENDS.contains(&status.as_str()));
    Outcomes {
        done: vec![ENDS[0].to_owned()],
        again: again.cloned().collect(),
        failed: vec![ENDS[1].to_owned()],
    }
}

const ENDS: [&str; 2] = ["SUCCESS", "ERROR"];
