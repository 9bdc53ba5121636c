//! What must be true after a deploy, read from the templates: what CloudFormation calls complete is looked at once more.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Stack, Wanted};
use crate::diagnostic::FileId;
use crate::yaml;

/// Something that must be true.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Expectation {
    /// An alias of a function runs this archive.
    Code {
        /// The function's name.
        function: String,
        /// The alias.
        alias: String,
        /// The SHA-256 of the archive in hexadecimal digits.
        sha256: String,
    },
    /// A schedule is on, or off.
    Schedule {
        /// Its group.
        group: String,
        /// Its name.
        name: String,
        /// Whether it is on.
        enabled: bool,
    },
    /// The policy of a bucket has these statements.
    Policy {
        /// The bucket's name.
        bucket: String,
        /// Their ids.
        sids: BTreeSet<String>,
    },
    /// All who are told by e-mail have confirmed that.
    Confirmed {
        /// The topic's ARN.
        topic: String,
    },
}

/// Returns what must be true once a stack is deployed; what follows only from values of the deployment is left out.
pub fn expected(wanted: &Wanted, stack: &Stack) -> Vec<Expectation> {
    let template = template(&stack.body);
    let template = Template { wanted, whole: &template };
    let found = resources(template.whole).filter_map(|(_, resource)| {
        let properties = &resource["Properties"];
        match resource["Type"].as_str()? {
            "AWS::Lambda::Alias" => template.code(properties),
            "AWS::Scheduler::Schedule" => template.schedule(properties),
            "AWS::S3::BucketPolicy" => template.policy(properties),
            "AWS::SNS::Subscription" => template.confirmed(properties),
            _ => None,
        }
    });
    let mut all: Vec<Expectation> = Vec::new();
    for one in found {
        // Two who subscribe to a topic are one question.
        if !all.contains(&one) {
            all.push(one);
        }
    }
    all
}

/// Returns the ARNs of the state machines that no other one starts.
pub fn machines(wanted: &Wanted) -> Vec<String> {
    let templates: Vec<_> = wanted.stacks.iter().map(|stack| template(&stack.body)).collect();
    let resources = templates.iter().flat_map(resources);
    let machines: Vec<_> = resources
        .map(|(_, resource)| resource)
        .filter(|one| one["Type"] == "AWS::StepFunctions::StateMachine")
        .filter_map(|one| Some((one["Properties"]["StateMachineName"].as_str()?, one.to_string())))
        .map(|(name, text)| (arn(wanted, "states", &format!("stateMachine:{name}")), text))
        .collect();
    // One name can be the start of another, so the quote that ends it counts.
    let starts = |text: &str, arn: &str| text.contains(&format!("{arn}\""));
    let is_first = |own: &str| machines.iter().all(|(arn, text)| arn == own || !starts(text, own));
    machines.iter().map(|(arn, _)| arn.clone()).filter(|arn| is_first(arn)).collect()
}

/// Returns the actions that the role of CloudFormation needs and does not have; both templates are of the bootstrap stack.
pub fn lacking(deployed: &str, wanted: &str) -> BTreeSet<String> {
    &actions(&template(wanted)) - &actions(&template(deployed))
}

/// Returns the logical ids of what stays when a stack with this template is deleted.
pub fn retained(body: &str) -> BTreeSet<String> {
    let template = template(body);
    let policy = |resource: &Value| resource["DeletionPolicy"].as_str().map(str::to_owned);
    let stays = |resource| policy(resource).is_some_and(|policy| policy.starts_with("Retain"));
    let own = resources(&template).filter(|(_, resource)| stays(resource));
    own.map(|(id, _)| id.clone()).collect()
}

fn actions(template: &Value) -> BTreeSet<String> {
    let own = resources(template).filter(|(id, _)| id.starts_with("Execution"));
    let policies = own.flat_map(|(_, resource)| {
        let properties = &resource["Properties"];
        let inline = list(&properties["Policies"]).iter().map(|policy| &policy["PolicyDocument"]);
        inline.chain([&properties["PolicyDocument"]]).collect::<Vec<_>>()
    });
    let statements = policies.flat_map(|policy| list(&policy["Statement"]));
    let allow = statements.filter(|statement| statement["Effect"] == "Allow");
    let actions = allow.flat_map(|statement| list(&statement["Action"]));
    actions.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// In policies one thing may stand for a list of one.
fn list(value: &Value) -> &[Value] {
    match value {
        Value::Null => &[],
        Value::Array(all) => all,
        one => std::slice::from_ref(one),
    }
}

struct Template<'a> {
    wanted: &'a Wanted,
    whole: &'a Value,
}

