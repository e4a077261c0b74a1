//! What actors are asked, and what they answer. One file, so that the whole conversation can be read at once.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use actix::Message;
use bytes::Bytes;

use super::ActorError;
use crate::{
    clock::Timestamp,
    ids::{NodeId, UserId},
    lock::{Command, LockId, Outcome},
    names::FileName,
    store::{
        engine::{Key, Ticket},
        records::{ContentRef, FileHead, SaveKind, VersionRow, VersionStamp},
    },
};

/// An operation on one file.
#[derive(Clone, Debug)]
pub enum Operation {
    /// Lock, RefreshLock, Unlock, UnlockAndRelock, GetLock; also the look at the lock before a body is read.
    Lock(Command),
    /// Makes the file: its id must be new and its name free.
    Create(Create),
    /// Stores new bytes, if lock and time stamp allow.
    Write(Write),
    /// Replaces the bytes of a file that nobody may hold (PutRelativeFile onto an existing name, upload over it).
    Overwrite(Contribution),
    /// The same, on condition that the file is still what has this name in this container; the name gets the spelling given.
    /// Another file may have it by now, or none: that is [`ActorError::NotFound`].
    OverwriteNamed {
        /// The container.
        parent: NodeId,
        /// The name there.
        name: FileName,
        /// The bytes.
        contribution: Contribution,
    },
    /// Brings an earlier or a rescued version back as the newest. Nobody may hold the file.
    Restore {
        /// Which.
        which: VersionChoice,
        /// Who wants it.
        by: UserId,
    },
    /// Keeps refused bytes beside the history.
    KeepRescued {
        /// The bytes.
        contribution: Contribution,
        /// Why they were refused, in words for the file's owner.
        reason: String,
        /// How many bytes of rescued versions the file may keep; the oldest go first.
        most_bytes: u64,
    },
    /// Drops rescued versions of before a moment.
    DropRescued {
        /// That moment.
        before: Timestamp,
    },
    /// Gives the file another name in its container.
    Rename {
        /// The lock id presented.
        lock: Option<LockId>,
        /// The new name, extension included.
        to: FileName,
    },
    /// Puts the file into another container, perhaps under another name. A lock moves along; a new name needs it free.
    Move {
        /// Where it must still be: rights come from there. Elsewhere it is [`ActorError::NotFound`].
        from: Option<NodeId>,
        /// The container.
        parent: NodeId,
        /// Whose drive that is in.
        owner: UserId,
        /// The name there; `None` for the one that it has.
        name: Option<FileName>,
    },
    /// Puts the file into the bin.
    Delete {
        /// Who wants it.
        by: UserId,
    },
    /// Takes the file out of the bin.
    Undelete {
        /// Into which container.
        parent: NodeId,
        /// Whose drive that is in.
        owner: UserId,
        /// Under which name.
        name: FileName,
    },
    /// Removes a file that is in the bin, for good. What is left of it goes with [`Operation::ClearLeftovers`].
    Purge,
    /// Removes what is left of a file that was removed for good.
    ClearLeftovers {
        /// Records that rest on the file besides its own: grants, share links.
        traces: Vec<Key>,
    },
    /// Ends the lock of this id and no other; without an id, whichever holds the file.
    BreakLock {
        /// The lock that was seen.
        held: Option<LockId>,
    },
    /// Drops versions that the policy no longer keeps.
    Prune,
    /// Stores what AddActivities reported.
    AddActivities(Vec<Bytes>),
    /// Dies, as a fault in our own code would; for tests of supervision.
    #[cfg(test)]
    Panic,
    /// Another operation, with something done before it and after; for tests that force a moment.
    #[cfg(test)]
    Amid(Amid),
}

/// An operation, and what is done in its actor before and after it is decided.
#[cfg(test)]
#[derive(Clone)]
pub struct Amid {
    /// Done first.
    pub before: Arc<dyn Fn() + Send + Sync>,
    /// The operation.
    pub operation: Box<Operation>,
    /// Done when it is decided and submitted, and nobody has heard of it.
    pub after: Arc<dyn Fn() + Send + Sync>,
    /// On the caller's thread, if nothing is in the mail.
    pub at_once: bool,
}

#[cfg(test)]
impl std::fmt::Debug for Amid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.operation.fmt(f)
    }
}

