//! Ten promises that real hosts were seen to break, each checked by name.
//!
//! Most of them follow from linearizability; they are checked on their own because a broken promise by name says more than
//! "no order exists", and because a run should say which of them it really put to the test. The checks are simple and see
//! less than the search: what they report is certain, what they let pass may still have no order.

mod contents;
mod holds;
mod locks;
mod tokens;

use std::fmt;

use serde::Serialize;

use super::{
    Profile, Rule, Violation,
    history::{FileStart, History, Mark, Operation},
    steps::Lives,
    timeline::Timeline,
};

/// One of the ten.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Invariant {
    /// Never two owners between a Lock's 200 and its Unlock. Needs: Lock, UnlockAndRelock and Unlock with their ids.
    TwoOwners,
    /// A 409 always carries the current lock id, empty only when the file is really unlocked. Needs: `X-WOPI-Lock` of each
    /// 409, absent told from empty.
    ConflictNamesCurrentLock,
    /// An Unlock, refresh or relock with a stale id never touches a newer lock. Needs: such requests while another lock is
    /// certainly held.
    StaleIdTouchesNothing,
    /// An acknowledged PutFile is readable byte for byte after a kill. Needs: digests, [`Mark::Restart`], readings after it.
    AcknowledgedPutIsReadable,
    /// A refused or cut-off PutFile leaves the old bytes, for readers during it too. Needs: refused or cut writings, and
    /// GetFile during and after them.
    RefusedPutLeavesOldBytes,
    /// Lock, expiry and version survive a kill. Needs: a lock held across a [`Mark::Restart`], GetLock after it; a version
    /// reported on both sides.
    LockAndVersionSurviveAKill,
    /// A view-only token changes nothing at all. Needs: lock, refresh, unlock, put, rename, delete and user info with
    /// [`super::history::Authority::ViewOnly`].
    ViewTokenChangesNothing,
    /// A token for one file never acts on another, whatever the URL says. Needs: operations with
    /// [`super::history::Authority::OtherFile`].
    TokenForOneFileOnly,
    /// An expired lock goes to exactly one of the clients that race for it. Needs: a lock left to run out, and overlapping
    /// Locks with distinct ids then.
    ExpiredLockGoesToOne,
    /// Chunked and Content-Length bodies behave alike. Needs: [`super::history::Framing`] of each writing.
    ChunkedEqualsContentLength,
}

impl Invariant {
    /// All ten, in the order in which they are reported.
    pub const ALL: [Self; 10] = [
        Self::TwoOwners,
        Self::ConflictNamesCurrentLock,
        Self::StaleIdTouchesNothing,
        Self::AcknowledgedPutIsReadable,
        Self::RefusedPutLeavesOldBytes,
        Self::LockAndVersionSurviveAKill,
        Self::ViewTokenChangesNothing,
        Self::TokenForOneFileOnly,
        Self::ExpiredLockGoesToOne,
        Self::ChunkedEqualsContentLength,
    ];

    /// Its name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TwoOwners => "two_owners",
            Self::ConflictNamesCurrentLock => "conflict_names_current_lock",
            Self::StaleIdTouchesNothing => "stale_id_touches_nothing",
            Self::AcknowledgedPutIsReadable => "acknowledged_put_is_readable",
            Self::RefusedPutLeavesOldBytes => "refused_put_leaves_old_bytes",
            Self::LockAndVersionSurviveAKill => "lock_and_version_survive_a_kill",
            Self::ViewTokenChangesNothing => "view_token_changes_nothing",
            Self::TokenForOneFileOnly => "token_for_one_file_only",
            Self::ExpiredLockGoesToOne => "expired_lock_goes_to_one",
            Self::ChunkedEqualsContentLength => "chunked_equals_content_length",
        }
    }

    /// What it promises.
    pub const fn promise(self) -> &'static str {
        match self {
            Self::TwoOwners => "never two owners between a Lock's 200 and its Unlock",
            Self::ConflictNamesCurrentLock => "a 409 carries the current lock id, empty only when the file is unlocked",
            Self::StaleIdTouchesNothing => "an Unlock or refresh with a stale id never touches a newer lock",
            Self::AcknowledgedPutIsReadable => "an acknowledged PutFile is readable byte for byte after a kill",
            Self::RefusedPutLeavesOldBytes => "a refused or cut-off PutFile leaves the old bytes",
            Self::LockAndVersionSurviveAKill => "lock, expiry and version survive a kill",
            Self::ViewTokenChangesNothing => "a view-only token changes nothing at all",
            Self::TokenForOneFileOnly => "a token for one file never acts on another",
            Self::ExpiredLockGoesToOne => "an expired lock goes to exactly one of those who race for it",
            Self::ChunkedEqualsContentLength => "chunked and Content-Length bodies behave alike",
        }
    }
}

