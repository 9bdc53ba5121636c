//! What the Python code of a Lambda asks of AWS, read and never run.
//!
//! The code is followed from the handler through names, arguments, returned values, decorators, classes and the packages
//! beside it, with the set of values that each name may have. A call is known when its receiver is a client for certain;
//! what cannot be followed is unknown, and then nothing is claimed of it.

#![allow(
    clippy::mutable_key_type,
    reason = "functions are ordered by where they stand; the cells in ruff's tree take no part in it"
)]

mod boto;
mod expression;
mod run;
mod source;
mod standard;
mod statement;
mod value;

use std::collections::BTreeSet;

use crate::aws::client;
use crate::diagnostic::Span;

pub use source::Code;

use run::Reading;

/// What code asks of AWS.
#[derive(Debug, Default)]
pub struct Calls {
    /// The calls that were followed, in the order of their places.
    pub calls: Vec<Call>,
    /// Whether code may call more than what was followed, and more than what its words say.
    pub is_open: bool,
    words: BTreeSet<String>,
    clients: BTreeSet<String>,
    resources: BTreeSet<String>,
}

/// A call of an operation of AWS.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Call {
    /// The client's service as boto3 names it.
    pub client: String,
    /// The method, such as `list_clusters`.
    pub method: String,
    /// The IAM actions that it asks for.
    pub actions: Vec<String>,
    /// The environment variables that its argument `Key` comes from, when it comes from nothing else.
    pub key: BTreeSet<String>,
    /// Whether the handler gets there; else it is only named.
    pub is_reached: bool,
    /// Where the method's name stands.
    pub span: Span,
}

impl Calls {
    /// Reads the module `main` of `codes`, which can import the others.
    pub fn of(codes: &[&Code], main: usize) -> Self {
        Reading::new(codes).handler(main)
    }

    /// Tells whether a word of the code may be a method that asks for `action`, though its receiver is not known.
    pub fn may_ask(&self, action: &str) -> bool {
        let prefix = action.split(':').next();
        let is_resource = self.resources.iter().any(|service| client::prefix(service) == prefix);
        let asks = |service: &String| self.words.iter().any(|w| client::asks(service, w, action));
        is_resource || self.clients.iter().any(asks)
    }
}

#[cfg(test)]
mod tests;
