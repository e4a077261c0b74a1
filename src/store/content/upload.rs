//! Storing a content.

use std::sync::{Arc, atomic::Ordering::Relaxed};

use aws_lc_rs::{
    digest::{self, SHA256},
    rand,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;

use super::{
    Content, ContentError, Moment, Submitter,
    chunks::{ChunkFault, ChunkHash, hash_of},
    cut::Cutter,
    flush::Flusher,
    manifest::{Entry, PageWriter},
};
use crate::{
    ids::NodeId,
    store::{
        engine::{Batch, Key},
        records::{ContentRef, ManifestId, keys},
    },
};

/// New bytes after which the content database is flushed: larger windows make lock requests wait. While one window is
/// flushed the next is written; not more.
const FLUSH_WINDOW: usize = 1024 * 1024;

/// An upload's hold on what it uses, from its beginning until the commit that names it is durable.
struct Claim {
    content: Arc<Content>,
    upload: u64,
    name: (NodeId, ManifestId),
    new_bytes: u64,
    committed: bool,
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.content.pins.end_upload(self.upload, &self.name);
        if !self.committed && self.new_bytes > 0 {
            self.content.note_garbage(self.new_bytes);
        }
    }
}

/// A content that is coming in. Dropping it before [`Upload::finish`] leaves only space that is collected.
///
/// Holds at most a quarter of a MiB of the content in memory; the rest is written as it comes.
pub struct Upload {
    cutter: Cutter,
    writer: Writer,
    /// The first failure: everything after it fails likewise.
    failure: Option<ContentError>,
}

struct Writer {
    claim: Claim,
    whole: digest::Context,
    pages: PageWriter,
    submitter: Submitter,
    flusher: Flusher,
    scratch: Vec<u8>,
    size: u64,
    reused_bytes: u64,
    unflushed: usize,
}

/// A content whose chunks are durable, and which the caller now makes a record name.
///
/// It must be held until that commit is durable: what it uses is safe from collection so long. Then call
/// [`Stored::committed`]; a drop without it counts the new bytes as garbage.
pub struct Stored {
    /// What the record is to hold.
    pub content: ContentRef,
    /// Manifest pages to set in the same batch as the record; at most one, of at most
    /// [`MAX_VALUE`](crate::store::engine::MAX_VALUE) bytes.
    pub pages: Vec<(Key, Bytes)>,
    /// Bytes that were written.
    pub new_bytes: u64,
    /// Bytes that were stored already.
    pub reused_bytes: u64,
    claim: Claim,
}

/// A content whose chunks are written, and not all of them durable yet: those of its last window.
pub struct Sealed(Stored);

impl Sealed {
    /// Whether there is anything to make durable.
    pub(super) const fn needs_flush(&self) -> bool {
        self.0.content.size > 0
    }

    /// The content, after a flush that began when this was there already.
    pub(super) fn flushed(self) -> Stored {
        self.0
    }
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Sealed").field(&self.0).finish()
    }
}

impl Stored {
    /// Says that the commit which names this content is durable, and lets go of it.
    pub fn committed(mut self) {
        self.claim.committed = true;
    }
}

impl std::fmt::Debug for Stored {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stored")
            .field("node", &self.claim.name.0)
            .field("content", &self.content)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Upload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Upload").field("node", &self.writer.claim.name.0).finish_non_exhaustive()
    }
}

impl Upload {
    pub(super) fn begin(content: &Arc<Content>, node: &NodeId) -> Result<Self, ContentError> {
        let mut bits = [0; 8];
        rand::fill(&mut bits).map_err(|_| ContentError::System("there are no random bits".into()))?;
        let name = (node.clone(), ManifestId(u64::from_ne_bytes(bits)));
        let upload = content.pins.begin_upload(&name, || content.chunks.next_number());
        let claim = Claim { content: Arc::clone(content), upload, name, new_bytes: 0, committed: false };
        Ok(Self {
            cutter: Cutter::new(),
            writer: Writer {
                claim,
                whole: digest::Context::new(&SHA256),
                pages: PageWriter::default(),
                submitter: Submitter::default(),
                flusher: Flusher::default(),
                scratch: Vec::new(),
                size: 0,
                reused_bytes: 0,
                unflushed: 0,
            },
            failure: None,
        })
    }

