//! The ARNs to which the execution role is bound, by kind of resource: names of this pipeline in this environment.

use crate::aws::iam;
use crate::model::{Network, Pipeline, S3Endpoint};

/// Returns the ARNs of a kind, such as `ec2/vpc`.
pub(super) fn arns(pipeline: &Pipeline, kind: &str) -> Vec<String> {
    let (service, what) = kind.split_once('/').expect("a kind has its service in front");
    let own = |resource: String| vec![pipeline.arn(service, &resource)];
    let prefix = prefix(pipeline);
    match kind {
        "athena/workgroup" => own(format!("workgroup/{prefix}")),
        "cloudwatch/alarm" => own(format!("alarm:{prefix}")),
        "cloudwatch/dashboard" => vec![dashboard(pipeline)],
        "events/rule-on-default-event-bus" => own(format!("rule/{prefix}")),
        "glue/catalog" => vec![pipeline.catalog_arn()],
        "glue/database" => databases(pipeline, Pipeline::database_arn),
        "glue/table" => databases(pipeline, |pipeline, name| pipeline.table_arn(name, "*")),
        "glue/userdefinedfunction" => databases(pipeline, Pipeline::functions_arn),
        "iam/role" | "iam/bounded role" => roles(pipeline, "role"),
        "iam/instance-profile" => roles(pipeline, "instance-profile"),
        "iam/policy" => roles(pipeline, "policy"),
        "kms/alias" => own(format!("alias/{prefix}")),
        "lambda/function" => functions(pipeline, ""),
        "lambda/function alias" | "lambda/function version" => functions(pipeline, ":*"),
        "logs/log-group" => log_groups(pipeline),
        "s3/bucket" => buckets(pipeline),
        "s3/object" => vec![pipeline.artifact_arn("assets/*")],
        "scheduler/schedule" => own(format!("schedule/{}/*", pipeline.schedule_group())),
        "scheduler/schedule-group" => vec![pipeline.schedule_group_arn()],
        "sns/topic" => vec![pipeline.topic_arn(), format!("{}:*", pipeline.topic_arn())],
        "states/statemachine" => own(format!("stateMachine:{}", machines(pipeline))),
        "ec2/route-table"
        | "ec2/security-group"
        | "ec2/security-group-rule"
        | "ec2/subnet"
        | "ec2/vpc"
        | "ec2/vpc-endpoint"
        | "ec2/vpc-flow-log" => own(format!("{what}/*")),
        _ => vec![any(pipeline, service, what)],
    }
}

/// Returns ARNs of a kind that were there before the stacks, so that no tag tells them.
pub(super) fn existing(pipeline: &Pipeline, kind: &str) -> Vec<String> {
    let Network::Existing(vpc) = &pipeline.network else { return Vec::new() };
    let ids: Vec<&String> = match kind {
        "ec2/vpc" => vec![&vpc.vpc_id],
        "ec2/subnet" => vpc.subnet_ids.iter().collect(),
        "ec2/security-group" => vpc.interface_endpoints.values().collect(),
        "ec2/route-table" => match &vpc.s3 {
            S3Endpoint::New(tables) => tables.iter().collect(),
            S3Endpoint::Existing(_) => Vec::new(),
        },
        _ => Vec::new(),
    };
    let what = kind.trim_start_matches("ec2/");
    ids.into_iter().map(|id| pipeline.arn("ec2", &format!("{what}/{id}"))).collect()
}

/// Returns the pattern of names that `own_name` makes; a name that had to be cut has lost its suffix.
fn prefix(pipeline: &Pipeline) -> String {
    const WHOLE: usize = 36;
    let suffix = &pipeline.environment.suffix;
    let is_whole = pipeline.name.as_str().len() + suffix.len() <= WHOLE;
    format!("{}-*{}", pipeline.name, if is_whole { suffix } else { "" })
}

