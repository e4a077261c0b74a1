//! The commit thread: decides batches one after the other, writes them, flushes once for all, publishes, and answers.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use bytes::Bytes;

use super::{
    Batch, CommitError, Expect, Key, Record, Revision,
    cut::CutSlot,
    local::CommitObserver,
    published::{Published, read_error},
    queue::{Answer, Next, Queue, Waiting},
    recent::Recent,
    redo::{self, Changes},
    stored::{self, LAST_REVISION, RESERVED_TO},
};
use crate::store::{
    backing::{Backing, BackingError},
    watchdog::InFlight,
};

/// Revisions are reserved on the disk in such numbers, so that a crash can repeat none.
const RESERVE: u64 = 1 << 16;

/// Bytes of records that the commit thread remembers.
const REMEMBERED: usize = 16 * 1024 * 1024;

/// What the commit thread shares with the engine's face.
pub(super) struct Shared {
    pub(super) backing: Arc<dyn Backing>,
    pub(super) queue: Queue,
    pub(super) published: Published,
    pub(super) cut: Arc<CutSlot>,
    pub(super) cut_limit: usize,
    pub(super) in_flight: Arc<InFlight>,
    pub(super) observer: Option<Arc<dyn CommitObserver>>,
    /// Whether the record of a key seldom changes.
    pub(super) seldom: fn(&[u8]) -> bool,
    /// How many groups have changed such records.
    pub(super) epoch: AtomicU64,
    /// The newest revision that is decided and durable.
    pub(super) durable: AtomicU64,
    /// The newest revision that [`LAST_REVISION`] names durably.
    pub(super) marked: AtomicU64,
}

impl Shared {
    /// Makes the engine read-only; who waits is told that the outcome is not known.
    pub(super) fn fail(&self, reason: &str, group: Vec<Answer>) {
        tracing::error!(
            reason,
            "the store cannot write any more and is read-only until a restart: free space or replace the disk, then restart \
             Lockhouse. What was acknowledged is safe, and can still be read"
        );
        let reason: Arc<str> = reason.into();
        let line = self.queue.fail(&reason);
        for answer in group.into_iter().chain(line.into_iter().map(|waiting| waiting.answer)) {
            // Whoever asked may have gone.
            let _ = answer.send(Err(CommitError::Failed(Arc::clone(&reason))));
        }
    }
}

/// The commit thread's own state.
pub(super) struct Committer {
    shared: Arc<Shared>,
    reserved_to: Revision,
    recent: Recent,
    /// The group at hand changes a record that seldom changes.
    epoch_ends: bool,
}

impl Committer {
    pub(super) fn new(shared: Arc<Shared>, reserved_to: Revision) -> Self {
        Self { shared, reserved_to, recent: Recent::new(REMEMBERED), epoch_ends: false }
    }

    /// Works until the line is closed and empty, or a write fails.
    pub(super) fn run(mut self) {
        loop {
            match self.shared.queue.next() {
                Next::Group(group) => {
                    if !self.commit(group) {
                        return;
                    }
                }
                Next::Cut(begun) => {
                    self.shared.cut.begin(self.shared.cut_limit);
                    // Whoever asked waits for it.
                    let _ = begun.send(());
                }
                Next::End => return,
            }
        }
    }

    /// Decides, writes and flushes one group, then answers; whether the store can go on.
    fn commit(&mut self, group: Vec<Waiting>) -> bool {
        let shared = Arc::clone(&self.shared);
        let size = group.len();
        let last = group.last().map_or(0, |waiting| waiting.revision);
        let (answers, batches): (Vec<Answer>, Vec<(Revision, Batch)>) =
            group.into_iter().map(|waiting| (waiting.answer, (waiting.revision, waiting.batch))).unzip();
        let mark = shared.in_flight.begin();
        let outcomes = self.write(batches, last);
        let began = Instant::now();
        let flushed = outcomes.and_then(|(outcomes, changed)| {
            if changed {
                shared.backing.flush()?;
                shared.marked.store(last, Ordering::Release);
            }
            Ok(outcomes)
        });
        drop(mark);
        let took = began.elapsed();
        let outcomes = match flushed {
            Ok(outcomes) => outcomes,
            Err(error) => {
                shared.fail(&error.to_string(), answers);
                return false;
            }
        };
        shared.queue.flushed(size, took);
        shared.published.publish();
        if std::mem::take(&mut self.epoch_ends) {
            shared.epoch.fetch_add(1, Ordering::AcqRel);
        }
        shared.durable.store(last, Ordering::Release);
        for (answer, outcome) in answers.into_iter().zip(outcomes) {
            // Whoever asked may have gone.
            let _ = answer.send(outcome);
        }
        if let Some(observer) = &shared.observer {
            observer.committed(size, took);
        }
        true
    }

