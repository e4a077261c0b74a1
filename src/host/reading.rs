//! Bytes on their way out.
//!
//! A reader streams the manifest that it resolved at its start: it sees one version whole, whatever is saved meanwhile, and
//! the collection spares what it still needs.

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use tokio::runtime::Handle;

use super::{Host, HostError, access::Access, threads::blocking};
use crate::{
    ids::NodeId,
    store::{
        content::Reader,
        records::{self, ContentRef, FileHead, VersionRow, VersionStamp, keys},
    },
};

/// Contents up to this many bytes are read at once, so that head and body leave in one piece.
const SMALL: u64 = 64 * 1024;

/// Bytes read in one go of a larger content.
const PIECE: usize = 256 * 1024;

/// How often a content is looked for again when the version was replaced meanwhile.
const ATTEMPTS: usize = 32;

/// A content that is ready to be read.
#[derive(Debug)]
pub struct Reading {
    /// The file as it was when reading began.
    pub head: FileHead,
    /// The content: the file's current one, or an earlier one.
    pub content: ContentRef,
    reader: Option<Reader>,
    threads: Handle,
    left: u64,
}

impl Reading {
    /// Bytes that are still to come.
    pub const fn left(&self) -> u64 {
        self.left
    }

    /// Leaves out everything before `offset` and after `length` more bytes: for ranges (RFC 9110 section 14).
    pub fn slice(&mut self, offset: u64, length: u64) {
        if let Some(reader) = &mut self.reader {
            reader.seek(offset);
        }
        self.left = self.content.size.saturating_sub(offset).min(length);
    }

    /// The next bytes; `None` at the end.
    ///
    /// # Errors
    /// [`HostError::Corrupt`] when a chunk cannot be read back as it was written.
    pub async fn next(&mut self) -> Result<Option<Bytes>, HostError> {
        if self.left == 0 {
            return Ok(None);
        }
        let Some(mut reader) = self.reader.take() else { return Err(HostError::Failed("the reader failed".into())) };
        let most = usize::try_from(self.left).unwrap_or(PIECE).min(PIECE);
        let whole = self.content.size;
        let read = move || reader.next(most).map(|piece| (reader, piece));
        // Some chunks from the page cache take less time than the way to another thread and back.
        let (reader, piece) = if whole <= SMALL { read()? } else { blocking(&self.threads, read).await? };
        self.reader = Some(reader);
        self.left -= piece.as_ref().map_or(self.left, |piece| piece.len() as u64);
        Ok(piece)
    }

    /// The bytes as a stream. The first piece is read before: damage at the start is an error here, not a torn body; later
    /// damage is logged and ends the stream with an error, so that whoever receives it sees that it is cut off.
    ///
    /// # Errors
    /// As [`Reading::next`].
    pub async fn into_stream(
        mut self,
    ) -> Result<impl Stream<Item = Result<Bytes, HostError>> + Send + Unpin + 'static, HostError> {
        let first = self.next().await?;
        let rest = stream::unfold(Some(self), |reading| async move {
            let mut reading = reading?;
            match reading.next().await {
                Ok(Some(piece)) => Some((Ok(piece), Some(reading))),
                Ok(None) => None,
                Err(error) => {
                    tracing::error!(%error, "a download was cut off: {error}");
                    Some((Err(error), None))
                }
            }
        });
        Ok(stream::iter(first.map(Ok)).chain(Box::pin(rest)))
    }

    /// All bytes of a small content.
    ///
    /// # Errors
    /// As [`Reading::next`].
    pub async fn all_if_small(&mut self) -> Result<Option<Bytes>, HostError> {
        if self.left > SMALL {
            return Ok(None);
        }
        let mut all = bytes::BytesMut::new();
        while let Some(piece) = self.next().await? {
            all.extend_from_slice(&piece);
        }
        Ok(Some(all.freeze()))
    }
}

impl Host {
    /// The content of the file of `access` as it was when that was given, if it is small and was read lately.
    pub fn kept_content(&self, access: &Access) -> Option<(VersionStamp, Bytes)> {
        let head = access.head.as_ref()?;
        let bytes = self.0.small.get(access.file().ok()?, head.content.manifest?)?;
        Some((head.version, bytes))
    }

    /// Keeps a whole small content for whoever reads it next.
    pub fn keep_content(&self, file: &NodeId, content: &ContentRef, bytes: &Bytes) {
        if let Some(manifest) = content.manifest.filter(|_| content.size == bytes.len() as u64) {
            self.0.small.put(file, manifest, bytes.clone());
        }
    }

    /// Opens the current content of a file.
    ///
    /// # Errors
    /// [`HostError::NotFound`] and what the store says.
    pub fn read(&self, file: &NodeId) -> Result<Reading, HostError> {
        for _ in 0..ATTEMPTS {
            let head = self.head(file)?;
            let content = head.content.clone();
            let Some(manifest) = content.manifest else {
                return Ok(Reading { left: 0, head, content, reader: None, threads: self.threads()? });
            };
            // Between reading the head and pinning, the version may have been replaced and collected: look again.
            let Some(pin) = self.content().pin(file, manifest) else { continue };
            if self.head(file)?.content.manifest == Some(manifest) || self.names_manifest(file, &head)? {
                let reader = self.content().reader(pin, content.size);
                return Ok(Reading {
                    left: content.size,
                    head,
                    content,
                    reader: Some(reader),
                    threads: self.threads()?,
                });
            }
        }
        Err(HostError::Overloaded)
    }

    /// Whether the version row of `head` is still there.
    fn names_manifest(&self, file: &NodeId, head: &FileHead) -> Result<bool, HostError> {
        Ok(self.engine().get(&keys::version(file, head.version.sequence))?.is_some())
    }

    /// Opens an earlier or a rescued content by the key of its row.
    pub(super) fn read_row(&self, file: &NodeId, key: &[u8]) -> Result<(VersionRow, Reading), HostError> {
        let row = |host: &Self| -> Result<VersionRow, HostError> {
            let record = host.engine().get(key)?.ok_or(HostError::NotFound)?;
            Ok(records::decode(key, &record.value)?)
        };
        let found = row(self)?;
        let head = self.head_anywhere(file)?.ok_or(HostError::NotFound)?;
        let content = found.content.clone();
        let Some(manifest) = content.manifest else {
            return Ok((found, Reading { left: 0, head, content, reader: None, threads: self.threads()? }));
        };
        let pin = self.content().pin(file, manifest).ok_or(HostError::NotFound)?;
        let found = row(self)?;
        let reader = self.content().reader(pin, content.size);
        Ok((found, Reading { left: content.size, head, content, reader: Some(reader), threads: self.threads()? }))
    }
}
