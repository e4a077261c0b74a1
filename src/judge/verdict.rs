//! What the judge says.

use std::fmt;

use serde::Serialize;

use super::{
    history::History,
    invariants::{Invariant, Tally},
    timeline::Timeline,
};

/// What a host has broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// No order of the operations explains every reply.
    Linearizability,
    /// One of the ten by name.
    Invariant(Invariant),
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Linearizability => f.write_str("linearizability"),
            Self::Invariant(invariant) => f.write_str(invariant.name()),
        }
    }
}

/// Something that the host did and no right host can do.
#[derive(Clone, Debug, Serialize)]
pub struct Violation {
    /// The rule.
    pub rule: Rule,
    /// The file, by its label.
    pub file: String,
    /// What happened, in a sentence or two.
    pub summary: String,
    /// The smallest history found that shows it: it is itself impossible, whatever else happened. In it, an operation whose
    /// reply does not matter is shown as one without a reply.
    #[serde(skip)]
    pub history: History,
    /// The operations of that history that the summary is about; the last is the one that fits nothing.
    pub culprits: Vec<usize>,
    /// The same, drawn.
    pub timeline: Timeline,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} is broken on {}", self.rule, self.file)?;
        writeln!(f, "  {}", self.summary)?;
        writeln!(f)?;
        write!(f, "{}", self.timeline)
    }
}

/// A file for which the search was given up.
#[derive(Clone, Debug, Serialize)]
pub struct Undecided {
    /// The file, by its label.
    pub file: String,
    /// How many of its operations had been explained.
    pub explained: usize,
    /// Of how many.
    pub operations: usize,
}

/// The judgement of a whole history.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Files that were judged.
    pub files: usize,
    /// Operations that were judged.
    pub operations: usize,
    /// How many of them had no reply, or one that leaves open what happened.
    pub unknown: usize,
    /// How many files have no explanation; only the first of them are among the violations.
    pub guilty_files: usize,
    /// What was found, the gravest first: by rule, then by file.
    pub violations: Vec<Violation>,
    /// Files for which the search was given up.
    pub undecided: Vec<Undecided>,
    /// The ten, in their order.
    pub invariants: Vec<Tally>,
    /// The most possibilities that had to be kept at once for one file.
    pub widest: usize,
}

/// The judgement in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Every reply can be explained.
    Acquitted,
    /// Some reply cannot.
    Convicted,
    /// Nothing was found, and not all files could be searched.
    Undecided,
}

impl Report {
    /// In one word.
    pub fn verdict(&self) -> Verdict {
        let broken = self.invariants.iter().any(|tally| tally.violated > 0);
        match (self.guilty_files > 0 || broken, self.undecided.is_empty()) {
            (true, _) => Verdict::Convicted,
            (false, true) => Verdict::Acquitted,
            (false, false) => Verdict::Undecided,
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.verdict() {
            Verdict::Acquitted => "acquitted: every reply can be explained",
            Verdict::Convicted => "CONVICTED",
            Verdict::Undecided => "undecided: some files were too entangled to be searched",
        };
        writeln!(f, "{word}")?;
        writeln!(
            f,
            "{} operations on {} files, {} without a certain outcome; {} files without an explanation, {} undecided",
            self.operations,
            self.files,
            self.unknown,
            self.guilty_files,
            self.undecided.len()
        )?;
        for tally in &self.invariants {
            writeln!(f, "  {tally}")?;
        }
        for violation in &self.violations {
            writeln!(f, "\n{violation}")?;
        }
        Ok(())
    }
}