/// Which stored content to bring back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersionChoice {
    /// A version of the history, by sequence number.
    Version(u64),
    /// A rescued version, by its number.
    Rescued(u64),
}

/// A new file.
#[derive(Clone, Debug)]
pub struct Create {
    /// Its container.
    pub parent: NodeId,
    /// Whose drive that is in.
    pub owner: UserId,
    /// Its name.
    pub name: FileName,
    /// Its first bytes.
    pub contribution: Contribution,
}

/// Bytes that are stored already, and how they came.
#[derive(Clone, Debug)]
pub struct Contribution {
    /// The bytes.
    pub content: ContentRef,
    /// What of the manifest is to be committed together with the version.
    pub pages: Vec<(Key, Bytes)>,
    /// Whose token brought them.
    pub by: UserId,
    /// Everyone who contributed, as `X-WOPI-Editors` said.
    pub editors: Vec<String>,
    /// Why.
    pub kind: SaveKind,
}

/// A PutFile.
#[derive(Clone, Debug)]
pub struct Write {
    /// The lock id presented.
    pub lock: Option<LockId>,
    /// Whether an unlocked file takes bytes without an id (files.md section 6.4).
    pub lockless: bool,
    /// The modification time that the client believes in; another one refuses the write (files.md section 6.4).
    pub believed: Option<Timestamp>,
    /// The bytes.
    pub contribution: Contribution,
}

/// What an operation came to.
#[derive(Clone, Debug)]
pub enum Answer {
    /// It happened; the file's head as it is now.
    Done(Arc<FileHead>),
    /// The answer of the lock, and the version at that moment.
    Lock(Outcome, VersionStamp),
    /// The lock stands against it: the id that holds the file, or none when an unlocked file demands one.
    Locked(Option<LockId>),
    /// The lock that was ended; `None` when the file was not locked.
    Broken(Option<LockId>),
    /// The file has changed since the client read it; the id that holds it, if one does.
    Outdated(Option<LockId>),
    /// A rescued version was kept under this number, or, when it holds nothing new, none was.
    Rescued(Option<u64>),
    /// The file is gone for good; what it was.
    Purged(Arc<FileHead>),
    /// Nothing is left of the file.
    Cleared,
    /// The versions that were dropped.
    Pruned(Vec<VersionRow>),
}

/// An answer, and the commit that must be durable before it may be told: a refusal reveals what it was decided on, too.
#[derive(Clone, Debug)]
pub struct Decided {
    /// The answer.
    pub answer: Result<Answer, ActorError>,
    /// The newest commit that it depends on.
    pub after: Option<Ticket>,
}

/// One operation in flight on a file, or in its actor's mail, for as long as this lives.
pub struct InFlight(Arc<AtomicUsize>);

impl InFlight {
    /// Counts one more.
    pub fn begin(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::AcqRel);
        Self(Arc::clone(count))
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Operation {
    /// Whether deciding takes no longer than reading a record, so that the caller's thread may do it.
    pub const fn is_brief(&self) -> bool {
        match self {
            Self::Lock(_) => true,
            #[cfg(test)]
            Self::Amid(amid) => amid.at_once,
            _ => false,
        }
    }
}

/// The one message of a file's actor.
pub struct Ask {
    /// What is wanted.
    pub operation: Arc<Operation>,
    /// The caller has it too. He may go; the actor is in use until it has taken this message up and is done with it.
    _in_flight: Arc<InFlight>,
    /// Counted among the actor's mail until the actor is done with it.
    _in_mail: InFlight,
    /// Set when the actor begins: if it dies before, the operation may be asked again.
    pub begun: Arc<AtomicBool>,
}

impl Message for Ask {
    /// `None` when the actor has died or was replaced: the next one is to be asked.
    type Result = Option<Result<Decided, ActorError>>;
}

impl Ask {
    /// Wraps an operation.
    pub fn new(operation: Arc<Operation>, in_flight: Arc<InFlight>, in_mail: InFlight) -> Self {
        Self { operation, _in_flight: in_flight, _in_mail: in_mail, begun: Arc::default() }
    }

    /// Notes that the actor took it up.
    pub fn begin(&self) {
        self.begun.store(true, Ordering::SeqCst);
    }
}
