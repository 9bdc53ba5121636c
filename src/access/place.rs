//! What there is to ask for: every place, and what can be done there.

use std::collections::BTreeMap;

use crate::aws::service;
use crate::model::{Area, Encryption, Pipeline, ScheduledBy};
use crate::permissions;

use super::ask::{Ask, Way, launch, on_cluster};
use super::grants::Grants;
use super::symbol;

/// Places that are of one kind, such as the parts of `landing`.
pub(super) struct Zone {
    pub(super) name: String,
    pub(super) spots: Vec<Spot>,
}

/// A place, and what can be done there.
pub(super) struct Spot {
    pub(super) label: String,
    pub(super) deeds: Vec<Deed>,
}

/// Something that can be done: all of its requests must be allowed, one of each list.
pub(super) struct Deed {
    pub(super) verb: &'static str,
    pub(super) ways: &'static [Way],
    pub(super) asks: Vec<Vec<Ask>>,
}

const DIRECT: &[Way] = &[Way::Vpc, Way::Internet];
const S3: &[Way] = &[Way::Vpc, Way::Internet, Way::Athena];

pub(super) const AREAS: [Area; 9] = [
    Area::Landing,
    Area::Stage,
    Area::Prod,
    Area::Archive,
    Area::Rejected,
    Area::Libs,
    Area::State,
    Area::Logs,
    Area::Results,
];

/// Returns all places of the pipeline. Tables are told apart only where policies do it.
pub(super) fn zones(pipeline: &Pipeline, grants: &Grants) -> Vec<Zone> {
    let mut zones: Vec<_> = AREAS.map(|area| area_zone(pipeline, grants, area)).into();
    zones.push(databases(pipeline, grants));
    zones.push(machines(pipeline));
    zones.push(Zone { name: "clusters".to_owned(), spots: vec![clusters(pipeline)] });
    zones.push(functions(pipeline));
    zones.push(roles(pipeline));
    zones.push(Zone { name: "topic".to_owned(), spots: vec![topic(pipeline)] });
    zones.push(Zone { name: "stacks".to_owned(), spots: vec![stacks(pipeline)] });
    zones.push(Zone { name: "code".to_owned(), spots: vec![code(pipeline)] });
    zones.push(Zone { name: "bucket policy".to_owned(), spots: vec![bucket_policy(pipeline)] });
    zones
}

fn deed(verb: &'static str, ways: &'static [Way], asks: impl IntoIterator<Item = Ask>) -> Deed {
    Deed { verb, ways, asks: asks.into_iter().map(|ask| vec![ask]).collect() }
}

fn area_zone(pipeline: &Pipeline, grants: &Grants, area: Area) -> Zone {
    let root = pipeline.area_prefix(area);
    let own = permissions::prefixes(pipeline, area);
    let mut parts: BTreeMap<String, String> = BTreeMap::new();
    for prefix in &own {
        parts.insert(format!("{prefix}/*"), format!("{prefix}/any/object"));
    }
    let bucket = pipeline.object_arn("");
    let named = grants.objects.iter().filter_map(|arn| arn.strip_prefix(&bucket));
    for pattern in named
        .filter(|pattern| is_below(pattern, &root) || own.iter().any(|own| is_below(pattern, own)))
    {
        let example = pattern.replace('*', "any").replace('?', "x");
        parts.entry(pattern.to_owned()).or_insert(example);
    }
    let spots = parts.into_iter().map(|(pattern, example)| Spot {
        label: label(pipeline, &pattern, &root),
        deeds: objects(pipeline, &pattern, &example),
    });
    Zone { name: area.word().to_owned(), spots: spots.collect() }
}

fn is_below(place: &str, prefix: &str) -> bool {
    place.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('/'))
}

fn label(pipeline: &Pipeline, pattern: &str, root: &str) -> String {
    let below = pattern
        .strip_prefix(root)
        .unwrap_or_else(|| pattern.strip_prefix(&pipeline.workarea.root).unwrap_or(pattern));
    below.trim_start_matches('/').trim_end_matches("/*").to_owned()
}

