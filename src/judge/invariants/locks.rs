//! Who holds the file: the checks that look at locks.

use std::collections::{HashMap, HashSet};

use super::{
    super::{
        history::{Authority, Call, Operation},
        steps::{Time, time},
        timeline,
    },
    Invariant, Notes, Scene,
    holds::{Hold, Holds, needs, sets},
};

pub(super) fn check(scene: &Scene<'_>, notes: &mut Notes) {
    let holds = Holds::new(scene);
    let mut owners = HashSet::new();
    let mut stale = HashMap::new();
    for (place, operation) in scene.operations.iter().enumerate() {
        let Some(reply) = operation.reply().filter(|_| operation.authority == Authority::Full) else { continue };
        let this = Seen { place, operation, from: time(operation.invoked), to: time(operation.ended()) };
        if operation.succeeded() && sets(&operation.call).is_some() && !matches!(operation.call, Call::Refresh { .. }) {
            two_owners(&holds, &this, &mut owners, notes);
        }
        if reply.status == 409 && operation.call.changes() {
            conflict(scene, &holds, &this, notes);
        }
        if needs(&operation.call).is_some() {
            stale_id(&holds, &this, &mut stale, notes);
        }
        observed(scene, &holds, &this, &stale, notes);
        if matches!(operation.call, Call::Lock { .. }) && operation.succeeded() {
            race(scene, &holds, &this, notes);
        }
    }
    overlapping(&holds, &mut owners, notes);
}

/// An answered operation, and when it ran.
struct Seen<'a> {
    place: usize,
    operation: &'a Operation,
    from: Time,
    to: Time,
}

impl Seen<'_> {
    fn told(&self) -> String {
        let operation = self.operation;
        format!(
            "{} of client {} was answered {}",
            timeline::call(operation),
            operation.client,
            timeline::reply(operation)
        )
    }
}

fn two_owners(holds: &Holds<'_>, this: &Seen<'_>, owners: &mut HashSet<(usize, usize)>, notes: &mut Notes) {
    notes.check(Invariant::TwoOwners);
    if let Some(hold) = holds.over(this.from, this.to, sets(&this.operation.call))
        && owners.insert((hold.by, this.place))
    {
        let summary = format!("{} while {} certainly held the file.", this.told(), hold.id);
        notes.broken(Invariant::TwoOwners, vec![hold.by, this.place], summary);
    }
}

/// Two holds at one moment, both certain.
fn overlapping(holds: &Holds<'_>, owners: &mut HashSet<(usize, usize)>, notes: &mut Notes) {
    for hold in &holds.all {
        if let Some(other) = holds.over(hold.from, hold.from, Some(hold.id))
            && owners.insert((other.by, hold.by))
            && !owners.contains(&(hold.by, other.by))
        {
            let summary = format!("{} and {} were both certainly held at the same time.", other.id, hold.id);
            notes.broken(Invariant::TwoOwners, vec![other.by, hold.by], summary);
        }
    }
}

fn conflict(scene: &Scene<'_>, holds: &Holds<'_>, this: &Seen<'_>, notes: &mut Notes) {
    const NAME: Invariant = Invariant::ConflictNamesCurrentLock;
    let Some(reply) = this.operation.reply() else { return };
    notes.check(NAME);
    match reply.lock.as_deref() {
        None if !scene.profile.absent_lock_is_empty => {
            notes.broken(NAME, vec![this.place], format!("{}: the header must be there.", this.told()));
        }
        None | Some("") => {
            if let Some(hold) = holds.over(this.from, this.to, None) {
                let summary = format!("{} while {} certainly held the file.", this.told(), hold.id);
                notes.broken(NAME, vec![hold.by, this.place], summary);
            }
        }
        Some(named) => {
            if let Some(hold) = holds.over(this.from, this.to, Some(named)) {
                let summary = format!("{} while {} certainly held the file.", this.told(), hold.id);
                notes.broken(NAME, vec![hold.by, this.place], summary);
            } else if holds.may_live_until(named, this.to).is_none() {
                notes.broken(NAME, vec![this.place], format!("{}: nobody has set that lock.", this.told()));
            }
        }
    }
}

/// The first request with a stale id under each hold, by the operation that granted it.
type Stale = HashMap<usize, (usize, Time)>;

fn stale_id(holds: &Holds<'_>, this: &Seen<'_>, stale: &mut Stale, notes: &mut Notes) {
    let Some(hold) = holds.over(this.from, this.to, needs(&this.operation.call)) else { return };
    notes.check(Invariant::StaleIdTouchesNothing);
    stale.entry(hold.by).or_insert((this.place, this.to));
    if this.operation.succeeded() {
        let summary = format!("{} while {} certainly held the file.", this.told(), hold.id);
        notes.broken(Invariant::StaleIdTouchesNothing, vec![hold.by, this.place], summary);
    }
}

