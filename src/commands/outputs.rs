//! `gen outputs`.

use std::fmt::Write;

use futures_util::future::try_join_all;

use super::common::Common;
use super::reach::told;
use super::report::Format;
use super::{Exit, report};
use crate::apply::{self, Outputs};
use crate::cloud::{Cloud, Trouble};
use crate::plan::Wanted;

/// Show what the stacks of an environment give to others
///
/// Exit codes: 0 shown, 1 the blueprint has problems or AWS refuses.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    common: Common,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    args.common.run(async |target| shown(&args.common, &target.wanted).await)
}

async fn shown(common: &Common, wanted: &Wanted) -> anyhow::Result<Exit> {
    let (cloud, _) = common.reach.connect(wanted).await?;
    let outputs = outputs(&cloud, wanted).await.map_err(|trouble| told(&trouble))?;
    report::print(&match common.format {
        Format::Text => text(&outputs),
        Format::Json => format!("{:#}\n", serde_json::json!(outputs)),
    })?;
    Ok(Exit::Done)
}

/// Returns the outputs of the stacks that are there.
async fn outputs(cloud: &Cloud, wanted: &Wanted) -> Result<Outputs, Trouble> {
    let stacks = wanted.bootstrap.iter().chain(&wanted.stacks);
    let looks = stacks.map(async |stack| {
        let seen = apply::look(cloud, &stack.stack_name).await?;
        let seen = seen.filter(|deployed| deployed.status.is_there());
        Ok::<_, Trouble>(seen.map(|deployed| (stack.name.clone(), deployed.outputs)))
    });
    Ok(try_join_all(looks).await?.into_iter().flatten().collect())
}

fn text(outputs: &Outputs) -> String {
    let mut text = String::new();
    for (stack, own) in outputs {
        for (name, value) in own {
            // Writing to a string does not fail.
            let _ = writeln!(text, "{stack}.{name} = {value}");
        }
    }
    if text.is_empty() { "no stack gives anything\n".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_are_named_as_parameters_name_them() {
        let own = [("VpcId".to_owned(), "vpc-1".to_owned())].into();
        let outputs = Outputs::from([("network".to_owned(), own)]);
        assert_eq!(text(&outputs), "network.VpcId = vpc-1\n");
        assert_eq!(text(&Outputs::new()), "no stack gives anything\n");
    }
}
