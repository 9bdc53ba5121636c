//! All that one principal is asked, and what it is meant to be told.

use crate::case::Case;
use crate::court::Court;
use crate::meaning::{self, Use};
use crate::principal::{self, Principal};
use crate::probes;
use crate::request::Probe;

/// One principal with its questions.
pub(crate) struct Round<'a> {
    case: &'a Case,
    pub(crate) who: Principal,
    uses: Vec<Use>,
    /// Its questions, those of everybody or its own.
    pub(crate) probes: Vec<&'a Probe>,
}

/// The questions of a case.
pub(crate) struct Book {
    everybody: Vec<Probe>,
    particular: Vec<(Principal, Probe)>,
}

impl Book {
    /// Returns the questions of a case.
    pub(crate) fn of(case: &Case) -> Self {
        Self {
            everybody: probes::all(case),
            particular: [probes::services::probes(case), probes::bootstrap::probes(case)].concat(),
        }
    }

    /// Returns each principal with its questions.
    pub(crate) fn rounds<'a>(&'a self, case: &'a Case) -> Vec<Round<'a>> {
        let mut rounds: Vec<_> = principal::all(case)
            .into_iter()
            .map(|who| Round {
                case,
                uses: meaning::uses(case, &who),
                who,
                probes: self.everybody.iter().collect(),
            })
            .collect();
        for (who, probe) in &self.particular {
            if let Some(round) = rounds.iter_mut().rev().find(|round| round.who == *who) {
                round.probes.push(probe);
            } else {
                let (who, probes) = (who.clone(), vec![probe]);
                rounds.push(Round { case, uses: Vec::new(), who, probes });
            }
        }
        rounds
    }
}

impl Round<'_> {
    /// Tells whether the model means it to be allowed.
    pub(crate) fn is_meant(&self, probe: &Probe) -> bool {
        probe.must.unwrap_or_else(|| meaning::may(self.case, &self.who, &self.uses, probe))
    }

    /// Tells whether the policies allow it.
    pub(crate) fn is_allowed(&self, court: &Court, probe: &Probe) -> bool {
        let sides = court.sides(&self.who, probe);
        match sides.evident(&probe.action) {
            Some(answer) => answer,
            None => sides.allow(&probe.by(self.case, &self.who)),
        }
    }

    /// Describes a question, for whoever looks for the fault.
    pub(crate) fn describe(&self, probe: &Probe) -> String {
        let Probe { action, resource, place, via, tls, by_service, keys, must: _ } = probe;
        let who = self.who.arn.rsplit('/').next().unwrap_or_default();
        let (via, tls) = (via.unwrap_or("nobody"), tls.unwrap_or("none"));
        let by = if *by_service { "service" } else { "code" };
        format!("{who} {action} {resource} {place:?} {keys:?} via {via}, tls {tls}, by {by}")
    }
}
