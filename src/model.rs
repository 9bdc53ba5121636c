//! The pipeline as meant, in one environment: only valid values exist here.

mod access;
mod cluster;
mod deployer;
mod effect;
mod hive;
mod lambda;
mod location;
mod name;
mod network;
mod place;
mod reference;
#[cfg(test)]
pub(crate) mod sample;
mod table;
mod workflow;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::diagnostic::Span;
use crate::yaml::Node;

pub use crate::blueprint::{Area, Capability, Encryption};
pub use access::{Detour, Foreign, Group, Trusted, Verb, WritesFrom};
pub use cluster::{Cluster, Spot};
pub use deployer::{Boundary, Deployer, GitHub, Runs};
pub use effect::{Effect, effects};
pub use hive::{BadType, HiveType};
pub use lambda::{Architecture, FieldRead, Lambda};
pub use name::{BadName, BucketName, HiveName, Name};
pub use network::{ExistingVpc, Network, S3Endpoint};
pub use place::{Environment, Partition};
pub use reference::{Reference, TABLE_AREAS, Target, named_in, references};
pub use table::{
    Column, Compression, Database, Format, Kind, Load, Locations, Source, Table, Zone,
};
pub use workflow::{
    Action, Argument, Body, COMMANDS_OF_A_LOAD, Cleanup, Invocation, Machine, Outcomes, Schedule,
    ScheduledBy, Step, Timing,
};

/// A whole pipeline in one environment.
#[derive(Clone, Debug)]
pub struct Pipeline {
    /// Its name.
    pub name: Name,
    /// The version of its workflows, part of the machines' names.
    pub version: String,
    /// The day by which ends of support are judged, yyyy-mm-dd.
    pub as_of: String,
    /// Where it runs.
    pub environment: Environment,
    /// Tags on everything, `pipeline` and `environment` among them.
    pub tags: BTreeMap<String, String>,
    /// E-mail addresses that hear of success and failure.
    pub subscribers: Vec<String>,
    /// The bucket that holds the data.
    pub workarea: Workarea,
    /// The databases, at least one for each zone and kind that a table needs.
    pub databases: Vec<Database>,
    /// The tables in written order.
    pub tables: Vec<Table>,
    /// How many numbered stacks hold the tables, when the blueprint says so.
    pub catalog_stacks: Option<u32>,
    /// The Lambdas in written order.
    pub lambdas: Vec<Lambda>,
    /// The cluster.
    pub cluster: Cluster,
    /// The state machines in written order.
    pub machines: Vec<Machine>,
    /// What starts the pipeline.
    pub schedule: Option<Schedule>,
    /// The VPC.
    pub network: Network,
    /// People and systems.
    pub groups: Vec<Group>,
    /// Who deploys.
    pub deployer: Deployer,
    /// What no role can do more than.
    pub boundary: Boundary,
    /// Alarms, checks and how long logs are kept.
    pub operations: Operations,
    /// Merge patches on emitted resources.
    pub overrides: Vec<Override>,
    /// Hand-written templates.
    pub extra_stacks: Vec<ExtraStack>,
}

/// The bucket that holds the data.
#[derive(Clone, Debug)]
pub struct Workarea {
    /// The bucket.
    pub bucket: BucketName,
    /// The prefix of everything but logs and query results, without slashes around it.
    pub root: String,
    /// With whose key objects are encrypted.
    pub encryption: Encryption,
    /// Days until archived source files are deleted.
    pub archive_days: Option<u32>,
    /// Days for which overwritten and deleted objects can be brought back.
    pub noncurrent_days: u32,
    /// Days until query results are deleted.
    pub results_days: u32,
    /// Days until cluster logs are deleted.
    pub log_days: u32,
    /// Role ARNs that may always change the bucket's settings and reach its data.
    pub break_glass: Vec<String>,
    /// Role ARNs that deploy, beside the bootstrapped ones.
    pub deployers: Vec<String>,
    /// Where the section stands.
    pub span: Span,
}

