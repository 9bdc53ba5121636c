//! The repository that a project is in, so that a code-review site finds the files that a report names.

use std::fmt::Write;
use std::path::{Component, Path, PathBuf};

/// Returns the top of the repository that `folder` is in: the nearest folder upwards with a `.git`, which is a file in a
/// worktree or a submodule; `folder` itself where there is none.
pub(super) fn top(folder: &Path) -> PathBuf {
    let folder = absolute(folder);
    let top = folder.ancestors().find(|above| above.join(".git").exists());
    top.map(Path::to_owned).unwrap_or(folder)
}

/// Returns the address of a file: relative to `top` (RFC 3986, 4.2) when it is below, else an absolute `file:` URI.
pub(super) fn uri(file: &Path, top: &Path) -> String {
    let file = absolute(file);
    match file.strip_prefix(absolute(top)) {
        Ok(below) => joined(below),
        Err(_) => format!("file:///{}", joined(&file)),
    }
}

/// Resolves links, so that two ways to a file are one; a file that is gone keeps its name.
fn absolute(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

fn joined(path: &Path) -> String {
    let names = path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(encoded(&name.to_string_lossy())),
        _ => None,
    });
    names.collect::<Vec<_>>().join("/")
}

/// Writes a name as a URI has it: all but the unreserved characters as `%XX` (RFC 3986, 2.1 and 2.3).
fn encoded(name: &str) -> String {
    let mut text = String::new();
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                text.push(char::from(byte));
            }
            _ => write!(text, "%{byte:02X}").expect("a string takes every text"),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_below_is_relative_and_another_is_not() {
        let top = Path::new("/nowhere/at all");
        assert_eq!(uri(Path::new("/nowhere/at all/a b/ü.yaml"), top), "a%20b/%C3%BC.yaml");
        assert_eq!(uri(Path::new("/nowhere/else:1"), top), "file:///nowhere/else%3A1");
    }
}
