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
