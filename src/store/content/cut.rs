//! Cuts a stream of bytes into chunks by content, so that an insertion changes few chunks.

use fastcdc::v2020::{Normalization, cut, select_masks};

/// The shortest chunk, in bytes; only the last one of a content may be shorter.
pub const MIN_CHUNK: usize = 4 * 1024;
/// What most chunks are about as long as, in bytes.
pub const AVERAGE_CHUNK: usize = 8 * 1024;
/// The longest chunk, in bytes. Seventeen of them must stay under a quarter of a content segment.
pub const MAX_CHUNK: usize = 16 * 1024;

/// How much is held back at most, in bytes. Anything over [`MAX_CHUNK`] works; more saves moving what is left over.
const CAPACITY: usize = 16 * MAX_CHUNK;

/// Holds what was written and not yet cut. A cut is final once [`MAX_CHUNK`] bytes follow its start, or nothing follows
/// any more: so the chunks do not depend on how the bytes were split into writes.
pub(super) struct Cutter {
    buffer: Vec<u8>,
    start: usize,
    strict: u64,
    relaxed: u64,
}

impl Cutter {
    pub(super) fn new() -> Self {
        let (strict, relaxed) = select_masks(AVERAGE_CHUNK, Normalization::Level1);
        Self { buffer: Vec::new(), start: 0, strict, relaxed }
    }

    /// Takes as many bytes as there is room for and returns their number; 0 only when there are chunks to take out.
    pub(super) fn push(&mut self, bytes: &[u8]) -> usize {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        let taken = bytes.len().min(CAPACITY - self.buffer.len());
        self.buffer.extend_from_slice(&bytes[..taken]);
        taken
    }

    /// The next chunk; with `end`, nothing will follow and the rest is cut too.
    pub(super) fn next_chunk(&mut self, end: bool) -> Option<&[u8]> {
        let rest = &self.buffer[self.start..];
        if rest.is_empty() || (!end && rest.len() < MAX_CHUNK) {
            return None;
        }
        let (_, length) = cut(
            rest,
            MIN_CHUNK,
            AVERAGE_CHUNK,
            MAX_CHUNK,
            self.strict,
            self.relaxed,
            self.strict << 1,
            self.relaxed << 1,
        );
        let from = self.start;
        self.start += length;
        Some(&self.buffer[from..self.start])
    }

    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.buffer.capacity()
    }
}
