//! Code archives brought into the artifact bucket: only those that are missing, and none is ever deleted.
//!
//! Their keys follow from what is in them, so a key that is there needs no second look.

use std::collections::BTreeSet;

use futures_util::stream::{StreamExt, TryStreamExt, iter};

use super::object::{self, Object};
use super::{Failure, Scene};
use crate::cloud::Trouble;
use crate::plan::{Asset, Source, Stack, Wanted};
use crate::synth::File;

/// Uploads at the same time.
const AT_ONCE: usize = 8;

/// Returns the archives that these stacks take.
pub fn code(wanted: &Wanted, files: &[File], stacks: &[&Stack]) -> Vec<Object> {
    let is_taken = |asset: &&Asset| stacks.iter().any(|stack| takes(stack, asset));
    let assets = wanted.assets.iter().filter(|asset| asset.bucket == "artifacts");
    let found = assets.filter(is_taken).filter_map(|asset| {
        let file = files.iter().find(|file| file.path == asset.path)?;
        let (bucket, key) = (wanted.artifact_bucket.clone(), asset.key.clone());
        Some(Object { bucket, key, bytes: file.bytes.clone() })
    });
    found.collect()
}

fn takes(stack: &Stack, asset: &Asset) -> bool {
    let source = Source::Asset(asset.path.clone());
    stack.parameters.values().any(|one| *one == source) || stack.body.contains(&asset.key)
}

/// Uploads what is missing of `objects`, which are in one bucket, and tells how many those were.
///
/// # Errors
/// A request failed; what was uploaded before that stays.
pub async fn upload(scene: &Scene<'_>, objects: &[Object]) -> Result<usize, Failure> {
    let Some(first) = objects.first() else { return Ok(0) };
    let missing = missing(scene, objects).await;
    let missing = missing.map_err(Failure::request(format!("list `{}`", first.bucket)))?;
    let puts = iter(&missing).map(|object| object::put(scene, object));
    puts.buffer_unordered(AT_ONCE).try_collect::<()>().await?;
    Ok(missing.len())
}

/// Finds out by one listing, and for what lies beyond its thousand keys by a look at each.
async fn missing<'a>(scene: &Scene<'_>, objects: &'a [Object]) -> Result<Vec<&'a Object>, Trouble> {
    let prefix = common(objects);
    let asked = scene.cloud.s3().list_objects_v2().bucket(&objects[0].bucket).prefix(prefix);
    let page = asked.expected_bucket_owner(&scene.wanted.account).send().await?;
    let there: BTreeSet<&str> = page.contents().iter().filter_map(|one| one.key()).collect();
    let last = there.last().filter(|_| page.is_truncated().unwrap_or_default()).copied();
    let mut missing = Vec::new();
    for object in objects.iter().filter(|object| !there.contains(object.key.as_str())) {
        // Keys come in order: what lies before the last one and is not listed is not there.
        let beyond = last.is_some_and(|last| object.key.as_str() > last);
        if !beyond || !is_there(scene, object).await? {
            missing.push(object);
        }
    }
    Ok(missing)
}

async fn is_there(scene: &Scene<'_>, object: &Object) -> Result<bool, Trouble> {
    let asked = scene.cloud.s3().head_object().bucket(&object.bucket).key(&object.key);
    let asked = asked.expected_bucket_owner(&scene.wanted.account);
    match asked.send().await.map_err(Trouble::from) {
        Ok(_) => Ok(true),
        Err(trouble) if trouble.is_missing() => Ok(false),
        Err(trouble) => Err(trouble),
    }
}

/// Returns what all keys begin with, up to a `/`.
fn common(objects: &[Object]) -> &str {
    let folder = |object: &'_ Object| object.key.rfind('/').map_or(0, |at| at + 1);
    let first = &objects[0].key[..folder(&objects[0])];
    let same = |other: &Object| first.len() == folder(other) && other.key.starts_with(first);
    if objects.iter().all(same) { first } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(key: &str) -> Object {
        Object { bucket: "b".into(), key: key.into(), bytes: Vec::new() }
    }

    #[test]
    fn a_listing_covers_all_keys() {
        assert_eq!(common(&[object("assets/a"), object("assets/b")]), "assets/");
        assert_eq!(common(&[object("assets/a"), object("code/b")]), "");
        assert_eq!(common(&[object("a")]), "");
    }
}
