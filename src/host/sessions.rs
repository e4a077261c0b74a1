//! Browsers that are signed in.

use std::{fmt, sync::Arc, time::Duration};

use crate::{
    clock::Clock,
    host::trouble::Trouble,
    ids::UserId,
    store::{
        engine::Engine,
        records::{AccountRecord, SessionRecord},
    },
};

/// The sessions of the house, stored under hashes of what cookies hold.
#[derive(Clone)]
#[expect(dead_code, reason = "skeleton")]
pub struct Sessions {
    engine: Arc<dyn Engine>,
    clock: Arc<dyn Clock>,
    lifetime: Duration,
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").finish_non_exhaustive()
    }
}

impl Sessions {
    /// Works on the records of `engine`; a session ends `lifetime` after its last use.
    pub fn new(engine: Arc<dyn Engine>, clock: Arc<dyn Clock>, lifetime: Duration) -> Self {
        Self { engine, clock, lifetime }
    }

    /// Begins a session for somebody who has just signed in; the text is for the cookie, and secret.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn begin(&self, _account: &AccountRecord, _agent: &str) -> Result<String, Trouble> {
        Err(Trouble::Contended)
    }

    /// Who the holder of a cookie is, if the session and the account still stand (rule B-46: not after a password change).
    ///
    /// # Errors
    /// [`Trouble`].
    pub fn find(&self, _cookie: &str) -> Result<Option<(AccountRecord, SessionRecord)>, Trouble> {
        Ok(None)
    }

    /// Moves the end of a session that is in use; seldom writes.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn touch(&self, _cookie: &str) -> Result<(), Trouble> {
        Ok(())
    }

    /// Ends a session.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn end(&self, _cookie: &str) -> Result<(), Trouble> {
        Ok(())
    }

    /// The sessions of a user, each with the hash that names it.
    ///
    /// # Errors
    /// [`Trouble`].
    pub fn of_user(&self, _user: &UserId) -> Result<Vec<(String, SessionRecord)>, Trouble> {
        Ok(Vec::new())
    }
}
