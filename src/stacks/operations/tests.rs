use serde_json::{Value, json};

use super::*;
use crate::model::{Capability, ScheduledBy, sample};

fn properties<'a>(template: &'a Template, id: &str) -> &'a Value {
    &template.resources.get(id).unwrap_or_else(|| panic!("no {id}")).properties
}

fn made(pipeline: &Pipeline) -> Template {
    stack(pipeline).template
}

fn without(capability: Capability) -> Pipeline {
    let mut pipeline = sample::pipeline();
    pipeline.lambdas.retain(|lambda| !lambda.can.contains(&capability));
    pipeline
}

fn sids(statements: &Value) -> Vec<&str> {
    statements.as_array().unwrap().iter().map(|s| s["Sid"].as_str().unwrap()).collect()
}

#[test]
fn the_schedule_starts_the_machine_with_its_role() {
    let template = made(&sample::pipeline());
    let schedule = properties(&template, "Schedule");
    assert_eq!(schedule["ScheduleExpressionTimezone"], "Europe/Berlin");
    let arn = "arn:aws:states:eu-central-1:123456789012:stateMachine:data_pipeline_v2.0_Master";
    assert_eq!(schedule["Target"]["Arn"], arn);
    assert_eq!(schedule["Target"]["Input"], "{}");
    let check = properties(&template, "ClusterCheck");
    assert_eq!(check["ScheduleExpression"], "rate(15 minutes)");
    let alias = check["Target"]["Arn"].as_str().unwrap();
    assert!(alias.ends_with("function:lambda_stop_orphan_clusters:data_pipeline"), "{alias}");
}

#[test]
fn rules_take_the_place_of_schedules_on_request() {
    let mut pipeline = sample::pipeline();
    pipeline.schedule.as_mut().unwrap().by = ScheduledBy::Rule;
    let template = made(&pipeline);
    assert!(template.resources.values().all(|r| !r.kind.starts_with("AWS::Scheduler::")));
    let rule = properties(&template, "Schedule");
    assert_eq!(rule["Targets"][0]["Id"], "Start");
    assert!(pipeline.rule_arn("start").ends_with(rule["Name"].as_str().unwrap()));
    let permission = properties(&template, "ClusterCheckPermission");
    assert_eq!(permission["SourceArn"], json!({"Fn::GetAtt": "ClusterCheck.Arn"}));
}

#[test]
fn a_disabled_schedule_starts_nothing() {
    let mut pipeline = sample::pipeline();
    pipeline.schedule.as_mut().unwrap().enabled = false;
    assert_eq!(properties(&made(&pipeline), "Schedule")["State"], "DISABLED");
    pipeline.schedule = None;
    let template = made(&pipeline);
    assert!(!template.resources.contains_key("Schedule"));
    assert!(template.resources.contains_key("ClusterCheck"));
}

#[test]
fn the_failure_rule_watches_every_machine_in_patterns_that_eventbridge_takes() {
    let mut pipeline = sample::pipeline();
    for number in 0..20 {
        let name = format!("{}_{number}", "M".repeat(44));
        pipeline.machines.push(sample::machine(&name, Vec::new(), number));
    }
    let template = made(&pipeline);
    let mut watched = 0;
    for id in ["FailureRule", "FailureRule2", "FailureRule3"] {
        let pattern = &properties(&template, id)["EventPattern"];
        assert!(pattern.to_string().len() <= 2_048, "{id}");
        watched += pattern["detail"]["stateMachineArn"].as_array().unwrap().len();
        assert!(template.resources.contains_key(&format!("{id}Permission")));
    }
    assert_eq!(watched, pipeline.machines.len());
}

#[test]
fn functions_and_alarms_may_publish_and_nobody_without_tls() {
    let template = made(&sample::pipeline());
    let key = &properties(&template, "TopicKey")["KeyPolicy"]["Statement"];
    assert_eq!(sids(key), ["AccountAdministers", "AlarmsPublish", "FunctionsPublish"]);
    assert_eq!(key[2]["Principal"]["AWS"].as_array().unwrap().len(), 2);
    let topic = &properties(&template, "TopicPolicy")["PolicyDocument"]["Statement"];
    assert_eq!(sids(topic), ["TlsOnly", "AlarmsPublish"]);
    assert_eq!(topic[0]["Effect"], "Deny");
}

#[test]
fn without_a_lambda_that_reports_the_rule_publishes_by_itself() {
    let template = made(&without(Capability::ReportFailures));
    let key = &properties(&template, "TopicKey")["KeyPolicy"]["Statement"];
    assert_eq!(sids(key).last(), Some(&"FailureRulePublishes"));
    assert!(key[3].get("Condition").is_none());
    let topic = &properties(&template, "TopicPolicy")["PolicyDocument"]["Statement"];
    assert_eq!(sids(topic).last(), Some(&"FailureRulePublishes"));
    let target = &properties(&template, "FailureRule")["Targets"][0];
    assert_eq!(target["Arn"], json!({"Ref": "Topic"}));
    assert!(!template.resources.contains_key("FailureRulePermission"));
}

#[test]
fn each_machine_the_cluster_and_the_cleanup_have_alarms() {
    let template = made(&sample::pipeline());
    let alarms = template.resources.iter().filter(|(_, r)| r.kind == "AWS::CloudWatch::Alarm");
    assert_eq!(alarms.count(), 2 * 6 + 1 + 1 + 2 + 1);
    let overlong = properties(&template, "AlarmOverlongMaster");
    assert_eq!(overlong["Threshold"], 6 * 3_600 * 1_000 / 10 * 8);
    let old = properties(&template, "AlarmOldCluster");
    assert_eq!((&old["Threshold"], &old["Period"]), (&json!(360), &json!(1_800)));
    assert_eq!(old["TreatMissingData"], "breaching");
    let pattern = sample::pipeline().alarms_arn();
    let prefix = pattern.rsplit(':').next().unwrap().trim_end_matches('*').to_owned();
    for (id, alarm) in template.resources.iter().filter(|(id, _)| id.starts_with("Alarm")) {
        let name = alarm.properties["AlarmName"].as_str().unwrap();
        assert!(name.starts_with(&prefix), "{id}: the topic refuses `{name}`");
    }
}

#[test]
fn no_alarm_waits_for_a_check_that_does_not_exist() {
    let template = made(&without(Capability::StopOrphanClusters));
    assert!(!template.resources.contains_key("AlarmOldCluster"));
    assert!(!template.resources.contains_key("ClusterCheck"));
}

#[test]
fn the_dashboard_is_json_and_can_be_left_out() {
    let mut pipeline = sample::pipeline();
    let template = made(&pipeline);
    let body = properties(&template, "Dashboard")["DashboardBody"].as_str().unwrap();
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!(body["widgets"].as_array().unwrap().len(), 6);
    pipeline.operations.dashboard = false;
    assert!(!made(&pipeline).resources.contains_key("Dashboard"));
}
