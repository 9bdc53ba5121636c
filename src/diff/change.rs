//! Changes as a value: computed once, shown in any form.

use serde::Serialize;
use serde_json::Value;

use super::verdict::Consequence;
use crate::diagnostic::Span;

/// Everything that changes from one side to the other; the worst first in every list.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Changes {
    /// The environment, where the documents name one.
    pub environment: Option<String>,
    /// The resources that change.
    pub resources: Vec<Resource>,
    /// Who may do more or less.
    pub permissions: Vec<Permission>,
    /// What the network lets through.
    pub network: Vec<Passage>,
    /// State machines, as graphs.
    pub workflows: Vec<Workflow>,
    /// Tables of the catalog.
    pub catalog: Vec<Table>,
    /// Functions whose code changes, by what changes in it.
    pub code: Vec<Code>,
    /// Configuration and scripts.
    pub files: Vec<TextFile>,
    /// What is paid for by the hour.
    pub costs: Vec<Cost>,
    /// What else changes in templates: parameters, outputs, conditions.
    pub templates: Vec<Part>,
}

/// A resource that changes.
#[derive(Clone, Debug, Serialize)]
pub struct Resource {
    /// The short name of its stack.
    pub stack: String,
    /// Its logical id, the new one where it was renamed.
    pub logical_id: String,
    /// Its logical id before it was renamed.
    pub renamed_from: Option<String>,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its own name, where the template states one.
    pub name: Option<String>,
    /// What is written about it.
    pub action: Action,
    /// What happens to it.
    pub consequence: Consequence,
    /// Why, where the properties do not say.
    pub reason: Option<String>,
    /// What may be lost or fail.
    pub dangers: Vec<Danger>,
    /// The properties that differ.
    pub properties: Vec<Property>,
    /// The place that it comes from.
    pub at: Option<Place>,
    /// The same place, for drawing.
    #[serde(skip)]
    pub span: Span,
}

/// What is written about a resource.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It is another.
    Changed,
    /// It is the same under another logical id.
    Renamed,
    /// It says what it said, and changes because of another.
    Follows,
}

/// A property that differs.
#[derive(Clone, Debug, Serialize)]
pub struct Property {
    /// Where, such as `Tags[team].Value`.
    pub path: String,
    /// What stood there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<Value>,
    /// What stands there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<Value>,
    /// Where, as a JSON pointer into the resource in its one form.
    #[serde(skip)]
    pub pointer: String,
    /// What this alone entails.
    pub consequence: Consequence,
    /// The section that says in words what this does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub told_in: Option<&'static str>,
}

/// What may be lost or fail.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Danger {
    /// Of which kind it is.
    pub kind: DangerKind,
    /// What would happen.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

/// The kinds of danger, the worst first.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DangerKind {
    /// The deployment fails.
    Deploy,
    /// Data is lost, is left behind, or reads wrong.
    Data,
    /// More of the world can reach it.
    Network,
}

/// Something else in a template: a parameter, an output, a condition.
#[derive(Clone, Debug, Serialize)]
pub struct Part {
    /// The short name of the stack.
    pub stack: String,
    /// The section, such as `Outputs`.
    pub section: String,
    /// The name in the section; empty where the section is one value.
    pub name: String,
    /// What stood there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<Value>,
    /// What stands there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<Value>,
}

/// What someone may do now, or no longer.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Permission {
    /// Whether someone may do more than before; less otherwise.
    pub widens: bool,
    /// Who.
    pub who: String,
    /// The actions.
    pub actions: Vec<String>,
    /// What they act on.
    pub resources: Vec<String>,
    /// Under which condition, as JSON; empty where there is none.
    pub condition: String,
    /// Whether it is about a denial that comes or goes.
    pub denial: bool,
    /// The resources whose policies say so, or said so, as `stack/logical id`.
    pub by: Vec<String>,
}

/// A way through the network that opens or closes.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Passage {
    /// Whether it opens.
    pub opens: bool,
    /// Whether the whole world is at its end.
    pub world: bool,
    /// What it leads through, as `stack/logical id`.
    pub through: String,
    /// What passes.
    pub rule: String,
}

/// A state machine that changes.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Workflow {
    /// Its name.
    pub name: String,
    /// States that are new, each with what follows.
    pub added: Vec<String>,
    /// States that are gone.
    pub removed: Vec<String>,
    /// What changes of others, as `state: aspect old → new`.
    pub changed: Vec<String>,
}

/// A table that changes.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Table {
    /// Database and table.
    pub name: String,
    /// What changes, as sentences.
    pub changed: Vec<String>,
}

/// Functions that change for the same reason.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Code {
    /// The functions.
    pub functions: Vec<String>,
    /// Source files in their archives that are new, gone or changed, each with `+`, `−` or `~`; empty where the manifest does
    /// not say.
    pub files: Vec<String>,
}

/// A text that goes to a bucket.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct TextFile {
    /// Its path.
    pub path: String,
    /// Settings that change, in a file of settings.
    pub settings: Vec<String>,
    /// Lines that are new.
    pub added: usize,
    /// Lines that are gone.
    pub removed: usize,
}

/// Something that is paid for as long as it is there.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Cost {
    /// What.
    pub what: String,
    /// How many there were.
    pub old: u64,
    /// How many there are.
    pub new: u64,
}

/// A line of a file.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Place {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
}

impl Changes {
    /// Tells whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.resources.is_empty()
            && self.templates.is_empty()
            && self.files.is_empty()
            && self.code.is_empty()
    }

    /// Gives each resource the place that `find` knows for it.
    pub fn locate(&mut self, find: impl Fn(&Resource) -> Option<(Span, Place)>) {
        for resource in &mut self.resources {
            if let Some((span, place)) = find(resource) {
                (resource.span, resource.at) = (span, Some(place));
            }
        }
    }

    /// Tells whether anyone may do more than before.
    pub fn widens(&self) -> bool {
        self.permissions.iter().any(|permission| permission.widens)
            || self.network.iter().any(|passage| passage.opens)
    }

    /// Tells whether nothing here depends on, or adds up with, resources that stay as they are.
    pub(super) fn stand_alone(&self) -> bool {
        let moves = ["Parameters", "ParameterValues", "Mappings", "Conditions"];
        let told_in = |one: &Resource, list| one.properties.iter().any(|p| p.told_in == Some(list));
        self.permissions.is_empty()
            && self.costs.is_empty()
            && !self.templates.iter().any(|part| moves.contains(&part.section.as_str()))
            && !self.resources.iter().any(|one| {
                matches!(one.consequence, Consequence::Replace | Consequence::MayReplace)
                    || told_in(one, "permissions")
            })
    }

    /// Puts the worst first.
    pub(super) fn sort(&mut self) {
        self.resources.sort_by_cached_key(|one| {
            let danger = one.dangers.iter().map(|danger| danger.kind).min();
            (danger.is_none(), danger, one.consequence)
        });
    }
}

impl Resource {
    /// Tells whether it holds a danger of this kind.
    pub fn has(&self, kind: DangerKind) -> bool {
        self.dangers.iter().any(|danger| danger.kind == kind)
    }
}
