//! Collects the space of contents that no record names any more: mark and sweep.
//!
//! **Mark** walks the manifests file by file. One that neither the file's records (head, versions, rescued versions) nor a pin
//! names is condemned and its pages are cleared; the chunks of all others are marked. **Sweep** walks the small index rows,
//! never the chunks themselves, and removes what is not marked, is older than the cycle and than every upload in flight,
//! and is not being reused. Memory: a compressed bitmap of the chunk numbers in use.
//!
//! **Before that**, rows of files that are gone are cleared: a crash while a file is being deleted for good leaves its versions,
//! rescued versions and activities behind. They keep no content alive. (A file that is being made has its head in the same
//! batch as its first version, and its upload protects the content until then. An identifier is never given out twice.)
//!
//! Nothing is removed when any record or page cannot be understood, as it might name what would be removed.
//!
//! A crash in the middle leaves pages without a record, rows without a chunk or chunks without a manifest: all of them are found by
//! the next cycle.

use std::{
    collections::HashSet,
    ops::ControlFlow,
    time::{Duration, Instant},
};

use roaring::RoaringTreemap;
use serde::de::DeserializeOwned;

use crate::{
    ids::NodeId,
    store::{
        content::{Content, ContentError, Cycle, IndexRow, Moment, Page, Submitter},
        engine::{Batch, CommitError, Expect, Key, Record, scan_prefix},
        records::{FileHead, ManifestId, RecordError, VersionRow, decode, keys, printable},
    },
};

/// Manifest pages that are read in one step, up to 6 KiB each.
const PAGES: usize = 16;
/// Rows that are read in one step: of the index, or of files' histories, up to 6 KiB each.
const ROWS: usize = 512;
/// Chunks that are removed in one step.
const REMOVALS: usize = 256;
/// Rows of garbage that are gathered, and sorted by number, before they are removed: neighbours share a page of the disk.
const GATHERED: usize = 64 * 1024;
/// Below this much garbage a cycle does not pay.
const LEAST_GARBAGE: u64 = 64 * 1024 * 1024;
/// A cycle pays when the garbage is over this part of the bytes in use. sled takes somewhat over two bytes of disk for each
/// byte that is stored, garbage included; a cycle reads about six bytes for each kilobyte in use.
const PART_IN_USE: u64 = 4;

/// How a cycle ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Everything was looked at.
    Complete,
    /// The pace said to stop.
    Stopped,
    /// Someone holds collection, a backup for one.
    Held,
    /// Another cycle is running.
    AlreadyRunning,
}

/// What a cycle did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// How it ended.
    pub ending: Ending,
    /// Contents that nothing named.
    pub manifests_removed: u64,
    /// Chunks that were removed.
    pub chunks_removed: u64,
    /// Their bytes.
    pub bytes_freed: u64,
    /// How long it took, pauses included.
    pub duration: Duration,
}

/// Why a cycle stops before its end.
enum Halt {
    Ending(Ending),
    Error(ContentError),
}

impl<E: Into<ContentError>> From<E> for Halt {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

/// Whether a cycle pays: over 64 MiB and over a quarter of the bytes in use may have become garbage.
pub fn due(content: &Content) -> bool {
    content.garbage_estimate() > LEAST_GARBAGE.max(content.live_estimate() / PART_IN_USE)
}

/// Runs one cycle. `pace` is called between the steps, each of a few milliseconds; it sleeps as long as the disk is to be
/// left to others, and breaks to stop. Blocking.
///
/// # Errors
/// [`ContentError`] when the store cannot be read or written, or holds a record that this program does not understand.
pub fn collect(content: &Content, pace: &mut dyn FnMut() -> ControlFlow<()>) -> Result<Report, ContentError> {
    let began = Instant::now();
    let mut report = Report {
        ending: Ending::Complete,
        manifests_removed: 0,
        chunks_removed: 0,
        bytes_freed: 0,
        duration: Duration::ZERO,
    };
    let Some(cycle) = content.pins().begin_cycle(|| content.chunks().next_number()) else {
        report.ending = Ending::AlreadyRunning;
        return Ok(report);
    };
    let garbage = content.garbage_estimate();
    let mut collection = Collection { content, cycle, pace, report };
    let outcome = collection
        .clear_orphans()
        .and_then(|()| collection.mark())
        .and_then(|marked| collection.sweep(&marked, garbage));
    let mut report = collection.report;
    match outcome {
        Ok(()) => {}
        Err(Halt::Ending(ending)) => report.ending = ending,
        Err(Halt::Error(error)) => return Err(error),
    }
    report.duration = began.elapsed();
    Ok(report)
}

struct Collection<'a> {
    content: &'a Content,
    cycle: Cycle,
    pace: &'a mut dyn FnMut() -> ControlFlow<()>,
    report: Report,
}

