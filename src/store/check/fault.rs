//! What can be wrong with a record, and how that is told.

use super::{Finding, Severity, What};
use crate::store::records::printable;

const REPAIR: &str =
    "Stop the host and run `lockhouse check --repair`, or go back to a backup with `lockhouse restore-backup`";
const NOTHING: &str = "Nothing needs to be done";

/// What is wrong with a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// A newer program wrote it.
    Newer(u8),
    /// Its bytes make no sense.
    Undecodable(String),
    /// It says another thing than its key.
    Misplaced(&'static str),
    /// Of no kind that this program knows.
    Unknown,
    /// The account's drive is not there.
    DriveMissing,
    /// The container that it is in is not there.
    ParentMissing,
    /// Its name is not listed in the container that it is in, or stands for something else.
    NameMissing,
    /// A root that is nobody's drive.
    NobodysDrive,
    /// The containers around it form a circle, or are nested too deeply.
    Circle,
    /// Its owner has no account.
    OwnerMissing,
    /// The current version is not in the file's history, or differs there.
    VersionMissing,
    /// The file is in the bin, and the bin does not list it.
    BinRowMissing,
    /// The name stands for nothing that has it.
    NameOfNothing,
    /// The bin lists what is not in it.
    BinRowOfNothing,
    /// One of the two records of a grant or link is missing.
    HalfShared(&'static str),
    /// The row by which the outside provider's subject leads to the account is missing or leads to another.
    SubjectMissing,
    /// What it belongs to is gone.
    Leftover(&'static str),
}

impl Fault {
    pub(super) const fn what(&self) -> What {
        match self {
            Self::Newer(_) => What::Newer,
            Self::Undecodable(_) | Self::Misplaced(_) => What::Record,
            Self::DriveMissing | Self::OwnerMissing | Self::NobodysDrive | Self::SubjectMissing => What::Account,
            Self::ParentMissing | Self::NameMissing | Self::Circle | Self::NameOfNothing => What::Place,
            Self::VersionMissing => What::History,
            Self::BinRowMissing | Self::BinRowOfNothing => What::Bin,
            Self::HalfShared(_) => What::Share,
            Self::Leftover(_) | Self::Unknown => What::Leftover,
        }
    }

    pub(super) const fn severity(&self) -> Severity {
        match self {
            Self::Leftover(_) | Self::Unknown => Severity::Notice,
            _ => Severity::Damage,
        }
    }

    fn reason(&self) -> String {
        let text = match self {
            Self::Newer(found) => return format!("it has format {found}, which a newer Lockhouse wrote"),
            Self::Undecodable(reason) => return format!("the record cannot be understood: {reason}"),
            Self::Misplaced(reason) | Self::HalfShared(reason) | Self::Leftover(reason) => reason,
            Self::Unknown => "the record is of a kind that this program does not know",
            Self::DriveMissing => "the user's drive is not there",
            Self::ParentMissing => "the folder that it is in is not there",
            Self::NameMissing => "its folder does not list it under its name",
            Self::NobodysDrive => "it is the root of a drive that is no user's",
            Self::Circle => "the folders around it form a circle",
            Self::OwnerMissing => "its owner has no account",
            Self::VersionMissing => "the current version is not in the file's history as it should be",
            Self::BinRowMissing => "the file is in the bin, and the bin does not list it",
            Self::NameOfNothing => "the name stands for nothing that is there under it",
            Self::SubjectMissing => "the outside provider's sign-in does not lead to this user",
            Self::BinRowOfNothing => "the bin lists a file that is not in it",
        };
        text.to_owned()
    }

    const fn advice(&self) -> &'static str {
        match self {
            Self::Newer(_) => "Run the newer program",
            Self::Unknown => "Perhaps a newer Lockhouse wrote it: run that, if so",
            Self::Leftover(_) => NOTHING,
            Self::OwnerMissing => "Make the user again with `lockhouse user add`, or give the file to another user",
            _ => REPAIR,
        }
    }

    pub(super) fn finding(&self, key: &[u8], path: Option<String>) -> Finding {
        Finding {
            what: self.what(),
            severity: self.severity(),
            key: printable(key),
            path,
            reason: self.reason(),
            advice: self.advice().to_owned(),
        }
    }
}

/// Something about the contents that is not as it should be, and of which nothing is lost.
pub(super) fn notice(key: &[u8], reason: String) -> Finding {
    Finding {
        what: What::Content,
        severity: Severity::Notice,
        key: printable(key),
        path: None,
        reason,
        advice: REPAIR.to_owned(),
    }
}

/// A finding about contents or counters.
pub(super) fn damage(what: What, key: &[u8], path: Option<String>, reason: String) -> Finding {
    Finding { what, severity: Severity::Damage, key: printable(key), path, reason, advice: REPAIR.to_owned() }
}
