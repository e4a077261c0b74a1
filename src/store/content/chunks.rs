//! Where chunks are: their bytes under ascending numbers, and the index from hash to number.
//!
//! | tree | key | value |
//! |---|---|---|
//! | chunks | number (`u64`) | format byte, CRC-32 of number, hash and bytes (`u32`), the hash, the bytes |
//! | index | first 16 bytes of the chunk's SHA-256, number (`u64`) | format byte, length (`u32`) |
//! | index | `state` | format byte, 1 after an orderly end, first number not set aside, estimates of garbage and of live bytes (`u64` each) |
//!
//! The hash is the first 16 bytes of the SHA-256 of the bytes. A manifest names a chunk by number and hash, and both must be
//! right: a database that has lost its end may give a number out again, and an old manifest must not get other bytes for it.
//!
//! All numbers are big-endian. Ascending chunk numbers keep sled's memory flat; keys by hash do not. The index has one row
//! for every chunk, also when two chunks have one hash (two uploads wrote it at once, or one copy is damaged): so the
//! collector finds every chunk by the small rows, without touching the large ones.
//!
//! The index should be a database of its own. In one with the chunks, its many small pages are strewn over every large segment,
//! and sled cannot free a segment before it has moved each of them: measured, a 10 MB document overwritten 200 times then
//! takes twice the disk, and a large upload is a sixth slower.
//!
//! A chunk without a row would never be found again. So rows are flushed before chunks and chunks are removed (and flushed)
//! before rows. What a crash between two databases can still leave, chunks of an unfinished upload whose rows were not on
//! the disk yet, gets its rows when the store is opened. A row without a chunk does no harm, and the next collection removes it.

use std::{
    ops::Bound,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use aws_lc_rs::digest::{SHA256, digest};
use bytes::{Buf as _, BufMut as _, Bytes};

use super::cut::MAX_CHUNK;
use crate::store::{
    backing::{Backing, BackingError},
    watchdog::InFlight,
};

/// The first 16 bytes of a chunk's SHA-256. Enough to find a chunk; equality is decided by comparing the bytes.
pub(crate) type ChunkHash = [u8; 16];

const FORMAT: u8 = 1;
const HEADER: usize = 1 + 4 + 16;
const STATE: &[u8] = b"state";
const STATE_LENGTH: usize = 2 + 3 * 8;
/// How many numbers are set aside with one write. After a crash those not used are skipped, and the last two blocks are
/// looked through.
const BLOCK: u64 = 1024;
/// Chunks that are read at once then.
const RECOVERED_AT_ONCE: usize = 32;
/// The estimates are written when garbage has grown by this many bytes: what a crash forgets.
const STEP: u64 = 16 * 1024 * 1024;
/// Chunks of one hash that are looked at; more than one is rare, more than two a sign of damage.
const CANDIDATES: usize = 4;

/// Why a chunk could not be read.
#[derive(Debug)]
pub(crate) enum ChunkFault {
    Missing,
    Corrupt(Arc<str>),
    Failed(BackingError),
}

/// A row of the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct IndexRow {
    pub(crate) hash: ChunkHash,
    pub(crate) number: u64,
    pub(crate) length: u32,
}

#[derive(Debug)]
struct Numbers {
    next: u64,
    reserved: u64,
    garbage_written: u64,
    /// Every chunk below `next` has its row on the disk, and nothing was written since.
    clean: bool,
}

/// The `state` row.
struct State {
    clean: bool,
    reserved: u64,
    garbage: u64,
    live: u64,
}

/// Both trees.
pub(crate) struct Chunks {
    bodies: Arc<dyn Backing>,
    index: Arc<dyn Backing>,
    numbers: Mutex<Numbers>,
    garbage: AtomicU64,
    live: AtomicU64,
    flushes: Arc<InFlight>,
}

impl Chunks {
    /// The key of the row in the index that holds the state.
    pub(crate) const STATE: &[u8] = STATE;

