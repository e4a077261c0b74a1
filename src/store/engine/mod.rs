//! Durable ordered records: the contract that everything above relies on.
//!
//! An engine keeps records under ordered byte keys. Every change is a [`Batch`] with preconditions, all or nothing across
//! a crash. Reading shows only what is on the disk: a value is published after the flush that made it durable.
//! [`LocalEngine`] keeps the contract with one commit thread over a [`Backing`](super::backing::Backing); a distributed store could keep it too.

mod acked;
mod committer;
mod cut;
mod local;
#[cfg(feature = "models")]
#[cfg(test)]
mod models;
mod published;
mod queue;
pub(crate) mod raw;
mod recent;
mod redo;
mod stored;
mod sync;

use std::{future::Future, ops::Bound, sync::Arc};

use bytes::Bytes;

pub use local::{CommitObserver, EngineOptions, EngineStats, LocalEngine, OpenError, OpenedReport, TailLost};

pub use super::watchdog::HUNG_EXIT_CODE;

/// A record's key.
pub type Key = Vec<u8>;

/// The number of the commit that last wrote a record; ascending over the whole engine, never reused in one data directory.
pub type Revision = u64;

/// The largest value that a record may have, in bytes. A sled page must not become a blob (17 records of 6 KiB stay under a
/// quarter of a 512 KiB segment).
pub const MAX_VALUE: usize = 6 * 1024;

/// The longest key, in bytes.
pub const MAX_KEY: usize = 1024;

/// The most bytes that one batch may have, keys, values and some overhead per record counted: its redo record is built in
/// memory.
pub const MAX_BATCH: usize = 16 * 1024 * 1024;

/// A durable record as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The commit that wrote it: what a later batch names in its preconditions.
    pub revision: Revision,
    /// The record's bytes.
    pub value: Bytes,
}

/// What a batch demands of one record before it may be applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// There is no such record.
    Absent,
    /// The record exists, whatever its revision.
    Present,
    /// The record was last written by exactly this commit.
    Revision(Revision),
}

/// Records that change together, and what must still be true for them to change.
///
/// Where a key is named more than once, the last value given wins, a removal wins over values, and differences are added to
/// what both have left. Keys that are empty or begin with a zero byte are the engine's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// Preconditions, checked by the commit thread against the newest state (durable or not yet).
    pub require: Vec<(Key, Expect)>,
    /// Records to write.
    pub set: Vec<(Key, Bytes)>,
    /// Records to remove; removing what is not there is no error.
    pub clear: Vec<Key>,
    /// Counters (little-endian `i64` records, absent = 0) to change by a difference. They commute: no precondition needed.
    pub add: Vec<(Key, i64)>,
}

impl Batch {
    /// An empty batch. Submitting it waits for everything submitted before it.
    pub fn new() -> Self {
        Self::default()
    }

    /// Demands that `key` be as `expect` says.
    #[must_use]
    pub fn require(mut self, key: impl Into<Key>, expect: Expect) -> Self {
        self.require.push((key.into(), expect));
        self
    }

    /// Writes `value` under `key`.
    #[must_use]
    pub fn set(mut self, key: impl Into<Key>, value: impl Into<Bytes>) -> Self {
        self.set.push((key.into(), value.into()));
        self
    }

    /// Removes `key`.
    #[must_use]
    pub fn clear(mut self, key: impl Into<Key>) -> Self {
        self.clear.push(key.into());
        self
    }

    /// Adds `difference` to the counter under `key`.
    #[must_use]
    pub fn add(mut self, key: impl Into<Key>, difference: i64) -> Self {
        self.add.push((key.into(), difference));
        self
    }
}

/// Why a batch was not applied.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// A precondition did not hold; nothing was changed. Load again and decide again.
    #[error("a record that the decision was made on has changed")]
    Conflict {
        /// The record whose precondition failed.
        key: Key,
    },
    /// The store can no longer write; whether this batch will be there after a restart is unknown.
    #[error("the store cannot write: {0}")]
    Failed(Arc<str>),
}

/// Why the engine did not take a batch or could not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// The commit queue is full. Try again shortly.
    #[error("too many changes are waiting for the disk")]
    Busy,
    /// A write or flush has failed earlier: reads go on, writes do not until a restart.
    #[error("the store is read-only since a write failed: {0}")]
    ReadOnly(Arc<str>),
    /// The engine is shutting down.
    #[error("the store is closing")]
    Closed,
    /// A key or value is over [`MAX_KEY`] or [`MAX_VALUE`], or the whole batch is over [`MAX_BATCH`].
    #[error("a record or batch of {size} bytes is over the limit of {limit}")]
    TooLarge {
        /// Bytes offered.
        size: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// The key is empty or begins with a zero byte: such keys are the engine's own.
    #[error("a key that is empty or begins with a zero byte is reserved")]
    Reserved,
    /// The disk could not be read.
    #[error("the store cannot read: {0}")]
    Read(Arc<str>),
}

