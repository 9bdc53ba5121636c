//! Who publishes to the topic that subscribers hear, and who uses its key for that.

use crate::aws::service;
use crate::diagnostic::Span;
use crate::model::{Capability, Lambda, Pipeline};

use super::{Principal, Statement};

const WHOLE_KEY: &str = "in the policy of a key, `*` is the key";

const ENCRYPT: [&str; 2] = ["kms:Decrypt", "kms:GenerateDataKey*"];

/// Returns the policy of the topic's key; `rules` are the ARNs of rules that publish themselves. `alias/aws/sns` would not do:
/// its policy lets no `CloudWatch` alarm through.
pub(crate) fn key_policy(pipeline: &Pipeline, rules: &[String]) -> Vec<Statement> {
    let administer = Statement::allow_anywhere("AccountAdministers", &["kms:*"], WHOLE_KEY)
        .to(Principal::Aws(vec![pipeline.root_arn()]));
    let encrypt = |sid: &str| Statement::allow_anywhere(sid, &ENCRYPT, WHOLE_KEY);
    let alarms = from_alarms(pipeline, encrypt("AlarmsPublish"));
    let mut statements = vec![administer, alarms];
    let roles: Vec<_> = publishers(pipeline).collect();
    if !roles.is_empty() {
        let host = service::host(&pipeline.environment.region, "sns");
        let functions = encrypt("FunctionsPublish").to(Principal::Aws(roles));
        statements.push(functions.when("StringEquals", "kms:ViaService", [host]));
    }
    if !rules.is_empty() {
        // EventBridge sends no source account to KMS, and a condition on it would lose every message (SNS developer guide,
        // "Key management", compatibility with event sources).
        let events = Principal::Service("events.amazonaws.com".to_owned());
        statements.push(encrypt("FailureRulePublishes").to(events));
    }
    told(statements)
}

/// Returns the policy of the topic.
pub(crate) fn policy(pipeline: &Pipeline, rules: &[String]) -> Vec<Statement> {
    let publish = |sid: &str| Statement::allow(sid, &["sns:Publish"], [pipeline.topic_arn()]);
    let tls = Statement::deny("TlsOnly", &["sns:Publish"], [pipeline.topic_arn()])
        .to(Principal::Everyone)
        .when("Bool", "aws:SecureTransport", ["false"]);
    let mut statements = vec![tls, from_alarms(pipeline, publish("AlarmsPublish"))];
    if !rules.is_empty() {
        let events = Principal::Service("events.amazonaws.com".to_owned());
        let rule = publish("FailureRulePublishes").to(events);
        statements.push(rule.when("ArnEquals", "aws:SourceArn", rules));
    }
    told(statements)
}

fn told(statements: Vec<Statement>) -> Vec<Statement> {
    statements.into_iter().map(|one| one.from("subscribers", Span::default())).collect()
}

fn from_alarms(pipeline: &Pipeline, statement: Statement) -> Statement {
    statement
        .to(Principal::Service("cloudwatch.amazonaws.com".to_owned()))
        .when("StringEquals", "aws:SourceAccount", [&pipeline.environment.account])
        .when("ArnLike", "aws:SourceArn", [pipeline.alarms_arn()])
}

/// Returns the roles of the Lambdas that publish; they are there, since the stack of the identities comes first.
fn publishers(pipeline: &Pipeline) -> impl Iterator<Item = String> {
    let publishes = |lambda: &&Lambda| {
        let words = [Capability::PublishMessage, Capability::ReportFailures];
        words.iter().any(|word| lambda.can.contains(word))
    };
    let lambdas = pipeline.lambdas.iter().filter(publishes);
    lambdas.map(|lambda| pipeline.role_arn(lambda.name.as_str()))
}
