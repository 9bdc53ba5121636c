//! A blueprint of 1,200 tables: inside CloudFormation's limits, and one more table touches no more than it must.

#[path = "support/many_tables.rs"]
mod many_tables;
#[path = "support/project.rs"]
mod project;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

const TABLES: usize = 1200;

type Files = BTreeMap<String, Vec<u8>>;

#[test]
fn one_table_more_changes_one_catalog_stack_and_its_own_files() {
    let project = project::copied(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("many_tables"));
    let before = synth(&project, (2..TABLES / 2).chain(TABLES / 2 + 1..=TABLES));
    within_limits(&before);
    let after = synth(&project, 2..=TABLES);
    within_limits(&after);
    let added = format!("table_{:05}_dimension", TABLES / 2);
    let changed = changed(&before, &after);
    let (catalog, others): (Vec<_>, Vec<_>) =
        changed.into_iter().partition(|path| path.starts_with("catalog"));
    assert_eq!(catalog.len(), 1, "{catalog:?}");
    let own = format!("libs/hive-scripts/dimension_process/{added}.sql");
    let machine = "state-machines/data_pipeline_v2.0_Dimension_Process.asl.json".to_owned();
    assert_eq!(others, [own, "manifest.json".into(), machine, "workflows.template.yaml".into()]);
    fs::remove_dir_all(project).expect("the copy is ours");
}

fn synth(project: &Path, tables: impl Iterator<Item = usize>) -> Files {
    fs::write(project.join("blueprint.yaml"), many_tables::blueprint(tables)).expect("written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_gen"));
    command.current_dir(project).args(["synth", "--env", "dev", "--blueprint", "blueprint.yaml"]);
    let ended = command.output().expect("gen starts");
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    let out = project.join("out/dev");
    let manifest = fs::read(out.join("manifest.json")).expect("a manifest");
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).expect("JSON");
    let paths = manifest["files"].as_array().expect("a list").iter();
    let paths = paths.map(|path| path.as_str().expect("a path").to_owned());
    paths.map(|path| (path.clone(), fs::read(out.join(path)).expect("a listed file"))).collect()
}

/// CloudFormation user guide, "CloudFormation quotas": 500 resources and 1 MB in a template.
fn within_limits(files: &Files) {
    let templates: Vec<_> =
        files.iter().filter(|(path, _)| path.ends_with(".template.yaml")).collect();
    let catalogs = templates.iter().filter(|(path, _)| path.starts_with("catalog-")).count();
    assert!(catalogs > TABLES / 500, "{catalogs} catalog stacks of tables");
    for (path, bytes) in templates {
        assert!(bytes.len() <= 1_048_576, "{path} has {} bytes", bytes.len());
        let text = str::from_utf8(bytes).expect("a template is text");
        let resources = text.lines().filter(|line| line.starts_with("    Type: ")).count();
        assert!((1..=500).contains(&resources), "{path} has {resources} resources");
    }
}

fn changed(before: &Files, after: &Files) -> Vec<String> {
    let paths = before.keys().chain(after.keys().filter(|path| !before.contains_key(*path)));
    let mut changed: Vec<_> =
        paths.filter(|path| before.get(*path) != after.get(*path)).cloned().collect();
    changed.sort();
    changed
}
