//! How a group sees what the blueprint does not give it: asked of the emitted policies, beside what `access` says.

mod commands;
mod given;

use std::collections::BTreeSet;

use crate::diagnostic::Span;
use crate::model::{Area, Detour, Encryption, Group, Name, Pipeline, Trusted, Verb};
use crate::workflow::StateMachine;

use super::ask::{Ask, Asker, Way};
use super::grants::{Grants, Role};
use super::{place, symbol};

use given::{Spot, beyond, is_given, spots};

/// Something that a group sees without having been given it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sight {
    /// The group.
    pub group: Name,
    /// The way to it.
    pub by: Detour,
    /// What is seen, in words.
    pub what: Vec<String>,
    /// How, in words.
    pub how: String,
    /// The verb that opens the way, or else the group.
    pub span: Span,
}

impl Sight {
    /// Returns the reason that the blueprint gives.
    pub fn reason<'a>(&self, pipeline: &'a Pipeline) -> Option<&'a str> {
        let group = pipeline.groups.iter().find(|group| group.name == self.group)?;
        group.also_sees.get(&self.by).map(|(reason, _)| reason.as_str())
    }
}

/// Returns what groups see without having been given it, group by group. `machines` are the compiled state machines.
pub fn detours(pipeline: &Pipeline, grants: &Grants, machines: &[StateMachine]) -> Vec<Sight> {
    let world = World { pipeline, grants, machines, spots: spots(pipeline, grants) };
    pipeline.groups.iter().flat_map(|group| world.detours(group)).collect()
}

const EVERY_WAY: [Way; 3] = [Way::Vpc, Way::Internet, Way::Athena];

struct World<'a> {
    pipeline: &'a Pipeline,
    grants: &'a Grants,
    machines: &'a [StateMachine],
    spots: Vec<Spot<'a>>,
}

impl<'a> World<'a> {
    fn detours(&self, group: &Group) -> Vec<Sight> {
        let Some(asker) = self.asker(group.name.as_str()) else { return Vec::new() };
        let found = [
            self.policies(group, &asker),
            self.results(group, &asker),
            self.logs(group, &asker),
            self.scripts(group, &asker),
            self.commands(group, &asker),
            self.roles(group, &asker),
            self.key(group, &asker),
        ];
        found.into_iter().flatten().collect()
    }

    /// What the policies let it read directly, be it by an override or because one table stands inside another's place.
    fn policies(&self, group: &Group, asker: &Asker) -> Option<Sight> {
        let mut what =
            beyond(self.pipeline, &self.spots, group, |spot| self.reads(asker, &spot.key));
        let areas = given::other_objects(self.pipeline).into_iter();
        let areas = areas.filter(|(area, key)| !is_given(group, *area) && self.reads(asker, key));
        let areas: BTreeSet<_> = areas.map(|(area, _)| area).collect();
        what.extend(areas.into_iter().map(|area| area.word().to_owned()));
        sight(group, Detour::Policies, what, group.span, "its policies let it read that".to_owned())
    }

    /// Whoever reads results of a query sees what the query saw.
    fn results(&self, group: &Group, asker: &Asker) -> Option<Sight> {
        let others =
            self.pipeline.groups.iter().filter(|one| one.name != group.name && one.queries());
        let open: Vec<_> = others.filter(|other| self.reads_results(asker, other)).collect();
        let askers: Vec<_> = open.iter().filter_map(|one| self.asker(one.name.as_str())).collect();
        let seen = |spot: &Spot| {
            let by = |other: &Asker| self.may_read(other, &spot.key, &[Way::Athena]);
            spot.is_queried() && askers.iter().any(by)
        };
        let what = self.beyond(group, asker, seen);
        let names: Vec<_> = open.iter().map(|one| format!("`{}`", one.name)).collect();
        let how = format!("it reads the results of what {} asked", names.join(" and "));
        sight(group, Detour::Results, what, verb(group, &Verb::Read(Area::Results)), how)
    }

