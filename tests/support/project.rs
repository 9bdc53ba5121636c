//! A copy of the project: only what a synth reads.

use std::fs;
use std::path::{Path, PathBuf};

/// Makes a fresh project in `folder` and returns it.
pub(crate) fn copied(folder: &Path) -> PathBuf {
    let _ = fs::remove_dir_all(folder);
    for part in ["blueprints", "hive-scripts", "lambdas"] {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join(part);
        copy(&from, &folder.join(part));
    }
    folder.to_owned()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a new folder");
    for entry in fs::read_dir(from).expect("a folder of the project") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("an entry has a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("a file of the project");
        }
    }
}
