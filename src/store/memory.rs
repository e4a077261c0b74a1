//! A database in memory, for tests of Lockhouse and of what embeds it.
//!
//! It knows what a disk forgets: writes since the last flush are lost by [`MemoryDatabase::crash`], except for a chosen
//! prefix of them. It can be told to run full, to fail a flush, and to hold flushes until they are released.

use std::{
    collections::BTreeMap,
    ops::Bound,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;

use super::backing::{Backing, BackingError, is_empty_range};

type Entries = BTreeMap<Vec<u8>, Bytes>;

/// A database in memory; clones are handles to the same one.
#[derive(Clone, Default)]
pub struct MemoryDatabase {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    /// Told when flushes are held or released, when one arrives, and when the database crashes.
    changed: Condvar,
}

#[derive(Default)]
struct State {
    names: Vec<String>,
    /// By tree, as after the last flush.
    durable: Vec<Entries>,
    /// By tree, with everything written.
    newest: Vec<Entries>,
    /// Written since the last flush, over all trees, in order.
    unflushed: Vec<Write>,
    writes_until_full: Option<usize>,
    next_flush_fails: bool,
    failed: Option<BackingError>,
    /// How many [`HeldFlushes`] there are.
    holds: usize,
    flushes_waiting: usize,
    flushes: u64,
    crashes: u64,
}

#[derive(Clone)]
struct Write {
    tree: usize,
    key: Vec<u8>,
    value: Option<Bytes>,
}

fn apply(trees: &mut [Entries], write: &Write) {
    let Some(tree) = trees.get_mut(write.tree) else { return };
    match &write.value {
        Some(value) => tree.insert(write.key.clone(), value.clone()),
        None => tree.remove(&write.key),
    };
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        self.changed.wait(state).unwrap_or_else(PoisonError::into_inner)
    }
}

impl MemoryDatabase {
    /// An empty database.
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens one tree, or creates it. All trees share one flush.
    pub fn tree(&self, name: &str) -> Arc<dyn Backing> {
        let mut state = self.shared.lock();
        let tree = state.names.iter().position(|known| known == name).unwrap_or_else(|| {
            state.names.push(name.to_owned());
            state.durable.push(Entries::new());
            state.newest.push(Entries::new());
            state.names.len() - 1
        });
        Arc::new(MemoryTree { shared: Arc::clone(&self.shared), tree })
    }

    /// Crashes and restarts in place: of the writes since the last flush only the first `keep` remain. Faults that were asked
    /// for are forgotten, and a flush in flight fails.
    pub fn crash(&self, keep: usize) {
        let mut state = self.shared.lock();
        let trees = state.after_crash(keep);
        state.newest.clone_from(&trees);
        state.durable = trees;
        state.unflushed.clear();
        state.writes_until_full = None;
        state.next_flush_fails = false;
        state.failed = None;
        state.crashes += 1;
        self.shared.changed.notify_all();
    }

    /// Another database that is as this one would be after [`MemoryDatabase::crash`]; this one goes on.
    #[must_use]
    pub fn crashed(&self, keep: usize) -> Self {
        let state = self.shared.lock();
        let newest = state.after_crash(keep);
        let copy = State { names: state.names.clone(), durable: newest.clone(), newest, ..State::default() };
        Self { shared: Arc::new(Shared { state: Mutex::new(copy), changed: Condvar::new() }) }
    }

    /// How many writes a crash could take back.
    pub fn unflushed(&self) -> usize {
        self.shared.lock().unflushed.len()
    }

    /// How many flushes have succeeded.
    pub fn flushes(&self) -> u64 {
        self.shared.lock().flushes
    }

    /// Lets `writes` more writes succeed; after that the disk is full.
    pub fn fail_after_writes(&self, writes: usize) {
        self.shared.lock().writes_until_full = Some(writes);
    }

    /// Makes the next flush fail. As with a real database nothing can be written after that, until [`MemoryDatabase::crash`].
    pub fn fail_next_flush(&self) {
        self.shared.lock().next_flush_fails = true;
    }

    /// Holds every flush that begins from now on, until what this returns is released or dropped.
    #[must_use]
    pub fn hold_flushes(&self) -> HeldFlushes {
        self.shared.lock().holds += 1;
        HeldFlushes { shared: Arc::clone(&self.shared) }
    }
}

impl State {
    fn after_crash(&self, keep: usize) -> Vec<Entries> {
        let mut trees = self.durable.clone();
        for write in self.unflushed.iter().take(keep) {
            apply(&mut trees, write);
        }
        trees
    }

    fn write(&mut self, write: Write) -> Result<(), BackingError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        if let Some(left) = &mut self.writes_until_full {
            if *left == 0 {
                self.failed = Some(BackingError::Full);
                return Err(BackingError::Full);
            }
            *left -= 1;
        }
        apply(&mut self.newest, &write);
        self.unflushed.push(write);
        Ok(())
    }
}

/// Flushes are held while this lives.
pub struct HeldFlushes {
    shared: Arc<Shared>,
}

impl HeldFlushes {
    /// Blocks until a flush has begun and is being held.
    pub fn wait_until_flushing(&self) {
        let mut state = self.shared.lock();
        while state.flushes_waiting == 0 {
            state = self.shared.wait(state);
        }
    }

    /// Lets the held flushes go on.
    pub fn release(self) {
        drop(self);
    }
}

impl Drop for HeldFlushes {
    fn drop(&mut self) {
        self.shared.lock().holds -= 1;
        self.shared.changed.notify_all();
    }
}

