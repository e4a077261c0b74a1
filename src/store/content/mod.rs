//! Contents: bytes of any size, cut into chunks that are each stored once.
//!
//! A content is named by a [`ContentRef`]: a manifest, that is a list of chunks in pages (kept by the engine beside the
//! records, see `manifest.rs`), a size, a SHA-256. Chunks live in a database of their own (`chunks.rs`).
//!
//! **Storing**: [`Content::begin_upload`], [`Upload::write`], [`Upload::finish`]; then the caller commits the returned
//! last page together with the record that names the content, and keeps [`Stored`] until that commit is durable. A crash or a drop
//! before leaves nothing but space that is collected.
//!
//! **Reading**: read the record, [`Content::pin`] the manifest that it names, then **read the record again**: only if it
//! still names the manifest is the content sure to be whole, for as long as the pin lives. (Between the first reading and
//! the pin, the last record that named it may have gone and the content been collected.) Whoever makes another record name
//! a stored content, as bringing back an earlier version does, pins and looks again in the same way and holds the pin until that commit
//! is durable. A manifest belongs to one file: to copy a content to another file, read it and store it; the chunks are reused.
//!
//! **Collecting** is [`crate::store::collect`].
//!
//! Everything here blocks on the disk: call it from threads that may block. Memory does not grow with the content.

mod chunks;
mod cut;
mod error;
mod flush;
mod manifest;
mod pins;
mod reader;
mod upload;
mod verify;
mod wait;

#[cfg(test)]
mod tests;

use std::{
    io,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

pub(crate) use self::{
    chunks::{ChunkFault, ChunkHash, Chunks, IndexRow},
    manifest::Page,
    pins::{Cycle, Pins},
    wait::Submitter,
};
pub use self::{
    cut::{AVERAGE_CHUNK, MAX_CHUNK, MIN_CHUNK},
    error::ContentError,
    flush::FlushDuty,
    pins::{HoldGuard, ManifestPin},
    reader::Reader,
    upload::{Sealed, Stored, Upload},
    verify::{Damage, MOST_DAMAGES},
};
#[cfg(doc)]
use crate::store::records::ContentRef;
use crate::{
    ids::NodeId,
    store::{
        backing::{Backing, BackingError},
        engine::Engine,
        records::ManifestId,
        watchdog::{self, Periodic},
    },
};

/// Tells how many bytes are free on the disk.
pub type FreeSpace = Arc<dyn Fn() -> io::Result<u64> + Send + Sync>;

/// What content needs to know of its surroundings.
#[derive(Clone)]
pub struct ContentOptions {
    /// How many bytes are free for the content database.
    pub free_space: FreeSpace,
    /// How many must stay free: an upload that would cross this is refused before the disk is full.
    pub free_space_floor: u64,
    /// How long one flush may take before the disk is taken to hang.
    pub flush_limit: Duration,
    /// What to do then, once; by default the process ends with [`HUNG_EXIT_CODE`](crate::store::engine::HUNG_EXIT_CODE). It
    /// must not wait for an upload, which waits for the flush.
    pub on_hang: Arc<dyn Fn() + Send + Sync>,
}

impl ContentOptions {
    /// With the usual limit on a flush, 10 seconds, and the usual end of the process after that.
    pub fn new(free_space: FreeSpace, free_space_floor: u64) -> Self {
        Self { free_space, free_space_floor, flush_limit: watchdog::FLUSH_LIMIT, on_hang: watchdog::end_process() }
    }
}

impl std::fmt::Debug for ContentOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ContentOptions").field("free_space_floor", &self.free_space_floor).finish_non_exhaustive()
    }
}

/// What was done since the start, for the metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ContentStats {
    /// Bytes received by uploads and cut.
    pub bytes_received: u64,
    /// Bytes that had to be written, as they were not stored yet.
    pub bytes_written: u64,
    /// Bytes handed to readers.
    pub bytes_read: u64,
    /// Chunks written.
    pub chunks_new: u64,
    /// Chunks that were there already.
    pub chunks_reused: u64,
}

