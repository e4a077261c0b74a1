//! The databases on the disk: the one file that knows sled 0.34.7, and keeps the recipe under which it is durable.
//!
//! - Its flush is a real one ([`super::durable`]).
//! - No page may exceed a quarter of a segment, or sled writes blob files that it never syncs and never frees: hence the
//!   segment sizes here, the limits on values above, and [`blobs_in`] as the alarm.
//! - Its transactions, batches, checksums, subscribers and `flush_async` are never used: they lock the whole process, leak or
//!   deadlock.
//! - Where it finds damage it panics. Every call is therefore fenced, and a panic is an error like any other.

use std::{
    any::Any,
    fs::{self, File},
    io,
    ops::Bound,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use bytes::Bytes;

use super::{
    backing::{Backing, BackingError, is_empty_range},
    durable,
};

/// How often sled's own thread rolls its buffer and collects garbage, in milliseconds. Without it garbage would stay.
const BACKGROUND_EVERY_MS: u64 = 500;

/// For how long a database is waited for that somebody has open. The data directory's own lock keeps others out, so it is
/// whoever had it before: sled's threads let go of its lock some time after the last handle was dropped.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long to wait before looking again.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// How a database is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SledOptions {
    /// Bytes per segment of the log: a power of two up to 16 MiB. Fixed when the database is created.
    pub segment_size: usize,
    /// Bytes of sled's page cache. The process takes up to about ten times as much memory.
    pub cache_capacity: u64,
}

impl SledOptions {
    /// For records of at most [`MAX_VALUE`](super::engine::MAX_VALUE): 512 KiB segments.
    pub const fn meta(cache_bytes: u64) -> Self {
        Self { segment_size: 512 * 1024, cache_capacity: cache_bytes }
    }

    /// For chunks of at most 64 KiB (16 KiB are recommended): 8 MiB segments.
    pub const fn content(cache_bytes: u64) -> Self {
        Self { segment_size: 8 * 1024 * 1024, cache_capacity: cache_bytes }
    }
}

/// Why a database did not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The disk or its quota is full: opening writes a little.
    #[error("the database in {directory} cannot be opened because the disk is full: free some space, then start again", directory = .directory.display())]
    Full {
        /// The database's directory.
        directory: PathBuf,
    },
    /// Another process, or this one, has it open.
    #[error("the database in {directory} is in use by another process: {reason}", directory = .directory.display())]
    InUse {
        /// The database's directory.
        directory: PathBuf,
        /// In sled's words.
        reason: String,
    },
    /// The operating system refused.
    #[error("the database in {directory} cannot be opened: {error}", directory = .directory.display())]
    Io {
        /// The database's directory.
        directory: PathBuf,
        /// What the operating system said.
        error: io::Error,
    },
    /// What is on the disk makes no sense.
    #[error(
        "the database in {directory} is damaged ({reason}). Nothing was changed. Keep a copy of the directory, then run \
         `lockhouse check --repair` to move the damage aside and keep the rest, or `lockhouse restore-backup FILE` to go back \
         to a backup", directory = .directory.display()
    )]
    Damaged {
        /// The database's directory.
        directory: PathBuf,
        /// In sled's words.
        reason: String,
    },
}

/// One database: a directory with a log, and any number of ordered trees that share one flush.
#[derive(Clone, Debug)]
pub struct SledDatabase {
    db: sled::Db,
    directory: PathBuf,
}

impl SledDatabase {
    /// Opens the database in `path`, or creates it. Blocking: after a crash the log written since the last opening is read
    /// (about two seconds per gigabyte).
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(path: &Path, options: SledOptions) -> Result<Self, OpenError> {
        durable::link_in();
        let io = |error| OpenError::Io { directory: path.to_owned(), error };
        // A path without a parent is the current directory's child.
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(path).map_err(io)?;
        clear_half_written(path).map_err(io)?;
        let config = sled::Config::new()
            .path(path)
            .segment_size(options.segment_size)
            .cache_capacity(options.cache_capacity)
            .flush_every_ms(Some(BACKGROUND_EVERY_MS))
            .print_profile_on_drop(false);
        let patience = Instant::now() + PATIENCE;
        let db = loop {
            let refused = match catch_unwind(AssertUnwindSafe(|| config.open())) {
                Ok(Ok(db)) => break db,
                Ok(Err(error)) => open_error(path, error),
                Err(panic) => OpenError::Damaged { directory: path.to_owned(), reason: panic_words(panic.as_ref()) },
            };
            if !matches!(refused, OpenError::InUse { .. }) || Instant::now() >= patience {
                return Err(refused);
            }
            thread::sleep(LOOK_AGAIN);
        };
        // sled syncs neither its configuration nor the directory entries of what it creates.
        File::open(path.join("conf")).and_then(|conf| conf.sync_all()).map_err(io)?;
        sync_directory(path).map_err(io)?;
        sync_directory(parent).map_err(io)?;
        Ok(Self { db, directory: path.to_owned() })
    }

