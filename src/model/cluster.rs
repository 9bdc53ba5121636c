//! The EMR cluster as meant.

use crate::diagnostic::Span;

/// The EMR cluster that the launch Lambda starts.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// Its name.
    pub name: String,
    /// The release, such as `emr-7.13.0`; one of `aws::release`.
    pub release: String,
    /// Instance types for the master node; never empty.
    pub master_types: Vec<String>,
    /// Instance types for workers; never empty.
    pub worker_types: Vec<String>,
    /// On-demand workers from the start.
    pub on_demand: u32,
    /// Spot workers.
    pub spot: Spot,
    /// Disk of each node in GiB.
    pub disk_gb: u32,
    /// Steps that run at once, 1 to 256.
    pub step_concurrency: u32,
    /// Minutes of idleness after which EMR ends it; only where the network has egress.
    pub idle_timeout_minutes: Option<u32>,
    /// Minutes for which it is kept after a failure.
    pub keep_on_failure_minutes: Option<u32>,
    /// The EC2 key pair for SSH.
    pub key_pair: Option<String>,
    /// Where the section stands.
    pub span: Span,
}

/// Spot workers.
#[derive(Clone, Debug)]
pub struct Spot {
    /// How many from the start.
    pub count: u32,
    /// How many are added before facts are processed.
    pub increment: u32,
    /// The highest price in percent of the on-demand price.
    pub max_price_percent: u32,
    /// Minutes to wait for capacity, 5 to 1440 (EMR API, `SpotProvisioningSpecification`).
    pub timeout_minutes: u32,
    /// `SWITCH_TO_ON_DEMAND` or `TERMINATE_CLUSTER`.
    pub timeout_action: String,
    /// How EC2 chooses among the types.
    pub allocation: String,
}
