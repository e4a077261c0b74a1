//! The raw ordered byte store below the engine and the content: what sled gives, and nothing more.

use std::{ops::Bound, sync::Arc};

use bytes::Bytes;

/// Why a raw operation failed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum BackingError {
    /// The disk or its quota is full, or the file is over its size limit.
    #[error("the disk is full")]
    Full,
    /// Any other failure, in the words of the library or the operating system.
    #[error("{0}")]
    Other(Arc<str>),
}

/// One ordered tree of bytes. A write may be lost by a crash until [`Backing::flush`] returned; a crash keeps a prefix of
/// the writes in the order in which one thread made them.
pub trait Backing: Send + Sync + 'static {
    /// Reads the newest value, flushed or not.
    ///
    /// # Errors
    /// [`BackingError`].
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, BackingError>;

    /// Writes a value.
    ///
    /// # Errors
    /// [`BackingError`].
    fn insert(&self, key: &[u8], value: &[u8]) -> Result<(), BackingError>;

    /// Removes a value.
    ///
    /// # Errors
    /// [`BackingError`].
    fn remove(&self, key: &[u8]) -> Result<(), BackingError>;

    /// Reads at most `limit` entries between two bounds, newest values, in key order.
    ///
    /// # Errors
    /// [`BackingError`].
    fn scan(&self, from: Bound<&[u8]>, to: Bound<&[u8]>, limit: usize) -> Result<Vec<(Vec<u8>, Bytes)>, BackingError>;

    /// The last key of the tree.
    ///
    /// # Errors
    /// [`BackingError`].
    fn last_key(&self) -> Result<Option<Vec<u8>>, BackingError>;

    /// Makes everything written so far in this database durable (all of its trees). Blocking.
    ///
    /// # Errors
    /// [`BackingError`]; the database takes no more writes then.
    fn flush(&self) -> Result<(), BackingError>;

    /// Bytes that the database takes on the disk.
    ///
    /// # Errors
    /// [`BackingError`].
    fn size_on_disk(&self) -> Result<u64, BackingError>;
}

/// Whether nothing can lie between two bounds. Ordered maps panic when asked for such a range.
pub(crate) fn is_empty_range(from: Bound<&[u8]>, to: Bound<&[u8]>) -> bool {
    match (from, to) {
        (Bound::Unbounded, _) | (_, Bound::Unbounded) => false,
        (Bound::Included(from), Bound::Included(to)) => from > to,
        (Bound::Included(from) | Bound::Excluded(from), Bound::Included(to) | Bound::Excluded(to)) => from >= to,
    }
}