#[derive(Default)]
struct Counters {
    received: AtomicU64,
    written: AtomicU64,
    read: AtomicU64,
    new: AtomicU64,
    reused: AtomicU64,
}

/// The contents of all files.
pub struct Content {
    chunks: Chunks,
    engine: Arc<dyn Engine>,
    pins: Arc<Pins>,
    waiting: flush::Waiting,
    options: ContentOptions,
    counters: Counters,
    failed: OnceLock<Arc<str>>,
    /// Watches the flushes for as long as this lives.
    _watchdog: Periodic,
    #[cfg(test)]
    hook: tests::hooks::Hook,
}

impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Content").field("options", &self.options).finish_non_exhaustive()
    }
}

/// Moments between two steps at which tests bring about what else happens only by chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// An upload has hashed a chunk and is about to look for it.
    BeforeLookup,
    /// An upload has found and pinned a chunk and is about to compare it.
    AfterPin,
    /// The collector has found rows of a file that is not there, and is about to clear them.
    OrphansFound,
    /// The collector has loaded which contents a file's records name.
    FileRead,
    /// The collector has decided that a chunk is garbage and is about to delete it.
    BeforeDelete,
}

impl Content {
    /// Opens the contents over the tree of the chunks, that of their index and the engine that keeps the manifests.
    ///
    /// The two trees may be of one database; of two databases they take less disk and are faster (see `chunks.rs`): chunks
    /// with [`SledOptions::content`](crate::store::sled::SledOptions::content), the index with
    /// [`SledOptions::meta`](crate::store::sled::SledOptions::meta) and half the cache. After a crash the last 20 MB are read.
    ///
    /// # Errors
    /// [`ContentError::Backing`] when the database cannot be read or holds what this program does not know;
    /// [`ContentError::System`] when there is no thread to be had for the watchdog.
    pub fn open(
        chunks: Arc<dyn Backing>,
        index: Arc<dyn Backing>,
        engine: Arc<dyn Engine>,
        options: ContentOptions,
    ) -> Result<Arc<Self>, ContentError> {
        let chunks = Chunks::open(chunks, index)?;
        let (limit, on_hang) = (options.flush_limit, Arc::clone(&options.on_hang));
        let watchdog = watchdog::watch("lockhouse-content-watchdog", chunks.flushes(), limit, on_hang)
            .map_err(|error| ContentError::System(error.to_string().into()))?;
        Ok(Arc::new(Self {
            chunks,
            engine,
            pins: Arc::default(),
            waiting: flush::Waiting::default(),
            options,
            counters: Counters::default(),
            failed: OnceLock::new(),
            _watchdog: watchdog,
            #[cfg(test)]
            hook: tests::hooks::Hook::default(),
        }))
    }

    /// Begins to store a content for a file. `announced` is the number of bytes to expect, if the client told.
    ///
    /// # Errors
    /// [`ContentError::NoSpace`] when less than the floor and twice the announced bytes are free (sled takes up to twice
    /// the space of what it keeps); [`ContentError::ReadOnly`] after a failed write; [`ContentError::Engine`] when the engine
    /// takes no changes, so that nobody fills the disk with what no record can name.
    pub fn begin_upload(self: &Arc<Self>, node: &NodeId, announced: Option<u64>) -> Result<Upload, ContentError> {
        self.health()?;
        self.engine.health()?;
        self.check_space(announced.unwrap_or(0).saturating_mul(2))?;
        Upload::begin(self, node)
    }

    /// Protects a content against collection while it is read; `None` when it is being collected. See the protocol above.
    pub fn pin(&self, node: &NodeId, manifest: ManifestId) -> Option<ManifestPin> {
        self.pins.pin(node, manifest)
    }

    /// Reads a pinned content of `size` bytes from its beginning.
    pub fn reader(self: &Arc<Self>, pin: ManifestPin, size: u64) -> Reader {
        Reader::new(Arc::clone(self), pin, size)
    }

