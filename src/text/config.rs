//! The values of `config.ini`, which tells the Lambdas about the cluster.

use std::collections::{BTreeMap, BTreeSet};

use handlebars::Context;
use serde::Serialize;

use crate::diagnostic::Diagnostic;
use crate::model::{Area, Pipeline, Spot};

use super::{Binding, Engine, TextFile, file};

/// Lets Hive and Spark on EMR use Glue (EMR release guide, "Using the AWS Glue Data Catalog as the metastore").
const METASTORE: &str = "com.amazonaws.glue.catalog.metastore.AWSGlueDataCatalogHiveClientFactory";

/// Marks what EMR's service role may use (EMR management guide, "Service role for Amazon EMR").
const EMR_TAG: (&str, &str) = ("for-use-with-amazon-emr-managed-policies", "true");

#[derive(Serialize)]
struct Values<'a> {
    pipeline: &'a str,
    environment: &'a str,
    region: &'a str,
    cluster_name: &'a str,
    release: &'a str,
    log_uri: String,
    applications: &'a str,
    master_type: &'a str,
    master_types: String,
    worker_type: &'a str,
    worker_types: String,
    on_demand: u32,
    disk_gb: u32,
    subnet_ids: Binding,
    key_pair: Option<&'a str>,
    master_security_group: Binding,
    worker_security_group: Binding,
    service_security_group: Binding,
    service_role: String,
    instance_profile: String,
    metastore: &'a str,
    spot: SpotValues<'a>,
    step_concurrency: u32,
    idle_timeout_minutes: Option<u32>,
    keep_on_failure_minutes: Option<u32>,
    tags: BTreeMap<&'a str, &'a str>,
}

#[derive(Serialize)]
struct SpotValues<'a> {
    count: u32,
    increment: u32,
    max_price_percent: u32,
    timeout_minutes: u32,
    timeout_action: &'a str,
    allocation: &'a str,
}

pub(super) fn render(pipeline: &Pipeline, engine: &Engine) -> Result<TextFile, Diagnostic> {
    let values = values(pipeline);
    let content = engine.render("config", &context(&values), pipeline.cluster.span)?;
    let bindings = [
        values.subnet_ids,
        values.master_security_group,
        values.worker_security_group,
        values.service_security_group,
    ];
    let bindings: BTreeSet<_> =
        bindings.into_iter().filter(|b| content.contains(&b.to_string())).collect();
    Ok(file(pipeline, pipeline.config_key(), content, bindings))
}

fn context(values: &Values) -> Context {
    Context::wraps(values).expect("plain values are JSON")
}

fn values(pipeline: &Pipeline) -> Values<'_> {
    let cluster = &pipeline.cluster;
    let mut tags: BTreeMap<_, _> =
        pipeline.tags.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    tags.insert(EMR_TAG.0, EMR_TAG.1);
    Values {
        pipeline: pipeline.name.as_str(),
        environment: &pipeline.environment.name,
        region: &pipeline.environment.region,
        cluster_name: &cluster.name,
        release: &cluster.release,
        log_uri: format!("{}/", pipeline.s3_uri(&pipeline.area_prefix(Area::Logs))),
        applications: "Hadoop,Hive,Spark",
        master_type: first(&cluster.master_types),
        master_types: cluster.master_types.join(","),
        worker_type: first(&cluster.worker_types),
        worker_types: cluster.worker_types.join(","),
        on_demand: cluster.on_demand,
        disk_gb: cluster.disk_gb,
        subnet_ids: Binding::new("network", "PrivateSubnetIds"),
        key_pair: cluster.key_pair.as_deref(),
        master_security_group: Binding::new("network", "EmrMasterSecurityGroupId"),
        worker_security_group: Binding::new("network", "EmrWorkerSecurityGroupId"),
        service_security_group: Binding::new("network", "EmrServiceSecurityGroupId"),
        service_role: pipeline.role_name("emr-service"),
        instance_profile: pipeline.role_name("emr-nodes"),
        metastore: METASTORE,
        spot: spot(&cluster.spot),
        step_concurrency: cluster.step_concurrency,
        idle_timeout_minutes: cluster.idle_timeout_minutes,
        keep_on_failure_minutes: cluster.keep_on_failure_minutes,
        tags,
    }
}

fn first(types: &[String]) -> &str {
    types.first().expect("check asks for at least one instance type")
}

fn spot(spot: &Spot) -> SpotValues<'_> {
    SpotValues {
        count: spot.count,
        increment: spot.increment,
        max_price_percent: spot.max_price_percent,
        timeout_minutes: spot.timeout_minutes,
        timeout_action: &spot.timeout_action,
        allocation: &spot.allocation,
    }
}
