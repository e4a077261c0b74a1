//! Why the host did not do what it was asked, once for all faces.

use std::{path::PathBuf, sync::Arc};

use crate::{
    actors::ActorError,
    host::{access::AccessError, accounts::AccountError, links::LinkError, rights::GrantError, trouble::Trouble},
    ids::NodeId,
    names::NameError,
    store::{content::ContentError, engine::EngineError, records::RecordError},
};

/// Why an operation did not happen. A face maps each of these to its protocol, once.
#[derive(Clone, Debug, thiserror::Error)]
pub enum HostError {
    /// The token, or what it names, does not open this.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// Nothing there, or in the bin.
    #[error("there is no such file or folder")]
    NotFound,
    /// The caller may not do this; outside he is told that there is nothing.
    #[error("the caller lacks the right to do this")]
    NoRight,
    /// The administrator has switched the operation off.
    #[error("this operation is switched off")]
    SwitchedOff,
    /// The name cannot be used.
    #[error("the name cannot be used: {0}")]
    IllegalName(#[from] NameError),
    /// The name is taken in that container.
    #[error("the name is taken")]
    NameTaken,
    /// Something is locked that may not be.
    #[error("the file is locked")]
    Locked,
    /// The folder is not empty, not movable there, or nested too deeply.
    #[error("{0}")]
    Misplaced(&'static str),
    /// The request says something impossible; the words are for its sender.
    #[error("{0}")]
    Invalid(String),
    /// More bytes than the limit.
    #[error("the body is over the limit of {limit} bytes")]
    TooLarge {
        /// The limit in force.
        limit: u64,
    },
    /// Storing this would leave less free space than the floor.
    #[error("the disk has {free} bytes free; storing this would go below the floor of {floor} bytes")]
    NoSpace {
        /// Bytes free.
        free: u64,
        /// Bytes that must stay free.
        floor: u64,
    },
    /// Too much is in flight.
    #[error("too many operations are in flight; try again shortly")]
    Overloaded,
    /// The host is shutting down.
    #[error("the host is shutting down")]
    ShuttingDown,
    /// A part of the file cannot be read back as it was written.
    #[error("{0}")]
    Corrupt(Arc<str>),
    /// The store cannot read or write, or our own code failed.
    #[error("{0}")]
    Failed(Arc<str>),
}

impl From<ActorError> for HostError {
    fn from(error: ActorError) -> Self {
        match error {
            ActorError::NotFound => Self::NotFound,
            ActorError::NameTaken => Self::NameTaken,
            ActorError::NotEmpty => Self::Misplaced("the folder is not empty"),
            ActorError::Misplaced => {
                Self::Misplaced("a folder cannot be moved there: into itself, into another drive, or nested too deeply")
            }
            ActorError::Overloaded | ActorError::Contended => Self::Overloaded,
            ActorError::ShuttingDown => Self::ShuttingDown,
            ActorError::Crashed | ActorError::ReadOnly(_) | ActorError::Unreadable(_) => {
                Self::Failed(error.to_string().into())
            }
        }
    }
}

impl From<EngineError> for HostError {
    fn from(error: EngineError) -> Self {
        ActorError::from(error).into()
    }
}

impl From<RecordError> for HostError {
    fn from(error: RecordError) -> Self {
        Self::Failed(error.to_string().into())
    }
}

impl From<ContentError> for HostError {
    fn from(error: ContentError) -> Self {
        match error {
            ContentError::NoSpace { free, floor, .. } => Self::NoSpace { free, floor },
            ContentError::Engine(error) => error.into(),
            ContentError::Corrupt { .. } | ContentError::Missing { .. } => Self::Corrupt(error.to_string().into()),
            other => Self::Failed(other.to_string().into()),
        }
    }
}

impl From<Trouble> for HostError {
    fn from(trouble: Trouble) -> Self {
        if trouble.is_passing() { Self::Overloaded } else { Self::Failed(trouble.to_string().into()) }
    }
}

impl From<AccountError> for HostError {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Trouble(trouble) => trouble.into(),
            other => Self::Invalid(other.to_string()),
        }
    }
}

impl From<LinkError> for HostError {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::NoSuchNode => Self::NotFound,
            LinkError::Trouble(trouble) => trouble.into(),
            other => Self::Invalid(other.to_string()),
        }
    }
}

impl From<GrantError> for HostError {
    fn from(error: GrantError) -> Self {
        match error {
            GrantError::NoSuchNode => Self::NotFound,
            GrantError::MayNot => Self::NoRight,
            GrantError::Trouble(trouble) => trouble.into(),
            other => Self::Invalid(other.to_string()),
        }
    }
}

/// Why a host could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The store in it could not be opened.
    #[error(transparent)]
    Store(#[from] crate::store::OpenError),
    /// The store was opened but cannot be used.
    #[error("the data directory `{}` cannot be used: {reason}", path.display())]
    Unusable {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

/// Says which file a failure was about, for the log.
pub(crate) fn log_failure(file: &NodeId, error: &HostError) {
    match error {
        HostError::Corrupt(_) | HostError::Failed(_) => {
            tracing::error!(file.id = %file, %error, "an operation on file `{file}` failed");
        }
        _ => {}
    }
}
