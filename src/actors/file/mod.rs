//! The actor of one file: the only place from which the file changes.
//!
//! It keeps the file's head as of the newest commit it submitted. An operation is decided on that copy, the changed records
//! go to the engine with the revision that the decision was made on, the copy moves on at once, and the answer names the
//! commit it depends on: also an answer that changed nothing, because it reveals what is not durable yet.
//!
//! Operations come to it one at a time, at its [`Workplace`].

mod contents;
#[cfg(test)]
mod moments_tests;
mod place;
#[cfg(test)]
mod tests;
mod workplace;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

pub use self::workplace::{Mailbox, Workplace};
use super::{
    ActorError,
    expiry::ExpiryBoard,
    messages::{Answer, Operation},
};
use crate::{
    clock::Clock,
    ids::NodeId,
    lock::{self, Change, Command, LOCK_TIMEOUT, LockId, LockState, Outcome, WopiLock},
    retention,
    store::{
        engine::{Batch, Engine, Expect, Revision, Ticket},
        records::{self, FileHead, StoredLock, keys},
    },
};

/// How much later than in truth a stored lock may end, so that most refreshes need no write (DESIGN: one a minute).
pub const EXPIRY_SLACK: Duration = Duration::from_secs(60);

/// After what time a new actor tries again to wait for the one before, when the commit queue was full.
const SETTLE_AGAIN: Duration = Duration::from_millis(20);

/// What every file actor works with.
pub struct FileSurroundings {
    /// Where records live.
    pub engine: Arc<dyn Engine>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Exact expiries.
    pub board: Arc<ExpiryBoard>,
    /// How much history a file keeps.
    pub retention: retention::Policy,
    /// Part of every new version.
    pub incarnation: u32,
    /// Bytes of versions that were dropped since the start: what the collection may find to do.
    pub dropped_bytes: AtomicU64,
}

impl std::fmt::Debug for FileSurroundings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FileSurroundings").finish_non_exhaustive()
    }
}

/// What the actor knows of its file.
enum Known {
    /// Nothing yet: the next operation loads it.
    Unknown,
    /// There is no such file.
    Gone,
    /// The file, as of the newest commit submitted.
    Here(FileState),
}

struct FileState {
    head: Arc<FileHead>,
    revision: Revision,
    lock: LockState,
    history: Option<Vec<retention::Kept>>,
}

/// The actor of one file.
pub struct FileActor {
    id: NodeId,
    around: Arc<FileSurroundings>,
    known: Known,
    last: Option<Ticket>,
    newest: Arc<AtomicU64>,
}

impl FileActor {
    /// The actor of the file `id`. It loads nothing yet.
    pub fn new(id: NodeId, around: Arc<FileSurroundings>, newest: Arc<AtomicU64>) -> Self {
        Self { id, around, known: Known::Unknown, last: None, newest }
    }

    fn decide(&mut self, operation: &Operation) -> Result<Answer, ActorError> {
        self.load()?;
        self.settle_expiry()?;
        match operation {
            Operation::Create(create) => self.create(create),
            Operation::Lock(command) => self.change_lock(command),
            Operation::Write(write) => self.write(write),
            Operation::Overwrite(contribution) => self.overwrite(contribution),
            Operation::OverwriteNamed { parent, name, contribution } => {
                self.overwrite_named(parent, name, contribution)
            }
            Operation::Restore { which, by } => self.restore(*which, by),
            Operation::KeepRescued { contribution, reason, most_bytes } => {
                self.keep_rescued(contribution, reason, *most_bytes)
            }
            Operation::DropRescued { before } => self.drop_rescued(*before),
            Operation::Rename { lock, to } => self.rename(lock.clone(), to),
            Operation::Move { from, parent, owner, name } => self.move_to(from.as_ref(), parent, owner, name.as_ref()),
            Operation::Delete { by } => self.delete(by),
            Operation::Undelete { parent, owner, name } => self.undelete(parent, owner, name),
            Operation::Purge => self.purge(),
            Operation::ClearLeftovers { traces } => self.clear_leftovers(traces),
            Operation::BreakLock { held } => self.break_lock(held.as_ref()),
            Operation::Prune => self.prune(),
            Operation::AddActivities(activities) => self.add_activities(activities),
            #[cfg(test)]
            Operation::Panic => panic!("asked to"),
            #[cfg(test)]
            Operation::Amid(amid) => {
                (amid.before)();
                let answer = self.decide(&amid.operation);
                (amid.after)();
                answer
            }
        }
    }

    fn load(&mut self) -> Result<(), ActorError> {
        if !matches!(self.known, Known::Unknown) {
            return Ok(());
        }
        let key = keys::file(&self.id);
        self.known = match self.around.engine.get(&key)? {
            None => {
                self.note_lock(&LockState::Unlocked);
                Known::Gone
            }
            Some(record) => {
                let head: FileHead = records::decode(&key, &record.value)?;
                let lock = self.load_lock(head.lock.as_ref());
                // The actor before may have noted a lock that never came to be.
                self.note_lock(&lock);
                Known::Here(FileState { head: Arc::new(head), revision: record.revision, lock, history: None })
            }
        };
        Ok(())
    }

