//! A case as its file has it.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A case.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    /// What it is about.
    #[allow(dead_code, reason = "for people")]
    pub(crate) about: String,
    /// What is there before.
    #[serde(default)]
    pub(crate) given: Given,
    /// States that stacks are put into, by short name.
    #[serde(default)]
    pub(crate) states: BTreeMap<String, String>,
    /// Tags that stacks have instead of their own, by short name.
    #[serde(default)]
    pub(crate) tags: BTreeMap<String, BTreeMap<String, String>>,
    /// Physical ids of what is there and in no stack.
    #[serde(default)]
    pub(crate) existing: Vec<String>,
    /// Texts of the blueprint that are replaced before the commands.
    #[serde(default)]
    pub(crate) edits: Vec<(String, String)>,
    /// Whether `out/` stays as it was before the edits.
    #[serde(default)]
    pub(crate) stale: bool,
    #[serde(default)]
    pub(crate) faults: Vec<Fault>,
    /// Logical ids that fail, with the reason.
    #[serde(default)]
    pub(crate) failing: BTreeMap<String, String>,
    /// Logical ids that cannot be brought back.
    #[serde(default)]
    pub(crate) stuck: BTreeMap<String, String>,
    /// Logical ids that cannot be deleted.
    #[serde(default)]
    pub(crate) undeletable: BTreeMap<String, String>,
    /// Logical ids of which early validation warns.
    #[serde(default)]
    pub(crate) warned: BTreeMap<String, String>,
    /// The lock that someone else holds: seconds since it was renewed.
    pub(crate) locked: Option<u64>,
    /// State machines that run.
    #[serde(default)]
    pub(crate) running: Vec<String>,
    /// The account of the credentials.
    pub(crate) account: Option<String>,
    /// Environment variables of the commands; empty ones are taken away.
    #[serde(default)]
    pub(crate) variables: BTreeMap<String, String>,
    /// Objects that are in the workarea bucket.
    #[serde(default)]
    pub(crate) objects: Vec<String>,
    /// E-mail addresses that are not confirmed.
    #[serde(default)]
    pub(crate) unconfirmed: Vec<String>,
    /// Schedules that somebody switched off.
    #[serde(default)]
    pub(crate) switched_off: Vec<String>,
    /// What was changed beside CloudFormation: the path of a property, or nothing where the resource was deleted, by logical id.
    #[serde(default)]
    pub(crate) drifted: BTreeMap<String, String>,
    /// The request, by the begin of its name, at which Ctrl-C comes, and how often.
    pub(crate) interrupt: Option<(String, u32)>,
    /// The commands, one after the other; faults are over after the first when `once`.
    pub(crate) run: Vec<String>,
    #[serde(default)]
    pub(crate) once: bool,
}

/// What is there before.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Given {
    /// Nothing.
    Nothing,
    /// The bootstrap stack.
    #[default]
    Bootstrapped,
    /// The whole pipeline.
    Deployed,
}

/// Something that goes wrong.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    pub(crate) at: String,
    pub(crate) nth: Option<usize>,
    /// `400 Throttling`, `drop before` or `drop after`.
    pub(crate) what: String,
}
