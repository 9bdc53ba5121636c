//! The few things that a deploy reads of services beside CloudFormation, S3 and STS.

use super::call::{Call, first};
use super::{Cloud, Trouble};

/// Returns the id of AWS's prefix list of that name (EC2, `DescribeManagedPrefixLists`).
///
/// # Errors
/// The request failed, or there is no such list.
pub async fn prefix_list(cloud: &Cloud, name: &str) -> Result<String, Trouble> {
    let form = [("Filter.1.Name", "prefix-list-name"), ("Filter.1.Value.1", name)];
    let call = Call::query("ec2", "DescribeManagedPrefixLists", "2016-11-15", &form);
    let id = first(&cloud.call(call).await?, "<prefixListId>([^<]*)</prefixListId>");
    match id.is_empty() {
        false => Ok(id),
        true => Err(Trouble::Refused {
            code: "NotFound".to_owned(),
            message: format!("the region has no prefix list `{name}`"),
        }),
    }
}
