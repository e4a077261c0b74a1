//! Facts about the store itself.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;

/// `s/store`: written when the store is made, and when a backup is restored or damage repaired.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreFacts {
    /// Renewed whenever the store may have gone back in time; part of every version.
    pub incarnation: u32,
    /// When the store was made.
    pub created: Timestamp,
}

/// `s/last-backup`: what the command that made the last backup told of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastBackup {
    /// The moment that it holds.
    pub at: Timestamp,
    /// The file that it is in, on the machine where the command ran.
    pub file: String,
    /// Records in it.
    pub records: u64,
    /// Bytes of contents in it.
    pub bytes: u64,
    /// Pieces of contents that could not be read.
    pub unreadable: u64,
}

/// `s/last-check`: how the last look through the whole store ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastCheck {
    /// When it ended.
    pub at: Timestamp,
    /// Records that were looked at.
    pub records: u64,
    /// Bytes of contents that were read.
    pub bytes: u64,
    /// How many things were damaged.
    pub damages: u64,
}