struct MemoryTree {
    shared: Arc<Shared>,
    tree: usize,
}

impl Backing for MemoryTree {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, BackingError> {
        Ok(self.shared.lock().newest.get(self.tree).and_then(|entries| entries.get(key).cloned()))
    }

    fn insert(&self, key: &[u8], value: &[u8]) -> Result<(), BackingError> {
        let value = Some(Bytes::copy_from_slice(value));
        self.shared.lock().write(Write { tree: self.tree, key: key.to_vec(), value })
    }

    fn remove(&self, key: &[u8]) -> Result<(), BackingError> {
        self.shared.lock().write(Write { tree: self.tree, key: key.to_vec(), value: None })
    }

    fn scan(&self, from: Bound<&[u8]>, to: Bound<&[u8]>, limit: usize) -> Result<Vec<(Vec<u8>, Bytes)>, BackingError> {
        if is_empty_range(from, to) {
            return Ok(Vec::new());
        }
        let state = self.shared.lock();
        let Some(entries) = state.newest.get(self.tree) else { return Ok(Vec::new()) };
        let found = entries.range::<[u8], _>((from, to)).take(limit);
        Ok(found.map(|(key, value)| (key.clone(), value.clone())).collect())
    }

    fn last_key(&self) -> Result<Option<Vec<u8>>, BackingError> {
        let state = self.shared.lock();
        Ok(state.newest.get(self.tree).and_then(|entries| entries.last_key_value()).map(|(key, _)| key.clone()))
    }

    fn flush(&self) -> Result<(), BackingError> {
        let mut state = self.shared.lock();
        let (covered, crashes) = (state.unflushed.len(), state.crashes);
        state.flushes_waiting += 1;
        self.shared.changed.notify_all();
        while state.holds > 0 && state.crashes == crashes {
            state = self.shared.wait(state);
        }
        state.flushes_waiting -= 1;
        if state.crashes != crashes {
            return Err(BackingError::Other("the database crashed during the flush".into()));
        }
        if std::mem::take(&mut state.next_flush_fails) {
            state.failed = Some(BackingError::Other("the flush failed, as it was told to".into()));
        }
        if let Some(error) = &state.failed {
            return Err(error.clone());
        }
        // Another flush may have been quicker.
        let covered = covered.min(state.unflushed.len());
        let flushed: Vec<Write> = state.unflushed.drain(..covered).collect();
        for write in &flushed {
            apply(&mut state.durable, write);
        }
        state.flushes += 1;
        Ok(())
    }

    fn size_on_disk(&self) -> Result<u64, BackingError> {
        let state = self.shared.lock();
        let entries = state.durable.iter().flatten();
        Ok(entries.map(|(key, value)| (key.len() + value.len()) as u64).sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crash_keeps_what_was_flushed_and_the_chosen_prefix_of_the_rest() {
        let database = MemoryDatabase::new();
        let (first, second) = (database.tree("first"), database.tree("second"));
        first.insert(b"a", b"1").unwrap();
        first.flush().unwrap();
        second.insert(b"b", b"2").unwrap();
        first.remove(b"a").unwrap();
        first.insert(b"c", b"3").unwrap();
        assert_eq!(database.unflushed(), 3);
        let later = database.crashed(2);
        assert_eq!(later.tree("first").get(b"a").unwrap(), None);
        assert_eq!(later.tree("second").get(b"b").unwrap().as_deref(), Some(b"2".as_slice()));
        database.crash(1);
        assert_eq!(first.get(b"a").unwrap().as_deref(), Some(b"1".as_slice()));
        assert_eq!(second.get(b"b").unwrap().as_deref(), Some(b"2".as_slice()));
        assert_eq!(first.get(b"c").unwrap(), None);
    }

    #[test]
    fn a_full_database_takes_no_more_writes_until_it_is_restarted() {
        let database = MemoryDatabase::new();
        let tree = database.tree("t");
        database.fail_after_writes(1);
        tree.insert(b"a", b"1").unwrap();
        assert!(matches!(tree.insert(b"b", b"2"), Err(BackingError::Full)));
        assert!(matches!(tree.flush(), Err(BackingError::Full)));
        assert!(tree.get(b"a").unwrap().is_some());
        database.crash(0);
        tree.insert(b"b", b"2").unwrap();
        tree.flush().unwrap();
        assert!(tree.get(b"a").unwrap().is_none());
    }

    #[test]
    fn a_held_flush_makes_durable_only_what_was_written_before_it_began() {
        let database = MemoryDatabase::new();
        let tree = database.tree("t");
        tree.insert(b"a", b"1").unwrap();
        let held = database.hold_flushes();
        std::thread::scope(|scope| {
            let flush = scope.spawn(|| tree.flush());
            held.wait_until_flushing();
            tree.insert(b"b", b"2").unwrap();
            held.release();
            flush.join().unwrap().unwrap();
        });
        database.crash(0);
        assert!(tree.get(b"a").unwrap().is_some());
        assert!(tree.get(b"b").unwrap().is_none());
    }

    #[test]
    fn ranges_that_hold_nothing_are_empty_and_do_not_panic() {
        let tree = MemoryDatabase::new().tree("t");
        tree.insert(b"b", b"1").unwrap();
        let bound = Bound::Excluded(b"b".as_slice());
        assert!(tree.scan(bound, bound, 9).unwrap().is_empty());
        assert!(tree.scan(Bound::Included(b"c"), Bound::Included(b"a"), 9).unwrap().is_empty());
        assert_eq!(tree.last_key().unwrap(), Some(b"b".to_vec()));
    }
}
