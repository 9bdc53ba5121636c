//! `Retry` and `Catch` (Amazon States Language specification, "Errors").

use serde_json::Value;

use super::state::{is_expression, is_filled};
use super::{Check, Language, Object, is_open};
use crate::aws::Violation;
use crate::diagnostic::nearest;

const RETRIER: &[&str] = &[
    "BackoffRate",
    "Comment",
    "ErrorEquals",
    "IntervalSeconds",
    "JitterStrategy",
    "MaxAttempts",
    "MaxDelaySeconds",
];

/// Step Functions' own error names ("Handling errors in Step Functions workflows").
const OWN: [&str; 17] = [
    "States.ALL",
    "States.BranchFailed",
    "States.DataLimitExceeded",
    "States.ExceedToleratedFailureThreshold",
    "States.HeartbeatTimeout",
    "States.Http.Socket",
    "States.IntrinsicFailure",
    "States.ItemReaderFailed",
    "States.NoChoiceMatched",
    "States.ParameterPathFailure",
    "States.Permissions",
    "States.QueryEvaluationError",
    "States.ResultPathMatchFailure",
    "States.ResultWriterFailed",
    "States.Runtime",
    "States.TaskFailed",
    "States.Timeout",
];

impl Check {
    pub(super) fn retries(&mut self, state: &Object, path: &str) {
        self.each_rule(state, "Retry", path, |check, retrier, path| {
            check.known_fields(retrier, RETRIER, path);
            let interval = check.positive(retrier, "IntervalSeconds", path);
            let longest = check.positive(retrier, "MaxDelaySeconds", path);
            if longest.zip(interval).is_some_and(|(longest, interval)| longest <= interval) {
                let path = format!("{path}/MaxDelaySeconds");
                check.error(&path, "the longest delay is longer than `IntervalSeconds`");
            }
            check.attempts(retrier, path);
        });
    }

    fn attempts(&mut self, retrier: &Object, path: &str) {
        let given = |name| retrier.get(name).filter(|v| !is_open(v) && !is_expression(v));
        if given("BackoffRate").is_some_and(|rate| rate.as_f64().is_none_or(|rate| rate < 1.0)) {
            self.error(&format!("{path}/BackoffRate"), "the rate is a number, 1 or more");
        }
        if given("MaxAttempts").is_some_and(|count| count.as_u64().is_none()) {
            self.error(&format!("{path}/MaxAttempts"), "the count is a whole number, 0 or more");
        }
        if given("JitterStrategy").is_some_and(|jitter| jitter != "FULL" && jitter != "NONE") {
            self.error(&format!("{path}/JitterStrategy"), "the jitter is `FULL` or `NONE`");
        }
    }

    pub(super) fn catches(&mut self, state: &Object, path: &str, language: Language) {
        let known: &[_] = match language {
            Language::JsonPath => &["Assign", "Comment", "ErrorEquals", "Next", "ResultPath"],
            Language::Jsonata => &["Assign", "Comment", "ErrorEquals", "Next", "Output"],
        };
        self.each_rule(state, "Catch", path, |check, catcher, path| {
            check.known_fields(catcher, known, path);
            if !catcher.get("Next").is_some_and(Value::is_string) {
                check.error(path, "a catcher needs `Next`");
            }
            if language == Language::JsonPath {
                check.paths(catcher, path);
            }
        });
    }

    fn each_rule(
        &mut self,
        state: &Object,
        list: &str,
        path: &str,
        one: impl Fn(&mut Self, &Object, &str),
    ) {
        let Some(rules) = state.get(list) else { return };
        let path = format!("{path}/{list}");
        let Some(rules) = rules.as_array() else {
            return self.error(&path, format!("`{list}` is a list"));
        };
        for (at, rule) in rules.iter().enumerate() {
            let path = format!("{path}/{at}");
            let Some(rule) = rule.as_object() else {
                self.error(&path, format!("an item of `{list}` is an object"));
                continue;
            };
            self.error_names(rule, &path, at + 1 == rules.len());
            one(self, rule, &path);
        }
    }

    fn error_names(&mut self, rule: &Object, path: &str, is_last: bool) {
        let path = format!("{path}/ErrorEquals");
        let Some(names) = rule.get("ErrorEquals").filter(|names| is_filled(names)) else {
            return self.error(&path, "`ErrorEquals` is a list of error names");
        };
        let names: Vec<_> = names.as_array().into_iter().flatten().collect();
        for (at, name) in names.iter().enumerate() {
            let path = format!("{path}/{at}");
            match name.as_str() {
                None => self.error(&path, "an error name is a string"),
                Some(name) if name.starts_with("States.") && !OWN.contains(&name) => {
                    let message = format!("Step Functions has no error `{name}`");
                    self.found.push(Violation::warning(&path, message).suggest(nearest(name, OWN)));
                }
                Some("States.ALL") if names.len() > 1 => {
                    self.error(&path, "`States.ALL` stands alone");
                }
                Some("States.ALL") if !is_last => {
                    self.error(&path, "`States.ALL` comes last: what follows is never tried");
                }
                Some(_) => {}
            }
        }
    }
}
