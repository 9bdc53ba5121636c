use serde_json::{Value, json};

use super::{calls, check};
use crate::aws::Severity;

mod calls;

/// `path: message` of every violation, those of warnings in brackets.
fn problems(definition: &Value) -> Vec<String> {
    let line = |v: &crate::aws::Violation| match v.severity {
        Severity::Error => format!("{}: {}", v.path, v.message),
        Severity::Warning => format!("({}: {})", v.path, v.message),
    };
    check(definition).iter().map(line).collect()
}

/// A machine of this one state, which may go to `End`.
fn one(state: impl Into<Value>) -> Value {
    let state = state.into();
    json!({"StartAt": "One", "States": {"One": state, "End": {"Type": "Succeed"}}})
}

/// The problems of one state, its place left out.
fn of_state(mut state: Value) -> Vec<String> {
    let object = state.as_object_mut().unwrap();
    let kind = object["Type"].as_str().unwrap().to_owned();
    if !object.contains_key("Next") && !matches!(kind.as_str(), "Choice" | "Fail") {
        object.insert("Next".to_owned(), json!("End"));
    }
    if kind == "Task" {
        object.entry("TimeoutSeconds").or_insert(json!(60));
        object.entry("Resource").or_insert(json!("arn:aws:states:::sns:publish"));
    }
    let all = problems(&one(state)).into_iter().map(|line| line.replace("/States/One", ""));
    all.filter(|line| !line.contains("no state leads to")).collect()
}

fn good() -> Value {
    json!({
        "Comment": "whole",
        "StartAt": "Launch",
        "TimeoutSeconds": 3600,
        "States": {
            "Launch": {
                "Type": "Task",
                "Resource": "arn:aws:lambda:eu-west-1:111122223333:function:launch:live",
                "Parameters": {"Id.$": "States.Format('{}', $$.Execution.Id)", "Fixed": [{"A.$": "$.a"}]},
                "TimeoutSeconds": 60,
                "HeartbeatSeconds": 30,
                "ResultPath": "$.Launch",
                "Retry": [{"ErrorEquals": ["Lambda.ServiceException"], "BackoffRate": 1.5},
                    {"ErrorEquals": ["States.ALL"], "MaxAttempts": 0}],
                "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.Error", "Next": "Failed"}],
                "Next": "Ready?"
            },
            "Ready?": {
                "Type": "Choice",
                "Choices": [
                    {"Variable": "$.Launch.Status", "StringEquals": "READY", "Next": "Each"},
                    {"And": [{"Variable": "$.n", "NumericLessThan": 3},
                        {"Not": {"Variable": "$.t", "TimestampEquals": "2026-11-22T00:00:00.5+01:00"}}],
                     "Next": "Pause"}
                ],
                "Default": "Failed"
            },
            "Pause": {"Type": "Wait", "Seconds": 30, "Next": "Launch"},
            "Each": {
                "Type": "Map",
                "ItemsPath": "$.tables",
                "ItemSelector": {"Table.$": "$$.Map.Item.Value"},
                "ItemProcessor": {
                    "ProcessorConfig": {"Mode": "INLINE"},
                    "StartAt": "Both",
                    "States": {"Both": {"Type": "Parallel", "End": true, "Branches": [
                        {"StartAt": "Run", "States": {"Run": {
                            "Type": "Task", "TimeoutSecondsPath": "$.limit", "End": true,
                            "Resource": "arn:aws:states:::states:startExecution.sync:2",
                            "Parameters": {"StateMachineArn": "arn:aws:states:eu-west-1:111122223333:stateMachine:m"}}}}
                    ]}}
                },
                "End": true
            },
            "Failed": {"Type": "Fail", "ErrorPath": "$.Error.Error", "CausePath": "States.JsonToString($.Error)"}
        }
    })
}

#[test]
fn a_good_machine_passes() {
    assert_eq!(problems(&good()), [""; 0]);
}

#[test]
fn calls_are_found_at_every_depth() {
    let good = good();
    let found: Vec<_> =
        calls(&good).iter().map(|one| (one.state, one.function(), one.machine())).collect();
    let launch = "arn:aws:lambda:eu-west-1:111122223333:function:launch:live";
    let run = "arn:aws:states:eu-west-1:111122223333:stateMachine:m";
    assert_eq!(found, [("Launch", Some(launch), None), ("Run", None, Some(run))]);
    assert_eq!(calls(&good)[1].integration(), Some("states:startExecution"));
    assert!(calls(&good)[1].waits());
}

#[test]
fn a_map_calls_for_its_items() {
    let reader = json!({"Resource": "arn:aws:states:::s3:getObject"});
    let map = json!({"States": {"Each": {"Type": "Map", "ItemReader": reader}}});
    let found: Vec<_> = calls(&map).iter().map(|one| (one.state, one.integration())).collect();
    assert_eq!(found, [("Each", Some("s3:getObject"))]);
}

