//! What CloudFormation needs for a type of resource: the permissions of its handlers in the registry, each on what the Service
//! Authorization Reference says it acts on.

use std::collections::{BTreeMap, BTreeSet};

use crate::aws::iam::{self, AccessLevel, Action};
use crate::aws::schema::{self, Handler};

/// Actions by the kind of resource that they act on, such as `ec2/vpc`; `ec2/*` for those that act on none in particular.
pub(super) type Grants = BTreeMap<String, BTreeSet<String>>;

/// What a resource of a type consists of, apart from what others brought: whatever its handlers could do beyond that belongs
/// to features that the stacks do not use.
const KINDS: [(&str, &[&str]); 33] = [
    ("AWS::Athena::WorkGroup", &["athena/workgroup"]),
    ("AWS::CloudWatch::Alarm", &["cloudwatch/alarm"]),
    ("AWS::CloudWatch::Dashboard", &["cloudwatch/dashboard"]),
    ("AWS::EC2::FlowLog", &["ec2/vpc-flow-log", "ec2/vpc"]),
    ("AWS::EC2::RouteTable", &["ec2/route-table", "ec2/vpc"]),
    ("AWS::EC2::SecurityGroup", &["ec2/security-group", "ec2/security-group-rule", "ec2/vpc"]),
    ("AWS::EC2::SecurityGroupEgress", &["ec2/security-group", "ec2/security-group-rule"]),
    ("AWS::EC2::SecurityGroupIngress", &["ec2/security-group", "ec2/security-group-rule"]),
    ("AWS::EC2::Subnet", &["ec2/subnet", "ec2/vpc"]),
    ("AWS::EC2::SubnetRouteTableAssociation", &["ec2/route-table", "ec2/subnet"]),
    ("AWS::EC2::VPC", &["ec2/vpc"]),
    (
        "AWS::EC2::VPCEndpoint",
        &["ec2/vpc-endpoint", "ec2/route-table", "ec2/security-group", "ec2/subnet", "ec2/vpc"],
    ),
    ("AWS::Events::Rule", &["events/rule-on-default-event-bus"]),
    (
        "AWS::Glue::Database",
        &["glue/catalog", "glue/database", "glue/table", "glue/userdefinedfunction"],
    ),
    ("AWS::Glue::Table", &["glue/catalog", "glue/database", "glue/table"]),
    ("AWS::IAM::InstanceProfile", &["iam/instance-profile"]),
    ("AWS::IAM::ManagedPolicy", &["iam/policy"]),
    ("AWS::IAM::Role", &["iam/role"]),
    ("AWS::KMS::Alias", &["kms/alias", "kms/key"]),
    ("AWS::KMS::Key", &["kms/key"]),
    ("AWS::Lambda::Alias", &["lambda/function", "lambda/function alias"]),
    ("AWS::Lambda::Function", &["lambda/function", "s3/object"]),
    ("AWS::Lambda::Permission", &["lambda/function"]),
    ("AWS::Lambda::Version", &["lambda/function", "lambda/function version"]),
    ("AWS::Logs::LogGroup", &["logs/log-group"]),
    ("AWS::S3::Bucket", &["s3/bucket"]),
    ("AWS::S3::BucketPolicy", &["s3/bucket"]),
    ("AWS::SNS::Subscription", &["sns/topic"]),
    ("AWS::SNS::Topic", &["sns/topic"]),
    ("AWS::SNS::TopicPolicy", &["sns/topic"]),
    ("AWS::Scheduler::Schedule", &["scheduler/schedule"]),
    ("AWS::Scheduler::ScheduleGroup", &["scheduler/schedule-group"]),
    ("AWS::StepFunctions::StateMachine", &["states/statemachine"]),
];

/// What is never granted, though a handler may call it: beginnings of names, each group with its reason.
pub(super) const NEVER: [(&str, &[&str]); 4] = [
    (
        "the roles' policies stand in their stacks, and a managed policy could be anything",
        &["iam:AttachRolePolicy", "iam:DetachRolePolicy"],
    ),
    ("a role keeps its boundary", &["iam:DeleteRolePermissionsBoundary"]),
    (
        "they copy data elsewhere or show it to others",
        &[
            "s3:PutAnalyticsConfiguration",
            "s3:PutBucketAcl",
            "s3:PutBucketWebsite",
            "s3:PutInventoryConfiguration",
            "s3:PutReplicationConfiguration",
            "s3:CreateBucketMetadata",
            "s3:UpdateBucketMetadata",
        ],
    ),
    (
        "no database leads to another catalog",
        &[
            "glue:CreateConnection",
            "glue:DeleteConnection",
            "glue:GetConnection",
            "glue:UpdateConnection",
        ],
    ),
];

/// Types of resources that the pipeline's own stacks may hold.
#[cfg(test)]
pub(in crate::permissions) fn types() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|(name, _)| *name)
}

/// Returns the grants of a type. One that the pipeline's own stacks do not have comes with a hand-written template: all of
/// its handlers' actions, in so far as they are not `iam` or never granted.
pub(super) fn of(name: &str) -> Grants {
    let own = KINDS.iter().find(|(known, _)| *known == name).map(|(_, kinds)| *kinds);
    let mut grants = Grants::new();
    for action in actions(name) {
        for kind in kinds(&action, own) {
            grants.entry(kind).or_default().insert(action.name());
        }
    }
    grants
}

/// Returns what the handlers of a type call, as far as the reference knows it, without listing all of the account's.
fn actions(name: &str) -> Vec<Action> {
    let Some(resource) = schema::of(name) else { return Vec::new() };
    let handlers = [Handler::Create, Handler::Read, Handler::Update, Handler::Delete];
    let names: BTreeSet<_> =
        handlers.into_iter().flat_map(|handler| resource.permissions(handler)).collect();
    let allowed = names.into_iter().filter(|name| !is_never(name) && **name != "iam:PassRole");
    allowed.filter_map(|name| iam::action(name)).collect()
}

fn is_never(action: &str) -> bool {
    let mut beginnings = NEVER.iter().flat_map(|(_, names)| *names);
    beginnings.any(|beginning| action.starts_with(beginning))
}

fn kinds(action: &Action, own: Option<&[&str]>) -> Vec<String> {
    let name = action.name();
    let (service, _) = name.split_once(':').expect("an action has its service in front");
    let kind = |word: &str| format!("{service}/{word}");
    let words = action.resource_types();
    let Some(own) = own else {
        let anywhere = words.is_empty().then(|| kind("*"));
        let all = words.iter().map(|word| kind(word)).chain(anywhere);
        let tags = service == "ec2" && action.access_level() == AccessLevel::Tagging;
        return if service == "iam" || tags { Vec::new() } else { all.collect() };
    };
    if words.is_empty() {
        let home = own.iter().any(|kind| kind.split('/').next() == Some(service));
        let looks = matches!(action.access_level(), AccessLevel::List | AccessLevel::Read);
        let makes = name == "kms:CreateKey";
        return if home && (looks || makes) { vec![kind("*")] } else { Vec::new() };
    }
    let fitting = words.iter().map(|word| kind(word)).filter(|kind| own.contains(&kind.as_str()));
    fitting.map(|kind| bounded(kind, action)).collect()
}

/// Actions that change a role, and that IAM allows only on roles with a boundary where a policy asks for it, stand apart.
fn bounded(kind: String, action: &Action) -> String {
    let looks = matches!(action.access_level(), AccessLevel::List | AccessLevel::Read);
    let known = action.condition_keys().any(|key| key == "iam:PermissionsBoundary");
    if kind == "iam/role" && known && !looks { "iam/bounded role".to_owned() } else { kind }
}