/// Where the walk over the manifests is.
struct File {
    node: NodeId,
    named: HashSet<ManifestId>,
    manifest: Option<(ManifestId, bool)>,
}

impl Collection<'_> {
    fn step(&mut self) -> Result<(), Halt> {
        if self.content.pins().held() {
            return Err(Halt::Ending(Ending::Held));
        }
        if (self.pace)().is_break() {
            return Err(Halt::Ending(Ending::Stopped));
        }
        // Whoever took hold during the pause relies on nothing being removed on the ground of what is read from here on.
        if self.content.pins().held() { Err(Halt::Ending(Ending::Held)) } else { Ok(()) }
    }

    /// Clears what files left behind whose heads are gone.
    fn clear_orphans(&mut self) -> Result<(), Halt> {
        for prefix in [keys::prefix::VERSIONS, keys::prefix::RESCUED, keys::prefix::ACTIVITIES] {
            let mut after: Option<Key> = None;
            let mut last: Option<(NodeId, bool)> = None;
            loop {
                self.step()?;
                let rows = scan_prefix(self.content.engine(), prefix, after.as_deref(), ROWS)?;
                let Some((key, _)) = rows.last() else { break };
                after = Some(key.clone());
                for (node, keys) in by_file(rows) {
                    let gone = match &last {
                        Some((known, gone)) if *known == node => *gone,
                        _ => self.content.engine().get(&keys::file(&node))?.is_none(),
                    };
                    if gone {
                        self.clear_rows(&node, keys)?;
                    }
                    last = Some((node, gone));
                }
            }
        }
        Ok(())
    }

    /// Clears rows of a file, unless it has come into being meanwhile.
    fn clear_rows(&self, node: &NodeId, rows: Vec<Key>) -> Result<(), Halt> {
        self.content.at(Moment::OrphansFound);
        let mut batch = Batch::new().require(keys::file(node), Expect::Absent);
        batch.clear = rows;
        let mut submitter = Submitter::default();
        match submitter.submit(self.content.engine(), &batch).and_then(|()| submitter.finish()) {
            Err(ContentError::Commit(CommitError::Conflict { .. })) => Ok(()),
            outcome => Ok(outcome?),
        }
    }

    fn mark(&mut self) -> Result<RoaringTreemap, Halt> {
        let mut marked = RoaringTreemap::new();
        let mut submitter = Submitter::default();
        let mut file: Option<File> = None;
        let mut after: Option<Key> = None;
        loop {
            self.step()?;
            let pages = scan_prefix(self.content.engine(), keys::prefix::MANIFESTS, after.as_deref(), PAGES)?;
            let Some((last, _)) = pages.last() else { break };
            after = Some(last.clone());
            let mut batch = Batch::new();
            for (key, record) in pages {
                if self.keeps(&mut file, &key)? {
                    let page = Page::decode(record.value)
                        .map_err(|reason| RecordError::Damaged { key: printable(&key), reason })?;
                    marked.extend(page.entries().map(|entry| entry.number));
                } else {
                    batch = batch.clear(key);
                }
            }
            if !batch.clear.is_empty() {
                submitter.submit(self.content.engine(), &batch)?;
            }
        }
        submitter.finish()?;
        Ok(marked)
    }

    /// Whether the manifest that a page belongs to is to stay.
    fn keeps(&mut self, file: &mut Option<File>, key: &[u8]) -> Result<bool, Halt> {
        let (node, manifest, _) = keys::parse_manifest_page(key).ok_or_else(|| RecordError::Damaged {
            key: printable(key),
            reason: "its key is not that of a manifest page".to_owned(),
        })?;
        let file = match file {
            Some(file) if file.node == node => file,
            _ => {
                let named = named_by(self.content, &node)?;
                self.content.at(Moment::FileRead);
                file.insert(File { node, named, manifest: None })
            }
        };
        if let Some((current, keep)) = file.manifest
            && current == manifest
        {
            return Ok(keep);
        }
        // First the records, then the pins: who makes a record name a manifest pins it before and longer.
        let keep = file.named.contains(&manifest) || !self.cycle.condemn(&file.node, manifest);
        file.manifest = Some((manifest, keep));
        self.report.manifests_removed += u64::from(!keep);
        Ok(keep)
    }

    fn sweep(&mut self, marked: &RoaringTreemap, garbage: u64) -> Result<(), Halt> {
        let horizon = self.cycle.horizon();
        let mut live = 0;
        let mut gathered = Vec::new();
        let mut after: Option<Key> = None;
        loop {
            self.step()?;
            let (rows, last) = self.content.chunks().index_page(after.as_deref(), ROWS)?;
            for row in rows {
                if row.number < horizon && !marked.contains(row.number) {
                    gathered.push(row);
                } else {
                    live += u64::from(row.length);
                }
            }
            if last.is_none() || gathered.len() >= GATHERED {
                live += self.remove(&mut gathered)?;
            }
            if last.is_none() {
                break;
            }
            after = last;
        }
        self.content.written(self.content.chunks().collected(garbage, live))?;
        Ok(self.content.flush()?)
    }

    /// Removes what was gathered and returns the bytes that had to stay after all.
    fn remove(&mut self, gathered: &mut Vec<IndexRow>) -> Result<u64, Halt> {
        let mut stayed = 0;
        gathered.sort_unstable_by_key(|row| row.number);
        for rows in gathered.chunks(REMOVALS) {
            self.step()?;
            let mut removed = Vec::with_capacity(rows.len());
            for row in rows {
                self.content.at(Moment::BeforeDelete);
                let content = self.content;
                if self.cycle.unless_reused(row.number, || content.written(content.chunks().remove(row)))? {
                    removed.push(*row);
                    self.report.chunks_removed += 1;
                    self.report.bytes_freed += u64::from(row.length);
                } else {
                    stayed += u64::from(row.length);
                }
            }
            // An upload that finds such a row meanwhile misses the chunk, and stores it anew under another number.
            self.content.written(self.content.chunks().remove_rows(&removed))?;
        }
        gathered.clear();
        Ok(stayed)
    }
}

