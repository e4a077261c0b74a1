//! Restoring a backup.

use std::{
    fs, io,
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
};

use aws_lc_rs::digest::{SHA256, digest};

use super::{
    Progress, ReadError, Summary,
    format::{Reader, Section},
};
use crate::{
    clock::Clock,
    store::{
        assembly::{self, new_incarnation},
        backing::{Backing, BackingError},
        content::{ChunkHash, Chunks},
        directory::{DataDir, DirectoryError},
        engine::{Revision, raw},
        records::{self, AuditRecord, StoreFacts, keys},
        sled::{self, SledDatabase, SledOptions, sync_directory},
    },
};

/// Where a backup is loaded, within the data directory, until all of it has been proved.
const PARTIAL: &str = "restore.partial";
/// The databases, by the names of their directories.
const PARTS: [&str; 3] = ["meta", "content", "index"];
/// Bytes after which a database is flushed.
const FLUSH_WINDOW: usize = 4 * 1024 * 1024;

/// How to restore.
#[derive(Clone, Debug)]
pub struct RestoreOptions {
    /// Restore also where there is data: that is moved aside, into a directory beside it, and never overwritten.
    pub force: bool,
    /// Cache of the records' database while it is written, in bytes.
    pub meta_cache: u64,
    /// Cache of the contents' database while it is written, in bytes.
    pub content_cache: u64,
    /// What the restored audit trail says of the restoration.
    pub told: Option<AuditRecord>,
}

impl Default for RestoreOptions {
    fn default() -> Self {
        Self { force: false, meta_cache: 16 << 20, content_cache: 16 << 20, told: None }
    }
}

/// What was restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// What the backup held.
    pub summary: Summary,
    /// The store's new incarnation.
    pub incarnation: u32,
    /// Where the data is that was there before, if any was.
    pub moved_aside: Option<PathBuf>,
}

/// Why a backup was not restored. Nothing was changed, and nothing is left of it.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The directory is in use, or cannot be used.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// There is something in the directory.
    #[error(
        "{path} is not empty: there is `{found}` in it. Restore into a new directory, or say --force to have what is there \
         moved aside", path = .path.display()
    )]
    NotEmpty {
        /// The directory.
        path: PathBuf,
        /// Something in it.
        found: String,
    },
    /// The backup is none, cut off, altered, or from a newer program.
    #[error(transparent)]
    Backup(#[from] ReadError),
    /// A database could not be made.
    #[error(transparent)]
    Database(#[from] sled::OpenError),
    /// A database could not be written.
    #[error("the backup cannot be restored: {0}")]
    Write(#[from] BackingError),
    /// The operating system refused.
    #[error("the backup cannot be restored: {path}: {error}", path = .path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the operating system said.
        error: io::Error,
    },
    /// No randomness.
    #[error("the operating system gives no random numbers")]
    Randomness,
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> RestoreError + '_ {
    move |error| RestoreError::Io { path: path.to_owned(), error }
}

/// Restores a backup into the data directory `into`, which must be empty or not exist yet. Blocking. Memory does not grow
/// with the backup. The disk must have room for it beside what is there.
///
/// # Errors
/// [`RestoreError`]; the directory is then as it was.
pub fn restore(
    input: &mut dyn Read,
    into: &Path,
    options: &RestoreOptions,
    clock: &dyn Clock,
    progress: &mut dyn FnMut(Progress),
) -> Result<Restored, RestoreError> {
    let existed = into.try_exists().map_err(at(into))?;
    if existed {
        refuse_data(into, options)?;
    }
    // Before anything is created: most of what is no backup is known by its first bytes.
    let reader = Reader::begin(input)?;
    let directory = DataDir::claim(into)?;
    // Looked at again under the lock: a host may have been there meanwhile.
    let there = refuse_data(into, options)?;
    let partial = into.join(PARTIAL);
    let loaded = clear(&partial).and_then(|()| load(reader, &partial, options, clock, progress));
    let (summary, incarnation) = match loaded {
        Ok(loaded) => loaded,
        Err(error) => {
            leave(into, &partial, existed, !there.is_empty());
            return Err(error);
        }
    };
    let moved_aside = if there.is_empty() { None } else { Some(move_aside(into, &there, clock)?) };
    // No host opens the directory before it is sealed: one that finds records without the seal refuses. So they go first.
    for part in PARTS {
        fs::rename(partial.join(part), into.join(part)).map_err(at(into))?;
    }
    fs::remove_dir(&partial).map_err(at(&partial))?;
    sync_directory(into).map_err(at(into))?;
    directory.seal().map_err(at(into))?;
    Ok(Restored { summary, incarnation, moved_aside })
}

/// What is in the directory besides a lock and what an earlier restoration left; an error when there may be nothing.
fn refuse_data(into: &Path, options: &RestoreOptions) -> Result<Vec<String>, RestoreError> {
    let mut there = Vec::new();
    for entry in fs::read_dir(into).map_err(at(into))? {
        let name = entry.map_err(at(into))?.file_name().to_string_lossy().into_owned();
        // A mounted file system brings `lost+found` along; a command that was killed leaves its socket.
        if !["lock", PARTIAL, "lost+found", "admin.sock", "admin.sock.new"].contains(&name.as_str())
            && !name.starts_with("replaced-")
        {
            there.push(name);
        }
    }
    there.sort_unstable();
    match there.first() {
        Some(found) if !options.force => Err(RestoreError::NotEmpty { path: into.to_owned(), found: found.clone() }),
        _ => Ok(there),
    }
}

fn clear(partial: &Path) -> Result<(), RestoreError> {
    match fs::remove_dir_all(partial) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(partial)(error)),
        _ => Ok(()),
    }
}

