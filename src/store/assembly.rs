//! The whole store of one data directory, opened in the right order.

use std::{io, path::Path, sync::Arc, time::Duration};

use super::{
    backing::{Backing, BackingError},
    content::{Content, ContentError, ContentOptions},
    directory::{DataDir, DirectoryError},
    durable,
    engine::{
        Batch, CommitError, CommitObserver, Engine, EngineError, EngineOptions, LocalEngine,
        OpenError as EngineOpenError,
    },
    records::{self, RecordError, StoreFacts, keys},
    sled::{self, SledDatabase, SledOptions},
};
use crate::clock::Clock;

/// The tree of the records' database.
pub(crate) const RECORDS: &str = "records";
/// The trees of the contents' database.
pub(crate) const CHUNKS: &str = "chunks";
pub(crate) const INDEX: &str = "index";

/// Directories within a database that are looked into.
const DEEPEST: usize = 3;

/// How the store is set up.
#[derive(Clone)]
pub struct StoreOptions {
    /// Cache of the records' database, in bytes. It may take several times as much memory.
    pub meta_cache: u64,
    /// Cache of the contents' database, in bytes. It may take several times as much memory.
    pub content_cache: u64,
    /// Bytes that must stay free on the disk.
    pub free_space_floor: u64,
    /// How long a flush may take before the disk is taken to hang and the process ends.
    pub flush_limit: Duration,
    /// Who is told of commits.
    pub observer: Option<Arc<dyn CommitObserver>>,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            meta_cache: 64 << 20,
            content_cache: 16 << 20,
            free_space_floor: 1 << 30,
            flush_limit: Duration::from_secs(10),
            observer: None,
        }
    }
}

impl std::fmt::Debug for StoreOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoreOptions").field("free_space_floor", &self.free_space_floor).finish_non_exhaustive()
    }
}

