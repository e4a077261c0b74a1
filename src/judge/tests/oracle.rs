//! A judge that tries every order there is, with rules written down a second time, for histories of a few operations: the
//! two must agree, on what happened and on what was altered afterwards.

use std::{collections::BTreeSet, time::Duration};

use proptest::prelude::*;

use super::{
    super::{
        Judge,
        history::{Call, Content, FileStart, History, LockBefore, Operation, Outcome, Reply, Text},
        synthetic::{Shape, make},
    },
    innocent::profile,
};

#[derive(Clone)]
struct Truth {
    lock: Option<Text>,
    content: Content,
    /// `None` after a writing whose version nobody was told.
    version: Option<Text>,
    past: BTreeSet<Text>,
}

struct Oracle<'a> {
    operations: &'a [Operation],
    /// Versions that some writing was told.
    told: BTreeSet<Text>,
}

impl Oracle<'_> {
    /// Whether what is not in `placed` can follow, when everything placed was invoked by `latest`.
    fn explains(&self, placed: u32, latest: u64, truth: &Truth) -> bool {
        let waiting = |place: &usize| placed & (1 << place) == 0;
        let all = 0..self.operations.len();
        if all.clone().filter(waiting).all(|place| self.operations[place].reply().is_none()) {
            return true;
        }
        for place in all.clone().filter(waiting) {
            let operation = &self.operations[place];
            let due = all.clone().filter(waiting).any(|other| {
                let other = &self.operations[other];
                other.reply().is_some() && other.ended() < operation.invoked
            });
            let late = matches!(operation.outcome, Outcome::Unknown { by: Some(by), .. } if by < latest);
            if due || late {
                continue;
            }
            let latest = latest.max(operation.invoked);
            if let Some(next) = self.next(truth, operation)
                && self.explains(placed | 1 << place, latest, &next)
            {
                return true;
            }
        }
        false
    }

    fn next(&self, before: &Truth, operation: &Operation) -> Option<Truth> {
        let mut truth = before.clone();
        let id = match &operation.call {
            Call::Lock { id } | Call::Refresh { id } | Call::Unlock { id } | Call::Relock { new: id, .. } => id,
            _ => &Some(Text::default()),
        };
        if id.is_none() {
            return operation.reply().is_some_and(|reply| reply.status == 400).then_some(truth);
        }
        let held = before.lock.clone();
        let done = match &operation.call {
            Call::GetLock | Call::Get | Call::Info => true,
            Call::Lock { id } => {
                let free = held.is_none() || held == *id;
                if free {
                    truth.lock.clone_from(id);
                }
                free
            }
            Call::Refresh { id } => held.is_some() && held == *id,
            Call::Unlock { id } => {
                let mine = held.is_some() && held == *id;
                if mine {
                    truth.lock = None;
                }
                mine
            }
            Call::Relock { old, new } => {
                let mine = held.as_ref() == Some(old);
                if mine {
                    truth.lock.clone_from(new);
                }
                mine
            }
            Call::Put { lock, body, cut, .. } => {
                let may = if held.is_some() { held == *lock } else { before.content.length == 0 };
                if may && !cut {
                    truth.content = *body;
                    truth.version = None;
                }
                may && !cut
            }
            other => unreachable!("{other:?} is not made"),
        };
        let Some(reply) = operation.reply() else { return done.then_some(truth) };
        if reply.status == 409 {
            return (!done && reply.lock.as_deref() == Some(held.as_deref().unwrap_or(""))).then_some(truth);
        }
        if !done || reply.status != 200 {
            return None;
        }
        if operation.call == Call::GetLock && reply.lock.as_deref() != Some(held.as_deref().unwrap_or("")) {
            return None;
        }
        self.reads(truth, operation, reply)
    }

    fn reads(&self, mut truth: Truth, operation: &Operation, reply: &Reply) -> Option<Truth> {
        if operation.call == Call::Get && reply.content != Some(truth.content) {
            return None;
        }
        if operation.call == Call::Info && reply.size != Some(truth.content.length) {
            return None;
        }
        let version = reply.version.clone()?;
        match &truth.version {
            Some(current) if *current == version => {}
            Some(_) => return None,
            None => {
                let written = matches!(operation.call, Call::Put { .. });
                if truth.past.contains(&version) || !written && self.told.contains(&version) {
                    return None;
                }
                truth.past.insert(version.clone());
                truth.version = Some(version);
            }
        }
        Some(truth)
    }
}

