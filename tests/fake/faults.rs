//! The script of what goes wrong.

use std::collections::BTreeMap;

/// What becomes of a request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Fate {
    /// It is answered.
    Well,
    /// The connection is dropped, and nothing was done.
    DropBefore,
    /// The connection is dropped after it was done.
    DropAfter,
    /// It is refused with this status and code.
    Answer(u16, String),
    /// A read is answered as it would have been a few requests ago.
    Stale,
    /// It is kept for good before, or after, it is done.
    HoldBefore,
    HoldAfter,
}

/// One thing that goes wrong.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    /// The begin of a request's name, such as `cloudformation:ExecuteChangeSet data-pipeline-dev-storage`.
    pub(crate) request: String,
    /// Which of those requests, from 1; none for every one.
    pub(crate) nth: Option<usize>,
    pub(crate) fate: Fate,
}

/// All of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults {
    pub(crate) script: Vec<Fault>,
    /// The request, counted from 1 over all, that is kept for good.
    pub(crate) hold: Option<(usize, bool)>,
    /// Of 1,000 requests so many meet a fault, drawn from a seed.
    pub(crate) rate: u64,
    pub(crate) seed: u64,
    /// Resources that fail, by logical id, with the reason; an update is rolled back, a creation too. By its name, a stack whose
    /// update is rolled back though no resource fails.
    pub(crate) failing: BTreeMap<String, String>,
    /// Resources that cannot be brought back in a rollback.
    pub(crate) stuck: BTreeMap<String, String>,
    /// Resources that cannot be deleted.
    pub(crate) undeletable: BTreeMap<String, String>,
    /// Logical ids of which early validation warns, and what it says.
    pub(crate) warned: BTreeMap<String, String>,
    counts: BTreeMap<usize, usize>,
}

impl Faults {
    pub(super) fn meet(&mut self, name: &str, sequence: usize) -> Fate {
        if let Some((at, after)) = self.hold
            && at == sequence
        {
            return if after { Fate::HoldAfter } else { Fate::HoldBefore };
        }
        for (at, fault) in self.script.iter().enumerate() {
            if !name.starts_with(&fault.request) {
                continue;
            }
            let count = self.counts.entry(at).or_default();
            *count += 1;
            if fault.nth.is_none_or(|nth| nth == *count) {
                return fault.fate.clone();
            }
        }
        self.drawn()
    }

    fn drawn(&mut self) -> Fate {
        if self.rate == 0 || self.next() % 1000 >= self.rate {
            return Fate::Well;
        }
        match self.next() % 6 {
            0 => Fate::Answer(400, "Throttling".to_owned()),
            1 => Fate::Answer(500, "InternalFailure".to_owned()),
            2 => Fate::Answer(503, "ServiceUnavailable".to_owned()),
            3 => Fate::DropBefore,
            4 => Fate::Stale,
            _ => Fate::DropAfter,
        }
    }

    /// A step of splitmix64.
    fn next(&mut self) -> u64 {
        self.seed = self.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.seed;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
