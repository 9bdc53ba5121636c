//! Values of parameters that AWS knows.

use std::collections::BTreeMap;

use super::{Failure, Scene};
use crate::plan::Source;

/// Returns the ids of the prefix lists that parameters take, by name; each is asked for once.
///
/// # Errors
/// A request failed, or there is no such prefix list.
pub async fn prefix_lists(scene: &Scene<'_>) -> Result<BTreeMap<String, String>, Failure> {
    let mut ids = BTreeMap::new();
    let sources = scene.wanted.stacks.iter().flat_map(|stack| stack.parameters.values());
    for source in sources {
        if let Source::PrefixList(name) = source
            && !ids.contains_key(name)
        {
            let asked = crate::cloud::prefix_list(scene.cloud, name).await;
            let doing = format!("find the prefix list `{name}`");
            ids.insert(name.clone(), asked.map_err(Failure::request(doing))?);
        }
    }
    Ok(ids)
}