/// The promise that a submitted batch will be decided; cheap to clone, may be awaited many times.
#[derive(Clone)]
pub struct Ticket {
    revision: Revision,
    done: futures_util::future::Shared<futures_util::future::BoxFuture<'static, Result<(), CommitError>>>,
}

impl Ticket {
    /// Joins a revision with the future of its outcome; for implementers of [`Engine`].
    pub fn new(revision: Revision, done: impl Future<Output = Result<(), CommitError>> + Send + 'static) -> Self {
        use futures_util::FutureExt as _;
        Self { revision, done: done.boxed().shared() }
    }

    /// The revision that every record of the batch gets when it is applied, known before it is durable.
    pub const fn revision(&self) -> Revision {
        self.revision
    }

    /// Waits until the batch is durable.
    ///
    /// # Errors
    /// [`CommitError`] when it was not applied.
    pub async fn wait(self) -> Result<(), CommitError> {
        self.done.await
    }
}

impl std::fmt::Debug for Ticket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ticket").field("revision", &self.revision).finish_non_exhaustive()
    }
}

/// Durable ordered records.
pub trait Engine: Send + Sync + 'static {
    /// Reads one durable record. Some microseconds when hot; may touch the disk.
    ///
    /// # Errors
    /// [`EngineError::Read`] when the disk cannot be read.
    fn get(&self, key: &[u8]) -> Result<Option<Record>, EngineError>;

    /// Reads at most `limit` durable records between two bounds, in key order. Not a snapshot: page by page.
    ///
    /// # Errors
    /// [`EngineError::Read`] when the disk cannot be read.
    fn scan(&self, from: Bound<&[u8]>, to: Bound<&[u8]>, limit: usize) -> Result<Vec<(Key, Record)>, EngineError>;

    /// Hands a batch to the commit thread and returns at once. Batches are decided in the order of submission, and a ticket
    /// is done only when all earlier ones are decided and durable.
    ///
    /// # Errors
    /// [`EngineError`] when the batch was not taken; nothing will come of it then.
    fn submit(&self, batch: Batch) -> Result<Ticket, EngineError>;

    /// The newest revision of which every earlier one is durable or refused.
    fn durable_revision(&self) -> Revision;

    /// Raised by each durable change of a record that seldom changes ([`EngineOptions::seldom`]), after the change can be read
    /// and before it is acknowledged. Whoever keeps what he made of such records looks at this first and reads afterwards:
    /// as long as the number stays, what he made is what he would make now.
    fn epoch(&self) -> u64;

    /// Differs after each durable change of this record from what it was before the change could be read; of other records'
    /// changes too. Whoever keeps a record looks at this first and reads afterwards: as long as it stays, reading again would
    /// give the same. `None` at a moment at which nothing may be kept, and always from an engine that does not tell.
    fn mark(&self, key: &[u8]) -> Option<u64> {
        let _ = key;
        None
    }

    /// Begins a consistent cut: a view of all records as they are when the commit thread gets to it. The engine keeps what
    /// changes since, ahead of the cut's reading position, until the cut is dropped. Waits for the group that is being flushed:
    /// blocking. Everything acknowledged before is in the cut.
    ///
    /// # Errors
    /// [`EngineError`] when the store is read-only, closing, or another cut is open ([`EngineError::Busy`]).
    fn begin_cut(&self) -> Result<Box<dyn Cut>, EngineError>;

    /// `Ok`, or why nothing can be written any more.
    ///
    /// # Errors
    /// [`EngineError::ReadOnly`] or [`EngineError::Closed`].
    fn health(&self) -> Result<(), EngineError>;

    /// Takes no more batches from now on, as after a failed write of its own: another part of the store has failed. Reads go
    /// on.
    fn refuse_writes(&self, reason: &str);

    /// Stops taking batches, makes durable what was taken, joins the commit thread. Blocking; idempotent.
    fn close(&self);
}

/// A consistent view of all records at one moment, read once from front to back.
pub trait Cut: Send {
    /// The next at most `limit` records in key order; empty at the end.
    ///
    /// # Errors
    /// [`EngineError`] when the disk cannot be read or too much changed meanwhile.
    fn next_page(&mut self, limit: usize) -> Result<Vec<(Key, Record)>, EngineError>;
}

/// Reads all records whose key begins with `prefix`, after `after` if given (exclusive), at most `limit`.
///
/// # Errors
/// As [`Engine::scan`].
pub fn scan_prefix(
    engine: &dyn Engine,
    prefix: &[u8],
    after: Option<&[u8]>,
    limit: usize,
) -> Result<Vec<(Key, Record)>, EngineError> {
    let from = after.map_or(Bound::Included(prefix), Bound::Excluded);
    let end = prefix_end(prefix);
    let to = end.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
    engine.scan(from, to, limit)
}

/// The first key after all that begin with `prefix`; `None` when there is no such key.
pub fn prefix_end(prefix: &[u8]) -> Option<Key> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < u8::MAX {
            end.push(last + 1);
            return Some(end);
        }
    }
    None
}
