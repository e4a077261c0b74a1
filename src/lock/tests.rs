//! The transition table of files.md section 2.5, row by row, in each of its three columns; and what holds for any history.

use std::time::Duration;

use proptest::prelude::*;

use super::*;

const START: Duration = Duration::from_secs(10_000);
const NOW: Duration = Duration::from_secs(10_000 + 100);

fn id(text: &str) -> LockId {
    LockId::parse(text.as_bytes()).unwrap().unwrap()
}

fn held(text: &str, since: Duration) -> LockState {
    LockState::Wopi(WopiLock { id: id(text), expires: since + LOCK_TIMEOUT })
}

/// The three columns: unlocked, expired A, held by A.
fn columns() -> [LockState; 3] {
    let expired = LockState::Wopi(WopiLock { id: id("A"), expires: NOW });
    [LockState::Unlocked, expired, held("A", START)]
}

fn relock(old: &str, new: Option<&str>) -> Command {
    Command::Relock { old: id(old), new: new.map(id) }
}

fn write(lock: Option<&str>, size: u64) -> Command {
    Command::Write { lock: lock.map(id), size, lockless: false }
}

/// What a cell of the table says: the outcome, and who holds the file afterwards with a new expiry, if that changes.
enum Cell {
    Locks(&'static str),
    Unlocks,
    Done,
    Held(&'static str),
    Free,
    Conflict(&'static str),
    ConflictUnlocked,
    Missing(&'static str),
    MissingUnlocked,
}

impl Cell {
    fn expected(&self) -> Decision {
        let some = |text: &str| Some(id(text));
        let (change, outcome) = match self {
            Self::Locks(by) => (Change::Become(held(by, NOW)), Outcome::Done),
            Self::Unlocks => (Change::Become(LockState::Unlocked), Outcome::Done),
            Self::Done => (Change::Keep, Outcome::Done),
            Self::Held(by) => (Change::Keep, Outcome::Held(some(by))),
            Self::Free => (Change::Keep, Outcome::Held(None)),
            Self::Conflict(by) => (Change::Keep, Outcome::Conflict(some(by))),
            Self::ConflictUnlocked => (Change::Keep, Outcome::Conflict(None)),
            Self::Missing(by) => (Change::Keep, Outcome::MissingId(some(by))),
            Self::MissingUnlocked => (Change::Keep, Outcome::MissingId(None)),
        };
        Decision { change, outcome }
    }
}

#[test]
fn every_row_of_the_table_holds_in_every_column() {
    use Cell::{Conflict, ConflictUnlocked, Done, Free, Held, Locks, Missing, MissingUnlocked, Unlocks};
    // (row, command, when unlocked or expired, when held by A)
    let rows: Vec<(&str, Command, Cell, Cell)> = vec![
        ("1", Command::Lock(Some(id("A"))), Locks("A"), Locks("A")),
        ("2", Command::Lock(Some(id("B"))), Locks("B"), Conflict("A")),
        ("3", Command::Lock(None), MissingUnlocked, Missing("A")),
        ("4", Command::Refresh(Some(id("A"))), ConflictUnlocked, Locks("A")),
        ("5", Command::Refresh(Some(id("B"))), ConflictUnlocked, Conflict("A")),
        ("6", Command::Refresh(None), MissingUnlocked, Missing("A")),
        ("7", Command::Unlock(Some(id("A"))), ConflictUnlocked, Unlocks),
        ("8", Command::Unlock(Some(id("B"))), ConflictUnlocked, Conflict("A")),
        ("9", Command::Unlock(None), MissingUnlocked, Missing("A")),
        ("10", relock("A", Some("B")), ConflictUnlocked, Locks("B")),
        ("11", relock("A", Some("A")), ConflictUnlocked, Locks("A")),
        ("12", relock("B", Some("C")), ConflictUnlocked, Conflict("A")),
        ("13", relock("B", Some("A")), ConflictUnlocked, Conflict("A")),
        ("14", relock("A", None), MissingUnlocked, Missing("A")),
        ("15", Command::Get, Free, Held("A")),
        ("16", write(Some("A"), 5), ConflictUnlocked, Done),
        ("17", write(Some("B"), 5), ConflictUnlocked, Conflict("A")),
        ("18", write(None, 5), ConflictUnlocked, Conflict("A")),
        ("19", write(None, 0), Done, Conflict("A")),
        ("20", write(Some("A"), 0), Done, Done),
        ("21", write(Some("B"), 0), Done, Conflict("A")),
        ("22", Command::Rename(Some(id("A"))), Done, Done),
        ("23", Command::Rename(Some(id("B"))), Done, Conflict("A")),
        ("24", Command::Rename(None), Done, Conflict("A")),
        ("25, 27", Command::Vacate, Done, Conflict("A")),
    ];
    let [unlocked, expired, locked] = columns();
    for (row, command, free, by_a) in rows {
        assert_eq!(decide(NOW, &unlocked, &command), free.expected(), "row {row}, unlocked");
        assert_eq!(decide(NOW, &expired, &command), free.expected(), "row {row}, expired");
        assert_eq!(decide(NOW, &locked, &command), by_a.expected(), "row {row}, held by A");
    }
}

#[test]
fn the_switch_for_clients_without_locks_opens_unlocked_files_only() {
    let lockless = |lock: Option<&str>| Command::Write { lock: lock.map(id), size: 5, lockless: true };
    assert_eq!(decide(NOW, &LockState::Unlocked, &lockless(None)), Cell::Done.expected());
    assert_eq!(decide(NOW, &LockState::Unlocked, &lockless(Some("A"))), Cell::ConflictUnlocked.expected());
    assert_eq!(decide(NOW, &held("A", START), &lockless(None)), Cell::Conflict("A").expected());
}

#[test]
fn a_lock_ends_at_its_last_moment_and_not_before() {
    let state = held("A", START);
    let last = START + LOCK_TIMEOUT;
    assert_eq!(decide(last - Duration::from_nanos(1), &state, &Command::Get), Cell::Held("A").expected());
    assert_eq!(decide(last, &state, &Command::Get), Cell::Free.expected());
}

#[test]
fn ids_are_compared_byte_for_byte() {
    let json = r#"{"S":"0136ad16-…","E":2}"#.replace('…', "x");
    let state = held(&json, START);
    for other in [json.to_lowercase(), json.replace(',', ", "), format!("{json}x")] {
        assert_eq!(
            decide(NOW, &state, &Command::Unlock(Some(id(&other)))).outcome,
            Outcome::Conflict(Some(id(&json))),
            "{other}"
        );
    }
}

#[test]
fn a_lock_id_is_1_to_1024_printable_ascii_characters() {
    assert_eq!(LockId::parse(b""), Ok(None));
    assert_eq!(LockId::parse(b"  "), Ok(None));
    assert_eq!(LockId::parse(b" a b ").unwrap().unwrap().as_str(), "a b");
    assert!(LockId::parse(&[b'x'; 1024]).is_ok());
    assert_eq!(LockId::parse(&[b'x'; 1025]), Err(LockIdError::TooLong(1025)));
    for bad in [&b"a\x7f"[..], b"a\nb", "ä".as_bytes(), b"\xff"] {
        assert_eq!(LockId::parse(bad), Err(LockIdError::NotAscii));
    }
}

fn any_id() -> impl Strategy<Value = LockId> {
    prop::sample::select(vec!["A", "B", "C"]).prop_map(id)
}

fn any_command() -> impl Strategy<Value = Command> {
    let maybe = || prop::option::of(any_id());
    prop_oneof![
        maybe().prop_map(Command::Lock),
        (any_id(), maybe()).prop_map(|(old, new)| Command::Relock { old, new }),
        maybe().prop_map(Command::Refresh),
        maybe().prop_map(Command::Unlock),
        Just(Command::Get),
        (maybe(), 0..2_u64).prop_map(|(lock, size)| Command::Write { lock, size, lockless: false }),
        maybe().prop_map(Command::Rename),
        Just(Command::Vacate),
    ]
}

proptest! {
    /// Whoever was told 200 to his Lock holds the file until he lets go, somebody swaps it with his id, or time runs out.
    #[test]
    fn nobody_loses_a_lock_that_he_did_not_give_up(steps in prop::collection::vec((any_command(), 0..1200_u64), 1..60)) {
        let mut now = START;
        let mut state = LockState::Unlocked;
        let mut owner: Option<(LockId, Duration)> = None;
        for (command, seconds) in steps {
            now += Duration::from_secs(seconds);
            if owner.as_ref().is_some_and(|(_, expires)| now >= *expires) {
                owner = None;
            }
            let before = state.at(now).clone();
            prop_assert_eq!(before.current_id(), owner.as_ref().map(|(id, _)| id));
            let decision = decide(now, &state, &command);
            match (&command, &decision.outcome) {
                (Command::Lock(Some(id)) | Command::Refresh(Some(id)) | Command::Relock { new: Some(id), .. }, Outcome::Done) => {
                    owner = Some((id.clone(), now + LOCK_TIMEOUT));
                }
                (Command::Unlock(_), Outcome::Done) => owner = None,
                (_, Outcome::Conflict(told) | Outcome::MissingId(told) | Outcome::Held(told)) => {
                    prop_assert_eq!(told.as_ref(), before.current_id());
                    prop_assert_eq!(&decision.change, &Change::Keep);
                }
                (_, Outcome::Done) => prop_assert_eq!(&decision.change, &Change::Keep),
            }
            if let Change::Become(next) = decision.change {
                state = next;
            }
        }
    }
}
