//! Evaluates IAM policies as AWS does: who may do what, and which statements say so (IAM user guide, "Policy evaluation
//! logic"). Pure: it judges the request that it is given, and asks nobody.

mod condition;
mod decide;
mod document;
mod narrowed;
mod pattern;
mod principal;
mod request;
mod statement;
mod value;

pub use decide::{Decision, Layer, Policies, Reason, decide};
pub use document::{Malformed, Policy};
pub use narrowed::Narrowed;
pub use request::{Request, Unfit};
pub use statement::{Difference, Effect, Statement};

#[cfg(test)]
mod tests;
