//! `gen outputs`.

use std::fmt::Write;

use futures_util::future::try_join_all;

use super::reach::{Reach, told};
use super::report::Format;
use super::target::Named;
use super::{Exit, report};
use crate::apply::{self, Outputs};
use crate::cloud::{self, Cloud, Trouble};
use crate::plan::Wanted;

/// Show what the stacks of an environment give to others
///
/// Exit codes: 0 shown, 1 the blueprint has problems or AWS refuses.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    reach: Reach,
    /// The form of the report
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let Some(target) = args.named.target()? else { return Ok(Exit::Failed) };
    let outputs = cloud::run(async {
        let (cloud, _) = args.reach.connect(&target.wanted).await?;
        outputs(&cloud, &target.wanted).await.map_err(|trouble| told(&trouble))
    })?;
    report::print(&match args.format {
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
