//! How strong the questions are: each broken policy is put to those questions that its breakage can touch.

use std::collections::{BTreeMap, BTreeSet};

use pipeline::policy::{Policy, Statement};
use rayon::prelude::*;
use serde_json::{Value, json};

use crate::case::Case;
use crate::court::{Court, Question, statements, texts};
use crate::deployed::Of;
use crate::grant;
use crate::mutants::{self, Mutant};
use crate::principal::rogue;
use crate::request::{Place, Probe};
use crate::round::{Book, Round};

/// The questions of a case with the answers that are meant.
pub(crate) struct Exam<'a> {
    case: &'a Case,
    court: Court<'a>,
    rounds: Vec<Round<'a>>,
}

/// What notices a breakage.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Noticed {
    /// The answer to a question.
    ByAnswer,
    /// What the role reaches, which is committed.
    ByReach,
    /// Nothing.
    No,
}

/// A question that a policy has a say in.
struct Asked<'a> {
    round: &'a Round<'a>,
    probe: &'a Probe,
    question: Question,
}

/// The questions about one action, each with those statements of the policy that apply to it.
type Group<'a> = Vec<(Asked<'a>, Vec<bool>)>;

impl<'a> Exam<'a> {
    pub(crate) fn new(case: &'a Case, book: &'a Book) -> Self {
        Self { case, court: Court::new(case), rounds: book.rounds(case) }
    }

    /// Breaks every statement of every policy in every way, and returns what notices that.
    pub(crate) fn marks(&'a self) -> Vec<(String, Noticed)> {
        // All roles have the same boundary.
        let rogue = Of::Boundary(rogue(&self.case.pipeline));
        let is_another = |of: &Of| matches!(of, Of::Boundary(_)) && *of != rogue;
        let emitted: Vec<_> = self.court.emitted().filter(|(of, _)| !is_another(of)).collect();
        emitted.into_par_iter().flat_map(|(of, document)| self.marks_of(of, document)).collect()
    }

    fn marks_of(&'a self, of: &Of, document: &Value) -> Vec<(String, Noticed)> {
        let policy = Policy::parse("whole", document).expect("it was read before");
        let groups = self.groups(of, document, &policy);
        let mutants = mutants::of(of, document);
        let mark = |mutant: Mutant| {
            let noticed = self.mark(&mutant, &policy.statements[mutant.index], &groups);
            (mutant.name, noticed)
        };
        mutants.into_par_iter().map(mark).collect()
    }

    fn mark(&self, mutant: &Mutant, before: &Statement, groups: &[Group]) -> Noticed {
        let mut court = self.court.clone();
        court.replace(&mutant.of, &mutant.document);
        let after = mutant.statement.as_ref().map(parsed);
        let names = |group: &&Group| {
            let first = &group[0].0.question.request;
            before.names_action(first) || after.as_ref().is_some_and(|it| it.names_action(first))
        };
        let mut changed = groups.iter().filter(names).flatten().filter(|(one, applied)| {
            let now = after.as_ref().is_some_and(|after| after.speaks_of(&one.question.request));
            now != applied[mutant.index] || now && mutant.renames
        });
        let is_other = |one: &Asked| {
            let allowed = court.sides(&one.round.who, one.probe).allow(&one.question);
            allowed != one.round.is_meant(one.probe)
        };
        match changed.any(|(one, _)| is_other(one)) {
            true => Noticed::ByAnswer,
            false if reaches_elsewhere(mutant) => Noticed::ByReach,
            false => Noticed::No,
        }
    }

    fn groups(&'a self, of: &Of, document: &Value, policy: &Policy) -> Vec<Group<'a>> {
        let actions: Vec<_> = statements(document).flat_map(|one| texts(&one["Action"])).collect();
        let service = |probe: &Probe| {
            actions.iter().any(|one| *one == "*" || one.split(':').next() == Some(probe.service()))
        };
        let mut groups: BTreeMap<&str, Vec<Asked>> = BTreeMap::new();
        for round in self.rounds.iter().filter(|round| self.holds(of, round)) {
            for probe in round.probes.iter().filter(|probe| is_about(of, probe) && service(probe)) {
                let question = probe.by(self.case, &round.who);
                groups.entry(&probe.action).or_default().push(Asked { round, probe, question });
            }
        }
        let applying = |group: Vec<Asked<'a>>| {
            let named: Vec<_> = policy
                .statements
                .iter()
                .map(|one| one.names_action(&group[0].question.request))
                .collect();
            let applied = |one: Asked<'a>| {
                let request = &one.question.request;
                let statements = policy.statements.iter().zip(&named);
                let applied =
                    statements.map(|(statement, named)| *named && statement.speaks_of(request));
                let applied = applied.collect();
                (one, applied)
            };
            group.into_iter().map(applied).collect()
        };
        groups.into_par_iter().map(|(_, group)| applying(group)).collect()
    }

    /// Tells whether a policy may have a say in what someone asks.
    fn holds(&self, of: &Of, round: &Round) -> bool {
        match of {
            Of::Role(_) | Of::Group(_) => round.who.holder(self.case).as_ref() == Some(of),
            Of::Boundary(arn) => round.who.arn == *arn,
            Of::Trust(_) | Of::Resource(_) | Of::Endpoint(_) => true,
        }
    }
}

/// Tells whether what a role or an IAM group reaches, which is committed, changes with the statement.
fn reaches_elsewhere(mutant: &Mutant) -> bool {
    if !matches!(mutant.of, Of::Role(_) | Of::Group(_)) {
        return false;
    }
    let reach = |statement: &Value| grant::of_statement(statement);
    let others = statements(&mutant.document).enumerate();
    let others = others.filter(|(at, _)| mutant.statement.is_none() || *at != mutant.index);
    let before = reach(&mutant.before);
    let after = mutant.statement.as_ref().map(reach).unwrap_or_default();
    let changed: BTreeSet<_> = before.symmetric_difference(&after).cloned().collect();
    let elsewhere: BTreeSet<_> = others.flat_map(|(_, one)| reach(one)).collect();
    !changed.is_subset(&elsewhere)
}

fn parsed(statement: &Value) -> Statement {
    let whole = json!({"Version": "2012-10-17", "Statement": [statement]});
    let policy = Policy::parse("broken", &whole).expect("it is broken in meaning only");
    policy.statements.into_iter().next().expect("it has one")
}

fn is_about(of: &Of, probe: &Probe) -> bool {
    match of {
        Of::Role(_) | Of::Boundary(_) | Of::Group(_) => true,
        Of::Trust(arn) => probe.resource == *arn,
        Of::Resource(arn) => {
            let rest = probe.resource.strip_prefix(arn.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        }
        Of::Endpoint(service) => probe.service() == service && probe.place == Place::OwnVpc,
    }
}
