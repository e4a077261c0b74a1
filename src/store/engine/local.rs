//! The engine of one process over one [`Backing`]: a bounded line, one commit thread, one flush for many batches.

use std::{
    io,
    ops::{Bound, ControlFlow},
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, atomic::Ordering},
    thread::{self, JoinHandle},
    time::Duration,
};

use tokio::sync::oneshot;

use super::{
    Batch, CommitError, Cut, Engine, EngineError, Key, MAX_BATCH, MAX_KEY, MAX_VALUE, Record, Revision, Ticket,
    acked::AckedFile,
    committer::{Committer, Shared, own_number},
    cut::LocalCut,
    published::Published,
    queue::{Limits, Queue, batch_weight},
    redo::{self, RecoverError},
    stored::{FIRST_KEY, HIGHEST, LAST_REVISION, RESERVED_TO, is_reserved},
    sync::AtomicU64,
};
#[cfg(doc)]
use crate::store::watchdog::HUNG_EXIT_CODE;
use crate::store::{
    backing::{Backing, BackingError, is_empty_range},
    watchdog::{self, InFlight, Periodic},
};

/// Told of every group of batches; for metrics. Called on the commit thread: it must be quick.
pub trait CommitObserver: Send + Sync {
    /// A group of `batches` was decided and answered, `flush` after its last record was written.
    fn committed(&self, batches: usize, flush: Duration);
}

/// How an engine is set up.
#[derive(Clone)]
pub struct EngineOptions {
    /// Batches that may wait for the commit thread; beyond that [`EngineError::Busy`].
    pub queue: usize,
    /// Bytes of batches that may wait.
    pub queue_bytes: usize,
    /// Batches per flush, at most.
    pub group: usize,
    /// How long one group may be written and flushed before the disk is taken to hang.
    pub flush_limit: Duration,
    /// What to do then, once; by default the process ends with [`HUNG_EXIT_CODE`]. It must not close the engine, which would
    /// wait for the flush.
    pub on_hang: Arc<dyn Fn() + Send + Sync>,
    /// Bytes of earlier records that a cut may keep; beyond that it fails.
    pub cut_limit: usize,
    /// The file that remembers the last acknowledged revision ([`crate::store::directory::DataDir::acked`]); without it a log
    /// that lost its tail is not noticed.
    pub acked: Option<PathBuf>,
    /// How often that file is written, if there is anything new.
    pub acked_every: Duration,
    /// Who is told of commits.
    pub observer: Option<Arc<dyn CommitObserver>>,
    /// Whether the record of a key is one that seldom changes, so that what follows from it is worth keeping
    /// ([`Engine::epoch`]); true for all by default.
    pub seldom: fn(&[u8]) -> bool,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            queue: 8192,
            queue_bytes: 64 * 1024 * 1024,
            group: 1024,
            flush_limit: watchdog::FLUSH_LIMIT,
            on_hang: watchdog::end_process(),
            cut_limit: 64 * 1024 * 1024,
            acked: None,
            acked_every: Duration::from_secs(2),
            observer: None,
            seldom: |_| true,
        }
    }
}

/// Why an engine did not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The disk could not be read or written.
    #[error("the store's records cannot be opened: {0}")]
    Backing(#[from] BackingError),
    /// The engine's own records make no sense.
    #[error(
        "the store's records are damaged: {0}. Keep a copy of the data directory, then run `lockhouse check --repair`, or \
         `lockhouse restore-backup FILE` to go back to a backup"
    )]
    Damaged(String),
    /// The file with the last acknowledged revision cannot be used.
    #[error("{path} cannot be used: {error}", path = .path.display())]
    Acked {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        error: io::Error,
    },
    /// A thread could not be started.
    #[error("a thread of the store could not be started: {0}")]
    Thread(io::Error),
}

impl From<RecoverError> for OpenError {
    fn from(error: RecoverError) -> Self {
        match error {
            RecoverError::Backing(error) => Self::Backing(error),
            RecoverError::Damaged(reason) => Self::Damaged(reason),
        }
    }
}

/// What the engine found when it was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenedReport {
    /// Batches that a crash had interrupted, and that were completed.
    pub completed: usize,
    /// Batches that a crash had interrupted before they were whole, and of which nothing is left. None was acknowledged.
    pub dropped: usize,
    /// Acknowledged changes are gone: the log ends before what was once durable. The incarnation must be renewed, and people
    /// told.
    pub tail_lost: Option<TailLost>,
}