/// The version is left open, so that the machines of the last one can go.
fn machines(pipeline: &Pipeline) -> String {
    pipeline.named(&format!("{}_v*", pipeline.name))
}

fn dashboard(pipeline: &Pipeline) -> String {
    let place = &pipeline.environment;
    let name = pipeline.named(pipeline.name.as_str());
    format!("arn:{}:cloudwatch::{}:dashboard/{name}", place.partition.id(), place.account)
}

fn databases(pipeline: &Pipeline, arn: impl Fn(&Pipeline, &str) -> String) -> Vec<String> {
    let names = pipeline.databases.iter().map(|one| pipeline.database_name(&one.name));
    names.map(|name| arn(pipeline, &name)).collect()
}

/// Returns the pattern of the names of roles, and those that had to be cut.
fn roles(pipeline: &Pipeline, kind: &str) -> Vec<String> {
    let lambdas = pipeline.lambdas.iter().map(|one| one.name.to_string());
    let groups = pipeline.groups.iter().map(|one| one.name.to_string());
    called(pipeline, kind, "*", lambdas.chain(machine_purposes(pipeline)).chain(groups))
}

/// Returns the same of the state machines alone, so that a new one needs no new bootstrap stack.
pub(super) fn machine_roles(pipeline: &Pipeline) -> Vec<String> {
    called(pipeline, "role", "machine-*", machine_purposes(pipeline))
}

fn machine_purposes(pipeline: &Pipeline) -> impl Iterator<Item = String> {
    pipeline.machines.iter().map(|one| format!("machine-{}", one.name))
}

fn called(
    pipeline: &Pipeline,
    kind: &str,
    pattern: &str,
    purposes: impl Iterator<Item = String>,
) -> Vec<String> {
    let end = pipeline.named(&format!("-{}", pipeline.environment.region));
    let names = purposes.map(|purpose| pipeline.role_name(&purpose));
    let cut = names.filter(|name| !name.ends_with(&end));
    let all = [format!("{}-{pattern}{end}", pipeline.name)].into_iter().chain(cut);
    all.map(|name| pipeline.iam_arn(&format!("{kind}/{name}"))).collect()
}

fn functions(pipeline: &Pipeline, qualifier: &str) -> Vec<String> {
    let arns = pipeline.lambdas.iter().map(|lambda| pipeline.lambda_arn(&lambda.name));
    arns.map(|arn| format!("{arn}{qualifier}")).collect()
}

/// Some actions name a group with `:*` behind it, some without (CloudWatch Logs user guide, "Resources and operations").
fn log_groups(pipeline: &Pipeline) -> Vec<String> {
    let lambdas = pipeline.lambdas.iter().map(|one| pipeline.lambda_log_group(&one.name));
    let machines = format!("/aws/vendedlogs/states/{}", machines(pipeline));
    let groups = lambdas.chain([machines, pipeline.flow_log_group()]);
    groups
        .flat_map(|name| [pipeline.log_group_arn(&name), pipeline.log_streams_arn(&name)])
        .collect()
}

fn buckets(pipeline: &Pipeline) -> Vec<String> {
    let logs = format!(
        "arn:{}:s3:::{}",
        pipeline.environment.partition.id(),
        pipeline.access_log_bucket()
    );
    vec![pipeline.bucket_arn(), logs]
}

/// Returns the ARN of what a hand-written template may hold: anything of that kind in the account and region.
fn any(pipeline: &Pipeline, service: &str, what: &str) -> String {
    let place = &pipeline.environment;
    let Some(arn) = iam::resource_arn(service, what) else { return pipeline.arn(service, "*") };
    let filled = arn
        .replace("${Partition}", place.partition.id())
        .replace("${Region}", &place.region)
        .replace("${Account}", &place.account);
    let mut parts = filled.split("${");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| match part.split_once('}') {
        Some((_, rest)) => format!("{text}*{rest}"),
        None => text + part,
    })
}