#[test]
fn ways_lead_somewhere() {
    let mut lost = good();
    lost["StartAt"] = json!("Lunch");
    lost["States"]["Pause"]["Next"] = json!("Nowhere");
    let found = check(&lost);
    assert_eq!(found[0].path, "/StartAt");
    assert_eq!(found[0].suggestion.as_deref(), Some("Launch"));
    let paths: Vec<_> = found.iter().map(|violation| violation.path.as_str()).collect();
    assert!(paths.contains(&"/States/Pause/Next"));
    assert!(paths.contains(&"/States/Failed"), "a state that nothing leads to");

    let circle = json!({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "A"}}});
    assert_eq!(problems(&circle), [": no state that is reached ends the machine"]);
}

#[test]
fn branches_are_machines_of_their_own() {
    let mut nested = good();
    let run = "/States/Each/ItemProcessor/States/Both/Branches/0";
    let branch = nested.pointer_mut(run).unwrap();
    branch["States"] = json!({"Run": {"Type": "Pass", "Next": "Launch"}});
    assert_eq!(
        problems(&nested),
        [
            format!("{run}/States/Run/Next: there is no state `Launch` here"),
            format!("{run}: no state that is reached ends the machine"),
        ]
    );
}

#[test]
fn names_are_short_and_unique() {
    let long = "n".repeat(81);
    let machine = json!({"StartAt": "A", "States": {
        "A": {"Type": "Parallel", "Next": long, "Branches": [
            {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}]},
        &long: {"Type": "Succeed"}}});
    assert_eq!(
        problems(&machine),
        [
            "/States/A/Branches/0/States/A: a state `A` stands elsewhere in the definition"
                .to_owned(),
            format!("/States/{long}: the name has 81 characters, the limit is 80"),
        ]
    );
}

#[test]
fn fields_belong_to_types_and_languages() {
    assert_eq!(
        of_state(json!({"Type": "Fail", "OutputPath": "$"})),
        ["/OutputPath: field `OutputPath` is not known here"]
    );
    assert_eq!(
        of_state(json!({"Type": "Pass", "Output": 1})),
        ["/Output: field `Output` is not known here"]
    );
    assert_eq!(
        of_state(json!({"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% 1 %}"})),
        [""; 0]
    );
    assert_eq!(
        of_state(json!({"Type": "Pass", "QueryLanguage": "JSONata", "Output": {"a": "{% 1"}})),
        ["/Output/a: the expression has no `%}` at its end"]
    );
    assert_eq!(of_state(json!({"Type": "Parse"})), ["/Type: no state type `Parse`"]);
    let mut mixed = one(json!({"Type": "Pass", "QueryLanguage": "JSONPath", "Next": "End"}));
    mixed["QueryLanguage"] = json!("JSONata");
    assert_eq!(
        problems(&mixed),
        ["/States/One/QueryLanguage: a JSONata state machine has no JSONPath states"]
    );
}

#[test]
fn successors_are_one_thing() {
    assert_eq!(
        of_state(json!({"Type": "Pass", "Next": "End", "End": true})),
        [": `Next` and `End` exclude each other"]
    );
    assert_eq!(problems(&one(json!({"Type": "Pass"})))[0], "/States/End: no state leads to `End`");
    assert!(
        problems(&one(json!({"Type": "Pass"})))
            .contains(&"/States/One: `Next` or `End` is needed".to_owned())
    );
    assert!(
        problems(&one(json!({"Type": "Pass", "End": false})))
            .contains(&"/States/One/End: `End` is `true` or absent".to_owned())
    );
}

#[test]
fn errors_are_caught_in_order() {
    let retry = |rules| of_state(json!({"Type": "Task", "Retry": rules}));
    assert_eq!(
        retry(json!([{"ErrorEquals": ["States.ALL"]}, {"ErrorEquals": ["Other"]}])),
        ["/Retry/0/ErrorEquals/0: `States.ALL` comes last: what follows is never tried"]
    );
    assert_eq!(
        retry(json!([{"ErrorEquals": ["States.ALL", "Other"]}])),
        ["/Retry/0/ErrorEquals/0: `States.ALL` stands alone"]
    );
    assert_eq!(
        retry(json!([{"ErrorEquals": ["States.Timout"], "BackoffRate": 0.5, "MaxAttempts": -1}])),
        [
            "(/Retry/0/ErrorEquals/0: Step Functions has no error `States.Timout`)",
            "/Retry/0/BackoffRate: the rate is a number, 1 or more",
            "/Retry/0/MaxAttempts: the count is a whole number, 0 or more",
        ]
    );
    assert_eq!(
        retry(json!([{"ErrorEquals": [], "IntervalSeconds": 5, "MaxDelaySeconds": 5}])),
        [
            "/Retry/0/ErrorEquals: `ErrorEquals` is a list of error names",
            "/Retry/0/MaxDelaySeconds: the longest delay is longer than `IntervalSeconds`",
        ]
    );
    assert_eq!(
        of_state(json!({"Type": "Task", "Catch": [{"ErrorEquals": ["A"], "ResultPath": "$..x"}]})),
        [
            "/Catch/0: a catcher needs `Next`",
            "/Catch/0/ResultPath: `$..x` does not name one place in the state's data",
        ]
    );
}

