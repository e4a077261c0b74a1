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
    page: Option<Page>,
    /// The number of the page after `page`.
    next_page: u32,
    /// The next entry of `page`.
    next_entry: usize,
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

    /// Reads the chunk that an entry names: its checksum and length are right.
    pub(super) fn chunk(&self, node: &NodeId, manifest: ManifestId, entry: &Entry) -> Result<Bytes, ContentError> {
        let corrupt = |reason: Arc<str>| ContentError::Corrupt {
            node: node.clone(),
            manifest,
            chunk: Some(entry.number),
            reason,
        };
        match self.chunks.read(entry.number) {
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
        Self { content, pin, size, offset: 0, rest: Bytes::new(), page: None, next_page: 0, next_entry: 0 }
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
    #[expect(clippy::should_implement_trait, reason = "an iterator could not be told how much to read")]
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

    /// Goes on at another offset; at or beyond the size, at the end. Reads a few manifest pages and at most one chunk.
    ///
    /// # Errors
    /// As [`Reader::next`].
    pub fn seek(&mut self, offset: u64) -> Result<(), ContentError> {
        let offset = offset.min(self.size);
        self.rest = Bytes::new();
        self.page = None;
        self.offset = offset;
        self.next_entry = 0;
        if offset == self.size {
            return Ok(());
        }
        self.next_page = self.find_page(offset)?;
        self.offset = self.turn_page()?;
        loop {
            match self.page.as_ref().and_then(|page| page.entry(self.next_entry)) {
                Some(entry) if self.offset + u64::from(entry.length) <= offset => {
                    self.offset += u64::from(entry.length);
                    self.next_entry += 1;
                }
                Some(_) => break,
                None => {
                    // The offset lies on this page, or the page after it does not follow it.
                    self.turn_page().map(|start| self.offset = start)?;
                }
            }
        }
        if self.offset < offset {
            self.load()?;
            self.rest.advance(usize::try_from(offset - self.offset).unwrap_or(usize::MAX).min(self.rest.len()));
            self.offset = offset;
        }
        Ok(())
    }

    /// The last page that begins at or before an offset, by halving the numbers that are possible.
    fn find_page(&self, offset: u64) -> Result<u32, ContentError> {
        let page_of = |longest: usize| u32::try_from(offset / (ENTRIES * longest) as u64).unwrap_or(u32::MAX - 1);
        let (mut low, mut high) = (page_of(MAX_CHUNK), page_of(MIN_CHUNK) + 1);
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            match self.content.page(self.pin.node(), self.pin.manifest(), middle)? {
                Some(page) if page.start() <= offset => low = middle,
                _ => high = middle,
            }
        }
        Ok(low)
    }

    /// Loads the next page and returns where it begins.
    fn turn_page(&mut self) -> Result<u64, ContentError> {
        let (node, manifest) = (self.pin.node(), self.pin.manifest());
        let page = self.content.page(node, manifest, self.next_page)?;
        let page = page.ok_or_else(|| ContentError::Missing { node: node.clone(), manifest, chunk: None })?;
        let start = page.start();
        self.page = Some(page);
        self.next_page += 1;
        self.next_entry = 0;
        Ok(start)
    }

    /// Loads the chunk at `offset` into `rest`, which is empty.
    fn load(&mut self) -> Result<(), ContentError> {
        let entry = loop {
            match self.page.as_ref().and_then(|page| page.entry(self.next_entry)) {
                Some(entry) => break entry,
                None => {
                    let expected = self.offset;
                    let start = self.turn_page()?;
                    if start != expected {
                        self.page = None;
                        self.next_page -= 1;
                        return Err(self.corrupt_page(format!("a page begins at {start}, not at {expected}")));
                    }
                }
            }
        };
        let bytes = self.content.chunk(self.pin.node(), self.pin.manifest(), &entry)?;
        if self.offset + bytes.len() as u64 > self.size {
            return Err(self.corrupt_page(format!("it names more than the {} bytes of the content", self.size)));
        }
        self.next_entry += 1;
        self.rest = bytes;
        Ok(())
    }

    fn corrupt_page(&self, reason: String) -> ContentError {
        ContentError::Corrupt {
            node: self.pin.node().clone(),
            manifest: self.pin.manifest(),
            chunk: None,
            reason: reason.into(),
        }
    }
}
