//! What became of the saves of each file lately, as the host itself has seen it: what a page can tell its reader when the
//! editor in it says "saved".
//!
//! Kept in memory alone, for a bounded number of files: a file's last save is also in its head, and a refused one that was
//! kept is among its rescued versions.

use super::{HostError, PutOutcome, access::Access, kept::Kept, tokens::ClientKind};
use crate::{
    clock::Timestamp,
    ids::{NodeId, UserId},
    store::records::{SaveKind, VersionStamp},
};

/// Why a save was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Another session holds the file.
    Locked,
    /// The session's lock was lost or had run out.
    LockLost,
    /// The file was changed since the session read it.
    Outdated,
    /// The file was put into the bin.
    Gone,
    /// Whoever saves may not write any more.
    NoRight,
    /// More bytes than the host takes.
    TooLarge,
    /// The disk is nearly full.
    NoSpace,
    /// Too much is in flight; the editor tries again.
    Busy,
    /// The host could not store it.
    Failed,
}

impl Why {
    /// A word for it, for scripts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Locked => "locked",
            Self::LockLost => "lock-lost",
            Self::Outdated => "outdated",
            Self::Gone => "gone",
            Self::NoRight => "no-right",
            Self::TooLarge => "too-large",
            Self::NoSpace => "no-space",
            Self::Busy => "busy",
            Self::Failed => "failed",
        }
    }

    const fn of(error: &HostError) -> Self {
        match error {
            HostError::Access(_) | HostError::NoRight => Self::NoRight,
            HostError::NotFound => Self::Gone,
            HostError::Locked => Self::Locked,
            HostError::TooLarge { .. } => Self::TooLarge,
            HostError::NoSpace { .. } => Self::NoSpace,
            HostError::Overloaded | HostError::ShuttingDown => Self::Busy,
            _ => Self::Failed,
        }
    }
}

/// A save that was accepted: it is on the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// The version that it made.
    pub version: VersionStamp,
    /// When.
    pub at: Timestamp,
    /// Whose token saved it.
    pub by: UserId,
    /// Why it was saved.
    pub kind: SaveKind,
    /// By which kind of editor.
    pub client: ClientKind,
}

/// A save that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// When.
    pub at: Timestamp,
    /// Whose token brought it.
    pub by: UserId,
    /// Why.
    pub why: Why,
    /// Whether its bytes were kept as a rescued version.
    pub rescued: bool,
    /// By which kind of editor.
    pub client: ClientKind,
}

/// An editor that was heard of: it took, kept or gave back the lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contact {
    /// When.
    pub at: Timestamp,
    /// Which kind of editor.
    pub client: ClientKind,
    /// Whether it held the file afterwards.
    pub held: bool,
}

/// What is known of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileSaves {
    /// The last save that was accepted.
    pub saved: Option<Saved>,
    /// The last one that was refused.
    pub refused: Option<Refused>,
    /// The last that was heard of an editor.
    pub contact: Option<Contact>,
}

/// What is known of all files: of about 4,096, those that were asked for or noted last.
#[derive(Default)]
pub struct Saves {
    kept: Kept<FileSaves>,
}

impl std::fmt::Debug for Saves {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Saves").finish_non_exhaustive()
    }
}

impl Saves {
    /// What is known of a file; nothing, of one that was neither saved nor locked since the start.
    pub fn of(&self, file: &NodeId) -> FileSaves {
        self.kept.get(file.as_str()).unwrap_or_default()
    }

    pub(super) fn note_saved(
        &self,
        file: &NodeId,
        access: &Access,
        version: VersionStamp,
        at: Timestamp,
        kind: SaveKind,
    ) {
        let saved = Saved { version, at, by: access.user_id(), kind, client: access.client() };
        self.kept.change(file.as_str(), |known| known.saved = Some(saved));
    }

    pub(super) fn note_refused(
        &self,
        file: &NodeId,
        access: &Access,
        at: Timestamp,
        outcome: &PutOutcome,
        rescued: bool,
    ) {
        let why = match outcome {
            PutOutcome::Saved { .. } => return,
            PutOutcome::Locked(Some(_)) => Why::Locked,
            PutOutcome::Locked(None) => Why::LockLost,
            PutOutcome::Outdated(_) => Why::Outdated,
            PutOutcome::Gone => Why::Gone,
        };
        self.refuse(file, access, at, why, rescued);
    }

    pub(super) fn note_failure(&self, file: &NodeId, access: &Access, at: Timestamp, error: &HostError) {
        self.refuse(file, access, at, Why::of(error), false);
    }

    fn refuse(&self, file: &NodeId, access: &Access, at: Timestamp, why: Why, rescued: bool) {
        let refused = Refused { at, by: access.user_id(), why, rescued, client: access.client() };
        self.kept.change(file.as_str(), |known| known.refused = Some(refused));
    }

    pub(super) fn note_lock(&self, file: &NodeId, client: ClientKind, at: Timestamp, held: bool) {
        self.kept.change(file.as_str(), |known| known.contact = Some(Contact { at, client, held }));
    }
}
