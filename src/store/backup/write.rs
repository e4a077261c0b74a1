//! Making a backup.

use std::io::{self, Write};

use roaring::RoaringTreemap;

use super::{DamagedContent, Progress, Summary, format};
use crate::{
    clock::Clock,
    store::{
        Store,
        content::{ChunkFault, Content, Page},
        engine::{Engine, EngineError, Key, scan_prefix},
        records::{keys, keys::prefix},
    },
};

/// Records that are read in one step, up to 6 KiB each.
const RECORDS: usize = 128;
/// How many contents are named that could not be backed up whole.
const MOST_DAMAGED: usize = 100;
/// Chunks between two calls of the progress.
const STEP: u64 = 256;

/// Why a backup was not made. Nothing in the store was changed.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Another backup is being made.
    #[error("another backup is being made just now; try again when it is done")]
    Busy,
    /// The store could not be read.
    #[error("the store cannot be backed up: {0}. `lockhouse check` tells what is damaged")]
    Store(EngineError),
    /// The contents could not be read.
    #[error("the contents cannot be backed up: {0}")]
    Content(crate::store::backing::BackingError),
    /// The backup could not be written.
    #[error("the backup cannot be written: {0}")]
    Output(#[from] io::Error),
}

impl From<EngineError> for BackupError {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Busy => Self::Busy,
            error => Self::Store(error),
        }
    }
}

/// Writes a backup of the store as it is at one moment shortly after the call, while others go on changing it. Everything
/// acknowledged before the call is in it. Blocking; memory does not grow with the store, but for a compressed bitmap of
/// the chunks. Collection waits until it is done.
///
/// # Errors
/// [`BackupError`]; what was written is no backup then.
pub fn write(
    store: &Store,
    clock: &dyn Clock,
    out: &mut dyn Write,
    progress: &mut dyn FnMut(Progress),
) -> Result<Summary, BackupError> {
    let content = store.content.as_ref();
    // Held from before the moment of the cut: what a record of the cut names stays.
    let _held = content.hold_collection();
    let engine: &dyn Engine = store.engine.as_ref();
    let mut cut = engine.begin_cut()?;
    let facts = format::Facts {
        time: clock.wall().to_iso(),
        product: env!("CARGO_PKG_VERSION").to_owned(),
        incarnation: store.incarnation,
        // Read after the cut began, so no record of it has a higher one.
        revision: engine.durable_revision(),
    };
    let mut writer = format::Writer::begin(out, &facts)?;
    let mut named = RoaringTreemap::new();
    loop {
        let page = cut.next_page(RECORDS)?;
        if page.is_empty() {
            break;
        }
        for (key, record) in page {
            if key.starts_with(prefix::MANIFESTS)
                && let Ok(page) = Page::decode(record.value.clone())
            {
                named.extend(page.entries().map(|entry| entry.number));
            }
            writer.record(&key, record.revision, &record.value)?;
        }
        progress(Progress::Records { done: writer.counts().records });
    }
    // The commit thread need not keep anything for it any longer.
    drop(cut);
    let missing = chunks(content, &named, &mut writer, progress)?;
    let (unreadable, damaged) = damaged(engine, &missing)?;
    let trailer = writer.finish(unreadable)?;
    let mut summary = format::summary(&facts, trailer).ok_or_else(|| io::Error::other("the clock is out of range"))?;
    summary.damaged = damaged;
    Ok(summary)
}

/// Writes the chunks and returns the numbers of those that could not be read.
fn chunks(
    content: &Content,
    named: &RoaringTreemap,
    writer: &mut format::Writer<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<RoaringTreemap, BackupError> {
    let of = Some(named.len());
    let mut missing = RoaringTreemap::new();
    for (done, number) in (1..).zip(named) {
        match content.chunks().read_any(number) {
            Ok((_, bytes)) => writer.chunk(number, &bytes)?,
            Err(ChunkFault::Missing | ChunkFault::Corrupt(_)) => {
                missing.insert(number);
            }
            Err(ChunkFault::Failed(error)) => return Err(BackupError::Content(error)),
        }
        if done % STEP == 0 || Some(done) == of {
            progress(Progress::Contents { bytes: writer.counts().chunk_bytes, done, of });
        }
    }
    Ok(missing)
}

/// How many of the missing chunks a version needs, and which versions those are. What a crash or an upload in flight left
/// behind names chunks too, and needs none.
fn damaged(engine: &dyn Engine, missing: &RoaringTreemap) -> Result<(u64, Vec<DamagedContent>), BackupError> {
    let mut needed = RoaringTreemap::new();
    let mut damaged: Vec<DamagedContent> = Vec::new();
    let mut after: Option<Key> = None;
    while !missing.is_empty() {
        let pages = scan_prefix(engine, prefix::MANIFESTS, after.as_deref(), RECORDS)?;
        let Some((last, _)) = pages.last() else { break };
        after = Some(last.clone());
        for (key, record) in pages {
            let Ok(page) = Page::decode(record.value) else { continue };
            let lost: Vec<u64> =
                page.entries().map(|entry| entry.number).filter(|number| missing.contains(*number)).collect();
            let Some((node, manifest, _)) = keys::parse_manifest_page(&key).filter(|_| !lost.is_empty()) else {
                continue;
            };
            if !crate::store::check::names(engine, &node, manifest)? {
                continue;
            }
            needed.extend(lost);
            let known = damaged.iter().any(|content| content.node == node && content.manifest == manifest);
            if !known && damaged.len() < MOST_DAMAGED {
                damaged.push(DamagedContent { path: crate::store::check::path_of(engine, &node), node, manifest });
            }
        }
    }
    Ok((needed.len(), damaged))
}