    pub(crate) fn open(chunks: Arc<dyn Backing>, index: Arc<dyn Backing>) -> Result<Self, BackingError> {
        let last = match chunks.last_key()? {
            None => 0,
            Some(key) => number_of(&key).ok_or_else(|| nonsense("a chunk has a key that is no number"))?,
        };
        let State { clean, reserved, garbage, live } = match index.get(STATE)? {
            // Of a new store, or of one whose index is gone: then all chunks are listed anew.
            None => State { clean: true, reserved: 1, garbage: 0, live: 0 },
            Some(value) => State::decode(value)?,
        };
        let next = reserved.max(last.saturating_add(1));
        let numbers = Numbers { next, reserved: next, garbage_written: garbage, clean: true };
        let (garbage, live) = (AtomicU64::new(garbage), AtomicU64::new(live));
        let flushes = Arc::default();
        let numbers = Mutex::new(numbers);
        let opened = Self { bodies: chunks, index, numbers, garbage, live, flushes };
        let chunks = opened.list(if clean { reserved } else { reserved.saturating_sub(2 * BLOCK) })?;
        if chunks > 0 {
            tracing::info!(chunks, "chunks that the index did not have, as after a crash, were entered into it");
        }
        Ok(opened)
    }

    /// Gives every chunk from a number on its row, should it have none, and returns how many those were. They are taken for
    /// garbage until the next collection knows better. Holds a page of chunks in memory.
    pub(crate) fn list(&self, from: u64) -> Result<u64, BackingError> {
        let mut listed = 0;
        let mut from = Bound::Included(from.to_be_bytes().to_vec());
        loop {
            let page = self.bodies.scan(from.as_ref().map(Vec::as_slice), Bound::Unbounded, RECOVERED_AT_ONCE)?;
            let Some((last, _)) = page.last() else { return Ok(listed) };
            from = Bound::Excluded(last.clone());
            for (key, value) in &page {
                // A damaged chunk gets a row too, of some hash: it can be collected then.
                let Some(number) = number_of(key) else { continue };
                let mut hash = ChunkHash::default();
                let bytes = value.get(HEADER..).unwrap_or_default();
                if let Some(stored) = value.get(HEADER - hash.len()..HEADER) {
                    hash.copy_from_slice(stored);
                }
                let row = IndexRow { hash, number, length: length_of(bytes)? };
                if self.index.get(&index_key(&row.hash, number))?.is_none() {
                    self.insert_row(&row)?;
                    listed += 1;
                    self.add_garbage(u64::from(row.length))?;
                }
            }
        }
    }

    fn numbers(&self) -> MutexGuard<'_, Numbers> {
        self.numbers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number that the next new chunk gets.
    pub(crate) fn next_number(&self) -> u64 {
        self.numbers().next
    }

    fn allocate(&self) -> Result<u64, BackingError> {
        let mut numbers = self.numbers();
        if numbers.next >= numbers.reserved {
            numbers.reserved += BLOCK;
            numbers.clean = false;
            self.write_state(&mut numbers)?;
        }
        let number = numbers.next;
        numbers.next += 1;
        Ok(number)
    }

    fn write_state(&self, numbers: &mut Numbers) -> Result<(), BackingError> {
        numbers.garbage_written = self.garbage.load(Relaxed);
        let mut value = Vec::with_capacity(STATE_LENGTH);
        value.put_u8(FORMAT);
        value.put_u8(numbers.clean.into());
        value.put_u64(if numbers.clean { numbers.next } else { numbers.reserved });
        value.put_u64(numbers.garbage_written);
        value.put_u64(self.live.load(Relaxed));
        self.index.insert(STATE, &value)
    }

    /// Makes everything durable and says so, for the next start.
    pub(super) fn close(&self) -> Result<(), BackingError> {
        let mut numbers = self.numbers();
        self.flush()?;
        (numbers.clean, numbers.reserved) = (true, numbers.next);
        self.write_state(&mut numbers)?;
        self.flush_tree(&*self.index)
    }

    /// Bytes thought to be collectable, and bytes thought to be in use.
    pub(super) fn estimates(&self) -> (u64, u64) {
        (self.garbage.load(Relaxed), self.live.load(Relaxed))
    }

    /// Adds to the garbage estimate.
    pub(super) fn add_garbage(&self, bytes: u64) -> Result<(), BackingError> {
        let sum = self.garbage.fetch_add(bytes, Relaxed).saturating_add(bytes);
        let mut numbers = self.numbers();
        if sum.abs_diff(numbers.garbage_written) >= STEP { self.write_state(&mut numbers) } else { Ok(()) }
    }