/// How much of the log is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TailLost {
    /// The last revision that is there.
    pub recovered: Revision,
    /// A revision that had been acknowledged; it was not necessarily the last.
    pub acked: Revision,
}

/// The engine's state for metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EngineStats {
    /// Batches that wait for the commit thread.
    pub queue_depth: usize,
    /// As [`Engine::durable_revision`].
    pub durable_revision: Revision,
}

/// Durable ordered records in one process.
pub struct LocalEngine {
    shared: Arc<Shared>,
    report: OpenedReport,
    acked: Option<Arc<Mutex<AckedFile>>>,
    threads: Mutex<Threads>,
}

#[derive(Default)]
struct Threads {
    commit: Option<JoinHandle<()>>,
    periodic: Vec<Periodic>,
}

impl LocalEngine {
    /// Opens the records in `backing`, completes what a crash interrupted, and starts the commit thread.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(backing: Arc<dyn Backing>, options: EngineOptions) -> Result<Arc<Self>, OpenError> {
        let recovered = redo::recover(&*backing)?;
        let number = |key| own_number(&*backing, key).map_err(|error| OpenError::Damaged(error.to_string()));
        let (last, reserved_to) = (number(LAST_REVISION)?.unwrap_or(0), number(RESERVED_TO)?.unwrap_or(0));
        let acked = options
            .acked
            .as_ref()
            .map(|path| AckedFile::open(path).map_err(|error| OpenError::Acked { path: path.clone(), error }));
        let acked = acked.transpose()?;
        let witness = acked.as_ref().and_then(AckedFile::last).unwrap_or(0);
        let report = OpenedReport {
            completed: recovered.completed,
            dropped: recovered.dropped,
            tail_lost: (witness > last).then_some(TailLost { recovered: last, acked: witness }),
        };
        say(report);
        // Above everything that was ever given out.
        let newest = last.max(reserved_to).max(witness);
        if newest > HIGHEST {
            return Err(OpenError::Damaged(format!("{newest} changes cannot have been made")));
        }
        let shared = Arc::new(Shared {
            backing,
            queue: Queue::new(
                Limits { batches: options.queue, bytes: options.queue_bytes, group: options.group.max(1) },
                newest + 1,
            ),
            published: Published::default(),
            cut: Arc::default(),
            cut_limit: options.cut_limit,
            in_flight: Arc::default(),
            observer: options.observer.clone(),
            seldom: options.seldom,
            epoch: AtomicU64::new(0),
            durable: AtomicU64::new(newest),
            marked: AtomicU64::new(last),
        });
        let engine =
            Self { report, acked: acked.map(|file| Arc::new(Mutex::new(file))), threads: Mutex::default(), shared };
        engine.start(options, newest).map_err(OpenError::Thread)?;
        Ok(Arc::new(engine))
    }

    /// What was found when the engine was opened.
    pub const fn opened(&self) -> OpenedReport {
        self.report
    }

    /// The engine's state for metrics.
    pub fn stats(&self) -> EngineStats {
        EngineStats { queue_depth: self.shared.queue.depth(), durable_revision: self.durable_revision() }
    }

    fn start(&self, options: EngineOptions, reserved_to: Revision) -> io::Result<()> {
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        let flushes: Arc<InFlight> = Arc::clone(&self.shared.in_flight);
        let watchdog = watchdog::watch("lockhouse-watchdog", flushes, options.flush_limit, options.on_hang)?;
        threads.periodic.push(watchdog);
        if let Some(file) = &self.acked {
            let (file, shared) = (Arc::clone(file), Arc::clone(&self.shared));
            threads.periodic.push(Periodic::start("lockhouse-acked", options.acked_every, move |_| {
                write_acked(&file, &shared);
                ControlFlow::Continue(())
            })?);
        }
        let shared = Arc::clone(&self.shared);
        let commit = thread::Builder::new().name("lockhouse-commit".to_owned()).spawn(move || {
            let committer = Committer::new(Arc::clone(&shared), reserved_to);
            if catch_unwind(AssertUnwindSafe(|| committer.run())).is_err() {
                shared.fail("the commit thread panicked", Vec::new());
            }
        })?;
        threads.commit = Some(commit);
        Ok(())
    }
}

