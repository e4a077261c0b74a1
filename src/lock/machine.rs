//! States, commands and the one transition function.

use std::time::Duration;

use super::{LOCK_TIMEOUT, LockId};

/// A WOPI lock: the id that its client chose, and when it runs out on the monotonic clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WopiLock {
    /// The client's id.
    pub id: LockId,
    /// From this moment on the file is unlocked.
    pub expires: Duration,
}

/// What holds a file. Co-authoring locks will be a further variant: every match in the house names each of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum LockState {
    /// Never locked, unlocked, or the lock has run out.
    #[default]
    Unlocked,
    /// Held by one WOPI lock.
    Wopi(WopiLock),
}

impl LockState {
    /// The state as it counts at `now`: a lock that has run out is none (files.md section 2.1).
    #[must_use]
    pub fn at(&self, now: Duration) -> &Self {
        match self {
            Self::Wopi(lock) if now >= lock.expires => &Self::Unlocked,
            state => state,
        }
    }

    /// The id to tell a client whose own did not match; `None` when the file is unlocked.
    pub fn current_id(&self) -> Option<&LockId> {
        match self {
            Self::Unlocked => None,
            Self::Wopi(lock) => Some(&lock.id),
        }
    }
}

/// What a caller wants. A missing or empty id is `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Lock (or refresh, when the id is the same).
    Lock(Option<LockId>),
    /// UnlockAndRelock: swap `old` for `new` in one step.
    Relock {
        /// The id expected now.
        old: LockId,
        /// The id to set.
        new: Option<LockId>,
    },
    /// RefreshLock.
    Refresh(Option<LockId>),
    /// Unlock.
    Unlock(Option<LockId>),
    /// GetLock.
    Get,
    /// PutFile on a file of `size` bytes.
    Write {
        /// The id presented.
        lock: Option<LockId>,
        /// The current size; an unlocked file takes bytes only when it is empty (the create-new flow).
        size: u64,
        /// Whether an unlocked file takes bytes whatever its size and without an id: the switch for Collabora without
        /// locks (files.md section 6.4).
        lockless: bool,
    },
    /// RenameFile.
    Rename(Option<LockId>),
    /// DeleteFile, moving, or being overwritten by PutRelativeFile: nobody may hold the file.
    Vacate,
}

/// What becomes of the lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It stays as it is.
    Keep,
    /// It becomes this. A refresh differs from the state before only in its expiry.
    Become(LockState),
}

/// What the caller is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// 200.
    Done,
    /// 200 to GetLock, with the id, or without when unlocked.
    Held(Option<LockId>),
    /// 409, with the id that holds the file, or without when it is unlocked.
    Conflict(Option<LockId>),
    /// 400: the id was missing; with the id that holds the file, because Office asks this way (files.md section 2.2).
    MissingId(Option<LockId>),
}

/// The result of [`decide`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What becomes of the lock.
    pub change: Change,
    /// What the caller is told.
    pub outcome: Outcome,
}

impl Decision {
    fn keep(outcome: Outcome) -> Self {
        Self { change: Change::Keep, outcome }
    }

    fn becoming(state: LockState) -> Self {
        Self { change: Change::Become(state), outcome: Outcome::Done }
    }
}

/// Decides one command: the transition table of files.md section 2.5.
pub fn decide(now: Duration, state: &LockState, command: &Command) -> Decision {
    let live = state.at(now);
    let hold =
        |id: &LockId| Decision::becoming(LockState::Wopi(WopiLock { id: id.clone(), expires: now + LOCK_TIMEOUT }));
    let conflict = || Decision::keep(Outcome::Conflict(live.current_id().cloned()));
    let missing = || Decision::keep(Outcome::MissingId(live.current_id().cloned()));
    match (command, live) {
        (Command::Get, state) => Decision::keep(Outcome::Held(state.current_id().cloned())),

        (
            Command::Lock(None) | Command::Refresh(None) | Command::Unlock(None) | Command::Relock { new: None, .. },
            _,
        ) => missing(),

        (Command::Lock(Some(id)), LockState::Unlocked) => hold(id),
        (Command::Lock(Some(id)) | Command::Refresh(Some(id)), LockState::Wopi(held)) if held.id == *id => hold(id),
        (Command::Relock { old, new: Some(new) }, LockState::Wopi(held)) if held.id == *old => hold(new),
        (Command::Unlock(Some(id)), LockState::Wopi(held)) if held.id == *id => Decision::becoming(LockState::Unlocked),

        (Command::Write { size, lockless, lock }, LockState::Unlocked)
            if *size == 0 || (*lockless && lock.is_none()) =>
        {
            Decision::keep(Outcome::Done)
        }
        (Command::Write { lock: Some(id), .. } | Command::Rename(Some(id)), LockState::Wopi(held))
            if held.id == *id =>
        {
            Decision::keep(Outcome::Done)
        }
        (Command::Rename(_) | Command::Vacate, LockState::Unlocked) => Decision::keep(Outcome::Done),

        (
            Command::Lock(Some(_))
            | Command::Refresh(Some(_))
            | Command::Unlock(Some(_))
            | Command::Relock { new: Some(_), .. }
            | Command::Write { .. }
            | Command::Rename(_)
            | Command::Vacate,
            LockState::Unlocked | LockState::Wopi(_),
        ) => conflict(),
    }
}
