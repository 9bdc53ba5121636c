//! The policies that templates hold, by whom they concern.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::model::Pipeline;
use crate::policy::Policy;

use super::admitted::{self, Entry};
use super::symbol::Symbols;

/// All policies of the emitted stacks.
#[derive(Clone, Debug, Default)]
pub struct Grants {
    /// The roles by name.
    pub(super) roles: BTreeMap<String, Role>,
    /// Managed policies by ARN.
    managed: BTreeMap<String, Policy>,
    /// Bucket policies by the name of the bucket.
    pub(super) buckets: BTreeMap<String, Policy>,
    /// Policies of VPC endpoints by service, such as `s3`.
    pub(super) endpoints: BTreeMap<String, Policy>,
    /// The policy of the pipeline's own key.
    pub(super) key: Option<Policy>,
    /// The ARNs of the Athena workgroups.
    pub(super) workgroups: BTreeSet<String>,
    /// The objects that the roles' policies name, as patterns of ARNs.
    pub(super) objects: BTreeSet<String>,
    /// The tables that the roles' policies name, as patterns of ARNs.
    pub(super) tables: BTreeSet<String>,
    /// What statements say of others than the roles that have them.
    pub(super) entries: BTreeSet<Entry>,
    /// What cannot be judged: AWS's own policies, and documents that are none.
    pub unknown: Vec<String>,
}

/// A role's policies.
#[derive(Clone, Debug, Default)]
pub(super) struct Role {
    pub(super) policies: Vec<Policy>,
    boundary: Option<String>,
    attached: Vec<String>,
}

impl Grants {
    /// Reads a template of the pipeline.
    pub fn read(pipeline: &Pipeline, template: &Value) -> Self {
        let symbols = Symbols::new(pipeline, template);
        let mut grants = Self::default();
        for (id, resource) in template["Resources"].as_object().into_iter().flatten() {
            grants.entries.extend(admitted::of_resource(&symbols, id, resource));
            let properties = &resource["Properties"];
            match resource["Type"].as_str().unwrap_or_default() {
                "AWS::IAM::Role" => grants.role(&symbols, properties),
                "AWS::IAM::Policy" | "AWS::IAM::ManagedPolicy" => {
                    grants.attached(&symbols, id, properties);
                }
                "AWS::S3::BucketPolicy" => {
                    let bucket = symbols.text(&properties["Bucket"]).unwrap_or_default();
                    let policy = grants.policy(
                        &symbols,
                        "the bucket's policy",
                        &properties["PolicyDocument"],
                    );
                    grants.buckets.extend(policy.map(|policy| (bucket, policy)));
                }
                "AWS::EC2::VPCEndpoint" => grants.endpoint(&symbols, properties),
                "AWS::KMS::Key" => {
                    grants.key =
                        grants.policy(&symbols, "the key's policy", &properties["KeyPolicy"]);
                }
                "AWS::Athena::WorkGroup" => {
                    let name = symbols.text(&properties["Name"]).unwrap_or_default();
                    grants.workgroups.insert(pipeline.arn("athena", &format!("workgroup/{name}")));
                }
                _ => {}
            }
        }
        grants
    }

    /// Adds what another template holds.
    pub fn extend(&mut self, other: Self) {
        for (name, role) in other.roles {
            let own = self.roles.entry(name).or_default();
            own.policies.extend(role.policies);
            own.boundary = own.boundary.take().or(role.boundary);
            own.attached.extend(role.attached);
        }
        self.managed.extend(other.managed);
        self.buckets.extend(other.buckets);
        self.endpoints.extend(other.endpoints);
        self.key = self.key.take().or(other.key);
        self.workgroups.extend(other.workgroups);
        self.objects.extend(other.objects);
        self.tables.extend(other.tables);
        self.entries.extend(other.entries);
        self.unknown.extend(other.unknown);
    }

