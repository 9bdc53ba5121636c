//! The side that is deployed: the templates of the stacks, read and nothing else.

use anyhow::bail;
use futures_util::future::try_join_all;

use super::super::reach::{Reach, told};
use super::side::{Pair, Side};
use crate::apply;
use crate::cloud::{self, Cloud, Trouble};
use crate::diff::Files;
use crate::plan::{Stack, Wanted};

/// Compares a fresh synth of one environment with its stacks (`DescribeStacks`, `GetTemplate`). What is not in a template is
/// not compared.
pub(super) fn with_deployed(
    reach: &Reach,
    mut wanted: Vec<Wanted>,
    mut fresh: Vec<Side>,
) -> anyhow::Result<Vec<Pair>> {
    let (Some(wanted), Some(mut new), true) = (wanted.pop(), fresh.pop(), wanted.is_empty()) else {
        bail!("which environment is deployed?\nhelp: name it with `--env NAME`");
    };
    new.files.retain(|path, _| path.contains(".template."));
    let files = cloud::run(async {
        let (cloud, _) = reach.connect(&wanted).await?;
        templates(&cloud, &wanted).await.map_err(|trouble| told(&trouble))
    })?;
    let old = Side::of_texts(&new.name, files);
    Ok(vec![Pair { name: new.name.clone(), old, new }])
}

/// Returns the templates of the stacks that are there, by the paths of the wanted ones.
async fn templates(cloud: &Cloud, wanted: &Wanted) -> Result<Files, Trouble> {
    let stacks = wanted.bootstrap.iter().chain(&wanted.stacks);
    let read = stacks.map(async |stack: &Stack| {
        let seen = apply::look(cloud, &stack.stack_name).await?;
        let Some(deployed) = seen.filter(|deployed| deployed.status.is_there()) else {
            return Ok::<_, Trouble>(None);
        };
        let body = apply::template(cloud, &deployed.arn).await?;
        Ok(Some((stack.template.clone(), body)))
    });
    Ok(try_join_all(read).await?.into_iter().flatten().collect())
}
