//! Buckets and objects, with conditional requests, checksums and multipart uploads.

use std::collections::BTreeMap;

use super::{Answer, Asked, World, form};

/// All buckets.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct S3 {
    pub(crate) buckets: BTreeMap<String, BTreeMap<String, Object>>,
    /// Buckets of other accounts.
    pub(crate) foreign: Vec<String>,
    uploads: BTreeMap<String, (String, BTreeMap<u32, Vec<u8>>)>,
}

/// An object; only its newest version.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Object {
    pub(crate) bytes: Vec<u8>,
    pub(crate) changed: u64,
    pub(crate) revision: u64,
    /// The metadata that tells what is in it.
    pub(crate) digest: String,
}

impl Object {
    fn etag(&self) -> String {
        let sum = self
            .bytes
            .iter()
            .fold(self.revision, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(*byte)));
        format!("\"{sum:032x}\"")
    }
}

impl S3 {
    pub(crate) fn has(&self, bucket: &str, key: &str) -> bool {
        self.buckets.get(bucket).is_some_and(|objects| objects.contains_key(key))
    }

    pub(crate) fn is_full(&self, bucket: &str) -> bool {
        self.buckets.get(bucket).is_some_and(|objects| !objects.is_empty())
    }

    /// Returns the keys below a prefix.
    pub(crate) fn keys(&self, bucket: &str, prefix: &str) -> Vec<&str> {
        let objects = self.buckets.get(bucket).into_iter().flat_map(BTreeMap::keys);
        objects.filter(|key| key.starts_with(prefix)).map(String::as_str).collect()
    }
}

/// Returns the name of the operation.
pub(super) fn action(asked: &Asked) -> &'static str {
    let path = asked.path.trim_start_matches('/');
    let has_key = path.split_once('/').is_some_and(|(_, key)| !key.is_empty());
    let part = asked.parameter("partNumber").is_some();
    match (asked.method.as_str(), has_key) {
        ("HEAD", false) => "HeadBucket",
        ("HEAD", true) => "HeadObject",
        ("GET", false) if asked.parameter("policy").is_some() => "GetBucketPolicy",
        ("GET", false) if asked.parameter("versions").is_some() => "ListObjectVersions",
        ("GET", false) => "ListObjectsV2",
        ("GET", true) => "GetObject",
        ("PUT", true) if part => "UploadPart",
        ("PUT", _) => "PutObject",
        ("POST", true) if asked.parameter("uploads").is_some() => "CreateMultipartUpload",
        ("POST", true) => "CompleteMultipartUpload",
        ("POST", false) => "DeleteObjects",
        ("DELETE", _) if asked.parameter("uploadId").is_some() => "AbortMultipartUpload",
        _ => "DeleteObject",
    }
}

pub(super) fn error(status: u16, code: &str) -> Answer {
    let body = format!("<Error>{}<Message>{code}</Message></Error>", form::element("Code", code));
    Answer {
        status,
        headers: vec![("content-type", "application/xml".to_owned())],
        body: body.into(),
    }
}

