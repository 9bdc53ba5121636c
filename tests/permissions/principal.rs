//! Who asks: the roles that the templates make, and everybody else that matters.

use pipeline::model::{Name, Pipeline, Trusted, Verb, WritesFrom};

use crate::case::Case;
use crate::deployed::Of;
use crate::glob;
use crate::request::STRANGER;

/// Someone who makes requests.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Principal {
    pub(crate) arn: String,
    pub(crate) kind: Kind,
}

/// Who that is, in the model's words.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// The role of a Lambda.
    Lambda(Name),
    /// The role of a state machine.
    Machine(Name),
    /// The role of the schedules.
    Scheduler,
    /// The role with which EMR makes instances.
    EmrService,
    /// The role of a cluster's instances.
    EmrNodes,
    /// The role of a group of people or systems.
    Group(Name),
    /// The role that delivers flow logs.
    FlowLogs,
    /// A user in the IAM group of a group.
    Member(Name),
    /// The account's root, who may do all that no policy of a resource denies.
    Root,
    /// A role for emergencies, else like root.
    BreakGlass,
    /// CloudFormation's role.
    Execution,
    /// The role of CI.
    Deployer,
    /// A role that deploys, by the blueprint.
    Editor,
    /// A role outside that writes landing, by the blueprint.
    Writer,
    /// A role that the bootstrap stack makes, as its policies have it.
    Made(Maker),
    /// A role of the stacks whose policies let it do everything, so that only the boundary is left.
    Rogue,
    /// An administrator of the account, whom its identity policies let do everything.
    Admin,
    /// The same of another account.
    Stranger,
    /// Nobody: an unsigned request.
    Anonymous,
    /// An AWS service.
    Service,
}

/// What a role of the bootstrap stack is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Maker {
    Deployer,
    Execution,
    BreakGlass,
}

impl Maker {
    /// Returns what a role is for.
    pub(crate) fn of(pipeline: &Pipeline, arn: &str) -> Option<Self> {
        if arn == pipeline.deployer_role_arn() {
            Some(Self::Deployer)
        } else if arn == pipeline.execution_role_arn() {
            Some(Self::Execution)
        } else {
            let known = pipeline.break_glass_role_arns();
            known.iter().any(|one| one == arn).then_some(Self::BreakGlass)
        }
    }
}

impl Principal {
    /// Returns who it is to resources, which look at names and not at what else it may do.
    pub(crate) fn to_resources(&self) -> Self {
        let kind = match &self.kind {
            Kind::Made(Maker::Deployer) => Kind::Deployer,
            Kind::Made(Maker::Execution) => Kind::Execution,
            Kind::Made(Maker::BreakGlass) => Kind::BreakGlass,
            other => other.clone(),
        };
        Self { arn: self.arn.clone(), kind }
    }

    /// Returns its account; services and nobody have none.
    pub(crate) fn account(&self) -> Option<&str> {
        self.arn.split(':').nth(4)
    }

    /// Returns what its own policies belong to, where the templates hold them.
    pub(crate) fn holder(&self, case: &Case) -> Option<Of> {
        match &self.kind {
            Kind::Member(name) => {
                let group = case.pipeline.group_name(name.as_str());
                Some(Of::Group(case.pipeline.iam_arn(&format!("group/{group}"))))
            }
            _ => self.is_ours().then(|| Of::Role(self.arn.clone())),
        }
    }

    /// Tells whether the templates say what it may do; the others may do everything, as far as it is up to them.
    pub(crate) fn is_ours(&self) -> bool {
        match self.kind {
            Kind::Lambda(_)
            | Kind::Machine(_)
            | Kind::Scheduler
            | Kind::EmrService
            | Kind::EmrNodes
            | Kind::Group(_)
            | Kind::FlowLogs
            | Kind::Made(_)
            | Kind::Member(_) => true,
            Kind::Root
            | Kind::BreakGlass
            | Kind::Execution
            | Kind::Deployer
            | Kind::Editor
            | Kind::Writer
            | Kind::Rogue
            | Kind::Admin
            | Kind::Stranger
            | Kind::Anonymous
            | Kind::Service => false,
        }
    }

    fn new(arn: impl Into<String>, kind: Kind) -> Self {
        Self { arn: arn.into(), kind }
    }

    /// Returns an AWS service, named as in a trust policy.
    pub(crate) fn service(name: impl Into<String>) -> Self {
        Self::new(name, Kind::Service)
    }
}

/// Returns every principal with credentials, and nobody.
pub(crate) fn all(case: &Case) -> Vec<Principal> {
    let mut all = ours(case);
    all.extend(others(case));
    all.extend(made(case).into_iter().filter(|who| who.kind != Kind::Made(Maker::Execution)));
    all
}

