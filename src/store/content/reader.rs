//! Reading a content.

use std::sync::{Arc, atomic::Ordering::Relaxed};

use bytes::{Buf as _, Bytes, BytesMut};

use super::{
    Content, ContentError, ManifestPin, Page,
    chunks::ChunkFault,
    cut::{MAX_CHUNK, MIN_CHUNK},
    manifest::{ENTRIES, Entry},
};
use crate::{
    ids::NodeId,
    store::records::{ManifestId, keys},
};

/// Reads one content from front to back, or from any offset. Holds one manifest page and one chunk in memory.
pub struct Reader {
    content: Arc<Content>,
    pin: ManifestPin,
    size: u64,
    /// Where the next byte is to come from.
    offset: u64,
    /// What is left of the chunk at `offset`.
    rest: Bytes,
    /// Where the chunk after `rest` is named; `None` before the first reading and after a seek.
    place: Option<Place>,
}

/// A place in the manifest.
struct Place {
    page: Page,
    /// The number of the page.
    number: u32,
    /// The position of an entry in the page, or just behind its last one.
    position: usize,
    /// Where the chunk of that entry begins in the content.
    at: u64,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("pin", &self.pin).field("offset", &self.offset).finish_non_exhaustive()
    }
}

impl Content {
    /// Reads a manifest page; `None` when there is none.
    pub(super) fn page(&self, node: &NodeId, manifest: ManifestId, page: u32) -> Result<Option<Page>, ContentError> {
        let Some(record) = self.engine.get(&keys::manifest_page(node, manifest, page))? else { return Ok(None) };
        Page::decode(record.value).map(Some).map_err(|reason| ContentError::Corrupt {
            node: node.clone(),
            manifest,
            chunk: None,
            reason: reason.into(),
        })
    }

    /// Reads the chunk that an entry names: its checksum, hash and length are right.
    pub(super) fn chunk(&self, node: &NodeId, manifest: ManifestId, entry: &Entry) -> Result<Bytes, ContentError> {
        let corrupt = |reason: Arc<str>| ContentError::Corrupt {
            node: node.clone(),
            manifest,
            chunk: Some(entry.number),
            reason,
        };
        match self.chunks.read(entry.number, &entry.hash) {
            Ok(bytes) if bytes.len() == usize::from(entry.length) => Ok(bytes),
            Ok(bytes) => {
                Err(corrupt(format!("it has {} bytes where {} were stored", bytes.len(), entry.length).into()))
            }
            Err(ChunkFault::Missing) => {
                Err(ContentError::Missing { node: node.clone(), manifest, chunk: Some(entry.number) })
            }
            Err(ChunkFault::Corrupt(reason)) => Err(corrupt(reason)),
            Err(ChunkFault::Failed(error)) => Err(error.into()),
        }
    }
}

impl Reader {
    pub(super) fn new(content: Arc<Content>, pin: ManifestPin, size: u64) -> Self {
        Self { content, pin, size, offset: 0, rest: Bytes::new(), place: None }
    }

    /// Bytes of the whole content.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The offset of the byte that [`Reader::next`] returns first.
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    /// The next bytes, at most `max` (at least 1) and as many as that unless the end or damage is near; `None` at the end.
    ///
    /// # Errors
    /// [`ContentError::Corrupt`] or [`ContentError::Missing`] when a chunk or page is not as it was stored; wrong bytes are
    /// never returned. Calling again tries the same bytes again.
    pub fn next(&mut self, max: usize) -> Result<Option<Bytes>, ContentError> {
        let left = usize::try_from(self.size.saturating_sub(self.offset)).unwrap_or(usize::MAX);
        let wanted = left.min(max.max(1));
        if wanted == 0 {
            return Ok(None);
        }
        if self.rest.is_empty() {
            self.load()?;
        }
        if self.rest.len() >= wanted {
            return Ok(Some(self.split(wanted)));
        }
        let mut bytes = BytesMut::with_capacity(wanted);
        loop {
            let part = self.split(self.rest.len().min(wanted - bytes.len()));
            bytes.extend_from_slice(&part);
            // Damage further on is reported by the next call: what was read before it is good.
            if bytes.len() == wanted || self.load().is_err() {
                return Ok(Some(bytes.freeze()));
            }
        }
    }

    fn split(&mut self, length: usize) -> Bytes {
        self.offset += length as u64;
        self.content.counters.read.fetch_add(length as u64, Relaxed);
        self.rest.split_to(length)
    }

    /// Goes on at another offset; at or beyond the size, at the end. The next reading finds the place, with a few manifest
    /// pages more to read.
    pub fn seek(&mut self, offset: u64) {
        self.offset = offset.min(self.size);
        self.rest = Bytes::new();
        self.place = None;
    }

    /// Loads the chunk at `offset`, which is not the end, into `rest`, which is empty.
    fn load(&mut self) -> Result<(), ContentError> {
        let mut place = match self.place.take() {
            Some(place) => place,
            None => self.find()?,
        };
        let outcome = self.load_at(&mut place);
        self.place = Some(place);
        outcome
    }

    fn load_at(&mut self, place: &mut Place) -> Result<(), ContentError> {
        let entry = loop {
            match place.page.entry(place.position) {
                Some(entry) if place.at.saturating_add(u64::from(entry.length)) > self.offset => break entry,
                Some(entry) => {
                    place.at += u64::from(entry.length);
                    place.position += 1;
                }
                None => {
                    let next = self.page(place.number.saturating_add(1))?;
                    if next.page.start() != place.at {
                        let start = next.page.start();
                        return Err(self.corrupt(format!("page {} begins at {start}, not {}", next.number, place.at)));
                    }
                    *place = next;
                }
            }
        };
        let mut bytes = self.content.chunk(self.pin.node(), self.pin.manifest(), &entry)?;
        if place.at.saturating_add(bytes.len() as u64) > self.size {
            return Err(self.corrupt(format!("it names more than the {} bytes of the content", self.size)));
        }
        // Within the chunk, by the condition of the loop.
        bytes.advance(usize::try_from(self.offset - place.at).unwrap_or(usize::MAX).min(bytes.len()));
        self.rest = bytes;
        Ok(())
    }

    /// Finds the last page that begins at or before `offset`, by halving the numbers that are possible.
    fn find(&self) -> Result<Place, ContentError> {
        let page_of = |longest: usize| u32::try_from(self.offset / (ENTRIES * longest) as u64).unwrap_or(u32::MAX - 1);
        let (mut low, mut high) = (page_of(MAX_CHUNK), page_of(MIN_CHUNK) + 1);
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            match self.content.page(self.pin.node(), self.pin.manifest(), middle)? {
                Some(page) if page.start() <= self.offset => low = middle,
                _ => high = middle,
            }
        }
        let place = self.page(low)?;
        if place.at > self.offset {
            return Err(self.corrupt(format!("page {low} begins at {}", place.at)));
        }
        Ok(place)
    }

    fn page(&self, number: u32) -> Result<Place, ContentError> {
        let (node, manifest) = (self.pin.node(), self.pin.manifest());
        let page = self.content.page(node, manifest, number)?;
        let page = page.ok_or_else(|| ContentError::Missing { node: node.clone(), manifest, chunk: None })?;
        Ok(Place { number, position: 0, at: page.start(), page })
    }

    fn corrupt(&self, reason: String) -> ContentError {
        let (node, manifest) = (self.pin.node().clone(), self.pin.manifest());
        ContentError::Corrupt { node, manifest, chunk: None, reason: reason.into() }
    }
}
