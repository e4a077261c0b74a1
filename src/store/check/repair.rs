//! Repairing a store that nobody uses: damage is moved aside, and everything else is kept.

use std::{
    io,
    ops::{Bound, ControlFlow},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize, de::IgnoredAny};

use super::{CheckError, CheckOptions, CheckProgress, Finding, Report, aside::Aside, check, mend::Mender};
use crate::{
    clock::Clock,
    store::{
        assembly::{self, OpenError, Store, StoreOptions},
        backing::{Backing, BackingError},
        content::{Chunks, ContentError, Page},
        directory::{DataDir, DirectoryError},
        engine::{Engine, Key, Revision, raw, scan_prefix},
        records::{RecordError, StoreFacts, decode, keys, keys::prefix, printable},
        sled::{self, SledDatabase, SledOptions},
    },
};

const PAGE: usize = 256;
/// Revisions that are passed over when nobody knows which was the last.
const GAP: u64 = 1 << 20;
/// Records whose first byte is their format.
const FORMATTED: [&[u8]; 16] =
    [b"a/", b"b/", b"c/", b"e/", b"f/", b"g/", b"k/", b"l/", b"n/", b"o/", b"r/", b"u/", b"v/", b"x/", b"z/", b"S/"];

/// Something that a repair did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// The record's key, printable; or the database.
    pub key: String,
    /// Where the file or container is, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// What was done, for a person.
    pub done: String,
}

impl std::fmt::Display for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.path {
            Some(path) => write!(f, "{path}: {} [{}]", self.done, self.key),
            None => write!(f, "{}: {}", self.key, self.done),
        }
    }
}

/// What came of a repair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Repaired {
    /// How many things were done.
    pub actions: u64,
    /// Where the damage is now, if there was any that could be kept.
    pub aside: Option<PathBuf>,
    /// The store's new incarnation, if anything was changed.
    pub incarnation: Option<u32>,
    /// What a check of all records found afterwards. Contents were read by the repair itself.
    pub after: Report,
}

/// Why a store was not repaired.
#[derive(Debug, thiserror::Error)]
pub enum RepairError {
    /// There is no store.
    #[error("there is no Lockhouse data in {0}: name the right place with --data-dir")]
    NoData(PathBuf),
    /// The directory is in use, or cannot be used.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// The database of records is beyond repair.
    #[error(
        "the database of records in {directory} is damaged so that it cannot be opened ({reason}). Nothing was changed. It \
         cannot be repaired: go back to a backup with `lockhouse restore-backup FILE --force`, which moves what is here aside",
        directory = .directory.display()
    )]
    Records {
        /// The database's directory.
        directory: PathBuf,
        /// In the database's words.
        reason: String,
    },
    /// A newer program has been here.
    #[error("the record `{0}` was written by a newer Lockhouse. Nothing was changed: repair with the newer program")]
    Newer(String),
    /// A database.
    #[error(transparent)]
    Database(#[from] sled::OpenError),
    /// A database could not be read or written.
    #[error("the store cannot be repaired: {0}")]
    Backing(#[from] BackingError),
    /// The store could not be opened even so.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The store could not be read.
    #[error(transparent)]
    Check(#[from] CheckError),
    /// The store could not be written.
    #[error("the store cannot be repaired: {0}")]
    Content(#[from] ContentError),
    /// Damage could not be moved aside, so it was left where it is.
    #[error("the damage cannot be moved to {path}: {error}", path = .path.display())]
    Aside {
        /// Where to.
        path: PathBuf,
        /// What the operating system said.
        error: io::Error,
    },
    /// No randomness.
    #[error("the operating system gives no random numbers")]
    Randomness,
}

impl From<crate::store::engine::EngineError> for RepairError {
    fn from(error: crate::store::engine::EngineError) -> Self {
        Self::Check(error.into())
    }
}

/// Who is told of a repair.
pub struct Listeners<'a> {
    /// Of everything that is done.
    pub did: &'a mut dyn FnMut(Action),
    /// Of what is still not well afterwards.
    pub found: &'a mut dyn FnMut(Finding),
    /// How far it has come.
    pub progress: &'a mut dyn FnMut(CheckProgress),
}

impl std::fmt::Debug for Listeners<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listeners").finish_non_exhaustive()
    }
}