    /// Opens one tree of the database, or creates it.
    ///
    /// # Errors
    /// [`BackingError`].
    pub fn tree(&self, name: &str) -> Result<Arc<dyn Backing>, BackingError> {
        let tree = fenced(|| self.db.open_tree(name))?;
        Ok(Arc::new(SledTree { tree, db: self.db.clone() }))
    }

    /// Counts the database's blob files: see [`blobs_in`].
    ///
    /// # Errors
    /// What the operating system says.
    pub fn blobs(&self) -> io::Result<u64> {
        blobs_in(&self.directory)
    }
}

/// Removes what sled had not finished writing when its process was killed, and would take for finished at the next opening:
///
/// * a snapshot of its page table, which it writes under another name and then renames. It looks for the newest file called
///   `snap.`…, and finds the unfinished one first. What the snapshot would have said stands in the log, too.
/// * its configuration, if nothing was ever written into the log: a whole one is made anew.
///
/// The caller has the directory to himself.
fn clear_half_written(path: &Path) -> io::Result<()> {
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let name = entry.file_name();
        if name.to_str().is_some_and(|name| name.starts_with("snap.") && name.ends_with(".generating")) {
            tracing::info!(file = %entry.path().display(), "a snapshot was not finished when the process ended; it is made anew");
            fs::remove_file(entry.path())?;
        }
    }
    if fs::metadata(path.join("db")).is_ok_and(|log| log.len() > 0) {
        return Ok(());
    }
    match fs::remove_file(path.join("conf")) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Counts the blob files of the database in `path`. There must be none: sled does not make them durable. Any other number
/// means that a value was too large for its segments, and is to be alarmed on.
///
/// # Errors
/// What the operating system says.
pub fn blobs_in(path: &Path) -> io::Result<u64> {
    let mut count = 0;
    for entry in fs::read_dir(path.join("blobs"))? {
        entry?;
        count += 1;
    }
    Ok(count)
}

/// Makes the entries of a directory durable.
pub(crate) fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

struct SledTree {
    tree: sled::Tree,
    db: sled::Db,
}

impl SledTree {
    /// Lets the tree split or merge its pages now, after a key has come or gone. sled leaves that to the next visit, a reader's
    /// even; after a failed write it could not be done any more, and the page could not be read.
    fn settle(&self, key: &[u8]) -> sled::Result<()> {
        self.tree.contains_key(key).map(drop)
    }
}

impl Backing for SledTree {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, BackingError> {
        Ok(fenced(|| self.tree.get(key))?.map(|value| Bytes::copy_from_slice(&value)))
    }

    fn insert(&self, key: &[u8], value: &[u8]) -> Result<(), BackingError> {
        fenced(|| match self.tree.insert(key, value)? {
            None => self.settle(key),
            Some(_) => Ok(()),
        })
    }

    fn remove(&self, key: &[u8]) -> Result<(), BackingError> {
        fenced(|| match self.tree.remove(key)? {
            Some(_) => self.settle(key),
            None => Ok(()),
        })
    }

    fn scan(&self, from: Bound<&[u8]>, to: Bound<&[u8]>, limit: usize) -> Result<Vec<(Vec<u8>, Bytes)>, BackingError> {
        if is_empty_range(from, to) {
            return Ok(Vec::new());
        }
        fenced(|| {
            let entries = self.tree.range::<&[u8], _>((from, to)).take(limit);
            entries.map(|entry| entry.map(|(key, value)| (key.to_vec(), Bytes::copy_from_slice(&value)))).collect()
        })
    }

    fn last_key(&self) -> Result<Option<Vec<u8>>, BackingError> {
        Ok(fenced(|| self.tree.last())?.map(|(key, _)| key.to_vec()))
    }