fn objects(pipeline: &Pipeline, pattern: &str, example: &str) -> Vec<Deed> {
    let object = pipeline.object_arn(example);
    let on = |action| Ask::new(action, object.clone());
    let prefix = pattern.split(['*', '?']).next().unwrap_or_default().to_owned();
    let list = Ask::new("s3:listbucket", pipeline.bucket_arn()).with("s3:prefix", [prefix]);
    let with_key = |ask, action| [Some(ask), key(pipeline, action)].into_iter().flatten();
    vec![
        deed("read", S3, with_key(on("s3:getobject"), "kms:decrypt")),
        deed("write", S3, with_key(on("s3:putobject"), "kms:generatedatakey")),
        deed("delete", S3, [on("s3:deleteobject")]),
        deed("list", S3, [list]),
    ]
}

pub(super) fn key(pipeline: &Pipeline, action: &'static str) -> Option<Ask> {
    let s3 = service::host(&pipeline.environment.region, "s3");
    let ask = Ask::new(action, symbol::key(pipeline))
        .with("kms:viaservice", [s3])
        .with("kms:encryptioncontext:aws:s3:arn", [pipeline.bucket_arn()])
        .with("aws:resourcetag/pipeline", pipeline.tags.get("pipeline").cloned());
    (pipeline.workarea.encryption == Encryption::Own).then_some(ask)
}

fn databases(pipeline: &Pipeline, grants: &Grants) -> Zone {
    let mut spots = Vec::new();
    for database in &pipeline.databases {
        let name = pipeline.database_name(&database.name);
        let root = pipeline.table_arn(&name, "");
        let mut tables: BTreeMap<&str, String> = [("*", pipeline.table_arn(&name, "any"))].into();
        for named in grants.tables.iter().filter(|arn| arn.starts_with(&root)) {
            tables.entry(&named[root.len()..]).or_insert_with(|| named.replace('*', "any"));
        }
        spots.extend(tables.into_iter().map(|(table, arn)| Spot {
            label: if table == "*" { name.clone() } else { format!("{name}.{table}") },
            deeds: table_deeds(pipeline, grants, &name, &arn),
        }));
    }
    Zone { name: "databases".to_owned(), spots }
}

/// Glue checks the catalog, the database and the table of every request.
fn table_deeds(pipeline: &Pipeline, grants: &Grants, database: &str, table: &str) -> Vec<Deed> {
    let all = |action| {
        [pipeline.catalog_arn(), pipeline.database_arn(database), table.to_owned()]
            .map(|arn| vec![Ask::new(action, arn)])
    };
    let start = "athena:startqueryexecution";
    let workgroups = grants.workgroups.iter().map(|arn| Ask::new(start, arn)).collect();
    let see = |verb, action| Deed { verb, ways: DIRECT, asks: all(action).into() };
    let mut query = see("query", "glue:gettable");
    query.asks.push(workgroups);
    vec![
        query,
        see("see", "glue:gettable"),
        see("change", "glue:updatetable"),
        see("add partitions", "glue:createpartition"),
        see("delete", "glue:deletetable"),
    ]
}

fn machines(pipeline: &Pipeline) -> Zone {
    let spots = pipeline.machines.iter().map(|machine| {
        let arn = pipeline.machine_arn(&machine.name);
        let run = pipeline.executions_arn(&machine.name).replace('*', "any");
        let deeds = vec![
            deed("start", DIRECT, [Ask::new("states:startexecution", arn.clone())]),
            deed("change", DIRECT, [Ask::new("states:updatestatemachine", arn.clone())]),
            deed("stop", DIRECT, [Ask::new("states:stopexecution", run.clone())]),
            deed("see", DIRECT, [Ask::new("states:describeexecution", run)]),
            deed("list runs", DIRECT, [Ask::new("states:listexecutions", arn)]),
        ];
        Spot { label: machine.name.to_string(), deeds }
    });
    Zone { name: "machines".to_owned(), spots: spots.collect() }
}

fn clusters(pipeline: &Pipeline) -> Spot {
    let on = |verb, action| deed(verb, DIRECT, [on_cluster(pipeline, action)]);
    let deeds = vec![
        deed("launch", DIRECT, [launch(pipeline)]),
        on("submit steps", "elasticmapreduce:addjobflowsteps"),
        on("add workers", "elasticmapreduce:modifyinstancefleet"),
        on("see", "elasticmapreduce:describecluster"),
        deed("list all", DIRECT, [Ask::new("elasticmapreduce:listclusters", "*")]),
        on("terminate", "elasticmapreduce:terminatejobflows"),
        on("change tags", "elasticmapreduce:addtags"),
    ];
    Spot { label: "own".to_owned(), deeds }
}

