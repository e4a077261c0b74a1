//! What is stored, and the one place that builds keys.
//!
//! Every record is one format byte and then JSON: an administrator can read it in a dump, a field can be added without
//! rewriting what is there, and an unknown format is a clear error. Manifest pages alone are binary, for their number.
//!
//! | key | record |
//! |---|---|
//! | `a/<user>` | [`AccountRecord`] |
//! | `b/<owner>/<node>` | [`BinRow`]: a deleted file, by its owner |
//! | `c/<node>` | [`ContainerRecord`] |
//! | `d/<node>` | child revision: an empty record that every create, move and delete in the container rewrites |
//! | `e/<hash>` | [`CodeRecord`]: an authorization code |
//! | `f/<node>` | [`FileHead`]: what changes together most often, lock included |
//! | `g/<node>/<user>` | [`GrantRecord`] |
//! | `h/<user>/<node>` | the same grants seen from the user: an empty record |
//! | `i/<user>` | the `UserInfo` text of `PutUserInfo` |
//! | `j/<node>/<link>` | share links seen from the node: an empty record |
//! | `k/<key id>` | [`SigningKeyRecord`] |
//! | `l/<link>` | [`ShareLinkRecord`] |
//! | `m/<node>/<manifest>/<page>` | a manifest page ([`crate::store::content`]) |
//! | `n/<parent>/<folded name>` | [`NameRow`]: the name's uniqueness and the listing |
//! | `o/<client>` | [`ClientRecord`]: an OAuth client |
//! | `p/<node>` | a file that was removed for good, of which something may be left: an empty record |
//! | `q/<owner>/bytes`, `q/<owner>/files` | counters of usage |
//! | `r/<node>/<number>` | [`VersionRow`] of a rescued version |
//! | `s/<what>` | facts about the store itself ([`StoreFacts`], [`LastBackup`], [`LastCheck`]) |
//! | `t/<node>/<number>` | an activity reported by `AddActivities`, as the client sent it |
//! | `u/<family>` | [`GrantFamilyRecord`]: what a client was granted by one sign-in |
//! | `v/<node>/<sequence>` | [`VersionRow`] |
//! | `w/<user>/<family>` | grants to clients seen from the user: an empty record |
//! | `x/<hash>` | [`SessionRecord`]: a browser that is signed in |
//! | `y/<user>/<hash>` | sessions seen from the user: an empty record |
//! | `z/<user>/<client>` | [`ConsentRecord`] |
//! | `A/<time, latest first><number>` | [`AuditRecord`]: what somebody did |
//! | `S/<hash>` | the user whom an outside provider knows as this subject: his name |

pub mod accounts;
pub mod audit;
pub mod files;
pub mod keys;
pub mod oauth;
pub mod system;

use bytes::Bytes;
use serde::{Serialize, de::DeserializeOwned};

pub use crate::licence::AccountKind;
pub use accounts::{AccountRecord, GrantRecord, ShareLinkRecord, SigningKeyRecord};
pub use audit::{AuditEvent, AuditRecord};
pub use files::{
    BinRow, Binned, ContainerRecord, ContentRef, FileHead, ManifestId, NameRow, NodeKind, SaveKind, StoredLock,
    VersionRow, VersionStamp,
};
pub use oauth::{ClientRecord, ClientSecret, CodeRecord, ConsentRecord, GrantFamilyRecord, SessionRecord};
pub use system::{LastBackup, LastCheck, StoreFacts};

/// The format that this program writes.
pub const FORMAT: u8 = 1;

/// The value of records that say all by their key.
pub const MARK: &[u8] = &[FORMAT];

/// Why a record could not be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// The record was written by a newer Lockhouse.
    #[error("record `{key}` has format {found}; this program knows formats up to {FORMAT}: run the newer program")]
    Newer {
        /// The record's key, printable.
        key: String,
        /// Its format byte.
        found: u8,
    },
    /// The record's bytes make no sense: run `lockhouse check`.
    #[error("record `{key}` is damaged ({reason}); `lockhouse check` tells what else is")]
    Damaged {
        /// The record's key, printable.
        key: String,
        /// What was wrong with it.
        reason: String,
    },
}

/// Writes a record.
pub fn encode<T: Serialize>(record: &T) -> Bytes {
    let mut bytes = vec![FORMAT];
    // Serialising our own plain structs into memory cannot fail: no map has other than text keys, and a `Vec` takes all.
    #[expect(clippy::expect_used, reason = "plain structs always have a JSON form")]
    serde_json::to_writer(&mut bytes, record).expect("plain structs always have a JSON form");
    bytes.into()
}

/// Reads a record.
///
/// # Errors
/// [`RecordError`] when it is of a newer format or damaged.
pub fn decode<T: DeserializeOwned>(key: &[u8], value: &[u8]) -> Result<T, RecordError> {
    let damaged = |reason: String| RecordError::Damaged { key: printable(key), reason };
    match value.split_first() {
        Some((&FORMAT, json)) => serde_json::from_slice(json).map_err(|error| damaged(error.to_string())),
        Some((&found, _)) if found > FORMAT => Err(RecordError::Newer { key: printable(key), found }),
        Some((&found, _)) => Err(damaged(format!("unknown format {found}"))),
        None => Err(damaged("it is empty".to_owned())),
    }
}

/// A key for messages: text as it is, other bytes escaped.
pub fn printable(key: &[u8]) -> String {
    key.escape_ascii().to_string()
}
