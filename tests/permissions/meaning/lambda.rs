//! What functions are meant to do: what their capabilities say, log, and stand in the VPC.

use std::collections::BTreeSet;

use pipeline::aws::service;
use pipeline::model::{Capability, Encryption, Lambda, Machine, Pipeline};

use super::{Use, When};
use crate::case::Case;
use crate::deployed::{VPC, parameter};
use crate::probes::compute::{EMR_TAG, called, is_distributed, right_tags, started};

/// Services that only the VPC reaches for a function's code, even with its credentials.
const FROM_VPC: [&str; 4] = ["elasticmapreduce:", "s3:", "sns:", "states:"];

/// Returns what the role of a Lambda is meant to do.
pub(super) fn uses(case: &Case, lambda: &Lambda) -> Vec<Use> {
    let capabilities = lambda.can.iter().flat_map(|&one| capability(case, lambda, one));
    let mut uses: Vec<_> = capabilities
        .map(|one| {
            let inside = FROM_VPC.iter().any(|prefix| one.actions[0].starts_with(prefix));
            if inside { one.when(When::InVpc) } else { one }
        })
        .collect();
    uses.extend(key(&case.pipeline, &uses));
    uses.extend(standing_in_the_vpc(&case.pipeline));
    let logs = case.pipeline.lambda_log_group(&lambda.name);
    let streams = case.pipeline.log_streams_arn(&logs);
    uses.push(Use::of(&["logs:CreateLogStream", "logs:PutLogEvents"], [streams]));
    uses
}

fn capability(case: &Case, lambda: &Lambda, capability: Capability) -> Vec<Use> {
    let pipeline = &case.pipeline;
    let state = pipeline.object_arn(&pipeline.state_key());
    let clusters = |actions: &[&str]| vec![on_own_clusters(pipeline, actions)];
    match capability {
        Capability::ReadConfig => {
            vec![Use::of(&["s3:GetObject"], [pipeline.object_arn(&pipeline.config_key())])]
        }
        Capability::ReadState => read_state(pipeline),
        Capability::WriteState => vec![Use::of(&["s3:GetObject", "s3:PutObject"], [state])],
        Capability::ClearState => vec![Use::of(&["s3:PutObject"], [state])],
        Capability::LaunchCluster => launch(pipeline),
        Capability::FindClusters => vec![Use::anywhere(&["elasticmapreduce:ListClusters"])],
        Capability::DescribeCluster => clusters(&["elasticmapreduce:DescribeCluster"]),
        Capability::TerminateCluster => clusters(&["elasticmapreduce:TerminateJobFlows"]),
        Capability::SubmitStep => {
            clusters(&["elasticmapreduce:AddJobFlowSteps", "elasticmapreduce:ListSteps"])
        }
        Capability::DescribeStep => clusters(&["elasticmapreduce:DescribeStep"]),
        Capability::AddWorkers => clusters(&[
            "elasticmapreduce:ListInstanceFleets",
            "elasticmapreduce:ListInstances",
            "elasticmapreduce:ModifyInstanceFleet",
        ]),
        Capability::DescribeWorkers => {
            clusters(&["elasticmapreduce:ListInstanceFleets", "elasticmapreduce:ListInstances"])
        }
        Capability::StartExecution => {
            let arns =
                children(case, lambda).into_iter().map(|one| pipeline.machine_arn(&one.name));
            vec![Use::of(&["states:StartExecution"], arns)]
        }
        Capability::DescribeExecution => {
            let children = children(case, lambda).into_iter();
            let arns = children.map(|one| pipeline.executions_arn(&one.name));
            vec![Use::of(&["states:DescribeExecution"], arns)]
        }
        Capability::FindExecutions => {
            let arns = callers(case, lambda).map(|one| pipeline.machine_arn(&one.name));
            vec![
                Use::of(&["states:ListExecutions"], arns),
                Use::anywhere(&["states:ListStateMachines"]),
            ]
        }
        Capability::PublishMessage => {
            vec![Use::of(&["sns:Publish"], [pipeline.topic_arn()])]
        }
        Capability::CountRejected => {
            let notes = vec![format!("{}/*", pipeline.rejected_counts_prefix())];
            let list = Use::of(&["s3:ListBucket"], [pipeline.bucket_arn()]);
            vec![list.when(When::Like("s3:prefix".to_owned(), notes))]
        }
        Capability::StopOrphanClusters => [clean_up(pipeline), read_state(pipeline)].concat(),
        Capability::ReportFailures => {
            let publish = Use::of(&["sns:Publish"], [pipeline.topic_arn()]);
            clean_up(pipeline).into_iter().chain([publish]).collect()
        }
    }
}

/// To see that the object is not there takes the right to list it (S3 API, `GetObject`).
fn read_state(pipeline: &Pipeline) -> Vec<Use> {
    let key = pipeline.state_key();
    vec![
        Use::of(&["s3:GetObject"], [pipeline.object_arn(&key)]),
        Use::of(&["s3:ListBucket"], [pipeline.bucket_arn()]).key("s3:prefix", &[&key]),
    ]
}

/// Returns a use of the pipeline's clusters, which their tags tell.
pub(super) fn on_own_clusters(pipeline: &Pipeline, actions: &[&str]) -> Use {
    let one = Use::of(actions, [pipeline.arn("elasticmapreduce", "cluster/*")])
        .key("aws:ResourceTag/pipeline", &[&pipeline.tags["pipeline"]]);
    if pipeline.environment.suffix.is_empty() {
        one
    } else {
        one.key("aws:ResourceTag/environment", &[&pipeline.environment.name])
    }
}