fn functions(pipeline: &Pipeline) -> Zone {
    let spots = pipeline.lambdas.iter().map(|lambda| Spot {
        label: lambda.name.to_string(),
        deeds: vec![
            deed(
                "call",
                DIRECT,
                [Ask::new("lambda:invokefunction", pipeline.alias_arn(&lambda.name))],
            ),
            deed(
                "change",
                DIRECT,
                [Ask::new("lambda:updatefunctioncode", pipeline.lambda_arn(&lambda.name))],
            ),
        ],
    });
    Zone { name: "functions".to_owned(), spots: spots.collect() }
}

/// A role is passed to the one service that works with it; of the many that functions and machines have, any counts.
fn roles(pipeline: &Pipeline) -> Zone {
    let role = |purpose: &str| pipeline.role_arn(purpose);
    let functions = pipeline.lambdas.iter().map(|one| role(one.name.as_str())).collect();
    let machines = pipeline.machines.iter().map(|one| role(&format!("machine-{}", one.name)));
    let schedule = pipeline.schedule.as_ref();
    let by_rule = schedule.is_some_and(|schedule| schedule.by == ScheduledBy::Rule);
    let passed = [
        ("emr-service", vec![role("emr-service")], "elasticmapreduce"),
        ("emr-nodes", vec![role("emr-nodes")], "ec2"),
        ("functions", functions, "lambda"),
        ("machines", machines.collect(), "states"),
        (
            "scheduler",
            schedule.map(|_| role("scheduler")).into_iter().collect(),
            if by_rule { "events" } else { "scheduler" },
        ),
        ("execution", vec![pipeline.execution_role_arn()], "cloudformation"),
    ];
    let spots = passed.map(|(label, arns, to)| {
        let to = service::principal(&pipeline.environment.region, to);
        let pass = |arn| Ask::new("iam:passrole", arn).with("iam:passedtoservice", [to.clone()]);
        let asks = vec![arns.into_iter().map(pass).collect()];
        Spot { label: label.to_owned(), deeds: vec![Deed { verb: "pass", ways: DIRECT, asks }] }
    });
    Zone { name: "roles".to_owned(), spots: spots.into() }
}

/// A change set takes the role that executes it.
fn stacks(pipeline: &Pipeline) -> Spot {
    let stack = format!("stack/{}/any", pipeline.stack_name("storage"));
    let on = |action| Ask::new(action, pipeline.arn("cloudformation", &stack));
    let with_role = |ask: Ask| ask.with("cloudformation:rolearn", [pipeline.execution_role_arn()]);
    let deeds = vec![
        deed(
            "deploy",
            DIRECT,
            [
                with_role(on("cloudformation:createchangeset")),
                on("cloudformation:executechangeset"),
            ],
        ),
        deed("delete", DIRECT, [with_role(on("cloudformation:deletestack"))]),
    ];
    Spot { label: "own".to_owned(), deeds }
}

fn code(pipeline: &Pipeline) -> Spot {
    let on = |action| [Ask::new(action, pipeline.artifact_arn("assets/any"))];
    let deeds = vec![
        deed("read", DIRECT, on("s3:getobject")),
        deed("write", DIRECT, on("s3:putobject")),
        deed("delete", DIRECT, on("s3:deleteobject")),
    ];
    Spot { label: "assets".to_owned(), deeds }
}

fn bucket_policy(pipeline: &Pipeline) -> Spot {
    let change = Ask::new("s3:putbucketpolicy", pipeline.bucket_arn());
    Spot { label: "workarea".to_owned(), deeds: vec![deed("change", DIRECT, [change])] }
}

fn topic(pipeline: &Pipeline) -> Spot {
    let publish = deed("publish", DIRECT, [Ask::new("sns:publish", pipeline.topic_arn())]);
    Spot { label: "own".to_owned(), deeds: vec![publish] }
}
