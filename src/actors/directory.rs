//! Finds, starts, replaces and retires file actors, and bounds what is in flight per file.
//!
//! A lease counts one operation in flight, under the lock of its shard, until caller and actor are both done with it; an
//! actor is retired only when nothing is in flight and everything it submitted is durable, so no message is lost and the next actor starts from the truth. An actor that
//! died, or whose memory ran ahead of a refused commit, is replaced by one that first waits until the commit thread has
//! decided everything submitted before.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use actix::{Actor as _, Addr, MailboxError};

use super::{
    ActorError, ActorSystem,
    expiry::ExpiryBoard,
    file::{FileActor, FileSurroundings},
    messages::{Answer, Ask, Decided, InFlight, Operation},
};
use crate::{
    clock::Clock,
    ids::NodeId,
    retention,
    store::engine::{CommitError, Engine, Revision},
};

const SHARDS: usize = 16;

/// How often an operation is decided again when what it was decided on had changed.
const ATTEMPTS: usize = 16;

/// What the directory is set to.
#[derive(Clone, Copy, Debug)]
pub struct DirectoryOptions {
    /// Operations in flight on one file beyond which the answer is [`ActorError::Overloaded`], at once.
    pub in_flight_per_file: usize,
    /// For how long an actor without work stays.
    pub idle: Duration,
    /// How much history a file keeps.
    pub retention: retention::Policy,
    /// The store's incarnation, part of every new version.
    pub incarnation: u32,
}

struct Entry {
    addr: Addr<FileActor>,
    in_flight: Arc<AtomicUsize>,
    newest: Arc<AtomicU64>,
    used: Duration,
}

/// The file actors in use.
pub struct Directory {
    shards: Vec<Mutex<HashMap<NodeId, Entry>>>,
    hasher: RandomState,
    surroundings: Arc<FileSurroundings>,
    system: Arc<ActorSystem>,
    options: DirectoryOptions,
    closed: AtomicBool,
}

impl std::fmt::Debug for Directory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Directory").field("live", &self.live()).finish_non_exhaustive()
    }
}

/// The right to ask a file's actor: one operation in flight.
struct Lease {
    addr: Addr<FileActor>,
    in_flight: Arc<InFlight>,
}

impl Directory {
    /// An empty directory.
    pub fn new(
        engine: Arc<dyn Engine>,
        clock: Arc<dyn Clock>,
        system: Arc<ActorSystem>,
        options: DirectoryOptions,
    ) -> Self {
        let surroundings = Arc::new(FileSurroundings {
            engine,
            clock,
            board: Arc::default(),
            retention: options.retention,
            incarnation: options.incarnation,
            dropped_bytes: AtomicU64::new(0),
        });
        let shards = (0..SHARDS).map(|_| Mutex::default()).collect();
        Self { shards, hasher: RandomState::new(), surroundings, system, options, closed: AtomicBool::new(false) }
    }

    /// The exact expiries of locks.
    pub fn board(&self) -> &ExpiryBoard {
        &self.surroundings.board
    }

    /// Bytes of versions that were dropped since the start.
    pub fn dropped_bytes(&self) -> u64 {
        self.surroundings.dropped_bytes.load(Ordering::Relaxed)
    }

    /// How many actors live.
    pub fn live(&self) -> usize {
        (0..SHARDS).map(|place| self.shard_at(place).len()).sum()
    }

    fn shard_at(&self, place: usize) -> MutexGuard<'_, HashMap<NodeId, Entry>> {
        self.shards[place].lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hash(&self, file: &NodeId) -> u64 {
        self.hasher.hash_one(file)
    }