/// Why a store did not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The data directory.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// The self-test of durability.
    #[error(transparent)]
    SelfTest(#[from] durable::SelfTestError),
    /// A database.
    #[error(transparent)]
    Database(#[from] sled::OpenError),
    /// The engine over it.
    #[error(transparent)]
    Engine(#[from] EngineOpenError),
    /// The database of records is empty although there were records.
    #[error(
        "the records in {directory} are gone: the database is empty, though {acked} changes had been made. Nothing was \
         changed. Put the directory back from a copy, or restore a backup into a new one with `lockhouse restore-backup FILE`", directory = .directory.display()
    )]
    RecordsLost {
        /// The data directory.
        directory: std::path::PathBuf,
        /// The last change that was acknowledged.
        acked: u64,
    },
    /// The contents.
    #[error("the contents cannot be opened: {0}")]
    Content(#[from] ContentError),
    /// A tree of a database.
    #[error("the database cannot be opened: {0}")]
    Tree(#[from] BackingError),
    /// The store's own record.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The store's own record could not be read or written.
    #[error(transparent)]
    Read(#[from] EngineError),
    /// The store's own record could not be written.
    #[error(transparent)]
    Commit(#[from] CommitError),
    /// No randomness.
    #[error("the operating system gives no random numbers")]
    Randomness,
}

/// The store of one data directory.
#[derive(Debug)]
pub struct Store {
    /// The directory, locked for as long as this lives.
    pub directory: DataDir,
    /// Records.
    pub engine: Arc<LocalEngine>,
    /// Contents.
    pub content: Arc<Content>,
    /// Part of every new version.
    pub incarnation: u32,
    databases: [SledDatabase; 3],
}

impl std::fmt::Debug for LocalEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LocalEngine").field("stats", &self.stats()).finish()
    }
}

impl Store {
    /// Opens the store in `path`, making it if there is none. Blocks: after a crash the log since the last opening is read.
    ///
    /// # Errors
    /// [`OpenError`], in words that say what to do.
    pub async fn open(path: &Path, options: &StoreOptions, clock: &dyn Clock) -> Result<Self, OpenError> {
        let directory = DataDir::open(path)?;
        durable::self_test(&directory.scratch())?;
        let meta = SledDatabase::open(&directory.meta(), SledOptions::meta(options.meta_cache))?;
        let chunks = SledDatabase::open(&directory.content(), SledOptions::content(options.content_cache))?;
        let index = SledDatabase::open(&directory.index(), SledOptions::meta(options.content_cache / 2))?;
        Self::assemble(directory, [meta, chunks, index], options, clock).await
    }

    /// Puts the store together from a directory that is locked and databases that are open.
    pub(crate) async fn assemble(
        directory: DataDir,
        databases: [SledDatabase; 3],
        options: &StoreOptions,
        clock: &dyn Clock,
    ) -> Result<Self, OpenError> {
        let [meta, chunks, index] = &databases;
        let engine = LocalEngine::open(
            meta.tree(RECORDS)?,
            EngineOptions {
                flush_limit: options.flush_limit,
                acked: Some(directory.acked()),
                observer: options.observer.clone(),
                seldom: records::keys::changes_seldom,
                ..EngineOptions::default()
            },
        )?;
        if let Some(lost) = engine.opened().tail_lost.filter(|lost| lost.recovered == 0) {
            // Nothing was committed yet, so the next one who opens it is told, too.
            engine.close();
            return Err(OpenError::RecordsLost { directory: directory.path().to_owned(), acked: lost.acked });
        }
        let shared: Arc<dyn Engine> = engine.clone();
        let measured = directory.path().to_owned();
        let content = Content::open(
            chunks.tree(CHUNKS)?,
            index.tree(INDEX)?,
            Arc::clone(&shared),
            ContentOptions {
                flush_limit: options.flush_limit,
                ..ContentOptions::new(
                    Arc::new(move || super::directory::free_space_of(&measured)),
                    options.free_space_floor,
                )
            },
        )?;
        let went_back = engine.opened().tail_lost.is_some();
        let incarnation = incarnation(shared.as_ref(), went_back, clock).await?;
        Ok(Self { directory, engine, content, incarnation, databases })
    }

    /// The records as they lie in the database, for a check of what the engine cannot read.
    pub(crate) fn raw_records(&self) -> Result<Arc<dyn Backing>, BackingError> {
        self.databases[0].tree(RECORDS)
    }

    /// How many values were stored in a way that is not durable: must be 0, else the alarm is due.
    pub fn blobs(&self) -> u64 {
        self.databases.iter().map(|database| database.blobs().unwrap_or(0)).sum()
    }

    /// Bytes that the database of records takes on the disk, and bytes that those of contents take.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn sizes_on_disk(&self) -> io::Result<(u64, u64)> {
        let of = |path: &Path| size_of(path, 0);
        Ok((of(&self.directory.meta())?, of(&self.directory.content())? + of(&self.directory.index())?))
    }

    /// Stops taking changes, makes durable what was taken.
    pub fn close(&self) {
        self.engine.close();
        if let Err(error) = self.content.close() {
            tracing::error!(%error, "the contents could not be closed cleanly");
        }
    }
}

/// Bytes of the files in a directory, a few levels down. What goes away meanwhile counts nothing.
fn size_of(directory: &Path, depth: usize) -> io::Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        let metadata = match entry.metadata() {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        if metadata.is_dir() && depth < DEEPEST {
            bytes += size_of(&entry.path(), depth + 1)?;
        } else if metadata.is_file() {
            // What is allocated: a database's file may have holes.
            bytes += std::os::unix::fs::MetadataExt::blocks(&metadata) * 512;
        }
    }
    Ok(bytes)
}

/// The store's incarnation: made with the store, renewed when the store may have gone back in time.
async fn incarnation(engine: &dyn Engine, went_back: bool, clock: &dyn Clock) -> Result<u32, OpenError> {
    let key = keys::system("store");
    let known: Option<StoreFacts> = match engine.get(&key)? {
        Some(record) => Some(records::decode(&key, &record.value)?),
        None => None,
    };
    if let Some(facts) = known.as_ref().filter(|_| !went_back) {
        return Ok(facts.incarnation);
    }
    let facts = StoreFacts {
        incarnation: new_incarnation().ok_or(OpenError::Randomness)?,
        created: known.map_or_else(|| clock.wall(), |facts| facts.created),
    };
    engine.submit(Batch::new().set(key, records::encode(&facts)))?.wait().await?;
    Ok(facts.incarnation)
}

/// A random incarnation; `None` without randomness.
pub(crate) fn new_incarnation() -> Option<u32> {
    let mut bytes = [0; 4];
    aws_lc_rs::rand::fill(&mut bytes).ok()?;
    Some(u32::from_be_bytes(bytes))
}
