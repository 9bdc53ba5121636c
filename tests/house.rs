//! Holds the shape of the source: data flows down the list of modules in `src/lib.rs`, and files stay small.

use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const MOST_LINES: usize = 400;

#[test]
fn a_module_uses_only_modules_listed_before_it() {
    let order = modules("src/lib.rs");
    let mut upward = Vec::new();
    for file in rust_files("src") {
        let module = module_of(&file);
        let Some(place) = order.iter().position(|listed| *listed == module) else { continue };
        for (line, name) in foreign(&read(&file), depth_of(&file), &order, place) {
            upward.push(format!("{file}:{line}: `{module}` uses `{name}`"));
        }
    }
    assert!(
        upward.is_empty(),
        "src/lib.rs does not list what these use before them:\n{}",
        upward.join("\n")
    );
}

#[test]
fn a_file_belongs_to_a_module_of_the_library_or_the_program() {
    let declared =
        [modules("src/lib.rs"), modules("src/main.rs"), vec!["lib".into(), "main".into()]].concat();
    for file in rust_files("src") {
        assert!(declared.contains(&module_of(&file)), "no module holds {file}");
    }
}

#[test]
fn a_file_is_short() {
    for file in ["src", "tests", "benches"].into_iter().flat_map(rust_files) {
        let lines = read(&file).lines().count();
        assert!(lines <= MOST_LINES, "{file} has {lines} lines, more than {MOST_LINES}: divide it");
    }
}

/// Returns the modules that the root of a crate declares, in its order.
fn modules(root: &str) -> Vec<String> {
    let text = read(root);
    let declared = text.lines().filter_map(|line| {
        line.trim_start_matches("pub ")
            .trim_start_matches("pub(crate) ")
            .strip_prefix("mod ")?
            .strip_suffix(';')
    });
    declared.map(str::to_owned).collect()
}

/// Returns line and name of all that a file takes from the root of the crate and that the module at
/// `place` in `order` may not use. `depth` is how many times `super::` leads from the file to that root.
fn foreign<'a>(
    text: &'a str,
    depth: usize,
    order: &[String],
    place: usize,
) -> Vec<(usize, &'a str)> {
    let may_use = |name: &str| order[..=place].iter().any(|listed| listed == name);
    let climb = "super::".repeat(depth);
    let mut found = Vec::new();
    for (line, rest) in after(text, "crate::") {
        found.extend(
            first_names(rest)
                .into_iter()
                .map(|name| (line, name))
                .filter(|(_, name)| !may_use(name)),
        );
    }
    // Inside an inline module `super` is the file itself, so only the name of a module tells.
    for (line, rest) in after(text, &climb) {
        let modules =
            first_names(rest).into_iter().filter(|name| order.iter().any(|listed| listed == name));
        found.extend(modules.map(|name| (line, name)).filter(|(_, name)| !may_use(name)));
    }
    found
}

/// Returns each place in the code after `prefix`, with its line; comments are no code.
fn after<'a>(text: &'a str, prefix: &str) -> Vec<(usize, &'a str)> {
    let is_code = |at: usize| {
        let line = text[..at].rsplit('\n').next().unwrap_or_default();
        !line.contains("//")
            && !line.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$')
    };
    let places = text.match_indices(prefix).filter(|(at, _)| is_code(*at));
    places
        .map(|(at, _)| (text[..at].matches('\n').count() + 1, &text[at + prefix.len()..]))
        .collect()
}

/// Returns the first name of the path that `rest` starts with, or of each path in its braces.
fn first_names(rest: &str) -> Vec<&str> {
    if !rest.starts_with('{') {
        return vec![name(rest)];
    }
    let (mut names, mut depth, mut path_starts) = (Vec::new(), 0, false);
    for (at, c) in rest.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 1 => break,
            '}' => depth -= 1,
            c if path_starts && !c.is_whitespace() => names.push(name(&rest[at..])),
            _ => {}
        }
        path_starts = depth == 1 && (matches!(c, '{' | ',') || path_starts && c.is_whitespace());
    }
    names
}

fn name(text: &str) -> &str {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()
}

/// Returns the top-level module of a file, `model` for `src/model.rs` and `src/model/table.rs`.
fn module_of(file: &str) -> String {
    name(file.trim_start_matches("src/")).to_owned()
}

fn depth_of(file: &str) -> usize {
    file.matches('/').count() - usize::from(file.ends_with("/mod.rs"))
}

/// Returns the Rust files below a folder of the repository as paths from there, sorted.
fn rust_files(folder: &str) -> Vec<String> {
    let inside = fs::read_dir(Path::new(ROOT).join(folder)).into_iter().flatten();
    let mut paths: Vec<PathBuf> = inside.map(|entry| entry.expect("it is listed").path()).collect();
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        let below = format!("{folder}/{}", path.file_name().expect("it has one").to_string_lossy());
        if path.is_dir() {
            files.extend(rust_files(&below));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(below);
        }
    }
    files
}

fn read(file: &str) -> String {
    fs::read_to_string(Path::new(ROOT).join(file)).unwrap_or_else(|err| panic!("{file}: {err}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAULTY: &str = "//! Comments may name crate::synth.
use crate::blueprint::Table;
use crate::{
    model::{Table as Meant, synth},
    synth::Stack,
};
fn draw() -> crate::plan::Plan { $crate::model::ask(); not_crate::synth::it(); super::synth::stack() }
";

    #[test]
    fn what_a_module_takes_from_below_is_found_with_its_line() {
        let order = ["blueprint", "model", "synth", "plan"].map(str::to_owned);
        assert_eq!(foreign(FAULTY, 1, &order, 1), [(3, "synth"), (7, "plan"), (7, "synth")]);
        assert_eq!(foreign(FAULTY, 1, &order, 2), [(7, "plan")]);
        assert_eq!(foreign(FAULTY, 1, &order, 3), []);
    }

    #[test]
    fn what_lib_does_not_list_is_found() {
        let order = ["blueprint".to_owned()];
        assert_eq!(
            foreign("use crate::Table;\nuse crate::*;", 1, &order, 0),
            [(1, "Table"), (2, "")]
        );
    }

    #[test]
    fn a_file_knows_its_module_and_how_deep_it_lies() {
        for (file, module, depth) in [
            ("src/model.rs", "model", 1),
            ("src/model/mod.rs", "model", 1),
            ("src/model/table.rs", "model", 2),
        ] {
            assert_eq!((module_of(file).as_str(), depth_of(file)), (module, depth));
        }
    }
}
