//! The sample pipeline as a model, for unit tests.

mod groups;
mod machines;

use std::collections::BTreeMap;

use ipnet::Ipv4Net;

use crate::diagnostic::Span;

use super::{
    Architecture, Boundary, BucketName, Capability, Cluster, Column, Compression, Database,
    Deployer, Encryption, Environment, FieldRead, Format, GitHub, HiveName, HiveType, Kind, Lambda,
    Load, Locations, Name, Network, Operations, Partition, Pipeline, Runs, Schedule, ScheduledBy,
    Source, Spot, Table, Workarea, Zone,
};

use groups::groups;
use machines::machines;
pub(crate) use machines::{every, invocation, machine, outcomes, step};

/// Returns the sample pipeline in environment `dev`.
pub(crate) fn pipeline() -> Pipeline {
    Pipeline {
        name: name("data_pipeline"),
        version: "2.0".to_owned(),
        as_of: "2026-11-01".to_owned(),
        environment: environment(),
        tags: tags(),
        subscribers: vec!["data-team@example.com".to_owned()],
        workarea: workarea(),
        databases: databases(),
        tables: vec![dimension("sample_country_dim"), fact("sample_country_tx_fact")],
        catalog_stacks: None,
        lambdas: lambdas(),
        cluster: cluster(),
        machines: machines(),
        schedule: Some(schedule()),
        network: network(),
        groups: groups(),
        deployer: deployer(),
        boundary: Boundary::Made,
        operations: operations(),
        overrides: Vec::new(),
        extra_stacks: Vec::new(),
    }
}

fn deployer() -> Deployer {
    let github = GitHub {
        repository: "example/pipelines".to_owned(),
        runs: Runs::Environment("dev".to_owned()),
        makes_provider: false,
    };
    Deployer {
        name: "gen".to_owned(),
        github: Some(github),
        assumed_by: Vec::new(),
        span: span(300),
    }
}

/// Returns `text` as a name.
pub(crate) fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

fn hive_name(text: &str) -> HiveName {
    HiveName::parse(text).unwrap()
}

/// Returns a place that no other call with another `index` returns.
pub(crate) fn span(index: u32) -> Span {
    Span { start: index * 10, end: index * 10 + 5, ..Span::default() }
}

fn environment() -> Environment {
    Environment {
        name: "dev".to_owned(),
        account: "123456789012".to_owned(),
        region: "eu-central-1".to_owned(),
        partition: Partition::Aws,
        suffix: String::new(),
    }
}

fn tags() -> BTreeMap<String, String> {
    let pairs = [
        ("environment", "dev"),
        ("pipeline", "data_pipeline"),
        ("for-use-with-amazon-emr-managed-policies", "true"),
    ];
    pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).into()
}

fn workarea() -> Workarea {
    Workarea {
        bucket: BucketName::parse("workarea-eu-central-1").unwrap(),
        root: "data-workflows".to_owned(),
        encryption: Encryption::S3,
        archive_days: None,
        noncurrent_days: 30,
        results_days: 30,
        log_days: 90,
        break_glass: Vec::new(),
        deployers: Vec::new(),
        span: span(1),
    }
}

fn databases() -> Vec<Database> {
    let database = |name, zone, holds, index| Database {
        name: hive_name(name),
        zone,
        holds,
        description: None,
        span: span(index),
    };
    vec![
        database("stg_dimension_db", Zone::Stage, Kind::Dimension, 10),
        database("stg_fact_db", Zone::Stage, Kind::Fact, 11),
        database("dimension_db", Zone::Prod, Kind::Dimension, 12),
        database("fact_db", Zone::Prod, Kind::Fact, 13),
    ]
}

fn column(name: &str, hive_type: HiveType) -> Column {
    Column { name: hive_name(name), hive_type, comment: None, span: span(30) }
}

/// Returns a dimension of that name, with the columns of `sample_country_dim`.
pub(crate) fn dimension(table: &str) -> Table {
    Table {
        name: hive_name(table),
        kind: Kind::Dimension,
        description: Some("Countries".to_owned()),
        columns: vec![column("id", HiveType::Int), column("country_name", HiveType::String)],
        partition: Vec::new(),
        source: Source { format: Format::Csv, delimiter: ',', header_lines: 1 },
        load: Load::Overwrite,
        key: Vec::new(),
        locations: Locations::default(),
        compression: Compression::Zlib,
        span: span(20),
    }
}

/// Returns a fact of that name, with the columns of `sample_country_tx_fact`.
pub(crate) fn fact(table: &str) -> Table {
    Table {
        kind: Kind::Fact,
        description: Some("Transactions by country and day".to_owned()),
        columns: vec![
            column("tx_id", HiveType::Int),
            column("country_id", HiveType::Int),
            column("tx_amount", HiveType::Decimal { precision: 18, scale: 2 }),
        ],
        partition: vec![column("date_id", HiveType::Int)],
        load: Load::Merge,
        key: vec![hive_name("tx_id")],
        span: span(21),
        ..dimension(table)
    }
}

/// Name, fields read (`?`: may be missing), fields returned, values of `Status`, capabilities.
type Contract = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
    &'static [&'static str],
    &'static [Capability],
);