    /// Attaches managed policies to their roles, once everything is read.
    pub fn complete(&mut self) {
        for (name, role) in &mut self.roles {
            for arn in std::mem::take(&mut role.attached) {
                match self.managed.get(&arn) {
                    Some(policy) => role.policies.push(policy.clone()),
                    None => self.unknown.push(format!("`{arn}`, attached to `{name}`")),
                }
            }
        }
        let bounds = self.roles.values().filter_map(|role| role.boundary.as_ref());
        let strange: BTreeSet<_> = bounds.filter(|arn| !self.managed.contains_key(*arn)).collect();
        let told = strange.iter().map(|arn| format!("`{arn}`, the boundary: less may be allowed"));
        self.unknown.extend(told.collect::<Vec<_>>());
    }

    pub(super) fn role_names(&self) -> Vec<&str> {
        self.roles.keys().map(String::as_str).collect()
    }

    /// Returns the boundary of a role, when it is among the policies that are known.
    pub(super) fn boundary(&self, role: &Role) -> Option<&Policy> {
        self.managed.get(role.boundary.as_ref()?)
    }

    fn role(&mut self, symbols: &Symbols, properties: &Value) {
        let name = symbols.text(&properties["RoleName"]).unwrap_or_default();
        let inline = properties["Policies"].as_array().into_iter().flatten();
        let policies: Vec<_> = inline
            .filter_map(|one| self.own_policy(symbols, &name, &one["PolicyDocument"]))
            .collect();
        let attached = properties["ManagedPolicyArns"].as_array().into_iter().flatten();
        let role = self.roles.entry(name).or_default();
        role.policies.extend(policies);
        role.attached.extend(attached.filter_map(|arn| symbols.text(arn)));
        role.boundary = symbols.text(&properties["PermissionsBoundary"]);
    }

    /// Reads a policy of a role, and notes what of the data it names.
    fn own_policy(&mut self, symbols: &Symbols, name: &str, document: &Value) -> Option<Policy> {
        let statements = document["Statement"].as_array().into_iter().flatten();
        let (object, table) =
            (symbols.pipeline.object_arn(""), symbols.pipeline.arn("glue", "table/"));
        for resource in statements.flat_map(|statement| listed(&statement["Resource"])) {
            let Some(text) = symbols.text(resource) else { continue };
            if text.starts_with(&object) {
                self.objects.insert(text);
            } else if text.starts_with(&table) {
                self.tables.insert(text);
            }
        }
        self.policy(symbols, name, document)
    }

    fn attached(&mut self, symbols: &Symbols, id: &str, properties: &Value) {
        let Some(policy) = self.own_policy(symbols, id, &properties["PolicyDocument"]) else {
            return;
        };
        for role in properties["Roles"].as_array().into_iter().flatten() {
            let name = symbols.text(role).unwrap_or_default();
            self.roles.entry(name).or_default().policies.push(policy.clone());
        }
        if let Some(name) = symbols.text(&properties["ManagedPolicyName"]) {
            self.managed.insert(symbols.pipeline.iam_arn(&format!("policy/{name}")), policy);
        }
    }

    fn endpoint(&mut self, symbols: &Symbols, properties: &Value) {
        let service = symbols.text(&properties["ServiceName"]).unwrap_or_default();
        let service = service.rsplit('.').next().unwrap_or_default().to_owned();
        if properties["PolicyDocument"].is_null() {
            return;
        }
        let name = format!("the policy of the {service} endpoint");
        let policy = self.policy(symbols, &name, &properties["PolicyDocument"]);
        self.endpoints.extend(policy.map(|policy| (service, policy)));
    }

    fn policy(&mut self, symbols: &Symbols, name: &str, document: &Value) -> Option<Policy> {
        let policy = Policy::parse_with(name, document, &|value| symbols.text(value));
        policy.map_err(|malformed| self.unknown.push(format!("{name}: {}", malformed.what))).ok()
    }
}

pub(super) fn listed(value: &Value) -> &[Value] {
    value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice)
}