fn done(headers: Vec<(&'static str, String)>, body: impl Into<Vec<u8>>) -> Answer {
    Answer { status: 200, headers, body: body.into() }
}

impl World {
    pub(super) fn s3(&mut self, asked: &Asked) -> Answer {
        let path = asked.path.trim_start_matches('/');
        let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
        let (bucket, key) = (bucket.to_owned(), key.to_owned());
        if self.s3.foreign.contains(&bucket) {
            return error(403, "AccessDenied");
        }
        let Some(objects) = self.s3.buckets.get_mut(&bucket) else {
            return error(404, "NoSuchBucket");
        };
        let found = objects.get(&key).cloned();
        match action(asked) {
            "HeadBucket" => done(vec![("x-amz-bucket-region", self.region.clone())], ""),
            "ListObjectsV2" | "ListObjectVersions" => listed(asked, objects),
            "GetBucketPolicy" => self.bucket_policy(&bucket),
            "HeadObject" | "GetObject" => got(asked, found),
            "PutObject" => self.put(asked, &bucket, &key, found),
            "DeleteObject" => {
                if let Some(refused) = condition(asked, found.as_ref()) {
                    return refused;
                }
                objects.remove(&key);
                Answer { status: 204, ..done(Vec::new(), "") }
            }
            "DeleteObjects" => {
                let text = String::from_utf8_lossy(&asked.body).into_owned();
                for part in text.split("<Key>").skip(1) {
                    objects.remove(part.split("</Key>").next().unwrap_or_default());
                }
                done(Vec::new(), "<DeleteResult></DeleteResult>")
            }
            other => self.multipart(other, asked, &bucket, &key),
        }
    }

    fn put(&mut self, asked: &Asked, bucket: &str, key: &str, found: Option<Object>) -> Answer {
        if let Some(refused) = condition(asked, found.as_ref()) {
            return refused;
        }
        let revision = found.map_or(1, |found| found.revision + 1);
        let object =
            Object { bytes: content(asked), changed: self.now, revision, digest: digest(asked) };
        let etag = object.etag();
        self.s3.buckets.entry(bucket.to_owned()).or_default().insert(key.to_owned(), object);
        done(vec![("etag", etag)], "")
    }

    fn multipart(&mut self, action: &str, asked: &Asked, bucket: &str, key: &str) -> Answer {
        let id = format!("{bucket}/{key}");
        match action {
            "CreateMultipartUpload" => {
                self.s3.uploads.insert(id.clone(), (digest(asked), BTreeMap::new()));
                done(
                    Vec::new(),
                    format!(
                        "<InitiateMultipartUploadResult><Bucket>{bucket}</Bucket><Key>{key}</Key><UploadId>u</UploadId></InitiateMultipartUploadResult>"
                    ),
                )
            }
            "UploadPart" => {
                let number = asked
                    .parameter("partNumber")
                    .and_then(|one| one.parse().ok())
                    .unwrap_or_default();
                let Some(parts) = self.s3.uploads.get_mut(&id) else {
                    return error(404, "NoSuchUpload");
                };
                parts.1.insert(number, content(asked));
                done(vec![("etag", format!("\"{number}\""))], "")
            }
            "CompleteMultipartUpload" => {
                let Some(parts) = self.s3.uploads.remove(&id) else {
                    return error(404, "NoSuchUpload");
                };
                let (digest, parts) = parts;
                let bytes = parts.into_values().flatten().collect();
                let object = Object { bytes, changed: self.now, revision: 1, digest };
                self.s3
                    .buckets
                    .entry(bucket.to_owned())
                    .or_default()
                    .insert(key.to_owned(), object);
                done(
                    Vec::new(),
                    format!(
                        "<CompleteMultipartUploadResult><Bucket>{bucket}</Bucket><Key>{key}</Key><ETag>e</ETag></CompleteMultipartUploadResult>"
                    ),
                )
            }
            _ => {
                self.s3.uploads.remove(&id);
                Answer { status: 204, ..done(Vec::new(), "") }
            }
        }
    }

    /// The policy that a stack put on the bucket.
    fn bucket_policy(&self, bucket: &str) -> Answer {
        let policies = self.cloudformation.stacks.values().flat_map(|stack| {
            let own = stack.resources.values().filter(|one| one.kind == "AWS::S3::BucketPolicy");
            own.map(move |policy| (stack, policy))
        });
        let mut of_bucket = policies.filter(|(stack, policy)| {
            let name = &policy.properties["Bucket"];
            let resource = name["Ref"].as_str().and_then(|id| stack.resources.get(id));
            resource.map(|one| one.physical.as_str()).or(name.as_str()) == Some(bucket)
        });
        match of_bucket.next() {
            Some((_, policy)) => done(Vec::new(), policy.properties["PolicyDocument"].to_string()),
            None => error(404, "NoSuchBucketPolicy"),
        }
    }
}

fn digest(asked: &Asked) -> String {
    asked.header("x-amz-meta-sha256").unwrap_or_default().to_owned()
}

fn condition(asked: &Asked, found: Option<&Object>) -> Option<Answer> {
    if asked.header("if-none-match") == Some("*") && found.is_some() {
        return Some(error(412, "PreconditionFailed"));
    }
    let wanted = asked.header("if-match")?;
    match found {
        None => Some(error(404, "NoSuchKey")),
        Some(found) if found.etag() != wanted => Some(error(412, "PreconditionFailed")),
        Some(_) => None,
    }
}

fn got(asked: &Asked, found: Option<Object>) -> Answer {
    let Some(found) = found else {
        return if asked.method == "HEAD" {
            Answer { status: 404, ..Answer::default() }
        } else {
            error(404, "NoSuchKey")
        };
    };
    let headers = vec![
        ("etag", found.etag()),
        ("last-modified", form::http_date(found.changed)),
        ("x-amz-meta-sha256", found.digest.clone()),
    ];
    done(headers, if asked.method == "HEAD" { Vec::new() } else { found.bytes })
}

/// Keys come in pages of 1,000; a deploy has fewer.
fn listed(asked: &Asked, objects: &BTreeMap<String, Object>) -> Answer {
    let prefix = asked.parameter("prefix").unwrap_or_default();
    let found = objects.iter().filter(|(key, _)| key.starts_with(prefix));
    let is_versions = asked.parameter("versions").is_some();
    let item = |(key, object): (&String, &Object)| {
        let key = form::element("Key", key);
        let size = object.bytes.len();
        if is_versions {
            format!(
                "<Version>{key}<VersionId>v</VersionId><IsLatest>true</IsLatest><Size>{size}</Size></Version>"
            )
        } else {
            format!("<Contents>{key}<Size>{size}</Size><ETag>{}</ETag></Contents>", object.etag())
        }
    };
    let items: String = found.map(item).collect();
    let name = if is_versions { "ListVersionsResult" } else { "ListBucketResult" };
    done(Vec::new(), format!("<{name}><IsTruncated>false</IsTruncated>{items}</{name}>"))
}

/// Returns what is uploaded: clients send it in chunks, each behind a line with its length.
fn content(asked: &Asked) -> Vec<u8> {
    if asked.header("x-amz-decoded-content-length").is_none() {
        return asked.body.clone();
    }
    let (mut whole, mut rest) = (Vec::new(), asked.body.as_slice());
    loop {
        let Some(end) = rest.windows(2).position(|pair| pair == b"\r\n") else { return whole };
        let line = String::from_utf8_lossy(&rest[..end]).into_owned();
        let length = line.split(';').next().and_then(|hex| usize::from_str_radix(hex, 16).ok());
        let length = length.unwrap_or_default();
        if length == 0 {
            return whole;
        }
        whole.extend_from_slice(&rest[end + 2..end + 2 + length]);
        rest = &rest[end + 4 + length..];
    }
}
