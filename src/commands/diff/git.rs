//! What `out/` was in git, asked of the `git` command.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

use crate::diff::Files;

/// A revision and how to call it.
pub(super) struct Revision {
    pub(super) hash: String,
    pub(super) shown: String,
}

fn git(folder: &Path, arguments: &[&str]) -> anyhow::Result<String> {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(arguments);
    let ended = command.output().context("cannot start `git`")?;
    if !ended.status.success() {
        let said = String::from_utf8_lossy(&ended.stderr).trim().to_owned();
        bail!("`git {}` failed: {said}", arguments.join(" "));
    }
    Ok(String::from_utf8_lossy(&ended.stdout).trim_end().to_owned())
}

/// Tells whether a folder is in a repository with a commit.
pub(super) fn is_there(folder: &Path) -> bool {
    git(folder, &["rev-parse", "--verify", "--quiet", "HEAD"]).is_ok()
}

/// Returns where this branch left the default branch; on it, HEAD.
pub(super) fn base(folder: &Path) -> anyhow::Result<Revision> {
    let candidates = ["refs/remotes/origin/HEAD", "refs/heads/main", "refs/heads/master"];
    let exists = |name: &&str| git(folder, &["rev-parse", "--verify", "--quiet", name]).is_ok();
    let Some(default) = candidates.into_iter().find(exists) else { return named(folder, "HEAD") };
    let base = git(folder, &["merge-base", "HEAD", default])
        .context("this branch and the default branch have no commit in common (a shallow clone?)\nhelp: fetch more history, or name a revision with `--against git:REVISION`")?;
    let shown = format!(
        "{} of {}",
        short(&base),
        default.rsplit_once("refs/").map_or(default, |(_, name)| name)
    );
    Ok(Revision { hash: base, shown })
}

fn short(hash: &str) -> &str {
    hash.get(..8).unwrap_or(hash)
}

/// Returns the revision that a person names.
pub(super) fn named(folder: &Path, name: &str) -> anyhow::Result<Revision> {
    let commit = format!("{name}^{{commit}}");
    let hash = git(folder, &["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])
        .with_context(|| format!("git knows no revision `{name}`"))?;
    Ok(Revision { shown: name.to_owned(), hash })
}

/// Returns the files in `below` as they were in a revision, by their paths from `folder`.
pub(super) fn files(folder: &Path, revision: &Revision, below: &str) -> anyhow::Result<Files> {
    let listed = git(folder, &["ls-tree", "-r", "-z", "--name-only", &revision.hash, "--", below])?;
    let paths: Vec<&str> = listed.split('\0').filter(|path| !path.is_empty()).collect();
    let prefix = git(folder, &["rev-parse", "--show-prefix"])?;
    let asked: Vec<String> =
        paths.iter().map(|path| format!("{}:{prefix}{path}\n", revision.hash)).collect();
    let answer = contents(folder, &asked.concat())?;
    let mut rest = answer.as_slice();
    let mut files = Files::new();
    for path in paths {
        let text = next(&mut rest).with_context(|| format!("git does not give `{path}`"))?;
        // What is not text is nothing that can be compared here.
        if let Ok(text) = String::from_utf8(text.to_vec()) {
            files.insert(path.to_owned(), text);
        }
    }
    Ok(files)
}

/// Asks `git cat-file --batch` for many files at once.
fn contents(folder: &Path, asked: &str) -> anyhow::Result<Vec<u8>> {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(["cat-file", "--batch"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start `git cat-file`")?;
    let mut input = child.stdin.take().expect("it is piped");
    let asked = asked.to_owned();
    // Written from a thread of its own: git answers before it has read all, and both pipes are short.
    let writer = std::thread::spawn(move || input.write_all(asked.as_bytes()));
    let ended = child.wait_with_output().context("cannot read from `git cat-file`")?;
    writer.join().expect("writing does not panic").context("cannot write to `git cat-file`")?;
    Ok(ended.stdout)
}

/// Takes one answer: `<hash> blob <size>`, a line's end, the bytes, a line's end.
fn next<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let end = rest.iter().position(|byte| *byte == b'\n')?;
    let header = std::str::from_utf8(&rest[..end]).ok()?;
    let size: usize = header.rsplit(' ').next()?.parse().ok()?;
    let body = rest.get(end + 1..end + 1 + size)?;
    *rest = rest.get(end + 2 + size..).unwrap_or_default();
    Some(body)
}
