//! Files, containers, names and versions.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    clock::Timestamp,
    ids::{NodeId, UserId},
};

/// Names one stored content within its file: 64 random bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ManifestId(pub u64);

/// A file's version: a sequence number that only goes up, and the store's incarnation, which a restored backup renews, so
/// that a version never stands for other bytes (files.md section 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct VersionStamp {
    /// Counts the contents of the file, from 1.
    #[serde(rename = "n")]
    pub sequence: u64,
    /// The store's incarnation when it was written.
    #[serde(rename = "i")]
    pub incarnation: u32,
}

impl fmt::Display for VersionStamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:08x}", self.sequence, self.incarnation)
    }
}

/// A WOPI lock as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredLock {
    /// The lock id, byte for byte as the client chose it.
    pub id: String,
    /// Wall-clock expiry, rounded up by at most a minute (the exact one is in memory).
    pub expires: Timestamp,
}

/// One content of a file, current or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentRef {
    /// Which manifest holds its chunks; `None` for the empty content.
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    pub manifest: Option<ManifestId>,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of the bytes, base64 as `CheckFileInfo` sends it.
    pub sha256: String,
}

/// The file: one record, so that name, version, content and lock change together or not at all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileHead {
    /// The container it is in; where it was, when it is in the bin.
    pub parent: NodeId,
    /// Name with extension, NFC.
    pub name: String,
    /// Whose drive it lives in.
    pub owner: UserId,
    /// When it came to be.
    pub created: Timestamp,
    /// When its content last changed; strictly ascending with the version.
    pub modified: Timestamp,
    /// Who changed it last.
    pub modified_by: UserId,
    /// The current version.
    pub version: VersionStamp,
    /// The current bytes.
    pub content: ContentRef,
    /// The WOPI lock, if one was taken and not released. It may have expired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lock: Option<StoredLock>,
    /// Set while the file is in the bin: it does not exist for WOPI then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub binned: Option<Binned>,
}

/// When and by whom a file was put into the bin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binned {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: UserId,
}

/// Why a content was stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SaveKind {
    /// The file's first content: created, imported or uploaded.
    Created,
    /// A save that a person asked for, or of which the client did not say otherwise.
    Save,
    /// An automatic save.
    Autosave,
    /// The last save of a session.
    Exit,
    /// An earlier version brought back.
    Restored,
    /// Bytes that had to be refused and were kept.
    Rescued,
}

/// A content of a file with its history: who, when, why. Also the record of a rescued version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionRow {
    /// The version it was; for a rescued one the version that was current when it was refused.
    pub version: VersionStamp,
    /// The bytes.
    pub content: ContentRef,
    /// When it was stored.
    pub at: Timestamp,
    /// Whose token stored it.
    pub by: UserId,
    /// Everyone who contributed since the save before, as `X-WOPI-Editors` said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub editors: Vec<String>,
    /// Why.
    pub kind: SaveKind,
    /// For a rescued version: why it was refused, in words for the file's owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NodeKind {
    /// A file.
    File,
    /// A container.
    Container,
}

/// A name in a container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameRow {
    /// File or container.
    pub kind: NodeKind,
    /// Its id.
    pub node: NodeId,
    /// The name as it was given; the key holds it folded.
    pub name: String,
}

/// A container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerRecord {
    /// The container it is in; `None` for the root of a drive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<NodeId>,
    /// Its name; for the root of a drive the owner's name.
    pub name: String,
    /// Whose drive it lives in.
    pub owner: UserId,
    /// When it came to be.
    pub created: Timestamp,
}

/// A deleted file in its owner's bin. The file's head has the rest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BinRow {
    /// When it was deleted.
    pub at: Timestamp,
}
