//! Lambdas as written.

use super::decode::{Named, Spanned, choice, record};

record! {
    /// A Lambda function: its contract, and what it may do.
    pub struct Lambda as "a Lambda" {
        /// Its Python file, `lambdas/<name>.py` unless given.
        pub file: Option<Spanned<String>>,
        /// What it does.
        pub description: Option<Spanned<String>>,
        /// The fields of its event; a `?` behind a name says that it may be missing.
        pub reads: Vec<Spanned<String>>,
        /// The fields of what it returns, beside `Status`.
        pub returns: Vec<Spanned<String>>,
        /// The values that its `Status` may have.
        pub status: Vec<Spanned<String>>,
        /// What it may do; each word stands for the permissions that it takes.
        pub can: Vec<Spanned<Capability>>,
        /// Environment variables, beside those that its capabilities bring.
        pub variables: Named<Spanned<String>>,
        /// The runtime, the pipeline's Python unless given.
        pub runtime: Option<Spanned<String>>,
        /// Memory in MB, 128 to 10,240; 256 unless given.
        pub memory_mb: Option<Spanned<u32>>,
        /// Seconds after which it is stopped, 1 to 900; 60 unless given.
        pub timeout_seconds: Option<Spanned<u32>>,
    }
}

choice! {
    /// Something that a Lambda may do; `permissions` holds the statements that each takes.
    pub enum Capability as "capability" {
        /// Read the configuration, `config.ini`.
        ReadConfig = "read_config",
        /// Read the object that holds the cluster's id.
        ReadState = "read_state",
        /// Write the object that holds the cluster's id, and read it back.
        WriteState = "write_state",
        /// Empty the object that holds the cluster's id.
        ClearState = "clear_state",
        /// Start a cluster, pass it its roles, and find one that was started before.
        LaunchCluster = "launch_cluster",
        /// List clusters.
        FindClusters = "find_clusters",
        /// See how a cluster of the pipeline does.
        DescribeCluster = "describe_cluster",
        /// End a cluster of the pipeline.
        TerminateCluster = "terminate_cluster",
        /// Add a step to a cluster of the pipeline, and find one that was added before.
        SubmitStep = "submit_step",
        /// See how a step does.
        DescribeStep = "describe_step",
        /// Change how many workers a cluster of the pipeline has.
        AddWorkers = "add_workers",
        /// See which workers a cluster of the pipeline has.
        DescribeWorkers = "describe_workers",
        /// Start the state machines that a workflow runs.
        StartExecution = "start_execution",
        /// See how an execution of those state machines does.
        DescribeExecution = "describe_execution",
        /// Find the running executions of the machine that asks.
        FindExecutions = "find_executions",
        /// Send a message to the subscribers.
        PublishMessage = "publish_message",
        /// See how many rows the loads on a cluster rejected, and none of the rows.
        CountRejected = "count_rejected",
        /// End the pipeline's clusters that no running execution owns; the schedule and failures start it.
        StopOrphanClusters = "stop_orphan_clusters",
        /// Report executions that failed without a word; the failure rule starts it.
        ReportFailures = "report_failures",
    }
}
