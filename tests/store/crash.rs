//! A crash at any write leaves each batch whole or absent, and every acknowledged one whole.

use std::{
    collections::BTreeMap,
    ops::Bound,
    sync::{Arc, Mutex, OnceLock, Weak},
};

use bytes::Bytes;
use lockhouse::store::{
    backing::{Backing, BackingError},
    engine::{Batch, Engine as _, EngineOptions, Expect, Key, LocalEngine, Record, Revision},
    memory::MemoryDatabase,
};
use proptest::prelude::*;

use crate::place::{everything, outcome};

type State = BTreeMap<Key, Record>;

/// Takes, at every flush, what a crash after each of the unflushed writes would leave.
struct Probe {
    database: MemoryDatabase,
    tree: Arc<dyn Backing>,
    engine: OnceLock<Weak<LocalEngine>>,
    /// What was acknowledged before the flush, and what a crash during it may leave.
    crashes: Mutex<Vec<(Revision, MemoryDatabase)>>,
}

impl Backing for Probe {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, BackingError> {
        self.tree.get(key)
    }
    fn insert(&self, key: &[u8], value: &[u8]) -> Result<(), BackingError> {
        self.tree.insert(key, value)
    }
    fn remove(&self, key: &[u8]) -> Result<(), BackingError> {
        self.tree.remove(key)
    }
    fn scan(&self, from: Bound<&[u8]>, to: Bound<&[u8]>, limit: usize) -> Result<Vec<(Key, Bytes)>, BackingError> {
        self.tree.scan(from, to, limit)
    }
    fn last_key(&self) -> Result<Option<Key>, BackingError> {
        self.tree.last_key()
    }
    fn size_on_disk(&self) -> Result<u64, BackingError> {
        self.tree.size_on_disk()
    }
    fn flush(&self) -> Result<(), BackingError> {
        let acked = self.engine.get().and_then(Weak::upgrade).map_or(0, |engine| engine.durable_revision());
        let crashes = (0..=self.database.unflushed()).map(|keep| (acked, self.database.crashed(keep)));
        self.crashes.lock().unwrap().extend(crashes);
        self.tree.flush()
    }
}

fn key() -> impl Strategy<Value = Key> {
    (b'a'..=b'f').prop_map(|letter| vec![letter])
}

/// Values long enough that some redo records have several parts.
fn record_value() -> impl Strategy<Value = Bytes> {
    (any::<u8>(), prop_oneof![Just(0_usize), Just(8), Just(3000)]).prop_map(|(byte, len)| vec![byte; len].into())
}

fn batch() -> impl Strategy<Value = Batch> {
    let expect = prop_oneof![Just(Expect::Absent), Just(Expect::Present), (1_u64..12).prop_map(Expect::Revision)];
    let counter = prop_oneof![Just(b"x".to_vec()), Just(b"y".to_vec())];
    (
        prop::collection::vec((key(), expect), 0..2),
        prop::collection::vec((key(), record_value()), 0..4),
        prop::collection::vec(key(), 0..3),
        prop::collection::vec((counter, -5_i64..5), 0..2),
    )
        .prop_map(|(require, set, clear, add)| Batch { require, set, clear, add })
}

/// What the batch makes of a state; `None` when a precondition fails. Written from the contract, not from the engine.
fn apply(state: &State, revision: Revision, batch: &Batch) -> Option<State> {
    for (key, expect) in &batch.require {
        let record = state.get(key);
        let holds = match expect {
            Expect::Absent => record.is_none(),
            Expect::Present => record.is_some(),
            Expect::Revision(revision) => record.map(|record| record.revision) == Some(*revision),
        };
        if !holds {
            return None;
        }
    }
    let mut next = state.clone();
    for (key, value) in &batch.set {
        next.insert(key.clone(), Record { revision, value: value.clone() });
    }
    for key in &batch.clear {
        next.remove(key);
    }
    for (key, difference) in &batch.add {
        let before = next.get(key).map_or(0, |record| i64::from_le_bytes(record.value.as_ref().try_into().unwrap()));
        let value = Bytes::copy_from_slice(&(before + difference).to_le_bytes());
        next.insert(key.clone(), Record { revision, value });
    }
    Some(next)
}

fn state_of(engine: &LocalEngine) -> State {
    everything(engine).into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn after_a_crash_at_any_write_the_store_is_as_after_some_batch_that_was_not_before_the_last_acknowledged(
        batches in prop::collection::vec(batch(), 1..12),
        group in 1_usize..6,
    ) {
        let database = MemoryDatabase::new();
        let tree = database.tree("records");
        let probe = Arc::new(Probe { database, tree, engine: OnceLock::new(), crashes: Mutex::default() });
        let options = EngineOptions { group, ..EngineOptions::default() };
        let engine = LocalEngine::open(Arc::clone(&probe) as Arc<dyn Backing>, options).unwrap();
        probe.engine.set(Arc::downgrade(&engine)).unwrap();

        let mut states = vec![State::new()];
        let tickets: Vec<_> = batches.iter().map(|batch| engine.submit(batch.clone()).unwrap()).collect();
        for (ticket, batch) in tickets.into_iter().zip(&batches) {
            let before = states.last().unwrap();
            let after = apply(before, ticket.revision(), batch);
            prop_assert_eq!(outcome(ticket).is_ok(), after.is_some());
            states.push(after.unwrap_or_else(|| before.clone()));
        }
        prop_assert_eq!(&state_of(&engine), states.last().unwrap());

        for (acked, crashed) in std::mem::take(&mut *probe.crashes.lock().unwrap()) {
            let reopened = LocalEngine::open(crashed.tree("records"), EngineOptions::default()).unwrap();
            let found = state_of(&reopened);
            let acked = usize::try_from(acked).unwrap();
            prop_assert!(states[acked..].contains(&found), "acknowledged {acked} of {}: {found:?}", batches.len());
            let highest = found.values().map(|record| record.revision).max().unwrap_or(0);
            let next = outcome(reopened.submit(Batch::new().set("z", "")).unwrap()).unwrap();
            prop_assert!(next > highest);
        }
    }
}
