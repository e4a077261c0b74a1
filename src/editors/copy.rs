//! The last good document of each editor, in the data directory: a line of JSON that says where and when it came from, then
//! the document as it came.

use std::{
    fs::{self, DirBuilder, File},
    io::{self, Read as _, Write as _},
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::{clock::Timestamp, settings::EditorEntry};

/// The form of the files that this program writes.
const FORMAT: u32 = 1;

/// Room for the first line.
const LONGEST_LINE: u64 = 8192;

#[derive(Serialize, Deserialize)]
struct Origin {
    format: u32,
    /// A document from elsewhere is not believed any more: its keys are somebody else's.
    url: String,
    fetched: Timestamp,
    /// Of the document, against a file that was cut off.
    length: u64,
}

/// Where the copies are.
#[derive(Clone, Debug)]
pub(super) struct Copies(PathBuf);

impl Copies {
    pub(super) fn in_directory(directory: &Path) -> Self {
        Self(directory.to_owned())
    }

    fn path(&self, entry: &EditorEntry) -> PathBuf {
        // The settings allow nothing in a name that could lead elsewhere.
        self.0.join(format!("{}.xml", entry.name))
    }

    /// The document and when it was fetched; `None` when there is none that is whole and from the editor's present URL.
    pub(super) fn read(&self, entry: &EditorEntry, largest: u64) -> Option<(Vec<u8>, Timestamp)> {
        let mut bytes = Vec::new();
        let file = File::open(self.path(entry)).ok()?;
        file.take(largest.saturating_add(LONGEST_LINE)).read_to_end(&mut bytes).ok()?;
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let origin: Origin = serde_json::from_slice(&bytes[..end]).ok()?;
        let document = bytes.split_off(end + 1);
        let is_ours = origin.format == FORMAT && origin.url == entry.url && origin.length == document.len() as u64;
        is_ours.then_some((document, origin.fetched))
    }

    /// Keeps a document: whole or not at all.
    pub(super) fn write(&self, entry: &EditorEntry, document: &[u8], fetched: Timestamp) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(&self.0)?;
        let path = self.path(entry);
        let unfinished = path.with_extension("new");
        let mut file = File::create(&unfinished)?;
        let origin = Origin { format: FORMAT, url: entry.url.clone(), fetched, length: document.len() as u64 };
        serde_json::to_writer(&mut file, &origin)?;
        file.write_all(b"\n")?;
        file.write_all(document)?;
        file.sync_all()?;
        fs::rename(&unfinished, &path)?;
        File::open(&self.0)?.sync_all()
    }
}
