//! A blueprint in one environment: the model, and what `gen synth` emits for it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use pipeline::model::Pipeline;
use serde_json::Value;

use crate::deployed::Deployed;
use crate::tools::{ROOT, run};

/// The sample.
pub(crate) const SAMPLE: &str = "blueprints/data_pipeline.yaml";

/// A blueprint in one environment.
pub(crate) struct Case {
    /// Its blueprint and environment, such as `own_key-dev`.
    pub(crate) name: String,
    pub(crate) pipeline: Pipeline,
    pub(crate) deployed: Deployed,
    /// The emitted definitions of its state machines, by full name.
    pub(crate) machines: BTreeMap<String, Value>,
    /// Where all of it was emitted.
    pub(crate) folder: PathBuf,
}

/// Returns every environment of the sample and of the blueprints in `tests/cases`.
pub(crate) fn all() -> Vec<Case> {
    let folder = Path::new(ROOT).join("tests/cases");
    let mut names: Vec<String> = fs::read_dir(folder)
        .expect("the folder of cases")
        .map(|entry| entry.expect("a case").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let mut cases = of("sample", SAMPLE);
    for name in names {
        cases.extend(of(&name, &format!("tests/cases/{name}/blueprint.yaml")));
    }
    cases
}

/// Returns every environment of a blueprint.
pub(crate) fn of(name: &str, blueprint: &str) -> Vec<Case> {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("permissions").join(name);
    let mut synth = Command::new(env!("CARGO_BIN_EXE_gen"));
    synth.args(["synth", "--template-format", "json", "--blueprint", blueprint, "--out"]);
    run(synth.arg(&out).current_dir(ROOT), "").unwrap_or_else(|said| panic!("{said}"));
    let pipelines = pipeline::commands::pipelines(&Path::new(ROOT).join(blueprint));
    let pipelines = pipelines.unwrap_or_else(|error| panic!("{error}"));
    pipelines
        .into_iter()
        .map(|pipeline| {
            let folder = out.join(&pipeline.environment.name);
            Case {
                name: format!("{name}-{}", pipeline.environment.name),
                deployed: Deployed::read(&folder, &pipeline),
                machines: machines(&folder),
                pipeline,
                folder,
            }
        })
        .collect()
}

fn machines(folder: &Path) -> BTreeMap<String, Value> {
    let files = fs::read_dir(folder.join("state-machines")).expect("`gen synth` made it");
    let paths = files.map(|entry| entry.expect("it is listed").path());
    paths.map(|path| (name_of(&path), read(&path))).collect()
}

fn name_of(path: &Path) -> String {
    let file = path.file_name().expect("a file has a name").to_string_lossy();
    file.trim_end_matches(".asl.json").to_owned()
}

/// Returns the JSON in a file that `gen synth` wrote.
pub(crate) fn read(path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap_or_else(|err| panic!("{}: {err}", path.display()));
    serde_json::from_str(&text).expect("`gen synth` writes JSON")
}
