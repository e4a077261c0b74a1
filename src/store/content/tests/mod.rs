//! Content over databases in memory.

mod collection;
mod damage;
pub(super) mod hooks;
mod plain_engine;
mod races;
mod round_trip;
mod together;

use std::{
    io,
    ops::ControlFlow,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
};

use self::plain_engine::PlainEngine;
use super::*;
use crate::{
    clock::Timestamp,
    ids::UserId,
    store::{
        collect::{Report, collect},
        engine::{Batch, Key},
        memory::MemoryDatabase,
        records::{self, ContentRef, FileHead, SaveKind, VersionRow, VersionStamp, keys},
    },
};

/// A content store, what is below it, and the little that a host does around it.
#[derive(Clone)]
struct Store {
    database: MemoryDatabase,
    engine: Arc<PlainEngine>,
    content: Arc<Content>,
    free: Arc<AtomicU64>,
}

const FLOOR: u64 = 1000;

impl Store {
    fn new() -> Self {
        Self::over(MemoryDatabase::new(), Arc::default())
    }

    fn over(database: MemoryDatabase, engine: Arc<PlainEngine>) -> Self {
        let free = Arc::new(AtomicU64::new(u64::MAX));
        let seen = Arc::clone(&free);
        let options = ContentOptions::new(Arc::new(move || io::Result::Ok(seen.load(SeqCst))), FLOOR);
        let (chunks, index) = (database.tree("chunks"), database.tree("index"));
        let content = Content::open(chunks, index, Arc::clone(&engine) as Arc<dyn Engine>, options).unwrap();
        Self { database, engine, content, free }
    }

    fn reopened(&self) -> Self {
        Self::over(self.database.clone(), Arc::clone(&self.engine))
    }

    fn store(&self, node: &NodeId, bytes: &[u8]) -> Stored {
        let mut upload = self.content.begin_upload(node, Some(bytes.len() as u64)).unwrap();
        upload.write(bytes).unwrap();
        upload.finish().unwrap()
    }

    /// Makes the file's head name a stored content.
    fn commit(&self, node: &NodeId, stored: Stored) -> ContentRef {
        let content = stored.content.clone();
        let mut batch = Batch::new().set(keys::file(node), records::encode(&head(&content)));
        batch.set.extend(stored.pages.iter().cloned());
        self.engine.apply(batch);
        stored.committed();
        content
    }

    fn save(&self, node: &NodeId, bytes: &[u8]) -> ContentRef {
        self.commit(node, self.store(node, bytes))
    }

    /// What the file's head names.
    fn current(&self, node: &NodeId) -> ContentRef {
        let record = self.engine.get(&keys::file(node)).unwrap().unwrap();
        records::decode::<FileHead>(b"", &record.value).unwrap().content
    }

    fn forget(&self, key: Key) {
        self.engine.apply(Batch::new().clear(key));
    }

    fn reader(&self, node: &NodeId, content: &ContentRef) -> Reader {
        let pin = self.content.pin(node, content.manifest.unwrap()).unwrap();
        self.content.reader(pin, content.size)
    }

    fn read(&self, node: &NodeId, content: &ContentRef) -> Result<Vec<u8>, ContentError> {
        if content.manifest.is_none() {
            return Ok(Vec::new());
        }
        read_to_end(&mut self.reader(node, content), 64 * 1024)
    }

    fn verified(&self, node: &NodeId, content: &ContentRef) {
        self.content.verify_manifest(node, content.manifest.unwrap(), content).unwrap();
    }

    fn collect(&self) -> Report {
        collect(&self.content, &mut || ControlFlow::Continue(())).unwrap()
    }

    fn chunk_numbers(&self) -> Vec<u64> {
        let rows = scan_all(self.database.tree("chunks").as_ref());
        rows.into_iter().map(|(key, _)| u64::from_be_bytes(key.try_into().unwrap())).collect()
    }

    fn index_numbers(&self) -> Vec<u64> {
        let rows = scan_all(self.database.tree("index").as_ref()).into_iter().filter(|(key, _)| key.len() == 24);
        let mut numbers: Vec<_> = rows.map(|(key, _)| u64::from_be_bytes(key[16..].try_into().unwrap())).collect();
        numbers.sort_unstable();
        numbers
    }

    fn manifest_pages(&self) -> usize {
        crate::store::engine::scan_prefix(self.engine.as_ref(), keys::prefix::MANIFESTS, None, usize::MAX)
            .unwrap()
            .len()
    }

    /// Changes one byte of a stored chunk.
    fn spoil(&self, number: u64) {
        let tree = self.database.tree("chunks");
        let mut value = tree.get(&number.to_be_bytes()).unwrap().unwrap().to_vec();
        *value.last_mut().unwrap() ^= 1;
        tree.insert(&number.to_be_bytes(), &value).unwrap();
    }
}

fn scan_all(tree: &dyn Backing) -> Vec<(Vec<u8>, bytes::Bytes)> {
    tree.scan(std::ops::Bound::Unbounded, std::ops::Bound::Unbounded, usize::MAX).unwrap()
}

fn read_to_end(reader: &mut Reader, max: usize) -> Result<Vec<u8>, ContentError> {
    let mut read = Vec::new();
    while let Some(bytes) = reader.next(max)? {
        assert!(!bytes.is_empty() && bytes.len() <= max);
        read.extend_from_slice(&bytes);
    }
    Ok(read)
}

fn node(name: &str) -> NodeId {
    NodeId::parse(name).unwrap()
}

fn user() -> UserId {
    UserId::parse("anna").unwrap()
}

fn epoch() -> Timestamp {
    Timestamp::from_ticks(0)
}

fn head(content: &ContentRef) -> FileHead {
    FileHead {
        parent: node("root"),
        name: "a.docx".to_owned(),
        owner: user(),
        created: epoch(),
        modified: epoch(),
        modified_by: user(),
        version: VersionStamp { sequence: 1, incarnation: 1 },
        content: content.clone(),
        lock: None,
        binned: None,
    }
}

fn version(content: &ContentRef) -> VersionRow {
    VersionRow {
        version: VersionStamp { sequence: 1, incarnation: 1 },
        content: content.clone(),
        at: epoch(),
        by: user(),
        editors: Vec::new(),
        kind: SaveKind::Save,
        reason: None,
    }
}

/// Bytes that look random and are the same for the same seed.
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut words = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.wrapping_mul(0x2545_f491_4f6c_dd1d).to_le_bytes()
    });
    let mut bytes: Vec<u8> = words.by_ref().take(length.div_ceil(8)).flatten().collect();
    bytes.truncate(length);
    bytes
}
