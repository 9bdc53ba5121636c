//! What roles may do, by value, and what holds for every statement.

mod deploying;
pub(crate) mod variants;

use serde_json::json;

use crate::aws::{Severity, iam};
use crate::model::sample;
use crate::model::{Capability, Encryption, Pipeline, WritesFrom};
use crate::workflow::{self, StateMachine};

use super::{Effect, Role, Statement, bucket_policy, roles};
use variants::variants;

fn roles_of(pipeline: &Pipeline) -> Vec<Role> {
    roles(pipeline, &workflow::compile(pipeline).unwrap())
}

fn role(pipeline: &Pipeline, purpose: &str) -> Role {
    roles_of(pipeline).into_iter().find(|role| role.purpose == purpose).unwrap()
}

fn named<'a>(statements: &'a [Statement], sid: &str) -> &'a Statement {
    statements.iter().find(|one| one.sid == sid).unwrap_or_else(|| panic!("no {sid}"))
}

/// All statements of all policies of a pipeline, each policy with a name.
fn policies(pipeline: &Pipeline) -> Vec<(String, Vec<Statement>)> {
    policies_with(pipeline, &workflow::compile(pipeline).unwrap())
}

pub(crate) fn policies_with(
    pipeline: &Pipeline,
    machines: &[StateMachine],
) -> Vec<(String, Vec<Statement>)> {
    let roles = roles(pipeline, machines).into_iter();
    let mut all: Vec<_> = roles.map(|role| (role.purpose, role.statements)).collect();
    all.push(("bucket".into(), bucket_policy(pipeline, "${DataKey.Arn}")));
    all.push(("access logs".into(), super::access_log_policy(pipeline)));
    all.push(("key".into(), super::key_policy(pipeline)));
    all.push(("s3 endpoint".into(), super::s3_endpoint(pipeline)));
    all.push(("interface endpoint".into(), super::interface_endpoint(pipeline)));
    let rules = [pipeline.rule_arn("failed-executions")];
    all.push(("topic key".into(), super::topic_key_policy(pipeline, &rules)));
    all.push(("topic".into(), super::topic_policy(pipeline, &rules)));
    all.push(("flow logs".into(), super::flow_logs(pipeline).statements));
    all.extend(deploying::policies(pipeline, machines));
    all
}

/// Not every action that `s3:*` stands for knows the condition keys of requests for objects, which does no harm.
#[test]
fn every_action_exists_and_acts_on_its_resources() {
    for pipeline in variants() {
        for (policy, statements) in policies(&pipeline) {
            for statement in statements {
                let whole = statement.actions.iter().any(|action| action.ends_with(":*"));
                let mut found = iam::check_statement(&statement.to_json());
                found.retain(|one| !whole || one.severity == Severity::Error);
                assert_eq!(found, [], "{policy} {}", statement.sid);
            }
        }
    }
}

#[test]
fn every_star_has_a_reason_and_every_statement_an_origin() {
    let star = |text: &String| text == "*";
    for pipeline in variants() {
        for (policy, statements) in policies(&pipeline) {
            for one in statements {
                let stars = one.actions.iter().any(star) || one.resources.iter().any(star);
                assert_eq!(stars, one.reason.is_some(), "{policy} {}", one.sid);
                assert_ne!(one.origin.what, "", "{policy} {}", one.sid);
                let whole_service = one.actions.iter().any(|action| action.ends_with(":*"));
                let denies = one.effect == Effect::Deny;
                assert!(
                    !whole_service || denies || policy.ends_with("key"),
                    "{policy} {}",
                    one.sid
                );
            }
        }
    }
}

#[test]
fn names_of_statements_are_unique_letters_and_digits() {
    for pipeline in variants() {
        for (policy, statements) in policies(&pipeline) {
            for (index, one) in statements.iter().enumerate() {
                assert!(one.sid.chars().all(|c| c.is_ascii_alphanumeric()), "{}", one.sid);
                let before = &statements[..index];
                assert!(before.iter().all(|other| other.sid != one.sid), "{policy} {}", one.sid);
            }
        }
    }
}

