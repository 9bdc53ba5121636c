//! The files of a project, each read once, by its path below the project's folder.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, FileId, Sources, Span};

/// Reads the files that a blueprint names; the command layer brings the disk, tests bring a map.
pub trait Disk {
    /// Returns a file's text, or why it cannot be read.
    fn read(&self, path: &str) -> Result<String, String>;

    /// Returns the paths of the files directly in a folder, sorted; none when there is no such folder.
    fn files(&self, folder: &str) -> Vec<String>;

    /// Returns the paths of the folders directly in a folder, sorted; none when there is no such folder.
    fn folders(&self, folder: &str) -> Vec<String>;
}

/// The project's files as far as they were read.
pub struct Project {
    disk: Box<dyn Disk>,
    beside: String,
    sources: Sources,
    read: BTreeMap<String, Result<FileId, String>>,
}

impl Project {
    /// Returns a project on `disk` whose blueprint is in the folder `beside`.
    pub fn new(disk: Box<dyn Disk>, beside: impl Into<String>) -> Self {
        Self { disk, beside: beside.into(), sources: Sources::default(), read: BTreeMap::new() }
    }

    /// Returns the files read so far, for drawing problems.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// Adds a file that was read elsewhere.
    pub fn add(&mut self, name: &str, text: String) -> FileId {
        self.sources.add(name, text)
    }

    /// Returns the text of a file that was read.
    pub fn text(&self, file: FileId) -> &str {
        &self.sources.get(file).text
    }

    /// Reads `path`; a path that starts with `./` is beside the blueprint, others are below the project's folder.
    pub fn load(&mut self, path: &str) -> Result<FileId, String> {
        let path = self.resolve(path);
        if let Some(known) = self.read.get(&path) {
            return known.clone();
        }
        let loaded = match self.disk.read(&path) {
            Ok(text) => Ok(self.sources.add(path.clone(), text)),
            Err(reason) => Err(reason),
        };
        self.read.insert(path, loaded.clone());
        loaded
    }

    /// Reads a file that the blueprint names at `span`, or says there why not.
    pub fn named(&mut self, path: &str, span: Span) -> Result<FileId, Diagnostic> {
        self.load(path).map_err(|reason| {
            let shown = self.resolve(path);
            Diagnostic::error("missing-file", span, format!("cannot read `{shown}`: {reason}"))
                .help("paths are below the project's folder; `./` in front means beside the blueprint")
        })
    }

    /// Returns the paths of all files of the packages (folders with `__init__.py`) in `folder`.
    pub fn packages(&self, folder: &str) -> Vec<String> {
        let folders = self.disk.folders(folder);
        let files = folders.iter().map(|folder| self.disk.files(folder));
        files.filter(|files| files.iter().any(|f| f.ends_with("/__init__.py"))).flatten().collect()
    }

    /// Tells whether there is a file at `path`.
    pub fn has(&self, path: &str) -> bool {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        self.disk.files(folder).iter().any(|file| file == path)
    }

    /// Returns the paths of the files directly in `folder`.
    pub fn files(&self, folder: &str) -> Vec<String> {
        self.disk.files(folder)
    }

    fn resolve(&self, path: &str) -> String {
        match path.strip_prefix("./") {
            Some(rest) if self.beside.is_empty() => rest.to_owned(),
            Some(rest) => format!("{}/{rest}", self.beside),
            None => path.to_owned(),
        }
    }
}
