//! What the pages for readers say is so: blueprints in them are valid, commands and flags exist, links lead somewhere.

#[path = "support/project.rs"]
mod project;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const GEN: &str = env!("CARGO_BIN_EXE_gen");

/// Files that examples name, each in the least form that will do.
const NAMED: [(&str, &str); 1] = [(
    "blueprints/bastion.template.yaml",
    "Parameters: {VpcId: {Type: String}, Owner: {Type: String}}
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: !Ref Owner, VpcId: !Ref VpcId}
",
)];

#[test]
fn every_blueprint_in_a_page_is_valid() {
    let project = copy("valid");
    for (path, text) in NAMED {
        fs::write(project.join(path), text).expect("written");
    }
    let mut valid = 0;
    for block in blocks("yaml") {
        let ended = synth(&project, &over_the_sample(&block.text));
        let told = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success(), "{}:{}:\n{told}", block.page, block.line);
        valid += 1;
    }
    assert!(valid >= 15, "only {valid} examples were found");
    assert!(!synth(&project, &over_the_sample("pipline: a\n")).status.success());
}

#[test]
fn the_slip_of_the_readme_is_told_as_it_says() {
    let project = copy("slip");
    let in_readme = |language| blocks(language).into_iter().find(|block| block.page == "README.md");
    let table = in_readme("yaml").expect("the README adds a table").text;
    let told = in_readme("text").expect("the README shows a slip").text;
    let sample = fs::read_to_string(project.join("blueprints/data_pipeline.yaml")).expect("read");
    let faulty = table.replace("name: string", "name: text");
    let text = sample.replacen("\ntables:\n", &format!("\ntables:\n{faulty}"), 1);
    fs::write(project.join("blueprints/data_pipeline.yaml"), text).expect("written");
    let ended = run(&project, &["validate"]);
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(said.starts_with(&told), "the README says\n{told}\nand `gen` says\n{said}");
}

#[test]
fn every_command_in_a_page_has_its_flags() {
    let mut flags = 0;
    for (page, line, words) in commands() {
        let (command, rest) = words.split_first().expect("a command has words");
        let ended = run(Path::new(ROOT), &[command, "--help"]);
        assert!(ended.status.success(), "{page}:{line}: there is no `gen {command}`");
        let help = String::from_utf8_lossy(&ended.stdout).into_owned();
        let known: BTreeSet<_> = help.split([' ', '\n', ',', '=']).collect();
        for flag in rest.iter().filter(|word| word.starts_with("--")) {
            assert!(
                known.contains(flag.as_str()),
                "{page}:{line}: `gen {command}` has no `{flag}`"
            );
            flags += 1;
        }
    }
    assert!(flags >= 5, "only {flags} flags were found");
}

#[test]
fn every_link_in_a_page_leads_somewhere() {
    let mut links = 0;
    for (page, text) in pages() {
        for target in targets(&text) {
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let folder = Path::new(ROOT).join(&page);
            let path = match file {
                "" => folder,
                file => folder.with_file_name(file),
            };
            assert!(path.exists(), "{page}: `{target}` is not there");
            let found = anchor.is_empty() || anchors(&path).contains(anchor);
            assert!(found, "{page}: `{target}` has no such heading");
            links += 1;
        }
    }
    assert!(links >= 20, "only {links} links were found");
}

#[test]
fn the_architecture_names_every_module_and_every_test() {
    let text = fs::read_to_string(Path::new(ROOT).join("ARCHITECTURE.md")).expect("a page");
    let named: BTreeSet<_> = text.split('`').skip(1).step_by(2).collect();
    let lib = fs::read_to_string(Path::new(ROOT).join("src/lib.rs")).expect("the library");
    let modules = lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    let files = ["tests", "benches"].into_iter().flat_map(|folder| {
        let entries = fs::read_dir(Path::new(ROOT).join(folder)).expect("a folder");
        let names = entries.map(|entry| entry.expect("an entry").file_name());
        names.map(move |name| format!("{folder}/{}", name.to_string_lossy()))
    });
    let programs =
        files.filter(|file| Path::new(file).extension().is_some_and(|found| found == "rs"));
    let all: Vec<_> = modules.map(str::to_owned).chain(programs).collect();
    assert!(all.len() > 25, "{all:?}");
    // What only runs the cases of a folder has its name.
    let is_named =
        |name: &str| named.contains(name) || named.contains(name.trim_end_matches(".rs"));
    let missing: Vec<_> = all.iter().filter(|name| !is_named(name)).collect();
    assert!(missing.is_empty(), "ARCHITECTURE.md does not name {missing:?}");
}