/// Returns the roles that the bootstrap stack makes.
pub(crate) fn made(case: &Case) -> Vec<Principal> {
    let roles = case.deployed.made_roles().map(|arn| {
        let maker = Maker::of(&case.pipeline, arn);
        let maker = maker.unwrap_or_else(|| panic!("{}: what is {arn} for?", case.name));
        Principal::new(arn, Kind::Made(maker))
    });
    roles.collect()
}

/// Tells whether someone is trusted by name, account or permission set.
pub(crate) fn is_trusted(pipeline: &Pipeline, trusted: &Trusted, arn: &str) -> bool {
    match trusted {
        Trusted::Principal(one) => one == arn,
        Trusted::Account(one) => arn.split(':').nth(4) == Some(one),
        Trusted::PermissionSet(set) => {
            let path = pipeline.iam_arn("role/aws-reserved/sso.amazonaws.com");
            let name = format!("AWSReservedSSO_{set}_????????????????");
            glob::contains(&format!("{path}/{name}"), arn)
                || glob::contains(&format!("{path}/*/{name}"), arn)
        }
    }
}

/// Returns the roles that the templates make; one whose kind nobody knows is an error.
pub(crate) fn ours(case: &Case) -> Vec<Principal> {
    let known = known(&case.pipeline);
    let roles = case.deployed.roles().map(|arn| {
        let found = known.iter().find(|one| one.arn == arn);
        found.unwrap_or_else(|| panic!("{}: nobody knows {arn}", case.name)).clone()
    });
    let groups = case.pipeline.groups.iter().filter(|group| group.iam_group);
    let members = groups.map(|group| {
        let user = case.pipeline.iam_arn(&format!("user/{}", group.name));
        Principal::new(user, Kind::Member(group.name.clone()))
    });
    roles.chain(members).collect()
}

fn known(pipeline: &Pipeline) -> Vec<Principal> {
    let role = |purpose: &str, kind| Principal::new(pipeline.role_arn(purpose), kind);
    let mut known = vec![
        role("scheduler", Kind::Scheduler),
        role("emr-service", Kind::EmrService),
        role("emr-nodes", Kind::EmrNodes),
        role("flow-logs", Kind::FlowLogs),
    ];
    let lambdas = pipeline.lambdas.iter().map(|one| &one.name);
    known.extend(lambdas.map(|name| role(name.as_str(), Kind::Lambda(name.clone()))));
    let machines = pipeline.machines.iter().map(|one| &one.name);
    known
        .extend(machines.map(|name| role(&format!("machine-{name}"), Kind::Machine(name.clone()))));
    let groups = pipeline.groups.iter().map(|one| &one.name);
    known.extend(groups.map(|name| role(name.as_str(), Kind::Group(name.clone()))));
    known
}

fn others(case: &Case) -> Vec<Principal> {
    let pipeline = &case.pipeline;
    let mut others = vec![
        Principal::new(pipeline.root_arn(), Kind::Root),
        Principal::new(pipeline.execution_role_arn(), Kind::Execution),
        Principal::new(pipeline.deployer_role_arn(), Kind::Deployer),
        Principal::new(pipeline.iam_arn("role/Administrator"), Kind::Admin),
        stranger(case),
        Principal::new("anonymous", Kind::Anonymous),
    ];
    let rogue = Principal::new(rogue(pipeline), Kind::Rogue);
    if case.deployed.of(&Of::Boundary(rogue.arn.clone())).next().is_some() {
        others.push(rogue);
    }
    let listed = |arns: &[String], kind: &Kind| -> Vec<Principal> {
        arns.iter().map(|arn| Principal::new(arn, kind.clone())).collect()
    };
    others.extend(listed(&pipeline.break_glass_role_arns(), &Kind::BreakGlass));
    others.extend(listed(&pipeline.workarea.deployers, &Kind::Editor));
    others.extend(listed(&writers(pipeline), &Kind::Writer));
    others
}

/// Returns the ARN of a role that whoever deploys might make.
pub(crate) fn rogue(pipeline: &Pipeline) -> String {
    pipeline.role_arn("rogue")
}

/// Returns an administrator of another account.
pub(crate) fn stranger(case: &Case) -> Principal {
    let partition = case.pipeline.environment.partition.id();
    Principal::new(format!("arn:{partition}:iam::{STRANGER}:role/Administrator"), Kind::Stranger)
}

/// Returns the roles outside that write landing.
fn writers(pipeline: &Pipeline) -> Vec<String> {
    let writes = |verb: &Verb| matches!(verb, Verb::Write(pipeline::model::Area::Landing));
    let groups =
        pipeline.groups.iter().filter(|group| group.verbs.iter().any(|(verb, _)| writes(verb)));
    let from = groups.flat_map(|group| &group.from);
    from.filter_map(|from| match from {
        WritesFrom::Role(arn) => Some(arn.clone()),
        WritesFrom::Vpc | WritesFrom::Endpoint(_) => None,
    })
    .collect()
}
