//! What readers may see: the state after the last flush, while the backing already holds what is not flushed.
//!
//! Before the commit thread changes a record it notes here what the record was at the last flush; after the flush the notes
//! are dropped, all at once. A reader looks into the backing first and into the notes second, and a note wins. So a reader who
//! met a value that was not flushed finds the note, unless the flush came in between, and then the value is durable. After a
//! flush that failed the notes stay for good.
//!
//! Each record has a mark, which it shares with some others. It is odd while changes are being published, and another one
//! when they are: who kept a record from before knows that he must read again, also while the first readers see the change.

use std::{
    collections::BTreeMap,
    ops::Bound,
    sync::{PoisonError, atomic::Ordering::SeqCst},
};

use bytes::Bytes;

use super::{
    EngineError, Key, Record, stored,
    sync::{AtomicU64, RwLock},
};
use crate::store::backing::{Backing, BackingError, is_empty_range};

/// What records were before they were changed; `None` where there was none.
pub(super) type Before = BTreeMap<Key, Option<Record>>;

/// Entries as the backing gives them.
pub(super) type RawPage = Vec<(Key, Bytes)>;

/// Records in key order.
pub(super) type Page = Vec<(Key, Record)>;

/// How many marks there are. The models have few, so that records share them.
const MARKS: usize = if cfg!(feature = "models") { 2 } else { 4096 };

pub(super) struct Published {
    unflushed: RwLock<Before>,
    marks: Box<[AtomicU64]>,
}

impl Default for Published {
    fn default() -> Self {
        Self { unflushed: RwLock::default(), marks: (0..MARKS).map(|_| AtomicU64::new(0)).collect() }
    }
}

/// The place of a record's mark.
fn place(key: &[u8]) -> usize {
    crc32fast::hash(key) as usize % MARKS
}

impl Published {
    /// Notes what readers are to see of `key` until the next flush. To be called before the backing is changed.
    pub(super) fn keep(&self, key: &Key, before: Option<&Record>) {
        let mut unflushed = self.unflushed.write().unwrap_or_else(PoisonError::into_inner);
        if !unflushed.contains_key(key) {
            unflushed.insert(key.clone(), before.cloned());
        }
    }

    /// Shows everything written so far. To be called after a flush that succeeded.
    pub(super) fn publish(&self) {
        let mut changed: Vec<usize> = {
            let unflushed = self.unflushed.read().unwrap_or_else(PoisonError::into_inner);
            unflushed.keys().map(|key| place(key)).collect()
        };
        changed.sort_unstable();
        changed.dedup();
        let turn = || changed.iter().for_each(|&place| _ = self.marks[place].fetch_add(1, SeqCst));
        turn();
        let notes = std::mem::take(&mut *self.unflushed.write().unwrap_or_else(PoisonError::into_inner));
        turn();
        // Freed outside the lock, so that readers do not wait for it.
        drop(notes);
    }

    /// As [`Engine::mark`](super::Engine::mark).
    pub(super) fn mark(&self, key: &[u8]) -> Option<u64> {
        let mark = self.marks[place(key)].load(SeqCst);
        mark.is_multiple_of(2).then_some(mark)
    }

    pub(super) fn get(&self, backing: &dyn Backing, key: &[u8]) -> Result<Option<Record>, EngineError> {
        let newest = backing.get(key).map_err(read_error)?;
        if let Some(before) = self.unflushed.read().unwrap_or_else(PoisonError::into_inner).get(key) {
            return Ok(before.clone());
        }
        newest.map(|stored| stored::decode(key, &stored)).transpose()
    }

    pub(super) fn scan(
        &self,
        backing: &dyn Backing,
        from: Bound<&[u8]>,
        to: Bound<&[u8]>,
        limit: usize,
    ) -> Result<Page, EngineError> {
        read_page(backing, from, to, limit, |raw, from, covered, _| {
            merge(raw, &self.unflushed.read().unwrap_or_else(PoisonError::into_inner), from, covered)
        })
    }
}

pub(super) fn read_error(error: BackingError) -> EngineError {
    match error {
        BackingError::Full => EngineError::Read("the disk is full".into()),
        BackingError::Other(reason) => EngineError::Read(reason),
    }
}

/// Fills a page of `limit` records from the backing, piece by piece: `corrected` gets a raw piece, the two bounds that it
/// covers completely, and how many records are still wanted, and answers what is to be seen of it.
pub(super) fn read_page(
    backing: &dyn Backing,
    from: Bound<&[u8]>,
    to: Bound<&[u8]>,
    limit: usize,
    mut corrected: impl FnMut(RawPage, Bound<&[u8]>, Bound<&[u8]>, usize) -> Result<Page, EngineError>,
) -> Result<Page, EngineError> {
    let mut page = Page::new();
    let mut from: Bound<Key> = from.map(<[u8]>::to_vec);
    while page.len() < limit && !is_empty_range(as_slice(&from), to) {
        let wanted = limit - page.len();
        let raw = backing.scan(as_slice(&from), to, wanted).map_err(read_error)?;
        // A full piece covers its range up to its last key, any other covers all of it.
        let last = (raw.len() >= wanted).then(|| raw.last().map(|(key, _)| key.clone())).flatten();
        let covered = last.as_deref().map_or(to, Bound::Included);
        let piece = corrected(raw, as_slice(&from), covered, wanted)?;
        page.extend(piece.into_iter().take(wanted));
        let Some(last) = last else { break };
        from = Bound::Excluded(last);
    }
    Ok(page)
}

