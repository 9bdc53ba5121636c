//! What boto3's clients are to IAM: which actions a method asks for.
//!
//! Most methods are an operation, and most operations an action of the same name. Source of clients and waiters: botocore's
//! models, see `registry/clients.version` and `tools/clients.py`; the exceptions have their own.

use super::iam;

const CLIENTS: &str = include_str!("registry/clients.txt");

/// Where the clients come from, and of which version.
pub const SOURCE: &str = include_str!("registry/clients.version");

/// Methods whose actions have other names (Amazon S3 API reference, "Required permissions for Amazon S3 API operations";
/// Service Authorization Reference; API references of the other services). Methods of boto3 itself are among them, such as
/// `upload_file`. No action: nothing is asked.
const EXCEPTIONS: &[(&str, &str, &[&str])] = &[
    ("emr", "runjobflow", &["elasticmapreduce:RunJobFlow", "iam:PassRole"]),
    ("lambda", "invoke", &["lambda:InvokeFunction"]),
    ("lambda", "invokeasync", &["lambda:InvokeFunction"]),
    ("lambda", "invokewithresponsestream", &["lambda:InvokeFunction"]),
    ("s3", "completemultipartupload", &["s3:PutObject"]),
    ("s3", "copy", &["s3:GetObject", "s3:PutObject"]),
    ("s3", "copyobject", &["s3:GetObject", "s3:PutObject"]),
    ("s3", "createmultipartupload", &["s3:PutObject"]),
    ("s3", "deletebucketcors", &["s3:PutBucketCORS"]),
    ("s3", "deletebucketencryption", &["s3:PutEncryptionConfiguration"]),
    ("s3", "deletebucketlifecycle", &["s3:PutLifecycleConfiguration"]),
    ("s3", "deletebucketreplication", &["s3:PutReplicationConfiguration"]),
    ("s3", "deletebuckettagging", &["s3:PutBucketTagging"]),
    ("s3", "deleteobjects", &["s3:DeleteObject"]),
    ("s3", "deletepublicaccessblock", &["s3:PutBucketPublicAccessBlock"]),
    ("s3", "downloadfile", &["s3:GetObject"]),
    ("s3", "downloadfileobj", &["s3:GetObject"]),
    ("s3", "getbucketencryption", &["s3:GetEncryptionConfiguration"]),
    ("s3", "getbucketlifecycle", &["s3:GetLifecycleConfiguration"]),
    ("s3", "getbucketlifecycleconfiguration", &["s3:GetLifecycleConfiguration"]),
    ("s3", "getbucketnotificationconfiguration", &["s3:GetBucketNotification"]),
    ("s3", "getbucketreplication", &["s3:GetReplicationConfiguration"]),
    ("s3", "getobjectlockconfiguration", &["s3:GetBucketObjectLockConfiguration"]),
    ("s3", "getpublicaccessblock", &["s3:GetBucketPublicAccessBlock"]),
    ("s3", "headbucket", &["s3:ListBucket"]),
    ("s3", "headobject", &["s3:GetObject"]),
    ("s3", "listbuckets", &["s3:ListAllMyBuckets"]),
    ("s3", "listmultipartuploads", &["s3:ListBucketMultipartUploads"]),
    ("s3", "listobjects", &["s3:ListBucket"]),
    ("s3", "listobjectsv2", &["s3:ListBucket"]),
    ("s3", "listobjectversions", &["s3:ListBucketVersions"]),
    ("s3", "listparts", &["s3:ListMultipartUploadParts"]),
    ("s3", "putbucketencryption", &["s3:PutEncryptionConfiguration"]),
    ("s3", "putbucketlifecycle", &["s3:PutLifecycleConfiguration"]),
    ("s3", "putbucketlifecycleconfiguration", &["s3:PutLifecycleConfiguration"]),
    ("s3", "putbucketnotificationconfiguration", &["s3:PutBucketNotification"]),
    ("s3", "putbucketreplication", &["s3:PutReplicationConfiguration"]),
    ("s3", "putobjectlockconfiguration", &["s3:PutBucketObjectLockConfiguration"]),
    ("s3", "putpublicaccessblock", &["s3:PutBucketPublicAccessBlock"]),
    ("s3", "selectobjectcontent", &["s3:GetObject"]),
    ("s3", "uploadfile", &["s3:PutObject"]),
    ("s3", "uploadfileobj", &["s3:PutObject"]),
    ("s3", "uploadpart", &["s3:PutObject"]),
    ("s3", "uploadpartcopy", &["s3:GetObject", "s3:PutObject"]),
    ("sns", "publishbatch", &["sns:Publish"]),
    ("sqs", "changemessagevisibilitybatch", &["sqs:ChangeMessageVisibility"]),
    ("sqs", "deletemessagebatch", &["sqs:DeleteMessage"]),
    ("sqs", "sendmessagebatch", &["sqs:SendMessage"]),
    ("sts", "getcalleridentity", &[]),
    ("sts", "getsessiontoken", &[]),
];

