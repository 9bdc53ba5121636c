//! What a stack takes with it when it is deleted, and what it leaves.

use std::fmt::Write;

use serde::Serialize;

/// A resource of a stack that is to be deleted.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Member {
    /// Its logical id.
    pub logical_id: String,
    /// Its type.
    pub kind: String,
    /// Its name in AWS.
    pub physical_id: String,
}

/// A stack that is to be deleted.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Doomed {
    /// Its short name.
    pub stack: String,
    /// Its name in CloudFormation.
    pub stack_name: String,
    /// Its ARN.
    pub arn: String,
    /// Its status.
    pub status: String,
    /// Whether it is protected from termination.
    pub is_protected: bool,
    /// What is deleted with it.
    pub goes: Vec<Member>,
    /// What stays.
    pub stays: Vec<Member>,
}

impl Member {
    /// Returns the line to type to delete it by hand.
    pub fn by_hand(&self, region: &str) -> String {
        let Self { physical_id: id, kind, .. } = self;
        let line = match kind.as_str() {
            "AWS::S3::Bucket" => return format!("aws s3 rb --force s3://{id} --region {region}"),
            "AWS::Glue::Database" => format!("glue delete-database --name {id}"),
            "AWS::Glue::Table" => return format!("# {kind} {id} goes with its database"),
            "AWS::KMS::Key" => {
                format!("kms schedule-key-deletion --pending-window-in-days 30 --key-id {id}")
            }
            "AWS::Logs::LogGroup" => format!("logs delete-log-group --log-group-name {id}"),
            "AWS::SNS::Topic" => format!("sns delete-topic --topic-arn {id}"),
            _ => return format!("# {kind} {id}: delete it in the console"),
        };
        format!("aws {line} --region {region}")
    }

    /// Tells whether its deletion fails while something is in it.
    pub fn must_be_empty(&self) -> bool {
        matches!(self.kind.as_str(), "AWS::S3::Bucket" | "AWS::Athena::WorkGroup")
    }
}

/// Returns what is deleted and what stays, as people read it; `stacks` are in the order of their deletion.
pub fn doom(environment: &str, stacks: &[Doomed]) -> String {
    let goes: usize = stacks.iter().map(|stack| stack.goes.len()).sum();
    let mut text =
        format!("{environment}: {} stacks with {goes} resources are deleted\n", stacks.len());
    // Writing to a string does not fail.
    for stack in stacks {
        let guarded = if stack.is_protected { ", protected: that is taken off" } else { "" };
        let _ = writeln!(text, "  {} ({}{guarded})", stack.stack_name, stack.status);
        for Member { logical_id, kind, physical_id } in &stack.goes {
            let _ = writeln!(text, "      − {logical_id} ({kind}) {physical_id}");
        }
        for Member { logical_id, kind, physical_id } in &stack.stays {
            let _ = writeln!(text, "      = {logical_id} ({kind}) {physical_id} stays");
        }
    }
    text
}

/// Returns what a person types to delete what stays; empty where nothing does.
pub fn remains(region: &str, stacks: &[Doomed]) -> String {
    let stays: Vec<_> = stacks.iter().flat_map(|stack| &stack.stays).collect();
    if stays.is_empty() {
        return String::new();
    }
    let mut text = format!(
        "{} resources stay, with their data; `gen apply` takes them back by their names. To delete them for good:\n",
        stays.len()
    );
    for member in stays {
        let _ = writeln!(text, "  {}", member.by_hand(region));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(kind: &str) -> Member {
        Member { logical_id: "X".into(), kind: kind.into(), physical_id: "x".into() }
    }

    #[test]
    fn what_stays_is_shown_with_the_line_that_deletes_it() {
        let stack = Doomed {
            stack_name: "p-storage".into(),
            status: "CREATE_COMPLETE".into(),
            is_protected: true,
            goes: vec![member("AWS::SNS::Topic")],
            stays: vec![member("AWS::S3::Bucket")],
            ..Doomed::default()
        };
        let stacks = [stack];
        assert_eq!(
            doom("dev", &stacks),
            "dev: 1 stacks with 1 resources are deleted\n  p-storage (CREATE_COMPLETE, protected: that is taken off)\n      − X (AWS::SNS::Topic) x\n      = X (AWS::S3::Bucket) x stays\n"
        );
        assert!(
            remains("eu-west-1", &stacks)
                .ends_with("  aws s3 rb --force s3://x --region eu-west-1\n")
        );
        assert_eq!(remains("eu-west-1", &[]), "");
    }
}
