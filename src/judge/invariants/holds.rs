//! When a lock was certainly held: from the reply that granted it until it can first have been released or have run out.

use std::collections::{BTreeMap, HashMap};

use super::{
    super::{
        history::{Authority, Call, LockBefore, Operation},
        steps::{FOREVER, LONG_AGO, Time, time},
    },
    Scene,
};

/// A lock that was certainly held at every moment after `from` and before `to`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hold<'a> {
    pub(super) id: &'a str,
    pub(super) from: Time,
    pub(super) to: Time,
    /// The operation that granted or refreshed it.
    pub(super) by: usize,
    /// Whether time ended it, and nobody's request.
    pub(super) ran_out: bool,
}

/// All holds of a file.
pub(super) struct Holds<'a> {
    /// In order of `from`.
    pub(super) all: Vec<Hold<'a>>,
    /// After each hold in that order: the one that lasts longest so far, and the one of another id that does.
    longest: Vec<(usize, Option<usize>)>,
    /// Per id: (invoked, until when it may live, the latest of those so far) of what may have set it, in order.
    setters: HashMap<&'a str, Vec<(Time, Time)>>,
    start: &'a LockBefore,
    first: Time,
}

/// The lock id that a success of this call leaves on the file.
pub(super) fn sets(call: &Call) -> Option<&str> {
    match call {
        Call::Lock { id } | Call::Refresh { id } | Call::Relock { new: id, .. } => id.as_deref(),
        _ => None,
    }
}

/// The lock id that must be held for this call to succeed.
pub(super) fn needs(call: &Call) -> Option<&str> {
    match call {
        Call::Refresh { id } | Call::Unlock { id } => id.as_deref(),
        Call::Relock { old, .. } => Some(old),
        _ => None,
    }
}

/// The lock id that a success of this call takes off the file.
fn releases(call: &Call) -> Option<&str> {
    match call {
        Call::Unlock { id } => id.as_deref(),
        Call::Relock { old, new } if new.as_ref() != Some(old) => Some(old),
        _ => None,
    }
}

fn may_have_happened(operation: &Operation) -> bool {
    operation.succeeded() || operation.open()
}

/// When something may have ended holds: (invoked, the latest effect of these so far), in order of invocation.
#[derive(Default)]
struct Ends(Vec<(Time, Time)>);

impl Ends {
    /// The first moment at which one of these can have ended what was granted by an operation invoked at `granted`.
    fn first_after(&self, granted: Time) -> Time {
        let later = self.0.partition_point(|(invoked, _)| *invoked < granted);
        if later > 0 && self.0[later - 1].1 > granted {
            return LONG_AGO;
        }
        self.0.get(later).map_or(FOREVER, |(invoked, _)| *invoked)
    }

    fn add(&mut self, invoked: Time, effect: Time) {
        let latest = self.0.last().map_or(effect, |(_, latest)| effect.max(*latest));
        self.0.push((invoked, latest));
    }
}

impl<'a> Holds<'a> {
    /// Reads them off the operations, which are in order of invocation.
    pub(super) fn new(scene: &Scene<'a>) -> Self {
        let mut released: BTreeMap<&str, Ends> = BTreeMap::new();
        let mut deleted = Ends::default();
        let mut setters: HashMap<&str, Vec<(Time, Time)>> = HashMap::new();
        for operation in scene.operations.iter().filter(|operation| may_have_happened(operation)) {
            let (invoked, effect) = (time(operation.invoked), scene.lives.last_effect(operation));
            if let Some(id) = releases(&operation.call) {
                released.entry(id).or_default().add(invoked, effect);
            }
            if operation.call == Call::Delete {
                deleted.add(invoked, effect);
            }
            if let Some(id) = sets(&operation.call) {
                let all = setters.entry(id).or_default();
                let end = scene.lives.latest_end(invoked, effect);
                all.push((invoked, all.last().map_or(end, |(_, latest)| end.max(*latest))));
            }
        }
        let mut all: Vec<Hold<'a>> = Vec::new();
        for (by, operation) in scene.operations.iter().enumerate() {
            let Some(id) = sets(&operation.call) else { continue };
            if !operation.succeeded() || operation.authority != Authority::Full || id.is_empty() {
                continue;
            }
            let (invoked, from) = (time(operation.invoked), time(operation.ended()));
            let runs_out = scene.lives.earliest_end(invoked, FOREVER);
            let ended = released.get(id).map_or(FOREVER, |ends| ends.first_after(invoked));
            let ended = ended.min(deleted.first_after(invoked));
            let to = runs_out.min(ended);
            if from < to {
                all.push(Hold { id, from, to, by, ran_out: runs_out < ended });
            }
        }
        all.sort_by_key(|hold| hold.from);
        let longest = longest(&all);
        let first = scene.lives.latest_end(time(scene.start.at), time(scene.start.at));
        Self { all, longest, setters, start: &scene.start.lock, first }
    }

    /// A hold that lasts from before `from` until after `to`, and is not of this id.
    pub(super) fn over(&self, from: Time, to: Time, but: Option<&str>) -> Option<&Hold<'a>> {
        let before = self.all.partition_point(|hold| hold.from < from).checked_sub(1)?;
        let (longest, other) = self.longest[before];
        let place = if but == Some(self.all[longest].id) { other? } else { longest };
        Some(&self.all[place]).filter(|hold| hold.to > to)
    }

    /// A hold of this id that lasts from before `from` until after `to`.
    pub(super) fn own(&self, from: Time, to: Time, id: &str) -> bool {
        self.over(from, to, None).is_some_and(|hold| hold.id == id)
    }

    /// The hold that ended last before `to`, if time ended it.
    pub(super) fn run_out_before(&self, to: Time) -> Option<&Hold<'a>> {
        let before = self.all.partition_point(|hold| hold.from < to).checked_sub(1)?;
        Some(&self.all[self.longest[before].0]).filter(|hold| hold.to <= to && hold.ran_out)
    }

    /// Until when this id may be on the file, by what was invoked before `now`; `None` if it was never set.
    pub(super) fn may_live_until(&self, id: &str, now: Time) -> Option<Time> {
        let start = match self.start {
            LockBefore::Unknown => Some(self.first),
            LockBefore::Held(held) if &**held == id => Some(self.first),
            LockBefore::Unlocked | LockBefore::Held(_) => None,
        };
        let set = self.setters.get(id).and_then(|all| {
            let before = all.partition_point(|(invoked, _)| *invoked <= now).checked_sub(1)?;
            Some(all[before].1)
        });
        start.into_iter().chain(set).max()
    }
}

fn longest(all: &[Hold<'_>]) -> Vec<(usize, Option<usize>)> {
    let mut longest: Vec<(usize, Option<usize>)> = Vec::with_capacity(all.len());
    for (place, hold) in all.iter().enumerate() {
        let next = match longest.last().copied() {
            None => (place, None),
            Some((best, other)) => {
                let longer = |than: usize| hold.to >= all[than].to;
                if all[best].id == hold.id {
                    (if longer(best) { place } else { best }, other)
                } else if longer(best) {
                    (place, Some(best))
                } else {
                    let other = other.filter(|other| !longer(*other) || all[*other].id == all[best].id);
                    (best, Some(other.unwrap_or(place)))
                }
            }
        };
        longest.push(next);
    }
    longest
}
