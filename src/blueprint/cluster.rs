//! The EMR cluster as written.

use super::decode::{Spanned, record};

record! {
    /// The EMR cluster that the launch Lambda starts.
    pub struct Cluster as "`cluster`" {
        /// Its name, the pipeline's unless given.
        pub name: Option<Spanned<String>>,
        /// The EMR release, such as `emr-7.13.0`.
        pub release: Spanned<String>,
        /// Instance types for the master node, the first one preferred.
        pub master: Vec<Spanned<String>>,
        /// The worker nodes.
        pub workers: Workers,
        /// Disk of each node in GiB, 64 unless given.
        pub disk_gb: Option<Spanned<u32>>,
        /// Steps that run at once, 1 to 256; one for each table of a kind, 10 at most, unless given.
        pub step_concurrency: Option<Spanned<u32>>,
        /// Minutes of idleness after which EMR ends the cluster; needs `network.egress`.
        pub idle_timeout_minutes: Option<Spanned<u32>>,
        /// Minutes for which a cluster is kept after a failure, for development.
        pub keep_on_failure_minutes: Option<Spanned<u32>>,
        /// The EC2 key pair for SSH; there is none unless given.
        pub key_pair: Option<Spanned<String>>,
    }
}

record! {
    /// The worker nodes of a cluster.
    pub struct Workers as "`workers`" {
        /// Instance types, any of which may be used.
        pub types: Vec<Spanned<String>>,
        /// How many on-demand workers there are from the start, 1 unless given.
        pub on_demand: Option<Spanned<u32>>,
        /// The spot workers.
        pub spot: Option<Spot>,
    }
}

record! {
    /// The spot workers of a cluster.
    pub struct Spot as "`spot`" {
        /// How many there are from the start, 0 unless given.
        pub count: Option<Spanned<u32>>,
        /// How many are added before facts are processed, 1 unless given.
        pub increment: Option<Spanned<u32>>,
        /// The highest price as a share of the on-demand price in percent, 100 unless given.
        pub max_price_percent: Option<Spanned<u32>>,
        /// Minutes to wait for spot capacity, 5 to 1440; 20 unless given.
        pub timeout_minutes: Option<Spanned<u32>>,
        /// What then: `SWITCH_TO_ON_DEMAND` (the default) or `TERMINATE_CLUSTER`.
        pub timeout_action: Option<Spanned<String>>,
        /// How EC2 chooses among the types, `price-capacity-optimized` unless given.
        pub allocation: Option<Spanned<String>>,
    }
}
