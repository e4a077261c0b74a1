//! How a long history becomes a short list: runs of automatic saves are folded, and what somebody would look for stands out.
//!
//! A pure rule. An editor saves on its own every few minutes, so that a day of writing leaves a hundred versions of which
//! a person wants three: those that he saved himself, and the last one of each session.

use std::{ops::Range, time::Duration};

use crate::{clock::Timestamp, ids::UserId, store::records::SaveKind};

/// After this long without a save a session is over: as long as an editor holds a file that it does not refresh.
const PAUSE: Duration = Duration::from_secs(30 * 60);

/// Newer saves that are looked at to see whether a session went on.
const LOOK_AHEAD: usize = 64;

/// What the rule needs to know of one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Save {
    /// Who saved.
    pub by: UserId,
    /// Why.
    pub kind: SaveKind,
    /// When.
    pub at: Timestamp,
}

/// A line of the list: which of the saves it stands for, by their places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// One that is shown.
    One {
        /// Its place.
        at: usize,
        /// Whether it is the last save of a session.
        ends_session: bool,
    },
    /// Two or more automatic saves of one person, which are shown when asked for.
    Run(Range<usize>),
}

/// Folds a history, the newest save first. Every save is in exactly one line, and the lines are in the same order.
///
/// Only automatic saves are folded; the newest of all never is. Where nobody saved on purpose at its end, the last
/// automatic save of a session stands for it.
pub fn fold(saves: &[Save]) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut at = 0;
    while let Some(save) = saves.get(at) {
        if save.kind != SaveKind::Autosave {
            lines.push(Line::One { at, ends_session: save.kind == SaveKind::Exit });
            at += 1;
            continue;
        }
        let end = at + saves[at..].windows(2).take_while(|pair| goes_on(&pair[0], &pair[1])).count() + 1;
        let ends_session = ends_session(saves, at);
        if ends_session {
            lines.push(Line::One { at, ends_session });
        }
        let rest = at + usize::from(ends_session)..end;
        match rest.len() {
            0 => {}
            1 => lines.push(Line::One { at: rest.start, ends_session: false }),
            _ => lines.push(Line::Run(rest)),
        }
        at = end;
    }
    lines
}

/// Whether two saves belong to one run.
fn goes_on(newer: &Save, older: &Save) -> bool {
    older.kind == SaveKind::Autosave && newer.by == older.by && newer.at.since(older.at) <= PAUSE
}

