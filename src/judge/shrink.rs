//! From a history that makes no sense to the smallest part of it that makes none.
//!
//! # Why the small history convicts
//!
//! To leave operations out of a history can make nonsense of it: without the Lock, no Unlock can succeed. Only such
//! reductions are made that keep sense: *if the history before had an order, so has the history after*. Read backwards: if
//! the small one has none, neither had the large one. Each starts from an order of the larger history and gives one of the
//! smaller:
//!
//! - **Cut after**: nothing that was invoked after the failing reply is kept; what was under way then loses its reply. The
//!   order's beginning is an order of that. (The search looks ahead and may get stuck early; the first reply without which
//!   there is an order is found by halving.)
//! - **Drop what changes nothing**: readings, refusals. Without them the order still holds.
//! - **Look at locks only, or at contents only** ([`Facet`]; also: not at names): each part of the specification allows what
//!   the whole allows.
//! - **Begin later**: operations that ended before a moment are dropped, nothing is taken to be known at that moment, and what
//!   was under way then loses its reply. The order's remainder begins in some state; the unknown start allows every state.
//! - **Drop a lock id** (when looking at locks only), with all ids that UnlockAndRelock ties to it: every operation that
//!   names it, in the request or in the reply. In the order, the file was then unlocked where it was held by one of these;
//!   the operations left over said nothing of them.
//! - **Drop a content** (when looking at contents only), with all versions and contents tied to it: every writing and every
//!   reading of it. In the order, the file then kept what it had before.
//!
//! Which of the many possible reductions are made is found by delta debugging (A. Zeller and R. Hildebrandt, *Simplifying and
//! isolating failure-inducing input*, IEEE Trans. Softw. Eng. 28(2), 2002): halves, quarters, and so on down to single ones, as
//! long as the rest still convicts.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    check::{Found, search},
    describe,
    history::{Authority, Call, Content, FileStart, LockBefore, Loss, Mark, Nanos, Operation, Outcome},
    profile::Profile,
    steps::{Facet, Lives, Steps, time},
};

/// How many searches the shrinking of one history may cost, and how much work each.
const SEARCHES: usize = 600;
const WORK: u64 = 200_000;

/// A history of one file that has no order.
#[derive(Clone, Debug)]
pub(super) struct Smallest {
    pub(super) start: FileStart,
    pub(super) operations: Vec<Operation>,
    pub(super) marks: Vec<Mark>,
    /// The place of the operation that fits nothing.
    pub(super) culprit: usize,
    pub(super) why: String,
}

struct Shrinker<'a> {
    profile: &'a Profile,
    marks: &'a [Mark],
    lives: Lives,
    searches: usize,
}

/// Reduces a file's history that [`search`] found to have no order.
pub(super) fn shrink(operations: &[&Operation], start: &FileStart, marks: &[Mark], profile: &Profile) -> Smallest {
    let mut shrinker = Shrinker { profile, marks, lives: Lives::new(profile, marks), searches: 0 };
    let mut start = start.clone();
    let mut kept: Vec<Operation> = operations.iter().copied().cloned().collect();
    shrinker.cut(&mut kept, &start, Facet::Whole);
    let nameless = without_names(&kept);
    if shrinker.convicts(&nameless, &start, Facet::Whole) {
        kept = nameless;
        start.name = None;
    }
    let facet = [Facet::Locks, Facet::Contents]
        .into_iter()
        .find(|facet| shrinker.convicts(&kept, &start, *facet))
        .unwrap_or(Facet::Whole);
    loop {
        let before = kept.len();
        shrinker.begin_later(&mut kept, &mut start, facet);
        shrinker.drop_units(&mut kept, &start, facet);
        shrinker.cut(&mut kept, &start, facet);
        if kept.len() == before || shrinker.searches >= SEARCHES {
            break;
        }
    }
    shrinker.finish(kept, start, facet)
}

/// The reply of an operation is forgotten: it may have been carried out until it ended, or never.
fn forget(operation: &mut Operation) {
    if let Outcome::Answered { at, reply } = &operation.outcome
        && !reply.leaves_open()
    {
        operation.outcome = Outcome::Unknown { why: Loss::TimedOut, gave_up: *at, by: Some(*at) };
    }
}

fn cut_after(operations: impl Iterator<Item = Operation>, end: Nanos) -> Vec<Operation> {
    let mut kept: Vec<Operation> = operations.filter(|operation| operation.invoked <= end).collect();
    for operation in &mut kept {
        if operation.ended() > end {
            forget(operation);
        }
    }
    kept.retain(|operation| operation.call.changes() || !operation.open());
    kept
}

fn without_names(operations: &[Operation]) -> Vec<Operation> {
    let mut kept = operations.to_vec();
    kept.retain(|operation| !(matches!(operation.call, Call::Rename { .. }) && operation.succeeded()));
    for operation in &mut kept {
        if let Outcome::Answered { reply, .. } = &mut operation.outcome {
            reply.name = None;
        }
    }
    kept
}

