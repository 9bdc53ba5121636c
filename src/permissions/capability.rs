//! What each capability of a Lambda takes: the table from the blueprint's words to statements.

use crate::aws::service;
use crate::model::{Capability, Lambda, Name, Pipeline};
use crate::workflow::StateMachine;

use super::Statement;

/// Tags that `lambda_launch_emr` puts on a cluster beside the pipeline's: who launched it, and how long it is kept.
const LAUNCH_TAGS: [&str; 3] = ["RequestId", "ExecutionName", "keep_until"];

/// The tag by which EMR's service role knows what it may use (EMR management guide, "Tagging resources to use managed
/// policies").
pub(crate) const EMR_TAG: &str = "for-use-with-amazon-emr-managed-policies";

const LISTS_CLUSTERS: &str = "ListClusters has no resource types: the list is of the account";
const LAUNCHES: &str = "RunJobFlow has no resource types: tags of the request bound it";
const LISTS_MACHINES: &str = "ListStateMachines has no resource types: the list is of the account";

/// Returns the statements that `capability` takes for `lambda`; one about nothing has no resources.
pub(crate) fn statements(
    pipeline: &Pipeline,
    lambda: &Lambda,
    capability: Capability,
    machines: &[StateMachine],
) -> Vec<Statement> {
    let object = |sid, actions, key: String| {
        vec![Statement::allow(sid, actions, [pipeline.object_arn(&key)])]
    };
    let clusters = |sid, actions| vec![on_clusters(pipeline, sid, actions)];
    match capability {
        Capability::ReadConfig => object("ReadConfig", &["s3:GetObject"], pipeline.config_key()),
        Capability::ReadState => read_state(pipeline, ""),
        Capability::WriteState => {
            object("WriteState", &["s3:PutObject", "s3:GetObject"], pipeline.state_key())
        }
        Capability::ClearState => object("ClearState", &["s3:PutObject"], pipeline.state_key()),
        Capability::LaunchCluster => launch_cluster(pipeline),
        Capability::FindClusters => vec![list_clusters("FindClusters")],
        Capability::DescribeCluster => {
            clusters("DescribeCluster", &["elasticmapreduce:DescribeCluster"])
        }
        Capability::TerminateCluster => {
            clusters("TerminateCluster", &["elasticmapreduce:TerminateJobFlows"])
        }
        Capability::SubmitStep => clusters(
            "SubmitStep",
            &["elasticmapreduce:AddJobFlowSteps", "elasticmapreduce:ListSteps"],
        ),
        Capability::DescribeStep => clusters("DescribeStep", &["elasticmapreduce:DescribeStep"]),
        Capability::AddWorkers => clusters(
            "AddWorkers",
            &[
                "elasticmapreduce:ListInstanceFleets",
                "elasticmapreduce:ListInstances",
                "elasticmapreduce:ModifyInstanceFleet",
            ],
        ),
        Capability::DescribeWorkers => clusters(
            "DescribeWorkers",
            &["elasticmapreduce:ListInstanceFleets", "elasticmapreduce:ListInstances"],
        ),
        Capability::StartExecution => start_execution(pipeline, lambda, machines),
        Capability::DescribeExecution => describe_execution(pipeline, lambda, machines),
        Capability::FindExecutions => find_executions(pipeline, lambda, machines),
        Capability::PublishMessage => vec![publish(pipeline, "PublishMessage")],
        Capability::StopOrphanClusters => {
            [end_clusters(pipeline, "StopOrphans"), read_state(pipeline, "StopOrphans")].concat()
        }
        Capability::ReportFailures => {
            let publish = publish(pipeline, "ReportFailuresPublish");
            [end_clusters(pipeline, "ReportFailures"), vec![publish]].concat()
        }
        Capability::CountRejected => {
            let notes = format!("{}/*", pipeline.rejected_counts_prefix());
            let list =
                Statement::allow("CountRejected", &["s3:ListBucket"], [pipeline.bucket_arn()]);
            vec![list.when("StringLike", "s3:prefix", [notes])]
        }
    }
}

/// Returns the services, beside S3, that the code of a Lambda with `capability` calls, named as their VPC endpoints are.
pub fn services(capability: Capability) -> &'static [&'static str] {
    match capability {
        Capability::ReadConfig
        | Capability::ReadState
        | Capability::WriteState
        | Capability::ClearState
        | Capability::CountRejected => &[],
        Capability::LaunchCluster
        | Capability::FindClusters
        | Capability::DescribeCluster
        | Capability::TerminateCluster
        | Capability::SubmitStep
        | Capability::DescribeStep
        | Capability::AddWorkers
        | Capability::DescribeWorkers => &["elasticmapreduce"],
        Capability::StartExecution | Capability::DescribeExecution | Capability::FindExecutions => {
            &["states"]
        }
        Capability::PublishMessage => &["sns"],
        Capability::StopOrphanClusters => &["elasticmapreduce", "states"],
        Capability::ReportFailures => &["elasticmapreduce", "sns", "states"],
    }
}

/// Returns `actions` on the pipeline's clusters: their ids exist only at run time, so the tag tells whose they are. Where
/// environments share the account, a second tag keeps them apart.
pub(super) fn on_clusters(pipeline: &Pipeline, sid: &str, actions: &[&str]) -> Statement {
    let statement = Statement::allow(sid, actions, [pipeline.clusters_arn()]);
    own_tags(pipeline).into_iter().fold(statement, |statement, (tag, value)| {
        statement.when("StringEquals", format!("aws:ResourceTag/{tag}"), [value])
    })
}

/// Returns the permission to list clusters.
pub(super) fn list_clusters(sid: &str) -> Statement {
    Statement::allow_anywhere(sid, &["elasticmapreduce:ListClusters"], LISTS_CLUSTERS)
}

