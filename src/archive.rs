//! Code archives of the Lambdas: the same files give the same bytes, and the name follows the bytes.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::hash::{self, Digest};
use crate::model::Lambda;

/// A zip archive with its digest.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Archive {
    /// The archive.
    pub bytes: Vec<u8>,
    /// Its SHA-256.
    pub digest: Digest,
    /// The files in it by path, each with the first 16 digits of its SHA-256: a review names those that change.
    pub sources: BTreeMap<String, String>,
}

impl Archive {
    /// Returns its path below `out/<environment>/`, and its key in the artifact bucket: Lambda sees a change of code only
    /// when the key changes (CloudFormation user guide, `AWS::Lambda::Function Code`).
    pub fn key(&self) -> String {
        format!("assets/{}.zip", self.digest.hex())
    }

    /// Returns the digest as `AWS::Lambda::Version` compares it: base64 of its bytes.
    pub fn code_sha256(&self) -> String {
        self.digest.base64()
    }
}

/// Returns the name of the Python module in a Lambda's file.
pub fn module(lambda: &Lambda) -> &str {
    let file = lambda.file.rsplit('/').next().unwrap_or(&lambda.file);
    file.strip_suffix(".py").unwrap_or(file)
}

/// A file for archives.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Source {
    /// Its path in the archive.
    pub path: String,
    /// What is in it.
    pub text: String,
    digest: String,
}

impl Source {
    /// Returns a file at `path` in the archive.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let digest = hash::sha256(text.as_bytes())[..16].to_owned();
        Self { path: path.into(), text, digest }
    }
}

/// Returns the archive of a Lambda: its module and the `shared` files.
pub fn lambda<'a>(lambda: &Lambda, shared: impl IntoIterator<Item = &'a Source>) -> Archive {
    let own = Source::new(format!("{}.py", module(lambda)), lambda.code.as_str());
    let mut files: Vec<&Source> = shared.into_iter().collect();
    files.push(&own);
    zip(files)
}

/// Room that a zip takes for a file beside its content: two headers, and the path twice (APPNOTE.TXT of PKWARE).
const HEADERS: usize = 256;

/// Returns an archive of `files`, in the order of their paths. Nothing is compressed: a few kilobytes of source need it not,
/// and the bytes then depend on no compressor's version.
pub fn zip<'a>(files: impl IntoIterator<Item = &'a Source>) -> Archive {
    let files: BTreeMap<&str, &Source> =
        files.into_iter().map(|file| (file.path.as_str(), file)).collect();
    let room = files.values().map(|file| file.text.len() + HEADERS).sum();
    let mut writer = ZipWriter::new(Cursor::new(Vec::with_capacity(room)));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    for (path, file) in &files {
        let started = writer.start_file(*path, options);
        started
            .and_then(|()| Ok(writer.write_all(file.text.as_bytes())?))
            .expect("memory takes every write");
    }
    let bytes = writer.finish().expect("memory takes every write").into_inner();
    let sources = files.values().map(|file| (file.path.clone(), file.digest.clone())).collect();
    Archive { digest: Digest::of(&bytes), bytes, sources }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;
    use crate::model::sample;

    #[test]
    fn an_archive_holds_the_module_and_the_shared_package() {
        let lambda = &sample::pipeline().lambdas[0];
        let archive = super::lambda(lambda, &[Source::new("pipeline_common/errors.py", "E = 1\n")]);
        let mut zip = zip::ZipArchive::new(Cursor::new(&archive.bytes)).unwrap();
        let names: Vec<_> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
        assert_eq!(names, ["lambda_launch_emr.py", "pipeline_common/errors.py"]);
        let mut code = String::new();
        zip.by_index(0).unwrap().read_to_string(&mut code).unwrap();
        assert_eq!(code, lambda.code);
        assert_eq!(zip.by_index(0).unwrap().unix_mode(), Some(0o100_644));
    }

    #[test]
    fn the_same_files_give_the_same_bytes_and_others_do_not() {
        let pair = |first: &str| [Source::new("b.py", first), Source::new("a.py", "2")];
        let archive = zip(&pair("1"));
        assert_eq!(archive, zip(&pair("1")));
        assert_eq!(archive, zip(pair("1").iter().rev()));
        assert_ne!(archive.digest, zip(&pair("3")).digest);
        // Fixed for good: a new digest here would publish a new version of every function.
        assert_eq!(
            archive.key(),
            "assets/52536d8e17d9b9ebd5f76c83e69f612e7feedee1aff5e2a0a3fba2a5d53e7a92.zip"
        );
    }
}
