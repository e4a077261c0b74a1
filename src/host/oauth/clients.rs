//! OAuth clients: who may ask people to sign in (RFC 6749 section 2).

use std::{fmt, sync::Arc};

use crate::{
    clock::Clock,
    host::trouble::{Trouble, load},
    store::{
        engine::Engine,
        records::{ClientRecord, keys},
    },
};

/// A client to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewClient {
    /// Its `client_id`: 1 to 64 of `A-Z a-z 0-9 - _ .`.
    pub id: String,
    /// What people are told that asks.
    pub name: String,
    /// Where codes may be sent.
    pub redirect_uris: Vec<String>,
    /// The scopes it may ask for: `wopi` opens the bootstrapper, `app` the interface for the operator's own app.
    pub scopes: Vec<String>,
    /// A client that cannot keep a secret, such as an app: it must use PKCE.
    pub public: bool,
}

/// Why a client was not added or changed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ClientError {
    /// The id is taken.
    #[error("there is a client `{0}` already")]
    Exists(String),
    /// There is no such client.
    #[error("there is no client `{0}`")]
    NoSuchClient(String),
    /// Something about it cannot be.
    #[error("{0}")]
    Invalid(String),
    /// The store could not do it.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

/// The clients of the house.
#[derive(Clone)]
pub struct Clients {
    engine: Arc<dyn Engine>,
    #[expect(dead_code, reason = "skeleton")]
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for Clients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clients").finish_non_exhaustive()
    }
}

impl Clients {
    /// Works on the records of `engine`.
    pub fn new(engine: Arc<dyn Engine>, clock: Arc<dyn Clock>) -> Self {
        Self { engine, clock }
    }

    /// Adds a client; with it its secret, which is told this once, and none for a public client.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn add(&self, _new: NewClient) -> Result<(ClientRecord, Option<String>), ClientError> {
        Err(Trouble::Contended.into())
    }

    /// Makes a further secret, which is told this once. Of those there were, the newest stays valid beside it.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn rotate_secret(&self, _id: &str) -> Result<(ClientRecord, String), ClientError> {
        Err(Trouble::Contended.into())
    }

    /// Removes a client; what was granted to it is void from now on. `false` when there was none.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn remove(&self, _id: &str) -> Result<bool, Trouble> {
        Err(Trouble::Contended)
    }

    /// All clients, by id.
    ///
    /// # Errors
    /// [`Trouble`] when the store cannot be read.
    pub fn list(&self) -> Result<Vec<ClientRecord>, Trouble> {
        Err(Trouble::Contended)
    }

    /// A client.
    ///
    /// # Errors
    /// [`Trouble`] when the store cannot be read.
    pub fn get(&self, id: &str) -> Result<Option<ClientRecord>, Trouble> {
        Ok(load::<ClientRecord>(&*self.engine, &keys::client(id))?.map(|(record, _)| record))
    }

    /// Whether `secret` is one of the client's, compared in constant time.
    pub fn secret_fits(_client: &ClientRecord, _secret: &str) -> bool {
        false
    }
}