/// Leaves the directory as it was found.
fn leave(into: &Path, partial: &Path, existed: bool, data: bool) {
    let mut outcome = clear(partial);
    if !data {
        outcome = outcome.and(fs::remove_file(into.join("lock")).map_err(at(into)));
    }
    if !existed {
        outcome = outcome.and(fs::remove_dir(into).map_err(at(into)));
    }
    if let Err(error) = outcome {
        tracing::warn!(%error, "what was begun could not be removed");
    }
}

/// Moves what is there into a directory of its own; the seal first, so that no host takes half of it for a store.
fn move_aside(into: &Path, there: &[String], clock: &dyn Clock) -> Result<PathBuf, RestoreError> {
    let aside = into.join(format!("replaced-{}", clock.wall().unix_ms()));
    fs::create_dir(&aside).map_err(at(&aside))?;
    let seal = there.iter().filter(|name| *name == "format");
    let rest = there.iter().filter(|name| *name != "format");
    for name in seal.chain(rest) {
        fs::rename(into.join(name), aside.join(name)).map_err(at(&aside))?;
    }
    sync_directory(&aside).map_err(at(&aside))?;
    Ok(aside)
}

/// Loads the whole backup into databases in `partial` and proves it.
fn load(
    mut reader: Reader<'_>,
    partial: &Path,
    options: &RestoreOptions,
    clock: &dyn Clock,
    progress: &mut dyn FnMut(Progress),
) -> Result<(Summary, u32), RestoreError> {
    fs::create_dir(partial).map_err(at(partial))?;
    let [meta, content, index] = PARTS.map(|part| partial.join(part));
    let meta = SledDatabase::open(&meta, SledOptions::meta(options.meta_cache))?;
    let content = SledDatabase::open(&content, SledOptions::content(options.content_cache))?;
    let index = SledDatabase::open(&index, SledOptions::meta(options.content_cache))?;
    let mut loader = Loader {
        records: meta.tree(assembly::RECORDS)?,
        chunks: Chunks::open(content.tree(assembly::CHUNKS)?, index.tree(assembly::INDEX)?)?,
        facts: None,
        next_chunk: 1,
        unflushed: 0,
        scratch: Vec::new(),
    };
    while let Some(section) = reader.next()? {
        match section {
            Section::Records(records) => loader.records(records)?,
            Section::Chunks(chunks) => loader.chunks(chunks)?,
        }
        progress(reader.progress());
    }
    let revision = reader.facts().revision;
    let summary = reader.into_summary()?;
    let incarnation = loader.finish(revision, summary.incarnation, options.told.as_ref(), clock)?;
    drop(meta);
    drop(content);
    Ok((summary, incarnation))
}

struct Loader {
    records: Arc<dyn Backing>,
    chunks: Chunks,
    /// The store's own record, which is not restored as it was.
    facts: Option<StoreFacts>,
    next_chunk: u64,
    unflushed: usize,
    scratch: Vec<u8>,
}

impl Loader {
    fn records(&mut self, records: Vec<(Vec<u8>, Revision, bytes::Bytes)>) -> Result<(), RestoreError> {
        let own = keys::system("store");
        for (key, revision, value) in records {
            if key == own {
                self.facts = records::decode(&key, &value).ok();
                continue;
            }
            self.records.insert(&key, &raw::encode(revision, &value))?;
            self.unflushed += key.len() + value.len();
        }
        if self.unflushed >= FLUSH_WINDOW {
            self.unflushed = 0;
            self.records.flush()?;
        }
        Ok(())
    }

    fn chunks(&mut self, chunks: Vec<(u64, bytes::Bytes)>) -> Result<(), RestoreError> {
        for (number, bytes) in chunks {
            let mut hash = ChunkHash::default();
            hash.copy_from_slice(&digest(&SHA256, &bytes).as_ref()[..16]);
            self.chunks.restore(number, &hash, &bytes, &mut self.scratch)?;
            self.next_chunk = self.next_chunk.max(number.saturating_add(1));
            self.unflushed += bytes.len();
        }
        if self.unflushed >= FLUSH_WINDOW {
            self.unflushed = 0;
            self.chunks.flush()?;
        }
        Ok(())
    }

    /// Writes the store's own record and what its audit trail says of this, and makes everything durable.
    fn finish(
        self,
        newest: Revision,
        earlier: u32,
        told: Option<&AuditRecord>,
        clock: &dyn Clock,
    ) -> Result<u32, RestoreError> {
        let mut incarnation = earlier;
        while incarnation == earlier {
            incarnation = new_incarnation().ok_or(RestoreError::Randomness)?;
        }
        let created = self.facts.map_or_else(|| clock.wall(), |facts| facts.created);
        let newest = newest.saturating_add(1);
        let facts = records::encode(&StoreFacts { incarnation, created });
        self.records.insert(&keys::system("store"), &raw::encode(newest, &facts))?;
        if let Some(told) = told {
            let tell_apart = new_incarnation().ok_or(RestoreError::Randomness)?.to_be_bytes();
            let value = records::encode(told);
            self.records.insert(&keys::audit(told.at, tell_apart), &raw::encode(newest, &value))?;
        }
        raw::set_newest_revision(&*self.records, newest)?;
        self.records.flush()?;
        self.chunks.restored(self.next_chunk)?;
        self.chunks.flush()?;
        Ok(incarnation)
    }
}
