//! The project's files on disk; nothing outside the project's folder is read.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::{self, DirEntry, FileType};
use std::io::Read;
use std::path::{Path, PathBuf};

use super::refusal::reason;
use crate::project::Disk;
use crate::yaml::MAX_BYTES;

/// A folder on disk, with symbolic links resolved.
pub(super) struct Folder {
    root: PathBuf,
    /// Folders below it by path, resolved: every file of a folder asks for it.
    resolved: RefCell<BTreeMap<PathBuf, PathBuf>>,
}

impl Folder {
    /// Opens the folder of the project that a blueprint belongs to.
    pub(super) fn new(root: &Path) -> std::io::Result<Self> {
        Ok(Self { root: fs::canonicalize(root)?, resolved: RefCell::default() })
    }

    fn inside(&self, path: &str) -> Result<PathBuf, String> {
        if Path::new(path).is_absolute() {
            return Err("the path is absolute".to_owned());
        }
        let found = self.resolve(&self.root.join(path)).map_err(|error| reason(&error))?;
        if found.starts_with(&self.root) {
            Ok(found)
        } else {
            Err("it leads out of the project's folder".to_owned())
        }
    }

    fn resolve(&self, path: &Path) -> std::io::Result<PathBuf> {
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
            return fs::canonicalize(path);
        };
        if fs::symlink_metadata(path)?.is_symlink() {
            return fs::canonicalize(path);
        }
        let mut resolved = self.resolved.borrow_mut();
        if !resolved.contains_key(folder) {
            resolved.insert(folder.to_owned(), fs::canonicalize(folder)?);
        }
        Ok(resolved[folder].join(name))
    }

    fn children(&self, folder: &str, wanted: impl Fn(&FileType) -> bool) -> Vec<String> {
        let entries =
            self.inside(folder).and_then(|path| fs::read_dir(path).map_err(|e| reason(&e)));
        let is_wanted = |entry: &DirEntry| kind(entry).is_ok_and(|kind| wanted(&kind));
        let names = entries.into_iter().flatten().flatten().filter(is_wanted);
        let mut paths: Vec<_> = names
            .filter_map(|entry| Some(format!("{folder}/{}", entry.file_name().to_str()?)))
            .collect();
        paths.sort();
        paths
    }
}

impl Disk for Folder {
    fn read(&self, path: &str) -> Result<String, String> {
        let found = self.inside(path)?;
        read(&found).map_err(|problem| problem.reason)
    }

    fn files(&self, folder: &str) -> Vec<String> {
        self.children(folder, FileType::is_file)
    }

    fn folders(&self, folder: &str) -> Vec<String> {
        self.children(folder, FileType::is_dir)
    }
}

/// Returns what an entry is, or what it leads to.
fn kind(entry: &DirEntry) -> std::io::Result<FileType> {
    let own = entry.file_type()?;
    if own.is_symlink() { Ok(fs::metadata(entry.path())?.file_type()) } else { Ok(own) }
}

/// Why a file could not be read, and what of it is text.
pub(super) struct Unreadable {
    /// The reason.
    pub(super) reason: String,
    /// The text before the first byte that is not UTF-8, when that is the reason.
    pub(super) text: Option<String>,
}

/// Reads a text file of at most 16 MiB.
pub(super) fn read(path: &Path) -> Result<String, Unreadable> {
    let unreadable = |reason| Unreadable { reason, text: None };
    let size = fs::metadata(path).map_err(|error| unreadable(reason(&error)))?;
    if size.is_dir() {
        return Err(unreadable("it is a folder".to_owned()));
    }
    if size.len() > MAX_BYTES as u64 {
        return Err(unreadable(format!("it has {} MiB, and 16 MiB is the most", size.len() >> 20)));
    }
    // A pipe or a device does not know its size. The byte more is for the end to be seen without another look.
    let mut bytes = Vec::with_capacity(usize::try_from(size.len()).unwrap_or_default() + 1);
    let file = fs::File::open(path).map_err(|error| unreadable(reason(&error)))?;
    file.take(MAX_BYTES as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(reason(&error)))?;
    if bytes.len() > MAX_BYTES {
        return Err(unreadable("it has more than 16 MiB, which is the most".to_owned()));
    }
    String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let text = String::from_utf8_lossy(good).into_owned();
        Unreadable { reason: "it is not UTF-8 text".to_owned(), text: Some(text) }
    })
}