/// Lets the notes between two bounds win over what the backing has there.
pub(super) fn merge(raw: RawPage, before: &Before, from: Bound<&[u8]>, to: Bound<&[u8]>) -> Result<Page, EngineError> {
    let mut notes = before.range::<[u8], _>((from, to)).peekable();
    let mut page = Page::with_capacity(raw.len());
    for (key, value) in raw {
        while let Some((removed, was)) = notes.next_if(|(noted, _)| **noted < key) {
            page.extend(was.clone().map(|record| (removed.clone(), record)));
        }
        if let Some((_, was)) = notes.next_if(|(noted, _)| **noted == key) {
            page.extend(was.clone().map(|record| (key, record)));
        } else {
            let record = stored::decode(&key, &value)?;
            page.push((key, record));
        }
    }
    page.extend(notes.filter_map(|(removed, was)| was.clone().map(|record| (removed.clone(), record))));
    Ok(page)
}

fn as_slice(bound: &Bound<Key>) -> Bound<&[u8]> {
    bound.as_ref().map(Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::memory::MemoryDatabase;

    fn record(revision: u64) -> Record {
        Record { revision, value: Bytes::from_static(b"value") }
    }

    /// Keys `a` to `j` at revision 1 in the backing, unflushed changes on top: even ones removed, `bb` and `k` new, `c` changed.
    fn changed() -> (std::sync::Arc<dyn Backing>, Published) {
        let backing = MemoryDatabase::new().tree("t");
        let published = Published::default();
        for key in b'a'..=b'j' {
            backing.insert(&[key], &stored::encode(1, b"value")).unwrap();
        }
        for key in [b"b", b"d", b"f", b"h", b"j"] {
            published.keep(&key.to_vec(), Some(&record(1)));
            backing.remove(key).unwrap();
        }
        for key in [b"bb".as_slice(), b"k", b"k"] {
            published.keep(&key.to_vec(), None);
            backing.insert(key, &stored::encode(2, b"value")).unwrap();
        }
        published.keep(&b"c".to_vec(), Some(&record(1)));
        backing.insert(b"c", &stored::encode(2, b"value")).unwrap();
        published.keep(&b"c".to_vec(), Some(&record(2)));
        (backing, published)
    }

    #[test]
    fn a_scan_of_any_size_shows_what_was_before_unflushed_changes() {
        let (backing, published) = changed();
        for limit in 1..=12 {
            let mut seen = Page::new();
            loop {
                let after = seen.last().map(|(key, _)| key.clone());
                let from = after.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
                let page = published.scan(&*backing, from, Bound::Unbounded, limit).unwrap();
                assert!(page.len() <= limit);
                let end = page.len() < limit;
                seen.extend(page);
                if end {
                    break;
                }
            }
            let expected: Page = (b'a'..=b'j').map(|key| (vec![key], record(1))).collect();
            assert_eq!(seen, expected, "limit {limit}");
        }
    }

    #[test]
    fn a_scan_keeps_to_its_bounds() {
        let (backing, published) = changed();
        let page = published.scan(&*backing, Bound::Excluded(b"b"), Bound::Included(b"d"), 9).unwrap();
        assert_eq!(page, [(b"c".to_vec(), record(1)), (b"d".to_vec(), record(1))]);
        let page = published.scan(&*backing, Bound::Included(b"d"), Bound::Excluded(b"d"), 9).unwrap();
        assert_eq!(page, []);
        assert_eq!(published.scan(&*backing, Bound::Unbounded, Bound::Unbounded, 0).unwrap(), []);
    }

    #[test]
    fn publishing_shows_everything_at_once() {
        let (backing, published) = changed();
        assert_eq!(published.get(&*backing, b"b").unwrap(), Some(record(1)));
        assert_eq!(published.get(&*backing, b"k").unwrap(), None);
        published.publish();
        assert_eq!(published.get(&*backing, b"b").unwrap(), None);
        let keys: Vec<Key> = published
            .scan(&*backing, Bound::Unbounded, Bound::Unbounded, 99)
            .unwrap()
            .into_iter()
            .map(|(key, _)| key)
            .collect();
        let expected: Vec<Key> = ["a", "bb", "c", "e", "g", "i", "k"].map(|key| key.as_bytes().to_vec()).into();
        assert_eq!(keys, expected);
    }

    #[test]
    fn a_mark_turns_when_a_change_is_published_and_not_before() {
        let (_, published) = changed();
        let marks = |key: &[u8]| published.mark(key).unwrap();
        let (before, other) = (marks(b"b"), marks(b"another"));
        published.keep(&b"b".to_vec(), None);
        assert_eq!(marks(b"b"), before);
        published.publish();
        assert!(marks(b"b") > before);
        assert_eq!(marks(b"another"), other);
        let after = marks(b"b");
        published.publish();
        assert_eq!(marks(b"b"), after, "nothing was changed");
    }

    #[test]
    fn a_record_too_short_for_its_revision_is_an_error() {
        let backing = MemoryDatabase::new().tree("t");
        backing.insert(b"k", b"short").unwrap();
        assert!(matches!(Published::default().get(&*backing, b"k"), Err(EngineError::Read(_))));
    }
}
