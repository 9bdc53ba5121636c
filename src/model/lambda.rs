//! Lambdas as meant.

use std::collections::BTreeMap;

use crate::diagnostic::Span;

use super::{Capability, Name};

/// A Lambda function with its contract.
#[derive(Clone, Debug)]
pub struct Lambda {
    /// Its name, without the environment's suffix.
    pub name: Name,
    /// Its Python file, a path below the folder of the blueprint's project.
    pub file: String,
    /// Its code, as the file has it.
    pub code: String,
    /// What it does.
    pub description: Option<String>,
    /// The fields of its event.
    pub reads: Vec<FieldRead>,
    /// The fields of what it returns, beside `Status`.
    pub returns: Vec<String>,
    /// The values of `Status`; empty when it returns none.
    pub statuses: Vec<String>,
    /// What it may do.
    pub can: Vec<Capability>,
    /// Where each of that stands.
    pub places: BTreeMap<Capability, Span>,
    /// Environment variables, beside those that its capabilities bring.
    pub variables: BTreeMap<String, String>,
    /// The runtime, such as `python3.13`.
    pub runtime: String,
    /// The processor.
    pub architecture: Architecture,
    /// Memory in MB.
    pub memory_mb: u32,
    /// Seconds after which it is stopped.
    pub timeout_seconds: u32,
    /// Where its name stands.
    pub span: Span,
}

/// A field of an event.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FieldRead {
    /// The field.
    pub name: String,
    /// Whether it may be missing.
    pub optional: bool,
}

/// The processor that code runs on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Architecture {
    /// Graviton: cheaper, and plain Python does not mind.
    Arm64,
    /// Intel and AMD.
    X86,
}