    fn reads_results(&self, asker: &Asker, other: &Group) -> bool {
        let object = format!("{}/any.csv", self.pipeline.results_prefix(&other.name));
        let workgroup = self.pipeline.workgroup_arn(&other.name);
        let fetch = Ask::new("athena:getqueryresults", workgroup);
        self.reads(asker, &object) || asker.may(&fetch, &EVERY_WAY[..2])
    }

    /// A log holds what its writer reads and prints.
    fn logs(&self, group: &Group, asker: &Asker) -> Option<Sight> {
        let readers: Vec<_> = self.writers_of_logs(asker);
        let sees = |reader: &Asker, spot: &Spot| self.may_read(reader, &spot.key, &EVERY_WAY);
        let what =
            self.beyond(group, asker, |spot| readers.iter().any(|(_, reader)| sees(reader, spot)));
        let told = readers.iter().find(|(_, one)| self.spots.iter().any(|spot| sees(one, spot)));
        let how = told.map(|(how, _)| how.clone()).unwrap_or_default();
        sight(group, Detour::Logs, what, verb(group, &Verb::Read(Area::Logs)), how)
    }

    /// Returns who writes the logs that `asker` reads. Loads print numbers of rows only, other commands whatever they like.
    fn writers_of_logs(&self, asker: &Asker) -> Vec<(String, Asker<'a>)> {
        let of_cluster = format!("{}/any", self.pipeline.area_prefix(Area::Logs));
        let printer = commands::printer(self.pipeline).filter(|_| self.reads(asker, &of_cluster));
        let cluster = printer.map(|machine| {
            (format!("commands of `{machine}` print there what they read"), "emr-nodes")
        });
        let lambdas = self.pipeline.lambdas.iter().filter(|lambda| {
            let group = self.pipeline.lambda_log_group(&lambda.name);
            let streams = self.pipeline.log_streams_arn(&group).replace('*', "any");
            asker.may(&Ask::new("logs:getlogevents", streams), &EVERY_WAY[..2])
        });
        let lambdas = lambdas.map(|one| {
            (format!("`{}` may print there what it reads", one.name), one.name.as_str())
        });
        let writers = cluster.into_iter().chain(lambdas);
        writers.filter_map(|(how, role)| Some((how, self.asker(role)?))).collect()
    }

    /// Scripts run with the cluster's role, whoever wrote them.
    fn scripts(&self, group: &Group, asker: &Asker) -> Option<Sight> {
        let keys = given::scripts(self.pipeline, self.grants);
        let puts = |key: &String| {
            let put = Ask::new("s3:putobject", self.pipeline.object_arn(key));
            let elsewhere = given::endpoints(group).map(|id| {
                put.clone()
                    .with("aws:sourcevpce", [id])
                    .with("aws:sourcevpc", ["vpc-elsewhere".into()])
            });
            let mut elsewhere = elsewhere.collect::<Vec<_>>().into_iter();
            asker.may(&put, &EVERY_WAY) || elsewhere.any(|put| asker.may(&put, &[Way::Internet]))
        };
        let what = if keys.iter().any(puts) { self.cluster_sees(group, asker) } else { Vec::new() };
        let how = "the cluster runs the scripts there with its own role".to_owned();
        sight(group, Detour::Scripts, what, verb(group, &Verb::Write(Area::Libs)), how)
    }

    /// Commands run with the cluster's role, whoever gave them.
    fn commands(&self, group: &Group, asker: &Asker) -> Option<Sight> {
        let starts = |machine: &&StateMachine| {
            let arn = self.pipeline.machine_arn(&machine.name);
            asker.may(&Ask::new("states:startexecution", arn), &EVERY_WAY[..2])
        };
        let mut free = self.machines.iter().filter(|one| commands::from_input(self.pipeline, one));
        let machine = free.find(starts);
        let submits = self.pipeline.lambdas.iter().find(|lambda| {
            let call = Ask::new("lambda:invokefunction", self.pipeline.alias_arn(&lambda.name));
            commands::submits(lambda) && asker.may(&call, &EVERY_WAY[..2])
        });
        let name = machine.map(|one| &one.name).or(submits.map(|one| &one.name))?;
        let how = format!("`{name}` runs the commands that it is given with the cluster's role");
        let span = verb(group, &Verb::Operate(name.clone()));
        sight(group, Detour::Commands, self.cluster_sees(group, asker), span, how)
    }