/// Which lock a reply says is on the file; `None` if it does not say.
fn says(operation: &Operation) -> Option<&str> {
    let reply = operation.reply()?;
    match &operation.call {
        Call::GetLock if reply.success() => reply.lock.as_deref(),
        Call::Lock { id } if reply.success() => id.as_deref(),
        call if reply.status == 409 && call.changes() => reply.lock.as_deref(),
        call if reply.success() => needs(call),
        _ => None,
    }
}

/// What is seen of a lock after a stale request, or after a restart.
fn observed(scene: &Scene<'_>, holds: &Holds<'_>, this: &Seen<'_>, stale: &Stale, notes: &mut Notes) {
    let Some(seen) = says(this.operation) else { return };
    let upheavals = &scene.lives.upheavals;
    let held = holds.over(this.from, this.to, None);
    let survived = held.filter(|hold| upheavals.restarted_between(hold.from, this.from));
    if survived.is_some() {
        notes.check(Invariant::LockAndVersionSurviveAKill);
    }
    let Some(hold) = holds.over(this.from, this.to, Some(seen)) else {
        late(scene, holds, this, seen, notes);
        return;
    };
    if let Some((touched, _)) = stale.get(&hold.by).filter(|(place, end)| *place != this.place && *end < this.from) {
        let summary = format!(
            "After a request with a stale id, {} although {} was granted and never released.",
            this.told(),
            hold.id
        );
        notes.broken(Invariant::StaleIdTouchesNothing, vec![hold.by, *touched, this.place], summary);
    }
    if upheavals.restarted_between(hold.from, this.from) {
        let summary = format!("After a restart, {}; {} was granted before and never released.", this.told(), hold.id);
        notes.broken(Invariant::LockAndVersionSurviveAKill, vec![hold.by, this.place], summary);
    }
}

/// A lock that lives longer than a restart allows.
fn late(scene: &Scene<'_>, holds: &Holds<'_>, this: &Seen<'_>, seen: &str, notes: &mut Notes) {
    let grants = matches!(this.operation.call, Call::Lock { .. });
    let Some(end) = holds.may_live_until(seen, this.to) else { return };
    if !grants && !seen.is_empty() && this.from >= end && scene.lives.upheavals.restarted_between(0, this.from) {
        notes.check(Invariant::LockAndVersionSurviveAKill);
        let summary = format!("{}, although that lock must have run out.", this.told());
        notes.broken(Invariant::LockAndVersionSurviveAKill, vec![this.place], summary);
    }
}

/// The winner of a lock that ran out, and those who wanted it at the same time.
fn race(scene: &Scene<'_>, holds: &Holds<'_>, this: &Seen<'_>, notes: &mut Notes) {
    const NAME: Invariant = Invariant::ExpiredLockGoesToOne;
    let Some(mine) = sets(&this.operation.call) else { return };
    let Some(old) = holds.run_out_before(this.to).filter(|hold| hold.id != mine) else { return };
    let earlier = scene.operations[..this.place].iter().enumerate().rev();
    let later = scene.operations[this.place + 1..].iter().enumerate();
    // Those invoked long before are not looked for: the first that had ended, some places back, ends the search.
    let before = earlier.take(NEAR).filter(|(_, other)| time(other.ended()) > this.from);
    let after = later.take_while(|(_, other)| time(other.invoked) < this.to).take(NEAR);
    let rivals = before.map(|(place, other)| (place, *other));
    let rivals = rivals.chain(after.map(|(place, other)| (place + this.place + 1, *other)));
    let mut raced = false;
    for (place, rival) in rivals {
        let Call::Lock { id: Some(id) } = &rival.call else { continue };
        if rival.authority != Authority::Full || &**id == mine || &**id == old.id {
            continue;
        }
        raced = true;
        let refused_by_dead = rival.reply().is_some_and(|reply| {
            reply.status == 409
                && reply.lock.as_deref() == Some(old.id)
                && holds.may_live_until(old.id, time(rival.ended())).is_some_and(|end| time(rival.invoked) >= end)
        });
        if refused_by_dead || rival.succeeded() && place < this.place && both(holds, place, this.place) {
            let summary = format!("{} had run out; {}, and client {} raced for it.", old.id, this.told(), rival.client);
            notes.broken(NAME, vec![old.by, place, this.place], summary);
        }
    }
    if raced {
        notes.check(NAME);
    }
}

/// How many neighbours are looked at for rivals.
const NEAR: usize = 256;

/// Whether what two operations granted was certainly held at one moment.
fn both(holds: &Holds<'_>, first: usize, second: usize) -> bool {
    let of = |by: usize| holds.all.iter().find(|hold: &&Hold<'_>| hold.by == by);
    match (of(first), of(second)) {
        (Some(first), Some(second)) => first.from.max(second.from) < first.to.min(second.to),
        _ => false,
    }
}