/// The keys of the rows of each file, in the order in which they were read.
fn by_file(rows: Vec<(Key, Record)>) -> Vec<(NodeId, Vec<Key>)> {
    let mut files: Vec<(NodeId, Vec<Key>)> = Vec::new();
    for (key, _) in rows {
        // Nobody knows whose a row is that has no identifier in its key. It is found by a check.
        let Some(node) = keys::node_of(&key) else { continue };
        match files.last_mut() {
            Some((file, keys)) if *file == node => keys.push(key),
            _ => files.push((node, vec![key])),
        }
    }
    files
}

/// The manifests that a file's records name; none when it has no head. The head is read last: a content moves from rescued to
/// kept to current.
fn named_by(content: &Content, node: &NodeId) -> Result<HashSet<ManifestId>, Halt> {
    let mut named = HashSet::new();
    if content.engine().get(&keys::file(node))?.is_none() {
        return Ok(named);
    }
    for prefix in [keys::rescued_of(node), keys::versions_of(node)] {
        let mut after: Option<Key> = None;
        loop {
            let rows = scan_prefix(content.engine(), &prefix, after.as_deref(), 64)?;
            let Some((last, _)) = rows.last() else { break };
            after = Some(last.clone());
            for row in &rows {
                named.extend(record::<VersionRow>(row)?.content.manifest);
            }
        }
    }
    let key = keys::file(node);
    if let Some(head) = content.engine().get(&key)? {
        named.extend(record::<FileHead>(&(key, head))?.content.manifest);
    }
    Ok(named)
}

fn record<T: DeserializeOwned>((key, record): &(Key, Record)) -> Result<T, RecordError> {
    decode(key, &record.value)
}
