//! The counters of usage against what they count.
//!
//! Whatever changes what a user owns changes his counters in the same commit. So when they stood still while the files were
//! counted, the count must be theirs, whatever else went on.

use std::collections::BTreeMap;

use super::{CheckError, Finding, What, fault::damage, records::Walk};
use crate::{
    ids::UserId,
    store::{
        Store,
        engine::{Key, Record, Revision},
        records::{FileHead, decode, keys, keys::prefix},
    },
};

const PREFIX: &[u8] = b"q/";
/// How often all files are counted for the sake of users who keep changing theirs.
const ROUNDS: usize = 3;

/// What a user owns, by his folded name: files and bytes.
pub(super) type Owned = BTreeMap<String, (i64, i64)>;

type Counters = BTreeMap<Key, (Revision, i64)>;

pub(super) fn check(store: &Store, tell: &mut dyn FnMut(Finding)) -> Result<(), CheckError> {
    let mut settled: std::collections::BTreeSet<Key> = std::collections::BTreeSet::new();
    for _ in 0..ROUNDS {
        let before = counters(store)?;
        let owned = count(store)?;
        let after = counters(store)?;
        let mut moving = false;
        for (key, expected) in expected(&owned, &before, &after) {
            if before.get(&key).map(|counter| counter.0) != after.get(&key).map(|counter| counter.0) {
                moving = true;
            } else if settled.insert(key.clone()) {
                let found = before.get(&key).map_or(0, |counter| counter.1);
                if found != expected {
                    let reason = format!("the counter says {found} where there are {expected}");
                    tell(damage(What::Usage, &key, None, reason));
                }
            }
        }
        if !moving {
            break;
        }
    }
    Ok(())
}

/// What every counter should say that is there or should be.
pub(super) fn expected(owned: &Owned, before: &Counters, after: &Counters) -> BTreeMap<Key, i64> {
    let mut expected: BTreeMap<Key, i64> = before.keys().chain(after.keys()).map(|key| (key.clone(), 0)).collect();
    for (owner, (files, bytes)) in owned {
        if let Ok(owner) = UserId::parse(owner) {
            expected.insert(keys::usage_files(&owner), *files);
            expected.insert(keys::usage_bytes(&owner), *bytes);
        }
    }
    expected
}

pub(super) fn counters(store: &Store) -> Result<Counters, CheckError> {
    let mut counters = Counters::new();
    each(store, PREFIX, |key, record| {
        // One that is no counter is found as a record.
        if let Ok(value) = <[u8; 8]>::try_from(record.value.as_ref()) {
            counters.insert(key, (record.revision, i64::from_le_bytes(value)));
        }
    })?;
    Ok(counters)
}

pub(super) fn count(store: &Store) -> Result<Owned, CheckError> {
    let mut owned = Owned::new();
    each(store, prefix::FILES, |key, record| {
        if let Ok(head) = decode::<FileHead>(&key, &record.value) {
            let (files, bytes) = owned.entry(head.owner.folded()).or_default();
            *files += 1;
            *bytes = bytes.saturating_add(i64::try_from(head.content.size).unwrap_or(i64::MAX));
        }
    })?;
    Ok(owned)
}

fn each(store: &Store, prefix: &[u8], mut look: impl FnMut(Key, Record)) -> Result<(), CheckError> {
    let mut walk = Walk::under(store, prefix)?;
    while let Some((page, _)) = walk.next()? {
        for (key, record) in page {
            look(key, record);
        }
    }
    Ok(())
}
