//! Small contents that were read lately, in memory.
//!
//! A content never changes under the name of its manifest, so whoever has a head that is durable may have the bytes that it
//! names from here; nothing has to be pinned, read and verified again.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use bytes::Bytes;

use crate::{ids::NodeId, store::records::ManifestId};

/// Bytes of a generation. There are two: at most twice as many in all.
const GENERATION: usize = 4 << 20;

/// What an entry takes besides its bytes.
const OVERHEAD: usize = 256;

type Contents = HashMap<(NodeId, ManifestId), Bytes>;

/// The contents.
#[derive(Default)]
pub(super) struct SmallContents(Mutex<Generations>);

#[derive(Default)]
struct Generations {
    young: Contents,
    old: Contents,
    young_bytes: usize,
}

impl SmallContents {
    /// The bytes of a content, if they are here.
    pub(super) fn get(&self, file: &NodeId, manifest: ManifestId) -> Option<Bytes> {
        let name = (file.clone(), manifest);
        let mut generations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bytes) = generations.young.get(&name) {
            return Some(bytes.clone());
        }
        let bytes = generations.old.remove(&name)?;
        generations.put(name, bytes.clone());
        Some(bytes)
    }

    /// Keeps the bytes of a content.
    pub(super) fn put(&self, file: &NodeId, manifest: ManifestId, bytes: Bytes) {
        let mut generations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        generations.put((file.clone(), manifest), bytes);
    }
}

impl Generations {
    fn put(&mut self, name: (NodeId, ManifestId), bytes: Bytes) {
        let weight = bytes.len() + OVERHEAD;
        if self.young_bytes + weight > GENERATION {
            self.old = std::mem::take(&mut self.young);
            self.young_bytes = 0;
        }
        if self.young.insert(name, bytes).is_none() {
            self.young_bytes += weight;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_stays_and_memory_does_not_grow() {
        let contents = SmallContents::default();
        let file = |n: usize| NodeId::from_random_bits((n as u128).to_be_bytes());
        let bytes = |n: usize| Bytes::from(vec![n.to_le_bytes()[0]; 50_000]);
        contents.put(&file(0), ManifestId(7), bytes(0));
        for n in 1..1000 {
            contents.put(&file(n), ManifestId(7), bytes(n));
            assert_eq!(contents.get(&file(0), ManifestId(7)), Some(bytes(0)), "after {n}");
            assert_eq!(contents.get(&file(0), ManifestId(8)), None);
        }
        assert_eq!(contents.get(&file(1), ManifestId(7)), None);
        let generations = contents.0.lock().unwrap();
        let held: usize = generations.young.values().chain(generations.old.values()).map(Bytes::len).sum();
        assert!(held <= 2 * GENERATION, "{held}");
    }
}