#[test]
fn launch_tags_the_cluster_and_passes_two_roles() {
    let role = role(&sample::pipeline(), "lambda_launch_emr");
    let expected = json!({
        "StringEquals": {
            "aws:RequestTag/pipeline": "data_pipeline",
            "aws:RequestTag/for-use-with-amazon-emr-managed-policies": "true",
        },
        "ForAllValues:StringEquals": {
            "aws:TagKeys": [
                "ExecutionName",
                "RequestId",
                "environment",
                "for-use-with-amazon-emr-managed-policies",
                "keep_until",
                "pipeline",
            ],
        },
    });
    assert_eq!(named(&role.statements, "LaunchCluster").to_json()["Condition"], expected);
    let arn =
        |purpose| format!("arn:aws:iam::123456789012:role/data_pipeline-{purpose}-eu-central-1");
    assert_eq!(named(&role.statements, "PassServiceRole").resources, [arn("emr-service")]);
    assert_eq!(named(&role.statements, "PassNodeRole").resources, [arn("emr-nodes")]);
    let tags = role.statements.iter().flat_map(|one| &one.actions).any(|one| one.contains("Tag"));
    assert!(!tags, "tagging would open every condition on tags");
}

#[test]
fn rejected_rows_are_counted_and_not_read() {
    let pipeline = sample::pipeline();
    let notes = "data-workflows/rejected/DWH/_counts/*";
    let teller = role(&pipeline, "lambda_send_msg_sns");
    let list = named(&teller.statements, "CountRejected").to_json();
    assert_eq!(list["Action"], "s3:ListBucket");
    assert_eq!(list["Condition"], json!({"StringLike": {"s3:prefix": notes}}));
    let reads = teller.statements.iter().filter(|one| one.effect == Effect::Allow);
    assert!(!reads.flat_map(|one| &one.actions).any(|action| action == "s3:GetObject"));
    let nodes = role(&pipeline, "emr-nodes");
    let note = named(&nodes.statements, "NoteRejected").to_json();
    assert_eq!(note["Action"], "s3:PutObject");
    assert_eq!(note["Resource"], pipeline.object_arn(notes));
}

#[test]
fn children_are_started_and_the_master_is_not() {
    let role = role(&sample::pipeline(), "lambda_submit_stepfunction");
    let start = named(&role.statements, "StartExecution");
    assert_eq!(start.resources.len(), 5);
    assert!(start.resources.iter().all(|arn| !arn.ends_with("_Master")));
}

#[test]
fn only_machines_call_lambdas_and_each_only_its_own() {
    let invokes =
        |role: &Role| role.statements.iter().any(|one| one.actions == ["lambda:InvokeFunction"]);
    let pipeline = sample::pipeline();
    let calling: Vec<_> =
        roles_of(&pipeline).into_iter().filter(invokes).map(|role| role.purpose).collect();
    assert_eq!(calling.len(), 7);
    assert!(
        calling.iter().all(|purpose| purpose.starts_with("machine-") || purpose == "scheduler")
    );
    let machines = workflow::compile(&pipeline).unwrap();
    let master = role(&pipeline, "machine-Master");
    let called = &named(&master.statements, "CallLambdas").resources;
    assert_eq!(called.len(), machines.last().unwrap().lambdas.len());
    assert!(called.iter().all(|arn| arn.ends_with(":data_pipeline")), "{called:?}");
}

#[test]
fn environments_of_one_account_know_their_clusters_apart() {
    let mut pipeline = sample::pipeline();
    pipeline.environment.suffix = "-dev".to_owned();
    let role = role(&pipeline, "lambda_terminate_emr");
    let expected = json!({"StringEquals": {
        "aws:ResourceTag/pipeline": "data_pipeline",
        "aws:ResourceTag/environment": "dev",
    }});
    assert_eq!(named(&role.statements, "TerminateCluster").to_json()["Condition"], expected);
}

