//! Configuration and scripts brought into the workarea bucket: bindings filled in, and uploaded only when changed.

use std::cell::Cell;
use std::collections::BTreeMap;

use futures_util::stream::{StreamExt, TryStreamExt, iter};

use super::object::{self, DIGEST, Object};
use super::{Failure, Scene};
use crate::cloud::Trouble;
use crate::hash::sha256;
use crate::plan::{Asset, Wanted};
use crate::synth::File;

/// The outputs of stacks, by stack and name.
pub type Outputs = BTreeMap<String, BTreeMap<String, String>>;

/// Objects looked at at the same time.
const AT_ONCE: usize = 8;

/// Brings all of it and tells how much was not there or not the same.
///
/// # Errors
/// An output is not there, or a request failed.
pub async fn configure(
    scene: &Scene<'_>,
    files: &[File],
    outputs: &Outputs,
) -> Result<usize, Failure> {
    let objects = texts(scene.wanted, files, outputs).map_err(|missing| {
        let what = format!("the configuration needs what no stack gives: {}", missing.join(", "));
        let env = &scene.wanted.environment;
        Failure::refused(what, format!("see what there is: `gen outputs --env {env}`"))
    })?;
    let has_failed = Cell::new(false);
    let brought = iter(&objects).map(async |object| {
        if has_failed.get() {
            return Ok(false);
        }
        let brought = bring(scene, object).await;
        has_failed.set(has_failed.get() || brought.is_err());
        brought
    });
    // What is on its way when one fails is not cut off.
    let brought: Vec<Result<bool, Failure>> = brought.buffered(AT_ONCE).collect().await;
    let brought: Vec<bool> = brought.into_iter().collect::<Result<_, _>>()?;
    Ok(brought.into_iter().filter(|brought| *brought).count())
}

/// Returns the keys of what is not there or not the same, as far as the outputs are known; what waits for others is not the
/// same.
///
/// # Errors
/// A request failed.
pub async fn outdated(
    scene: &Scene<'_>,
    files: &[File],
    outputs: &Outputs,
) -> Result<Vec<String>, Failure> {
    let texts = scene.wanted.assets.iter().filter(|asset| asset.bucket == "workarea");
    let looked = iter(texts).map(|asset| is_outdated(scene, files, asset, outputs));
    let looked: Vec<Option<String>> = looked.buffered(AT_ONCE).try_collect().await?;
    Ok(looked.into_iter().flatten().collect())
}

async fn is_outdated(
    scene: &Scene<'_>,
    files: &[File],
    asset: &Asset,
    outputs: &Outputs,
) -> Result<Option<String>, Failure> {
    let (bucket, key) = (scene.wanted.workarea_bucket.clone(), asset.key.clone());
    let Some(file) = files.iter().find(|file| file.path == asset.path) else { return Ok(None) };
    let Ok(bytes) = filled(asset, &file.bytes, outputs) else { return Ok(Some(key)) };
    let object = Object { bucket, key, bytes };
    let doing = format!("look at `s3://{}/{}`", object.bucket, object.key);
    let there = digest(scene, &object).await.map_err(Failure::request(doing))?;
    Ok((there != Some(sha256(&object.bytes))).then_some(object.key))
}

async fn bring(scene: &Scene<'_>, object: &Object) -> Result<bool, Failure> {
    let doing = format!("look at `s3://{}/{}`", object.bucket, object.key);
    let there = digest(scene, object).await.map_err(Failure::request(doing))?;
    let same = there == Some(sha256(&object.bytes));
    if !same {
        object::put(scene, object).await?;
    }
    Ok(!same)
}

/// Returns the SHA-256 of what an upload left there; nothing where there is none, or where someone else put it.
async fn digest(scene: &Scene<'_>, object: &Object) -> Result<Option<String>, Trouble> {
    let asked = scene.cloud.s3().head_object().bucket(&object.bucket).key(&object.key);
    let asked = asked.expected_bucket_owner(&scene.wanted.account);
    match asked.send().await.map_err(Trouble::from) {
        Ok(head) => Ok(head.metadata().and_then(|all| all.get(DIGEST)).cloned()),
        // Without leave to list, S3 says that of a key that is not there.
        Err(trouble) if trouble.is_missing() || matches!(trouble, Trouble::Denied(_)) => Ok(None),
        Err(trouble) => Err(trouble),
    }
}

/// Returns the objects of the workarea bucket, or the outputs that are not there.
fn texts(wanted: &Wanted, files: &[File], outputs: &Outputs) -> Result<Vec<Object>, Vec<String>> {
    let (mut objects, mut missing) = (Vec::new(), Vec::new());
    for asset in wanted.assets.iter().filter(|asset| asset.bucket == "workarea") {
        let Some(file) = files.iter().find(|file| file.path == asset.path) else { continue };
        match filled(asset, &file.bytes, outputs) {
            Ok(bytes) => {
                let (bucket, key) = (wanted.workarea_bucket.clone(), asset.key.clone());
                objects.push(Object { bucket, key, bytes });
            }
            Err(binding) => missing.push(binding),
        }
    }
    if missing.is_empty() { Ok(objects) } else { Err(missing) }
}

/// Fills in the bindings of a text, or returns one that is not there.
fn filled(asset: &Asset, bytes: &[u8], outputs: &Outputs) -> Result<Vec<u8>, String> {
    if asset.bindings.is_empty() {
        return Ok(bytes.to_vec());
    }
    let mut text = String::from_utf8_lossy(bytes).into_owned();
    for binding in &asset.bindings {
        let (stack, output) = binding.split_once('.').unwrap_or_default();
        let value = outputs.get(stack).and_then(|own| own.get(output));
        let value = value.ok_or_else(|| binding.clone())?;
        text = text.replace(&format!("<{binding}>"), value);
    }
    Ok(text.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asset(bindings: &[&str]) -> Asset {
        let text = |text: &str| text.to_owned();
        Asset {
            path: text("libs/config.ini"),
            bucket: text("workarea"),
            key: text("prod/libs/config.ini"),
            sha256: String::new(),
            bindings: bindings.iter().copied().map(text).collect(),
        }
    }

    #[test]
    fn bindings_are_filled_in_or_named() {
        let network = BTreeMap::from([("Subnets".to_owned(), "subnet-1,subnet-2".to_owned())]);
        let outputs = Outputs::from([("network".to_owned(), network)]);
        let known = filled(&asset(&["network.Subnets"]), b"ids = <network.Subnets>\n", &outputs);
        assert_eq!(known, Ok(b"ids = subnet-1,subnet-2\n".to_vec()));
        let unknown = filled(&asset(&["network.Vpc"]), b"vpc = <network.Vpc>\n", &outputs);
        assert_eq!(unknown, Err("network.Vpc".to_owned()));
    }
}