/// Repairs the store in the data directory `path`, which nobody may have open. Blocks.
///
/// Damaged records are kept as files in `damaged/<time>/records` and then removed, or made anew from what is known
/// otherwise. A file whose current bytes are damaged gets its newest whole version as its current one; one that has
/// none goes to its owner's bin, empty. What can be read of damaged bytes is in `damaged/<time>/files`. When anything
/// was changed the incarnation is renewed.
///
/// # Errors
/// [`RepairError`]. What was done until then stays done, and can be repeated.
pub async fn repair(
    path: &Path,
    options: &StoreOptions,
    clock: &dyn Clock,
    listeners: &mut Listeners<'_>,
) -> Result<Repaired, RepairError> {
    if !path.join("format").exists() && !path.join("meta").exists() {
        return Err(RepairError::NoData(path.to_owned()));
    }
    let directory = DataDir::open(path)?;
    let mut raw = Raw { aside: Aside::new(path, clock.wall()), did: &mut *listeners.did, actions: 0 };
    let meta = match SledDatabase::open(&directory.meta(), SledOptions::meta(options.meta_cache)) {
        Err(sled::OpenError::Damaged { directory, reason }) => return Err(RepairError::Records { directory, reason }),
        opened => opened?,
    };
    let records = meta.tree(assembly::RECORDS)?;
    refuse_newer(&*records)?;
    let content = raw.open_or_replace(&directory.content(), "content", SledOptions::content(options.content_cache))?;
    let index = raw.open_or_replace(&directory.index(), "index", SledOptions::meta(options.content_cache))?;
    raw.records(&*records)?;
    drop(records);
    raw.chunks(&content, &index)?;
    let Raw { mut aside, actions, .. } = raw;
    let store = Store::assemble(directory, [meta, content, index], options, clock).await?;
    let mut mender = Mender::new(&store, clock, &mut aside, &mut *listeners.did, actions)?;
    pass_over_named_numbers(&store)?;
    mender.records()?;
    mender.contents(&mut *listeners.progress)?;
    mender.usage()?;
    let (actions, incarnation) = mender.finish()?;
    let progress = &mut *listeners.progress;
    let mut on = |step| {
        progress(step);
        ControlFlow::Continue(())
    };
    let after = check(&store, CheckOptions { contents: false }, &mut *listeners.found, &mut on)?;
    store.close();
    Ok(Repaired { actions, aside: aside.used(), incarnation, after })
}

/// Sees to it that no chunk gets a number that a manifest names already: it would be taken for the one that is lost.
fn pass_over_named_numbers(store: &Store) -> Result<(), RepairError> {
    let engine: &dyn Engine = store.engine.as_ref();
    let mut after: Option<Key> = None;
    let mut highest = 0;
    loop {
        let pages = scan_prefix(engine, prefix::MANIFESTS, after.as_deref(), PAGE)?;
        let Some((last, _)) = pages.last() else { break };
        after = Some(last.clone());
        for page in pages.into_iter().filter_map(|(_, record)| Page::decode(record.value).ok()) {
            // A damaged page must not use up all the numbers there are.
            let believable = page.entries().map(|entry| entry.number).filter(|number| *number < u64::MAX / 2);
            highest = highest.max(believable.max().unwrap_or(0));
        }
    }
    let content = &store.content;
    if content.chunks().next_number() <= highest {
        content.written(content.chunks().restored(highest + 1))?;
        content.flush()?;
    }
    Ok(())
}

/// What is repaired before the store can be opened at all.
struct Raw<'a> {
    aside: Aside,
    did: &'a mut dyn FnMut(Action),
    actions: u64,
}