    /// A lock that has run out goes from the disk before anybody is told: what is stored lives up to a minute longer, and
    /// a crash must not bring back a lock that a reply has called gone.
    fn settle_expiry(&mut self) -> Result<(), ActorError> {
        let Known::Here(state) = &self.known else { return Ok(()) };
        let now = self.around.clock.monotonic();
        if state.head.lock.is_none() || *state.lock.at(now) != LockState::Unlocked {
            return Ok(());
        }
        let head = FileHead { lock: None, ..(*state.head).clone() };
        match self.commit_head(head, LockState::Unlocked, Batch::new()) {
            // Nothing is written any more, so nothing can come of the lock: reads go on.
            Ok(_) | Err(ActorError::ReadOnly(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The lock as stored, with the exact expiry if this run knows it. What the clock says is not believed beyond the
    /// longest time that a lock can have left.
    fn load_lock(&self, stored: Option<&StoredLock>) -> LockState {
        let Some(stored) = stored else { return LockState::Unlocked };
        let Ok(Some(id)) = LockId::parse(stored.id.as_bytes()) else { return LockState::Unlocked };
        let (wall, now) = (self.around.clock.wall(), self.around.clock.monotonic());
        let left = stored.expires.since(wall).min(LOCK_TIMEOUT + EXPIRY_SLACK);
        let expires = self.around.board.exact(&self.id, &id).unwrap_or(now + left);
        LockState::Wopi(WopiLock { id, expires })
    }

    /// The file, if it exists for callers: not in the bin.
    fn here(&self) -> Result<&FileState, ActorError> {
        match &self.known {
            Known::Here(state) if state.head.binned.is_none() => Ok(state),
            Known::Here(_) | Known::Gone | Known::Unknown => Err(ActorError::NotFound),
        }
    }

    /// The file, in the bin or not.
    fn anywhere(&self) -> Result<&FileState, ActorError> {
        match &self.known {
            Known::Here(state) => Ok(state),
            Known::Gone | Known::Unknown => Err(ActorError::NotFound),
        }
    }

    fn submit(&mut self, batch: Batch) -> Result<Revision, ActorError> {
        let ticket = self.around.engine.submit(batch)?;
        let revision = ticket.revision();
        self.newest.store(revision, Ordering::Release);
        self.last = Some(ticket);
        Ok(revision)
    }

    /// Commits `head` with whatever else `batch` holds, on condition that nobody changed the file meanwhile, and moves on.
    fn commit_head(&mut self, head: FileHead, lock: LockState, batch: Batch) -> Result<Arc<FileHead>, ActorError> {
        let revision = self.anywhere()?.revision;
        let key = keys::file(&self.id);
        let batch = batch.require(key.clone(), Expect::Revision(revision)).set(key, records::encode(&head));
        let revision = self.submit(batch)?;
        let head = Arc::new(head);
        self.note_lock(&lock);
        if let Known::Here(state) = &mut self.known {
            state.head = Arc::clone(&head);
            state.revision = revision;
            state.lock = lock;
        }
        Ok(head)
    }

    fn note_lock(&self, lock: &LockState) {
        let noted = match lock {
            LockState::Unlocked => None,
            LockState::Wopi(lock) => Some(lock.clone()),
        };
        self.around.board.note(&self.id, noted);
    }

    /// What stands against a change, if anything; the lock itself stays.
    fn obstacle(&self, command: &Command) -> Result<Option<Answer>, ActorError> {
        let state = self.here()?;
        let decision = lock::decide(self.around.clock.monotonic(), &state.lock, command);
        Ok(match decision.outcome {
            Outcome::Conflict(current) | Outcome::MissingId(current) => Some(Answer::Locked(current)),
            Outcome::Done | Outcome::Held(_) => None,
        })
    }

    fn change_lock(&mut self, command: &Command) -> Result<Answer, ActorError> {
        let now = self.around.clock.monotonic();
        let state = self.here()?;
        let version = state.head.version;
        let decision = lock::decide(now, &state.lock, command);
        if let Change::Become(next) = decision.change {
            self.become_locked(next, now)?;
        }
        Ok(Answer::Lock(decision.outcome, version))
    }

    fn become_locked(&mut self, next: LockState, now: Duration) -> Result<(), ActorError> {
        let state = self.here()?;
        let stored = match &next {
            LockState::Unlocked => None,
            LockState::Wopi(lock) => {
                let exact = self.around.clock.wall().plus(lock.expires.saturating_sub(now));
                match &state.head.lock {
                    // The stored expiry still covers this refresh: memory alone is enough.
                    Some(held) if held.id == lock.id.as_str() && held.expires >= exact => {
                        self.around.board.extend(&self.id, lock);
                        if let Known::Here(state) = &mut self.known {
                            state.lock = next;
                        }
                        return Ok(());
                    }
                    _ => Some(StoredLock { id: lock.id.as_str().to_owned(), expires: exact.plus(EXPIRY_SLACK) }),
                }
            }
        };
        let head = FileHead { lock: stored, ..(*state.head).clone() };
        self.commit_head(head, next, Batch::new())?;
        Ok(())
    }

    fn break_lock(&mut self, held: Option<&LockId>) -> Result<Answer, ActorError> {
        let state = self.here()?;
        let current = state.lock.at(self.around.clock.monotonic()).current_id().cloned();
        if held.is_some() && held != current.as_ref() {
            return Ok(Answer::Locked(current));
        }
        if current.is_some() {
            let head = FileHead { lock: None, ..(*state.head).clone() };
            self.commit_head(head, LockState::Unlocked, Batch::new())?;
        }
        Ok(Answer::Broken(current))
    }
}