pub(super) fn own_tags(pipeline: &Pipeline) -> Vec<(&'static str, String)> {
    let name = pipeline.tags.get("pipeline").cloned();
    let mut tags = vec![("pipeline", name.unwrap_or_else(|| pipeline.name.to_string()))];
    if !pipeline.environment.suffix.is_empty() {
        tags.push(("environment", pipeline.environment.name.clone()));
    }
    tags
}

/// A key that is not there yet is told from a forbidden one only to those who may list it (S3 API, `GetObject`).
fn read_state(pipeline: &Pipeline, sid: &str) -> Vec<Statement> {
    let key = pipeline.state_key();
    let object = [pipeline.object_arn(&key)];
    let see = format!("{sid}SeeWhetherStateExists");
    vec![
        Statement::allow(format!("{sid}ReadState"), &["s3:GetObject"], object),
        Statement::allow(see, &["s3:ListBucket"], [pipeline.bucket_arn()]).when(
            "StringEquals",
            "s3:prefix",
            [key],
        ),
    ]
}

/// No `AddTags`: with it, this Lambda could put the pipeline's tag on another team's cluster, and every condition on the tag
/// would open. A cluster is tagged when it is made.
fn launch_cluster(pipeline: &Pipeline) -> Vec<Statement> {
    let mut launch =
        Statement::allow_anywhere("LaunchCluster", &["elasticmapreduce:RunJobFlow"], LAUNCHES);
    for (tag, value) in own_tags(pipeline) {
        launch = launch.when("StringEquals", format!("aws:RequestTag/{tag}"), [value]);
    }
    let mut keys: Vec<&str> = pipeline.tags.keys().map(String::as_str).collect();
    keys.extend(LAUNCH_TAGS);
    keys.extend(["pipeline", "environment", EMR_TAG]);
    keys.sort_unstable();
    keys.dedup();
    launch = launch.when("StringEquals", format!("aws:RequestTag/{EMR_TAG}"), ["true"]).when(
        "ForAllValues:StringEquals",
        "aws:TagKeys",
        keys,
    );
    vec![
        launch,
        pass_role(pipeline, "PassServiceRole", "emr-service", "elasticmapreduce"),
        pass_role(pipeline, "PassNodeRole", "emr-nodes", "ec2"),
        list_clusters("FindLaunched"),
        on_clusters(pipeline, "RecogniseLaunched", &["elasticmapreduce:DescribeCluster"]),
    ]
}

/// Returns the permission to pass one of the pipeline's roles to `service`, and to no other.
pub(super) fn pass_role(pipeline: &Pipeline, sid: &str, purpose: &str, service: &str) -> Statement {
    let principal = service::principal(&pipeline.environment.region, service);
    Statement::allow(sid, &["iam:PassRole"], [pipeline.role_arn(purpose)]).when(
        "StringEquals",
        "iam:PassedToService",
        [principal],
    )
}

/// The machines that those who call `lambda` run: the Lambda that starts them never starts its own caller.
fn started_through<'a>(
    lambda: &'a Lambda,
    machines: &'a [StateMachine],
) -> impl Iterator<Item = &'a Name> {
    let mut names: Vec<_> = callers(lambda, machines).flat_map(|machine| &machine.runs).collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter()
}

fn callers<'a>(
    lambda: &'a Lambda,
    machines: &'a [StateMachine],
) -> impl Iterator<Item = &'a StateMachine> {
    machines.iter().filter(|machine| machine.lambdas.contains(&lambda.name))
}

fn start_execution(
    pipeline: &Pipeline,
    lambda: &Lambda,
    machines: &[StateMachine],
) -> Vec<Statement> {
    let arns = started_through(lambda, machines).map(|name| pipeline.machine_arn(name));
    vec![Statement::allow("StartExecution", &["states:StartExecution"], arns)]
}

fn describe_execution(
    pipeline: &Pipeline,
    lambda: &Lambda,
    machines: &[StateMachine],
) -> Vec<Statement> {
    let arns = started_through(lambda, machines).map(|name| pipeline.executions_arn(name));
    vec![Statement::allow("DescribeExecution", &["states:DescribeExecution"], arns)]
}

fn find_executions(
    pipeline: &Pipeline,
    lambda: &Lambda,
    machines: &[StateMachine],
) -> Vec<Statement> {
    let arns = callers(lambda, machines).map(|machine| pipeline.machine_arn(&machine.name));
    let mut statements = vec![Statement::allow("FindExecutions", &["states:ListExecutions"], arns)];
    statements.push(Statement::allow_anywhere(
        "FindStateMachine",
        &["states:ListStateMachines"],
        LISTS_MACHINES,
    ));
    statements
}

fn publish(pipeline: &Pipeline, sid: &str) -> Statement {
    Statement::allow(sid, &["sns:Publish"], [pipeline.topic_arn()])
}

/// What both clean-up functions do: see which clusters are the pipeline's, which executions run, and end the rest. One spares
/// the cluster of the state file, the other tells what it did.
fn end_clusters(pipeline: &Pipeline, sid: &str) -> Vec<Statement> {
    let machines = pipeline.machines.iter().map(|machine| pipeline.machine_arn(&machine.name));
    let actions = ["elasticmapreduce:DescribeCluster", "elasticmapreduce:TerminateJobFlows"];
    let mut statements =
        vec![Statement::allow(format!("{sid}SeeExecutions"), &["states:ListExecutions"], machines)];
    statements.push(list_clusters(&format!("{sid}FindClusters")));
    statements.push(on_clusters(pipeline, &format!("{sid}EndClusters"), &actions));
    statements
}