#[test]
fn a_lambda_without_capabilities_touches_nothing() {
    let mut pipeline = sample::pipeline();
    let index = pipeline.lambdas.iter().position(|one| one.can == [Capability::FindClusters]);
    assert_eq!(index, None);
    pipeline.lambdas[0].can.clear();
    let role = role(&pipeline, "lambda_launch_emr");
    let allowed = role.statements.iter().filter(|one| one.effect == Effect::Allow);
    let services: Vec<_> = allowed.flat_map(|one| &one.actions).map(|one| &one[..4]).collect();
    assert!(services.iter().all(|service| ["logs", "ec2:"].contains(service)), "{services:?}");
}

#[test]
fn clean_up_sees_whose_cluster_is_in_use_and_tells_of_failures() {
    let pipeline = sample::pipeline();
    let allows = |purpose: &str, action: &str, resource: String| {
        let statements = role(&pipeline, purpose).statements;
        let named = |texts: &[String], text: &str| texts.iter().any(|found| found == text);
        statements.iter().any(|s| named(&s.actions, action) && named(&s.resources, &resource))
    };
    let state = pipeline.object_arn(&pipeline.state_key());
    assert!(allows("lambda_stop_orphan_clusters", "s3:GetObject", state));
    assert!(allows("lambda_report_failed_execution", "sns:Publish", pipeline.topic_arn()));
}

#[test]
fn the_client_of_the_release_marks_its_folders() {
    let mut pipeline = sample::pipeline();
    let markers = |pipeline: &Pipeline| {
        named(&role(pipeline, "emr-nodes").statements, "MarkFolders").resources.clone()
    };
    assert!(markers(&pipeline).iter().all(|arn| arn.ends_with('/')));
    pipeline.cluster.release = "emr-7.9.0".to_owned();
    assert!(markers(&pipeline).iter().all(|arn| arn.ends_with("_$folder$")));
}

#[test]
fn nodes_write_partitions_of_prod_and_of_rejected_rows_only() {
    let role = role(&sample::pipeline(), "emr-nodes");
    let write = named(&role.statements, "WritePartitions");
    let tables: Vec<_> =
        write.resources.iter().filter_map(|arn| arn.split_once(":table/")).collect();
    let tables: Vec<_> = tables.into_iter().map(|(_, table)| table).collect();
    let expected =
        ["stg_dimension_db/*_rejected", "stg_fact_db/*_rejected", "dimension_db/*", "fact_db/*"];
    assert_eq!(tables, expected);
}

#[test]
fn a_thousand_tables_take_no_more_room_than_one() {
    let mut pipeline = sample::pipeline();
    let machines = workflow::compile(&pipeline).unwrap();
    let few = policies_with(&pipeline, &machines);
    pipeline.tables.extend((0..1_000).map(|n| sample::dimension(&format!("table_{n}"))));
    assert_eq!(policies_with(&pipeline, &machines), few);
}

#[test]
fn analysts_read_data_only_through_athena() {
    let role = role(&sample::pipeline(), "analyst");
    let s3 = |one: &&Statement| one.actions.iter().any(|action| action.starts_with("s3:"));
    for statement in role.statements.iter().filter(s3) {
        let called_via =
            &statement.to_json()["Condition"]["ForAnyValue:StringEquals"]["aws:CalledVia"];
        assert_eq!(called_via, "athena.amazonaws.com", "{}", statement.sid);
    }
}

