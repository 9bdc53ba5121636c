//! What the operating system refuses: why, in words, and what to do.

use std::io::{Error, ErrorKind};
use std::path::Path;

use anyhow::anyhow;

/// Returns the failure of an attempt at `path`, such as `cannot write`, with what to do.
pub(super) fn refusal(attempt: &str, path: &Path, error: &Error) -> anyhow::Error {
    let reason = obstacle(path).unwrap_or_else(|| reason(error));
    anyhow!("{attempt} `{}`: {reason}\nhelp: {}", path.display(), help(error))
}

/// Says why, without the number that differs between systems.
pub(super) fn reason(error: &Error) -> String {
    let reason = match error.kind() {
        ErrorKind::NotFound => "there is no such file",
        ErrorKind::PermissionDenied => "permission denied",
        ErrorKind::IsADirectory => "it is a folder",
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists => "a file is in the way",
        ErrorKind::ReadOnlyFilesystem => "the disk can only be read",
        ErrorKind::StorageFull => "the disk is full",
        ErrorKind::QuotaExceeded => "your share of the disk is full",
        ErrorKind::InvalidFilename => {
            "the name is too long, or has a character that this disk refuses"
        }
        _ => return error.to_string().split(" (os error").next().unwrap_or_default().to_owned(),
    };
    reason.to_owned()
}

/// Returns what stands where a folder must be, on the way to `path`.
fn obstacle(path: &Path) -> Option<String> {
    let stands = |above: &&Path| above.symlink_metadata().is_ok() && !above.is_dir();
    let found = path.ancestors().skip(1).find(stands)?;
    Some(format!("`{}` is in the way, which must be a folder", found.display()))
}

/// Says what to do; the output folder is what most attempts are about.
pub(super) fn help(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::NotFound => "run this in the project's folder, or check the path",
        ErrorKind::PermissionDenied => {
            "give your user the right to it (`ls -ld` shows who has it), or name another folder with `--out`"
        }
        ErrorKind::IsADirectory | ErrorKind::NotADirectory | ErrorKind::AlreadyExists => {
            "move away what is there, or name another folder with `--out`"
        }
        ErrorKind::ReadOnlyFilesystem => "name a folder on another disk with `--out`",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "make room and run it again, or name a folder on another disk with `--out`"
        }
        ErrorKind::InvalidFilename => "name a folder with a shorter path with `--out`",
        _ => "mend that and run it again, or name another folder with `--out`",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_reason_has_a_number() {
        let kinds = [ErrorKind::PermissionDenied, ErrorKind::ReadOnlyFilesystem, ErrorKind::Other];
        for error in kinds.map(Error::from).into_iter().chain((1..40).map(Error::from_raw_os_error))
        {
            let told = refusal("cannot write", Path::new("a/b"), &error).to_string();
            assert!(!told.contains("os error") && told.contains("\nhelp: "), "{told}");
            assert!(told.starts_with("cannot write `a/b`: "), "{told}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn the_errors_of_a_disk_have_words_of_their_own() {
        // EACCES, ENOSPC, EROFS
        for (number, reason, help) in [
            (13, "permission denied", "right"),
            (28, "the disk is full", "make room"),
            (30, "the disk can only be read", "another disk"),
        ] {
            let error = Error::from_raw_os_error(number);
            assert_eq!(super::reason(&error), reason);
            assert!(super::help(&error).contains(help));
        }
    }
}
