//! Turns one blueprint of a batch data pipeline into CloudFormation stacks and Amazon States Language.
//!
//! The modules stand in the order in which data flows; each uses only those above it.

pub mod hash;

pub mod diagnostic;

pub mod yaml;

pub mod aws;

pub mod policy;

pub mod blueprint;

pub mod model;

pub mod project;

pub mod python;

pub mod arn;

pub mod template;

pub mod check;

pub mod workflow;

pub mod permissions;

pub mod archive;

pub mod stacks;

pub mod access;

pub mod text;

pub mod verify;

pub mod manifest;

pub mod synth;

pub mod diff;

pub mod plan;

pub mod cloud;

pub mod apply;

pub mod commands;