fn launch(pipeline: &Pipeline) -> Vec<Use> {
    let tags = right_tags(pipeline);
    let keys = tags.iter().map(|(key, _)| key.clone()).collect();
    let mut run = Use::anywhere(&["elasticmapreduce:RunJobFlow"])
        .when(When::Among("aws:TagKeys".to_owned(), keys))
        .key(&format!("aws:RequestTag/{EMR_TAG}"), &["true"])
        .key("aws:RequestTag/pipeline", &[&pipeline.tags["pipeline"]]);
    if !pipeline.environment.suffix.is_empty() {
        run = run.key("aws:RequestTag/environment", &[&pipeline.environment.name]);
    }
    vec![
        run,
        pass(pipeline, "emr-service", "elasticmapreduce"),
        pass(pipeline, "emr-nodes", "ec2"),
        Use::anywhere(&["elasticmapreduce:ListClusters"]),
        on_own_clusters(pipeline, &["elasticmapreduce:DescribeCluster"]),
    ]
}

/// Returns the use of handing a role of ours to a service.
pub(super) fn pass(pipeline: &Pipeline, purpose: &str, taker: &str) -> Use {
    let taker = service::principal(&pipeline.environment.region, taker);
    Use::of(&["iam:PassRole"], [pipeline.role_arn(purpose)]).key("iam:PassedToService", &[&taker])
}

fn callers<'a>(case: &'a Case, lambda: &'a Lambda) -> impl Iterator<Item = &'a Machine> {
    let machines = case.pipeline.machines.iter();
    machines.filter(|machine| called(case, &machine.name).contains(&lambda.name))
}

/// The state machines that those who call the Lambda run.
fn children<'a>(case: &'a Case, lambda: &'a Lambda) -> Vec<&'a Machine> {
    let started: BTreeSet<_> =
        callers(case, lambda).flat_map(|machine| started(case, &machine.name)).collect();
    let machines = case.pipeline.machines.iter();
    machines.filter(|machine| started.contains(&machine.name)).collect()
}

fn clean_up(pipeline: &Pipeline) -> Vec<Use> {
    let machines = pipeline.machines.iter().map(|machine| pipeline.machine_arn(&machine.name));
    let ends = ["elasticmapreduce:DescribeCluster", "elasticmapreduce:TerminateJobFlows"];
    vec![
        Use::of(&["states:ListExecutions"], machines),
        Use::anywhere(&["elasticmapreduce:ListClusters"]),
        on_own_clusters(pipeline, &ends),
    ]
}

/// What the Lambda service does with the role of a function in a VPC (`AWSLambdaVPCAccessExecutionRole`, AWS managed policy
/// reference).
fn standing_in_the_vpc(pipeline: &Pipeline) -> Vec<Use> {
    let ec2 = |resource: String| pipeline.arn("ec2", &resource);
    let vpc = ec2(format!("vpc/{VPC}"));
    let subnets = 1..=pipeline.network.subnet_count();
    let mut places: Vec<_> = subnets
        .map(|n| ec2(format!("subnet/{}", parameter(pipeline, &format!("PrivateSubnetId{n}")))))
        .collect();
    let group = parameter(pipeline, "LambdaSecurityGroupId");
    let interfaces = ec2("network-interface/*".to_owned());
    places.extend([ec2(format!("security-group/{group}")), interfaces.clone()]);
    let change = [
        "ec2:AssignPrivateIpAddresses",
        "ec2:DeleteNetworkInterface",
        "ec2:UnassignPrivateIpAddresses",
    ];
    let see = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"];
    let uses = [
        Use::of(&["ec2:CreateNetworkInterface"], places).key("ec2:Vpc", &[&vpc]),
        Use::of(&change, [interfaces]).key("ec2:Vpc", &[&vpc]),
        Use::anywhere(&see).key("ec2:Region", &[&pipeline.environment.region]),
    ];
    uses.into_iter().map(|one| one.when(When::ByService)).collect()
}

/// Returns what else it takes to read and write objects that the pipeline's own key encrypts.
pub(super) fn key(pipeline: &Pipeline, uses: &[Use]) -> Option<Use> {
    let bucket = pipeline.bucket_arn();
    let does = |action: &str| {
        uses.iter().any(|one| {
            one.actions.iter().any(|known| known == action)
                && one.resources.iter().any(|resource| resource.starts_with(&bucket))
        })
    };
    let actions: &[&str] = match (does("s3:GetObject"), does("s3:PutObject")) {
        (_, true) => &["kms:Decrypt", "kms:GenerateDataKey"],
        (true, false) => &["kms:Decrypt"],
        (false, false) => return None,
    };
    (pipeline.workarea.encryption == Encryption::Own).then(|| {
        Use::of(actions, [pipeline.arn("kms", "key/DataKey")])
            .key("kms:ViaService", &[&service::host(&pipeline.environment.region, "s3")])
            .key("kms:EncryptionContext:aws:s3:arn", &[&bucket])
    })
}

/// Returns what the executions of a Distributed Map take.
pub(super) fn items(case: &Case, machine: &Machine) -> Vec<Use> {
    let pipeline = &case.pipeline;
    if !is_distributed(case, &machine.name) {
        return Vec::new();
    }
    vec![
        Use::of(&["states:StartExecution"], [pipeline.machine_arn(&machine.name)]),
        Use::of(
            &["states:DescribeExecution", "states:StopExecution"],
            [pipeline.executions_arn(&machine.name)],
        ),
        Use::of(&["states:RedriveExecution"], [pipeline.map_executions_arn(&machine.name)]),
    ]
}
