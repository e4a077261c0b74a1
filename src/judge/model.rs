//! The specification automaton: files.md section 2 (the lock, with the table of section 2.5) and the rules for contents and
//! versions of sections 3.1, 4.1 and 4.3, for one file.
//!
//! It does not act like a host; it answers one question: *may a host whose file is in this state give this reply, and what
//! is the state then?* Where the rules leave a choice there are several next states. It shares nothing with
//! [`crate::lock`] but the length of a lock's life, so that it can convict it.
//!
//! # Time
//!
//! A lock set by an operation that was invoked at `i` and answered at `r` was set somewhere in `[i, r]`, so it may run out
//! from `i + timeout` on and has certainly run out at `r + timeout` (plus the slack, if a restart lies within its life).
//! Between the two, both are allowed: running out is a choice of the automaton. The first bound is part of the state
//! ([`State::since`]). The second is kept per lock id, as the largest that any operation which may have set this id allows
//! so far; that is the same bound unless two operations on one id overlap, and then it is the wider one. Both bounds only
//! ever allow too much, never too little: what is convicted is guilty.

use super::steps::{ANY, Act, Answer, LONG_AGO, NONE, Step, Steps, Time};

/// What is so at one moment, in numbers of [`Steps`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct State {
    /// Who holds the file: [`NONE`], or [`ANY`] while nothing is known.
    pub(super) lock: u32,
    /// The earliest moment at which that lock can have been set or last refreshed.
    pub(super) since: Time,
    /// [`NONE`] while nothing is known.
    pub(super) content: u32,
    /// [`NONE`] while no reply has told it.
    pub(super) version: u32,
    /// Which versions were learnt from replies and left behind: a number of [`Trails`].
    pub(super) trail: u32,
    /// [`NONE`] while nothing is known.
    pub(super) name: u32,
    pub(super) gone: bool,
}

/// Sets of versions, shared: each is another with one more.
#[derive(Debug, Default)]
struct Trails {
    /// (the set without it, the version), from number 1 on.
    links: Vec<(u32, u32)>,
    known: std::collections::HashMap<(u32, u32), u32>,
}

impl Trails {
    fn link(&self, trail: u32) -> Option<(u32, u32)> {
        self.links.get(usize::try_from(trail).ok()?.checked_sub(1)?).copied()
    }

    fn contains(&self, mut trail: u32, version: u32) -> bool {
        while let Some((rest, here)) = self.link(trail) {
            if here == version {
                return true;
            }
            trail = rest;
        }
        false
    }

    fn with(&mut self, trail: u32, version: u32) -> u32 {
        let links = &mut self.links;
        *self.known.entry((trail, version)).or_insert_with(|| {
            links.push((trail, version));
            u32::try_from(links.len()).unwrap_or(ANY)
        })
    }
}

/// Who gave a version to the file, as far as a reply says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Giver {
    Nobody,
    Start,
    /// The operation of this place.
    Step(usize),
}

/// The rules, with what the history fixes of them.
#[derive(Debug)]
pub(super) struct Model {
    lives: super::steps::Lives,
    /// Per lock id: until when it may live, by the operations invoked so far.
    limits: Vec<Time>,
    givers: Vec<Giver>,
    lengths: Vec<u64>,
    trails: Trails,
    empty_may_refuse: bool,
    lockless: bool,
}