    /// Keeps collection from running until the guard is dropped; a running cycle stops at its next step. What was named by
    /// any record when this returned, or is named later, stays.
    pub fn hold_collection(&self) -> HoldGuard {
        self.pins.hold()
    }

    /// Tells that bytes may have become collectable: a version was pruned, a file deleted for good.
    pub fn note_garbage(&self, bytes: u64) {
        if let Err(error) = self.chunks.add_garbage(bytes) {
            self.note_failure(&error);
        }
    }

    /// Bytes thought to be collectable: an upper bound, for versions share chunks.
    pub fn garbage_estimate(&self) -> u64 {
        self.chunks.estimates().0
    }

    /// Bytes in chunks after the last collection, and those written since.
    pub fn live_estimate(&self) -> u64 {
        self.chunks.estimates().1
    }

    /// What was done since the start.
    pub fn stats(&self) -> ContentStats {
        let Counters { received, written, read, new, reused } = &self.counters;
        ContentStats {
            bytes_received: received.load(Relaxed),
            bytes_written: written.load(Relaxed),
            bytes_read: read.load(Relaxed),
            chunks_new: new.load(Relaxed),
            chunks_reused: reused.load(Relaxed),
        }
    }

    /// Bytes that the database of the chunks takes on the disk.
    ///
    /// # Errors
    /// [`ContentError::Backing`].
    pub fn size_on_disk(&self) -> Result<u64, ContentError> {
        Ok(self.chunks.size_on_disk()?)
    }

    /// `Ok`, or why nothing can be stored any more.
    ///
    /// # Errors
    /// [`ContentError::ReadOnly`].
    pub fn health(&self) -> Result<(), ContentError> {
        self.failed.get().map_or(Ok(()), |reason| Err(ContentError::ReadOnly(Arc::clone(reason))))
    }

    /// Writes the estimates and makes everything durable; for an orderly end. Uploads in flight are not waited for.
    ///
    /// # Errors
    /// [`ContentError`] when the database cannot be written.
    pub fn close(&self) -> Result<(), ContentError> {
        self.health()?;
        self.written(self.chunks.close())
    }

    /// Passes the outcome of a write on; a failure makes the store read-only, as sled takes no more after it.
    pub(crate) fn written<T>(&self, outcome: Result<T, BackingError>) -> Result<T, ContentError> {
        outcome.map_err(|error| {
            self.note_failure(&error);
            error.into()
        })
    }

    fn note_failure(&self, error: &BackingError) {
        if self.failed.set(error.to_string().into()).is_ok() {
            tracing::error!(%error, "the content store cannot write: it is read-only until a restart");
            // A host that locks and renames but cannot save would only lead people on.
            self.engine.refuse_writes(&format!("the content store failed: {error}"));
        }
    }

    /// Makes everything written durable.
    pub(crate) fn flush(&self) -> Result<(), ContentError> {
        self.written(self.chunks.flush())
    }

    fn check_space(&self, needed: u64) -> Result<(), ContentError> {
        let free = (self.options.free_space)().map_err(|error| ContentError::System(error.to_string().into()))?;
        let floor = self.options.free_space_floor;
        if free < floor.saturating_add(needed) {
            return Err(ContentError::NoSpace { free, needed, floor });
        }
        Ok(())
    }

    pub(crate) fn chunks(&self) -> &Chunks {
        &self.chunks
    }

    pub(crate) fn engine(&self) -> &dyn Engine {
        self.engine.as_ref()
    }

    pub(crate) fn pins(&self) -> &Arc<Pins> {
        &self.pins
    }

    /// Lets a test act at this moment; nothing outside of tests.
    pub(crate) fn at(&self, moment: Moment) {
        #[cfg(test)]
        self.hook.fire(moment);
        #[cfg(not(test))]
        let _ = (self, moment);
    }
}
