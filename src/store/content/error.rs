//! What can go wrong with content.

use std::sync::Arc;

use crate::{
    ids::NodeId,
    store::{
        backing::BackingError,
        engine::{CommitError, EngineError},
        records::{ManifestId, RecordError},
    },
};

/// Why content could not be stored, read or collected.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ContentError {
    /// Storing would take the disk below the free-space floor. Nothing was lost; space must be made.
    #[error("the disk has {free} bytes free: {needed} are needed and {floor} must stay free")]
    NoSpace {
        /// Bytes free now.
        free: u64,
        /// Bytes that the upload was expected to take; 0 when it is already under way.
        needed: u64,
        /// Bytes that must stay free.
        floor: u64,
    },
    /// Stored bytes are not what they were when they were written.
    #[error("content {:016x} of `{node}` is damaged{}: {reason}", manifest.0, at_chunk(*chunk))]
    Corrupt {
        /// The file.
        node: NodeId,
        /// Its content.
        manifest: ManifestId,
        /// The chunk's number; `None` when a manifest page is damaged.
        chunk: Option<u64>,
        /// What is wrong with it.
        reason: Arc<str>,
    },
    /// Stored bytes are not there.
    #[error("content {:016x} of `{node}` has lost {}", manifest.0, lost(*chunk))]
    Missing {
        /// The file.
        node: NodeId,
        /// Its content.
        manifest: ManifestId,
        /// The chunk's number; `None` when a manifest page is missing.
        chunk: Option<u64>,
    },
    /// A write failed earlier: contents are still served, but none is taken until a restart.
    #[error("the content store is read-only since a write failed: {0}")]
    ReadOnly(Arc<str>),
    /// The content database failed.
    #[error("the content store failed: {0}")]
    Backing(#[from] BackingError),
    /// The engine did not take a manifest page, or could not read one.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The engine could not keep a manifest page.
    #[error(transparent)]
    Commit(#[from] CommitError),
    /// A record that says which contents are in use cannot be understood: nothing is collected then.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The operating system did not say how much space is free, or gave no random bits.
    #[error("the operating system refused: {0}")]
    System(Arc<str>),
}

fn at_chunk(chunk: Option<u64>) -> String {
    chunk.map_or_else(|| " in its manifest".to_owned(), |number| format!(" in chunk {number}"))
}

fn lost(chunk: Option<u64>) -> String {
    chunk.map_or_else(|| "a manifest page".to_owned(), |number| format!("chunk {number}"))
}
