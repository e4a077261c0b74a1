//! All or nothing for batches of several records, over a backing that keeps a prefix of its writes across a crash.
//!
//! Before the records of a batch a redo record is written that holds them all, in parts if it is long; after them it is
//! removed. Whatever prefix a crash keeps: without the last part no record of the batch was written, and the parts are
//! dropped; with it the records can be written again; and once the first part is gone they had all been written.
//!
//! A part's key is the engine's prefix, the revision and the part's number; its value is a format byte, the number of parts,
//! and a piece of the list of changes.

use bytes::Bytes;

use super::{
    Key, MAX_VALUE, Revision, prefix_end,
    stored::{self, REDO},
};
use crate::store::backing::{Backing, BackingError};

const FORMAT: u8 = 1;
const HEADER: usize = 5;
const PIECE: usize = MAX_VALUE - HEADER;
const PAGE: usize = 64;

/// Records to store, as they are stored, or to remove, in key order.
pub(super) type Changes = Vec<(Key, Option<Bytes>)>;

/// What was found and done when the store was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Recovered {
    pub(super) completed: usize,
    pub(super) dropped: usize,
}

#[derive(Debug)]
pub(super) enum RecoverError {
    Backing(BackingError),
    Damaged(String),
}

impl From<BackingError> for RecoverError {
    fn from(error: BackingError) -> Self {
        Self::Backing(error)
    }
}

/// Writes the redo record and answers the keys of its parts, to be given to [`finish`].
pub(super) fn begin(backing: &dyn Backing, revision: Revision, changes: &Changes) -> Result<Vec<Key>, BackingError> {
    let list = encode(changes);
    let pieces = list.chunks(PIECE);
    let parts = u32::try_from(pieces.len()).map_err(|_| BackingError::Other("a batch is too large".into()))?;
    let mut keys = Vec::with_capacity(pieces.len());
    for (number, piece) in (0..parts).zip(pieces) {
        let key = part_key(revision, number);
        let mut value = Vec::with_capacity(HEADER + piece.len());
        value.push(FORMAT);
        value.extend_from_slice(&parts.to_be_bytes());
        value.extend_from_slice(piece);
        backing.insert(&key, &value)?;
        keys.push(key);
    }
    Ok(keys)
}

/// Removes a redo record after its records were written.
pub(super) fn finish(backing: &dyn Backing, parts: &[Key]) -> Result<(), BackingError> {
    parts.iter().try_for_each(|key| backing.remove(key))
}

/// Completes or drops what a crash left unfinished.
pub(super) fn recover(backing: &dyn Backing) -> Result<Recovered, RecoverError> {
    let mut recovered = Recovered::default();
    while let Some(parts) = first_redo(backing)? {
        if is_complete(&parts)? {
            let list: Vec<u8> = parts.iter().flat_map(|part| part.piece.iter().copied()).collect();
            for (key, value) in decode(&list).ok_or_else(|| damaged(&parts))? {
                match value {
                    Some(value) => backing.insert(&key, &value)?,
                    None => backing.remove(&key)?,
                }
            }
            recovered.completed += 1;
        } else {
            recovered.dropped += 1;
        }
        for part in &parts {
            backing.remove(&part.key)?;
        }
    }
    if recovered != Recovered::default() {
        backing.flush()?;
    }
    Ok(recovered)
}

struct Part {
    key: Key,
    number: u32,
    of: u32,
    piece: Bytes,
}

/// The parts of the redo record with the lowest revision.
fn first_redo(backing: &dyn Backing) -> Result<Option<Vec<Part>>, RecoverError> {
    use std::ops::Bound::{Excluded, Included};
    let mut parts: Vec<Part> = Vec::new();
    let Some(end) = prefix_end(&REDO) else { return Ok(None) };
    loop {
        let from = parts.last().map_or(Included(REDO.as_slice()), |part| Excluded(part.key.as_slice()));
        let page = backing.scan(from, Excluded(&end), PAGE)?;
        let full = page.len() == PAGE;
        for (key, value) in page {
            let part = part(key, &value)?;
            let revision_len = part.key.len() - size_of::<u32>();
            if parts.first().is_some_and(|first| first.key[..revision_len] != part.key[..revision_len]) {
                return Ok(Some(parts));
            }
            parts.push(part);
        }
        if !full {
            return Ok((!parts.is_empty()).then_some(parts));
        }
    }
}

fn part(key: Key, value: &Bytes) -> Result<Part, RecoverError> {
    let number = key.last_chunk().filter(|_| key.len() == REDO.len() + size_of::<Revision>() + size_of::<u32>());
    let header = value.first_chunk::<HEADER>().filter(|header| header[0] == FORMAT);
    match (number, header) {
        (Some(number), Some([_, of @ ..])) => Ok(Part {
            number: u32::from_be_bytes(*number),
            of: u32::from_be_bytes(*of),
            piece: value.slice(HEADER..),
            key,
        }),
        _ => Err(RecoverError::Damaged(format!("the redo record `{}` is not understood", key.escape_ascii()))),
    }
}

fn is_complete(parts: &[Part]) -> Result<bool, RecoverError> {
    let in_order = (0..).zip(parts).all(|(number, part): (u32, &Part)| part.number == number);
    let Some(of) = parts.first().map(|part| part.of) else { return Ok(false) };
    if parts.iter().any(|part| part.of != of || part.number >= of) {
        return Err(damaged(parts));
    }
    Ok(in_order && parts.len() == of as usize)
}

