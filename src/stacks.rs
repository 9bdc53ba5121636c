//! The stacks, in the order in which they are deployed.

pub mod bootstrap;

pub mod network;

pub mod storage;

pub mod catalog;

pub mod identity;

pub mod functions;

pub mod workflows;

pub mod operations;

mod role;