impl Shrinker<'_> {
    fn search(&mut self, operations: &[Operation], start: &FileStart, facet: Facet) -> (Steps, Found) {
        self.searches += 1;
        let references: Vec<&Operation> = operations.iter().collect();
        let steps = Steps::new(&references, start, self.marks, self.profile, facet);
        let found = search(&steps, self.profile, WORK);
        (steps, found)
    }

    fn convicts(&mut self, operations: &[Operation], start: &FileStart, facet: Facet) -> bool {
        matches!(self.search(operations, start, facet), (_, Found::None(_)))
    }

    /// Looks for the first reply after which there is no order, and drops what came later.
    fn cut(&mut self, kept: &mut Vec<Operation>, start: &FileStart, facet: Facet) {
        let mut ends: Vec<Nanos> = kept.iter().map(Operation::ended).collect();
        ends.sort_unstable();
        let (mut innocent, mut guilty) = (0, ends.len().saturating_sub(1));
        while innocent < guilty {
            let middle = usize::midpoint(innocent, guilty);
            if self.convicts(&cut_after(kept.iter().cloned(), ends[middle]), start, facet) {
                guilty = middle;
            } else {
                innocent = middle + 1;
            }
        }
        if let Some(end) = ends.get(guilty) {
            let rest = cut_after(kept.iter().cloned(), *end);
            if self.convicts(&rest, start, facet) {
                *kept = rest;
            }
        }
    }

    /// Looks for the latest beginning, doubling the number of operations that are kept.
    fn begin_later(&mut self, kept: &mut Vec<Operation>, start: &mut FileStart, facet: Facet) {
        let mut ends: Vec<Nanos> = kept.iter().map(Operation::ended).collect();
        ends.sort_unstable();
        let mut many = 1;
        while many <= ends.len() && self.searches < SEARCHES {
            let (later, begin) = (self.begin_at(kept, ends[ends.len() - many]), ends[ends.len() - many]);
            let unknown =
                FileStart { number: start.number, label: start.label.clone(), at: begin, ..FileStart::default() };
            if self.convicts(&later, &unknown, facet) {
                (*kept, *start) = (later, unknown);
                return;
            }
            many = if many < 8 { many + 1 } else { many * 3 / 2 };
        }
    }

    fn begin_at(&self, operations: &[Operation], begin: Nanos) -> Vec<Operation> {
        let over = |operation: &Operation| operation.ended() < begin && self.lives.last_effect(operation) < time(begin);
        let mut kept: Vec<Operation> = operations.iter().filter(|operation| !over(operation)).cloned().collect();
        for operation in &mut kept {
            if operation.invoked < begin {
                forget(operation);
            }
        }
        kept.retain(|operation| operation.call.changes() || !operation.open());
        kept
    }

    fn drop_units(&mut self, kept: &mut Vec<Operation>, start: &FileStart, facet: Facet) {
        let mut units = units(kept, start, facet);
        let mut chunk = units.len().div_ceil(2).max(1);
        let mut gone: BTreeSet<usize> = BTreeSet::new();
        while !units.is_empty() && self.searches < SEARCHES {
            let mut left = Vec::new();
            let mut some = false;
            for group in units.chunks(chunk) {
                let tried: BTreeSet<usize> = gone.iter().chain(group.iter().flatten()).copied().collect();
                let rest = without(kept, &tried);
                if self.searches < SEARCHES && self.convicts(&rest, start, facet) {
                    gone = tried;
                    some = true;
                } else {
                    left.extend(group.iter().cloned());
                }
            }
            units = left;
            if chunk == 1 && !some {
                break;
            }
            chunk = chunk.div_ceil(2).max(1);
        }
        *kept = without(kept, &gone);
    }

    fn finish(mut self, mut kept: Vec<Operation>, mut start: FileStart, facet: Facet) -> Smallest {
        kept.sort_by_key(|operation| operation.invoked);
        let answered = |(_, operation): &(usize, &Operation)| operation.reply().is_some();
        let last = kept.iter().enumerate().filter(answered).max_by_key(|(_, operation)| operation.ended());
        let culprit = last.map_or(0, |(place, _)| place);
        let why = match self.search(&kept, &start, facet) {
            (steps, Found::None(stuck)) if stuck.op == culprit => {
                describe::misfit(stuck.op, &stuck.states, &steps, facet)
            }
            _ => "no order of what came before explains it.".to_owned(),
        };
        let from = kept.iter().map(|operation| operation.invoked).min().unwrap_or(0);
        let to = kept.iter().map(Operation::ended).max().unwrap_or(0);
        let marks = self.marks.iter().filter(|mark| (from..=to).contains(&mark.at())).cloned().collect();
        if facet == Facet::Contents {
            start.lock = LockBefore::Unknown;
        } else if facet == Facet::Locks {
            (start.content, start.version) = (None, None);
        }
        Smallest { start, operations: kept, marks, culprit, why }
    }
}

fn without(operations: &[Operation], gone: &BTreeSet<usize>) -> Vec<Operation> {
    let kept = operations.iter().enumerate().filter(|(place, _)| !gone.contains(place));
    kept.map(|(_, operation)| operation.clone()).collect()
}

