//! What people call roles.

use std::collections::BTreeMap;

use crate::diagnostic::nearest;
use crate::model::{Area, Database, Pipeline};
use crate::permissions;

use super::place::AREAS;

/// A role as people know it; sorted as they look for it.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Who {
    pub(super) kind: Kind,
    pub(super) label: String,
}

/// Whose role it is, with its place in the blueprint.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Kind {
    Group(usize),
    Lambda(usize),
    Machine(usize),
    Other,
    Deploying,
}

/// The pipeline's roles by name.
pub(super) struct Names(BTreeMap<String, Who>);

impl Names {
    pub(super) fn of(pipeline: &Pipeline) -> Self {
        let own = all(pipeline).into_iter().map(|(label, kind)| {
            let name = pipeline.role_name(&label);
            (name, Who { kind, label })
        });
        let deploying = ["deployer", "execution", "break-glass"].map(|purpose| {
            let label = pipeline.bootstrap_name(purpose);
            (label.clone(), Who { kind: Kind::Deploying, label })
        });
        // Where two roles had one name, the first one's would count.
        Self(deploying.into_iter().chain(own.rev()).collect())
    }

    /// Returns whose the role of that name is.
    pub(super) fn who(&self, role: &str) -> Who {
        let stranger = || Who { kind: Kind::Other, label: role.to_owned() };
        self.0.get(role).cloned().unwrap_or_else(stranger)
    }
}

/// Returns what every role is for.
pub(super) fn all(pipeline: &Pipeline) -> Vec<(String, Kind)> {
    let groups = pipeline.groups.iter().enumerate();
    let lambdas = pipeline.lambdas.iter().enumerate();
    let machines = pipeline.machines.iter().enumerate();
    let others = ["emr-nodes", "emr-service", "scheduler", "flow-logs", "failures"];
    let groups = groups.map(|(at, group)| (group.name.to_string(), Kind::Group(at)));
    let lambdas = lambdas.map(|(at, lambda)| (lambda.name.to_string(), Kind::Lambda(at)));
    let machines = machines.map(|(at, one)| (format!("machine-{}", one.name), Kind::Machine(at)));
    let others = others.into_iter().map(|purpose| (purpose.to_owned(), Kind::Other));
    groups.chain(lambdas).chain(machines).chain(others).collect()
}

/// Returns the name of the role that `asked` means; `roles` are all there are.
pub(super) fn role(pipeline: &Pipeline, roles: &[&str], asked: &str) -> Result<String, String> {
    let plain = asked.rsplit_once(":role/").map_or(asked, |(_, name)| name);
    let known = all(pipeline);
    let means = |purpose: &str| purpose == plain || purpose.strip_prefix("machine-") == Some(plain);
    let named = known.iter().find(|(purpose, _)| means(purpose));
    let wanted = named.map_or_else(|| plain.to_owned(), |(purpose, _)| pipeline.role_name(purpose));
    if roles.contains(&wanted.as_str()) {
        return Ok(wanted);
    }
    let mut names: Vec<_> = known.iter().map(|(purpose, _)| purpose.as_str()).collect();
    names.extend(roles);
    Err(unknown("no role, function, machine or group is called", asked, &names))
}

/// Returns the ARNs that `asked` may mean, each with the prefix that a listing of it names.
pub(super) fn resources(
    pipeline: &Pipeline,
    asked: &str,
) -> Result<Vec<(String, Option<String>)>, String> {
    if asked == "*" || asked.starts_with("arn:") {
        return Ok(vec![(asked.to_owned(), None)]);
    }
    if let Some(path) = asked.strip_prefix("s3://") {
        return Ok(objects(pipeline, path));
    }
    let mut found = zone(pipeline, asked);
    found.extend(tables(pipeline, asked));
    for machine in pipeline.machines.iter().filter(|one| one.name.as_str() == asked) {
        let run = pipeline.executions_arn(&machine.name).replace('*', "any");
        found.extend([pipeline.machine_arn(&machine.name), run].map(|arn| (arn, None)));
    }
    for lambda in pipeline.lambdas.iter().filter(|one| one.name.as_str() == asked) {
        let name = &lambda.name;
        found.extend([pipeline.alias_arn(name), pipeline.lambda_arn(name)].map(|arn| (arn, None)));
    }
    if all(pipeline).iter().any(|(purpose, _)| purpose == asked) {
        found.push((pipeline.role_arn(asked), None));
    }
    match asked {
        "cluster" => found.push((pipeline.arn("elasticmapreduce", "cluster/j-any"), None)),
        "topic" => found.push((pipeline.topic_arn(), None)),
        _ => {}
    }
    if found.is_empty() { Err(unknown_resource(pipeline, asked)) } else { Ok(found) }
}

/// The bucket is what listings act on.
fn objects(pipeline: &Pipeline, path: &str) -> Vec<(String, Option<String>)> {
    let partition = pipeline.environment.partition.id();
    let arn = |path: &str| format!("arn:{partition}:s3:::{path}");
    let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
    let mut found = vec![(arn(bucket), Some(key.to_owned()))];
    if !key.is_empty() {
        found.insert(0, (arn(path), None));
    }
    found
}

fn zone(pipeline: &Pipeline, asked: &str) -> Vec<(String, Option<String>)> {
    let Some(area) = AREAS.into_iter().find(|area| area.word() == asked) else { return Vec::new() };
    let prefixes = permissions::prefixes(pipeline, area);
    let Some(prefix) = prefixes.first() else { return Vec::new() };
    let object = pipeline.object_arn(&format!("{prefix}/any/object"));
    vec![(object, None), (pipeline.bucket_arn(), Some(format!("{prefix}/")))]
}

fn tables(pipeline: &Pipeline, asked: &str) -> Vec<(String, Option<String>)> {
    let (name, table) = asked.split_once('.').unwrap_or((asked, "any"));
    let is = |database: &Database| {
        database.name.as_str() == name || pipeline.database_name(&database.name) == name
    };
    let Some(database) = pipeline.databases.iter().find(|one| is(one)) else { return Vec::new() };
    let physical = pipeline.database_name(&database.name);
    let mut found = vec![(pipeline.table_arn(&physical, table), None)];
    if table == "any" {
        found.push((pipeline.database_arn(&physical), None));
    }
    found
}

fn unknown_resource(pipeline: &Pipeline, asked: &str) -> String {
    let databases = pipeline.databases.iter().map(|one| one.name.as_str());
    let machines = pipeline.machines.iter().map(|one| one.name.as_str());
    let lambdas = pipeline.lambdas.iter().map(|one| one.name.as_str());
    let mut names: Vec<_> = databases.chain(machines).chain(lambdas).collect();
    names.extend(AREAS.map(Area::word));
    names.extend(["cluster", "topic"]);
    unknown("no zone, database, machine or function is called", asked, &names)
}

fn unknown(what: &str, asked: &str, known: &[&str]) -> String {
    let help = match nearest(asked, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`gen access` lists who there is and where; an ARN is always taken".to_owned(),
    };
    format!("{what} `{asked}`\nhelp: {help}")
}
