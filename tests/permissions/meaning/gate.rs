//! What stands between a principal's own permissions and a resource: accounts, the bucket's two tiers, endpoints, keys.

use pipeline::aws::{iam, service};
use pipeline::model::{Area, Capability, Pipeline, Verb, WritesFrom};

use super::service as services;
use crate::case::Case;
use crate::principal::{Kind, Principal};
use crate::probes::is_strange_bucket;
use crate::probes::objects::{AREAS, asks_for_its_encryption, table_prefixes};
use crate::request::{ATHENA, Place, Probe};

/// Tells whether a request gets through that the principal's own permissions allow, or that needs none of them.
pub(super) fn opens(case: &Case, principal: &Principal, probe: &Probe, by_itself: bool) -> bool {
    endpoint(case, principal, probe) && resource(case, principal, probe, by_itself)
}

fn resource(case: &Case, principal: &Principal, probe: &Probe, by_itself: bool) -> bool {
    let pipeline = &case.pipeline;
    let bucket = pipeline.bucket_arn();
    let own = principal.account() == Some(pipeline.environment.account.as_str());
    if principal.kind == Kind::Service {
        return services::may(case, principal, probe);
    }
    if is_strange_bucket(case, &probe.resource) {
        return by_itself || principal.kind == Kind::Anonymous;
    }
    if probe.action.starts_with("sts:")
        && case.deployed.made_roles().any(|role| role == probe.resource)
    {
        let trusted = super::bootstrap::trusts(pipeline, &principal.arn, probe);
        return by_itself && trusted && probe.action == "sts:AssumeRole";
    }
    if probe.action.starts_with("sts:") && case.deployed.roles().any(|role| role == probe.resource)
    {
        let trusted = services::trusts(case, &principal.arn, probe);
        return by_itself && trusted && probe.action == "sts:AssumeRole";
    }
    if probe.resource == bucket || probe.resource.starts_with(&format!("{bucket}/")) {
        return workarea(case, principal, probe, by_itself);
    }
    if probe.resource.contains(&format!(":::{}", pipeline.artifact_bucket())) {
        return own && by_itself && artifact(pipeline, principal, probe);
    }
    if probe.resource.starts_with("arn:")
        && probe.service() == "kms"
        && is_foreign(pipeline, &probe.resource)
    {
        return by_itself || principal.kind == Kind::Anonymous;
    }
    if probe.resource.contains(&format!(":::{}", pipeline.access_log_bucket())) {
        return own && by_itself && probe.tls.is_some_and(|version| version >= "1.2");
    }
    if probe.resource == pipeline.topic_arn() && probe.action == "sns:Publish" {
        return own && by_itself && probe.tls.is_some();
    }
    if probe.resource == pipeline.arn("kms", "key/TopicKey") && publishes(case, principal, probe) {
        return true;
    }
    if probe.resource == pipeline.arn("kms", "key/DataKey")
        && writes_with_key(case, principal, probe)
    {
        return true;
    }
    let account = probe.resource.split(':').nth(4).filter(|account| !account.is_empty());
    let account = account.unwrap_or(&pipeline.environment.account);
    by_itself && principal.account() == Some(account)
}

/// Whoever writes there decides what runs.
fn artifact(pipeline: &Pipeline, principal: &Principal, probe: &Probe) -> bool {
    let secure = probe.tls.is_some_and(|version| version >= "1.2");
    let action = probe.action.trim_start_matches("s3:");
    let writes = ["DeleteObject", "PutObject"].iter().any(|start| action.starts_with(start))
        || ["ReplicateObject", "RestoreObject"].contains(&action);
    let writer = matches!(principal.kind, Kind::Root | Kind::Deployer)
        || pipeline.workarea.deployers.contains(&principal.arn);
    secure && (writer || !writes)
}

fn is_foreign(pipeline: &Pipeline, arn: &str) -> bool {
    arn.split(':').nth(4).is_some_and(|account| account != pipeline.environment.account)
}

/// The endpoints carry only requests of the account; that of S3 only to the pipeline's bucket, and to Amazon's for software,
/// logs and history of EMR.
fn endpoint(case: &Case, principal: &Principal, probe: &Probe) -> bool {
    let pipeline = &case.pipeline;
    if probe.place != Place::OwnVpc || !case.deployed.has_endpoint(probe.service()) {
        return true;
    }
    let own = principal.account() == Some(pipeline.environment.account.as_str());
    if probe.service() != "s3" {
        return own;
    }
    let region = &pipeline.environment.region;
    let inside = |bucket: &str| probe.resource.contains(&format!(":::{bucket}/"));
    let action = probe.action.trim_start_matches("s3:");
    let bucket = pipeline.bucket_arn();
    let parts = ["AbortMultipartUpload", "GetObject", "ListMultipartUploadParts", "PutObject"];
    if probe.resource == bucket || probe.resource.starts_with(&format!("{bucket}/")) {
        let more = ["DeleteObject", "GetBucketLocation", "ListBucket"];
        own && (parts.contains(&action) || more.contains(&action))
    } else if pipeline::aws::release::repositories(region).iter().any(|name| inside(name)) {
        action == "GetObject"
    } else if inside(&pipeline::aws::release::system_logs(region)) {
        action == "PutObject"
    } else {
        inside(&pipeline::aws::release::application_history(region)) && parts.contains(&action)
    }
}