/// Sets of operations that may be left out together (see the top of this file).
fn units(operations: &[Operation], start: &FileStart, facet: Facet) -> Vec<Vec<usize>> {
    let mut units: Vec<Vec<usize>> = Vec::new();
    let mut groups = Groups::default();
    for operation in operations {
        groups.tie(&values(operation, facet));
    }
    let fixed: BTreeSet<usize> = start_values(start, facet).iter().filter_map(|value| groups.find(value)).collect();
    let mut members: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for (place, operation) in operations.iter().enumerate() {
        if is_pure(operation, facet) {
            units.push(vec![place]);
        }
        for value in values(operation, facet) {
            if let Some(group) = groups.find(&value) {
                members.entry(group).or_default().insert(place);
            }
        }
        for value in told(operation, facet) {
            if let Some(group) = groups.find(&value) {
                members.entry(group).or_default().insert(place);
            }
        }
    }
    let bare = |operation: &Operation| {
        operation
            .reply()
            .is_some_and(|reply| reply.size.is_some() && reply.version.is_none() && reply.content.is_none())
    };
    if facet != Facet::Contents || !operations.iter().any(bare) {
        let groups = members.into_iter().filter(|(group, _)| !fixed.contains(group));
        units.extend(groups.map(|(_, places)| places.into_iter().collect()));
    }
    units
}

/// Whether an operation cannot have changed what the facet looks at.
fn is_pure(operation: &Operation, facet: Facet) -> bool {
    let refused = operation.reply().is_some_and(|reply| !reply.success() && !reply.leaves_open());
    let writes = matches!(operation.call, Call::Put { .. } | Call::Rename { .. });
    let locks = matches!(
        operation.call,
        Call::Lock { .. } | Call::Relock { .. } | Call::Refresh { .. } | Call::Unlock { .. } | Call::UserInfo
    );
    let powerless = operation.authority != Authority::Full && !operation.succeeded();
    refused
        || powerless
        || !operation.call.changes()
        || facet == Facet::Locks && writes
        || facet == Facet::Contents && locks
}

/// Something by which operations hang together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Value {
    Id(Box<str>),
    Bytes([u8; 32], u64),
    Version(Box<str>),
}

fn content(content: &Content) -> Value {
    Value::Bytes(content.digest.0, content.length)
}

/// The values that an operation ties together.
fn values(operation: &Operation, facet: Facet) -> Vec<Value> {
    let id = |id: &Option<Box<str>>| id.iter().cloned().map(Value::Id).collect::<Vec<_>>();
    match (facet, &operation.call) {
        (Facet::Whole, _) => Vec::new(),
        (Facet::Locks, Call::Lock { id: lock } | Call::Refresh { id: lock } | Call::Unlock { id: lock }) => id(lock),
        (Facet::Locks, Call::Relock { old, new }) => std::iter::once(Value::Id(old.clone())).chain(id(new)).collect(),
        (Facet::Locks, Call::Put { lock, .. } | Call::Rename { lock, .. }) => id(lock),
        (Facet::Locks, _) => Vec::new(),
        (Facet::Contents, call) => {
            let mut values = Vec::new();
            if let Call::Put { body, .. } = call
                && (operation.succeeded() || operation.open())
            {
                values.push(content(body));
            }
            if let Some(reply) = operation.reply().filter(|reply| reply.success()) {
                values.extend(reply.content.as_ref().map(content));
                values.extend(reply.version.clone().map(Value::Version));
            }
            values
        }
    }
}

/// The values that only its reply names: they go with it, but it does not tie them.
fn told(operation: &Operation, facet: Facet) -> Vec<Value> {
    let lock = operation.reply().and_then(|reply| reply.lock.clone()).filter(|id| !id.is_empty());
    if facet == Facet::Locks { lock.map(Value::Id).into_iter().collect() } else { Vec::new() }
}

fn start_values(start: &FileStart, facet: Facet) -> Vec<Value> {
    match facet {
        Facet::Whole => Vec::new(),
        Facet::Locks => match &start.lock {
            LockBefore::Held(id) => vec![Value::Id(id.clone())],
            LockBefore::Unknown | LockBefore::Unlocked => Vec::new(),
        },
        Facet::Contents => {
            let version = start.version.clone().map(Value::Version);
            start.content.as_ref().map(content).into_iter().chain(version).collect()
        }
    }
}

/// Values that hang together, by union and find.
#[derive(Default)]
struct Groups {
    numbers: BTreeMap<Value, usize>,
    parents: Vec<usize>,
}

impl Groups {
    fn root(&self, mut number: usize) -> usize {
        while self.parents[number] != number {
            number = self.parents[number];
        }
        number
    }

    fn find(&self, value: &Value) -> Option<usize> {
        self.numbers.get(value).map(|number| self.root(*number))
    }

    fn tie(&mut self, values: &[Value]) {
        let mut first = None;
        for value in values {
            let fresh = self.parents.len();
            let number = *self.numbers.entry(value.clone()).or_insert(fresh);
            if number == fresh {
                self.parents.push(fresh);
            }
            let root = self.root(number);
            let first = *first.get_or_insert(root);
            self.parents[root] = first;
        }
    }
}
