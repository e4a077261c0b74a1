//! What the commit thread has lately read and written, so that it need not ask the backing for it again.
//!
//! That thread alone writes, so what it remembers is the newest state. Two generations bound the memory: when the young one is
//! full it becomes the old one, and what was the old one is forgotten; what is used again is young again.

use std::collections::HashMap;

use super::{Key, Record, stored};
use crate::store::backing::{Backing, BackingError};

pub(super) struct Recent {
    young: HashMap<Key, Option<Record>>,
    old: HashMap<Key, Option<Record>>,
    young_bytes: usize,
    limit: usize,
}

impl Recent {
    /// Remembers at most about `limit` bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), young_bytes: 0, limit: limit / 2 }
    }

    /// The newest state of a record, flushed or not.
    pub(super) fn get(&mut self, backing: &dyn Backing, key: &Key) -> Result<Option<Record>, BackingError> {
        if let Some(record) = self.young.get(key) {
            return Ok(record.clone());
        }
        let record = match self.old.remove(key) {
            Some(record) => record,
            None => backing
                .get(key)?
                .map(|stored| stored::decode(key, &stored))
                .transpose()
                .map_err(|error| BackingError::Other(error.to_string().into()))?,
        };
        self.put(key.clone(), record.clone());
        Ok(record)
    }

    /// Takes note of what was just written.
    pub(super) fn put(&mut self, key: Key, record: Option<Record>) {
        let bytes = weight(&key, record.as_ref());
        if self.young_bytes + bytes > self.limit {
            self.old = std::mem::take(&mut self.young);
            self.young_bytes = 0;
        }
        self.young_bytes += bytes;
        let key_len = key.len();
        if let Some(replaced) = self.young.insert(key, record) {
            self.young_bytes -= stored::weight(key_len, replaced.map_or(0, |record| record.value.len()));
        }
    }
}

fn weight(key: &Key, record: Option<&Record>) -> usize {
    stored::weight(key.len(), record.map_or(0, |record| record.value.len()))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::store::memory::MemoryDatabase;

    #[test]
    fn what_was_written_is_known_however_little_is_remembered() {
        for limit in [0, 500, 2000, 1_000_000] {
            let backing = MemoryDatabase::new().tree("t");
            let mut recent = Recent::new(limit);
            for round in 0..200_u64 {
                let key = vec![b'k', u8::try_from(round * 7 % 13).unwrap()];
                let before = backing.get(&key).unwrap().map(|stored| stored::decode(&key, &stored).unwrap());
                assert_eq!(recent.get(&*backing, &key).unwrap(), before, "limit {limit}, round {round}");
                if round % 5 == 0 {
                    backing.remove(&key).unwrap();
                    recent.put(key, None);
                } else {
                    backing.insert(&key, &stored::encode(round, b"value")).unwrap();
                    recent.put(key, Some(Record { revision: round, value: Bytes::from_static(b"value") }));
                }
            }
            assert!(recent.young.len() + recent.old.len() <= 2 + limit / 128, "limit {limit}");
            assert!(recent.young_bytes <= recent.young.len() * 200);
        }
    }
}
