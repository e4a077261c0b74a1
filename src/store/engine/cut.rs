//! A consistent view of all records at one moment, while commits go on.
//!
//! The commit thread begins a cut between two groups. From then on, before it changes a record that the reader has not yet
//! reached, it keeps what the record was; behind the reader it keeps nothing. The reader looks into the backing first and into
//! what was kept second, as readers of published records do ([`super::published`]).

use std::{
    ops::Bound,
    sync::{Arc, PoisonError, atomic::Ordering},
};

use super::{
    Cut, EngineError, Key, Record,
    published::{Before, Page, merge, read_page},
    stored::{FIRST_KEY, weight},
    sync::{AtomicBool, Mutex, MutexGuard},
};
use crate::store::backing::Backing;

/// The place of the one cut that may be open.
#[derive(Default)]
pub(super) struct CutSlot {
    /// Somebody has, or is about to get, the cut.
    taken: AtomicBool,
    /// The commit thread has begun it: lets that thread pass without the lock when there is none.
    begun: AtomicBool,
    state: Mutex<Option<CutState>>,
}

struct CutState {
    read: Read,
    kept: Before,
    bytes: usize,
    limit: usize,
    overflowed: bool,
}

/// How far the reader has come.
enum Read {
    Nothing,
    UpTo(Key),
    Everything,
}

impl CutState {
    fn is_ahead(&self, key: &Key) -> bool {
        match &self.read {
            Read::Nothing => true,
            Read::UpTo(read) => key > read,
            Read::Everything => false,
        }
    }

    /// The reader has come to `read`: what was kept up to there is not needed any more.
    fn advance(&mut self, read: Read) {
        let ahead = match &read {
            Read::Nothing => return,
            Read::UpTo(key) => {
                let mut ahead = self.kept.split_off(key);
                if let Some(record) = ahead.remove(key) {
                    self.bytes -= record_weight(key, record.as_ref());
                }
                ahead
            }
            Read::Everything => Before::new(),
        };
        let behind = std::mem::replace(&mut self.kept, ahead);
        self.bytes -= behind.iter().map(|(key, record)| record_weight(key, record.as_ref())).sum::<usize>();
        self.read = read;
    }
}

fn record_weight(key: &Key, record: Option<&Record>) -> usize {
    weight(key.len(), record.map_or(0, |record| record.value.len()))
}

impl CutSlot {
    /// Takes the slot for one caller; whether it was free.
    pub(super) fn take(&self) -> bool {
        !self.taken.swap(true, Ordering::AcqRel)
    }

    /// Gives the slot back.
    pub(super) fn give_back(&self) {
        self.begun.store(false, Ordering::Release);
        *self.lock() = None;
        self.taken.store(false, Ordering::Release);
    }

    /// For the commit thread, between two groups.
    pub(super) fn begin(&self, limit: usize) {
        *self.lock() = Some(CutState { read: Read::Nothing, kept: Before::new(), bytes: 0, limit, overflowed: false });
        self.begun.store(true, Ordering::Release);
    }

    /// For the commit thread: keeps what `key` is before it is changed, if the cut still needs it.
    pub(super) fn keep(&self, key: &Key, before: Option<&Record>) {
        if !self.begun.load(Ordering::Acquire) {
            return;
        }
        let mut slot = self.lock();
        let Some(state) = &mut *slot else { return };
        if state.overflowed || !state.is_ahead(key) || state.kept.contains_key(key) {
            return;
        }
        state.bytes += record_weight(key, before);
        if state.bytes > state.limit {
            state.overflowed = true;
            state.kept.clear();
        } else {
            state.kept.insert(key.clone(), before.cloned());
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<CutState>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The reader of a cut.
pub(super) struct LocalCut {
    pub(super) slot: Arc<CutSlot>,
    pub(super) backing: Arc<dyn Backing>,
}

impl Cut for LocalCut {
    fn next_page(&mut self, limit: usize) -> Result<Page, EngineError> {
        let from: Bound<Key> = match self.slot.lock().as_ref().map(|state| &state.read) {
            Some(Read::Nothing) => Bound::Included(FIRST_KEY.to_vec()),
            Some(Read::UpTo(key)) => Bound::Excluded(key.clone()),
            Some(Read::Everything) | None => return Ok(Page::new()),
        };
        let from = from.as_ref().map(Vec::as_slice);
        read_page(&*self.backing, from, Bound::Unbounded, limit, |raw, from, covered, wanted| {
            let mut slot = self.slot.lock();
            let Some(state) = slot.as_mut() else { return Ok(Page::new()) };
            if state.overflowed {
                let reason =
                    "too much was changed while a consistent view of it was read; try again when less is going on";
                return Err(EngineError::Read(reason.into()));
            }
            let mut page = merge(raw, &state.kept, from, covered)?;
            let truncated = page.len() > wanted;
            page.truncate(wanted);
            let read = match (page.last().filter(|_| truncated), covered) {
                (Some((last, _)), _) => Read::UpTo(last.clone()),
                (None, Bound::Included(last) | Bound::Excluded(last)) => Read::UpTo(last.to_vec()),
                (None, Bound::Unbounded) => Read::Everything,
            };
            state.advance(read);
            Ok(page)
        })
    }
}

impl Drop for LocalCut {
    fn drop(&mut self) {
        self.slot.give_back();
    }
}
