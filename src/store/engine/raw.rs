//! The records below the engine, for a backup that is restored and damage that is repaired: nobody else may use them, and
//! only while no engine is open over the same backing.

use bytes::Bytes;

use super::{
    Record, Revision,
    redo::{self, RecoverError},
    stored::{self, LAST_REVISION, REDO, RESERVED_TO},
};
use crate::store::backing::{Backing, BackingError};

/// As many changes, or chunks, as no store ever comes to.
pub(crate) const HIGHEST: Revision = stored::HIGHEST;

/// Whether a key is the engine's own.
pub(crate) fn is_reserved(key: &[u8]) -> bool {
    stored::is_reserved(key)
}

/// A record as the backing holds it.
pub(crate) fn encode(revision: Revision, value: &[u8]) -> Bytes {
    stored::encode(revision, value)
}

/// A record from what the backing holds; `None` when that is too short to be one.
pub(crate) fn decode(stored: &Bytes) -> Option<Record> {
    stored::decode(&[], stored).ok()
}

/// Sets the numbers from which the engine goes on: no revision up to `newest` will be given out.
pub(crate) fn set_newest_revision(backing: &dyn Backing, newest: Revision) -> Result<(), BackingError> {
    backing.insert(RESERVED_TO, &newest.to_be_bytes())?;
    backing.insert(LAST_REVISION, &newest.to_be_bytes())
}

/// The newest revision that was given out as far as the engine's own numbers tell; `None` when they are damaged.
pub(crate) fn newest_revision(backing: &dyn Backing) -> Result<Option<Revision>, BackingError> {
    let mut newest = 0;
    for key in [RESERVED_TO, LAST_REVISION] {
        match backing.get(key)? {
            None => {}
            Some(stored) => match <[u8; 8]>::try_from(stored.as_ref()) {
                Ok(number) => newest = newest.max(Revision::from_be_bytes(number)),
                Err(_) => return Ok(None),
            },
        }
    }
    Ok(Some(newest))
}

/// Completes or drops what a crash interrupted; `false` when that is damaged and was left as it is.
pub(crate) fn recover(backing: &dyn Backing) -> Result<bool, BackingError> {
    match redo::recover(backing) {
        Ok(_) => Ok(true),
        Err(RecoverError::Damaged(_)) => Ok(false),
        Err(RecoverError::Backing(error)) => Err(error),
    }
}

/// Whether a key is that of a batch that a crash may have interrupted.
pub(crate) fn is_redo(key: &[u8]) -> bool {
    key.starts_with(&REDO)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{
        engine::{EngineOptions, LocalEngine, OpenError},
        memory::MemoryDatabase,
    };

    #[test]
    fn a_store_that_claims_more_changes_than_there_can_be_is_damaged() {
        for newest in [HIGHEST + 1, Revision::MAX - 1, Revision::MAX] {
            let backing = MemoryDatabase::new().tree("records");
            set_newest_revision(&*backing, newest).unwrap();
            let opened = LocalEngine::open(backing, EngineOptions::default());
            assert!(matches!(opened, Err(OpenError::Damaged(_))), "{newest}");
        }
        let backing = MemoryDatabase::new().tree("records");
        set_newest_revision(&*backing, HIGHEST).unwrap();
        assert!(LocalEngine::open(backing, EngineOptions::default()).is_ok());
    }
}
