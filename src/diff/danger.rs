//! What may be lost: data that goes with its resource, that is left behind, or that a setting lets go sooner.

use serde_json::Value;

use super::change::{Action, Danger, DangerKind, Resource};
use super::find;
use super::read::Stack;
use super::verdict::Consequence;

/// Types that hold what cannot be made again, each with what that is.
const HOLDS: &[(&str, &str)] = &[
    ("AWS::Athena::NamedQuery", "the saved query"),
    ("AWS::Athena::WorkGroup", "its saved queries and query history"),
    ("AWS::Backup::BackupVault", "its recovery points"),
    ("AWS::Cassandra::Keyspace", "its tables"),
    ("AWS::Cassandra::Table", "its rows"),
    ("AWS::CodeCommit::Repository", "its commits"),
    ("AWS::Cognito::UserPool", "its users"),
    ("AWS::DocDB::DBCluster", "its databases"),
    ("AWS::DynamoDB::GlobalTable", "its items"),
    ("AWS::DynamoDB::Table", "its items"),
    ("AWS::EC2::Volume", "its blocks"),
    ("AWS::ECR::Repository", "its images"),
    ("AWS::EFS::FileSystem", "its files"),
    ("AWS::ElastiCache::CacheCluster", "what it caches"),
    ("AWS::ElastiCache::ReplicationGroup", "what it caches"),
    ("AWS::FSx::FileSystem", "its files"),
    ("AWS::Glue::Database", "the definitions of its tables and partitions"),
    ("AWS::Glue::Table", "its definition and partitions (files in S3 stay)"),
    ("AWS::KMS::Key", "all that it encrypts"),
    ("AWS::Kinesis::Stream", "its records"),
    ("AWS::Logs::LogGroup", "its log events"),
    ("AWS::MSK::Cluster", "its topics"),
    ("AWS::Neptune::DBCluster", "its graph"),
    ("AWS::OpenSearchService::Domain", "its indexes"),
    ("AWS::RDS::DBCluster", "its databases"),
    ("AWS::RDS::DBInstance", "its databases"),
    ("AWS::Redshift::Cluster", "its tables"),
    ("AWS::S3::Bucket", "its objects"),
    ("AWS::S3Tables::Table", "its rows"),
    ("AWS::S3Tables::TableBucket", "its tables"),
    ("AWS::SQS::Queue", "its messages"),
    ("AWS::SSM::Parameter", "its value"),
    ("AWS::SecretsManager::Secret", "its value"),
    ("AWS::Timestream::Table", "its records"),
];

/// Returns what a resource of the type holds.
pub(super) fn holds(kind: &str) -> Option<&'static str> {
    HOLDS.iter().find(|(known, _)| *known == kind).map(|(_, what)| *what)
}

/// Adds its dangers to each change.
pub(super) fn assess(stacks: &[Stack], changes: &mut [Resource]) {
    for change in changes {
        let id = change.renamed_from.as_deref().unwrap_or(&change.logical_id);
        let old = find(stacks, &change.stack, Stack::before, id);
        let new = find(stacks, &change.stack, Stack::after, &change.logical_id);
        let mut dangers = Vec::new();
        dangers.extend(deploy(change));
        dangers.extend(data(change, old, new));
        dangers.extend(settings(change, old, new));
        change.dangers = dangers;
    }
}

fn deploy(change: &Resource) -> Option<Danger> {
    let help = match change.action {
        Action::Renamed => "keep the logical id",
        Action::Added => "import it, or delete it before the deployment",
        _ if change.name.is_some() => {
            "give it another name as well, or delete it before the deployment"
        }
        _ => "give the new one another logical id",
    };
    let message = change.reason.clone().unwrap_or_default();
    (change.consequence == Consequence::Impossible).then(|| Danger {
        kind: DangerKind::Deploy,
        message,
        help: Some(help.to_owned()),
    })
}

fn data(change: &Resource, old: &Value, new: &Value) -> Option<Danger> {
    let what = holds(&change.kind)?;
    let (message, help) = match change.consequence {
        Consequence::Replace => replaced(what, policy(new, "UpdateReplacePolicy")),
        Consequence::MayReplace => {
            let (message, help) = replaced(what, policy(new, "UpdateReplacePolicy"));
            (format!("if it is replaced: {message}"), help)
        }
        Consequence::Delete => (deleted(change, what, old), Some(KEEP.to_owned())),
        Consequence::Leave => {
            (format!("it leaves the stack with {what}, and no stack looks after it any more"), None)
        }
        _ => return None,
    };
    Some(Danger { kind: DangerKind::Data, message, help })
}

const KEEP: &str = "`DeletionPolicy: Retain`, deployed before it is removed, keeps it";

fn policy<'a>(resource: &'a Value, name: &str) -> &'a str {
    resource[name].as_str().unwrap_or("Delete")
}

fn replaced(what: &str, policy: &str) -> (String, Option<String>) {
    match policy {
        "Retain" => (
            format!(
                "a new and empty one takes its place; the old one with {what} stays outside the stack"
            ),
            Some("move the data, or keep the property as it is".to_owned()),
        ),
        "Snapshot" => {
            (format!("a new and empty one takes its place; of {what} a snapshot stays"), None)
        }
        _ => (
            format!("the old one is deleted with {what}"),
            Some("`UpdateReplacePolicy: Retain` keeps the old one".to_owned()),
        ),
    }
}