impl Template<'_> {
    /// Returns a text, or the name of the resource that a `Ref` means.
    fn name<'t>(&'t self, value: &'t Value, property: &str) -> Option<&'t str> {
        match value["Ref"].as_str() {
            Some(id) => self.whole["Resources"][id]["Properties"][property].as_str(),
            None => value.as_str(),
        }
    }

    fn code(&self, alias: &Value) -> Option<Expectation> {
        let function = self.name(&alias["FunctionName"], "FunctionName")?;
        let own = |one: &&Value| one["Properties"]["FunctionName"] == function;
        let mut own = resources(self.whole).map(|(_, resource)| resource).filter(own);
        let key = own.find_map(|one| one["Properties"]["Code"]["S3Key"].as_str())?;
        let asset = self.wanted.assets.iter().find(|asset| asset.key == key)?;
        Some(Expectation::Code {
            function: function.to_owned(),
            alias: alias["Name"].as_str()?.to_owned(),
            sha256: asset.sha256.clone(),
        })
    }

    fn schedule(&self, schedule: &Value) -> Option<Expectation> {
        Some(Expectation::Schedule {
            group: self.name(&schedule["GroupName"], "Name").unwrap_or("default").to_owned(),
            name: schedule["Name"].as_str()?.to_owned(),
            enabled: schedule["State"] != "DISABLED",
        })
    }

    fn policy(&self, policy: &Value) -> Option<Expectation> {
        let bucket = self.name(&policy["Bucket"], "BucketName")?;
        if bucket != self.wanted.workarea_bucket {
            return None;
        }
        let statements = list(&policy["PolicyDocument"]["Statement"]);
        let sids = statements.iter().filter_map(|one| one["Sid"].as_str());
        let sids = sids.map(str::to_owned).collect();
        Some(Expectation::Policy { bucket: bucket.to_owned(), sids })
    }

    fn confirmed(&self, subscription: &Value) -> Option<Expectation> {
        let protocol = subscription["Protocol"].as_str()?;
        if !protocol.starts_with("email") {
            return None;
        }
        let topic = self.name(&subscription["TopicArn"], "TopicName")?;
        let is_arn = topic.starts_with("arn:");
        let topic = if is_arn { topic.to_owned() } else { arn(self.wanted, "sns", topic) };
        Some(Expectation::Confirmed { topic })
    }
}

fn arn(wanted: &Wanted, service: &str, resource: &str) -> String {
    let partition = wanted.execution_role.split(':').nth(1).unwrap_or("aws");
    format!("arn:{partition}:{service}:{}:{}:{resource}", wanted.region, wanted.account)
}

fn template(body: &str) -> Value {
    yaml::read(body, FileId::default()).map(|node| node.to_json()).unwrap_or_default()
}

fn resources(template: &Value) -> impl Iterator<Item = (&String, &Value)> {
    template["Resources"].as_object().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const BODY: &str = r#"
Resources:
  Load:
    Type: AWS::Lambda::Function
    Properties: {FunctionName: load, Code: {S3Key: assets/abc.zip}}
  LoadAlias:
    Type: AWS::Lambda::Alias
    Properties: {Name: live, FunctionName: !Ref Load}
  Group:
    Type: AWS::Scheduler::ScheduleGroup
    Properties: {Name: nightly}
  Start:
    Type: AWS::Scheduler::Schedule
    Properties: {Name: start, GroupName: !Ref Group, State: ENABLED}
  Topic:
    Type: AWS::SNS::Topic
    Properties: {TopicName: news}
  Mail:
    Type: AWS::SNS::Subscription
    Properties: {TopicArn: !Ref Topic, Protocol: email, Endpoint: a@example.org}
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties: {Bucket: data, PolicyDocument: {Statement: [{Sid: TlsOnly}]}}
  Master:
    Type: AWS::StepFunctions::StateMachine
    Properties: {StateMachineName: run, Definition: {Arn: "arn:aws:states:r:1:stateMachine:run.part"}}
  Part:
    Type: AWS::StepFunctions::StateMachine
    Properties: {StateMachineName: run.part, Definition: {}}
"#;

    fn wanted() -> Wanted {
        let stack = json!({
            "name": "s", "stack_name": "p-s", "template": "s", "sha256": "", "protected": false,
            "after": [], "parameters": {},
        });
        let asset = json!({
            "path": "a", "bucket": "artifacts", "key": "assets/abc.zip", "sha256": "abc",
        });
        let whole = json!({
            "format": 1, "pipeline": "p", "environment": "dev", "account": "1", "region": "r",
            "workarea_bucket": "data", "artifact_bucket": "code", "tags": {}, "deployer_role": "",
            "execution_role": "arn:aws:iam::1:role/x", "bootstrap": null, "stacks": [stack],
            "assets": [asset],
        });
        let mut wanted: Wanted = serde_json::from_value(whole).unwrap();
        BODY.clone_into(&mut wanted.stacks[0].body);
        wanted
    }

    #[test]
    fn a_template_tells_what_must_be_true() {
        let wanted = wanted();
        let text = |text: &str| text.to_owned();
        let [function, alias, sha256] = ["load", "live", "abc"].map(text);
        let (group, name) = (text("nightly"), text("start"));
        assert_eq!(
            expected(&wanted, &wanted.stacks[0]),
            [
                Expectation::Code { function, alias, sha256 },
                Expectation::Schedule { group, name, enabled: true },
                Expectation::Confirmed { topic: text("arn:aws:sns:r:1:news") },
                Expectation::Policy { bucket: text("data"), sids: [text("TlsOnly")].into() },
            ]
        );
    }

    #[test]
    fn the_machine_that_no_other_starts_is_the_first() {
        assert_eq!(machines(&wanted()), ["arn:aws:states:r:1:stateMachine:run"]);
    }

    #[test]
    fn what_stays_is_what_the_template_retains() {
        let body = "Resources: {A: {DeletionPolicy: Retain}, B: {}, C: {DeletionPolicy: RetainExceptOnCreate}}";
        assert_eq!(retained(body), ["A".to_owned(), "C".to_owned()].into());
    }

    #[test]
    fn rights_that_an_older_bootstrap_lacks_are_found() {
        let body = |actions: &str| {
            format!(
                "Resources: {{ExecutionData: {{Properties: {{PolicyDocument: {{Statement: [{{Effect: Allow, Action: {actions}}}]}}}}}}}}"
            )
        };
        let lacking = lacking(&body("s3:CreateBucket"), &body("[s3:CreateBucket, sns:Publish]"));
        assert_eq!(lacking, ["sns:Publish".to_owned()].into());
    }
}
