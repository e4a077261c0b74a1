//! When a history has no order: would it have one, if requests that were refused had been carried out? Then they were.

use super::{
    check::{Found, search},
    history::{Authority, Call, FileStart, Loss, Mark, Operation, Outcome},
    invariants::{Finding, Invariant},
    profile::Profile,
    steps::{Facet, Steps},
    timeline,
};

/// How much one such search may cost.
const WORK: u64 = 200_000;

/// A file whose history has no order.
pub(super) struct Case<'a> {
    pub(super) operations: &'a [&'a Operation],
    pub(super) start: &'a FileStart,
    pub(super) marks: &'a [Mark],
    pub(super) profile: &'a Profile,
}

type Suspects = fn(&Operation) -> bool;

impl Case<'_> {
    /// The promises that were broken by what should have changed nothing.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let refused_put: Suspects = |operation| {
            let cut = matches!(operation.call, Call::Put { cut: true, .. });
            let put = matches!(operation.call, Call::Put { .. });
            operation.authority == Authority::Full && put && !operation.succeeded() && (cut || !operation.open())
        };
        let view: Suspects = |operation| {
            operation.authority == Authority::ViewOnly && operation.call.changes() && !operation.succeeded()
        };
        let other: Suspects = |operation| {
            operation.authority == Authority::OtherFile && operation.call.changes() && !operation.succeeded()
        };
        [
            (Invariant::RefusedPutLeavesOldBytes, refused_put),
            (Invariant::ViewTokenChangesNothing, view),
            (Invariant::TokenForOneFileOnly, other),
        ]
        .into_iter()
        .filter_map(|(invariant, suspects)| self.blame(invariant, suspects))
        .collect()
    }

    fn blame(&self, invariant: Invariant, suspects: Suspects) -> Option<Finding> {
        let all: Vec<usize> = (0..self.operations.len()).filter(|place| suspects(self.operations[*place])).collect();
        if all.is_empty() || !self.explained(&all) {
            return None;
        }
        // Halves, while one of them is enough.
        let mut few = all.as_slice();
        while few.len() > 1 {
            let (first, second) = few.split_at(few.len() / 2);
            few = match (self.explained(first), self.explained(second)) {
                (true, _) => first,
                (false, true) => second,
                (false, false) => break,
            };
        }
        let told = few.first().map(|place| self.operations[*place])?;
        let summary = format!(
            "What was read later has an explanation only if {} took effect, although it was answered {}.",
            timeline::call(told),
            timeline::reply(told)
        );
        Some(Finding { invariant, operations: few.iter().copied().take(8).collect(), summary })
    }

    /// Whether there is an order if these may have been carried out: looking at locks alone and at contents alone, where
    /// that is enough to convict.
    fn explained(&self, places: &[usize]) -> bool {
        let mut changed: Vec<Operation> = self.operations.iter().copied().cloned().collect();
        for place in places {
            let operation = &mut changed[*place];
            operation.authority = Authority::Full;
            operation.outcome = Outcome::Unknown { why: Loss::TimedOut, gave_up: operation.ended(), by: None };
            if let Call::Put { cut, .. } = &mut operation.call {
                *cut = false;
            }
        }
        let changed: Vec<&Operation> = changed.iter().collect();
        let guilty = |facet: &Facet| matches!(self.search(self.operations, *facet), Found::None(_));
        let mut facets: Vec<Facet> = [Facet::Locks, Facet::Contents].into_iter().filter(guilty).collect();
        if facets.is_empty() {
            facets.push(Facet::Whole);
        }
        facets.into_iter().all(|facet| matches!(self.search(&changed, facet), Found::Order { .. }))
    }

    fn search(&self, operations: &[&Operation], facet: Facet) -> Found {
        let steps = Steps::new(operations, self.start, self.marks, self.profile, facet);
        search(&steps, self.profile, WORK)
    }
}
