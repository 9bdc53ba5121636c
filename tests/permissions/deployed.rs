//! The policies of the emitted templates, with a well-formed value for all that exists only after creation.

use std::collections::BTreeMap;
use std::path::Path;

use pipeline::model::Pipeline;
use serde_json::{Map, Value};

use crate::case::read;

/// The VPC that the network stack makes or finds.
pub(crate) const VPC: &str = "vpc-00000000000000001";
/// Its S3 endpoint.
pub(crate) const S3_ENDPOINT: &str = "vpce-00000000000000001";

/// All policies.
#[derive(Clone)]
pub(crate) struct Deployed {
    pub(crate) policies: Vec<Policy>,
}

/// One policy, and what it belongs to.
#[derive(Clone)]
pub(crate) struct Policy {
    pub(crate) of: Of,
    pub(crate) document: Value,
    /// Whether the bootstrap stack holds it.
    pub(crate) made: bool,
}

/// What a policy belongs to.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Of {
    /// What a role may do.
    Role(String),
    /// The most that a role may do, whatever its own policies allow.
    Boundary(String),
    /// Who may assume a role.
    Trust(String),
    /// What members of an IAM group may do.
    Group(String),
    /// Who may use a bucket, a key, a topic or a function.
    Resource(String),
    /// What may pass through the VPC's endpoint of a service.
    Endpoint(String),
}

impl Deployed {
    /// Reads the templates in a folder.
    pub(crate) fn read(folder: &Path, pipeline: &Pipeline) -> Self {
        let manifest = read(&folder.join("manifest.json"));
        let bootstrap = folder.join("bootstrap.template.json");
        let bootstrap = if bootstrap.exists() { read(&bootstrap) } else { Value::Null };
        let before = Stack { template: &bootstrap, pipeline, bounds: &BTreeMap::new() };
        let bounds = before.managed();
        let before = Stack { bounds: &bounds, ..before };
        let mut policies = before.all();
        for policy in &mut policies {
            policy.made = true;
        }
        if let Some(document) = pipeline.boundary_arn().and_then(|arn| bounds.get(&arn)) {
            let of = Of::Boundary(crate::principal::rogue(pipeline));
            policies.push(Policy { of, document: document.clone(), made: true });
        }
        for stack in manifest["stacks"].as_array().expect("a manifest has stacks") {
            let file = stack["template"].as_str().expect("a stack has a template");
            let template = read(&folder.join(file));
            policies.extend(Stack { template: &template, pipeline, bounds: &bounds }.all());
        }
        Self { policies }
    }

    /// Returns the documents that belong to something.
    pub(crate) fn of<'a>(&'a self, wanted: &'a Of) -> impl Iterator<Item = &'a Value> {
        self.policies.iter().filter(move |one| one.of == *wanted).map(|one| &one.document)
    }

    /// Returns the ARNs of the roles of the stacks.
    pub(crate) fn roles(&self) -> impl Iterator<Item = &str> {
        self.trusting(false)
    }

    /// Returns the ARNs of the roles that the bootstrap stack makes.
    pub(crate) fn made_roles(&self) -> impl Iterator<Item = &str> {
        self.trusting(true)
    }

    fn trusting(&self, made: bool) -> impl Iterator<Item = &str> {
        let policies = self.policies.iter().filter(move |one| one.made == made);
        policies.filter_map(|one| match &one.of {
            Of::Trust(role) => Some(role.as_str()),
            _ => None,
        })
    }

    /// Tells whether the VPC has an endpoint of a service with a policy of ours.
    pub(crate) fn has_endpoint(&self, service: &str) -> bool {
        self.of(&Of::Endpoint(service.to_owned())).next().is_some()
    }
}

struct Stack<'a> {
    template: &'a Value,
    pipeline: &'a Pipeline,
    /// Permissions boundaries by ARN.
    bounds: &'a BTreeMap<String, Value>,
}

