//! AWS's own reference data, embedded, and checks of documents against it; nothing here reads a
//! file or asks AWS.

pub mod asl;
pub mod client;
pub mod iam;
pub mod instance;
pub mod release;
pub mod runtime;
pub mod schema;
pub mod service;

mod archive;
mod intrinsic;

/// Something in a document that AWS would refuse or that does not do what it seems to.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Violation {
    /// Where, as a JSON pointer (RFC 6901) into the checked document.
    pub path: String,
    /// Whether AWS refuses it.
    pub severity: Severity,
    /// What is wrong: lowercase, no full stop.
    pub message: String,
    /// What to write instead, where that is known.
    pub suggestion: Option<String>,
}

/// How bad a [`Violation`] is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Severity {
    /// AWS refuses it, or it can never work.
    Error,
    /// AWS takes it, but it is rarely meant.
    Warning,
}

impl Violation {
    fn error(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            severity: Severity::Error,
            message: message.into(),
            suggestion: None,
        }
    }

    fn warning(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(path, message) }
    }

    fn suggest(self, suggestion: Option<impl Into<String>>) -> Self {
        Self { suggestion: suggestion.map(Into::into), ..self }
    }
}

/// One key as a JSON pointer writes it.
fn token(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
