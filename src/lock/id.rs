//! The lock id: an opaque text that the client chose.

use std::fmt;

/// The longest lock id, in characters (files.md section 2.1; `SupportsExtendedLockLength`).
pub const MAX_LOCK_ID: usize = 1024;

/// Why a header value is not a lock id. The answer is 400.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LockIdError {
    /// Longer than [`MAX_LOCK_ID`].
    #[error("the lock id has {0} characters; at most {MAX_LOCK_ID} are allowed")]
    TooLong(usize),
    /// A byte outside 0x20 to 0x7E.
    #[error("the lock id holds a byte that is not printable ASCII")]
    NotAscii,
}

/// A lock id: 1 to 1024 printable ASCII characters, kept and compared byte for byte (files.md section 2.1).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct LockId(Box<str>);

impl LockId {
    /// Reads a header value. Spaces around it are trimmed as HTTP does; an empty value is `None`, like an absent header
    /// (files.md section 1.2, rule 2).
    ///
    /// # Errors
    /// [`LockIdError`] when it is too long or not printable ASCII.
    pub fn parse(value: &[u8]) -> Result<Option<Self>, LockIdError> {
        let value = value.trim_ascii();
        if value.is_empty() {
            return Ok(None);
        }
        let text = std::str::from_utf8(value).map_err(|_| LockIdError::NotAscii)?;
        if !value.iter().all(|byte| (0x20..=0x7e).contains(byte)) {
            return Err(LockIdError::NotAscii);
        }
        if value.len() > MAX_LOCK_ID {
            return Err(LockIdError::TooLong(value.len()));
        }
        Ok(Some(Self(text.into())))
    }

    /// The id, byte for byte.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for LockId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl fmt::Display for LockId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