    /// After a whole cycle: what was garbage at its start is gone, and so many bytes are in use.
    pub(crate) fn collected(&self, garbage: u64, live: u64) -> Result<(), BackingError> {
        // Concurrent additions only; the closure never fails.
        let _ = self.garbage.fetch_update(Relaxed, Relaxed, |now| Some(now.saturating_sub(garbage)));
        self.live.store(live, Relaxed);
        self.write_state(&mut self.numbers())
    }

    /// The numbers of chunks that may hold `length` bytes of this hash.
    pub(super) fn candidates(&self, hash: &ChunkHash, length: usize) -> Result<Vec<u64>, BackingError> {
        let (from, to) = (index_key(hash, 0), index_key(hash, u64::MAX));
        let rows = self.index.scan(Bound::Included(&from), Bound::Included(&to), CANDIDATES)?;
        let rows = rows.iter().filter_map(|(key, value)| decode_row(key, value));
        Ok(rows.filter(|row| row.length as usize == length).map(|row| row.number).collect())
    }

    /// Writes a new chunk and returns its number. `scratch` is a buffer to use again.
    pub(super) fn insert(&self, hash: &ChunkHash, bytes: &[u8], scratch: &mut Vec<u8>) -> Result<u64, BackingError> {
        let number = self.allocate()?;
        self.write(number, hash, bytes, scratch)?;
        Ok(number)
    }

    fn write(&self, number: u64, hash: &ChunkHash, bytes: &[u8], scratch: &mut Vec<u8>) -> Result<(), BackingError> {
        let length = length_of(bytes)?;
        self.insert_row(&IndexRow { hash: *hash, number, length })?;
        scratch.clear();
        scratch.put_u8(FORMAT);
        scratch.put_u32(checksum(number, hash, bytes));
        scratch.extend_from_slice(hash);
        scratch.extend_from_slice(bytes);
        self.bodies.insert(&number.to_be_bytes(), scratch)?;
        self.live.fetch_add(u64::from(length), Relaxed);
        Ok(())
    }

    /// Writes a chunk under the number that it had before, when a backup is restored. [`Chunks::restored`] ends that.
    pub(crate) fn restore(
        &self,
        number: u64,
        hash: &ChunkHash,
        bytes: &[u8],
        scratch: &mut Vec<u8>,
    ) -> Result<(), BackingError> {
        self.write(number, hash, bytes, scratch)
    }

    /// Writes down that no number below `next` is to be given out, and what is stored.
    pub(crate) fn restored(&self, next: u64) -> Result<(), BackingError> {
        let mut numbers = self.numbers();
        numbers.next = numbers.next.max(next);
        numbers.reserved = numbers.reserved.max(numbers.next);
        self.write_state(&mut numbers)
    }

    fn insert_row(&self, row: &IndexRow) -> Result<(), BackingError> {
        let mut value = [FORMAT; 5];
        value[1..].copy_from_slice(&row.length.to_be_bytes());
        self.index.insert(&index_key(&row.hash, row.number), &value)
    }

    /// Reads the chunk that has this number and this hash, and verifies its checksum.
    pub(crate) fn read(&self, number: u64, hash: &ChunkHash) -> Result<Bytes, ChunkFault> {
        let (found, bytes) = self.read_any(number)?;
        if found != *hash {
            return Err(ChunkFault::Corrupt("another chunk has its number".into()));
        }
        Ok(bytes)
    }

    /// Reads whatever chunk has this number, with its hash, and verifies its checksum.
    pub(crate) fn read_any(&self, number: u64) -> Result<(ChunkHash, Bytes), ChunkFault> {
        let mut value =
            self.bodies.get(&number.to_be_bytes()).map_err(ChunkFault::Failed)?.ok_or(ChunkFault::Missing)?;
        let corrupt = |reason: &str| ChunkFault::Corrupt(reason.into());
        if value.len() <= HEADER || value.len() > HEADER + MAX_CHUNK {
            return Err(corrupt("its length is impossible"));
        }
        if value.get_u8() != FORMAT {
            return Err(corrupt("it is in an unknown format"));
        }
        let sum = value.get_u32();
        let mut hash = ChunkHash::default();
        value.copy_to_slice(&mut hash);
        if sum != checksum(number, &hash, &value) {
            return Err(corrupt("its checksum does not match its bytes"));
        }
        Ok((hash, value))
    }

