//! Where an engine under test keeps its records: in memory or on the disk.

use std::{ops::Bound, path::Path, sync::Arc};

use futures::executor::block_on;
use lockhouse::store::{
    backing::Backing,
    engine::{Batch, CommitError, Engine, EngineOptions, Key, LocalEngine, Record, Revision, Ticket},
    memory::MemoryDatabase,
    sled::{SledDatabase, SledOptions},
};

const CACHE: u64 = 4 * 1024 * 1024;

pub(crate) enum Place {
    Memory(MemoryDatabase),
    Disk(tempfile::TempDir),
}

impl Place {
    pub(crate) fn backing(&self) -> Arc<dyn Backing> {
        match self {
            Self::Memory(database) => database.tree("records"),
            Self::Disk(home) => disk_backing(home.path()),
        }
    }

    /// Opens the engine; one that was opened before must have been dropped.
    pub(crate) fn open(&self) -> Arc<LocalEngine> {
        self.open_with(EngineOptions::default())
    }

    pub(crate) fn open_with(&self, options: EngineOptions) -> Arc<LocalEngine> {
        LocalEngine::open(self.backing(), options).unwrap()
    }
}

pub(crate) fn disk_backing(path: &Path) -> Arc<dyn Backing> {
    SledDatabase::open(&path.join("meta"), SledOptions::meta(CACHE)).unwrap().tree("records").unwrap()
}

/// Runs a test over both engines.
pub(crate) fn over_both(test: impl Fn(&Place)) {
    test(&Place::Memory(MemoryDatabase::new()));
    test(&Place::Disk(tempfile::tempdir().unwrap()));
}

/// An engine over a database in memory that can be told to fail.
pub(crate) fn in_memory() -> (MemoryDatabase, Arc<LocalEngine>) {
    let database = MemoryDatabase::new();
    let engine = LocalEngine::open(database.tree("records"), EngineOptions::default()).unwrap();
    (database, engine)
}

/// Submits a batch and waits for it.
pub(crate) fn commit(engine: &LocalEngine, batch: Batch) -> Result<Revision, CommitError> {
    outcome(engine.submit(batch).unwrap())
}

pub(crate) fn outcome(ticket: Ticket) -> Result<Revision, CommitError> {
    let revision = ticket.revision();
    block_on(ticket.wait()).map(|()| revision)
}

pub(crate) fn value(engine: &LocalEngine, key: &[u8]) -> Option<Vec<u8>> {
    engine.get(key).unwrap().map(|record| record.value.to_vec())
}

/// All records, read in small pages.
pub(crate) fn everything(engine: &LocalEngine) -> Vec<(Key, Record)> {
    let mut all: Vec<(Key, Record)> = Vec::new();
    loop {
        let after = all.last().map(|(key, _)| key.clone());
        let from = after.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
        let page = engine.scan(from, Bound::Unbounded, 7).unwrap();
        let end = page.len() < 7;
        all.extend(page);
        if end {
            return all;
        }
    }
}
