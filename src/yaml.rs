//! YAML in, as a tree that knows its places; YAML out, as CloudFormation templates for people.

mod read;
mod syntax;
mod tree;
mod write;

pub use read::{MAX_BYTES, read};
pub use tree::{Content, Entry, Node};
pub use write::write;
