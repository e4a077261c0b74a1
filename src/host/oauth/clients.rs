//! OAuth clients: who may ask people to sign in (RFC 6749 section 2).

use std::{fmt, sync::Arc};

use super::{redirects, secrets};
use crate::{
    clock::Clock,
    host::trouble::{ATTEMPTS, PAGE, Trouble, all_under, commit, load},
    store::{
        engine::{Batch, Engine, Expect, Key, Revision, scan_prefix},
        records::{ClientRecord, ClientSecret, CodeRecord, GrantFamilyRecord, decode, encode, keys},
    },
};

/// What a client may be allowed to ask for: `wopi` opens the bootstrapper, `app` the interface for the operator's own app.
pub const SCOPES: [&str; 2] = ["wopi", "app"];

/// The longest id, in bytes.
const LONGEST_ID: usize = 64;
/// The longest name, in bytes.
const LONGEST_NAME: usize = 256;
/// The most redirect URIs: with the longest ones a record still has room for them.
const MOST_URIS: usize = 8;
/// Secrets that live at one time (rule B-104).
const LIVE_SECRETS: usize = 2;

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
    pub async fn add(&self, new: NewClient) -> Result<(ClientRecord, Option<String>), ClientError> {
        let (mut record, secret) = (checked(&new)?, secrets::new_secret().map_err(Trouble::from)?);
        record.created = self.clock.wall();
        if !new.public {
            record.secrets.push(ClientSecret { hash: secrets::hash(&secret), created: record.created });
        }
        let key = keys::client(&record.id);
        if self.engine.get(&key).map_err(Trouble::from)?.is_some() {
            return Err(ClientError::Exists(record.id));
        }
        // A removal may have been cut off before it took back everything that was granted to one of that name.
        self.take_back(&record.id).await?;
        let batch = Batch::new().require(key.clone(), Expect::Absent).set(key, encode(&record));
        if !commit(&*self.engine, batch).await? {
            return Err(ClientError::Exists(record.id));
        }
        Ok((record, (!new.public).then_some(secret)))
    }

    /// Makes a further secret, which is told this once. Of those there were, the newest stays valid beside it.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn rotate_secret(&self, id: &str) -> Result<(ClientRecord, String), ClientError> {
        let secret = secrets::new_secret().map_err(Trouble::from)?;
        for _ in 0..ATTEMPTS {
            let (mut record, revision) = self.existing(id)?;
            if record.is_public() {
                return Err(ClientError::Invalid(format!("`{id}` is a public client: it has no secret")));
            }
            let kept = record.secrets.len().saturating_sub(LIVE_SECRETS - 1);
            record.secrets.drain(..kept);
            record.secrets.push(ClientSecret { hash: secrets::hash(&secret), created: self.clock.wall() });
            let key = keys::client(id);
            let batch = Batch::new().require(key.clone(), Expect::Revision(revision)).set(key, encode(&record));
            if commit(&*self.engine, batch).await? {
                return Ok((record, secret));
            }
        }
        Err(Trouble::Contended.into())
    }

    /// Removes a client; what was granted to it is void from now on. `false` when there was none.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn remove(&self, id: &str) -> Result<bool, Trouble> {
        if !is_id(id) {
            return Ok(false);
        }
        let there = self.engine.get(&keys::client(id))?.is_some();
        // The client first: from then on nothing is granted to it that the second step could miss.
        commit(&*self.engine, Batch::new().clear(keys::client(id))).await?;
        self.take_back(id).await?;
        Ok(there)
    }

    /// All clients, by id.
    ///
    /// # Errors
    /// [`Trouble`] when the store cannot be read.
    pub fn list(&self) -> Result<Vec<ClientRecord>, Trouble> {
        let all = all_under(&*self.engine, keys::prefix::CLIENTS)?;
        all.iter().map(|(key, record)| Ok(decode(key, &record.value)?)).collect()
    }

    /// A client.
    ///
    /// # Errors
    /// [`Trouble`] when the store cannot be read.
    pub fn get(&self, id: &str) -> Result<Option<ClientRecord>, Trouble> {
        if !is_id(id) {
            return Ok(None);
        }
        Ok(load::<ClientRecord>(&*self.engine, &keys::client(id))?.map(|(record, _)| record))
    }

    /// Whether `secret` is one of the client's, compared in constant time.
    pub fn secret_fits(client: &ClientRecord, secret: &str) -> bool {
        let hash = secrets::hash(secret);
        client.secrets.iter().fold(false, |fits, known| fits | secrets::equal(&known.hash, &hash))
    }

    fn existing(&self, id: &str) -> Result<(ClientRecord, Revision), ClientError> {
        let found = if is_id(id) { load::<ClientRecord>(&*self.engine, &keys::client(id))? } else { None };
        found.ok_or_else(|| ClientError::NoSuchClient(id.to_owned()))
    }

    /// Takes back all that people granted to a client: families, codes, consents.
    async fn take_back(&self, id: &str) -> Result<(), Trouble> {
        self.clear_where(keys::prefix::FAMILIES, |key, value| {
            let Ok(record) = decode::<GrantFamilyRecord>(key, value) else { return Vec::new() };
            match keys::node_of(key).filter(|_| record.client == id) {
                Some(family) => vec![key.to_owned(), keys::family_of(&record.user, &family)],
                None => Vec::new(),
            }
        })
        .await?;
        let his_code = |key: &[u8], value: &[u8]| decode::<CodeRecord>(key, value).is_ok_and(|code| code.client == id);
        self.clear_where(
            keys::prefix::CODES,
            |key, value| {
                if his_code(key, value) { vec![key.to_owned()] } else { Vec::new() }
            },
        )
        .await?;
        self.clear_where(keys::prefix::CONSENTS, |key, _| {
            if keys::last_part(key) == Some(id) { vec![key.to_owned()] } else { Vec::new() }
        })
        .await
    }

    /// Goes through all records under a prefix and clears the keys that `chosen` names.
    async fn clear_where(&self, prefix: &[u8], chosen: impl Fn(&[u8], &[u8]) -> Vec<Key>) -> Result<(), Trouble> {
        let mut after: Option<Key> = None;
        loop {
            let page = scan_prefix(&*self.engine, prefix, after.as_deref(), PAGE)?;
            let Some((last, _)) = page.last() else { return Ok(()) };
            after = Some(last.clone());
            let clear: Vec<Key> = page.iter().flat_map(|(key, record)| chosen(key, &record.value)).collect();
            if !clear.is_empty() {
                commit(&*self.engine, Batch { clear, ..Batch::new() }).await?;
            }
        }
    }
}