    /// Decides and writes all of a group; what became of each batch, and whether there is anything to flush.
    fn write(
        &mut self,
        batches: Vec<(Revision, Batch)>,
        last: Revision,
    ) -> Result<(Vec<Result<(), CommitError>>, bool), BackingError> {
        let mut changed = false;
        if last > self.reserved_to {
            self.reserved_to = last.saturating_add(RESERVE);
            self.shared.backing.insert(RESERVED_TO, &self.reserved_to.to_be_bytes())?;
            changed = true;
        }
        let mut outcomes = Vec::with_capacity(batches.len());
        for (revision, batch) in batches {
            if let Some(key) = self.unmet(&batch)? {
                outcomes.push(Err(CommitError::Conflict { key }));
                continue;
            }
            changed |= self.apply(revision, batch)?;
            outcomes.push(Ok(()));
        }
        if changed {
            self.shared.backing.insert(LAST_REVISION, &last.to_be_bytes())?;
        }
        Ok((outcomes, changed))
    }

    /// The newest state of a record, flushed or not.
    fn newest(&mut self, key: &Key) -> Result<Option<Record>, BackingError> {
        self.recent.get(&*self.shared.backing, key)
    }

    /// The first precondition that does not hold.
    fn unmet(&mut self, batch: &Batch) -> Result<Option<Key>, BackingError> {
        for (key, expect) in &batch.require {
            let record = self.newest(key)?;
            let holds = match expect {
                Expect::Absent => record.is_none(),
                Expect::Present => record.is_some(),
                Expect::Revision(revision) => record.is_some_and(|record| record.revision == *revision),
            };
            if !holds {
                return Ok(Some(key.clone()));
            }
        }
        Ok(None)
    }

    /// Writes one batch; whether that changed anything.
    fn apply(&mut self, revision: Revision, batch: Batch) -> Result<bool, BackingError> {
        let changes = self.resolve(revision, batch)?;
        let shared = Arc::clone(&self.shared);
        let backing = &*shared.backing;
        let redo = if changes.len() > 1 { redo::begin(backing, revision, &changes)? } else { Vec::new() };
        let mut wrote = !redo.is_empty();
        for (key, stored) in changes {
            let before = self.newest(&key)?;
            if stored.is_none() && before.is_none() {
                continue;
            }
            self.epoch_ends |= (shared.seldom)(&key);
            shared.published.keep(&key, before.as_ref());
            shared.cut.keep(&key, before.as_ref());
            let after = if let Some(stored) = stored {
                backing.insert(&key, &stored)?;
                Some(Record { revision, value: stored::value_of(&stored) })
            } else {
                backing.remove(&key)?;
                None
            };
            self.recent.put(key, after);
            wrote = true;
        }
        redo::finish(backing, &redo)?;
        Ok(wrote)
    }

    /// What a batch makes of which records: removals win over values, differences are added to what both have left.
    fn resolve(&mut self, revision: Revision, mut batch: Batch) -> Result<Changes, BackingError> {
        if batch.set.len() == 1 && batch.clear.is_empty() && batch.add.is_empty() {
            let only = batch.set.pop().into_iter();
            return Ok(only.map(|(key, value)| (key, Some(stored::encode(revision, &value)))).collect());
        }
        let mut changes: BTreeMap<Key, Option<Bytes>> = BTreeMap::new();
        changes.extend(batch.set.into_iter().map(|(key, value)| (key, Some(value))));
        changes.extend(batch.clear.into_iter().map(|key| (key, None)));
        for (key, difference) in batch.add {
            let before = match changes.get(&key) {
                Some(pending) => pending.clone(),
                None => self.newest(&key)?.map(|record| record.value),
            };
            let sum = counter(&key, before.as_ref()).saturating_add(difference);
            changes.insert(key, Some(Bytes::copy_from_slice(&sum.to_le_bytes())));
        }
        let stored = |value: Bytes| stored::encode(revision, &value);
        Ok(changes.into_iter().map(|(key, value)| (key, value.map(stored))).collect())
    }
}

/// Reads a counter. One that is damaged counts anew, rather than stop all that is counted with it.
fn counter(key: &Key, value: Option<&Bytes>) -> i64 {
    let Some(value) = value else { return 0 };
    if let Ok(bytes) = value.as_ref().try_into() {
        return i64::from_le_bytes(bytes);
    }
    tracing::error!(key = %key.escape_ascii(), "a counter is damaged and begins again at 0; `lockhouse check` can count anew");
    0
}

/// The number in one of the engine's own records.
pub(super) fn own_number(backing: &dyn Backing, key: &[u8]) -> Result<Option<Revision>, super::EngineError> {
    let Some(stored) = backing.get(key).map_err(read_error)? else { return Ok(None) };
    let number = stored.as_ref().try_into().map_err(|_| {
        super::EngineError::Read(format!("the engine's record `{}` is damaged", key.escape_ascii()).into())
    })?;
    Ok(Some(Revision::from_be_bytes(number)))
}
