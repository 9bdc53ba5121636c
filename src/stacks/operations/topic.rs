//! The topic that subscribers hear, with its key and its policy.

use serde_json::{Value, json};

use crate::diagnostic::Span;
use crate::hash;
use crate::model::Pipeline;
use crate::permissions::{self, document};
use crate::template::{Resource, Template, reference, tags};

use super::failures;

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
    let statements = permissions::topic_policy(pipeline, &rules(pipeline));
    let policy = json!({"Topics": [reference(TOPIC)], "PolicyDocument": document(&statements)});
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

/// The key guards messages on their way only, so it may go with the stack.
fn key(pipeline: &Pipeline) -> Value {
    json!({
        "Description": format!("Messages of {}", pipeline.name),
        "EnableKeyRotation": true,
        "PendingWindowInDays": 7,
        "KeyPolicy": document(&permissions::topic_key_policy(pipeline, &rules(pipeline))),
        "Tags": tags(pipeline),
    })
}

/// Returns the rules that publish themselves, where no Lambda reports failures.
fn rules(pipeline: &Pipeline) -> Vec<String> {
    match failures::reporter(pipeline) {
        Some(_) => Vec::new(),
        None => failures::rule_names(pipeline).iter().map(|name| pipeline.rule_arn(name)).collect(),
    }
}
