//! Finds, starts, replaces and retires file actors, and bounds what is in flight per file.
//!
//! A lease counts one operation in flight, under the lock of its shard, until caller and actor are both done with it; an
//! actor is retired only when nothing is in flight and everything it submitted is durable, so no message is lost and the next actor starts from the truth. An actor that
//! died, or whose memory ran ahead of a refused commit, is replaced by one that first waits until the commit thread has
//! decided everything submitted before.
//!
//! A lease is for the mail, or, for brief operations when nothing is in the mail, for deciding at once on the caller's thread
//! ([`Workplace`]).

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    panic::{AssertUnwindSafe, catch_unwind},
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
    file::{FileActor, FileSurroundings, Mailbox, Workplace},
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
    addr: Addr<Mailbox>,
    workplace: Arc<Workplace>,
    in_flight: Arc<AtomicUsize>,
    /// How much of that is in the mail, or being worked on by the actor's thread.
    in_mail: Arc<AtomicUsize>,
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
    workplace: Arc<Workplace>,
    in_flight: InFlight,
    /// The way to the actor; `None` when there is no mail for it, so that the caller may step up to it.
    mail: Option<(Addr<Mailbox>, InFlight)>,
}

/// An operation in flight, which the actor may hold too.
enum Held {
    Alone(#[expect(dead_code, reason = "counts until it is dropped")] InFlight),
    Shared(#[expect(dead_code, reason = "counts until it is dropped")] Arc<InFlight>),
}

/// What became of asking a file's actor.
enum Asked {
    /// It decided. The operation is in flight until this is dropped.
    Decided(Result<Decided, ActorError>, Held),
    /// It is gone, and nothing has come of the operation.
    Gone,
    /// It died of the operation.
    Died,
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

    fn start(&self, file: &NodeId, settled: bool) -> Entry {
        let newest = Arc::new(AtomicU64::new(0));
        let actor = FileActor::new(file.clone(), Arc::clone(&self.surroundings), Arc::clone(&newest));
        let workplace = Arc::new(Workplace::new(actor, settled));
        let arbiter = self.system.arbiter(self.hash(file) / SHARDS as u64);
        let there = Arc::clone(&workplace);
        let addr = Mailbox::start_in_arbiter(arbiter, move |_| Mailbox(there));
        let used = self.surroundings.clock.monotonic();
        Entry { addr, workplace, in_flight: Arc::default(), in_mail: Arc::default(), newest, used }
    }

    fn lease(&self, file: &NodeId, brief: bool) -> Result<Lease, ActorError> {
        if self.closed.load(Ordering::Acquire) {
            return Err(ActorError::ShuttingDown);
        }
        let now = self.surroundings.clock.monotonic();
        let mut shard = self.shard(file);
        if !shard.contains_key(file) {
            let fresh = self.start(file, true);
            shard.insert(file.clone(), fresh);
        }
        let Some(entry) = shard.get_mut(file) else { return Err(ActorError::Contended) };
        if !entry.addr.connected() {
            entry.workplace.leave();
            *entry = self.start(file, false);
        }
        if entry.in_flight.load(Ordering::Acquire) >= self.options.in_flight_per_file {
            return Err(ActorError::Overloaded);
        }
        entry.used = now;
        // Nobody overtakes what is in the mail.
        let at_once = brief && entry.in_mail.load(Ordering::Acquire) == 0 && entry.workplace.is_settled();
        Ok(Lease {
            workplace: Arc::clone(&entry.workplace),
            in_flight: InFlight::begin(&entry.in_flight),
            mail: (!at_once).then(|| (entry.addr.clone(), InFlight::begin(&entry.in_mail))),
        })
    }

    /// Puts a fresh actor, which first lets the commit thread catch up, in the place of `old`, if that is still there.
    fn replace(&self, file: &NodeId, old: &Arc<Workplace>) {
        let mut shard = self.shard(file);
        if let Some(entry) = shard.get_mut(file).filter(|entry| Arc::ptr_eq(&entry.workplace, old)) {
            old.leave();
            *entry = self.start(file, false);
        }
    }

    /// Asks the file's actor and waits until what it answered is durable.
    ///
    /// # Errors
    /// [`ActorError`]; [`ActorError::Overloaded`] at once when too much is in flight.
    pub async fn ask(&self, file: &NodeId, operation: Operation) -> Result<Answer, ActorError> {
        let operation = Arc::new(operation);
        for _ in 0..ATTEMPTS {
            let Lease { workplace, in_flight, mail } = self.lease(file, operation.is_brief())?;
            let asked = match mail {
                None => step_up(&workplace, &operation, in_flight),
                Some((addr, in_mail)) => write_to(&addr, &operation, in_flight, in_mail).await,
            };
            let (Decided { answer, after }, _in_flight) = match asked {
                Asked::Decided(decided, in_flight) => (decided?, in_flight),
                Asked::Gone => {
                    self.replace(file, &workplace);
                    continue;
                }
                Asked::Died => {
                    self.replace(file, &workplace);
                    tracing::error!(file.id = %file, "the actor of file `{file}` died of an operation and was replaced");
                    return Err(ActorError::Crashed);
                }
            };
            match after {
                None => return answer,
                Some(ticket) => match ticket.wait().await {
                    Ok(()) => return answer,
                    Err(CommitError::Conflict { .. }) => self.replace(file, &workplace),
                    Err(failed) => {
                        self.replace(file, &workplace);
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
                    // What the one before it submitted may still come: the next one must not load before that.
                    || !entry.workplace.is_settled()
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

/// Lets the actor decide on this thread.
fn step_up(workplace: &Workplace, operation: &Operation, in_flight: InFlight) -> Asked {
    // A panic harms only the operation that hit it, as it does on the actor's own thread: the workplace is closed by it.
    match catch_unwind(AssertUnwindSafe(|| workplace.decide(operation, || ()))) {
        Ok(Some(decided)) => Asked::Decided(decided, Held::Alone(in_flight)),
        Ok(None) => Asked::Gone,
        Err(_) => Asked::Died,
    }
}

/// Lets the actor decide on its own thread, behind what is in its mail.
async fn write_to(addr: &Addr<Mailbox>, operation: &Arc<Operation>, in_flight: InFlight, in_mail: InFlight) -> Asked {
    let in_flight = Arc::new(in_flight);
    let ask = Ask::new(Arc::clone(operation), Arc::clone(&in_flight), in_mail);
    let begun = Arc::clone(&ask.begun);
    match addr.send(ask).await {
        Ok(Some(decided)) => Asked::Decided(decided, Held::Shared(in_flight)),
        Err(MailboxError::Closed | MailboxError::Timeout) if begun.load(Ordering::SeqCst) => Asked::Died,
        Ok(None) | Err(MailboxError::Closed | MailboxError::Timeout) => Asked::Gone,
    }
}