impl Raw<'_> {
    fn say(&mut self, key: String, done: &str) {
        self.actions += 1;
        (self.did)(Action { key, path: None, done: done.to_owned() });
    }

    fn keep(&mut self, key: &[u8], value: &[u8]) -> Result<(), RepairError> {
        let path = self.aside.root().to_owned();
        self.aside.record(key, value).map_err(|error| RepairError::Aside { path, error })
    }

    fn remove(&mut self, tree: &dyn Backing, key: &[u8], done: &str) -> Result<(), RepairError> {
        if let Some(stored) = tree.get(key)? {
            self.keep(key, &stored)?;
        }
        tree.remove(key)?;
        self.say(printable(key), done);
        Ok(())
    }

    fn open_or_replace(&mut self, path: &Path, name: &str, how: SledOptions) -> Result<SledDatabase, RepairError> {
        match SledDatabase::open(path, how) {
            Err(sled::OpenError::Damaged { reason, .. }) => {
                let root = self.aside.root().to_owned();
                self.aside.directory(path, name).map_err(|error| RepairError::Aside { path: root, error })?;
                let done =
                    format!("the database `{name}` cannot be opened ({reason}): it was moved aside, a new one made");
                self.say(name.to_owned(), &done);
                Ok(SledDatabase::open(path, how)?)
            }
            opened => Ok(opened?),
        }
    }

    /// What the engine could not read, or not begin with.
    fn records(&mut self, records: &dyn Backing) -> Result<(), RepairError> {
        let (mut newest, mut bad): (Revision, Vec<Key>) = (0, Vec::new());
        walk(records, &mut |key, stored| {
            match raw::decode(stored) {
                _ if raw::is_reserved(key) => {}
                Some(record) => newest = newest.max(record.revision),
                None => bad.push(key.to_owned()),
            }
            Ok(())
        })?;
        for key in bad {
            self.remove(records, &key, "too short to be a record: moved aside")?;
        }
        if raw::newest_revision(records)?.is_none() {
            raw::set_newest_revision(records, newest.saturating_add(GAP))?;
            self.say("engine".to_owned(), "the number of the last change was damaged: a safe one was set");
        }
        if !raw::recover(records)? {
            let mut unfinished = Vec::new();
            walk(records, &mut |key, _| {
                unfinished.extend(raw::is_redo(key).then(|| key.to_owned()));
                Ok(())
            })?;
            for key in unfinished {
                self.remove(records, &key, "part of an unfinished change that cannot be understood: moved aside")?;
            }
        }
        let own = keys::system("store");
        if let Some(stored) = records.get(&own)?
            && raw::decode(&stored).is_some_and(|record| decode::<StoreFacts>(&own, &record.value).is_err())
        {
            self.remove(records, &own, "the store's own record was damaged: moved aside, a new one made")?;
        }
        Ok(records.flush()?)
    }

    /// What the contents could not begin with, and chunks that the index has lost.
    fn chunks(&mut self, content: &SledDatabase, index: &SledDatabase) -> Result<(), RepairError> {
        let (chunks, index) = (content.tree(assembly::CHUNKS)?, index.tree(assembly::INDEX)?);
        while let Some(key) = chunks.last_key()?.filter(|key| key.len() != size_of::<u64>()) {
            self.remove(&*chunks, &key, "a chunk without a number: moved aside")?;
        }
        let opened = if let Ok(opened) = Chunks::open(chunks.clone(), index.clone()) {
            opened
        } else {
            self.remove(&*index, Chunks::STATE, "the state of the contents was damaged: moved aside")?;
            Chunks::open(chunks, index.clone())?
        };
        // What a crash left is no damage, and the opening listed it. Without a state, as in a new index, it listed all chunks.
        let listed = opened.list(0).unwrap_or_else(|error| {
            tracing::warn!(%error, "not every chunk can be looked at, to find those that the index has lost");
            0
        });
        if listed > 0 {
            self.say(
                "index".to_owned(),
                &format!("{listed} chunks that the index had lost were entered into it again"),
            );
        }
        Ok(index.flush()?)
    }
}

fn refuse_newer(records: &dyn Backing) -> Result<(), RepairError> {
    walk(records, &mut |key, stored| {
        let formatted = FORMATTED.iter().any(|prefix| key.starts_with(prefix));
        if let Some(record) = raw::decode(stored).filter(|_| formatted)
            && let Err(RecordError::Newer { key, .. }) = decode::<IgnoredAny>(key, &record.value)
        {
            return Err(RepairError::Newer(key));
        }
        Ok(())
    })
}

type Look<'a> = dyn FnMut(&[u8], &bytes::Bytes) -> Result<(), RepairError> + 'a;

fn walk(tree: &dyn Backing, look: &mut Look<'_>) -> Result<(), RepairError> {
    let mut after: Option<Key> = None;
    loop {
        let from = after.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
        let entries = tree.scan(from, Bound::Unbounded, PAGE)?;
        let Some((last, _)) = entries.last() else { return Ok(()) };
        after = Some(last.clone());
        for (key, stored) in &entries {
            look(key, stored)?;
        }
    }
}
