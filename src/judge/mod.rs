//! The judge of histories: did a WOPI host keep its word while everybody wanted the same thing at once?
//!
//! Whoever drives a host records every request and its reply with their times ([`history`]). Afterwards the judge looks,
//! file by file, for an order of the operations that is consistent with real time and in which every reply is what the
//! state machine of files.md says ([`model`], [`check`]). If there is none, the host is convicted, with the smallest
//! history that shows it, drawn as a timeline ([`verdict`], [`shrink`], [`timeline`]). Beside this, ten promises that real
//! hosts were seen to break are checked by name ([`invariants`]).
//!
//! It judges any host: nothing here knows this house, its store or its lock machine. It needs no network, no clock and no
//! host, only a [`History`], which can be saved as JSON lines and judged again at any time.
//!
//! ```
//! use lockhouse::judge::{History, Judge, Profile, Verdict};
//!
//! let lines = r#"
//! {"file":{"number":1,"label":"/report.docx","lock":"unlocked"}}
//! {"operation":{"file":1,"client":1,"invoked":0,"call":{"lock":{"id":"A"}},"outcome":{"answered":{"at":5,"reply":{"status":200}}}}}
//! {"operation":{"file":1,"client":2,"invoked":6,"call":{"lock":{"id":"B"}},"outcome":{"answered":{"at":9,"reply":{"status":200}}}}}
//! "#;
//! let history = History::read(lines.as_bytes())?;
//! let report = Judge::new(Profile::strict()).judge(&history);
//! assert_eq!(report.verdict(), Verdict::Convicted);
//! println!("{report}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What a verdict means
//!
//! *Convicted* is certain: every uncertainty (where between invocation and reply the host acted, whether a request without a
//! reply was carried out, when exactly a lock ran out) was decided in the host's favour. *Acquitted* means that the replies
//! recorded do not contradict each other; it is worth as much as the run was thorough, and the report says how often each
//! promise was put to the test. *Undecided* means that a file's operations overlap so much that the search was given up.

mod blame;
mod check;
mod describe;
mod frontier;
pub mod history;
pub mod invariants;
mod lines;
mod model;
mod profile;
mod shrink;
mod steps;
pub mod synthetic;
pub mod timeline;
pub mod verdict;

#[cfg(test)]
mod tests;

pub use history::History;
pub use lines::{LinesError, MAX_LINE};
pub use profile::Profile;
pub use verdict::{Report, Rule, Undecided, Verdict, Violation};

use std::collections::BTreeMap;

use self::{
    blame::Case,
    check::{Found, search},
    history::{FileStart, Mark, Operation},
    invariants::Tallies,
    shrink::{Smallest, shrink},
    steps::{Facet, Steps},
    timeline::Timeline,
};

/// Judges histories under a profile.
#[derive(Clone, Debug)]
pub struct Judge {
    profile: Profile,
    work: u64,
    shown: usize,
}

/// How many configurations the search of one file may look at before it is given up.
pub const WORK_PER_FILE: u64 = 5_000_000;

/// How many violations are reduced and drawn. The reduction of one costs some hundreds of searches.
pub const SHOWN: usize = 5;

impl Judge {
    /// A judge who holds hosts to this profile.
    pub const fn new(profile: Profile) -> Self {
        Self { profile, work: WORK_PER_FILE, shown: SHOWN }
    }

    /// How many configurations the search of one file may look at; the default is [`WORK_PER_FILE`].
    #[must_use]
    pub const fn work(mut self, configurations: u64) -> Self {
        self.work = configurations;
        self
    }

    /// How many violations of each kind are reduced and drawn; the default is [`SHOWN`].
    #[must_use]
    pub const fn shown(mut self, violations: usize) -> Self {
        self.shown = violations;
        self
    }

    /// Judges a history.
    pub fn judge(&self, history: &History) -> Report {
        self.judge_with(history, |_, _| ())
    }

    /// Judges a history and tells `progress` after each file how many are done, and of how many.
    pub fn judge_with(&self, history: &History, mut progress: impl FnMut(usize, usize)) -> Report {
        let starts: BTreeMap<u32, &FileStart> = history.files.iter().map(|file| (file.number, file)).collect();
        let mut order: Vec<u32> = (0..u32::try_from(history.operations.len()).unwrap_or(u32::MAX)).collect();
        let operation = |place: u32| &history.operations[usize::try_from(place).unwrap_or(usize::MAX)];
        order.sort_unstable_by_key(|place| (operation(*place).file, operation(*place).invoked));
        let files: Vec<&[u32]> = order.chunk_by(|a, b| operation(*a).file == operation(*b).file).collect();
        let mut report = Report {
            files: files.len(),
            operations: history.operations.len(),
            unknown: history.operations.iter().filter(|operation| operation.open()).count(),
            guilty_files: 0,
            violations: Vec::new(),
            undecided: Vec::new(),
            invariants: Vec::new(),
            widest: 0,
        };
        let mut tallies = Tallies::default();
        for (done, places) in files.iter().enumerate() {
            let operations: Vec<&Operation> = places.iter().map(|place| operation(*place)).collect();
            let number = operations.first().map_or(0, |operation| operation.file);
            let unknown = FileStart { number, label: format!("file {number}").into(), ..FileStart::default() };
            let start = starts.get(&number).copied().unwrap_or(&unknown);
            self.file(&operations, start, &history.marks, &mut report, &mut tallies);
            tallies.file(&operations, start, &history.marks, &self.profile, self.shown);
            progress(done + 1, files.len());
        }
        (report.invariants, report.violations) = tallies.finish(report.violations);
        report
    }

    fn file(
        &self,
        operations: &[&Operation],
        start: &FileStart,
        marks: &[Mark],
        report: &mut Report,
        tallies: &mut Tallies,
    ) {
        let steps = Steps::new(operations, start, marks, &self.profile, Facet::Whole);
        match search(&steps, &self.profile, self.work) {
            Found::Order { widest } => report.widest = report.widest.max(widest),
            Found::TooMuch { op } => {
                let here = operations[op].ended();
                let explained = operations.iter().filter(|operation| operation.ended() < here).count();
                report.undecided.push(Undecided {
                    file: start.label.to_string(),
                    explained,
                    operations: operations.len(),
                });
            }
            Found::None(_) => {
                report.guilty_files += 1;
                if report.guilty_files <= self.shown {
                    let case = Case { operations, start, marks, profile: &self.profile };
                    for finding in case.findings() {
                        tallies.found(&finding, operations, start, marks, self.shown);
                    }
                }
                if report.violations.len() < self.shown {
                    let smallest = shrink(operations, start, marks, &self.profile);
                    report.violations.push(violation(smallest));
                }
            }
        }
    }
}

fn violation(smallest: Smallest) -> Violation {
    let Smallest { start, operations, marks, culprit, why } = smallest;
    let file = start.label.to_string();
    let summary = operations.get(culprit).map_or_else(
        || why.clone(),
        |operation| {
            format!(
                "{} of client {} was answered {}: {why}",
                timeline::call(operation),
                operation.client,
                timeline::reply(operation)
            )
        },
    );
    let history = History { files: vec![start], operations, marks };
    let timeline = Timeline::new(&history, &[culprit]);
    Violation { rule: Rule::Linearizability, file, summary, history, culprits: vec![culprit], timeline }
}
