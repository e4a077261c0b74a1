//! Backups: everything that a store holds, as one stream of bytes, and back.
//!
//! A backup is logical: it holds records and contents, not the files of the database, so that damage to those does not get
//! into it. It is a consistent cut: the state at one moment while the host goes on serving. It holds password hashes
//! and the keys that sign tokens: whoever can read it can become anybody, so it is written for its owner's eyes only.
//!
//! # Format
//!
//! Numbers are big-endian. A backup is the eight bytes `LHBACKUP`, a format version (`u32`, now 1), and sections. A section
//! is its kind (one byte), the length of its payload (`u32`, at most 4 MiB), the payload, and the CRC-32 of all of these.
//!
//! | kind | payload | how often |
//! |---|---|---|
//! | 1 facts | JSON: `time` (RFC 3339), `product`, `incarnation`, `revision` | once, first |
//! | 2 records | repeated: key length `u16`, key, revision `u64`, value length `u32`, value | any, ascending by key |
//! | 3 chunks | repeated: chunk number `u64`, length `u32`, bytes | any, after the records, ascending by number |
//! | 4 trailer | JSON: counts, and the SHA-256 (hex) of every byte before this section | once, last |
//!
//! The records are all of [`crate::store::records`], manifest pages among them. The chunks are those that these manifest
//! pages name, each once. The index from hash to chunk is derived and is built anew. A chunk that could not be
//! read is left out, counted in the trailer and reported: one damaged old version must not prevent tonight's backup.
//!
//! # Restoring
//!
//! [`restore()`] loads a backup into a part of an empty data directory that no host opens, and puts it in place
//! after the trailer has proved the whole of it; anything less leaves nothing behind. Records keep their revisions
//! and chunks their numbers. The incarnation is renewed, so that no version ever stands for other bytes than before.
//! Locks are kept: who held one when the backup was made may still hold it, and else it expires.

mod file;
mod format;
mod restore;
mod write;

use std::{io, sync::Arc};

use serde::{Deserialize, Serialize};

pub use self::{
    file::{NewFile, write_file},
    format::{FORMAT, copy, verify},
    restore::{RestoreError, RestoreOptions, Restored, restore},
    write::{BackupError, write},
};
use crate::{clock::Timestamp, ids::NodeId, store::records::ManifestId};

/// How far a backup, or its restoration, has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "phase", rename_all = "lowercase")]
pub enum Progress {
    /// Records are being copied.
    Records {
        /// So many so far.
        done: u64,
    },
    /// Contents are being copied.
    Contents {
        /// Bytes so far.
        bytes: u64,
        /// Chunks so far.
        done: u64,
        /// Chunks in all; `None` when that is known at the end only.
        of: Option<u64>,
    },
}

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// When its moment was.
    pub time: Timestamp,
    /// The version of the Lockhouse that made it.
    pub product: String,
    /// The incarnation of the store that it was made of.
    pub incarnation: u32,
    /// Records.
    pub records: u64,
    /// Chunks.
    pub chunks: u64,
    /// Bytes in chunks.
    pub chunk_bytes: u64,
    /// Chunks that belong to a version and could not be read. The versions that need them are damaged in the store, and so
    /// they are in the backup.
    pub unreadable: u64,
    /// SHA-256 of the backup up to its trailer, in hexadecimal digits.
    pub sha256: String,
    /// Versions that need a chunk that could not be read; only told where the backup is made, and not more than a hundred.
    #[serde(skip)]
    pub damaged: Vec<DamagedContent>,
}

/// A content that could not be backed up whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DamagedContent {
    /// The file.
    pub node: NodeId,
    /// Its content.
    pub manifest: ManifestId,
    /// Where the file is, if that is known: `anna:/folder/report.docx`.
    pub path: Option<String>,
}

/// Why a backup cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is something else.
    #[error("this is not a backup that Lockhouse made")]
    NotABackup,
    /// A newer program made it.
    #[error("the backup has format {found}, made by a newer Lockhouse; this one knows formats up to {FORMAT}")]
    Newer {
        /// Its format.
        found: u32,
    },
    /// It ends too early.
    #[error("the backup ends too early: it was cut off after {at} bytes")]
    Truncated {
        /// Bytes that are there.
        at: u64,
    },
    /// It is not what was written.
    #[error("the backup is damaged near byte {at}: {reason}")]
    Damaged {
        /// Where the section begins.
        at: u64,
        /// What is wrong.
        reason: Arc<str>,
    },
    /// It could not be read.
    #[error("the backup cannot be read: {0}")]
    Io(io::Error),
}
