//! Floor 3: actors. One per file in use serializes everything that changes the file; one for the tree of containers.
//!
//! - [`directory::Directory`] finds, starts, replaces and retires file actors, and counts what is in flight per file;
//! - [`file::FileActor`] decides one operation after another on its copy of the file's head, and hands what changes to the
//!   engine without waiting for the disk: the *caller* waits for the ticket. A panic harms only the operation that hit it;
//! - [`file::Workplace`] lets one operation at a time to a file's actor: from its mail on the actor's own thread, or, brief ones
//!   that find nothing in the mail, on the caller's;
//! - [`tree::Tree`] does the same for containers;
//! - [`expiry::ExpiryBoard`] remembers the exact moments at which locks run out, beyond the life of an actor.
//!
//! No actor waits for another, and none waits for the disk except to read.

pub mod directory;
pub mod expiry;
pub mod file;
pub mod messages;
mod system;
pub mod tree;

use std::sync::Arc;

use crate::store::{
    engine::{CommitError, EngineError},
    records::RecordError,
};

pub use directory::{Directory, DirectoryOptions};
pub use messages::{Answer, Operation};
pub use system::ActorSystem;

/// Why an operation on a file or container did not happen.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActorError {
    /// There is no such file or container (any more).
    #[error("there is no such file or folder")]
    NotFound,
    /// The name is taken in that container.
    #[error("the name is taken")]
    NameTaken,
    /// The container still holds something.
    #[error("the folder is not empty")]
    NotEmpty,
    /// A container cannot be put into itself or below itself, nor deeper than allowed.
    #[error("a folder cannot be moved into itself or nested so deeply")]
    Misplaced,
    /// Too many operations are in flight, for this file or for the disk.
    #[error("too many operations are in flight")]
    Overloaded,
    /// The actor died of this operation; whether it happened is unknown.
    #[error("the operation failed unexpectedly and may or may not have happened")]
    Crashed,
    /// The state kept changing while this was decided.
    #[error("the file kept changing; try again")]
    Contended,
    /// The host is shutting down.
    #[error("the host is shutting down")]
    ShuttingDown,
    /// The store is read-only since a write failed.
    #[error("the store cannot write: {0}")]
    ReadOnly(Arc<str>),
    /// The store cannot be read, or a record is damaged.
    #[error("the store cannot be read: {0}")]
    Unreadable(Arc<str>),
}

impl From<EngineError> for ActorError {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Busy => Self::Overloaded,
            EngineError::Closed => Self::ShuttingDown,
            EngineError::ReadOnly(why) => Self::ReadOnly(why),
            other => Self::Unreadable(other.to_string().into()),
        }
    }
}

impl From<RecordError> for ActorError {
    fn from(error: RecordError) -> Self {
        Self::Unreadable(error.to_string().into())
    }
}

impl From<CommitError> for ActorError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Conflict { .. } => Self::Contended,
            CommitError::Failed(why) => Self::ReadOnly(why),
        }
    }
}