fn place(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

impl Model {
    pub(super) fn new(steps: &Steps, profile: &super::profile::Profile) -> Self {
        let first = steps.lives.latest_end(steps.start.at, steps.start.at);
        let limits = match steps.start.lock {
            ANY => vec![first; steps.ids.values.len() + 1],
            held => (0..=steps.ids.values.len()).map(|id| if id == place(held) { first } else { LONG_AGO }).collect(),
        };
        let mut givers = vec![Giver::Nobody; steps.versions.values.len() + 1];
        if steps.start.version != NONE {
            givers[place(steps.start.version)] = Giver::Start;
        }
        for step in &steps.steps {
            let giver = &mut givers[place(step.version)];
            if step.writes().is_some() && step.version != NONE && *giver == Giver::Nobody {
                *giver = Giver::Step(step.op);
            }
        }
        Self {
            lives: steps.lives.clone(),
            limits,
            givers,
            lengths: steps.contents.values.iter().map(|content| content.length).collect(),
            trails: Trails::default(),
            empty_may_refuse: profile.empty_file_may_refuse_id,
            lockless: profile.writes_without_lock,
        }
    }

    pub(super) fn begin(steps: &Steps) -> State {
        let start = steps.start;
        let since = if start.lock == NONE { 0 } else { LONG_AGO };
        let (lock, content) = (start.lock, start.content);
        State { lock, since, content, version: start.version, trail: 0, name: start.name, gone: false }
    }

    /// An operation that may set a lock has been invoked.
    pub(super) fn invoked(&mut self, step: &Step) {
        if let Some(id) = step.may_set() {
            let limit = &mut self.limits[place(id)];
            *limit = step.limit.max(*limit);
        }
    }

    /// Whether a version is one that no writing was told.
    pub(super) fn orphan(&self, version: u32) -> bool {
        version != NONE && self.givers[place(version)] == Giver::Nobody
    }

    fn length(&self, content: u32) -> Option<u64> {
        self.lengths.get(place(content).checked_sub(1)?).copied()
    }

    /// Whether the lock of `state` cannot have run out at `now`.
    pub(super) fn certain(&self, state: &State, now: Time) -> bool {
        state.lock != NONE && state.lock != ANY && now < self.lives.earliest_end(state.since, now)
    }

    /// The states in which the file may be after `step`, if it took effect in `state` before `now`. None: the reply is not
    /// allowed there. For a step without a reply, only those in which it changed something.
    pub(super) fn next(&mut self, state: &State, step: &Step, now: Time, out: &mut Vec<State>) {
        out.clear();
        if state.gone || step.answer == Answer::Gone {
            if state.gone && step.answer == Answer::Gone {
                out.push(*state);
            }
            return;
        }
        if !step.act.asks_lock() {
            self.act(*state, step, out);
            return;
        }
        match state.lock {
            NONE => self.act(*state, step, out),
            ANY => self.guess(state, step, out),
            id => {
                if step.invoked < self.limits[place(id)] {
                    self.act(*state, step, out);
                }
                let moment = now.min(step.by);
                if moment >= self.lives.earliest_end(state.since, moment) {
                    self.act(State { lock: NONE, since: 0, ..*state }, step, out);
                }
            }
        }
    }

    /// Nothing is known of the lock: it may be none, or the one that the request or its reply names.
    fn guess(&mut self, state: &State, step: &Step, out: &mut Vec<State>) {
        let told = match step.answer {
            Answer::Held(id) | Answer::Conflict(id) | Answer::Missing(id) => id,
            _ => NONE,
        };
        let asked = match step.act {
            Act::Lock { id } => id,
            Act::Rename { lock } => lock,
            act => act.needs().unwrap_or(NONE),
        };
        let mut tried = [ANY; 3];
        for (place, id) in [NONE, told, asked].into_iter().enumerate() {
            if !tried.contains(&id) {
                tried[place] = id;
                let since = if id == NONE { 0 } else { LONG_AGO };
                self.act(State { lock: id, since, ..*state }, step, out);
            }
        }
        // A 400 that names no lock is right whoever holds the file.
        if step.answer == Answer::Missing(ANY) {
            out.clear();
            out.push(*state);
        }
    }

    /// The table of section 2.5, where the lock counts as `state` has it.
    fn act(&mut self, state: State, step: &Step, out: &mut Vec<State>) {
        let held = state.lock;
        let free = held == NONE;
        let locked = |id, since| State { lock: id, since, ..state };
        let done = match step.act {
            Act::Look | Act::GetLock => Some(state),
            Act::Lock { id } if free => Some(locked(id, step.invoked)),
            Act::Lock { id } | Act::Refresh { id } if id == held && !free => {
                Some(locked(id, state.since.max(step.invoked)))
            }
            Act::Relock { old, new } if old == held && !free => Some(locked(new, step.invoked)),
            Act::Unlock { id } if id == held && !free => Some(State { lock: NONE, since: 0, ..state }),
            Act::Put { lock, content } if self.may_write(&state, lock) => Some(written(state, content)),
            Act::Write { content } => Some(written(state, content)),
            // A host may take another name than the one wished for (section 4.6); the reply tells, or a later reading.
            Act::Rename { lock } if free || lock == held => Some(State { name: NONE, ..state }),
            Act::Name => Some(State { name: NONE, ..state }),
            Act::Delete if free => Some(State { gone: true, ..state }),
            Act::Remove => Some(State { gone: true, ..state }),
            _ => None,
        };
        let next = match step.answer {
            Answer::Done => done.and_then(|next| self.observed(next, step)),
            Answer::Held(id) => done.filter(|_| id == held).and_then(|next| self.observed(next, step)),
            Answer::Unknown => done.filter(|next| *next != state),
            Answer::Conflict(id) => (id == held && (done.is_none() || self.may_refuse(&state, step))).then_some(state),
            Answer::Missing(id) => (id == held || id == ANY).then_some(state),
            Answer::Gone | Answer::Impossible(_) => None,
        };
        out.extend(next);
    }

    /// Section 4.3: under the right lock, or unlocked and empty.
    fn may_write(&self, state: &State, lock: u32) -> bool {
        if state.lock != NONE {
            return lock == state.lock;
        }
        self.length(state.content).is_none_or(|length| length == 0) || self.lockless && lock == NONE
    }

    /// Whether a writing that may be taken may be refused as well: the size is not known, or hosts differ.
    fn may_refuse(&self, state: &State, step: &Step) -> bool {
        let Act::Put { lock, .. } = step.act else { return false };
        let empty = self.length(state.content).map(|length| length == 0);
        state.lock == NONE && (empty.is_none() || self.empty_may_refuse && lock != NONE && empty == Some(true))
    }

    /// The state after a success, if what the reply reports of it is so, or can be so.
    fn observed(&mut self, mut state: State, step: &Step) -> Option<State> {
        if step.content != NONE {
            if state.content != NONE && state.content != step.content {
                return None;
            }
            state.content = step.content;
        }
        if let (Some(told), Some(length)) = (step.size, self.length(state.content))
            && told != length
        {
            return None;
        }
        if step.name != NONE {
            if state.name != NONE && state.name != step.name {
                return None;
            }
            state.name = step.name;
        }
        if step.version == NONE || step.version == state.version {
            // A writing has left the state without a version, so that this is no version come back.
            return Some(state);
        }
        let mine = step.writes().is_some() && self.givers[place(step.version)] == Giver::Step(step.op);
        if state.version != NONE || !mine && !self.may_appear(&state, step) {
            return None;
        }
        if !mine {
            state.trail = self.trails.with(state.trail, step.version);
        }
        state.version = step.version;
        Some(state)
    }

    /// Whether a version that a reading reports may be that of a writing of which no reply told it.
    fn may_appear(&self, state: &State, step: &Step) -> bool {
        step.writes().is_none()
            && self.givers[place(step.version)] == Giver::Nobody
            && !self.trails.contains(state.trail, step.version)
    }
}

fn written(state: State, content: u32) -> State {
    State { content, version: NONE, ..state }
}
