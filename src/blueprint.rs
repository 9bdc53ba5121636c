//! The blueprint as written: strings with positions, no judgement; `check` says what is meant.

mod access;
mod cluster;
mod declare;
pub mod decode;
pub mod definitions;
mod deployer;
mod environment;
mod lambda;
mod network;
mod schema;
mod table;
mod workflow;

use decode::{Named, Spanned, choice, record};

pub use access::{AlsoSees, Area, Group};
pub use cluster::{Cluster, Spot, Workers};
pub use decode::Item;
pub use deployer::Deployer;
pub use environment::{EXTENDS, Environment, environments, extended, in_environment};
pub use lambda::{Capability, Lambda};
pub use network::{Existing, Network};
pub use schema::{schema, schema_text};
pub use table::{
    Column, CommentedColumn, Compression, Database, Format, Kind, Load, Locations, SourceFile,
    Table, Zone,
};
pub use workflow::{Failure, Machine, Schedule, ScheduledBy, Step};

use crate::yaml::Node;

record! {
    /// A batch data pipeline on AWS: S3 landing, EMR with Hive, ORC in Glue and Athena, run by Lambdas and Step Functions.
    pub struct Blueprint as "the blueprint" {
        /// The pipeline's name: the alias of its Lambdas, its topic, the prefix of its state machines, its `pipeline` tag.
        pub pipeline: Spanned<String>,
        /// The version of its workflows, part of the state machines' names, such as `"2.0"`.
        pub version: Spanned<String>,
        /// The day (yyyy-mm-dd) by which ends of support are judged; the clock is never read.
        pub as_of: Spanned<String>,
        /// The environment that commands take when none is named.
        pub default_environment: Option<Spanned<String>>,
        /// Tags on everything, beside `pipeline` and `environment`.
        pub tags: Named<Spanned<String>>,
        /// E-mail addresses that hear of success and failure.
        pub subscribers: Vec<Spanned<String>>,
        /// The bucket that holds the data.
        pub workarea: Workarea,
        /// The Glue databases: one for each zone and kind of table.
        pub databases: Named<Database>,
        /// The tables; each stands once in stage (text) and once in prod (ORC).
        pub tables: Named<Table>,
        /// How the tables are laid over CloudFormation stacks.
        pub catalog: Option<Catalog>,
        /// The Lambdas with what they read, return and may do.
        pub lambdas: Named<Lambda>,
        /// The EMR cluster that the launch Lambda starts.
        pub cluster: Cluster,
        /// The workflows.
        pub state_machines: Named<Machine>,
        /// What starts the pipeline, and when.
        pub schedule: Option<Schedule>,
        /// The VPC.
        pub network: Option<Network>,
        /// People and systems, and what each may do.
        pub access: Named<Group>,
        /// Who deploys.
        pub deployer: Option<Deployer>,
        /// What no role can do more than: `made` by `bootstrap` (the default), the ARN of a managed policy, or `none`.
        pub permissions_boundary: Option<Spanned<String>>,
        /// Alarms, checks and how long logs are kept.
        pub operations: Option<Operations>,
        /// A JSON merge patch (RFC 7396) on any emitted resource, keyed `<stack>.<LogicalId>`.
        pub overrides: Named<Node>,
        /// CloudFormation templates written by hand and carried along.
        pub extra_stacks: Named<ExtraStack>,
    }
}

impl Blueprint {
    /// Returns what the blueprint says of a machine's logs: the machine itself, else `operations`; `None` when neither does.
    pub fn logging(&self, machine: &Machine) -> Option<bool> {
        let default = self.operations.as_ref().and_then(|operations| operations.logging.as_ref());
        machine.logging.as_ref().or(default).map(|given| given.value)
    }
}

record! {
    /// The bucket that holds the data.
    pub struct Workarea as "`workarea`" {
        /// The bucket's name; bucket names are global.
        pub bucket: Spanned<String>,
        /// The prefix of everything but logs, `data-workflows` unless given.
        pub root: Option<Spanned<String>>,
        /// With whose key objects are encrypted, `s3` unless given.
        pub encryption: Option<Spanned<Encryption>>,
        /// Days until source files in the archive are deleted; never unless given.
        pub archive_days: Option<Spanned<u32>>,
        /// Days for which deleted and overwritten objects can be brought back, 30 unless given.
        pub noncurrent_days: Option<Spanned<u32>>,
        /// Days until results of Athena queries are deleted, 30 unless given.
        pub results_days: Option<Spanned<u32>>,
        /// Days until logs of clusters are deleted, 90 unless given.
        pub log_days: Option<Spanned<u32>>,
        /// Roles (ARNs) that may always change the bucket's settings and read its data: break-glass.
        pub break_glass: Vec<Spanned<String>>,
        /// Roles (ARNs) that CloudFormation uses to deploy, beside the bootstrapped one.
        pub deployers: Vec<Spanned<String>>,
    }
}

choice! {
    /// With whose key objects are encrypted.
    pub enum Encryption as "kind of encryption" {
        /// SSE-S3: keys of S3.
        S3 = "s3",
        /// SSE-KMS with the AWS-managed key.
        Aws = "aws",
        /// SSE-KMS with a key of the pipeline.
        Own = "own",
    }
}

record! {
    /// How the tables are laid over CloudFormation stacks.
    pub struct Catalog as "`catalog`" {
        /// How many numbered stacks the tables are spread over; changing it moves tables between stacks.
        pub stacks: Option<Spanned<u32>>,
    }
}

record! {
    /// Alarms, checks and how long logs are kept.
    pub struct Operations as "`operations`" {
        /// Hours after which a running cluster raises an alarm, 6 unless given.
        pub cluster_alarm_hours: Option<Spanned<u32>>,
        /// Minutes between two checks for clusters that nobody owns, 15 unless given.
        pub cluster_check_minutes: Option<Spanned<u32>>,
        /// Minutes for which a cluster that nobody owns is left alone, 60 unless given.
        pub grace_minutes: Option<Spanned<u32>>,
        /// Days for which CloudWatch keeps logs, 90 unless given; one of the values that CloudWatch knows.
        pub log_days: Option<Spanned<u32>>,
        /// Whether there is a dashboard; there is unless `false`.
        pub dashboard: Option<bool>,
        /// Whether executions of state machines that do not say it themselves are logged; they are unless `false`.
        pub logging: Option<Spanned<bool>>,
    }
}

record! {
    /// A CloudFormation template written by hand and carried along.
    pub struct ExtraStack as "an extra stack" {
        /// The template, a file beside the blueprint.
        pub template: Spanned<String>,
        /// Stacks that must be there first.
        pub after: Vec<Spanned<String>>,
        /// Parameters: a value, or `<stack.Output>` for an output of another stack.
        pub parameters: Named<Spanned<String>>,
    }
}
