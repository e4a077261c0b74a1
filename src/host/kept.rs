//! A bounded memory of what was worked out for a text: when it is full, what was not asked for lately goes.

use std::{
    collections::HashMap,
    hash::{BuildHasher as _, RandomState},
    sync::{Mutex, PoisonError},
};

/// Shards, so that threads seldom wait for each other.
const SHARDS: usize = 16;

/// Entries of a generation in a shard. There are two generations: at most 4,096 entries in all.
const GENERATION: usize = 128;

/// What is kept, by text. The hash is keyed at random: nobody can aim at one shard.
pub(super) struct Kept<T> {
    hasher: RandomState,
    shards: [Mutex<Shard<T>>; SHARDS],
}

struct Shard<T> {
    young: HashMap<Box<str>, T>,
    old: HashMap<Box<str>, T>,
}

impl<T> Default for Shard<T> {
    fn default() -> Self {
        Self { young: HashMap::new(), old: HashMap::new() }
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
        let mut shard = self.shard(text).lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = shard.young.get(text) {
            return Some(found.clone());
        }
        let (key, found) = shard.old.remove_entry(text)?;
        shard.insert(key, found.clone());
        Some(found)
    }

    /// Keeps something for a text, in place of what was kept before.
    pub(super) fn put(&self, text: &str, value: T) {
        let mut shard = self.shard(text).lock().unwrap_or_else(PoisonError::into_inner);
        shard.old.remove(text);
        shard.insert(text.into(), value);
    }

    /// Changes what is kept for a text; begins with nothing when there is none.
    pub(super) fn change(&self, text: &str, change: impl FnOnce(&mut T))
    where
        T: Default,
    {
        let mut shard = self.shard(text).lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = shard.young.get_mut(text) {
            return change(found);
        }
        let mut found = shard.old.remove(text).unwrap_or_default();
        change(&mut found);
        shard.insert(text.into(), found);
    }

    fn shard(&self, text: &str) -> &Mutex<Shard<T>> {
        #[expect(clippy::cast_possible_truncation, reason = "any of its bits will do")]
        let hash = self.hasher.hash_one(text) as usize;
        &self.shards[hash % SHARDS]
    }
}

impl<T> Shard<T> {
    fn insert(&mut self, key: Box<str>, value: T) {
        if self.young.len() >= GENERATION && !self.young.contains_key(&key) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, value);
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
