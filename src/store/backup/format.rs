//! Sections and what is in them: writing, and reading with every check that can be made.

use std::io::{self, Read, Write};

use aws_lc_rs::digest::{self, SHA256};
use bytes::{Buf as _, Bytes};
use serde::{Deserialize, Serialize};

use super::{Progress, ReadError, Summary};
use crate::{
    clock::Timestamp,
    store::{
        content::MAX_CHUNK,
        engine::{Key, MAX_KEY, MAX_VALUE, Revision, raw},
    },
};

/// The format that this program writes.
pub const FORMAT: u32 = 1;

const MAGIC: [u8; 8] = *b"LHBACKUP";
/// A section is closed when its payload has grown to this.
const SECTION: usize = 256 * 1024;
/// A section that claims to be longer is damaged.
const LONGEST_SECTION: usize = 4 * 1024 * 1024;
const HEADER: usize = 1 + 4;

const FACTS: u8 = 1;
const RECORDS: u8 = 2;
const CHUNKS: u8 = 3;
const TRAILER: u8 = 4;

/// The first section.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Facts {
    pub(super) time: String,
    pub(super) product: String,
    pub(super) incarnation: u32,
    /// No record has a higher revision.
    pub(super) revision: Revision,
}

/// The last section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Trailer {
    pub(super) records: u64,
    pub(super) chunks: u64,
    pub(super) chunk_bytes: u64,
    pub(super) unreadable: u64,
    pub(super) sha256: String,
}

pub(super) fn summary(facts: &Facts, trailer: Trailer) -> Option<Summary> {
    Some(Summary {
        time: Timestamp::parse_iso(&facts.time)?,
        product: facts.product.clone(),
        incarnation: facts.incarnation,
        records: trailer.records,
        chunks: trailer.chunks,
        chunk_bytes: trailer.chunk_bytes,
        unreadable: trailer.unreadable,
        sha256: trailer.sha256,
        damaged: Vec::new(),
    })
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing into a `String` cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn json<T: Serialize>(value: &T) -> io::Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(io::Error::other)
}

/// Writes sections.
pub(super) struct Writer<'a> {
    out: &'a mut dyn Write,
    whole: digest::Context,
    kind: u8,
    payload: Vec<u8>,
    trailer: Trailer,
}

impl<'a> Writer<'a> {
    pub(super) fn begin(out: &'a mut dyn Write, facts: &Facts) -> io::Result<Self> {
        let trailer = Trailer { records: 0, chunks: 0, chunk_bytes: 0, unreadable: 0, sha256: String::new() };
        let payload = json(facts)?;
        let mut writer = Self { out, whole: digest::Context::new(&SHA256), kind: FACTS, payload, trailer };
        writer.put(&MAGIC)?;
        writer.put(&FORMAT.to_be_bytes())?;
        writer.close_section()?;
        Ok(writer)
    }

    pub(super) fn record(&mut self, key: &[u8], revision: Revision, value: &[u8]) -> io::Result<()> {
        let key_len = u16::try_from(key.len()).map_err(|_| io::Error::other("a key is too long"))?;
        self.room(RECORDS)?;
        self.payload.extend_from_slice(&key_len.to_be_bytes());
        self.payload.extend_from_slice(key);
        self.payload.extend_from_slice(&revision.to_be_bytes());
        self.payload.extend_from_slice(&length(value)?);
        self.payload.extend_from_slice(value);
        self.trailer.records += 1;
        Ok(())
    }

    pub(super) fn chunk(&mut self, number: u64, bytes: &[u8]) -> io::Result<()> {
        self.room(CHUNKS)?;
        self.payload.extend_from_slice(&number.to_be_bytes());
        self.payload.extend_from_slice(&length(bytes)?);
        self.payload.extend_from_slice(bytes);
        self.trailer.chunks += 1;
        self.trailer.chunk_bytes += bytes.len() as u64;
        Ok(())
    }