const CONTRACTS: [Contract; 17] = [
    (
        "lambda_launch_emr",
        &[],
        &["ClusterId"],
        &["STARTING"],
        &[Capability::ReadConfig, Capability::LaunchCluster],
    ),
    (
        "lambda_check_duplicate_emr",
        &[],
        &[],
        &["RUNNING", "NOTRUNNING"],
        &[Capability::ReadConfig, Capability::FindClusters],
    ),
    (
        "lambda_status_emr",
        &["ClusterId"],
        &["ClusterId"],
        &["STARTING", "STARTED", "STOPPED"],
        &[Capability::ReadConfig, Capability::DescribeCluster],
    ),
    (
        "lambda_terminate_emr",
        &["ClusterId"],
        &["ClusterId"],
        &["STOPPING"],
        &[Capability::ReadConfig, Capability::TerminateCluster],
    ),
    (
        "lambda_submit_cmd_run_step_emr",
        &["ClusterId", "NextStepNameAndCmd?"],
        &["ClusterId", "StepId"],
        &["SUBMITTED"],
        &[Capability::ReadConfig, Capability::SubmitStep],
    ),
    (
        "lambda_status_step_emr",
        &["ClusterId", "StepId"],
        &["ClusterId", "StepId"],
        &["SUBMITTED", "SUCCESS", "ERROR"],
        &[Capability::ReadConfig, Capability::DescribeStep],
    ),
    (
        "lambda_add_worker_instances_emr",
        &["ClusterId"],
        &["ClusterId", "WorkerInstanceFleetId", "TargetTotalWorkers"],
        &["ADDING"],
        &[Capability::ReadConfig, Capability::AddWorkers],
    ),
    (
        "lambda_status_add_worker_instances_emr",
        &["ClusterId", "WorkerInstanceFleetId", "TargetTotalWorkers"],
        &["ClusterId", "WorkerInstanceFleetId", "TargetTotalWorkers"],
        &["ADDING", "SUCCESS", "ERROR"],
        &[Capability::ReadConfig, Capability::DescribeWorkers],
    ),
    (
        "lambda_write_state_info_to_s3",
        &["ClusterId"],
        &["ClusterId"],
        &["SUCCESS", "FAIL"],
        &[Capability::WriteState],
    ),
    ("lambda_read_state_info_from_s3", &[], &["ClusterId"], &[], &[Capability::ReadState]),
    ("lambda_remove_state_info_from_s3", &[], &[], &[], &[Capability::ClearState]),
    (
        "lambda_submit_stepfunction",
        &["nextStateMachineArn?"],
        &["executionArn"],
        &["SUBMITTED"],
        &[Capability::StartExecution],
    ),
    (
        "lambda_status_stepfunction",
        &["executionArn"],
        &["executionArn", "ClusterId"],
        &["RUNNING", "SUCCESS", "ERROR"],
        &[Capability::DescribeExecution],
    ),
    (
        "lambda_check_duplicate_stepfunction",
        &["currentStepName?"],
        &[],
        &["RUNNING", "NOTRUNNING"],
        &[Capability::FindExecutions],
    ),
    (
        "lambda_send_msg_sns",
        &["Message", "ClusterId?"],
        &[],
        &[],
        &[Capability::PublishMessage, Capability::CountRejected],
    ),
    (
        "lambda_stop_orphan_clusters",
        &[],
        &["TerminatedClusterIds", "OldestClusterAgeMinutes"],
        &[],
        &[Capability::ReadConfig, Capability::StopOrphanClusters],
    ),
    (
        "lambda_report_failed_execution",
        &[],
        &["TerminatedClusterIds"],
        &["SENT", "NOTSENT"],
        &[Capability::ReadConfig, Capability::ReportFailures],
    ),
];

fn lambdas() -> Vec<Lambda> {
    CONTRACTS.iter().zip(40..).map(|(contract, index)| lambda(contract, index)).collect()
}

fn lambda((name, reads, returns, statuses, can): &Contract, index: u32) -> Lambda {
    let requested = ["RequestId?", "ExecutionName?"];
    Lambda {
        name: self::name(name),
        file: format!("lambdas/{name}.py"),
        code: "def lambda_handler(event, context):\n    return {}\n".to_owned(),
        description: None,
        reads: reads.iter().copied().chain(requested).map(field).collect(),
        returns: owned(returns),
        statuses: owned(statuses),
        can: can.to_vec(),
        places: BTreeMap::new(),
        variables: BTreeMap::new(),
        runtime: "python3.13".to_owned(),
        architecture: Architecture::Arm64,
        memory_mb: 256,
        timeout_seconds: 60,
        span: span(index),
    }
}

fn field(text: &str) -> FieldRead {
    let name = text.trim_end_matches('?');
    FieldRead { name: name.to_owned(), optional: name != text }
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn cluster() -> Cluster {
    Cluster {
        name: "data_pipeline".to_owned(),
        release: "emr-7.13.0".to_owned(),
        master_types: owned(&["m6g.xlarge", "m5.xlarge"]),
        worker_types: owned(&["m6g.xlarge", "m5.xlarge", "r5.xlarge"]),
        on_demand: 1,
        spot: Spot {
            count: 1,
            increment: 1,
            max_price_percent: 100,
            timeout_minutes: 20,
            timeout_action: "SWITCH_TO_ON_DEMAND".to_owned(),
            allocation: "price-capacity-optimized".to_owned(),
        },
        disk_gb: 64,
        step_concurrency: 1,
        idle_timeout_minutes: None,
        keep_on_failure_minutes: None,
        key_pair: None,
        span: span(2),
    }
}

fn schedule() -> Schedule {
    Schedule {
        machine: name("Master"),
        expression: "cron(0 2 * * ? *)".to_owned(),
        timezone: "Europe/Berlin".to_owned(),
        enabled: true,
        by: ScheduledBy::Scheduler,
        span: span(3),
    }
}

fn network() -> Network {
    Network::New {
        cidr: Ipv4Net::new([10, 20, 0, 0].into(), 20).unwrap(),
        zones: 2,
        endpoints: Vec::new(),
        flow_logs: true,
        span: span(4),
    }
}

fn operations() -> Operations {
    Operations {
        cluster_alarm_hours: 6,
        cluster_check_minutes: 15,
        grace_minutes: 60,
        log_days: 90,
        dashboard: true,
    }
}
