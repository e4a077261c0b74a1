//! The plainest engine there can be: every batch is durable at once.

use std::{
    collections::BTreeMap,
    ops::Bound,
    sync::{Arc, Mutex, MutexGuard},
};

use crate::store::engine::{Batch, CommitError, Cut, Engine, EngineError, Expect, Key, Record, Revision, Ticket};

#[derive(Default)]
pub(super) struct PlainEngine(Mutex<State>);

#[derive(Default)]
struct State {
    records: BTreeMap<Key, Record>,
    revision: Revision,
    busy: usize,
    refused: Option<Arc<str>>,
}

impl PlainEngine {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    pub(super) fn apply(&self, batch: Batch) -> Revision {
        self.try_apply(batch).unwrap()
    }

    fn try_apply(&self, batch: Batch) -> Result<Revision, CommitError> {
        assert!(batch.add.is_empty());
        let mut state = self.state();
        for (key, expect) in batch.require {
            assert_eq!(expect, Expect::Absent);
            if state.records.contains_key(&key) {
                return Err(CommitError::Conflict { key });
            }
        }
        state.revision += 1;
        let revision = state.revision;
        for (key, value) in batch.set {
            assert!(value.len() <= crate::store::engine::MAX_VALUE);
            state.records.insert(key, Record { revision, value });
        }
        for key in batch.clear {
            state.records.remove(&key);
        }
        Ok(revision)
    }

    /// Lets the next submissions find the queue full.
    pub(super) fn be_busy(&self, times: usize) {
        self.state().busy = times;
    }
}

impl Engine for PlainEngine {
    fn refuse_writes(&self, reason: &str) {
        self.state().refused = Some(reason.into());
    }

    fn get(&self, key: &[u8]) -> Result<Option<Record>, EngineError> {
        Ok(self.state().records.get(key).cloned())
    }

    fn scan(&self, from: Bound<&[u8]>, to: Bound<&[u8]>, limit: usize) -> Result<Vec<(Key, Record)>, EngineError> {
        let state = self.state();
        let found = state.records.range::<[u8], _>((from, to)).take(limit);
        Ok(found.map(|(key, record)| (key.clone(), record.clone())).collect())
    }

    fn submit(&self, batch: Batch) -> Result<Ticket, EngineError> {
        let mut state = self.state();
        if state.busy > 0 {
            state.busy -= 1;
            return Err(EngineError::Busy);
        }
        drop(state);
        let outcome = self.try_apply(batch);
        let revision = outcome.clone().unwrap_or_default();
        Ok(Ticket::new(revision, async { outcome.map(drop) }))
    }

    fn epoch(&self) -> u64 {
        0
    }

    fn durable_revision(&self) -> Revision {
        self.state().revision
    }

    fn begin_cut(&self) -> Result<Box<dyn Cut>, EngineError> {
        Err(EngineError::Busy)
    }

    fn health(&self) -> Result<(), EngineError> {
        self.state().refused.clone().map_or(Ok(()), |reason| Err(EngineError::ReadOnly(reason)))
    }

    fn close(&self) {}
}