fn say(report: OpenedReport) {
    if let Some(TailLost { recovered, acked }) = report.tail_lost {
        tracing::error!(
            recovered,
            acked,
            "acknowledged changes are missing: the log of the database ends too early. The disk, or somebody, has lost the end \
             of it. Compare with a backup (`lockhouse restore-backup FILE`), and look at the disk"
        );
    }
    if report.completed + report.dropped > 0 {
        tracing::info!(
            report.completed,
            report.dropped,
            "changes that a crash had interrupted were completed or dropped"
        );
    }
}

fn write_acked(file: &Mutex<AckedFile>, shared: &Shared) {
    let revision = shared.marked.load(Ordering::Acquire);
    let written = file.lock().unwrap_or_else(PoisonError::into_inner).write(revision);
    if let Err(error) = written {
        tracing::warn!(%error, "the last acknowledged revision could not be noted; a lost tail of the log may go unnoticed");
    }
}

fn check_batch(batch: &Batch) -> Result<(), EngineError> {
    let keys = batch.require.iter().map(|(key, _)| key).chain(batch.set.iter().map(|(key, _)| key));
    for key in keys.chain(&batch.clear).chain(batch.add.iter().map(|(key, _)| key)) {
        if is_reserved(key) {
            return Err(EngineError::Reserved);
        }
        check_size(key.len(), MAX_KEY)?;
    }
    batch.set.iter().try_for_each(|(_, value)| check_size(value.len(), MAX_VALUE))?;
    check_size(batch_weight(batch), MAX_BATCH)
}

const fn check_size(size: usize, limit: usize) -> Result<(), EngineError> {
    if size > limit { Err(EngineError::TooLarge { size, limit }) } else { Ok(()) }
}

impl Engine for LocalEngine {
    fn get(&self, key: &[u8]) -> Result<Option<Record>, EngineError> {
        if is_reserved(key) {
            return Ok(None);
        }
        self.shared.published.get(&*self.shared.backing, key)
    }

    fn scan(&self, from: Bound<&[u8]>, to: Bound<&[u8]>, limit: usize) -> Result<Vec<(Key, Record)>, EngineError> {
        let from = match from {
            Bound::Included(key) | Bound::Excluded(key) if !is_reserved(key) => from,
            _ => Bound::Included(FIRST_KEY),
        };
        if is_empty_range(from, to) {
            return Ok(Vec::new());
        }
        self.shared.published.scan(&*self.shared.backing, from, to, limit)
    }

    fn submit(&self, batch: Batch) -> Result<Ticket, EngineError> {
        check_batch(&batch)?;
        let (answer, done) = oneshot::channel();
        let revision = self.shared.queue.push(batch, answer)?;
        Ok(Ticket::new(revision, async move {
            done.await.unwrap_or_else(|_| Err(CommitError::Failed("the commit thread ended".into())))
        }))
    }

    fn durable_revision(&self) -> Revision {
        self.shared.durable.load(Ordering::Acquire)
    }

    fn epoch(&self) -> u64 {
        self.shared.epoch.load(Ordering::Acquire)
    }

    fn mark(&self, key: &[u8]) -> Option<u64> {
        self.shared.published.mark(key)
    }

    fn begin_cut(&self) -> Result<Box<dyn Cut>, EngineError> {
        let slot = Arc::clone(&self.shared.cut);
        if !slot.take() {
            return Err(EngineError::Busy);
        }
        // Gives the slot back when it is dropped, on the way out below too.
        let cut = LocalCut { slot, backing: Arc::clone(&self.shared.backing) };
        let begun = self.shared.queue.ask_for_cut()?;
        if begun.recv().is_err() {
            self.health()?;
            return Err(EngineError::Closed);
        }
        Ok(Box::new(cut))
    }

    fn health(&self) -> Result<(), EngineError> {
        self.shared.queue.health()
    }

    fn refuse_writes(&self, reason: &str) {
        if self.health().is_ok() {
            self.shared.fail(reason, Vec::new());
        }
    }

    fn close(&self) {
        self.shared.queue.close();
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(commit) = threads.commit.take()
            && commit.thread().id() != thread::current().id()
            && commit.join().is_err()
        {
            tracing::error!("the commit thread had panicked");
        }
        // The watchdog goes last: the final flush may hang too.
        threads.periodic.clear();
        if let Some(file) = &self.acked {
            write_acked(file, &self.shared);
        }
    }
}

impl Drop for LocalEngine {
    fn drop(&mut self) {
        self.close();
    }
}