/// Alarms, checks and how long logs are kept.
#[derive(Clone, Debug)]
pub struct Operations {
    /// Hours after which a running cluster raises an alarm.
    pub cluster_alarm_hours: u32,
    /// Minutes between two checks for clusters that nobody owns.
    pub cluster_check_minutes: u32,
    /// Minutes for which a cluster that nobody owns is left alone.
    pub grace_minutes: u32,
    /// Days for which CloudWatch keeps logs.
    pub log_days: u32,
    /// Whether there is a dashboard.
    pub dashboard: bool,
}

/// A JSON merge patch (RFC 7396) on one emitted resource.
#[derive(Clone, Debug)]
pub struct Override {
    /// The stack's name.
    pub stack: String,
    /// The resource's logical id.
    pub logical_id: String,
    /// The patch.
    pub patch: Value,
    /// Where its key stands.
    pub span: Span,
}

/// A template written by hand and carried along.
#[derive(Clone, Debug)]
pub struct ExtraStack {
    /// Its name.
    pub name: Name,
    /// Its template with the places of everything in it.
    pub template: Node,
    /// The same as JSON.
    pub json: Value,
    /// Stacks that must be there first, each with the place where it is named.
    pub after: Vec<(String, Span)>,
    /// Parameters with their values, or `<stack.Output>`, and where they stand.
    pub parameters: BTreeMap<String, (String, Span)>,
    /// Where its name stands.
    pub span: Span,
}

impl ExtraStack {
    /// Splits a parameter's value of the form `<stack.Output>`.
    pub fn output_of<'a>(&self, value: &'a str) -> Option<(&'a str, &'a str)> {
        value.strip_prefix('<')?.strip_suffix('>')?.split_once('.')
    }
}

impl Pipeline {
    /// Returns the tables of a kind, in written order.
    pub fn tables_of(&self, kind: Kind) -> impl Iterator<Item = &Table> {
        self.tables.iter().filter(move |table| table.kind == kind)
    }

    /// Returns the database of a zone and kind; `check` made sure that there is one for every table.
    pub fn database(&self, zone: Zone, kind: Kind) -> &Database {
        self.databases
            .iter()
            .find(|database| database.zone == zone && database.holds == kind)
            .expect("check asks for a database for each zone and kind of table")
    }

    /// Returns the Lambda of that name.
    pub fn lambda(&self, name: &str) -> Option<&Lambda> {
        self.lambdas.iter().find(|lambda| lambda.name.as_str() == name)
    }

    /// Returns the one Lambda that stands for `capability`; `check` made sure of it where the workflows need it.
    pub fn lambda_that_can(&self, capability: Capability) -> Option<&Lambda> {
        lambda_that_can(&self.lambdas, capability)
    }

    /// Returns the state machine of that (short) name.
    pub fn machine(&self, name: &str) -> Option<&Machine> {
        self.machines.iter().find(|machine| machine.name.as_str() == name)
    }
}

/// Returns the one Lambda that stands for `capability`: the only one that has it, else the only one that names it first.
pub fn lambda_that_can(lambdas: &[Lambda], capability: Capability) -> Option<&Lambda> {
    let able: Vec<_> = lambdas.iter().filter(|lambda| lambda.can.contains(&capability)).collect();
    let mut alone =
        able.iter().filter(|lambda| able.len() == 1 || lambda.can.first() == Some(&capability));
    let first = alone.next()?;
    alone.next().is_none().then_some(*first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_that_publish_the_one_that_says_so_first_stands_for_it() {
        let pipeline = sample::pipeline();
        let name = |capability| pipeline.lambda_that_can(capability).map(|l| l.name.as_str());
        assert_eq!(name(Capability::PublishMessage), Some("lambda_send_msg_sns"));
        assert_eq!(name(Capability::SubmitStep), Some("lambda_submit_cmd_run_step_emr"));
        assert_eq!(name(Capability::ReadConfig), None);
    }
}
