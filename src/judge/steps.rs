//! From recorded operations to steps: small values that the search compares and copies.
//!
//! Here is decided what a reply claims. What claims nothing, and cannot have changed anything, does not take part in the
//! search: refusals such as 401 or 503, operations without a reply that only read.

use std::{collections::HashMap, hash::Hash};

use super::{
    history::{Authority, Call, Content, FileStart, LockBefore, Mark, Nanos, Operation, Outcome, Reply},
    profile::Profile,
};

/// Moments in the search: nanoseconds, signed, so that a lock may be older than the run.
pub(super) type Time = i64;

/// Later than anything.
pub(super) const FOREVER: Time = i64::MAX / 4;
/// Earlier than anything.
pub(super) const LONG_AGO: Time = -FOREVER;
/// No lock id, no version, no content, no name; of a state: not known.
pub(super) const NONE: u32 = 0;
/// Of a state: nothing is known of the lock. Of an answer: it does not say.
pub(super) const ANY: u32 = u32::MAX;

pub(super) fn time(nanos: Nanos) -> Time {
    Time::try_from(nanos).unwrap_or(FOREVER).min(FOREVER)
}

fn nanos(duration: std::time::Duration) -> Time {
    Time::try_from(duration.as_nanos()).unwrap_or(FOREVER).min(FOREVER)
}

/// Which part of the specification a history is held to. To hold it to less is always sound: what the whole automaton
/// explains, each part explains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Facet {
    /// All of it.
    Whole,
    /// Only who holds the file; contents, versions and names are not looked at.
    Locks,
    /// Only contents, versions and names; locks are not looked at.
    Contents,
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Act {
    Lock {
        id: u32,
    },
    Relock {
        old: u32,
        new: u32,
    },
    Refresh {
        id: u32,
    },
    Unlock {
        id: u32,
    },
    GetLock,
    Put {
        lock: u32,
        content: u32,
    },
    Rename {
        lock: u32,
    },
    Delete,
    /// GetFile or CheckFileInfo: whatever it says is said by its facts.
    Look,
    /// PutFile where locks are not looked at.
    Write {
        content: u32,
    },
    /// RenameFile where locks are not looked at.
    Name,
    /// DeleteFile where locks are not looked at.
    Remove,
}

impl Act {
    /// Whether the lock has a say in this.
    pub(super) fn asks_lock(self) -> bool {
        !matches!(self, Self::Look | Self::Write { .. } | Self::Name | Self::Remove)
    }

    /// The id that a success of this leaves on the file.
    pub(super) fn sets(self) -> Option<u32> {
        match self {
            Self::Lock { id } | Self::Refresh { id } | Self::Relock { new: id, .. } => Some(id),
            _ => None,
        }
    }

    /// The id that must be on the file for this to change anything, if there is just one.
    pub(super) fn needs(self) -> Option<u32> {
        match self {
            Self::Refresh { id } | Self::Unlock { id } | Self::Relock { old: id, .. } | Self::Put { lock: id, .. } => {
                Some(id)
            }
            _ => None,
        }
    }

    fn writes(self) -> Option<u32> {
        match self {
            Self::Put { content, .. } | Self::Write { content } => Some(content),
            _ => None,
        }
    }
}

/// What the reply claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// It was done.
    Done,
    /// GetLock: this is the lock.
    Held(u32),
    /// 409, naming this lock.
    Conflict(u32),
    /// 400 for want of an id, naming this lock or, with [`ANY`], none.
    Missing(u32),
    /// 404: there is no such file.
    Gone,
    /// No state of any file allows this reply; the text says why.
    Impossible(&'static str),
    /// There is no reply.
    Unknown,
}

#[derive(Clone, Debug)]
pub(super) struct Step {
    /// Its place among the operations that were handed in.
    pub(super) op: usize,
    pub(super) invoked: Time,
    /// The last moment at which it can have taken effect.
    pub(super) by: Time,
    pub(super) act: Act,
    pub(super) answer: Answer,
    /// What the reply reports of the state after it; [`NONE`] where it is silent.
    pub(super) version: u32,
    pub(super) content: u32,
    pub(super) name: u32,
    pub(super) size: Option<u64>,
    /// Until when the lock that it sets may live at the latest.
    pub(super) limit: Time,
    /// What it may do ahead of its turn.
    pub(super) haste: Haste,
}

