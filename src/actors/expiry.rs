//! The exact moments at which locks run out.
//!
//! A refresh is written to the disk at most once a minute, with an expiry rounded up; the exact moment lives here for as
//! long as the process does, also when the file's actor was retired or died. So expiry is exact within a run.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::{
    ids::NodeId,
    lock::{LockId, WopiLock},
};

/// Exact expiries on the monotonic clock, by file.
#[derive(Debug, Default)]
pub struct ExpiryBoard {
    exact: Mutex<HashMap<NodeId, WopiLock>>,
}

impl ExpiryBoard {
    fn map(&self) -> MutexGuard<'_, HashMap<NodeId, WopiLock>> {
        self.exact.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes when the lock of `file` runs out; `None` when it has none.
    pub fn note(&self, file: &NodeId, lock: Option<WopiLock>) {
        let mut map = self.map();
        match lock {
            Some(lock) => _ = map.insert(file.clone(), lock),
            None => _ = map.remove(file),
        }
    }

    /// Notes that the lock of `file` runs out later than was noted.
    pub fn extend(&self, file: &NodeId, lock: &WopiLock) {
        if let Some(noted) = self.map().get_mut(file).filter(|noted| noted.id == lock.id) {
            noted.expires = lock.expires;
            return;
        }
        self.note(file, Some(lock.clone()));
    }

    /// The exact expiry of the lock `id` of `file`, if this run knows it.
    pub fn exact(&self, file: &NodeId, id: &LockId) -> Option<Duration> {
        self.map().get(file).filter(|lock| lock.id == *id).map(|lock| lock.expires)
    }

    /// At most `limit` files whose lock has run out at `now`: their actors settle that on the disk, and only then it may be
    /// forgotten.
    pub fn run_out(&self, now: Duration, limit: usize) -> Vec<NodeId> {
        let map = self.map();
        map.iter().filter(|(_, lock)| lock.expires <= now).map(|(file, _)| file.clone()).take(limit).collect()
    }

    /// How many locks are noted.
    pub fn len(&self) -> usize {
        self.map().len()
    }

    /// Whether none is noted.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
