//! What AWS offers and demands, each fact with its source.

pub mod release;
pub mod runtime;