/// Whether a step may be taken as soon as its reply is allowed (see [`super::check`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Haste {
    /// No: wherever it stands, it may change something.
    None,
    /// Yes: it changes nothing, wherever it stands.
    Reads,
    /// While the lock cannot run out: it does nothing but refresh it, wherever it stands.
    Refreshes,
}

impl Step {
    pub(super) fn known(&self) -> bool {
        self.answer != Answer::Unknown
    }

    /// What it may have written.
    pub(super) fn writes(&self) -> Option<u32> {
        if matches!(self.answer, Answer::Done | Answer::Unknown) { self.act.writes() } else { None }
    }

    /// The lock that it may take off the file.
    fn may_release(&self) -> Option<u32> {
        match self.act {
            Act::Unlock { id } | Act::Relock { old: id, .. }
                if matches!(self.answer, Answer::Done | Answer::Unknown) =>
            {
                Some(id)
            }
            _ => None,
        }
    }

    /// The lock that it may set.
    pub(super) fn may_set(&self) -> Option<u32> {
        if matches!(self.answer, Answer::Done | Answer::Unknown) { self.act.sets() } else { None }
    }
}

/// Values by their numbers, from 1.
#[derive(Debug)]
pub(super) struct Numbers<T> {
    numbers: HashMap<T, u32>,
    pub(super) values: Vec<T>,
}

impl<T: Clone + Eq + Hash> Numbers<T> {
    fn new() -> Self {
        Self { numbers: HashMap::new(), values: Vec::new() }
    }

    fn number(&mut self, value: &T) -> u32 {
        if let Some(number) = self.numbers.get(value) {
            return *number;
        }
        self.values.push(value.clone());
        let number = u32::try_from(self.values.len()).unwrap_or(ANY - 1);
        self.numbers.insert(value.clone(), number);
        number
    }

    pub(super) fn value(&self, number: u32) -> Option<&T> {
        self.values.get(usize::try_from(number).ok()?.checked_sub(1)?)
    }
}

/// When the host was away, and when its clock jumped.
#[derive(Clone, Debug, Default)]
pub(super) struct Upheavals {
    /// (down, dead, the latest moment at which the old process can have lived) of each restart, in order.
    restarts: Vec<(Time, Option<Time>, Time)>,
    /// (when, the restart after it, by how much).
    jumps: Vec<(Time, Time, Time)>,
}

impl Upheavals {
    pub(super) fn of(marks: &[Mark]) -> Self {
        let mut restarts: Vec<_> = marks
            .iter()
            .filter_map(|mark| match mark {
                Mark::Restart { down, dead, up } => {
                    Some((time(*down), dead.map(time), time(dead.or(*up).unwrap_or(*down))))
                }
                Mark::ClockSet { .. } | Mark::Note { .. } => None,
            })
            .collect();
        restarts.sort_unstable();
        let after = |at| restarts.iter().map(|(down, ..)| *down).find(|down| *down >= at);
        let jumps = marks
            .iter()
            .filter_map(|mark| match mark {
                Mark::ClockSet { at, by_ms } => {
                    let at = time(*at);
                    Some((at, after(at)?, by_ms.saturating_mul(1_000_000).clamp(LONG_AGO, FOREVER)))
                }
                Mark::Restart { .. } | Mark::Note { .. } => None,
            })
            .collect();
        Self { restarts, jumps }
    }

    /// When a request that was sent at `invoked` and never answered is certainly dead.
    fn dead_after(&self, invoked: Time) -> Time {
        self.restarts.iter().filter_map(|(_, dead, _)| *dead).find(|dead| *dead >= invoked).unwrap_or(FOREVER)
    }

    /// Whether the host went down between two moments.
    pub(super) fn restarted_between(&self, from: Time, to: Time) -> bool {
        let first = self.restarts.partition_point(|(.., end)| *end < from);
        self.restarts.get(first).is_some_and(|(down, ..)| *down <= to)
    }

    /// By how much clock jumps of the wanted sign may have moved the end of a lock that lived from `from` to `to`. The
    /// stored expiry is wall-clock time, so a jump counts when a restart follows it within the lock's life.
    fn jumped(&self, from: Time, to: Time, ahead: bool) -> Time {
        let counts = |(at, restart, by): &&(Time, Time, Time)| *at >= from && *restart <= to && (*by > 0) == ahead;
        self.jumps.iter().filter(counts).fold(0, |sum: Time, (_, _, by)| sum.saturating_add(by.abs()).min(FOREVER))
    }
}