fn oracle(history: &History) -> bool {
    let start: &FileStart = &history.files[0];
    let told = history
        .operations
        .iter()
        .filter(|operation| matches!(operation.call, Call::Put { .. }))
        .filter_map(|operation| operation.reply().filter(|reply| reply.success())?.version.clone())
        .collect();
    let lock = match &start.lock {
        LockBefore::Held(id) => Some(id.clone()),
        LockBefore::Unlocked | LockBefore::Unknown => None,
    };
    let past = start.version.iter().cloned().collect();
    let truth = Truth { lock, content: start.content.expect("known"), version: start.version.clone(), past };
    Oracle { operations: &history.operations, told }.explains(0, 0, &truth)
}

/// What can be said wrong.
#[derive(Clone, Debug)]
struct Lie {
    place: prop::sample::Index,
    other: prop::sample::Index,
    what: u8,
    shift: u64,
}

fn lies() -> impl Strategy<Value = Vec<Lie>> {
    let lie = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..8_u8, 0..8_000_000_u64)
        .prop_map(|(place, other, what, shift)| Lie { place, other, what, shift });
    prop::collection::vec(lie, 0..3)
}

fn tell(history: &mut History, lie: &Lie) {
    let other = lie.other.get(&history.operations).clone();
    let place = lie.place.index(history.operations.len());
    let operation = &mut history.operations[place];
    let invoked = operation.invoked;
    let Outcome::Answered { at, reply } = &mut operation.outcome else { return };
    let heard = other.reply().cloned().unwrap_or_default();
    let locks = !matches!(operation.call, Call::Get | Call::Info | Call::GetLock);
    match lie.what {
        0 if locks && reply.status == 200 => {
            *reply = Reply { status: 409, lock: Some(heard.lock.unwrap_or_default()), ..Reply::default() };
        }
        1 if locks && reply.status == 409 => {
            *reply = Reply { status: 200, version: heard.version.or(Some("v2".into())), ..Reply::default() };
        }
        2 if reply.lock.is_some() => reply.lock = Some(heard.lock.unwrap_or_default()),
        3 if reply.lock.is_some() => {
            if let Call::Lock { id: Some(id) } = &other.call {
                reply.lock = Some(id.clone());
            }
        }
        4 if reply.version.is_some() && heard.version.is_some() => reply.version = heard.version,
        5 if reply.content.is_some() => {
            if let Call::Put { body, .. } = &other.call {
                reply.content = Some(*body);
            }
        }
        6 => operation.invoked = invoked.saturating_sub(lie.shift),
        7 => *at += lie.shift,
        _ => {}
    }
}

prop_compose! {
    fn shapes()(
        operations in 3..8_u32,
        clients in 1..5_u32,
        ids in prop::sample::select(vec![0, 1, 2]),
        lost in prop::sample::select(vec![0, 100, 300]),
        empty in prop::sample::select(vec![0, 500]),
        seed in any::<u64>(),
    ) -> Shape {
        Shape {
            files: 1, operations, clients, ids, lost, empty, seed,
            unentitled: 0, pauses: 0, crashes: 0,
            lock_timeout: Duration::from_secs(1800),
            restart_slack: Duration::ZERO,
            fault: None,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6_000))]

    #[test]
    fn the_search_agrees_with_a_judge_who_tries_every_order(shape in shapes(), lies in lies(), bounded in any::<bool>()) {
        let mut history = make(&shape).history;
        for lie in &lies {
            tell(&mut history, lie);
        }
        if bounded {
            for operation in &mut history.operations {
                if let Outcome::Unknown { by, gave_up, .. } = &mut operation.outcome {
                    *by = Some(*gave_up);
                }
            }
        }
        let report = Judge::new(profile(&shape)).judge(&history);
        let order = oracle(&history);
        prop_assert!(report.undecided.is_empty());
        prop_assert_eq!(report.guilty_files == 0, order, "{}\n{:#?}", report, history);
        // What is convicted by name has no order either.
        let named = report.invariants.iter().any(|tally| tally.violated > 0);
        prop_assert!(!(named && order), "{}\n{:#?}", report, history);
        // The reduced history convicts before the other judge as well, if it can be put to it.
        for violation in report.violations.iter().filter(|violation| violation.rule == super::super::Rule::Linearizability) {
            let again = Judge::new(profile(&shape)).judge(&violation.history);
            prop_assert_eq!(again.guilty_files, 1, "{}\n{}", report, again);
        }
    }
}
