//! A bounded memory of what was worked out for a text: when it is full, what was not asked for lately goes.

use std::{
    collections::HashMap,
    hash::{BuildHasher as _, BuildHasherDefault, Hasher, RandomState},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Shards, so that threads seldom wait for each other.
const SHARDS: usize = 16;

/// Entries of a generation in a shard. There are two generations: at most 4,096 entries in all.
const GENERATION: usize = 128;

/// What is kept, by the hash of its text. The hash is keyed at random: nobody can aim at one shard, or at a text's place.
pub(super) struct Kept<T> {
    hasher: RandomState,
    shards: [Mutex<Shard<T>>; SHARDS],
}

/// A text and what is kept for it. Should two texts have one hash, the later one takes the place.
type Entry<T> = (Box<str>, T);

struct Shard<T> {
    young: HashMap<u64, Entry<T>, BuildHasherDefault<Hashed>>,
    old: HashMap<u64, Entry<T>, BuildHasherDefault<Hashed>>,
}

/// What is a hash already.
#[derive(Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, byte| hash.rotate_left(8) ^ u64::from(*byte));
    }
}

impl<T> Default for Shard<T> {
    fn default() -> Self {
        Self { young: HashMap::default(), old: HashMap::default() }
    }
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self { hasher: RandomState::new(), shards: std::array::from_fn(|_| Mutex::default()) }
    }
}

impl<T: Clone> Kept<T> {
    /// What was kept for a text.
    pub(super) fn get(&self, text: &str) -> Option<T> {
        let (hash, mut shard) = self.shard(text);
        if let Some((kept, found)) = shard.young.get(&hash) {
            return (**kept == *text).then(|| found.clone());
        }
        let (kept, found) = shard.old.remove(&hash).filter(|(kept, _)| **kept == *text)?;
        shard.insert(hash, (kept, found.clone()));
        Some(found)
    }

    /// Keeps something for a text, in place of what was kept before.
    pub(super) fn put(&self, text: &str, value: T) {
        let (hash, mut shard) = self.shard(text);
        shard.old.remove(&hash);
        shard.insert(hash, (text.into(), value));
    }

    /// Keeps something newer for a text for which something is kept; does nothing if it was forgotten meanwhile.
    pub(super) fn renew(&self, text: &str, newer: impl FnOnce() -> T) {
        let (hash, mut shard) = self.shard(text);
        if let Some((kept, found)) = shard.young.get_mut(&hash)
            && **kept == *text
        {
            // What it replaces is freed when nobody waits for the shard any more.
            let before = std::mem::replace(found, newer());
            drop(shard);
            drop(before);
        }
    }

    /// Changes what is kept for a text; begins with nothing when there is none.
    pub(super) fn change(&self, text: &str, change: impl FnOnce(&mut T))
    where
        T: Default,
    {
        let (hash, mut shard) = self.shard(text);
        if let Some((kept, found)) = shard.young.get_mut(&hash)
            && **kept == *text
        {
            return change(found);
        }
        let before = shard.old.remove(&hash).filter(|(kept, _)| **kept == *text);
        let mut found = before.map(|(_, found)| found).unwrap_or_default();
        change(&mut found);
        shard.insert(hash, (text.into(), found));
    }

    fn shard(&self, text: &str) -> (u64, MutexGuard<'_, Shard<T>>) {
        let hash = self.hasher.hash_one(text);
        let place = (hash >> 32) as usize % SHARDS;
        (hash, self.shards[place].lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<T> Shard<T> {
    fn insert(&mut self, hash: u64, entry: Entry<T>) {
        if self.young.len() >= GENERATION && !self.young.contains_key(&hash) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(hash, entry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_changed_begins_with_nothing_and_keeps_what_it_was() {
        let kept = Kept::<Vec<u32>>::default();
        for round in 0..3 {
            kept.change("often", |list| list.push(round));
            for number in 0..4_000 {
                kept.put(&format!("once {round} {number}"), Vec::new());
                assert!(kept.get("often").is_some());
            }
        }
        assert_eq!(kept.get("often"), Some(vec![0, 1, 2]));
    }

    #[test]
    fn what_is_asked_for_stays_and_the_rest_goes() {
        let kept = Kept::default();
        kept.put("often", 1);
        for number in 0..100_000 {
            kept.put(&format!("once {number}"), number);
            assert_eq!(kept.get("often"), Some(1), "after {number}");
        }
        kept.put("often", 2);
        assert_eq!(kept.get("often"), Some(2));
        assert_eq!(kept.get("once 0"), None);
        let all: usize = kept.shards.iter().map(|it| it.lock().unwrap()).map(|it| it.young.len() + it.old.len()).sum();
        assert!(all <= 2 * SHARDS * GENERATION, "{all}");
    }
}
