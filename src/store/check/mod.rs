//! Looking through a whole store for damage, and repairing it.
//!
//! [`check`] changes nothing and may run while the host serves: a record that seems wrong is looked at again until it
//! stood still for the time of the look, as every change of what it refers to changes it too. It holds one page of records
//! and one chunk in memory, and besides them a counter for each user and a compressed bitmap of chunk numbers.
//!
//! What a crash or an interrupted removal leaves behind is told as a notice: it takes space, and nothing is lost. Anything
//! else that is not as it was stored is damage.
//!
//! [`repair()`] works on a data directory that nobody uses.

mod aside;
mod contents;
mod fault;
mod mend;
mod mend_contents;
mod names;
mod rebuild;
mod records;
mod repair;
mod sign_in;
mod usage;

use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

pub(crate) use self::names::{names, path_of};
pub use self::repair::{Action, Listeners, RepairError, Repaired, repair};
use crate::store::{Store, backing::BackingError, content::ContentError, engine::EngineError};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something is not as it was stored.
    Damage,
    /// Something that is not needed; nothing is lost.
    Notice,
}

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum What {
    /// A record that cannot be understood.
    Record,
    /// A record that a newer program wrote.
    Newer,
    /// A user.
    Account,
    /// Where a file or container is: its name or what it is in.
    Place,
    /// The history of a file.
    History,
    /// The bytes of a version.
    Content,
    /// The bin.
    Bin,
    /// A grant or share link.
    Share,
    /// The counters of usage.
    Usage,
    /// Something left over.
    Leftover,
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What it is about.
    pub what: What,
    /// How bad it is.
    pub severity: Severity,
    /// The record's key, printable.
    pub key: String,
    /// Where the file or container is, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// What is wrong, for a person.
    pub reason: String,
    /// What to do.
    pub advice: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.path {
            Some(path) => write!(f, "{path}: {} [{}]. {}", self.reason, self.key, self.advice),
            None => write!(f, "{}: {}. {}", self.key, self.reason, self.advice),
        }
    }
}

/// How to check.
#[derive(Clone, Copy, Debug)]
pub struct CheckOptions {
    /// Read every byte of every version too.
    pub contents: bool,
}

impl Default for CheckOptions {
    fn default() -> Self {
        Self { contents: true }
    }
}

/// How far a check has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "lowercase")]
pub enum CheckProgress {
    /// Records are being looked at.
    Records {
        /// So many so far.
        done: u64,
    },
    /// Contents are being read.
    Contents {
        /// Files so far.
        files: u64,
        /// Bytes so far.
        bytes: u64,
    },
}

/// Passes on whether to go on.
fn go_on(flow: ControlFlow<()>) -> Result<(), CheckError> {
    if flow.is_break() { Err(CheckError::Stopped) } else { Ok(()) }
}

/// What was looked at and found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Records.
    pub records: u64,
    /// Files.
    pub files: u64,
    /// Versions whose bytes were read, one that is named twice counted once.
    pub contents: u64,
    /// Bytes of these.
    pub bytes: u64,
    /// Findings that are damage.
    pub damages: u64,
    /// Findings that are notices.
    pub notices: u64,
    /// Chunks that no version names: space that is collected.
    pub unused_chunks: u64,
    /// Bytes of these.
    pub unused_bytes: u64,
    /// Chunks that a version names and the index does not have: they cannot be shared or collected.
    #[serde(default)]
    pub unlisted_chunks: u64,
}

impl Report {
    /// Whether there is no damage.
    pub const fn is_sound(&self) -> bool {
        self.damages == 0
    }
}

/// Why a check could not be carried through.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// Records could not be read.
    #[error("the records cannot be checked: {0}")]
    Engine(#[from] EngineError),
    /// Contents could not be read.
    #[error("the contents cannot be checked: {0}")]
    Content(#[from] ContentError),
    /// A database could not be read.
    #[error("the store cannot be checked: {0}")]
    Backing(#[from] BackingError),
    /// Whoever asked for it said to stop.
    #[error("the check was stopped")]
    Stopped,
}

/// Looks through the whole store. Blocking; collection waits until it is done. `progress` may break to stop it.
///
/// # Errors
/// [`CheckError`] when the disk cannot be read; damage is no error.
pub fn check(
    store: &Store,
    options: CheckOptions,
    found: &mut dyn FnMut(Finding),
    progress: &mut dyn FnMut(CheckProgress) -> ControlFlow<()>,
) -> Result<Report, CheckError> {
    let _held = store.content.hold_collection();
    let mut report = Report::default();
    let mut counted = Report::default();
    let mut tell = |finding: Finding| {
        match finding.severity {
            Severity::Damage => counted.damages += 1,
            Severity::Notice => counted.notices += 1,
        }
        found(finding);
    };
    records::check(store, &mut report, &mut tell, progress)?;
    usage::check(store, &mut tell)?;
    if options.contents {
        contents::check(store, &mut report, &mut tell, progress)?;
    }
    Ok(Report { damages: counted.damages, notices: counted.notices, ..report })
}
