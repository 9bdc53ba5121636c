//! How strong the questions are: each broken policy is put to those questions that its breakage can touch.

use std::collections::BTreeMap;

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
    meant: bool,
}

/// The questions that a policy has a say in, by their action.
type Groups<'a> = Vec<Vec<Asked<'a>>>;

impl<'a> Exam<'a> {
    pub(crate) fn new(case: &'a Case, book: &'a Book) -> Self {
        Self { case, court: Court::new(case), rounds: book.rounds(case) }
    }

    /// Breaks every statement of every policy in every way, and returns what notices that.
    pub(crate) fn marks(&self) -> Vec<(String, Noticed)> {
        // All roles have the same boundary.
        let rogue = Of::Boundary(rogue(&self.case.pipeline));
        let is_another = |of: &Of| matches!(of, Of::Boundary(_)) && *of != rogue;
        let emitted: Vec<_> = self.court.emitted().filter(|(of, _)| !is_another(of)).collect();
        emitted.into_par_iter().flat_map(|(of, document)| self.marks_of(of, document)).collect()
    }

    fn marks_of(&self, of: &Of, document: &Value) -> Vec<(String, Noticed)> {
        let groups = self.groups(of, document);
        let policy = Policy::parse("whole", document).expect("it was read before");
        let mutants = mutants::of(of, document);
        let mark = |mutant: Mutant| {
            let noticed = self.mark(&mutant, &policy.statements[mutant.index], &groups);
            (mutant.name, noticed)
        };
        mutants.into_par_iter().map(mark).collect()
    }

    fn mark(&self, mutant: &Mutant, before: &Statement, groups: &Groups) -> Noticed {
        let mut court = self.court.clone();
        court.replace(&mutant.of, &mutant.document);
        let after = mutant.statement.as_ref().map(parsed);
        let is_other =
            |one: &&Asked| court.sides(&one.round.who, one.probe).allow(&one.question) != one.meant;
        let touched = groups.iter().filter(|group| {
            let first = &group[0].question.request;
            before.names_action(first) || after.as_ref().is_some_and(|it| it.names_action(first))
        });
        let applies = |statement: &Statement, one: &Asked| {
            statement.differences(&one.question.request).is_empty()
        };
        let mut changed = touched.flatten().filter(|one| {
            let now = after.as_ref().is_some_and(|after| applies(after, one));
            now != applies(before, one) || now && mutant.renames
        });
        match changed.any(|one| is_other(&one)) {
            true => Noticed::ByAnswer,
            false if self.reaches_elsewhere(&mutant.of, &court) => Noticed::ByReach,
            false => Noticed::No,
        }
    }

    /// Tells whether the role reaches something else than what is committed.
    fn reaches_elsewhere(&self, of: &Of, court: &Court) -> bool {
        let who = self.rounds.iter().map(|round| &round.who);
        let mut holders = who.filter(|who| who.holder(self.case).as_ref() == Some(of));
        holders.any(|who| {
            grant::grants(self.case, court, who) != grant::grants(self.case, &self.court, who)
        })
    }

    fn groups(&self, of: &Of, document: &Value) -> Groups<'_> {
        let actions: Vec<_> = statements(document).flat_map(|one| texts(&one["Action"])).collect();
        let service = |probe: &Probe| {
            actions.iter().any(|one| *one == "*" || one.split(':').next() == Some(probe.service()))
        };
        let rounds = self.rounds.par_iter().filter(|round| self.holds(of, round));
        let asked = rounds.flat_map_iter(|round| {
            let probes = round.probes.iter().filter(|probe| is_about(of, probe) && service(probe));
            probes.map(|probe| Asked {
                round,
                probe,
                question: probe.by(self.case, &round.who),
                meant: round.is_meant(probe),
            })
        });
        let mut groups: BTreeMap<&str, Vec<Asked>> = BTreeMap::new();
        for one in asked.collect::<Vec<_>>() {
            groups.entry(&one.probe.action).or_default().push(one);
        }
        groups.into_values().collect()
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
