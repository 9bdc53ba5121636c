//! What a command deploys: one environment of the blueprint, synthesised here and now, and the same as what was reviewed.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::bail;

use super::load::{Loaded, Selection, load};
use super::{folder, report, synth};
use crate::diagnostic::Problems;
use crate::plan::Wanted;
use crate::synth::File;
use crate::verify::Depth;

/// Which environment, and where what was reviewed is
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Named {
    #[command(flatten)]
    pub(super) selection: Selection,
    /// The folder in which `gen synth` wrote, `out` in the project's folder unless given
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

/// One environment as it is wanted.
pub(super) struct Target {
    /// Its stacks and objects.
    pub(super) wanted: Wanted,
    /// Its files.
    pub(super) files: Vec<File>,
    /// The place in the blueprint behind each resource, by stack and logical id.
    pub(super) places: BTreeMap<(String, String), String>,
}

impl Named {
    /// Synthesises the environment; nothing when the blueprint has problems, which are told.
    ///
    /// # Errors
    /// `out/` is not what the blueprint gives: what was reviewed is not what would be deployed.
    pub(super) fn target(&self) -> anyhow::Result<Option<Target>> {
        let Some(mut loaded) = self.loaded()? else { return Ok(None) };
        let out = self.out.clone().unwrap_or_else(|| loaded.root.join("out"));
        let Some(name) = loaded.pipelines.first().map(|one| one.environment.name.clone()) else {
            return Ok(None);
        };
        let folder = out.join(&name);
        let is_json = folder.join("network.template.json").is_file();
        let format =
            if is_json { synth::TemplateFormat::Json } else { synth::TemplateFormat::Yaml };
        let mut made = synth::documents(&mut loaded, format, Depth::Patched);
        if stopped(&mut loaded) {
            return Ok(None);
        }
        let Some((_, files)) = made.pop() else { return Ok(None) };
        let changes = folder::changes(&folder, &files, false)?;
        if !changes.write.is_empty() || !changes.remove.is_empty() {
            bail!(
                "`{}` is not what the blueprint gives, so what was reviewed is not what would be deployed\nhelp: `gen synth`, then review what changed: `gen diff`",
                folder.display()
            );
        }
        let (wanted, places) = (Wanted::read(&files)?, places(&loaded, &files));
        Ok(Some(Target { wanted, files, places }))
    }

    /// Loads the environment that is named, or the blueprint's default one.
    fn loaded(&self) -> anyhow::Result<Option<Loaded>> {
        let mut loaded = load(&self.selection)?;
        if self.selection.env.is_none() && loaded.pipelines.len() != 1 {
            let Some(env) = loaded.default_environment.clone() else {
                if stopped(&mut loaded) {
                    return Ok(None);
                }
                bail!(
                    "which environment?\nhelp: name it with `--env NAME`, or set `default_environment` in the blueprint"
                );
            };
            loaded = load(&Selection { env: Some(env), ..self.selection.clone() })?;
        }
        Ok((!stopped(&mut loaded)).then_some(loaded))
    }
}

/// Tells the problems so far and whether they stop the command.
fn stopped(loaded: &mut Loaded) -> bool {
    let problems: Problems = std::mem::take(&mut loaded.problems);
    let problems = problems.into_sorted();
    let stops = report::stops(&problems, false);
    if stops {
        report::problems(&problems, loaded.sources());
    }
    stops
}

fn places(loaded: &Loaded, files: &[File]) -> BTreeMap<(String, String), String> {
    let mut places = BTreeMap::new();
    for file in files {
        let stack = file.path.split(".template.").next().unwrap_or_default();
        for (id, span) in &file.origins {
            let line = loaded.sources().position(*span).line;
            let place = format!("{}:{line}", loaded.path(span.file).display());
            places.insert((stack.to_owned(), id.clone()), place);
        }
    }
    places
}
