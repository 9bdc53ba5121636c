//! Objects, listings and settings of buckets.

use std::collections::BTreeSet;

use pipeline::model::{Area, Encryption, Kind, Pipeline, Table};

use super::{places, strange_buckets};
use crate::case::Case;
use crate::request::{ATHENA, OTHER_ENDPOINT, Place, Probe};

/// The areas of the bucket.
pub(crate) const AREAS: [Area; 9] = [
    Area::Landing,
    Area::Stage,
    Area::Prod,
    Area::Archive,
    Area::Rejected,
    Area::Libs,
    Area::State,
    Area::Logs,
    Area::Results,
];

/// The areas that hold a folder for each table.
pub(crate) const TABLE_AREAS: [Area; 5] =
    [Area::Landing, Area::Stage, Area::Prod, Area::Archive, Area::Rejected];

/// Header and value by which a request asks for encryption, the algorithm first.
const ALGORITHM: &str = "s3:x-amz-server-side-encryption";
const KEY: &str = "s3:x-amz-server-side-encryption-aws-kms-key-id";
const CUSTOMER: &str = "s3:x-amz-server-side-encryption-customer-algorithm";

/// Returns the questions.
pub(crate) fn probes(case: &Case) -> Vec<Probe> {
    let pipeline = &case.pipeline;
    let mut probes = Vec::new();
    for key in keys(pipeline) {
        probes.extend(object(&pipeline.object_arn(&key)));
        probes.extend(headers(pipeline, &pipeline.object_arn(&key)));
    }
    for prefix in listings(pipeline) {
        probes.extend(list(&pipeline.bucket_arn(), &prefix));
        let other = Probe::new("s3:ListBucket", other_bucket(pipeline)).with("s3:prefix", &prefix);
        probes.extend([other.from(Place::Internet), other.via(ATHENA)]);
    }
    probes.extend(bucket(&pipeline.bucket_arn()));
    probes.extend(elsewhere(pipeline));
    probes
}

/// Returns the prefixes that the areas of tables have: one for each kind, and the folders of a few tables, those that stand
/// elsewhere than the rule says among them.
pub(crate) fn table_prefixes(pipeline: &Pipeline, area: Area) -> BTreeSet<String> {
    let mut prefixes = BTreeSet::new();
    for kind in [Kind::Dimension, Kind::Fact] {
        let mut tables = pipeline.tables_of(kind);
        prefixes.extend(tables.by_ref().take(2).map(|table| pipeline.table_prefix(table, area)));
        let moved = tables.filter(|table| stands_elsewhere(pipeline, table, area));
        prefixes.extend(moved.take(2).map(|table| pipeline.table_prefix(table, area)));
    }
    prefixes
}

fn stands_elsewhere(pipeline: &Pipeline, table: &Table, area: Area) -> bool {
    let rule = format!("{}/{}", pipeline.kind_prefix(table.kind, area), table.name);
    pipeline.table_prefix(table, area) != rule
}

/// One key for each meaning that a key can have, and keys that look like them.
pub(crate) fn keys(pipeline: &Pipeline) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for prefix in TABLE_AREAS.iter().flat_map(|&area| table_prefixes(pipeline, area)) {
        keys.extend([format!("{prefix}/file"), format!("{prefix}/"), format!("{prefix}/sub/")]);
        keys.extend([format!("{prefix}_$folder$"), format!("{prefix}/sub_$folder$")]);
    }
    for area in AREAS {
        let prefix = pipeline.area_prefix(area);
        keys.extend([format!("{prefix}/file"), format!("{prefix}-not/file"), format!("{prefix}/")]);
    }
    let results = pipeline.groups.iter().map(|group| pipeline.results_prefix(&group.name));
    keys.extend(results.map(|prefix| format!("{prefix}/a.csv")));
    keys.extend([pipeline.config_key(), pipeline.state_key()]);
    keys.insert(format!("{}/file", pipeline.rejected_counts_prefix()));
    keys.extend([format!("{}/a.sql", pipeline.scripts_prefix())]);
    keys.extend([format!("{}x", pipeline.state_key()), format!("{}x", pipeline.config_key())]);
    keys.extend([format!("{}/file", pipeline.workarea.root), "file".to_owned()]);
    keys
}

fn object(arn: &str) -> Vec<Probe> {
    let actions = ["GetObject", "PutObject", "DeleteObject"];
    let more = [
        "AbortMultipartUpload",
        "ListMultipartUploadParts",
        "GetObjectVersion",
        "DeleteObjectVersion",
        "PutObjectAcl",
        "PutObjectTagging",
    ];
    let mut probes = Vec::new();
    for action in actions.map(|action| Probe::new(&format!("s3:{action}"), arn)) {
        probes.extend(places().map(|place| action.from(place)));
        probes.push(action.via(ATHENA));
    }
    for action in more.map(|action| Probe::new(&format!("s3:{action}"), arn)) {
        probes.extend([action.clone(), action.from(Place::Internet), action.via(ATHENA)]);
    }
    let get = Probe::new("s3:GetObject", arn);
    probes.push(get.via("cloudformation.amazonaws.com"));
    probes.push(Probe { tls: None, ..get.clone() });
    probes.push(Probe { tls: Some("1.1"), ..get.clone() });
    probes.push(Probe { tls: Some("1.2"), ..get });
    probes
}