    fn shard(&self, file: &NodeId) -> MutexGuard<'_, HashMap<NodeId, Entry>> {
        // The remainder is below 16.
        #[expect(clippy::cast_possible_truncation, reason = "the remainder is below the number of shards")]
        self.shard_at((self.hash(file) % SHARDS as u64) as usize)
    }

    fn start(&self, file: &NodeId, settle_first: bool) -> Entry {
        let newest = Arc::new(AtomicU64::new(0));
        let (surroundings, id, newest_inside) = (Arc::clone(&self.surroundings), file.clone(), Arc::clone(&newest));
        let arbiter = self.system.arbiter(self.hash(file) / SHARDS as u64);
        let addr = FileActor::start_in_arbiter(arbiter, move |ctx| {
            FileActor::new(id, surroundings, newest_inside, settle_first, ctx)
        });
        Entry { addr, in_flight: Arc::default(), newest, used: self.surroundings.clock.monotonic() }
    }

    fn lease(&self, file: &NodeId) -> Result<Lease, ActorError> {
        if self.closed.load(Ordering::Acquire) {
            return Err(ActorError::ShuttingDown);
        }
        let mut shard = self.shard(file);
        if shard.get(file).is_some_and(|entry| !entry.addr.connected()) {
            let fresh = self.start(file, true);
            shard.insert(file.clone(), fresh);
        }
        let entry = shard.entry(file.clone()).or_insert_with(|| self.start(file, false));
        if entry.in_flight.load(Ordering::Acquire) >= self.options.in_flight_per_file {
            return Err(ActorError::Overloaded);
        }
        entry.used = self.surroundings.clock.monotonic();
        Ok(Lease { addr: entry.addr.clone(), in_flight: Arc::new(InFlight::begin(&entry.in_flight)) })
    }

    /// Puts a fresh actor, which first lets the commit thread catch up, in the place of `old`, if that is still there.
    fn replace(&self, file: &NodeId, old: &Addr<FileActor>) {
        let mut shard = self.shard(file);
        if shard.get(file).is_some_and(|entry| entry.addr == *old) {
            let fresh = self.start(file, true);
            shard.insert(file.clone(), fresh);
        }
    }

    /// Asks the file's actor and waits until what it answered is durable.
    ///
    /// # Errors
    /// [`ActorError`]; [`ActorError::Overloaded`] at once when too much is in flight.
    pub async fn ask(&self, file: &NodeId, operation: Operation) -> Result<Answer, ActorError> {
        let operation = Arc::new(operation);
        for _ in 0..ATTEMPTS {
            let lease = self.lease(file)?;
            let ask = Ask::new(Arc::clone(&operation), Arc::clone(&lease.in_flight));
            let begun = Arc::clone(&ask.begun);
            let Decided { answer, after } = match lease.addr.send(ask).await {
                Ok(decided) => decided?,
                Err(MailboxError::Closed | MailboxError::Timeout) => {
                    self.replace(file, &lease.addr);
                    if begun.load(Ordering::SeqCst) {
                        tracing::error!(file.id = %file, "the actor of file `{file}` died of an operation and was replaced");
                        return Err(ActorError::Crashed);
                    }
                    continue;
                }
            };
            match after {
                None => return answer,
                Some(ticket) => match ticket.wait().await {
                    Ok(()) => return answer,
                    Err(CommitError::Conflict { .. }) => self.replace(file, &lease.addr),
                    Err(failed) => {
                        self.replace(file, &lease.addr);
                        return Err(failed.into());
                    }
                },
            }
        }
        Err(ActorError::Contended)
    }

    /// Retires actors that have had nothing to do for the idle time; returns how many.
    pub fn retire_idle(&self) -> usize {
        let clock = &self.surroundings.clock;
        let durable: Revision = self.surroundings.engine.durable_revision();
        let mut retired = 0;
        for place in 0..SHARDS {
            let now = clock.monotonic();
            self.shard_at(place).retain(|_, entry| {
                let busy = entry.in_flight.load(Ordering::Acquire) > 0
                    || entry.newest.load(Ordering::Acquire) > durable
                    || now.saturating_sub(entry.used) < self.options.idle;
                retired += usize::from(!busy);
                busy
            });
        }
        retired
    }

    /// Refuses new operations from now on; what is in flight goes on.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    /// How many operations are in flight over all files.
    pub fn in_flight(&self) -> usize {
        (0..SHARDS)
            .map(|place| {
                self.shard_at(place).values().map(|entry| entry.in_flight.load(Ordering::Acquire)).sum::<usize>()
            })
            .sum()
    }
}
