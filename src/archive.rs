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

/// Returns the archive of a Lambda: its module and the `shared` files, at the paths given.
pub fn lambda(lambda: &Lambda, shared: &[(&str, &[u8])]) -> Archive {
    let own = format!("{}.py", module(lambda));
    let mut files: BTreeMap<&str, &[u8]> = shared.iter().copied().collect();
    files.insert(&own, lambda.code.as_bytes());
    zip(&files)
}

/// Returns an archive of `files` by path. Nothing is compressed: a few kilobytes of source need it not, and the bytes then
/// depend on no compressor's version.
pub fn zip(files: &BTreeMap<&str, &[u8]>) -> Archive {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    for (path, bytes) in files {
        let started = writer.start_file(*path, options);
        started.and_then(|()| Ok(writer.write_all(bytes)?)).expect("memory takes every write");
    }
    let bytes = writer.finish().expect("memory takes every write").into_inner();
    let digest = |bytes| hash::sha256(bytes)[..16].to_owned();
    let sources = files.iter().map(|(path, bytes)| ((*path).to_owned(), digest(bytes))).collect();
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
        let archive = super::lambda(lambda, &[("pipeline_common/errors.py", b"E = 1\n")]);
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
        let pair = |first: &'static [u8]| BTreeMap::from([("b.py", first), ("a.py", b"2")]);
        let archive = zip(&pair(b"1"));
        assert_eq!(archive, zip(&pair(b"1")));
        assert_ne!(archive.digest, zip(&pair(b"3")).digest);
        // Fixed for good: a new digest here would publish a new version of every function.
        assert_eq!(
            archive.key(),
            "assets/52536d8e17d9b9ebd5f76c83e69f612e7feedee1aff5e2a0a3fba2a5d53e7a92.zip"
        );
    }
}
