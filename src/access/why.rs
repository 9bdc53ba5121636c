//! Why a role may do something, or may not: the statements, and what in the blueprint they come from.

use crate::aws::iam;
use crate::diagnostic::nearest;
use crate::model::Pipeline;
use crate::permissions::{self, Origin};
use crate::policy::{
    Difference, Effect, Layer, Policies, Policy, Reason, Request, Statement, Unfit,
};
use crate::workflow::StateMachine;

use super::ask::{Ask, Asker, Way, launch, on_cluster};
use super::grants::Grants;
use super::name::{self, Kind, Names};

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// A role by its name or ARN, or a function, machine or group by its name.
    pub role: &'a str,
    /// The action.
    pub action: &'a str,
    /// An ARN, `s3://bucket/key`, `database.table`, or the name of a database, zone, machine or function.
    pub resource: &'a str,
    /// How the request comes.
    pub way: Way,
    /// More condition keys and their values.
    pub context: Vec<(String, String)>,
}

/// The answer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Answer {
    /// Whether it may.
    pub allowed: bool,
    /// Whose role it is.
    pub who: String,
    /// The action in AWS's case.
    pub action: String,
    /// The ARN.
    pub resource: String,
    /// Why.
    pub findings: Vec<Finding>,
}

/// One statement behind the answer, or what is missing.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Finding {
    /// In words.
    pub text: String,
    /// The capability, verb or rule that the statement comes from, and its place in the blueprint.
    pub origin: Option<Origin>,
}

/// Answers a question; an error is a name that nothing has, with the nearest that something has.
pub fn why(
    pipeline: &Pipeline,
    grants: &Grants,
    machines: &[StateMachine],
    question: &Question,
) -> Result<Answer, String> {
    let role = name::role(pipeline, &grants.role_names(), question.role)?;
    let who = Names::of(pipeline).who(&role);
    let lambda = if let Kind::Lambda(_) = who.kind { pipeline.lambda(&who.label) } else { None };
    let asker = Asker::new(pipeline, grants, &role, &grants.roles[&role], lambda);
    let (action, request) = request(&asker, question)?;
    let decision = asker.decision(&request, question.way);
    let policies = asker.policies(&request.action, &request.resource, question.way);
    let origins = Origins::new(pipeline, machines);
    let findings = decision.reasons.iter().map(|reason| match reason {
        Reason::Statement { layer, policy, statement } => Finding {
            text: spoken(*layer, policy, statement),
            origin: origins.of(*layer, policy, statement),
        },
        Reason::NothingAllows(layer) => silent(*layer, &policies, &request, &origins),
        Reason::Root => {
            Finding { text: "the account's root needs no policy".to_owned(), origin: None }
        }
    });
    let findings = findings.collect();
    Ok(Answer {
        allowed: decision.allowed,
        who: who.label,
        action,
        resource: request.resource,
        findings,
    })
}