#[test]
fn landing_is_put_from_outside_only_where_a_group_says_so() {
    let mut pipeline = sample::pipeline();
    let data = |pipeline: &Pipeline| {
        let policy = bucket_policy(pipeline, "");
        named(&policy, "DataOnlyFromVpcEndpoint").resources.clone()
    };
    let landing = pipeline.object_arn("data-workflows/landing/DWH/*");
    assert!(data(&pipeline).contains(&landing));
    let crm = "arn:aws:iam::444455556666:role/crm";
    let other = "vpce-0123456789abcdef0";
    pipeline.groups[2].from =
        vec![WritesFrom::Vpc, WritesFrom::Endpoint(other.into()), WritesFrom::Role(crm.into())];
    assert!(!data(&pipeline).contains(&landing));
    let policy = bucket_policy(&pipeline, "");
    let put = named(&policy, "LandingPutFromKnownPlaces");
    assert_eq!(put.conditions[0].values, ["${S3EndpointId}", other]);
    assert!(put.conditions[1].values.contains(&crm.to_owned()));
    let rest = named(&policy, "LandingOnlyFromVpcEndpoint");
    assert!(rest.actions.contains(&"s3:GetObject*".to_owned()));
    assert!(rest.actions.contains(&"s3:PutObject?*".to_owned()));
    assert_eq!(rest.conditions[0].values, ["${S3EndpointId}"]);
    let allow = named(&policy, "LandingWritersOutside");
    assert_eq!(allow.actions, ["s3:AbortMultipartUpload", "s3:PutObject"]);
    assert_eq!(allow.resources, [landing]);
}

#[test]
fn readers_decrypt_and_writers_encrypt_with_the_own_key() {
    let mut pipeline = sample::pipeline();
    pipeline.workarea.encryption = Encryption::Own;
    let key = |purpose: &str| {
        let role = role(&pipeline, purpose);
        let grant = role.statements.iter().find(|one| one.sid == "UseDataKey");
        grant.map(|one| one.actions.clone()).unwrap_or_default()
    };
    assert_eq!(key("lambda_check_duplicate_emr"), ["kms:Decrypt"]);
    assert_eq!(key("lambda_write_state_info_to_s3"), ["kms:Decrypt", "kms:GenerateDataKey"]);
    assert_eq!(key("landing_writer"), ["kms:Decrypt", "kms:GenerateDataKey"]);
    assert_eq!(key("emr-nodes"), ["kms:Decrypt", "kms:GenerateDataKey"]);
    assert_eq!(key("lambda_send_msg_sns"), [""; 0]);
    assert_eq!(key("machine-Master"), [""; 0]);
}

#[test]
fn services_assume_roles_only_for_this_pipeline() {
    let pipeline = sample::pipeline();
    let source = |purpose: &str| {
        let trust = role(&pipeline, purpose).trust[0].to_json();
        (
            trust["Principal"]["Service"].clone(),
            trust["Condition"]["ArnLike"]["aws:SourceArn"].clone(),
        )
    };
    let arn = |service: &str, rest: &str| {
        json!(format!("arn:aws:{service}:eu-central-1:123456789012:{rest}"))
    };
    let scheduler =
        (json!("scheduler.amazonaws.com"), arn("scheduler", "schedule-group/data_pipeline"));
    assert_eq!(source("scheduler"), scheduler);
    let master = arn("states", "stateMachine:data_pipeline_v2.0_Master");
    assert_eq!(source("machine-Master"), (json!("states.amazonaws.com"), master));
}

#[test]
fn permission_sets_are_told_by_the_names_of_their_roles() {
    let pipeline = variants().pop().unwrap();
    let trust = role(&pipeline, "data_engineer").trust;
    let principals = &trust[1].conditions[0].values;
    assert!(principals[0].ends_with("/sso.amazonaws.com/AWSReservedSSO_Engineer_????????????????"));
}

#[test]
fn a_group_reads_no_results_but_its_own() {
    let pipeline = sample::pipeline();
    for group in pipeline.groups.iter().filter(|group| group.queries()) {
        let role = role(&pipeline, group.name.as_str());
        let name = format!("workgroup/data_pipeline-{}", group.name);
        assert_eq!(named(&role.statements, "Query").resources, [pipeline.arn("athena", &name)]);
        let own = pipeline.object_arn(&format!("athena-results/{}/*", group.name));
        assert_eq!(named(&role.statements, "KeepResults").resources, [own]);
    }
}