/// The lifetimes of locks under a profile.
#[derive(Clone, Debug)]
pub(super) struct Lives {
    timeout: Time,
    slack: Time,
    early: Time,
    late: Time,
    settles: Option<Time>,
    pub(super) upheavals: Upheavals,
}

impl Lives {
    pub(super) fn new(profile: &Profile, marks: &[Mark]) -> Self {
        Self {
            timeout: nanos(profile.lock_timeout),
            slack: nanos(profile.restart_slack),
            early: nanos(profile.early),
            late: nanos(profile.late),
            settles: profile.settles_after.map(nanos),
            upheavals: Upheavals::of(marks),
        }
    }

    /// The first moment at which a lock set at `since` or later can have run out, as seen at `now`.
    pub(super) fn earliest_end(&self, since: Time, now: Time) -> Time {
        since
            .saturating_add(self.timeout)
            .saturating_sub(self.early)
            .saturating_sub(self.upheavals.jumped(since, now, true))
    }

    /// The moment from which a lock that was set between `from` and `to` has certainly run out.
    pub(super) fn latest_end(&self, from: Time, to: Time) -> Time {
        let end = to.saturating_add(self.timeout).saturating_add(self.late).min(FOREVER);
        let end = end.saturating_add(self.upheavals.jumped(from, end, false)).min(FOREVER);
        if self.upheavals.restarted_between(from, end) { end.saturating_add(self.slack).min(FOREVER) } else { end }
    }

    /// The last moment at which an operation can have taken effect.
    pub(super) fn last_effect(&self, operation: &Operation) -> Time {
        let invoked = time(operation.invoked);
        let by = match &operation.outcome {
            Outcome::Answered { reply, .. } if !reply.leaves_open() => return time(operation.ended()),
            Outcome::Answered { .. } => FOREVER,
            Outcome::Unknown { by, .. } => by.map_or(FOREVER, time),
        };
        let settled = self.settles.map_or(FOREVER, |after| invoked.saturating_add(after));
        by.min(settled).min(self.upheavals.dead_after(invoked)).max(invoked)
    }
}

/// Everything that one file's history says, in numbers.
#[derive(Debug)]
pub(super) struct Steps {
    /// In order of invocation.
    pub(super) steps: Vec<Step>,
    pub(super) ids: Numbers<Box<str>>,
    pub(super) versions: Numbers<Box<str>>,
    pub(super) contents: Numbers<Content>,
    pub(super) names: Numbers<Box<str>>,
    pub(super) start: Begin,
    pub(super) lives: Lives,
}

/// What is known at the start.
#[derive(Clone, Copy, Debug)]
pub(super) struct Begin {
    pub(super) at: Time,
    pub(super) lock: u32,
    pub(super) content: u32,
    pub(super) version: u32,
    pub(super) name: u32,
}

/// Whether an id is one that every host must take (files.md section 2.1).
fn well_formed(id: &str) -> bool {
    !id.is_empty() && id.len() <= crate::lock::MAX_LOCK_ID && id.bytes().all(|byte| (0x20..=0x7e).contains(&byte))
}

impl Steps {
    /// Reads a file's operations, in any order.
    pub(super) fn new(
        operations: &[&Operation],
        start: &FileStart,
        marks: &[Mark],
        profile: &Profile,
        facet: Facet,
    ) -> Self {
        let (mut ids, mut versions) = (Numbers::new(), Numbers::new());
        let (mut contents, mut names) = (Numbers::new(), Numbers::new());
        let begin = Begin {
            at: time(start.at),
            lock: match &start.lock {
                LockBefore::Unknown => ANY,
                LockBefore::Unlocked => NONE,
                LockBefore::Held(id) => ids.number(id),
            },
            content: start.content.as_ref().map_or(NONE, |content| contents.number(content)),
            version: start.version.as_ref().map_or(NONE, |version| versions.number(version)),
            name: start.name.as_ref().map_or(NONE, |name| names.number(name)),
        };
        let lives = Lives::new(profile, marks);
        let mut this = Self { steps: Vec::new(), ids, versions, contents, names, start: begin, lives };
        for (op, operation) in operations.iter().enumerate() {
            this.add(op, operation, profile, facet);
        }
        this.steps.sort_by_key(|step| step.invoked);
        this.refreshing_locks();
        this
    }

