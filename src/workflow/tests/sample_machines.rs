//! The six machines of the sample.

use super::*;

/// Returns all states with their names, those of Maps included.
fn states(definition: &Value) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for (name, state) in definition["States"].as_object().unwrap() {
        found.push((name.clone(), state.clone()));
        if state["Type"] == "Map" {
            found.extend(states(&state["ItemProcessor"]));
        }
    }
    found
}

/// Returns the names that a state leads to.
fn targets(state: &Value) -> Vec<String> {
    let mut next: Vec<&Value> = vec![&state["Next"], &state["Default"]];
    for list in ["Choices", "Catch"] {
        next.extend(state[list].as_array().into_iter().flatten().map(|rule| &rule["Next"]));
    }
    next.into_iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Checks that every state leads somewhere and is reached, in a definition or in what a Map does.
fn assert_connected(definition: &Value) {
    let states = definition["States"].as_object().unwrap();
    let mut open = vec![definition["StartAt"].as_str().unwrap().to_owned()];
    let mut reached = BTreeSet::new();
    while let Some(name) = open.pop() {
        let state = states.get(&name).unwrap_or_else(|| panic!("`{name}` is not there"));
        if reached.insert(name) {
            open.extend(targets(state));
        }
        if state["Type"] == "Map" {
            assert_connected(&state["ItemProcessor"]);
        }
    }
    let all: BTreeSet<_> = states.keys().cloned().collect();
    assert_eq!(reached, all);
}

#[test]
fn every_state_is_reached_and_every_end_leads_on() {
    for machine in compile(&sample::pipeline()).unwrap() {
        assert_connected(&machine.definition);
    }
}

#[test]
fn every_task_retries_catches_and_ends() {
    for machine in compile(&sample::pipeline()).unwrap() {
        assert_eq!(machine.definition["TimeoutSeconds"], 6 * 3600);
        for (name, state) in states(&machine.definition) {
            assert!(name.chars().count() <= 80, "{name}");
            match state["Type"].as_str().unwrap() {
                "Task" => {
                    assert_eq!(state["TimeoutSeconds"], 75, "{name}");
                    assert_eq!(state["Retry"][0]["ErrorEquals"][0], "TransientError");
                    assert_eq!(state["Retry"][0]["BackoffRate"].to_string(), "2.0");
                    assert_eq!(state["Catch"][0]["ErrorEquals"], json!(["States.ALL"]));
                }
                "Choice" => assert!(state["Default"].is_string(), "{name}"),
                _ => {}
            }
        }
    }
}

#[test]
fn only_the_owner_cleans_up() {
    let launch = compiled(&sample::pipeline(), "Launch_EMR_Cluster");
    let next = |name: &str| state(&launch, name)["Next"].clone();
    for before in
        ["Check duplicate EMR: error", "Check duplicate EMR: failed", "Launch EMR: submit: error"]
    {
        assert_eq!(next(before), "Notify failure", "{before}");
    }
    let after = [
        "Launch EMR: poll: error",
        "Launch EMR: failed",
        "Launch EMR: timed out",
        "Write state info: failed",
    ];
    for after in after {
        assert_eq!(next(after), "Notify failure and clean up", "{after}");
    }
    for clean_up in ["Clean up", "Clean up without notice"] {
        let given = &state(&launch, clean_up)["Parameters"]["ClusterId.$"];
        assert_eq!(given, "$.Steps.Launch_EMR.Submit.ClusterId");
    }
}

#[test]
fn a_failed_message_does_not_stop_the_clean_up_nor_hide_the_failure() {
    let launch = compiled(&sample::pipeline(), "Launch_EMR_Cluster");
    let after = |name: &str| {
        let state = state(&launch, name);
        (state["Next"].as_str().unwrap(), state["Catch"][0]["Next"].as_str().unwrap())
    };
    assert_eq!(after("Notify failure"), ("Failed", "Failed without notice"));
    assert_eq!(after("Notify failure and clean up"), ("Clean up", "Clean up without notice"));
    assert_eq!(after("Clean up"), ("Failed", "Failed to clean up"));
    assert_eq!(
        after("Clean up without notice"),
        ("Failed without notice", "Failed without notice")
    );
    let told = |name: &str| state(&launch, name)["Error"].as_str().unwrap().starts_with("Notified");
    assert!(told("Failed"));
    assert!(!told("Failed without notice") && !told("Failed to clean up"));
}

#[test]
fn one_level_tells_and_the_parent_cleans_up() {
    let master = compiled(&sample::pipeline(), "Master");
    let next = |name: &str| state(&master, name)["Next"].clone();
    assert_eq!(next("Run Launch EMR Cluster: failed"), "Failed");
    assert_eq!(next("Run Fact Process: failed"), "Clean up");
    assert_eq!(next("Run Fact Process: timed out"), "Notify failure and clean up");
    assert_eq!(next("Notify: error"), "Notify failure");
    let clean_up = state(&master, "Clean up");
    let terminate = "arn:aws:states:eu-central-1:123456789012:stateMachine:data_pipeline_v2.0_Terminate_EMR_Cluster";
    assert_eq!(clean_up["Parameters"]["nextStateMachineArn"], terminate);
    assert_eq!(
        clean_up["Parameters"]["RequestId.$"],
        "States.Format('{}-Clean_up', $$.Execution.Name)"
    );
}

#[test]
fn a_machine_that_launched_hands_its_cluster_over() {
    let pipeline = sample::pipeline();
    let done = state(&compiled(&pipeline, "Launch_EMR_Cluster"), "Done").clone();
    let cluster = "$.Steps.Write_state_info.ClusterId";
    assert_eq!(done, json!({"Type": "Pass", "Parameters": {"ClusterId.$": cluster}, "End": true}));
    let master = compiled(&pipeline, "Master");
    let clean_up = &state(&master, "Clean up")["Parameters"]["ClusterId.$"];
    assert_eq!(clean_up, "$.Steps.Run_Launch_EMR_Cluster.Poll.ClusterId");
    let terminate = &state(&master, "Run Terminate EMR Cluster: submit")["Parameters"];
    assert_eq!(terminate["ClusterId.$"], *clean_up);
    assert_eq!(state(&master, "Done"), &json!({"Type": "Succeed"}));
}

#[test]
fn an_end_before_the_launch_hands_nothing_over() {
    let stop = Action::StopIfEmpty("Wanted".to_owned(), sample::span(302));
    let steps = vec![
        sample::step("Stop", stop, 302),
        sample::step("Launch", call("lambda_launch_emr", 303), 303),
    ];
    let mut machine = sample::machine("Extra", steps, 300);
    machine.input = vec![crate::model::FieldRead { name: "Wanted".to_owned(), optional: true }];
    let extra = compiled(&with_machine(machine), "Extra");
    let end = |given: Value| json!({"Type": "Pass", "Parameters": given, "End": true});
    assert_eq!(state(&extra, "Stop: stop"), &end(json!({"ClusterId": ""})));
    assert_eq!(state(&extra, "Done"), &end(json!({"ClusterId.$": "$.Steps.Launch.ClusterId"})));
}

#[test]
fn a_contract_that_tells_of_no_cluster_leaves_it_to_the_state() {
    let mut pipeline = sample::pipeline();
    let asks = pipeline.lambdas.iter_mut().find(|l| l.can == [Capability::DescribeExecution]);
    asks.unwrap().returns.pop();
    let clean_up = state(&compiled(&pipeline, "Master"), "Clean up")["Parameters"].clone();
    assert!(clean_up["nextStateMachineArn"].is_string());
    assert!(clean_up["ClusterId.$"].is_null());
}

#[test]
fn a_cluster_kept_for_development_is_not_cleaned_up() {
    let mut pipeline = sample::pipeline();
    pipeline.cluster.keep_on_failure_minutes = Some(60);
    let launch = compiled(&pipeline, "Launch_EMR_Cluster");
    assert_eq!(state(&launch, "Launch EMR: failed")["Next"], "Notify failure");
    assert!(state(&launch, "Clean up").is_null());
}

#[test]
fn polls_are_counted() {
    let workers = compiled(&sample::pipeline(), "Add_EMR_Workers_data");
    let choices = &state(&workers, "Add worker instances EMR: Status?")["Choices"];
    let count = json!({"Variable": "$.Steps.Add_worker_instances_EMR.Polls.Count", "NumericGreaterThanEquals": 59});
    assert_eq!(choices[2]["And"][1], count);
    assert_eq!(choices[2]["Next"], "Add worker instances EMR: timed out");
    assert_eq!(choices[3]["Next"], "Add worker instances EMR: count");
    let counted = "States.MathAdd($.Steps.Add_worker_instances_EMR.Polls.Count, 1)";
    assert_eq!(
        state(&workers, "Add worker instances EMR: count")["Parameters"]["Count.$"],
        counted
    );
    let poll = &state(&workers, "Add worker instances EMR: poll")["Parameters"];
    assert_eq!(
        poll["WorkerInstanceFleetId.$"],
        "$.Steps.Add_worker_instances_EMR.Submit.WorkerInstanceFleetId"
    );
}

#[test]
fn a_cluster_id_that_is_given_is_not_read() {
    let terminate = compiled(&sample::pipeline(), "Terminate_EMR_Cluster");
    assert_eq!(
        state(&terminate, "Read state info: needed?")["Default"],
        "Read state info: skipped"
    );
    let skipped = state(&terminate, "Read state info: skipped");
    assert_eq!(skipped["Parameters"], json!({"ClusterId.$": "$.Input.ClusterId"}));
    assert_eq!(skipped["ResultPath"], "$.Steps.Read_state_info");
    assert_eq!(state(&terminate, "Stop if ClusterId is empty: stop")["Type"], "Succeed");
    let submit = &state(&terminate, "Terminate EMR: submit")["Parameters"];
    assert_eq!(submit["ClusterId.$"], "$.Steps.Read_state_info.ClusterId");
}

#[test]
fn start_at_skips_what_neither_launches_nor_terminates() {
    let master = compiled(&sample::pipeline(), "Master");
    let skip = &state(&master, "Run Dimension Process: start_at?")["Choices"][1];
    let later: Vec<_> =
        skip["Or"].as_array().unwrap().iter().map(|rule| &rule["StringEquals"]).collect();
    assert_eq!(later, ["Add_EMR_Workers_data", "Fact_Process", "Terminate_EMR_Cluster"]);
    assert_eq!(skip["Next"], "Run Add EMR Workers data: start_at?");
    for always in ["Run Launch EMR Cluster: start_at?", "Run Terminate EMR Cluster: start_at?"] {
        assert!(state(&master, always).is_null(), "{always}");
    }
    assert_eq!(state(&master, "start_at?")["Default"], "start_at: unknown");
    let cause = state(&master, "start_at: unknown")["Parameters"]["Cause.$"].as_str().unwrap();
    assert!(cause.contains("one of Launch_EMR_Cluster, Dimension_Process, Add_EMR_Workers_data"));
}

#[test]
fn a_duplicate_is_looked_for_by_arn() {
    let master = compiled(&sample::pipeline(), "Master");
    let given = &state(&master, "Check duplicate stepfunction")["Parameters"]["currentStepName"];
    assert_eq!(
        given,
        "arn:aws:states:eu-central-1:123456789012:stateMachine:data_pipeline_v2.0_Master"
    );
}

#[test]
fn machines_name_what_they_call_and_start() {
    let master = compiled(&sample::pipeline(), "Master");
    assert_eq!(master.runs.len(), 5);
    let lambdas: Vec<_> = master.lambdas.iter().map(Name::as_str).collect();
    let expected = [
        "lambda_check_duplicate_stepfunction",
        "lambda_send_msg_sns",
        "lambda_status_stepfunction",
        "lambda_submit_stepfunction",
    ];
    assert_eq!(lambdas, expected);
}
