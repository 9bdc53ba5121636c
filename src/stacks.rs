//! The stacks, in the order in which they are deployed.

pub mod catalog;

pub mod functions;

pub mod workflows;

pub mod operations;