    pub(super) const fn counts(&self) -> &Trailer {
        &self.trailer
    }

    pub(super) fn finish(mut self, unreadable: u64) -> io::Result<Trailer> {
        self.close_section()?;
        self.trailer.unreadable = unreadable;
        self.trailer.sha256 = hex(self.whole.clone().finish().as_ref());
        self.kind = TRAILER;
        self.payload = json(&self.trailer)?;
        self.close_section()?;
        self.out.flush()?;
        Ok(self.trailer)
    }

    /// Makes room in a section of this kind.
    fn room(&mut self, kind: u8) -> io::Result<()> {
        if self.kind != kind || self.payload.len() >= SECTION {
            self.close_section()?;
            self.kind = kind;
        }
        Ok(())
    }

    fn close_section(&mut self) -> io::Result<()> {
        if self.payload.is_empty() {
            return Ok(());
        }
        let mut payload = std::mem::take(&mut self.payload);
        let mut header = [self.kind; HEADER];
        header[1..].copy_from_slice(&length(&payload)?);
        let mut sum = crc32fast::Hasher::new();
        sum.update(&header);
        sum.update(&payload);
        self.put(&header)?;
        self.put(&payload)?;
        self.put(&sum.finalize().to_be_bytes())?;
        payload.clear();
        self.payload = payload;
        Ok(())
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.whole.update(bytes);
        self.out.write_all(bytes)
    }
}

fn length(bytes: &[u8]) -> io::Result<[u8; 4]> {
    u32::try_from(bytes.len()).map(u32::to_be_bytes).map_err(|_| io::Error::other("a value is too long"))
}

/// What a section holds.
pub(super) enum Section {
    Records(Vec<(Key, Revision, Bytes)>),
    Chunks(Vec<(u64, Bytes)>),
}

/// Reads sections and checks them.
pub(super) struct Reader<'a> {
    input: &'a mut dyn Read,
    whole: digest::Context,
    at: u64,
    facts: Facts,
    last_key: Key,
    last_chunk: u64,
    records: u64,
    chunks: u64,
    chunk_bytes: u64,
    summary: Option<Summary>,
}

impl<'a> Reader<'a> {
    pub(super) fn begin(input: &'a mut dyn Read) -> Result<Self, ReadError> {
        let facts =
            Facts { time: String::new(), product: String::new(), incarnation: 0, revision: Revision::default() };
        let mut reader = Self {
            input,
            whole: digest::Context::new(&SHA256),
            at: 0,
            facts,
            last_key: Key::new(),
            last_chunk: 0,
            records: 0,
            chunks: 0,
            chunk_bytes: 0,
            summary: None,
        };
        let mut head = [0; MAGIC.len() + 4];
        let read = reader.fill(&mut head)?;
        if read < MAGIC.len() || head[..MAGIC.len()] != MAGIC {
            // What is cut off before its first bytes are over is nobody's backup either.
            return Err(ReadError::NotABackup);
        }
        if read < head.len() {
            return Err(ReadError::Truncated { at: read as u64 });
        }
        let format = Bytes::copy_from_slice(&head[MAGIC.len()..]).get_u32();
        if format != FORMAT {
            return Err(ReadError::Newer { found: format });
        }
        reader.whole.update(&head);
        reader.at = head.len() as u64;
        let (kind, payload) = reader.section()?;
        if kind != FACTS {
            return Err(reader.damaged("it does not begin with its facts"));
        }
        reader.facts = serde_json::from_slice(&payload).map_err(|error| reader.damaged(&error.to_string()))?;
        if Timestamp::parse_iso(&reader.facts.time).is_none() {
            return Err(reader.damaged("its time is none"));
        }
        if reader.facts.revision > raw::HIGHEST {
            return Err(reader.damaged("it cannot have seen so many changes"));
        }
        Ok(reader)
    }

