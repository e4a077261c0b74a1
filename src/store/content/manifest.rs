//! Manifest pages: which chunks, in which order, make up a content.
//!
//! A page is a format byte, the offset of its first byte in the content (`u64`, so that a range is found without reading
//! all pages before it), and then entries of chunk number (`u64`), length (`u16`) and the first 16 bytes of the chunk's
//! SHA-256. Numbers are big-endian.

use bytes::{Buf as _, Bytes};

use super::chunks::ChunkHash;
use crate::store::engine::MAX_VALUE;

const FORMAT: u8 = 1;
const HEADER: usize = 1 + 8;
const ENTRY: usize = 8 + 2 + 16;

/// How many chunks one page names.
pub(super) const ENTRIES: usize = (MAX_VALUE - HEADER) / ENTRY;

/// One chunk of a content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) number: u64,
    pub(crate) length: u16,
    pub(crate) hash: ChunkHash,
}

/// A page as it was read.
#[derive(Debug)]
pub(crate) struct Page {
    start: u64,
    entries: Bytes,
}

impl Page {
    /// Takes a page apart, or says why it is none.
    pub(crate) fn decode(mut value: Bytes) -> Result<Self, String> {
        match value.first() {
            Some(&FORMAT) if value.len() > HEADER && (value.len() - HEADER).is_multiple_of(ENTRY) => {
                value.advance(1);
                let start = value.get_u64();
                Ok(Self { start, entries: value })
            }
            Some(&FORMAT) => Err(format!("a manifest page of {} bytes is cut off", value.len())),
            Some(&other) => Err(format!("a manifest page has format {other}; this program knows format {FORMAT}")),
            None => Err("a manifest page is empty".to_owned()),
        }
    }

    /// The offset of the page's first byte in the content.
    pub(crate) const fn start(&self) -> u64 {
        self.start
    }

    /// The entry at a position in the page.
    pub(crate) fn entry(&self, position: usize) -> Option<Entry> {
        let at = position.checked_mul(ENTRY)?;
        let mut bytes = self.entries.get(at..at.checked_add(ENTRY)?)?;
        let (number, length) = (bytes.get_u64(), bytes.get_u16());
        let mut hash = ChunkHash::default();
        hash.copy_from_slice(bytes);
        Some(Entry { number, length, hash })
    }

    /// All entries in order.
    pub(crate) fn entries(&self) -> impl Iterator<Item = Entry> + '_ {
        (0..).map_while(|position| self.entry(position))
    }
}

/// Gathers entries into pages. A full page is handed out when another entry follows, so the last page is never empty.
#[derive(Debug, Default)]
pub(super) struct PageWriter {
    page: u32,
    offset: u64,
    buffer: Vec<u8>,
}

impl PageWriter {
    /// Adds an entry; returns the page before it when that was full.
    pub(super) fn push(&mut self, entry: Entry) -> Option<(u32, Bytes)> {
        let full = if self.buffer.len() >= HEADER + ENTRIES * ENTRY { self.take() } else { None };
        if self.buffer.is_empty() {
            self.buffer.push(FORMAT);
            self.buffer.extend_from_slice(&self.offset.to_be_bytes());
        }
        self.buffer.extend_from_slice(&entry.number.to_be_bytes());
        self.buffer.extend_from_slice(&entry.length.to_be_bytes());
        self.buffer.extend_from_slice(&entry.hash);
        self.offset += u64::from(entry.length);
        full
    }

    /// The page begun, if any.
    pub(super) fn take(&mut self) -> Option<(u32, Bytes)> {
        if self.buffer.is_empty() {
            return None;
        }
        let page = (self.page, Bytes::from(std::mem::take(&mut self.buffer)));
        self.page += 1;
        Some(page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_hold_what_was_pushed_and_fit_a_record() {
        let entries: Vec<Entry> = (0..ENTRIES as u64 * 2)
            .map(|n| Entry { number: n * 3, length: 4096 + u16::try_from(n).unwrap(), hash: [n.to_le_bytes()[0]; 16] })
            .collect();
        let mut writer = PageWriter::default();
        let mut pages: Vec<_> = entries.iter().filter_map(|&entry| writer.push(entry)).collect();
        pages.extend(writer.take());
        assert_eq!(pages.iter().map(|page| page.0).collect::<Vec<_>>(), [0, 1]);
        let mut offset = 0;
        let mut read = Vec::new();
        for (_, bytes) in pages {
            assert!(bytes.len() <= MAX_VALUE);
            let page = Page::decode(bytes).unwrap();
            assert_eq!(page.start(), offset);
            offset += page.entries().map(|entry| u64::from(entry.length)).sum::<u64>();
            read.extend(page.entries());
        }
        assert_eq!(read, entries);
        assert!(writer.take().is_none());
    }

    #[test]
    fn nonsense_is_no_page() {
        for bad in [&b""[..], b"\x01", b"\x01\0\0\0\0\0\0\0\0", b"\x01\0\0\0\0\0\0\0\0x", b"\x02aaaaaaaa"] {
            assert!(Page::decode(Bytes::copy_from_slice(bad)).is_err(), "{bad:?}");
        }
    }
}
