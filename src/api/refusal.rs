//! Why something that was asked did not happen: a status and a sentence.

use std::fmt;

use actix_web::{HttpResponse, http::StatusCode};
use serde::{Deserialize, Serialize};

use crate::{
    host::{HostError, accounts::AccountError, rights::GrantError, trouble::Trouble},
    server::reply,
};

/// The body of every answer that is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// 400 nonsense, 404 not there, 409 it stands against the present state, 413 too large, 423 locked, 500 the store,
    /// 503 busy, 507 no space.
    pub status: u16,
    /// What happened to what, and what to do.
    pub message: String,
}

impl Refusal {
    /// A refusal in our own words.
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status: status.as_u16(), message: message.into() }
    }

    /// Something is not there.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    /// The present state of things stands against it.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, message)
    }

    /// The request says something impossible.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// An editor holds the file.
    pub fn locked(path: impl fmt::Display) -> Self {
        Self::new(
            StatusCode::LOCKED,
            format!(
                "`{path}` is locked by an editor: wait until it is closed there, or end the lock with \
                 `lockhouse lock break {path}`"
            ),
        )
    }

    /// The host's error, about this file, folder or user.
    pub fn about(subject: impl fmt::Display, error: &HostError) -> Self {
        match error {
            HostError::Locked => Self::locked(subject),
            HostError::Invalid(text) => Self::invalid(text.clone()),
            HostError::NameTaken => {
                Self::conflict(format!("`{subject}`: the name is taken; choose another, or move what is there"))
            }
            error => Self::new(status(error), format!("`{subject}`: {error}")),
        }
    }

    pub(super) fn response(&self) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        reply::message(status, &self.message)
    }
}

impl From<HostError> for Refusal {
    fn from(error: HostError) -> Self {
        Self::new(status(&error), error.to_string())
    }
}

impl From<Trouble> for Refusal {
    fn from(trouble: Trouble) -> Self {
        HostError::from(trouble).into()
    }
}

impl From<AccountError> for Refusal {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Trouble(trouble) => trouble.into(),
            AccountError::NoSuchUser(_) => Self::not_found(error.to_string()),
            AccountError::Exists(_)
            | AccountError::LastAdmin(_)
            | AccountError::OwnsFiles { .. }
            | AccountError::SubjectTaken(_) => Self::conflict(error.to_string()),
            other => Self::invalid(other.to_string()),
        }
    }
}

impl From<GrantError> for Refusal {
    fn from(error: GrantError) -> Self {
        match error {
            GrantError::Trouble(trouble) => trouble.into(),
            GrantError::NoSuchUser(_) | GrantError::NoSuchNode => Self::not_found(error.to_string()),
            GrantError::AlreadyOwner(_) | GrantError::MayNot => Self::conflict(error.to_string()),
        }
    }
}

fn status(error: &HostError) -> StatusCode {
    match error {
        HostError::NotFound => StatusCode::NOT_FOUND,
        HostError::Access(_) | HostError::NoRight => StatusCode::FORBIDDEN,
        HostError::SwitchedOff | HostError::IllegalName(_) | HostError::Invalid(_) => StatusCode::BAD_REQUEST,
        HostError::NameTaken | HostError::Misplaced(_) => StatusCode::CONFLICT,
        HostError::Locked => StatusCode::LOCKED,
        HostError::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        HostError::NoSpace { .. } => StatusCode::INSUFFICIENT_STORAGE,
        HostError::Overloaded | HostError::ShuttingDown => StatusCode::SERVICE_UNAVAILABLE,
        HostError::Corrupt(_) | HostError::Failed(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