/// Returns the reasons beside every `*` that stands for a resource: the actions, why, and whose roles have it.
pub fn reasons(
    pipeline: &Pipeline,
    machines: &[StateMachine],
) -> Vec<(Vec<String>, &'static str, Vec<String>)> {
    let mut found: Vec<(Vec<String>, &'static str, Vec<String>)> = Vec::new();
    for role in permissions::roles(pipeline, machines) {
        let starred =
            role.statements.iter().filter(|one| one.resources.iter().any(|arn| arn == "*"));
        for (statement, reason) in starred.filter_map(|one| Some((one, one.reason?))) {
            match found
                .iter_mut()
                .find(|(actions, why, _)| *actions == statement.actions && *why == reason)
            {
                Some((.., who)) => who.push(role.purpose.clone()),
                None => found.push((statement.actions.clone(), reason, vec![role.purpose.clone()])),
            }
        }
    }
    found
}

/// Builds the request; of the ARNs that a name may mean, the first that the action acts on.
fn request(asker: &Asker, question: &Question) -> Result<(String, Request), String> {
    let pipeline = asker.pipeline;
    let action =
        iam::action(question.action).ok_or_else(|| unknown_action(question.action))?.name();
    let mut others = Vec::new();
    for (arn, prefix) in name::resources(pipeline, question.resource)? {
        let mut ask = Ask::new(action.to_ascii_lowercase(), arn);
        ask.context = match action.as_str() {
            "elasticmapreduce:RunJobFlow" => launch(pipeline).context,
            name if name.starts_with("elasticmapreduce:") => on_cluster(pipeline, "").context,
            name if name.starts_with("s3:List") => {
                prefix.map(|prefix| ("s3:prefix", vec![prefix])).into_iter().collect()
            }
            _ => Vec::new(),
        };
        let mut request = asker.request(&ask, question.way);
        for (key, value) in &question.context {
            request = request.with(key, [value]);
        }
        match request.fitted() {
            Ok(request) => return Ok((action, request)),
            Err(Unfit::Resource(types)) => others = types,
            Err(Unfit::UnknownAction) => return Err(unknown_action(question.action)),
        }
    }
    Err(format!(
        "`{action}` does not act on `{}`\nhelp: it acts on {}",
        question.resource,
        others.join(", ")
    ))
}

fn unknown_action(name: &str) -> String {
    let service = name.split(':').next().unwrap_or_default();
    let known: Vec<_> =
        iam::actions(&format!("{service}:*")).iter().map(iam::Action::name).collect();
    let near = nearest(name, known.iter().map(String::as_str));
    let help = near.map(|near| format!("\nhelp: did you mean `{near}`?")).unwrap_or_default();
    format!("AWS has no action `{name}`{help}")
}

fn whose(layer: Layer, policy: &Policy) -> String {
    match layer {
        Layer::Identity => format!("the policy of the role `{}`", policy.name),
        Layer::Boundary => format!("the permissions boundary `{}`", policy.name),
        Layer::Resource | Layer::Endpoint => policy.name.clone(),
    }
}

fn titled(statement: &Statement) -> String {
    match &statement.sid {
        Some(sid) => format!("statement `{sid}`"),
        None => format!("statement {} (without a Sid)", statement.index + 1),
    }
}

fn spoken(layer: Layer, policy: &Policy, statement: &Statement) -> String {
    let verb = match statement.effect {
        Effect::Allow => "allowed",
        Effect::Deny => "denied",
    };
    format!("{verb} by {} of {}", titled(statement), whose(layer, policy))
}

/// What would have to allow it, and the statement that comes nearest.
fn silent(layer: Layer, policies: &Policies, request: &Request, origins: &Origins) -> Finding {
    let candidates: Vec<&Policy> = match layer {
        Layer::Identity => policies.identity.iter().collect(),
        Layer::Boundary => policies.boundary.into_iter().collect(),
        Layer::Resource => policies.resource.into_iter().collect(),
        Layer::Endpoint => policies.endpoint.into_iter().collect(),
    };
    let what = match layer {
        Layer::Identity => "the role's policies",
        Layer::Boundary => "the permissions boundary",
        Layer::Resource => "the resource's policy",
        Layer::Endpoint => "the endpoint's policy",
    };
    let statements = candidates
        .iter()
        .flat_map(|policy| policy.statements.iter().map(move |one| (*policy, one)));
    let allows = statements.filter(|(_, one)| one.effect == Effect::Allow);
    let near = allows
        .map(|(policy, one)| (policy, one, one.differences(request)))
        .filter(|(.., found)| found.len() == 1 || !found.contains(&Difference::Action))
        .min_by_key(|(.., found)| (found.contains(&Difference::Action), found.len()));
    let Some((policy, statement, found)) = near else {
        return Finding {
            text: format!(
                "nothing in {what} allows it: no statement names the action or the resource"
            ),
            origin: None,
        };
    };
    let found: Vec<_> = found.iter().map(difference).collect();
    let text = format!(
        "nothing in {what} allows it: the nearest, {}, {}",
        titled(statement),
        found.join(" and ")
    );
    Finding { text, origin: origins.of(layer, policy, statement) }
}

fn difference(one: &Difference) -> String {
    match one {
        Difference::Principal => "names other principals".to_owned(),
        Difference::Action => "names other actions".to_owned(),
        Difference::Resource => "names other resources".to_owned(),
        Difference::Condition { operator, key, values, found } => {
            let found = found.as_ref().map_or_else(
                || "has none".to_owned(),
                |found| format!("has `{}`", found.join("`, `")),
            );
            format!(
                "asks for `{key}` {operator} `{}`, and the request {found}",
                values.join("`, `")
            )
        }
    }
}

/// Where statements come from, by what they stand in and their names.
struct Origins {
    known: Vec<(Layer, String, String, Origin)>,
}

impl Origins {
    fn new(pipeline: &Pipeline, machines: &[StateMachine]) -> Self {
        let mut known = Vec::new();
        for role in permissions::roles(pipeline, machines) {
            let name = pipeline.role_name(&role.purpose);
            known.extend(
                role.statements
                    .into_iter()
                    .map(|one| (Layer::Identity, name.clone(), one.sid, one.origin)),
            );
        }
        let bucket = permissions::bucket_policy(pipeline, "");
        let key = permissions::key_policy(pipeline);
        let resources = [("the bucket's policy", bucket), ("the key's policy", key)];
        for (name, statements) in resources {
            known.extend(
                statements
                    .into_iter()
                    .map(|one| (Layer::Resource, name.to_owned(), one.sid, one.origin)),
            );
        }
        Self { known }
    }

    fn of(&self, layer: Layer, policy: &Policy, statement: &Statement) -> Option<Origin> {
        let sid = statement.sid.as_ref()?;
        let found = self
            .known
            .iter()
            .find(|(known, name, its, _)| *known == layer && *name == policy.name && its == sid);
        found.map(|(.., origin)| origin.clone())
    }
}
