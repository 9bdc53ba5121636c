//! Rules by value, and the sample as a whole.

use serde_json::Value;

use super::*;
use crate::model::sample;

fn compiled(pipeline: &Pipeline, machine: &str) -> StateMachine {
    let machines = compile(pipeline).unwrap();
    machines.into_iter().find(|compiled| compiled.name.as_str() == machine).unwrap()
}

#[test]
fn machines_name_what_they_call_and_start() {
    let master = compiled(&sample::pipeline(), "Master");
    let runs: Vec<_> = master.runs.iter().map(Name::as_str).collect();
    assert_eq!(
        runs,
        [
            "Add_EMR_Workers_data",
            "Dimension_Process",
            "Fact_Process",
            "Launch_EMR_Cluster",
            "Terminate_EMR_Cluster"
        ]
    );
    let lambdas: Vec<_> = master.lambdas.iter().map(Name::as_str).collect();
    assert_eq!(
        lambdas,
        [
            "lambda_check_duplicate_stepfunction",
            "lambda_send_msg_sns",
            "lambda_status_stepfunction",
            "lambda_submit_stepfunction"
        ]
    );
    assert!(!master.distributed);
    assert_eq!(master.definition["StartAt"], Value::from("Start"));
}