impl Stack<'_> {
    /// Returns the managed policies by ARN.
    fn managed(&self) -> BTreeMap<String, Value> {
        let resources = self.template["Resources"].as_object().into_iter().flatten();
        let managed = resources.filter(|(_, one)| one["Type"] == "AWS::IAM::ManagedPolicy");
        let read = managed.map(|(id, one)| {
            let document = self.resolve(&one["Properties"]["PolicyDocument"]);
            (self.value(id), document)
        });
        read.collect()
    }

    /// Returns all policies of the stack.
    fn all(&self) -> Vec<Policy> {
        let resources = self.template["Resources"].as_object().into_iter().flatten();
        resources.flat_map(|(id, resource)| self.policies(id, resource)).collect()
    }

    /// Returns the policies that a resource holds; any other place for a policy is unknown here and must be added.
    fn policies(&self, id: &str, resource: &Value) -> Vec<Policy> {
        let properties = self.resolve(&resource["Properties"]);
        let document =
            |of, key: &str| Policy { of, document: properties[key].clone(), made: false };
        match resource["Type"].as_str().expect("a resource has a type") {
            "AWS::IAM::Role" => self.role(&properties),
            "AWS::IAM::Group" => {
                let name = properties["GroupName"].as_str().expect("our groups have names");
                let of = Of::Group(self.pipeline.iam_arn(&format!("group/{name}")));
                inline(&of, &properties)
            }
            "AWS::S3::BucketPolicy" => {
                let bucket = properties["Bucket"].as_str().expect("a bucket is named");
                vec![document(Of::Resource(self.bucket_arn(bucket)), "PolicyDocument")]
            }
            "AWS::KMS::Key" => vec![document(Of::Resource(self.key_arn(id)), "KeyPolicy")],
            "AWS::SNS::TopicPolicy" => {
                let topic = properties["Topics"][0].as_str().expect("a topic is named").to_owned();
                vec![document(Of::Resource(topic), "PolicyDocument")]
            }
            "AWS::EC2::VPCEndpoint" => {
                let service = properties["ServiceName"].as_str().expect("an endpoint has one");
                let service = service.rsplit('.').next().expect("a name has a last part");
                vec![document(Of::Endpoint(service.to_owned()), "PolicyDocument")]
            }
            "AWS::Lambda::Permission" => vec![function(&properties)],
            "AWS::IAM::ManagedPolicy" => Vec::new(),
            kind => {
                let text = properties.to_string();
                assert!(!text.contains("\"Statement\""), "{id}: {kind} holds a policy unseen here");
                Vec::new()
            }
        }
    }

    fn role(&self, properties: &Value) -> Vec<Policy> {
        let name = properties["RoleName"].as_str().expect("our roles have names");
        let arn = self.pipeline.iam_arn(&format!("role/{name}"));
        let mut policies = inline(&Of::Role(arn.clone()), properties);
        for attached in properties["ManagedPolicyArns"].as_array().into_iter().flatten() {
            let document = attached.as_str().and_then(|arn| self.bounds.get(arn));
            let document = document.unwrap_or_else(|| panic!("{name}: whose is {attached}?"));
            policies.push(Policy {
                of: Of::Role(arn.clone()),
                document: document.clone(),
                made: false,
            });
        }
        if let Some(bound) = properties["PermissionsBoundary"].as_str() {
            // One that somebody else made is not here to be read; it can only take away.
            if let Some(document) = self.bounds.get(bound) {
                policies.push(Policy {
                    of: Of::Boundary(arn.clone()),
                    document: document.clone(),
                    made: false,
                });
            } else {
                assert!(!bound.contains("policy/gen-boundary"), "{name}: no {bound}");
            }
        }
        let trust = properties["AssumeRolePolicyDocument"].clone();
        policies.push(Policy { of: Of::Trust(arn), document: trust, made: false });
        policies
    }

    /// Fills in what CloudFormation does.
    fn resolve(&self, value: &Value) -> Value {
        match value {
            Value::Array(items) => items.iter().map(|item| self.resolve(item)).collect(),
            Value::Object(map) => self.call(map).unwrap_or_else(|| {
                map.iter().map(|(key, item)| (key.clone(), self.resolve(item))).collect()
            }),
            other => other.clone(),
        }
    }

    fn call(&self, map: &Map<String, Value>) -> Option<Value> {
        let (name, argument) = map.iter().next().filter(|_| map.len() == 1)?;
        let text = match (name.as_str(), argument) {
            ("Ref" | "Fn::GetAtt", Value::String(name)) => self.value(name),
            ("Fn::GetAtt", Value::Array(path)) => {
                let path: Vec<_> = path.iter().filter_map(Value::as_str).collect();
                self.value(&path.join("."))
            }
            ("Fn::Sub", Value::String(text)) => self.substitute(text),
            _ => return None,
        };
        Some(text.into())
    }

    fn substitute(&self, text: &str) -> String {
        match text.split_once("${") {
            None => text.to_owned(),
            Some((before, rest)) => {
                let (name, after) = rest.split_once('}').expect("a binding ends");
                format!("{before}{}{}", self.value(name), self.substitute(after))
            }
        }
    }

    /// Returns what stands for a parameter, a resource, or an attribute of one.
    fn value(&self, name: &str) -> String {
        let place = &self.pipeline.environment;
        let (id, attribute) = name.split_once('.').unwrap_or((name, ""));
        let resource = &self.template["Resources"][id];
        let property = |key: &str| resource["Properties"][key].as_str().unwrap_or_default();
        match (resource["Type"].as_str(), attribute) {
            (None, _) if name == "AWS::Partition" => place.partition.id().to_owned(),
            (None, _) => parameter(self.pipeline, name),
            (Some("AWS::SNS::Topic"), "") => self.pipeline.arn("sns", property("TopicName")),
            (Some("AWS::S3::Bucket"), "") => property("BucketName").to_owned(),
            (Some("AWS::S3::Bucket"), "Arn") => self.bucket_arn(property("BucketName")),
            (Some("AWS::KMS::Key"), "Arn") => self.key_arn(id),
            (Some("AWS::IAM::ManagedPolicy"), "") => {
                self.pipeline.iam_arn(&format!("policy/{}", property("ManagedPolicyName")))
            }
            (Some("AWS::Events::Rule"), "Arn") => {
                self.pipeline.arn("events", &format!("rule/{}", property("Name")))
            }
            _ => format!("{id}.{attribute}"),
        }
    }

    fn bucket_arn(&self, bucket: &str) -> String {
        format!("arn:{}:s3:::{bucket}", self.pipeline.environment.partition.id())
    }

    fn key_arn(&self, id: &str) -> String {
        self.pipeline.arn("kms", &format!("key/{id}"))
    }
}

