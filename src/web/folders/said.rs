//! What was done with several files and folders, and how it is said on the next page.

use super::super::{
    desk::{Desk, Tone},
    language::FolderTexts,
};
use crate::host::HostError;

/// What became of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It was done.
    Done,
    /// An editor holds it.
    Held,
    /// Its name is taken there.
    Taken,
    /// It is not there, is not his to change, or does not go there.
    Refused,
}

/// How many came to which fate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    done: u64,
    held: u64,
    taken: u64,
    refused: u64,
}

impl Tally {
    /// Counts some.
    pub(super) const fn count(&mut self, fate: Fate, how_many: u64) {
        match fate {
            Fate::Done => self.done += how_many,
            Fate::Held => self.held += how_many,
            Fate::Taken => self.taken += how_many,
            Fate::Refused => self.refused += how_many,
        }
    }

    /// Counts one.
    ///
    /// # Errors
    /// What is no fate of a file, but trouble of the machine's.
    pub(super) fn note(&mut self, outcome: Result<Fate, HostError>) -> Result<(), HostError> {
        let fate = match outcome {
            Ok(fate) => fate,
            Err(HostError::Locked) => Fate::Held,
            Err(HostError::NameTaken) => Fate::Taken,
            Err(HostError::NotFound | HostError::NoRight | HostError::Access(_) | HostError::Misplaced(_)) => {
                Fate::Refused
            }
            Err(error) => return Err(error),
        };
        self.count(fate, 1);
        Ok(())
    }

    /// As [`Self::note`], for one that may have been counted already.
    ///
    /// # Errors
    /// As [`Self::note`].
    pub(super) fn note_unless_counted(&mut self, outcome: Result<Option<Fate>, HostError>) -> Result<(), HostError> {
        match outcome.transpose() {
            Some(outcome) => self.note(outcome),
            None => Ok(()),
        }
    }

    /// The parameters of the next page.
    pub(super) fn said(&self, key: &str) -> String {
        let mut said = format!("said={key}");
        for (name, count) in
            [("done", self.done), ("held", self.held), ("taken", self.taken), ("refused", self.refused)]
        {
            if count > 0 {
                said = format!("{said}&{name}={count}");
            }
        }
        said
    }
}

/// What the address says was done.
pub(super) fn message(desk: &Desk<'_>, texts: &FolderTexts) -> Option<(Tone, String)> {
    let said = desk.parameter("said")?;
    let count =
        |name: &str| desk.parameter(name).and_then(|count| count.parse::<u64>().ok()).filter(|count| *count > 0);
    let done = match said.as_str() {
        "moved" => texts.said_moved,
        "copied" => texts.said_copied,
        "binned" => texts.said_binned,
        "renamed" => return Some((Tone::Good, texts.said_renamed.to_owned())),
        "made" => return Some((Tone::Good, texts.said_made.to_owned())),
        "none" => return Some((Tone::Neutral, texts.said_none.to_owned())),
        "many" => return Some((Tone::Bad, texts.said_many.to_owned())),
        _ => return None,
    };
    let parts = [
        (done, count("done")),
        (texts.said_held, count("held")),
        (texts.said_taken, count("taken")),
        (texts.said_refused, count("refused")),
    ];
    let all_well = parts[1..].iter().all(|(_, count)| count.is_none());
    let words: Vec<String> =
        parts.iter().filter_map(|(text, count)| Some(text.replace("{n}", &(*count)?.to_string()))).collect();
    let tone = if all_well { Tone::Good } else { Tone::Bad };
    (!words.is_empty()).then(|| (tone, words.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_not_be_done_is_counted_apart() {
        let mut tally = Tally::default();
        for outcome in [Ok(Fate::Done), Ok(Fate::Done), Err(HostError::NameTaken), Err(HostError::NoRight)] {
            tally.note(outcome).unwrap();
        }
        assert_eq!(tally.said("moved"), "said=moved&done=2&taken=1&refused=1");
        assert!(tally.note(Err(HostError::Overloaded)).is_err());
    }
}
