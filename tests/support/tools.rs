//! Keeps what the tests install in `.tools/`: made once, and made again when its pins change.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The folder of the repository.
pub(crate) const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Returns `.tools/<name>` as `make` filled it for exactly this `stamp`.
///
/// Test programs run side by side, so one makes and the others wait for its lock. A folder gets its
/// name only when it is whole, so a run that was cut off leaves nothing that looks ready.
pub(crate) fn made_once(name: &str, stamp: &str, make: impl FnOnce(&Path)) -> PathBuf {
    let home = Path::new(ROOT).join(".tools");
    fs::create_dir_all(&home).expect("`.tools` can be made");
    let lock = File::create(home.join(format!("{name}.lock"))).expect("a lock file can be made");
    lock.lock().expect("the file system has locks");

    let (ready, fresh) = (home.join(name), home.join(format!("{name}.new")));
    if fs::read_to_string(ready.join("stamp")).is_ok_and(|found| found == stamp) {
        return ready;
    }
    remove(&fresh);
    fs::create_dir(&fresh).expect("a folder in `.tools` can be made");
    make(&fresh);
    fs::write(fresh.join("stamp"), stamp).expect("a stamp can be written");
    remove(&ready);
    fs::rename(&fresh, &ready).expect("nothing is left at the new name");
    ready
}

fn remove(folder: &Path) {
    if folder.exists() {
        fs::remove_dir_all(folder).expect("`.tools` belongs to the tests");
    }
}

/// Runs a command to its end with `input` on its standard input; `Err` is all that it said.
pub(crate) fn run(command: &mut Command, input: &str) -> Result<String, String> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|err| format!("cannot start {command:?}: {err}"))?;
    // A program that ends before it reads its input says why itself.
    child.stdin.take().expect("it is piped").write_all(input.as_bytes()).ok();
    let output = child.wait_with_output().map_err(|err| format!("{command:?}: {err}"))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(said);
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    Err(format!("{command:?} ended with {}\n{said}{complaint}", output.status))
}
