//! Is there an order of the operations, consistent with real time, that the specification allows?
//!
//! # The algorithm
//!
//! Just-in-time linearization: the search of J. M. Wing and C. Gong (*Testing and verifying concurrent objects*, J. Parallel
//! Distrib. Comput. 17, 1993) in the form that G. Lowe gave it (*Testing for linearizability*, Concurrency and Computation
//! 29(4), 2017), with his memoisation of configurations, as Knossos and Porcupine do it. Files are independent, so that each
//! is judged alone (A. Horn and D. Kroening, *Faster linearizability checking via P-compositionality*, FORTE 2015).
//!
//! The events of a file are gone through in the order of time. All configurations that can explain what was seen so far are
//! kept: a state, and which of the operations under way have taken effect. An invocation adds an operation to those under
//! way. A reply asks of each configuration that the operation has taken effect: if it has not, it does now, at the latest
//! moment at which it can; operations under way may take effect before it, in any order. When no configuration is left,
//! there is no order. When one is left, nothing of the past is remembered but its state: memory grows with concurrency, not
//! with length.
//!
//! An operation without a reply stays under way until the moment from which it can no longer take effect, often for ever,
//! and need not take effect at all.
//!
//! # Why it is fast
//!
//! Orders that make no difference are not told apart:
//!
//! - *A step that changes nothing is taken at once*, when its reply is allowed: whatever order explains the rest also does
//!   with this step moved here.
//! - *So is a refresh of a lock that cannot run out before the refresh is answered*: it moves the earliest end of the lock,
//!   which nobody can meet before. A Lock of the same id counts as a refresh only if no release of that id overlaps it:
//!   otherwise it might as well be the one that takes the file anew.
//! - *A writing that nobody reads is put directly before another writing*, under the same lock: nobody sees the difference.
//! - *A version, once left behind, never comes back*: a configuration that leaves one while somebody who read it has still
//!   to take effect is dropped.
//! - *Of equal operations without a reply, the first goes first*; those that can never change anything again are forgotten.
//!
//! Everything else is in the worst case exponential in the number of operations under way at once (the problem is
//! NP-complete: P. B. Gibbons and E. Korach, *Testing shared memories*, SIAM J. Comput. 26(4), 1997), so that there is a
//! limit to the work; a file beyond it is reported as undecided, never as guilty or innocent.

use super::{
    frontier::{Config, Frontier, put, take},
    model::{Model, State},
    profile::Profile,
    steps::{ANY, Act, FOREVER, Haste, NONE, Step, Steps, Time},
};

/// How the search of one file ended.
#[derive(Debug)]
pub(super) enum Found {
    /// There is an order.
    Order {
        /// The most configurations that were kept at once.
        widest: usize,
    },
    /// There is none: the reply to this operation fits nothing.
    None(Stuck),
    /// The limit was reached first.
    TooMuch {
        /// While this operation was looked at.
        op: usize,
    },
}

/// Where a history stops making sense.
#[derive(Debug)]
pub(super) struct Stuck {
    /// Its place among the operations that were handed in.
    pub(super) op: usize,
    /// The states that were possible before, some of them.
    pub(super) states: Vec<State>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Invoked,
    Answered,
    /// Of operations without a reply: after this it can no longer take effect.
    Lapsed,
}

/// The search of one file.
struct Search<'a> {
    steps: &'a Steps,
    model: Model,
    configs: Vec<Config>,
    /// Operations under way with a reply to come, in order of invocation.
    pending: Vec<u32>,
    /// Operations under way without a reply.
    open: Vec<u32>,
    reads: Reads,
    /// Per lock id: operations that may yet set it.
    setters: Vec<u32>,
    work: u64,
    limit: u64,
    out: Vec<State>,
}

/// Readings that are still to be explained, by what they read.
struct Reads {
    versions: Vec<u32>,
    contents: Vec<u32>,
    /// Per content: how many wrote it, the start among them.
    writers: Vec<u32>,
    /// Readings of versions that no reply to a writing told.
    orphans: u32,
    /// Whether some content is empty, so that sizes decide what may be written.
    sizes: bool,
}

/// More configurations than these at once are too much, for memory's sake.
const WIDEST: usize = 200_000;

