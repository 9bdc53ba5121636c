//! The topic that subscribers hear, its key, and who may publish to it.

use serde_json::{Value, json};

use crate::diagnostic::Span;
use crate::hash;
use crate::model::{Capability, Lambda, Pipeline};
use crate::template::{Resource, Template, attribute, reference, tags};

use super::{alarms, failures};

/// The logical id of the topic.
pub(super) const TOPIC: &str = "Topic";

const KEY: &str = "TopicKey";

/// Adds the topic with its key, its policy and its subscriptions.
pub(super) fn add(template: &mut Template, pipeline: &Pipeline) {
    let span = Span::default();
    template.add(KEY, Resource::new("AWS::KMS::Key", span, key(pipeline)));
    let alias = json!({
        "AliasName": format!("alias/{}", pipeline.own_name("topic")),
        "TargetKeyId": reference(KEY),
    });
    template.add("TopicKeyAlias", Resource::new("AWS::KMS::Alias", span, alias));
    let topic = json!({
        "TopicName": pipeline.named(pipeline.name.as_str()),
        "KmsMasterKeyId": reference(KEY),
        "Tags": tags(pipeline),
    });
    template.add(TOPIC, Resource::new("AWS::SNS::Topic", span, topic));
    let policy = json!({"Topics": [reference(TOPIC)], "PolicyDocument": policy(pipeline)});
    template.add("TopicPolicy", Resource::new("AWS::SNS::TopicPolicy", span, policy));
    for subscriber in &pipeline.subscribers {
        subscription(template, subscriber);
    }
}

/// A resource of its own: a subscription inside the topic's properties stays when it is taken out there.
fn subscription(template: &mut Template, subscriber: &str) {
    let id = format!("Subscription{}", hash::short(subscriber.as_bytes()));
    let properties =
        json!({"TopicArn": reference(TOPIC), "Protocol": "email", "Endpoint": subscriber});
    template.add(id, Resource::new("AWS::SNS::Subscription", Span::default(), properties));
}

/// The key guards messages on their way only, so it may go with the stack. `alias/aws/sns` would not do: its policy lets
/// no CloudWatch alarm through.
fn key(pipeline: &Pipeline) -> Value {
    json!({
        "Description": format!("Messages of {}", pipeline.name),
        "EnableKeyRotation": true,
        "PendingWindowInDays": 7,
        "KeyPolicy": {"Version": "2012-10-17", "Statement": key_statements(pipeline)},
        "Tags": tags(pipeline),
    })
}

fn key_statements(pipeline: &Pipeline) -> Vec<Value> {
    let mut statements = vec![json!({
        "Sid": "AccountAdministers",
        "Effect": "Allow",
        "Principal": {"AWS": pipeline.root_arn()},
        "Action": "kms:*",
        "Resource": "*",
    })];
    let encrypt = |sid: &str, principal: Value| {
        json!({
            "Sid": sid,
            "Effect": "Allow",
            "Principal": principal,
            "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
            "Resource": "*",
        })
    };
    let mut alarms = encrypt("AlarmsPublish", json!({"Service": "cloudwatch.amazonaws.com"}));
    alarms["Condition"] = from_alarms(pipeline);
    statements.push(alarms);
    let roles = publishers(pipeline);
    if !roles.is_empty() {
        let mut functions = encrypt("FunctionsPublish", json!({"AWS": roles}));
        functions["Condition"] = json!({"StringEquals": {"kms:ViaService": sns_host(pipeline)}});
        statements.push(functions);
    }
    if failures::reporter(pipeline).is_none() {
        // EventBridge sends no source account to KMS, and a condition on it would lose every message (SNS developer guide,
        // "Key management", compatibility with event sources).
        statements
            .push(encrypt("FailureRulePublishes", json!({"Service": "events.amazonaws.com"})));
    }
    statements
}

fn sns_host(pipeline: &Pipeline) -> String {
    let place = &pipeline.environment;
    format!("sns.{}.{}", place.region, place.partition.dns_suffix())
}

/// Returns the roles of the Lambdas that publish; they are there, since the stack of the identities comes first.
fn publishers(pipeline: &Pipeline) -> Vec<String> {
    let publishes = |lambda: &&Lambda| {
        let words = [Capability::PublishMessage, Capability::ReportFailures];
        words.iter().any(|word| lambda.can.contains(word))
    };
    let lambdas = pipeline.lambdas.iter().filter(publishes);
    lambdas.map(|lambda| pipeline.role_arn(lambda.name.as_str())).collect()
}

fn policy(pipeline: &Pipeline) -> Value {
    let publish = |sid: &str, service: &str, condition: Value| {
        json!({
            "Sid": sid,
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "sns:Publish",
            "Resource": reference(TOPIC),
            "Condition": condition,
        })
    };
    let mut statements = vec![
        json!({
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sns:Publish",
            "Resource": reference(TOPIC),
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }),
        publish("AlarmsPublish", "cloudwatch.amazonaws.com", from_alarms(pipeline)),
    ];
    if failures::reporter(pipeline).is_none() {
        let rules: Vec<_> =
            failures::rule_ids(pipeline).iter().map(|rule| attribute(rule, "Arn")).collect();
        let condition = json!({"ArnEquals": {"aws:SourceArn": rules}});
        statements.push(publish("FailureRulePublishes", "events.amazonaws.com", condition));
    }
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn from_alarms(pipeline: &Pipeline) -> Value {
    json!({
        "StringEquals": {"aws:SourceAccount": pipeline.environment.account},
        "ArnLike": {"aws:SourceArn": alarms::arns(pipeline)},
    })
}