/// A fenced block of a page.
struct Block {
    page: String,
    line: usize,
    text: String,
}

fn copy(name: &str) -> PathBuf {
    project::copied(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("documents").join(name))
}

fn run(folder: &Path, args: &[&str]) -> Output {
    Command::new(GEN).current_dir(folder).args(args).output().expect("gen runs")
}

fn synth(project: &Path, blueprint: &str) -> Output {
    fs::write(project.join("blueprints/page.yaml"), blueprint).expect("written");
    run(project, &["synth", "--deny-warnings", "--blueprint", "blueprints/page.yaml"])
}

/// Lays a part over the sample; indented lines are tables.
fn over_the_sample(text: &str) -> String {
    match text {
        text if text.starts_with("extends:") => text.to_owned(),
        text if text.starts_with(' ') => over_the_sample(&format!("tables:\n{text}")),
        text => format!("extends: blueprints/data_pipeline.yaml\n{text}"),
    }
}

/// Returns the pages with their paths, as a reader of the repository has them.
fn pages() -> Vec<(String, String)> {
    let docs = fs::read_dir(Path::new(ROOT).join("docs")).expect("the folder of pages");
    let docs = docs.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"));
    let pages = docs.filter(|name| Path::new(name).extension().is_some_and(|form| form == "md"));
    let mut names: Vec<_> = pages.map(|name| format!("docs/{name}")).collect();
    names.extend(["README.md", "ARCHITECTURE.md", "CHANGELOG.md"].map(str::to_owned));
    names.sort();
    let text = |name: &str| fs::read_to_string(Path::new(ROOT).join(name)).expect("a page is text");
    names.into_iter().map(|name| (name.clone(), text(&name))).collect()
}

/// Returns the fenced blocks of all pages in a language.
fn blocks(language: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    for (page, text) in pages() {
        let mut open: Option<Block> = None;
        for (index, line) in text.lines().enumerate() {
            match (&mut open, line.strip_prefix("```")) {
                (None, Some(found)) if found == language => {
                    open = Some(Block { page: page.clone(), line: index + 2, text: String::new() });
                }
                (Some(_), Some(_)) => blocks.extend(open.take()),
                (Some(block), None) => block.text.extend([line, "\n"]),
                (None, _) => {}
            }
        }
    }
    blocks
}

/// Returns the words behind `gen` in code spans and shell blocks, with page and line.
fn commands() -> Vec<(String, usize, Vec<String>)> {
    let mut found = Vec::new();
    for (page, text) in pages() {
        for (index, line) in text.lines().enumerate() {
            let spans =
                line.split('`').skip(1).step_by(2).filter_map(|span| span.strip_prefix("gen "));
            let shell = line.strip_prefix("cargo run --release -- ").into_iter();
            for command in spans.chain(shell) {
                let plain = command.split('#').next().unwrap_or_default();
                let words = plain.split_whitespace().map(|word| word.trim_matches(['[', ']']));
                found.push((page.clone(), index + 1, words.map(str::to_owned).collect()));
            }
        }
    }
    found
}

/// Returns where the links of a page lead, but for those to other sites.
fn targets(text: &str) -> Vec<&str> {
    let links = text.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0));
    links.filter(|target| !target.contains("://")).collect()
}

/// Returns the names that headings have in links: lowercase words with hyphens between them.
fn anchors(page: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(page).expect("a page is text");
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let plain = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    let name = |line: &str| line.trim_start_matches('#').trim().to_lowercase();
    headings
        .map(|line| name(line).chars().filter(plain).collect::<String>().replace(' ', "-"))
        .collect()
}