/// Puts that say how S3 shall encrypt.
fn headers(pipeline: &Pipeline, arn: &str) -> Vec<Probe> {
    let put = Probe::new("s3:PutObject", arn);
    let kms = put.with(ALGORITHM, "aws:kms");
    let strange = pipeline.arn("kms", "key/Strange");
    vec![
        put.with(ALGORITHM, "AES256"),
        kms.with(KEY, &pipeline.arn("kms", "key/DataKey")),
        kms.with(KEY, &strange),
        kms,
        put.with(CUSTOMER, "AES256"),
        Probe { tls: None, ..put.clone() },
        Probe { tls: Some("1.1"), ..put },
    ]
}

/// Tells whether a put asks for the encryption that the bucket has, or leaves it to the bucket.
pub(crate) fn asks_for_its_encryption(pipeline: &Pipeline, probe: &Probe) -> bool {
    let algorithm = match pipeline.workarea.encryption {
        Encryption::S3 => "AES256",
        Encryption::Aws | Encryption::Own => "aws:kms",
    };
    let own_key = pipeline.arn("kms", "key/DataKey");
    let is_own = |key: &str| pipeline.workarea.encryption != Encryption::Own || key == own_key;
    probe.key(ALGORITHM).is_none_or(|asked| asked == algorithm)
        && probe.key(KEY).is_none_or(is_own)
        && probe.key(CUSTOMER).is_none()
}

/// Prefixes of listings: of each area and folder, of those above, and of nothing.
pub(crate) fn listings(pipeline: &Pipeline) -> BTreeSet<String> {
    let mut folders: BTreeSet<String> =
        TABLE_AREAS.iter().flat_map(|&area| table_prefixes(pipeline, area)).collect();
    folders.extend(AREAS.iter().map(|&area| pipeline.area_prefix(area)));
    folders.extend(pipeline.groups.iter().map(|group| pipeline.results_prefix(&group.name)));
    folders.extend([pipeline.scripts_prefix(), pipeline.workarea.root.clone()]);
    folders.insert(pipeline.rejected_counts_prefix());
    let mut prefixes = BTreeSet::from([String::new(), pipeline.state_key(), pipeline.config_key()]);
    for folder in folders {
        let above = folder.match_indices('/').map(|(at, _)| folder[..=at].to_owned());
        prefixes.extend(above);
        prefixes.extend([format!("{folder}/"), format!("{folder}/a"), format!("{folder}-not/")]);
        prefixes.insert(folder);
    }
    prefixes
}

/// A bucket of the account that is not the pipeline's.
fn other_bucket(pipeline: &Pipeline) -> String {
    format!("arn:{}:s3:::of-the-account", pipeline.environment.partition.id())
}

fn list(bucket: &str, prefix: &str) -> Vec<Probe> {
    let list = Probe::new("s3:ListBucket", bucket).with("s3:prefix", prefix);
    let versions = Probe::new("s3:ListBucketVersions", bucket).with("s3:prefix", prefix);
    vec![list.from(Place::Internet), list.via(ATHENA), list, versions.via(ATHENA), versions]
}

fn bucket(bucket: &str) -> Vec<Probe> {
    let mut probes = Vec::new();
    for action in ["ListBucket", "ListBucketVersions", "ListBucketMultipartUploads"] {
        let list = Probe::new(&format!("s3:{action}"), bucket);
        probes.extend(places().map(|place| list.from(place)));
        probes.push(list.via(ATHENA));
    }
    for action in ["GetBucketLocation", "PutBucketPolicy", "DeleteBucketPolicy", "DeleteBucket"] {
        let change = Probe::new(&format!("s3:{action}"), bucket);
        probes.extend([change.clone(), change.from(Place::Internet), change.via(ATHENA)]);
        probes.push(Probe { tls: None, ..change.clone() });
        probes.push(Probe { tls: Some("1.1"), ..change });
    }
    probes
}

/// Other buckets: of the account, of strangers, of Amazon.
fn elsewhere(pipeline: &Pipeline) -> Vec<Probe> {
    let partition = pipeline.environment.partition.id();
    let own =
        [pipeline.access_log_bucket(), pipeline.artifact_bucket(), "of-the-account".to_owned()];
    let location = Probe::new("s3:GetBucketLocation", other_bucket(pipeline));
    let mut probes = vec![location.via(ATHENA), location.from(Place::Internet)];
    for bucket in own.into_iter().chain(strange_buckets(pipeline)) {
        let arn = format!("arn:{partition}:s3:::{bucket}");
        for action in ["GetObject", "PutObject", "DeleteObject", "AbortMultipartUpload"] {
            let probe = Probe::new(&format!("s3:{action}"), format!("{arn}/file"));
            let other = probe.from(Place::Endpoint(OTHER_ENDPOINT.to_owned()));
            probes.extend([probe.from(Place::Internet), probe.via(ATHENA), other]);
            probes.extend([None, Some("1.1")].map(|tls| Probe { tls, ..probe.clone() }));
            probes.push(probe);
        }
        let parts = Probe::new("s3:ListMultipartUploadParts", format!("{arn}/file"));
        probes.push(parts);
        let list = Probe::new("s3:ListBucket", arn).with("s3:prefix", "");
        probes.push(Probe { tls: None, ..list.clone() });
        probes.push(list);
    }
    probes
}