    /// A Lock of the id that already holds the file refreshes it, and clients use it so. But it may as well follow an
    /// Unlock that nobody has heard of yet; only where none can lie beside it, it is a refresh wherever it stands.
    fn refreshing_locks(&mut self) {
        // Per id: the releases so far, by the latest moment of their effect; and the next to come, from the end backwards.
        let mut until = vec![LONG_AGO; self.ids.values.len() + 1];
        let mut contested = vec![false; self.steps.len()];
        let place = |id: u32| usize::try_from(id).unwrap_or(0);
        for (step, contested) in self.steps.iter().zip(&mut contested) {
            if let (Act::Lock { id }, Answer::Done) = (step.act, step.answer) {
                *contested |= until[place(id)] >= step.invoked;
            }
            if let Some(id) = step.may_release() {
                until[place(id)] = until[place(id)].max(step.by);
            }
        }
        let mut next = vec![FOREVER; self.ids.values.len() + 1];
        for (step, contested) in self.steps.iter().zip(&mut contested).rev() {
            if let (Act::Lock { id }, Answer::Done) = (step.act, step.answer) {
                *contested |= next[place(id)] <= step.by;
            }
            if let Some(id) = step.may_release() {
                next[place(id)] = next[place(id)].min(step.invoked);
            }
        }
        for (step, contested) in self.steps.iter_mut().zip(contested) {
            if matches!(step.act, Act::Lock { .. }) && step.answer == Answer::Done && !contested {
                step.haste = Haste::Refreshes;
            }
        }
    }

    fn add(&mut self, op: usize, operation: &Operation, profile: &Profile, facet: Facet) {
        let Some(answer) = self.answer(operation, profile) else { return };
        let Some(act) = self.act(&operation.call, answer, facet) else { return };
        // Where locks are not looked at, GetLock only says which version there is.
        let answer = if act == Act::Look && matches!(answer, Answer::Held(_)) { Answer::Done } else { answer };
        let idle = facet == Facet::Locks && matches!(act, Act::Put { .. } | Act::Rename { .. });
        if idle && answer == Answer::Unknown {
            return;
        }
        let done = matches!(answer, Answer::Done | Answer::Held(_));
        let (invoked, by) = (time(operation.invoked), self.lives.last_effect(operation));
        let mut step = Step {
            op,
            invoked,
            by,
            act,
            answer,
            version: NONE,
            content: NONE,
            name: NONE,
            size: None,
            limit: self.lives.latest_end(invoked, by),
            haste: match (answer, act) {
                (Answer::Unknown | Answer::Impossible(_), _) => Haste::None,
                (Answer::Conflict(_) | Answer::Missing(_) | Answer::Gone, _) => Haste::Reads,
                (_, Act::Look | Act::GetLock) => Haste::Reads,
                (_, Act::Refresh { .. }) => Haste::Refreshes,
                _ => Haste::None,
            },
        };
        if let (true, Some(reply)) = (done && facet != Facet::Locks, operation.reply()) {
            self.facts(&mut step, reply, profile);
        }
        let silent = step.version == NONE && step.content == NONE && step.name == NONE && step.size.is_none();
        if !(act == Act::Look && answer == Answer::Done && silent) {
            self.steps.push(step);
        }
    }

    fn facts(&mut self, step: &mut Step, reply: &Reply, profile: &Profile) {
        let on_lock = matches!(
            step.act,
            Act::Lock { .. } | Act::Relock { .. } | Act::Refresh { .. } | Act::Unlock { .. } | Act::GetLock
        );
        if let Some(version) = reply.version.as_ref().filter(|_| !on_lock || profile.versions_on_locks) {
            step.version = self.versions.number(version);
        }
        if step.act == Act::Look {
            step.content = reply.content.as_ref().map_or(NONE, |content| self.contents.number(content));
            step.size = reply.size;
        }
        if let Some(name) = &reply.name {
            step.name = self.names.number(name);
        }
    }

    fn id(&mut self, id: Option<&str>) -> u32 {
        match id {
            Some(id) if !id.is_empty() => self.ids.number(&Box::from(id)),
            _ => NONE,
        }
    }