    /// Reads a page of the index in key order. Rows that this program does not know are left out, and so never collected.
    /// Returns the key to go on after; `None` at the end.
    pub(crate) fn index_page(
        &self,
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<(Vec<IndexRow>, Option<Vec<u8>>), BackingError> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let rows = self.index.scan(from, Bound::Unbounded, limit)?;
        let last = rows.last().map(|(key, _)| key.clone());
        Ok((rows.iter().filter_map(|(key, value)| decode_row(key, value)).collect(), last))
    }

    /// Removes a chunk. Its row stays until [`Chunks::remove_rows`].
    pub(crate) fn remove(&self, row: &IndexRow) -> Result<(), BackingError> {
        self.bodies.remove(&row.number.to_be_bytes())
    }

    /// Removes the rows of removed chunks, once these are gone from the disk.
    pub(crate) fn remove_rows(&self, rows: &[IndexRow]) -> Result<(), BackingError> {
        self.flush_tree(&*self.bodies)?;
        rows.iter().try_for_each(|row| self.index.remove(&index_key(&row.hash, row.number)))
    }

    /// Makes all of it durable, rows first.
    pub(crate) fn flush(&self) -> Result<(), BackingError> {
        self.flush_tree(&*self.index)?;
        self.flush_tree(&*self.bodies)
    }

    /// Every flush goes through here: several may be under way at once, and each is watched.
    fn flush_tree(&self, tree: &dyn Backing) -> Result<(), BackingError> {
        let _mark = self.flushes.begin();
        tree.flush()
    }

    /// The flushes that are under way, for the watchdog.
    pub(super) fn flushes(&self) -> Arc<InFlight> {
        Arc::clone(&self.flushes)
    }

    /// Bytes that the chunks' database takes on the disk.
    pub(super) fn size_on_disk(&self) -> Result<u64, BackingError> {
        self.bodies.size_on_disk()
    }
}

/// The number is part of the sum, so that a chunk in another one's place is noticed.
fn checksum(number: u64, hash: &ChunkHash, bytes: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&number.to_be_bytes());
    hasher.update(hash);
    hasher.update(bytes);
    hasher.finalize()
}

fn index_key(hash: &ChunkHash, number: u64) -> [u8; 24] {
    let mut key = [0; 24];
    key[..16].copy_from_slice(hash);
    key[16..].copy_from_slice(&number.to_be_bytes());
    key
}

fn decode_row(key: &[u8], mut value: &[u8]) -> Option<IndexRow> {
    let (hash, number) = key.split_at_checked(16)?;
    if value.len() != 5 || value.get_u8() != FORMAT {
        return None;
    }
    Some(IndexRow { hash: hash.try_into().ok()?, number: number_of(number)?, length: value.get_u32() })
}

impl State {
    fn decode(mut value: Bytes) -> Result<Self, BackingError> {
        if value.len() != STATE_LENGTH || value.get_u8() != FORMAT {
            return Err(nonsense("its state row is of another format: a newer program wrote it, or it is damaged"));
        }
        let clean = value.get_u8() == 1;
        Ok(Self { clean, reserved: value.get_u64(), garbage: value.get_u64(), live: value.get_u64() })
    }
}

/// The hash under which a chunk is found.
pub(super) fn hash_of(bytes: &[u8]) -> ChunkHash {
    let mut hash = ChunkHash::default();
    hash.copy_from_slice(&digest(&SHA256, bytes).as_ref()[..16]);
    hash
}

fn length_of(bytes: &[u8]) -> Result<u32, BackingError> {
    u32::try_from(bytes.len()).map_err(|_| nonsense("a chunk is too long"))
}

fn number_of(key: &[u8]) -> Option<u64> {
    key.try_into().ok().map(u64::from_be_bytes)
}

fn nonsense(what: &str) -> BackingError {
    BackingError::Other(what.into())
}
