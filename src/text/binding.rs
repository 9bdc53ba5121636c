//! Values that exist only after a stack was made, and their placeholders in text files.

use std::fmt;

use serde::{Serialize, Serializer};

/// An output of a stack, written `<network.PrivateSubnetIds>` until it is known.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Binding {
    /// The stack's short name.
    pub stack: String,
    /// The output.
    pub output: String,
}

impl Binding {
    /// Returns the output `output` of `stack`.
    pub(super) fn new(stack: &str, output: &str) -> Self {
        Self { stack: stack.to_owned(), output: output.to_owned() }
    }
}

impl fmt::Display for Binding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}.{}>", self.stack, self.output)
    }
}

impl Serialize for Binding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