fn place(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

impl Reads {
    fn new(steps: &Steps, model: &Model) -> Self {
        let mut reads = Self {
            versions: vec![0; steps.versions.values.len() + 1],
            contents: vec![0; steps.contents.values.len() + 1],
            writers: vec![0; steps.contents.values.len() + 1],
            orphans: 0,
            sizes: steps.contents.values.iter().any(|content| content.length == 0),
        };
        reads.writers[place(steps.start.content)] += 1;
        for step in &steps.steps {
            if let Some(content) = step.writes() {
                reads.writers[place(content)] += 1;
            }
            reads.count(step, model, 1);
        }
        reads
    }

    fn count(&mut self, step: &Step, model: &Model, by: i32) {
        if step.writes().is_none() {
            for (counts, number) in [(&mut self.versions, step.version), (&mut self.contents, step.content)] {
                counts[place(number)] = counts[place(number)].saturating_add_signed(by);
            }
            self.orphans = self.orphans.saturating_add_signed(if model.orphan(step.version) { by } else { 0 });
        }
    }
}

/// Judges one file.
pub(super) fn search(steps: &Steps, profile: &Profile, limit: u64) -> Found {
    let model = Model::new(steps, profile);
    let mut setters = vec![0; steps.ids.values.len() + 1];
    for id in steps.steps.iter().filter_map(Step::may_set) {
        setters[place(id)] += 1;
    }
    let mut search = Search {
        steps,
        reads: Reads::new(steps, &model),
        configs: vec![Config { state: Model::begin(steps), done: Vec::new(), spent: Vec::new() }],
        model,
        pending: Vec::new(),
        open: Vec::new(),
        setters,
        work: 0,
        limit,
        out: Vec::new(),
    };
    search.run()
}

fn events(steps: &Steps) -> Vec<(Time, What, u32)> {
    let mut events = Vec::with_capacity(2 * steps.steps.len());
    for (number, step) in (0_u32..).zip(&steps.steps) {
        events.push((step.invoked, What::Invoked, number));
        if step.known() {
            events.push((step.by, What::Answered, number));
        } else if step.by < FOREVER {
            events.push((step.by, What::Lapsed, number));
        }
    }
    // Equal times count as overlapping: what ends at the moment at which another begins may come after it.
    events.sort_unstable();
    events
}

impl Search<'_> {
    fn run(&mut self) -> Found {
        let steps = self.steps;
        let mut widest = 1;
        for (now, what, number) in events(steps) {
            let step = &steps.steps[place(number)];
            match what {
                What::Invoked => {
                    self.model.invoked(step);
                    if step.known() { self.pending.push(number) } else { self.open.push(number) }
                }
                What::Lapsed => {
                    if self.lapse(number, now).is_none() {
                        return Found::TooMuch { op: step.op };
                    }
                }
                What::Answered => {
                    let before = self.some_states();
                    if self.answer(number, now).is_none() {
                        return Found::TooMuch { op: step.op };
                    }
                    if self.configs.is_empty() {
                        return Found::None(Stuck { op: step.op, states: before });
                    }
                    widest = widest.max(self.configs.len());
                }
            }
        }
        Found::Order { widest }
    }

    fn some_states(&self) -> Vec<State> {
        const SOME: usize = 4;
        let mut states: Vec<State> = Vec::new();
        for config in &self.configs {
            if states.len() < SOME && !states.contains(&config.state) {
                states.push(config.state);
            }
        }
        states
    }

    /// The reply to `number` has come.
    fn answer(&mut self, number: u32, now: Time) -> Option<()> {
        let step = &self.steps.steps[place(number)];
        if !self.at_once(step, number, now) {
            let mut next = Frontier::default();
            for mut config in std::mem::take(&mut self.configs) {
                if take(&mut config.done, number) {
                    next.insert(config);
                } else {
                    self.explore(config, number, now, &mut next)?;
                }
            }
            self.configs = next.into_configs();
        }
        self.pending.retain(|other| *other != number);
        self.reads.count(step, &self.model, -1);
        if let Some(id) = step.may_set() {
            self.setters[place(id)] -= 1;
        }
        self.forget();
        Some(())
    }

    /// The common case: one configuration, in which the step changes nothing or nothing else is under way.
    fn at_once(&mut self, step: &Step, number: u32, now: Time) -> bool {
        let [config] = self.configs.as_mut_slice() else { return false };
        if take(&mut config.done, number) {
            return true;
        }
        if let Some(state) = eager(&mut self.model, &config.state, step, now, &mut self.out) {
            config.state = state;
            return true;
        }
        if self.pending.len() > 1 || !self.open.is_empty() {
            return false;
        }
        self.model.next(&config.state, step, now, &mut self.out);
        match self.out.as_slice() {
            [state] => {
                config.state = *state;
                true
            }
            _ => false,
        }
    }

    /// All ways in which `number` takes effect now, with others before it.
    fn explore(&mut self, from: Config, number: u32, now: Time, next: &mut Frontier) -> Option<()> {
        let steps = self.steps;
        let step = &steps.steps[place(number)];
        let mut seen = Frontier::default();
        let mut stack = vec![from];
        let mut out = Vec::new();
        while let Some(mut config) = stack.pop() {
            self.work += 1;
            if self.work > self.limit || next.len() > WIDEST {
                return None;
            }
            if let Some(state) = eager(&mut self.model, &config.state, step, now, &mut out) {
                next.insert(Config { state, ..config });
                continue;
            }
            self.take_eager(&mut config, now, &mut out);
            self.model.next(&config.state, step, now, &mut out);
            for state in std::mem::take(&mut out) {
                let mut after = Config { state, ..config.clone() };
                if self.leaves_readers(&config, number) {
                    continue;
                }
                if step.writes().is_some() {
                    self.hide_writes(&config, number, now, &mut after);
                }
                next.insert(after);
            }
            self.others_first(&config, number, now, &mut seen, &mut stack);
        }
        Some(())
    }

    /// Takes every step under way that makes no difference.
    fn take_eager(&mut self, config: &mut Config, now: Time, out: &mut Vec<State>) {
        for other in &self.pending {
            if config.done.binary_search(other).is_err() {
                let step = &self.steps.steps[place(*other)];
                if let Some(state) = eager(&mut self.model, &config.state, step, now, out) {
                    config.state = state;
                    put(&mut config.done, *other);
                }
            }
        }
    }

    /// Lets another operation than `number` take effect first, in all ways.
    fn others_first(&mut self, config: &Config, number: u32, now: Time, seen: &mut Frontier, stack: &mut Vec<Config>) {
        let steps = self.steps;
        let mut tried: Vec<Act> = Vec::new();
        let mut out = Vec::new();
        for at in 0..self.pending.len() + self.open.len() {
            let other = *self.pending.get(at).unwrap_or_else(|| &self.open[at - self.pending.len()]);
            let step = &steps.steps[place(other)];
            let list = if step.known() { &config.done } else { &config.spent };
            if other == number || list.binary_search(&other).is_ok() {
                continue;
            }
            if !step.known() {
                if tried.contains(&step.act) || self.is_idle(step, config) {
                    continue;
                }
                tried.push(step.act);
            }
            self.model.next(&config.state, step, now, &mut out);
            if out.is_empty() || self.leaves_readers(config, other) {
                continue;
            }
            for state in out.drain(..) {
                let mut after = Config { state, ..config.clone() };
                put(if step.known() { &mut after.done } else { &mut after.spent }, other);
                if step.known() && step.writes().is_some() {
                    self.hide_writes(config, other, now, &mut after);
                }
                if seen.insert(after.clone()) {
                    stack.push(after);
                }
            }
        }
    }

    /// Whether an operation without a reply cannot matter here: it would only refresh the lock, which makes it run out no
    /// earlier and may be done without; or it writes what nobody reads.
    fn is_idle(&self, step: &Step, config: &Config) -> bool {
        match step.act {
            Act::Lock { id } | Act::Refresh { id } if id == config.state.lock => true,
            _ => step.writes().is_some_and(|content| {
                !self.reads.sizes && self.reads.orphans == 0 && self.reads.contents[place(content)] == 0
            }),
        }
    }

    /// Whether `number` overwrites something that somebody has still to read.
    fn leaves_readers(&self, config: &Config, number: u32) -> bool {
        if self.steps.steps[place(number)].writes().is_none() {
            return false;
        }
        let State { version, content, .. } = config.state;
        let reads = |step: &&Step| step.writes().is_none();
        let done = || config.done.iter().map(|number| &self.steps.steps[place(*number)]).filter(reads);
        let unread = |left: u32, done: usize| usize::try_from(left).is_ok_and(|left| left > done);
        version != NONE
            && self.reads.versions[place(version)] > 0
            && unread(self.reads.versions[place(version)], done().filter(|step| step.version == version).count())
            || content != NONE
                && self.reads.contents[place(content)] > 0
                && self.reads.writers[place(content)] == 1
                && unread(self.reads.contents[place(content)], done().filter(|step| step.content == content).count())
    }

    /// Puts writings that nobody reads, and that the same state allows, before the writing `number`.
    fn hide_writes(&mut self, before: &Config, number: u32, now: Time, after: &mut Config) {
        if self.reads.sizes || before.state.lock == NONE || before.state.lock == ANY {
            return;
        }
        let mut out = Vec::new();
        for other in &self.pending {
            let step = &self.steps.steps[place(*other)];
            let Some(content) = step.writes() else { continue };
            let unread = step.version != NONE
                && self.reads.versions[place(step.version)] == 0
                && self.reads.contents[place(content)] == 0;
            if *other != number && unread && after.done.binary_search(other).is_err() {
                self.model.next(&before.state, step, now, &mut out);
                if out.iter().any(|state| state.lock == before.state.lock) {
                    put(&mut after.done, *other);
                }
            }
        }
    }

    /// The last moment at which an operation without a reply can take effect: it does now, or it never will.
    fn lapse(&mut self, number: u32, now: Time) -> Option<()> {
        let step = &self.steps.steps[place(number)];
        if !self.open.contains(&number) {
            return Some(());
        }
        let mut next = Frontier::default();
        for mut config in std::mem::take(&mut self.configs) {
            if take(&mut config.spent, number) {
                next.insert(config);
                continue;
            }
            next.insert(config.clone());
            if !self.is_idle(step, &config) {
                self.explore(config, number, now, &mut next)?;
            }
        }
        self.configs = next.into_configs();
        self.open.retain(|other| *other != number);
        if let Some(id) = step.may_set() {
            self.setters[place(id)] -= 1;
        }
        Some(())
    }

    /// Forgets operations without a reply that took effect in every configuration, or can change nothing in any.
    fn forget(&mut self) {
        const MANY: usize = 8;
        if let [config] = self.configs.as_mut_slice()
            && !config.spent.is_empty()
        {
            let spent = std::mem::take(&mut config.spent);
            self.open.retain(|number| spent.binary_search(number).is_err());
            for id in spent.iter().filter_map(|number| self.steps.steps[place(*number)].may_set()) {
                self.setters[place(id)] -= 1;
            }
        }
        if self.open.len() < MANY || !self.work.is_multiple_of(16) {
            return;
        }
        let (configs, setters, steps) = (&self.configs, &mut self.setters, self.steps);
        let sizes = self.reads.sizes || steps.start.content == NONE;
        self.open.retain(|number| {
            let step = &steps.steps[place(*number)];
            let Some(id) = step.act.needs() else { return true };
            let itself = u32::from(step.may_set() == Some(id));
            let held = |config: &Config| config.state.lock == id || config.state.lock == ANY;
            let alive = setters[place(id)] > itself
                || configs.iter().any(|config| held(config) || config.spent.binary_search(number).is_ok())
                || sizes && step.writes().is_some();
            if !alive && let Some(set) = step.may_set() {
                setters[place(set)] -= 1;
            }
            alive
        });
    }
}

/// The state after `step` if taking it now makes no difference to what can follow (see the top of this file).
fn eager(model: &mut Model, state: &State, step: &Step, now: Time, out: &mut Vec<State>) -> Option<State> {
    let refreshes = step.haste == Haste::Refreshes && model.certain(state, step.by);
    if step.haste == Haste::None || step.haste == Haste::Refreshes && !refreshes {
        return None;
    }
    model.next(state, step, now, out);
    out.iter().copied().find(|next| *next == *state || refreshes && State { since: next.since, ..*state } == *next)
}