#[test]
fn choices_compare_like_with_like() {
    let rule =
        |rule: Value| of_state(json!({"Type": "Choice", "Default": "End", "Choices": [rule]}));
    let compare =
        |name: &str, operand: Value| rule(json!({"Variable": "$.a", name: operand, "Next": "End"}));
    assert_eq!(
        compare("NumericEquals", json!("3")),
        ["/Choices/0/NumericEquals: `NumericEquals` compares with a number"]
    );
    assert_eq!(
        compare("TimestampLessThan", json!("yesterday")),
        ["/Choices/0/TimestampLessThan: `TimestampLessThan` compares with an RFC 3339 timestamp"]
    );
    assert_eq!(
        compare("StringEqualsPath", json!("b")),
        ["/Choices/0/StringEqualsPath: `b` is no path: a path starts with `$`"]
    );
    assert_eq!(
        compare("StringEqual", json!("b")),
        ["/Choices/0/StringEqual: no comparison is called `StringEqual`"]
    );
    assert_eq!(
        rule(json!({"Variable": "$.a", "Next": "End"})),
        ["/Choices/0: a rule has one comparison, this one has 0"]
    );
    assert_eq!(
        rule(json!({"Or": [{"Variable": "$.a", "IsNull": true, "Next": "End"}], "Next": "End"})),
        ["/Choices/0/Or/0/Next: `Next` belongs to the whole rule"]
    );
    assert_eq!(
        of_state(
            json!({"Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": true, "Next": "End"}]})
        ),
        ["(: without `Default`, an input that no rule expects fails the execution)"]
    );
    assert_eq!(
        of_state(json!({"Type": "Choice", "Choices": []})),
        [": no state that is reached ends the machine", ": a Choice state needs `Choices`"]
    );
}

#[test]
fn waits_wait_for_one_thing() {
    assert_eq!(
        of_state(json!({"Type": "Wait", "Seconds": 1, "Timestamp": "2026-11-22T00:00:00Z"})),
        [": `Seconds` and `Timestamp` exclude each other"]
    );
    assert_eq!(
        of_state(json!({"Type": "Wait"})),
        [": a Wait state needs `Seconds`, `Timestamp`, or the path of one"]
    );
    assert_eq!(
        of_state(json!({"Type": "Wait", "Seconds": "5"})),
        ["/Seconds: `Seconds` is a whole number, 0 or more"]
    );
    assert_eq!(
        of_state(json!({"Type": "Wait", "Timestamp": "soon"})),
        ["/Timestamp: `Timestamp` is an RFC 3339 timestamp"]
    );
}

#[test]
fn templates_hold_paths_and_calls() {
    assert_eq!(
        of_state(
            json!({"Type": "Pass", "Parameters": {"a.$": "b", "c": [{"d.$": "States.Nope()"}], "e": 1, "e.$": "$.e"}})
        ),
        [
            "/Parameters/a.$: `b` is neither a path (`$…`) nor a call (`States.…`)",
            "/Parameters/c/0/d.$: there is no function `States.Nope`",
            "/Parameters/e.$: `e` and `e.$` exclude each other",
        ]
    );
    assert_eq!(
        of_state(json!({"Type": "Pass", "InputPath": "$.a[", "ResultPath": null})),
        ["/InputPath: `$.a[` is no path: `]` is missing"]
    );
}

#[test]
fn any_json_is_survived() {
    let nest =
        |times: usize, wrap: fn(Value) -> Value| (0..times).fold(json!(1), |inner, _| wrap(inner));
    for value in [
        json!(null),
        json!([]),
        json!({}),
        json!({"States": {"": 1}, "StartAt": ""}),
        json!({"StartAt": "A", "States": {"A": {"Type": "Choice", "Choices": [1, {"And": {}}]}}}),
        nest(
            500,
            |inner| json!({"StartAt": "A", "States": {"A": {"Type": "Map", "Iterator": inner}}}),
        ),
        one(
            json!({"Type": "Pass", "Parameters": nest(500, |inner| json!([inner])), "Next": "End"}),
        ),
        one(json!({"Type": "Choice", "Choices": [nest(500, |inner| json!({"Not": inner}))]})),
        one(
            json!({"Type": "Pass", "QueryLanguage": "JSONata", "Output": nest(500, |inner| json!([inner]))}),
        ),
    ] {
        check(&value);
        calls(&value);
    }
}