    /// Takes the next bytes. Blocks while they are written: the caller's source waits so long.
    ///
    /// # Errors
    /// [`ContentError`]; the upload is of no use then, and every later call fails likewise.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), ContentError> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        self.take(bytes).inspect_err(|error| self.failure = Some(error.clone()))
    }

    fn take(&mut self, mut bytes: &[u8]) -> Result<(), ContentError> {
        while !bytes.is_empty() {
            let taken = self.cutter.push(bytes);
            bytes = &bytes[taken..];
            while let Some(chunk) = self.cutter.next_chunk(false) {
                self.writer.put(chunk)?;
            }
        }
        Ok(())
    }

    /// Writes what is left and makes all of it durable but the last manifest page, which the caller commits.
    ///
    /// # Errors
    /// [`ContentError`]; nothing but collectable space is left then.
    pub fn finish(self) -> Result<Stored, ContentError> {
        let sealed = self.seal()?;
        // Even when nothing is new: a reused chunk may be another upload's that is not flushed yet.
        if sealed.needs_flush() {
            sealed.0.claim.content.flush()?;
        }
        Ok(sealed.0)
    }

    /// Writes what is left. What comes of it is made durable by [`Content::line_up`], together with others.
    ///
    /// # Errors
    /// As [`Upload::finish`].
    pub fn seal(mut self) -> Result<Sealed, ContentError> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        while let Some(chunk) = self.cutter.next_chunk(true) {
            self.writer.put(chunk)?;
        }
        self.writer.seal()
    }

    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.cutter.held() + self.writer.scratch.capacity()
    }
}

impl Writer {
    fn content(&self) -> &Arc<Content> {
        &self.claim.content
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), ContentError> {
        self.whole.update(bytes);
        let hash = hash_of(bytes);
        let counters = &self.content().counters;
        counters.received.fetch_add(bytes.len() as u64, Relaxed);
        let number = if let Some(number) = self.reuse(&hash, bytes)? {
            self.content().counters.reused.fetch_add(1, Relaxed);
            self.reused_bytes += bytes.len() as u64;
            number
        } else {
            self.store(&hash, bytes)?
        };
        self.size += bytes.len() as u64;
        let length = u16::try_from(bytes.len()).map_err(|_| ContentError::System("a chunk is too long".into()))?;
        if let Some(page) = self.pages.push(Entry { number, length, hash }) {
            let (key, value) = self.page_record(page);
            let content = Arc::clone(self.content());
            self.submitter.submit(content.engine(), &Batch::new().set(key, value))?;
        }
        Ok(())
    }

    /// Finds a stored chunk with exactly these bytes. One that cannot be read or differs is passed over: the chunk is stored
    /// anew then, and later contents are whole again.
    fn reuse(&self, hash: &ChunkHash, bytes: &[u8]) -> Result<Option<u64>, ContentError> {
        let content = self.content();
        content.at(Moment::BeforeLookup);
        let candidates = content.pins.reuse(self.claim.upload, || content.chunks.candidates(hash, bytes.len()))?;
        if !candidates.is_empty() {
            content.at(Moment::AfterPin);
        }
        for number in candidates {
            match content.chunks.read(number, hash) {
                Ok(stored) if stored == bytes => return Ok(Some(number)),
                Ok(_) | Err(ChunkFault::Missing) => {}
                Err(ChunkFault::Corrupt(reason)) => tracing::warn!(number, %reason, "a stored chunk is damaged"),
                // Damage that the database itself noticed: no reason not to take the bytes anew.
                Err(ChunkFault::Failed(error)) => tracing::warn!(number, %error, "a stored chunk cannot be read"),
            }
        }
        Ok(None)
    }

    fn store(&mut self, hash: &ChunkHash, bytes: &[u8]) -> Result<u64, ContentError> {
        let content = Arc::clone(self.content());
        content.health()?;
        let number = content.written(content.chunks.insert(hash, bytes, &mut self.scratch))?;
        content.counters.new.fetch_add(1, Relaxed);
        content.counters.written.fetch_add(bytes.len() as u64, Relaxed);
        self.claim.new_bytes += bytes.len() as u64;
        self.unflushed += bytes.len();
        if self.unflushed >= FLUSH_WINDOW {
            self.unflushed = 0;
            self.flusher.begin(&content)?;
            content.check_space(0)?;
        }
        Ok(number)
    }

    fn page_record(&self, (page, value): (u32, Bytes)) -> (Key, Bytes) {
        let (node, manifest) = &self.claim.name;
        (keys::manifest_page(node, *manifest, page), value)
    }

    fn seal(mut self) -> Result<Sealed, ContentError> {
        let pages: Vec<_> = self.pages.take().map(|page| self.page_record(page)).into_iter().collect();
        self.flusher.wait()?;
        self.submitter.finish()?;
        let content = ContentRef {
            manifest: (self.size > 0).then_some(self.claim.name.1),
            size: self.size,
            sha256: STANDARD.encode(self.whole.finish()),
        };
        let (new_bytes, reused_bytes) = (self.claim.new_bytes, self.reused_bytes);
        Ok(Sealed(Stored { content, pages, new_bytes, reused_bytes, claim: self.claim }))
    }
}