/// Whether nobody saved after the save at `at` who was still in its session.
fn ends_session(saves: &[Save], at: usize) -> bool {
    let save = &saves[at];
    let mut newer = saves[..at].iter().rev().take(LOOK_AHEAD).take_while(|newer| newer.at.since(save.at) <= PAUSE);
    !newer
        .any(|newer| newer.by == save.by && matches!(newer.kind, SaveKind::Save | SaveKind::Autosave | SaveKind::Exit))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `A12` is an automatic save by anna in minute 12; `b` is ben; `s`, `x`, `r`, `c` a save, an exit, a restore, a creation.
    fn history(text: &str) -> Vec<Save> {
        let save = |word: &str| {
            let (letters, minute) = word.split_at(2);
            let by = UserId::parse(&letters[..1]).unwrap();
            let kind = match &letters[1..] {
                "a" => SaveKind::Autosave,
                "s" => SaveKind::Save,
                "x" => SaveKind::Exit,
                "r" => SaveKind::Restored,
                _ => SaveKind::Created,
            };
            Save { by, kind, at: Timestamp::from_unix_ms(minute.parse::<i64>().unwrap() * 60_000) }
        };
        text.split(' ').rev().map(save).collect()
    }

    fn told(text: &str) -> String {
        let saves = history(text);
        let mut all: Vec<&str> = text.split(' ').collect();
        all.reverse();
        let tell = |line: &Line| match line {
            Line::One { at, ends_session: false } => all[*at].to_owned(),
            Line::One { at, ends_session: true } => format!("{}!", all[*at]),
            Line::Run(range) => format!("({})", all[range.clone()].join(" ")),
        };
        fold(&saves).iter().map(tell).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn automatic_saves_before_a_deliberate_one_are_folded() {
        assert_eq!(told("Ac0 Aa5 Aa10 Aa15 As16"), "As16 (Aa15 Aa10 Aa5) Ac0");
    }

    #[test]
    fn the_last_automatic_save_of_a_session_stands_for_it() {
        assert_eq!(told("Ac0 Aa5 Aa10 Aa15"), "Aa15! (Aa10 Aa5) Ac0");
        assert_eq!(told("Aa5 Aa10 Aa15 Aa100 Aa105 Aa110"), "Aa110! (Aa105 Aa100) Aa15! (Aa10 Aa5)");
    }

    #[test]
    fn a_single_automatic_save_is_not_hidden_behind_a_line_of_its_own() {
        assert_eq!(told("Ac0 Aa5 As6"), "As6 Aa5 Ac0");
        assert_eq!(told("Ac0 Aa5 Aa6"), "Aa6! Aa5 Ac0");
    }

    #[test]
    fn a_run_is_one_persons_and_two_who_write_together_are_in_one_session() {
        assert_eq!(told("Aa1 Aa2 Ba3 Ba4 Aa5 Aa6 As7"), "As7 (Aa6 Aa5) Ba4! Ba3 (Aa2 Aa1)");
    }

    #[test]
    fn a_restore_ends_no_session_and_is_never_folded() {
        assert_eq!(told("Aa1 Aa2 Ar3 Aa4 Aa5"), "Aa5! Aa4 Ar3 (Aa2 Aa1)");
        assert_eq!(told("Aa1 Aa2 Ar3"), "Ar3 Aa2! Aa1");
    }

    #[test]
    fn the_save_on_closing_is_the_last_of_its_session() {
        assert_eq!(told("Aa1 Aa2 Aa3 Ax4"), "Ax4! (Aa3 Aa2 Aa1)");
    }

    #[test]
    fn no_history_has_no_lines() {
        assert_eq!(fold(&[]), []);
    }

    fn any_save() -> impl Strategy<Value = (u8, SaveKind, i64)> {
        let kind = prop_oneof![
            4 => Just(SaveKind::Autosave),
            1 => Just(SaveKind::Save),
            1 => Just(SaveKind::Exit),
            1 => Just(SaveKind::Restored),
            1 => Just(SaveKind::Created),
        ];
        (0_u8..3, kind, 0_i64..50)
    }

    proptest! {
        #[test]
        fn every_save_is_told_once_in_order_and_only_automatic_ones_of_one_person_are_folded(
            raw in prop::collection::vec(any_save(), 0..120),
        ) {
            let mut minute = 0;
            let mut saves: Vec<Save> = raw.iter().map(|(who, kind, gap)| {
                minute += gap;
                let by = UserId::parse(&format!("u{who}")).unwrap();
                Save { by, kind: *kind, at: Timestamp::from_unix_ms(minute * 60_000) }
            }).collect();
            saves.reverse();
            let lines = fold(&saves);
            let mut told = Vec::new();
            for line in &lines {
                match line {
                    Line::One { at, .. } => told.push(*at),
                    Line::Run(range) => {
                        prop_assert!(range.len() >= 2);
                        prop_assert!(range.start > 0, "the newest is shown");
                        let of = &saves[range.clone()];
                        prop_assert!(of.iter().all(|save| save.kind == SaveKind::Autosave && save.by == of[0].by));
                        told.extend(range.clone());
                    }
                }
            }
            prop_assert_eq!(told, (0..saves.len()).collect::<Vec<_>>());
        }

        #[test]
        fn every_session_shows_a_save_of_its_end(raw in prop::collection::vec(any_save(), 1..120)) {
            let mut minute = 0;
            let mut saves: Vec<Save> = raw.iter().map(|(who, kind, gap)| {
                minute += gap;
                let by = UserId::parse(&format!("u{who}")).unwrap();
                Save { by, kind: *kind, at: Timestamp::from_unix_ms(minute * 60_000) }
            }).collect();
            saves.reverse();
            let shown: Vec<usize> = fold(&saves).iter().filter_map(|line| match line {
                Line::One { at, .. } => Some(*at),
                Line::Run(_) => None,
            }).collect();
            for (at, save) in saves.iter().enumerate() {
                let later = saves[..at].iter().any(|newer| newer.by == save.by && newer.at.since(save.at) <= PAUSE);
                prop_assert!(later || shown.contains(&at), "{at} is the last of its session");
            }
        }
    }
}