    /// What a reply claims; `None` when it claims nothing and cannot have changed anything.
    fn answer(&mut self, operation: &Operation, profile: &Profile) -> Option<Answer> {
        let (call, changes) = (&operation.call, operation.call.changes());
        let entitled = match operation.authority {
            Authority::Full => true,
            Authority::ViewOnly => !changes,
            Authority::OtherFile | Authority::Invalid => false,
        };
        let id = match call {
            Call::Lock { id } | Call::Refresh { id } | Call::Unlock { id } | Call::Relock { new: id, .. } => Some(id),
            _ => None,
        };
        let missing = id.is_some_and(|id| id.as_deref().is_none_or(str::is_empty));
        let Some(reply) = operation.reply().filter(|reply| !reply.leaves_open()) else {
            let complete = !missing && !matches!(call, Call::Put { cut: true, .. } | Call::UserInfo);
            return (entitled && changes && complete).then_some(Answer::Unknown);
        };
        if !entitled {
            return reply.success().then_some(Answer::Impossible("the token does not allow this"));
        }
        let named = reply.lock.as_deref();
        match reply.status {
            200..=299 if missing => Some(Answer::Impossible("the request has no lock id")),
            200..=299 if matches!(call, Call::Put { cut: true, .. }) => {
                Some(Answer::Impossible("the body was never sent whole"))
            }
            200..=299 if *call == Call::GetLock => match named {
                None if !profile.absent_lock_is_empty => Some(Answer::Impossible("X-WOPI-Lock is absent")),
                held => Some(Answer::Held(self.id(held))),
            },
            200..=299 => Some(Answer::Done),
            409 if missing => Some(Answer::Impossible("the request has no lock id: 400")),
            409 if matches!(call, Call::Get | Call::Info | Call::UserInfo) => None,
            409 if *call == Call::GetLock => Some(Answer::Impossible("nothing but WOPI holds this file")),
            409 => match named {
                None if !profile.absent_lock_is_empty => Some(Answer::Impossible("X-WOPI-Lock is absent")),
                held => Some(Answer::Conflict(self.id(held))),
            },
            400 if missing => {
                Some(Answer::Missing(named.filter(|id| !id.is_empty()).map_or(ANY, |held| self.id(Some(held)))))
            }
            400 if id.is_some_and(|id| id.as_deref().is_some_and(well_formed)) => {
                Some(Answer::Impossible("the request is well formed"))
            }
            404 if *call == Call::GetLock && profile.get_lock_may_be_404 => Some(Answer::Held(NONE)),
            404 if operation.authority == Authority::Full => Some(Answer::Gone),
            _ => None,
        }
    }

    fn act(&mut self, call: &Call, answer: Answer, facet: Facet) -> Option<Act> {
        let (locks, contents) = (facet != Facet::Contents, facet != Facet::Locks);
        let done = matches!(answer, Answer::Done | Answer::Unknown | Answer::Impossible(_));
        // A 404 says the same whatever was asked.
        if answer == Answer::Gone {
            return Some(Act::Look);
        }
        match call {
            Call::Get | Call::Info => Some(Act::Look),
            Call::UserInfo => matches!(answer, Answer::Impossible(_)).then_some(Act::Look),
            Call::Lock { .. } | Call::Refresh { .. } | Call::Unlock { .. } | Call::Relock { .. } | Call::GetLock
                if !locks =>
            {
                matches!(answer, Answer::Done | Answer::Held(_)).then_some(Act::Look)
            }
            Call::Lock { id } => Some(Act::Lock { id: self.id(id.as_deref()) }),
            Call::Refresh { id } => Some(Act::Refresh { id: self.id(id.as_deref()) }),
            Call::Unlock { id } => Some(Act::Unlock { id: self.id(id.as_deref()) }),
            Call::Relock { old, new } if old.is_empty() => Some(Act::Lock { id: self.id(new.as_deref()) }),
            Call::Relock { old, new } if new.as_ref() == Some(old) => Some(Act::Refresh { id: self.id(Some(old)) }),
            Call::Relock { old, new } => Some(Act::Relock { old: self.id(Some(old)), new: self.id(new.as_deref()) }),
            Call::GetLock => Some(Act::GetLock),
            Call::Put { body, .. } if !locks => done.then(|| Act::Write { content: self.contents.number(body) }),
            Call::Put { lock, body, .. } => Some(Act::Put {
                lock: self.id(lock.as_deref()),
                content: if contents { self.contents.number(body) } else { NONE },
            }),
            Call::Rename { .. } if !locks => done.then_some(Act::Name),
            Call::Rename { lock, .. } => Some(Act::Rename { lock: self.id(lock.as_deref()) }),
            Call::Delete if !locks => done.then_some(Act::Remove),
            Call::Delete => Some(Act::Delete),
        }
    }
}