/// Databases leave a snapshot unless told otherwise (CloudFormation user guide, *`DeletionPolicy` attribute*).
fn deleted(change: &Resource, what: &str, old: &Value) -> String {
    let by_default = match change.kind.as_str() {
        "AWS::RDS::DBCluster" => true,
        "AWS::RDS::DBInstance" => old["Properties"].get("DBClusterIdentifier").is_none(),
        _ => false,
    };
    match old["DeletionPolicy"].as_str() {
        Some("Snapshot") => format!("it is deleted; of {what} a snapshot stays"),
        None if by_default => format!("it is deleted; of {what} a snapshot stays"),
        _ if change.kind == "AWS::S3::Bucket" => {
            "it is deleted if it is empty; with objects in it the deployment fails".to_owned()
        }
        _ if change.kind == "AWS::KMS::Key" => {
            "the key is scheduled for deletion; then nothing that it encrypts can be read"
                .to_owned()
        }
        _ => format!("it is deleted with {what}"),
    }
}

/// A setting of the type, at a pointer, that lets go of data when it gets this way.
struct Setting {
    kind: &'static str,
    pointer: &'static str,
    loosened: fn(&Value, &Value) -> bool,
    message: &'static str,
}

const SETTINGS: &[Setting] = &[
    Setting {
        kind: "AWS::S3::Bucket",
        pointer: "/VersioningConfiguration/Status",
        loosened: |old, new| old == "Enabled" && new != "Enabled",
        message: "objects that are overwritten or deleted from now on cannot be restored",
    },
    Setting {
        kind: "AWS::S3::Bucket",
        pointer: "/LifecycleConfiguration/Rules",
        loosened: |old, new| expirations(old) != expirations(new) && !expirations(new).is_empty(),
        message: "objects expire that did not, or sooner",
    },
    Setting {
        kind: "AWS::Logs::LogGroup",
        pointer: "/RetentionInDays",
        loosened: falls,
        message: "log events beyond the new retention are deleted",
    },
    Setting {
        kind: "AWS::Kinesis::Stream",
        pointer: "/RetentionPeriodHours",
        loosened: falls,
        message: "records beyond the new retention are deleted",
    },
    Setting {
        kind: "AWS::SQS::Queue",
        pointer: "/MessageRetentionPeriod",
        loosened: falls,
        message: "messages beyond the new retention are deleted",
    },
    Setting {
        kind: "AWS::KMS::Key",
        pointer: "/Enabled",
        loosened: |_, new| is(new, "false"),
        message: "nothing that it encrypts can be read while it is disabled",
    },
    Setting {
        kind: "AWS::RDS::DBInstance",
        pointer: "/BackupRetentionPeriod",
        loosened: falls,
        message: "automated backups beyond the new retention are deleted",
    },
    Setting {
        kind: "AWS::DynamoDB::Table",
        pointer: "/PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled",
        loosened: |old, new| is(old, "true") && !is(new, "true"),
        message: "the table can no longer be restored to a point in time",
    },
    Setting {
        kind: "AWS::DynamoDB::Table",
        pointer: "/DeletionProtectionEnabled",
        loosened: |old, new| is(old, "true") && !is(new, "true"),
        message: "the table is no longer protected from deletion",
    },
    Setting {
        kind: "AWS::RDS::DBInstance",
        pointer: "/DeletionProtection",
        loosened: |old, new| is(old, "true") && !is(new, "true"),
        message: "the database is no longer protected from deletion",
    },
];

fn is(value: &Value, text: &str) -> bool {
    super::normal::text(value).eq_ignore_ascii_case(text)
}

/// A period gets shorter; none given means for ever, or AWS's default.
fn falls(old: &Value, new: &Value) -> bool {
    let number = |value: &Value| super::normal::text(value).parse::<f64>().ok();
    match (number(old), number(new)) {
        (Some(old), Some(new)) => new < old,
        (None, Some(_)) => old.is_null(),
        _ => false,
    }
}

/// Returns what makes objects of a bucket expire.
fn expirations(rules: &Value) -> Vec<String> {
    let active = rules.as_array().into_iter().flatten().filter(|rule| rule["Status"] != "Disabled");
    let mut found: Vec<_> = active
        .filter(|rule| {
            rule.as_object().is_some_and(|rule| rule.keys().any(|key| key.contains("Expiration")))
        })
        .map(super::normal::text)
        .collect();
    found.sort_unstable();
    found
}

fn settings(change: &Resource, old: &Value, new: &Value) -> Vec<Danger> {
    if !matches!(change.action, Action::Changed) {
        return Vec::new();
    }
    let value = |resource: &Value, pointer| {
        resource["Properties"].pointer(pointer).cloned().unwrap_or_default()
    };
    let of_kind = SETTINGS.iter().filter(|setting| setting.kind == change.kind);
    let loosened = of_kind.filter(|setting| {
        let (old, new) = (value(old, setting.pointer), value(new, setting.pointer));
        old != new && (setting.loosened)(&old, &new)
    });
    let told = loosened.map(|setting| danger(setting.message));
    told.chain(unprotected(change, old, new)).collect()
}

fn danger(message: &str) -> Danger {
    Danger { kind: DangerKind::Data, message: message.to_owned(), help: None }
}

/// A policy that kept the data and no longer does.
fn unprotected(change: &Resource, old: &Value, new: &Value) -> Vec<Danger> {
    let Some(what) = holds(&change.kind) else { return Vec::new() };
    let cases = [("DeletionPolicy", "removed from the stack"), ("UpdateReplacePolicy", "replaced")];
    let lost = cases
        .into_iter()
        .filter(|(name, _)| policy(old, name) == "Retain" && policy(new, name) != "Retain");
    lost.map(|(_, when)| {
        danger(&format!("from now on it is deleted, with {what}, when it is {when}"))
    })
    .collect()
}
