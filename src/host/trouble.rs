//! What is nobody's fault but the machine's, and how this floor reads and changes single records.

use serde::de::DeserializeOwned;

use crate::{
    host::random::NoRandomness,
    store::{
        engine::{Batch, CommitError, Engine, EngineError, Key, Record, Revision, scan_prefix},
        records::{RecordError, decode},
    },
};

/// The store could not do what it was asked; no fault of the caller.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Trouble {
    /// The engine did not take a batch or could not read.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A record could not be understood.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// A batch was not applied.
    #[error(transparent)]
    Commit(#[from] CommitError),
    /// Others changed the same records each time; try again.
    #[error("others keep changing the same records; try again")]
    Contended,
    /// A token could not be signed.
    #[error("a token could not be signed: {0}")]
    Signing(std::sync::Arc<str>),
    /// No randomness, hence no identifier or secret.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}

impl Trouble {
    /// True when the same call may well succeed in a moment.
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Engine(EngineError::Busy) | Self::Contended | Self::Commit(CommitError::Conflict { .. }))
    }
}

/// How often a decision is taken again when the records it was made on have changed meanwhile.
pub(super) const ATTEMPTS: usize = 8;

/// How many records are read or cleared at once.
pub(super) const PAGE: usize = 128;

/// The value of records that say all by their key.
pub(super) use crate::store::records::MARK;

/// Reads a record with the revision that a batch may demand of it.
pub(super) fn load<T: DeserializeOwned>(engine: &dyn Engine, key: &[u8]) -> Result<Option<(T, Revision)>, Trouble> {
    match engine.get(key)? {
        None => Ok(None),
        Some(record) => Ok(Some((decode(key, &record.value)?, record.revision))),
    }
}

/// Submits a batch and waits until it is durable; `false` when a precondition did not hold.
///
/// After `false` everything that was submitted earlier is durable, so that reading again shows what was in the way.
pub(super) async fn commit(engine: &dyn Engine, batch: Batch) -> Result<bool, Trouble> {
    let ticket = engine.submit(batch)?;
    match ticket.wait().await {
        Ok(()) => Ok(true),
        Err(CommitError::Conflict { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Reads everything under a prefix, page by page. Only for prefixes that one user or one node bounds.
pub(super) fn all_under(engine: &dyn Engine, prefix: &[u8]) -> Result<Vec<(Key, Record)>, Trouble> {
    let mut all: Vec<(Key, Record)> = Vec::new();
    loop {
        let page = scan_prefix(engine, prefix, all.last().map(|(key, _)| key.as_slice()), PAGE)?;
        let ended = page.len() < PAGE;
        all.extend(page);
        if ended {
            return Ok(all);
        }
    }
}