/// Returns the IAM actions that `method` of the client `client` asks for, such as `elasticmapreduce:ListClusters` for
/// `list_clusters` of `emr`; none when it asks for none or nothing is known of it.
pub fn actions(client: &str, method: &str) -> Vec<String> {
    let operation = method.replace('_', "");
    let exception = EXCEPTIONS.iter().find(|(of, name, _)| *of == client && *name == operation);
    if let Some((_, _, actions)) = exception {
        return actions.iter().map(|&action| action.to_owned()).collect();
    }
    let action = prefix(client).and_then(|prefix| iam::action(&format!("{prefix}:{operation}")));
    action.map(|action| action.name()).into_iter().collect()
}

/// Tells whether `method` of the client `client` asks for `action`, without looking the method up.
pub fn asks(client: &str, method: &str, action: &str) -> bool {
    let operation = method.replace('_', "");
    match EXCEPTIONS.iter().find(|(of, name, _)| *of == client && *name == operation) {
        Some((_, _, actions)) => actions.contains(&action),
        None => action.split_once(':').is_some_and(|(prefix, name)| {
            name.eq_ignore_ascii_case(&operation) && self::prefix(client) == Some(prefix)
        }),
    }
}

/// Returns the method that the waiter `waiter` of `client` calls again and again.
pub fn asked_by_waiter(client: &str, waiter: &str) -> Option<&'static str> {
    let waiters = line(client)?.split(' ').skip(2);
    waiters
        .filter_map(|one| one.split_once('='))
        .find(|(name, _)| *name == waiter)
        .map(|(_, op)| op)
}

/// Returns the prefix of the actions of a client, `elasticmapreduce` for `emr`.
pub fn prefix(client: &str) -> Option<&'static str> {
    line(client)?.split(' ').nth(1)
}

fn line(client: &str) -> Option<&'static str> {
    CLIENTS.lines().find(|line| line.split(' ').next() == Some(client))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_ask_for_the_actions_of_their_operations() {
        assert_eq!(actions("emr", "list_clusters"), ["elasticmapreduce:ListClusters"]);
        assert_eq!(actions("stepfunctions", "describe_execution"), ["states:DescribeExecution"]);
        assert_eq!(actions("s3", "list_objects_v2"), ["s3:ListBucket"]);
        assert_eq!(actions("s3", "get_object"), ["s3:GetObject"]);
        assert_eq!(actions("ec2", "describe_vpcs"), ["ec2:DescribeVpcs"]);
        assert_eq!(actions("sts", "get_caller_identity"), [""; 0]);
        assert_eq!(actions("s3", "close"), [""; 0]);
        assert_eq!(actions("nothing", "list_clusters"), [""; 0]);
    }

    #[test]
    fn waiters_ask_an_operation() {
        let operation = asked_by_waiter("emr", "cluster_running").unwrap();
        assert_eq!(actions("emr", operation), ["elasticmapreduce:DescribeCluster"]);
        assert_eq!(asked_by_waiter("emr", "cluster"), None);
    }

    #[test]
    fn every_exception_is_of_a_client_and_asks_for_actions_that_exist() {
        assert!(EXCEPTIONS.is_sorted());
        for (client, method, actions) in EXCEPTIONS {
            assert!(prefix(client).is_some(), "{client}");
            for action in *actions {
                assert!(iam::action(action).is_some(), "{client}.{method}: {action}");
            }
        }
    }

    #[test]
    fn the_prefixes_exist() {
        assert!(CLIENTS.lines().count() > 400);
        for line in CLIENTS.lines() {
            let prefix = line.split(' ').nth(1).unwrap();
            assert!(!iam::actions(&format!("{prefix}:*")).is_empty(), "{line}");
        }
    }
}