/// Returns what stands for a parameter of a template, a value that another stack hands over.
pub(crate) fn parameter(pipeline: &Pipeline, name: &str) -> String {
    match name {
        "VpcId" => VPC.to_owned(),
        "S3EndpointId" => S3_ENDPOINT.to_owned(),
        "DataKeyArn" => pipeline.arn("kms", "key/DataKey"),
        name if name.starts_with("PrivateSubnetId") => {
            format!("subnet-0000000000000000{}", &name["PrivateSubnetId".len()..])
        }
        name if name.ends_with("SecurityGroupId") => format!("sg-{}", name.to_lowercase()),
        name => name.to_owned(),
    }
}

fn inline(of: &Of, properties: &Value) -> Vec<Policy> {
    let policies = properties["Policies"].as_array().into_iter().flatten();
    let documents = policies.map(|policy| policy["PolicyDocument"].clone());
    documents.map(|document| Policy { of: of.clone(), document, made: false }).collect()
}

/// A permission is a statement of the function's own policy (Lambda developer guide, "Viewing resource-based IAM policies").
fn function(properties: &Value) -> Policy {
    let arn = properties["FunctionName"].as_str().expect("a permission names an ARN");
    let source = &properties["SourceArn"];
    let document = serde_json::json!({"Version": "2012-10-17", "Statement": [{
        "Sid": "Invoke",
        "Effect": "Allow",
        "Principal": {"Service": properties["Principal"]},
        "Action": properties["Action"],
        "Resource": arn,
        "Condition": {"ArnLike": {"AWS:SourceArn": source}},
    }]});
    Policy { of: Of::Resource(arn.to_owned()), document, made: false }
}
