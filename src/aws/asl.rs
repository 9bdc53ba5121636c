//! Checks state machine definitions: what the service refuses late, and what it takes although it
//! cannot work.
//!
//! Sources: Amazon States Language specification (states-language.net) and the Step Functions
//! developer guide.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{Violation, intrinsic};

mod call;
mod choice;
mod errors;
mod fields;
mod function;
mod machine;
mod path;
mod payload;
mod resource;
mod state;

pub use call::{Call, calls};

type Object = Map<String, Value>;

/// Checks a whole definition, which is the root of the pointers.
///
/// CloudFormation's functions and `${…}` substitutions are taken for anything. What depends on the
/// input of an execution (whether a path finds something) cannot be said here.
pub fn check(definition: &Value) -> Vec<Violation> {
    let mut check = Check { found: Vec::new(), names: BTreeSet::new() };
    check.whole(definition);
    check.found
}

/// The language of the expressions in a state.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Language {
    JsonPath,
    Jsonata,
}

struct Check {
    found: Vec<Violation>,
    /// The states seen so far in the whole definition.
    names: BTreeSet<String>,
}

impl Check {
    fn error(&mut self, path: &str, message: impl Into<String>) {
        self.found.push(Violation::error(path, message));
    }

    fn warn(&mut self, path: &str, message: impl Into<String>) {
        self.found.push(Violation::warning(path, message));
    }

    fn suggest(&mut self, path: &str, message: impl Into<String>, instead: Option<&str>) {
        self.found.push(Violation::error(path, message).suggest(instead));
    }
}

/// Whether a value is known only at deployment.
fn is_open(value: &Value) -> bool {
    intrinsic::call(value).is_some() || value.as_str().is_some_and(|text| text.contains("${"))
}

#[cfg(test)]
mod tests;