    fn flush(&self) -> Result<(), BackingError> {
        fenced(|| self.tree.flush()).map(drop)
    }

    fn size_on_disk(&self) -> Result<u64, BackingError> {
        fenced(|| self.db.size_on_disk())
    }
}

/// Runs a call into sled; a panic in there (damage that it did not expect) becomes an error.
fn fenced<T>(call: impl FnOnce() -> sled::Result<T>) -> Result<T, BackingError> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(backing_error(&error)),
        Err(panic) => Err(BackingError::Other(panic_words(panic.as_ref()).into())),
    }
}

fn panic_words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    format!("the database library gave up: {}", text.unwrap_or("it did not say why"))
}

/// No space, over the quota, or over the limit on a file's size: all are cured by more space.
fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge)
}

fn backing_error(error: &sled::Error) -> BackingError {
    match error {
        sled::Error::Io(error) if is_full(error) => BackingError::Full,
        error => BackingError::Other(error.to_string().into()),
    }
}

fn open_error(path: &Path, error: sled::Error) -> OpenError {
    let directory = path.to_owned();
    match error {
        sled::Error::Io(error) if is_full(&error) => OpenError::Full { directory },
        // The only trace that sled leaves of a lock that is held is the text.
        sled::Error::Io(error) if error.to_string().contains("could not acquire lock") => {
            OpenError::InUse { directory, reason: error.to_string() }
        }
        // Too short a file, or bytes that are no database.
        sled::Error::Io(error) if matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData) => {
            OpenError::Damaged { directory, reason: error.to_string() }
        }
        sled::Error::Io(error) => OpenError::Io { directory, error },
        error => OpenError::Damaged { directory, reason: error.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use rustix::fs::{FlockOperation, flock};

    use super::*;

    /// Without a flush in between, so that the next opening has something to write into its snapshot.
    fn with_something_in_it(path: &Path) {
        let database = SledDatabase::open(path, SledOptions::meta(1 << 20)).unwrap();
        let tree = database.tree("t").unwrap();
        tree.insert(b"k", b"v").unwrap();
        tree.flush().unwrap();
    }

    fn opens_with_what_was_in_it(path: &Path) {
        let database = SledDatabase::open(path, SledOptions::meta(1 << 20)).unwrap();
        assert_eq!(database.tree("t").unwrap().get(b"k").unwrap().as_deref(), Some(b"v".as_slice()));
    }

    /// Found by killing a host under load for minutes: one start in some hundred ended in "the database is damaged".
    #[test]
    fn a_snapshot_that_was_being_written_when_the_process_was_killed_does_no_harm() {
        for torn in [b"".as_slice(), b"too short", b"long enough for a checksum, which does not match"] {
            let home = tempfile::tempdir().unwrap();
            let path = home.path().join("meta");
            with_something_in_it(&path);
            fs::write(path.join("snap.7FFFFFFFFFFFFFFF.generating"), torn).unwrap();
            opens_with_what_was_in_it(&path);
            opens_with_what_was_in_it(&path);
        }
    }

    #[test]
    fn a_database_whose_making_was_cut_off_is_made_again() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("meta");
        with_something_in_it(&path);
        let whole = fs::read(path.join("conf")).unwrap();
        for length in 0..whole.len() {
            let path = home.path().join(format!("cut-{length}"));
            fs::create_dir_all(&path).unwrap();
            fs::write(path.join("conf"), &whole[..length]).unwrap();
            fs::write(path.join("db"), b"").unwrap();
            with_something_in_it(&path);
            opens_with_what_was_in_it(&path);
        }
    }

    #[test]
    fn a_database_is_waited_for_while_the_one_before_lets_go_of_it() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("meta");
        drop(SledDatabase::open(&path, SledOptions::meta(1 << 20)).unwrap());
        let file = File::open(path.join("db")).unwrap();
        flock(&file, FlockOperation::LockExclusive).unwrap();
        let opening = thread::spawn(move || SledDatabase::open(&path, SledOptions::meta(1 << 20)));
        let began = Instant::now();
        while began.elapsed() < PATIENCE / 10 {
            assert!(!opening.is_finished(), "given up at once");
            thread::yield_now();
        }
        drop(file);
        opening.join().unwrap().unwrap();
    }
}