/// Whether a text can be a `client_id`.
pub(super) fn is_id(id: &str) -> bool {
    (1..=LONGEST_ID).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// The record of a client, still without secret and time.
fn checked(new: &NewClient) -> Result<ClientRecord, ClientError> {
    let refuse = |reason: &str| Err(ClientError::Invalid(reason.to_owned()));
    if !is_id(&new.id) {
        return refuse("a client id is 1 to 64 of the characters A-Z a-z 0-9 - _ .");
    }
    let name = new.name.trim();
    if name.is_empty() || name.len() > LONGEST_NAME || name.chars().any(char::is_control) {
        return refuse("a client's name is 1 to 256 bytes long, without control characters");
    }
    if new.redirect_uris.is_empty() || new.redirect_uris.len() > MOST_URIS {
        return refuse("a client has 1 to 8 redirect URIs");
    }
    for uri in &new.redirect_uris {
        redirects::check(uri, new.public).map_err(ClientError::Invalid)?;
    }
    if new.scopes.is_empty() {
        return refuse("a client may ask for at least one scope: `wopi`, `app` or both");
    }
    let mut scopes: Vec<String> = Vec::new();
    for scope in &new.scopes {
        if !SCOPES.contains(&scope.as_str()) {
            return Err(ClientError::Invalid(format!("there is no scope `{scope}`; there are `wopi` and `app`")));
        }
        if !scopes.contains(scope) {
            scopes.push(scope.clone());
        }
    }
    Ok(ClientRecord {
        id: new.id.clone(),
        name: name.to_owned(),
        secrets: Vec::new(),
        redirect_uris: new.redirect_uris.clone(),
        scopes,
        created: crate::clock::Timestamp::from_ticks(0),
    })
}

#[cfg(test)]
#[path = "clients_tests.rs"]
mod tests;
