//! How records lie in the backing: eight bytes of revision, most significant first, then the value. Keys that begin with a
//! zero byte are the engine's own.

use bytes::Bytes;

use super::{EngineError, Record, Revision};

const REVISION_LEN: usize = 8;

/// The first byte of the engine's own keys.
const RESERVED: u8 = 0;

/// The lowest key that a caller may use is not below this.
pub(super) const FIRST_KEY: &[u8] = &[RESERVED + 1];

/// No revision above the number stored here has been given out. It is written before any such revision is used.
pub(super) const RESERVED_TO: &[u8] = &[RESERVED, b'n'];

/// The last revision of the newest group. It is written after the group's records, so that a log that lost its tail shows it.
pub(super) const LAST_REVISION: &[u8] = &[RESERVED, b'r'];

/// No store ever comes to a higher revision: a number beyond it is damage.
pub(super) const HIGHEST: Revision = 1 << 62;

/// The beginning of the keys of redo records ([`super::redo`]).
pub(super) const REDO: [u8; 2] = [RESERVED, b'd'];

/// Whether a key is not for callers. The empty key is not, because it lies before the engine's own.
pub(super) fn is_reserved(key: &[u8]) -> bool {
    key.first().is_none_or(|first| *first == RESERVED)
}

pub(super) fn encode(revision: Revision, value: &[u8]) -> Bytes {
    let mut stored = Vec::with_capacity(REVISION_LEN + value.len());
    stored.extend_from_slice(&revision.to_be_bytes());
    stored.extend_from_slice(value);
    stored.into()
}

pub(super) fn decode(key: &[u8], stored: &Bytes) -> Result<Record, EngineError> {
    let revision = stored.first_chunk::<REVISION_LEN>().ok_or_else(|| {
        EngineError::Read(format!("the record `{}` is too short; run `lockhouse check`", key.escape_ascii()).into())
    })?;
    Ok(Record { revision: Revision::from_be_bytes(*revision), value: stored.slice(REVISION_LEN..) })
}

/// The value in what [`encode`] made.
pub(super) fn value_of(stored: &Bytes) -> Bytes {
    stored.slice(REVISION_LEN..)
}

/// Bytes of a record for the engine's bounds on memory: map entries cost more than what is in them.
pub(super) fn weight(key_len: usize, value_len: usize) -> usize {
    key_len + value_len + 128
}