impl fmt::Display for Invariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How one of the ten fared. With nothing checked and nothing violated it was not put to the test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Which.
    pub invariant: Invariant,
    /// How many situations put it to the test.
    pub checked: u64,
    /// In how many it was broken.
    pub violated: u64,
}

impl Tally {
    /// Whether the run put it to the test at all.
    pub const fn exercised(&self) -> bool {
        self.checked > 0
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match (self.violated, self.checked) {
            (0, 0) => "not exercised".to_owned(),
            (0, checked) => format!("held ({checked} times put to the test)"),
            (violated, checked) => format!("BROKEN {violated} times of {checked}"),
        };
        write!(f, "{:<34}{word}", self.invariant.name())
    }
}

/// What a check has found.
pub(super) struct Finding {
    pub(super) invariant: Invariant,
    /// Places among the file's operations; the last is the one that should not have been.
    pub(super) operations: Vec<usize>,
    pub(super) summary: String,
}

/// One file, as the checks see it.
pub(super) struct Scene<'a> {
    pub(super) operations: &'a [&'a Operation],
    pub(super) start: &'a FileStart,
    pub(super) marks: &'a [Mark],
    pub(super) profile: &'a Profile,
    pub(super) lives: Lives,
}

/// What the checks write down.
#[derive(Default)]
pub(super) struct Notes {
    pub(super) checked: [u64; 10],
    pub(super) findings: Vec<Finding>,
}

impl Notes {
    pub(super) fn check(&mut self, invariant: Invariant) {
        self.checked[invariant as usize] += 1;
    }

    pub(super) fn broken(&mut self, invariant: Invariant, operations: Vec<usize>, summary: impl Into<String>) {
        self.findings.push(Finding { invariant, operations, summary: summary.into() });
    }
}

/// The tallies of a whole history.
#[derive(Default)]
pub(super) struct Tallies {
    checked: [u64; 10],
    violated: [u64; 10],
    violations: Vec<Violation>,
}

impl Tallies {
    /// Checks one file. At most `shown` violations of each kind are drawn.
    pub(super) fn file(
        &mut self,
        operations: &[&Operation],
        start: &FileStart,
        marks: &[Mark],
        profile: &Profile,
        shown: usize,
    ) {
        let scene = Scene { operations, start, marks, profile, lives: Lives::new(profile, marks) };
        let mut notes = Notes::default();
        locks::check(&scene, &mut notes);
        contents::check(&scene, &mut notes);
        tokens::check(&scene, &mut notes);
        for (sum, checked) in self.checked.iter_mut().zip(notes.checked) {
            *sum += checked;
        }
        for finding in notes.findings {
            self.found(&finding, operations, start, marks, shown);
        }
    }

    /// Counts something that was found, and draws it.
    pub(super) fn found(
        &mut self,
        finding: &Finding,
        operations: &[&Operation],
        start: &FileStart,
        marks: &[Mark],
        shown: usize,
    ) {
        let violated = &mut self.violated[finding.invariant as usize];
        *violated += 1;
        self.checked[finding.invariant as usize] = self.checked[finding.invariant as usize].max(*violated);
        if usize::try_from(*violated).is_ok_and(|violated| violated <= shown) {
            self.violations.push(draw(finding, operations, start, marks));
        }
    }

    /// The tallies, and the violations after those of linearizability.
    pub(super) fn finish(self, mut violations: Vec<Violation>) -> (Vec<Tally>, Vec<Violation>) {
        let tallies = Invariant::ALL
            .into_iter()
            .zip(self.checked.into_iter().zip(self.violated))
            .map(|(invariant, (checked, violated))| Tally { invariant, checked, violated })
            .collect();
        violations.extend(self.violations);
        (tallies, violations)
    }
}

fn draw(finding: &Finding, operations: &[&Operation], start: &FileStart, marks: &[Mark]) -> Violation {
    let mut places = finding.operations.clone();
    places.sort_unstable();
    places.dedup();
    let kept: Vec<Operation> = places.iter().map(|place| operations[*place].clone()).collect();
    let from = kept.iter().map(|operation| operation.invoked).min().unwrap_or(0);
    let to = kept.iter().map(Operation::ended).max().unwrap_or(0);
    let marks = marks.iter().filter(|mark| (from..=to).contains(&mark.at())).cloned().collect();
    let unknown = FileStart { number: start.number, label: start.label.clone(), ..FileStart::default() };
    let history = History { files: vec![unknown], operations: kept, marks };
    let culprits: Vec<usize> =
        finding.operations.last().and_then(|last| places.binary_search(last).ok()).into_iter().collect();
    let timeline = Timeline::new(&history, &culprits);
    let rule = Rule::Invariant(finding.invariant);
    Violation { rule, file: start.label.to_string(), summary: finding.summary.clone(), history, culprits, timeline }
}