    fn cluster_sees(&self, group: &Group, asker: &Asker) -> Vec<String> {
        let Some(nodes) = self.asker("emr-nodes") else { return Vec::new() };
        self.beyond(group, asker, |spot| self.may_read(&nodes, &spot.key, &[Way::Vpc]))
    }

    /// A role that another's trust names needs no right of its own to assume it (IAM user guide, "Policy evaluation logic").
    fn roles(&self, group: &Group, asker: &Asker) -> Option<Sight> {
        let own = Trusted::Principal(self.pipeline.role_arn(group.name.as_str()));
        let others = self.pipeline.groups.iter().filter(|other| other.assumed_by.contains(&own));
        let others: Vec<_> = others.collect();
        let askers: Vec<_> =
            others.iter().filter_map(|one| self.asker(one.name.as_str())).collect();
        let seen = |spot: &Spot| askers.iter().any(|other| self.reads(other, &spot.key));
        let what = self.beyond(group, asker, seen);
        let names: Vec<_> = others.iter().map(|one| format!("`{}`", one.name)).collect();
        let how = format!("it may assume the role of {}", names.join(" and "));
        sight(group, Detour::Roles, what, group.span, how)
    }

    /// S3 uses the key for whoever reads; nobody else has to.
    fn key(&self, group: &Group, asker: &Asker) -> Option<Sight> {
        let own = self.pipeline.workarea.encryption == Encryption::Own;
        let decrypt = Ask::new("kms:decrypt", symbol::key(self.pipeline));
        let open = own && asker.may(&decrypt, &EVERY_WAY[..2]);
        let what = open.then(|| "whatever the key encrypts".to_owned()).into_iter().collect();
        sight(group, Detour::Key, what, group.span, "it may decrypt outside S3".to_owned())
    }

    /// Returns what `sees` says is seen and the group was not given; what its policies let it read anyway is told there.
    fn beyond(&self, group: &Group, own: &Asker, sees: impl Fn(&Spot) -> bool) -> Vec<String> {
        let sees = |spot: &Spot| sees(spot) && !self.reads(own, &spot.key);
        beyond(self.pipeline, &self.spots, group, sees)
    }

    fn reads(&self, asker: &Asker, key: &str) -> bool {
        self.may_read(asker, key, &EVERY_WAY)
    }

    /// With a key of the pipeline's own S3 asks for that too.
    fn may_read(&self, asker: &Asker, key: &str, ways: &[Way]) -> bool {
        let get = Ask::new("s3:getobject", self.pipeline.object_arn(key));
        let decrypt = place::key(self.pipeline, "kms:decrypt");
        let Some(get) = asker.open(&get) else { return false };
        let key = decrypt.as_ref().map(|ask| asker.open(ask));
        let with_key =
            |way| key.as_ref().is_none_or(|key| key.as_ref().is_some_and(|key| key.by(way)));
        ways.iter().any(|way| get.by(*way) && with_key(*way))
    }

    /// Returns who asks with the role for `purpose`; none where an override took the role away.
    fn asker(&self, purpose: &str) -> Option<Asker<'a>> {
        let name = self.pipeline.role_name(purpose);
        let role: &Role = self.grants.roles.get(&name)?;
        Some(Asker::new(self.pipeline, self.grants, &name, role, self.pipeline.lambda(purpose)))
    }
}

fn sight(group: &Group, by: Detour, what: Vec<String>, span: Span, how: String) -> Option<Sight> {
    (!what.is_empty()).then(|| Sight { group: group.name.clone(), by, what, how, span })
}

/// Returns where the group has the verb.
fn verb(group: &Group, verb: &Verb) -> Span {
    group.verbs.iter().find(|(one, _)| one == verb).map_or(group.span, |(_, span)| *span)
}