/// The workarea bucket.
fn workarea(case: &Case, principal: &Principal, probe: &Probe, by_itself: bool) -> bool {
    let pipeline = &case.pipeline;
    let own = principal.account() == Some(pipeline.environment.account.as_str());
    let writer = principal.kind == Kind::Writer;
    let put = ["s3:AbortMultipartUpload", "s3:PutObject"].contains(&probe.action.as_str());
    let key = probe.resource.strip_prefix(&format!("{}/", pipeline.bucket_arn()));
    let landing = key.and_then(|key| area_of(pipeline, key)) == Some(Area::Landing);
    let allowed = by_itself && (own || writer && put && landing);
    let secure = probe.tls.is_some_and(|version| version >= "1.2");
    allowed
        && secure
        && (probe.via != Some(ATHENA) || queries(pipeline, principal) || is_emergency(principal))
        && match key {
            Some(key) => object(pipeline, principal, probe, key),
            None => bucket(principal, probe),
        }
}

/// Root can always change the policy of its bucket, but that is not a matter of policies (S3 API, `PutBucketPolicy`).
fn bucket(principal: &Principal, probe: &Probe) -> bool {
    let admin = is_emergency(principal) || matches!(principal.kind, Kind::Execution | Kind::Editor);
    let lists = ["ListBucket", "ListBucketMultipartUploads", "ListBucketVersions"];
    let action = probe.action.trim_start_matches("s3:");
    if lists.contains(&action) {
        let inside = probe.place == Place::OwnVpc || probe.via == Some(ATHENA);
        inside || admin || principal.kind == Kind::Deployer
    } else {
        // To make a bucket that is there changes nothing.
        admin || !changes_settings(&probe.action) || action == "CreateBucket"
    }
}

fn changes_settings(action: &str) -> bool {
    let known = iam::action(action).expect("it is in the reference");
    !matches!(known.access_level(), iam::AccessLevel::List | iam::AccessLevel::Read)
}

fn object(pipeline: &Pipeline, principal: &Principal, probe: &Probe, key: &str) -> bool {
    let inside = probe.place == Place::OwnVpc;
    let via_athena = probe.via == Some(ATHENA);
    let place = match area_of(pipeline, key) {
        None => true,
        Some(Area::Libs) => {
            inside
                || is_emergency(principal)
                || matches!(principal.kind, Kind::Deployer | Kind::Editor)
        }
        Some(Area::Landing) => {
            inside
                || via_athena && !puts(&probe.action)
                || via_athena && !has_exceptions(pipeline)
                || is_emergency(principal)
                || arrives(pipeline, principal, probe)
        }
        Some(_) => inside || via_athena || is_emergency(principal),
    };
    place && (probe.action != "s3:PutObject" || asks_for_its_encryption(pipeline, probe))
}

fn puts(action: &str) -> bool {
    ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"].contains(&action)
}

/// Source files come from the places that the writers of landing name.
fn arrives(pipeline: &Pipeline, principal: &Principal, probe: &Probe) -> bool {
    let mut from = writing_from(pipeline);
    puts(&probe.action)
        && (principal.kind == Kind::Writer
            || from.any(|one| match (one, &probe.place) {
                (WritesFrom::Endpoint(id), Place::Endpoint(place)) => id == place,
                _ => false,
            }))
}

fn has_exceptions(pipeline: &Pipeline) -> bool {
    writing_from(pipeline).any(|from| *from != WritesFrom::Vpc)
}

fn writing_from(pipeline: &Pipeline) -> impl Iterator<Item = &WritesFrom> {
    let writes = |verb: &Verb| *verb == Verb::Write(Area::Landing);
    let groups = pipeline.groups.iter();
    groups
        .filter(move |group| group.verbs.iter().any(|(verb, _)| writes(verb)))
        .flat_map(|group| &group.from)
}

/// Returns the area that a key is in.
pub(crate) fn area_of(pipeline: &Pipeline, key: &str) -> Option<Area> {
    AREAS.into_iter().find(|&area| {
        let mut folders = vec![pipeline.area_prefix(area)];
        if crate::probes::objects::TABLE_AREAS.contains(&area) {
            folders.extend(table_prefixes(pipeline, area));
        }
        folders.iter().any(|folder| key.starts_with(&format!("{folder}/")))
    })
}

fn is_emergency(principal: &Principal) -> bool {
    matches!(principal.kind, Kind::Root | Kind::BreakGlass)
}

fn queries(pipeline: &Pipeline, principal: &Principal) -> bool {
    let Kind::Group(name) = &principal.kind else { return false };
    pipeline.groups.iter().any(|group| group.name == *name && group.queries())
}

/// Functions that publish encrypt messages for the topic, when SNS asks on their behalf.
fn publishes(case: &Case, principal: &Principal, probe: &Probe) -> bool {
    let Kind::Lambda(name) = &principal.kind else { return false };
    let lambda = case.pipeline.lambda(name.as_str()).expect("it is its");
    let words = [Capability::PublishMessage, Capability::ReportFailures];
    let region = &case.pipeline.environment.region;
    lambda.can.iter().any(|one| words.contains(one))
        && encrypts(&probe.action)
        && probe.key("kms:ViaService") == Some(service::host(region, "sns").as_str())
}

/// Writers outside encrypt what they bring, when S3 asks on their behalf.
fn writes_with_key(case: &Case, principal: &Principal, probe: &Probe) -> bool {
    let pipeline = &case.pipeline;
    let host = service::host(&pipeline.environment.region, "s3");
    principal.kind == Kind::Writer
        && ["kms:Decrypt", "kms:GenerateDataKey"].contains(&probe.action.as_str())
        && probe.key("kms:ViaService") == Some(host.as_str())
        && probe.key("kms:EncryptionContext:aws:s3:arn") == Some(pipeline.bucket_arn().as_str())
}

fn encrypts(action: &str) -> bool {
    action == "kms:Decrypt" || action.starts_with("kms:GenerateDataKey")
}
