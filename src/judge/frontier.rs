//! The configurations that are still possible: the state of the file, and which of the operations under way have already
//! taken effect in it.

use std::{
    collections::HashMap,
    hash::{BuildHasher as _, RandomState},
};

use super::model::State;

/// One possibility.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Config {
    pub(super) state: State,
    /// Operations that took effect and have a reply still to come, ascending.
    pub(super) done: Vec<u32>,
    /// Operations without a reply that took effect, ascending.
    pub(super) spent: Vec<u32>,
}

/// Puts `item` into an ascending list.
pub(super) fn put(list: &mut Vec<u32>, item: u32) {
    if let Err(place) = list.binary_search(&item) {
        list.insert(place, item);
    }
}

/// Takes `item` out of an ascending list; whether it was there.
pub(super) fn take(list: &mut Vec<u32>, item: u32) -> bool {
    list.binary_search(&item).map(|place| list.remove(place)).is_ok()
}

fn subset(small: &[u32], large: &[u32]) -> bool {
    small.len() <= large.len() && small.iter().all(|item| large.binary_search(item).is_ok())
}

/// Configurations, none of which makes another superfluous.
///
/// Of two that differ only in the operations without a reply that were used up, the one that used fewer can do all that the
/// other can: an operation without a reply need never take effect. Without this rule a lost Lock and a lost Unlock of the
/// same id would double the possibilities each time.
#[derive(Debug, Default)]
pub(super) struct Frontier {
    configs: Vec<Option<Config>>,
    live: usize,
    index: HashMap<u64, Vec<usize>>,
    hasher: RandomState,
}

/// Up to so many are compared one by one.
const FEW: usize = 12;

impl Frontier {
    pub(super) fn len(&self) -> usize {
        self.live
    }

    /// Adds one; whether it was not superfluous.
    pub(super) fn insert(&mut self, config: Config) -> bool {
        if self.index.is_empty() && self.configs.len() < FEW {
            for slot in &mut self.configs {
                if let Some(answer) = settle(slot, &config) {
                    self.live -= usize::from(slot.is_none());
                    if !answer {
                        return false;
                    }
                }
            }
            self.configs.push(Some(config));
            self.live += 1;
            return true;
        }
        if self.index.is_empty() {
            for (place, other) in self.configs.iter().enumerate() {
                if let Some(other) = other {
                    let key = self.hasher.hash_one((&other.state, &other.done));
                    self.index.entry(key).or_default().push(place);
                }
            }
        }
        let bucket = self.index.entry(self.hasher.hash_one((&config.state, &config.done))).or_default();
        for place in bucket.iter() {
            let slot = &mut self.configs[*place];
            if let Some(answer) = settle(slot, &config) {
                self.live -= usize::from(slot.is_none());
                if !answer {
                    return false;
                }
            }
        }
        bucket.retain(|place| self.configs[*place].is_some());
        bucket.push(self.configs.len());
        self.configs.push(Some(config));
        self.live += 1;
        true
    }

    pub(super) fn into_configs(self) -> Vec<Config> {
        self.configs.into_iter().flatten().collect()
    }
}

/// Compares what is there with what comes: `Some(false)` if the newcomer is superfluous, `Some(true)` if the old one was
/// and has been removed.
fn settle(slot: &mut Option<Config>, config: &Config) -> Option<bool> {
    let other = slot.as_ref()?;
    if other.state != config.state || other.done != config.done {
        return None;
    }
    if subset(&other.spent, &config.spent) {
        return Some(false);
    }
    if subset(&config.spent, &other.spent) {
        *slot = None;
        return Some(true);
    }
    None
}
