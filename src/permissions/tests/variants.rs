//! The sample pipeline, and pipelines that differ from it wherever permissions do.

use crate::model::{
    Encryption, ExistingVpc, Network, Partition, Pipeline, S3Endpoint, ScheduledBy, Trusted, Verb,
    WritesFrom, sample,
};

/// Returns the sample, one with a key and outside writers in a VPC that is there, one in China, one in `GovCloud`.
pub(crate) fn variants() -> Vec<Pipeline> {
    vec![sample::pipeline(), outside(), china(), gov_cloud()]
}

fn outside() -> Pipeline {
    let mut pipeline = sample::pipeline();
    pipeline.workarea.encryption = Encryption::Own;
    pipeline.cluster.release = "emr-7.9.0".to_owned();
    pipeline.cluster.key_pair = Some("ops".to_owned());
    pipeline.environment.suffix = "-b".to_owned();
    pipeline.network = existing();
    pipeline.tables[0].locations.landing = Some("incoming/countries".to_owned());
    pipeline.groups[2].from = vec![
        WritesFrom::Endpoint("vpce-0123456789abcdef0".to_owned()),
        WritesFrom::Role("arn:aws:iam::444455556666:role/crm".to_owned()),
    ];
    pipeline
}

fn existing() -> Network {
    Network::Existing(ExistingVpc {
        vpc_id: "vpc-0123456789abcdef0".to_owned(),
        cidr: "10.0.0.0/16".parse().unwrap(),
        subnet_ids: (0..3).map(|n| format!("subnet-0123456789abcdef{n}")).collect(),
        s3: S3Endpoint::New(vec!["rtb-0123456789abcdef0".to_owned()]),
        interface_endpoints: [("states".to_owned(), "sg-0123456789abcdef0".to_owned())].into(),
        endpoints: vec!["athena".to_owned()],
        egress: false,
        flow_logs: true,
        span: sample::span(5),
    })
}

fn china() -> Pipeline {
    let mut pipeline = sample::pipeline();
    pipeline.environment.region = "cn-north-1".to_owned();
    pipeline.environment.partition = Partition::China;
    pipeline.workarea.encryption = Encryption::Aws;
    pipeline.groups[0].iam_group = true;
    if let Some(schedule) = &mut pipeline.schedule {
        schedule.by = ScheduledBy::Rule;
    }
    pipeline
}

fn gov_cloud() -> Pipeline {
    let mut pipeline = sample::pipeline();
    pipeline.environment.region = "us-gov-west-1".to_owned();
    pipeline.environment.partition = Partition::GovCloud;
    let table = |table: &str| Verb::QueryTable {
        database: "stg_fact_db".to_owned(),
        table: table.to_owned(),
    };
    let span = pipeline.groups[0].span;
    let tables = ["sample_country_tx_fact", "sample_country_tx_fact_rejected"];
    pipeline.groups[0].verbs = tables.map(|name| (table(name), span)).into();
    pipeline.groups[1].assumed_by = vec![
        Trusted::Principal("arn:aws-us-gov:iam::123456789012:role/ops".to_owned()),
        Trusted::PermissionSet("Engineer".to_owned()),
    ];
    pipeline
}