fn damaged(parts: &[Part]) -> RecoverError {
    let key = parts.first().map(|part| part.key.escape_ascii().to_string()).unwrap_or_default();
    RecoverError::Damaged(format!("the redo record `{key}` is damaged"))
}

fn part_key(revision: Revision, number: u32) -> Key {
    [REDO.as_slice(), &revision.to_be_bytes(), &number.to_be_bytes()].concat()
}

fn encode(changes: &Changes) -> Vec<u8> {
    let mut list = Vec::with_capacity(
        changes.iter().map(|(key, value)| stored::weight(key.len(), value.as_ref().map_or(0, Bytes::len))).sum(),
    );
    for (key, value) in changes {
        put(&mut list, key);
        list.push(u8::from(value.is_some()));
        if let Some(value) = value {
            put(&mut list, value);
        }
    }
    list
}

/// A length of four bytes, then the bytes. Keys and values are far below the length's limit, else `submit` had refused them.
fn put(list: &mut Vec<u8>, bytes: &[u8]) {
    list.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
    list.extend_from_slice(bytes);
}

fn decode(mut list: &[u8]) -> Option<Changes> {
    let mut changes = Changes::new();
    while !list.is_empty() {
        // A batch never names the engine's own records: what does is damaged, and might name redo records without end.
        let key = take(&mut list).filter(|key| !stored::is_reserved(key))?.to_vec();
        let (flag, rest) = list.split_first()?;
        list = rest;
        let value = match flag {
            0 => None,
            1 => Some(Bytes::copy_from_slice(take(&mut list)?)),
            _ => return None,
        };
        changes.push((key, value));
    }
    Some(changes)
}

fn take<'a>(list: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (len, rest) = list.split_first_chunk()?;
    let (bytes, rest) = rest.split_at_checked(u32::from_be_bytes(*len) as usize)?;
    *list = rest;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::memory::MemoryDatabase;

    fn changes(records: u8, size: usize) -> Changes {
        let mut changes: Changes = (0..records).map(|n| (vec![b'k', n], Some(vec![n; size].into()))).collect();
        changes.push((b"old".to_vec(), None));
        changes
    }

    #[test]
    fn a_list_of_changes_survives_its_stored_form_and_no_cut_is_taken_for_a_whole() {
        let changes = changes(5, 3);
        let list = encode(&changes);
        assert_eq!(decode(&list), Some(changes));
        let whole: Vec<usize> = (0..=list.len()).filter(|len| decode(&list[..*len]).is_some()).collect();
        assert_eq!(whole.len(), 7, "only the ends of changes are whole: {whole:?}");
        assert_eq!(decode(&[0xFF; 40]), None);
    }

    #[test]
    fn after_a_crash_at_any_write_all_of_a_batch_is_there_or_none() {
        for (records, size) in [(3, 10), (20, 2000)] {
            let database = MemoryDatabase::new();
            let backing = database.tree("t");
            backing.insert(b"old", b"x").unwrap();
            backing.flush().unwrap();
            let changes = changes(records, size);
            let parts = begin(&*backing, 7, &changes).unwrap();
            assert_eq!(parts.len() > 1, size > 1000);
            for (key, value) in &changes {
                match value {
                    Some(value) => backing.insert(key, value).unwrap(),
                    None => backing.remove(key).unwrap(),
                }
            }
            finish(&*backing, &parts).unwrap();
            for keep in 0..=database.unflushed() {
                let after = database.crashed(keep).tree("t");
                let recovered = recover(&*after).unwrap();
                let there = changes
                    .iter()
                    .filter(|(key, value)| after.get(key).unwrap().as_deref() == value.as_deref())
                    .count();
                let all = keep >= parts.len();
                assert_eq!(there, if all { changes.len() } else { 0 }, "after {keep} writes, {recovered:?}");
                let leftovers = after.scan(std::ops::Bound::Unbounded, std::ops::Bound::Excluded(b"k"), 9).unwrap();
                assert_eq!(leftovers, [], "after {keep} writes");
            }
        }
    }

    #[test]
    fn a_redo_record_that_names_records_of_the_engine_is_damaged_and_changes_none() {
        let backing = MemoryDatabase::new().tree("t");
        backing.insert(stored::RESERVED_TO, b"reserved").unwrap();
        let (first, second) = (part_key(3, 0), part_key(4, 0));
        let again = |key: &Key, other: &Key| vec![(other.clone(), backing.get(key).unwrap())];
        for changes in [
            vec![(stored::RESERVED_TO.to_vec(), None)],
            vec![(Key::new(), Some(Bytes::new()))],
            // Completing one would bring back the other, without end.
            again(&first, &second),
        ] {
            begin(&*backing, 3, &changes).unwrap();
            assert!(matches!(recover(&*backing), Err(RecoverError::Damaged(_))), "{changes:?}");
        }
        assert_eq!(backing.get(stored::RESERVED_TO).unwrap().as_deref(), Some(b"reserved".as_slice()));
    }

    #[test]
    fn a_redo_record_that_is_not_understood_is_an_error() {
        let backing = MemoryDatabase::new().tree("t");
        backing.insert(&part_key(3, 0), &[FORMAT, 0, 0, 0, 1, 0, 0]).unwrap();
        assert!(matches!(recover(&*backing), Err(RecoverError::Damaged(_))));
        backing.insert(&part_key(3, 0), &[FORMAT + 1, 0, 0, 0, 1]).unwrap();
        assert!(matches!(recover(&*backing), Err(RecoverError::Damaged(_))));
        backing.insert(&part_key(3, 0), b"").unwrap();
        assert!(matches!(recover(&*backing), Err(RecoverError::Damaged(_))));
    }
}