    pub(super) const fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The next section; `None` after the trailer, which has proved the whole then.
    pub(super) fn next(&mut self) -> Result<Option<Section>, ReadError> {
        if self.summary.is_some() {
            return Ok(None);
        }
        let before = self.whole.clone();
        let (kind, payload) = self.section()?;
        match kind {
            RECORDS if self.chunks == 0 => self.records(payload).map(Some),
            CHUNKS => self.chunks(payload).map(Some),
            TRAILER => self.trailer(&payload, before).map(|()| None),
            _ => Err(self.damaged("a section is of an unknown kind or out of its place")),
        }
    }

    /// What the trailer said; only after [`Reader::next`] returned `None`.
    pub(super) fn into_summary(self) -> Result<Summary, ReadError> {
        self.summary.ok_or(ReadError::Truncated { at: self.at })
    }

    pub(super) fn progress(&self) -> Progress {
        if self.chunks > 0 {
            Progress::Contents { bytes: self.chunk_bytes, done: self.chunks, of: None }
        } else {
            Progress::Records { done: self.records }
        }
    }

    fn records(&mut self, mut payload: Bytes) -> Result<Section, ReadError> {
        let mut records = Vec::new();
        while !payload.is_empty() {
            let record = take_record(&mut payload).ok_or_else(|| self.damaged("a record is cut off"))?;
            let (key, revision, value) = &record;
            let possible = !raw::is_reserved(key) && key.len() <= MAX_KEY && value.len() <= MAX_VALUE;
            if !possible || *key <= self.last_key || *revision > self.facts.revision {
                return Err(self.damaged("a record is not one, or out of its place"));
            }
            self.last_key.clone_from(key);
            records.push(record);
        }
        self.records += records.len() as u64;
        Ok(Section::Records(records))
    }

    fn chunks(&mut self, mut payload: Bytes) -> Result<Section, ReadError> {
        let mut chunks = Vec::new();
        while !payload.is_empty() {
            let (number, bytes) = take_chunk(&mut payload).ok_or_else(|| self.damaged("a chunk is cut off"))?;
            if number <= self.last_chunk || number > raw::HIGHEST || bytes.is_empty() || bytes.len() > MAX_CHUNK {
                return Err(self.damaged("a chunk is not one, or out of its place"));
            }
            self.last_chunk = number;
            self.chunk_bytes += bytes.len() as u64;
            chunks.push((number, bytes));
        }
        self.chunks += chunks.len() as u64;
        Ok(Section::Chunks(chunks))
    }

    fn trailer(&mut self, payload: &[u8], before: digest::Context) -> Result<(), ReadError> {
        let trailer: Trailer =
            serde_json::from_slice(payload).map_err(|error| self.damaged(&format!("its trailer is none: {error}")))?;
        let found = Trailer {
            records: self.records,
            chunks: self.chunks,
            chunk_bytes: self.chunk_bytes,
            unreadable: trailer.unreadable,
            sha256: hex(before.finish().as_ref()),
        };
        if found != trailer {
            return Err(self.damaged("its trailer does not fit what is before it"));
        }
        let mut more = [0];
        if self.fill(&mut more)? > 0 {
            return Err(self.damaged("there is something after its end"));
        }
        self.summary = summary(&self.facts, trailer);
        Ok(())
    }

    fn section(&mut self) -> Result<(u8, Bytes), ReadError> {
        let mut header = [0; HEADER];
        self.all(&mut header)?;
        let length = u32::from_be_bytes([header[1], header[2], header[3], header[4]]) as usize;
        if length == 0 || length > LONGEST_SECTION {
            return Err(self.damaged("a section has an impossible length"));
        }
        let mut payload = vec![0; length];
        self.all(&mut payload)?;
        let mut sum = [0; 4];
        self.all(&mut sum)?;
        let mut expected = crc32fast::Hasher::new();
        expected.update(&header);
        expected.update(&payload);
        if expected.finalize().to_be_bytes() != sum {
            return Err(self.damaged("the checksum of a section is wrong"));
        }
        self.whole.update(&header);
        self.whole.update(&payload);
        self.whole.update(&sum);
        self.at += (HEADER + length + sum.len()) as u64;
        Ok((header[0], payload.into()))
    }

