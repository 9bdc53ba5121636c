//! Which fields there are at a point of a workflow, and where each stands in the state's data.

use std::collections::BTreeMap;

/// The fields at one point, each with the JSONPath where it was produced.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields {
    sure: BTreeMap<String, String>,
    maybe: BTreeMap<String, String>,
}

impl Fields {
    /// Returns where a field stands that is there on every way.
    pub(super) fn path(&self, field: &str) -> Option<&str> {
        self.sure.get(field).map(String::as_str)
    }

    /// Returns where a field stands that may be missing.
    pub(super) fn path_if_any(&self, field: &str) -> Option<&str> {
        self.path(field).or_else(|| self.maybe.get(field).map(String::as_str))
    }

    /// Returns the fields that are there on every way, with their paths.
    pub(super) fn sure(&self) -> impl Iterator<Item = (&str, &str)> {
        self.sure.iter().map(|(field, path)| (field.as_str(), path.as_str()))
    }

    /// Adds a field, or says where it stands now.
    pub(super) fn produce(&mut self, field: &str, path: String) {
        self.maybe.remove(field);
        self.sure.insert(field.to_owned(), path);
    }

    /// Adds a field that may be missing.
    pub(super) fn allow(&mut self, field: &str, path: String) {
        self.sure.remove(field);
        self.maybe.insert(field.to_owned(), path);
    }

    /// Notes that a field was found to be there.
    pub(super) fn found(&mut self, field: &str) {
        if let Some(path) = self.maybe.remove(field) {
            self.sure.insert(field.to_owned(), path);
        }
    }
}