    fn all(&mut self, buffer: &mut [u8]) -> Result<(), ReadError> {
        let read = self.fill(buffer)?;
        if read < buffer.len() { Err(ReadError::Truncated { at: self.at + read as u64 }) } else { Ok(()) }
    }

    /// Reads until the buffer is full or the input ends.
    fn fill(&mut self, buffer: &mut [u8]) -> Result<usize, ReadError> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.input.read(&mut buffer[filled..]) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(ReadError::Io(error)),
            }
        }
        Ok(filled)
    }

    fn damaged(&self, reason: &str) -> ReadError {
        ReadError::Damaged { at: self.at, reason: reason.into() }
    }
}

fn take(payload: &mut Bytes, length: usize) -> Option<Bytes> {
    (payload.len() >= length).then(|| payload.split_to(length))
}

fn take_record(payload: &mut Bytes) -> Option<(Key, Revision, Bytes)> {
    let key_len = payload.try_get_u16().ok()?;
    let key = take(payload, key_len.into())?.to_vec();
    let revision = payload.try_get_u64().ok()?;
    let value_len = payload.try_get_u32().ok()?;
    Some((key, revision, take(payload, value_len as usize)?))
}

fn take_chunk(payload: &mut Bytes) -> Option<(u64, Bytes)> {
    let number = payload.try_get_u64().ok()?;
    let length = payload.try_get_u32().ok()?;
    Some((number, take(payload, length as usize)?))
}

/// Reads a whole backup and proves that it is one, complete and unaltered. Memory does not grow with it.
///
/// # Errors
/// [`ReadError`].
pub fn verify(input: &mut dyn Read, progress: &mut dyn FnMut(Progress)) -> Result<Summary, ReadError> {
    let mut reader = Reader::begin(input)?;
    while reader.next()?.is_some() {
        progress(reader.progress());
    }
    reader.into_summary()
}

/// As [`verify`], and writes every byte to `out` on the way: what arrives over a network is proved while it is stored.
///
/// # Errors
/// [`ReadError`]; [`ReadError::Io`] also when `out` cannot be written. What was written is of no use then.
pub fn copy(
    input: &mut dyn Read,
    out: &mut dyn Write,
    progress: &mut dyn FnMut(Progress),
) -> Result<Summary, ReadError> {
    let mut tee = Tee { input, out };
    let summary = verify(&mut tee, progress)?;
    out.flush().map_err(ReadError::Io)?;
    Ok(summary)
}

struct Tee<'a> {
    input: &'a mut dyn Read,
    out: &'a mut dyn Write,
}

impl Read for Tee<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.out.write_all(&buffer[..read])?;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn backup(revision: Revision, chunk: u64) -> Result<Summary, ReadError> {
        let time = Timestamp::from_unix_ms(0).to_iso();
        let facts = Facts { time, product: "0".to_owned(), incarnation: 1, revision };
        let mut bytes = Vec::new();
        let mut writer = Writer::begin(&mut bytes, &facts).unwrap();
        writer.record(b"a/anna", 1, b"x").unwrap();
        writer.chunk(chunk, b"bytes").unwrap();
        writer.finish(0).unwrap();
        verify(&mut bytes.as_slice(), &mut |_| ())
    }

    #[test]
    fn numbers_after_which_a_store_could_not_go_on_are_damage() {
        assert!(backup(1, 1).is_ok());
        assert!(backup(raw::HIGHEST, raw::HIGHEST).is_ok());
        for (revision, chunk) in [(u64::MAX, 1), (raw::HIGHEST + 1, 1), (1, u64::MAX), (1, raw::HIGHEST + 1)] {
            let refused = backup(revision, chunk);
            assert!(matches!(refused, Err(ReadError::Damaged { .. })), "{revision} {chunk}: {refused:?}");
        }
    }
}
