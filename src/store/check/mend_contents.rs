//! Mending files whose bytes are damaged.

use std::{collections::BTreeMap, os::unix::fs::FileExt as _};

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{
    CheckProgress,
    contents::{Named, named_by, verify},
    mend::Mender,
    names::load,
    records::folded,
    repair::RepairError,
};
use crate::{
    ids::NodeId,
    store::{
        content::Page,
        engine::{Batch, Key, scan_prefix},
        records::{self, ContentRef, FileHead, NameRow, SaveKind, VersionRow, VersionStamp, keys, keys::prefix},
    },
};

const FILES: usize = 64;
const PAGES: usize = 64;

impl Mender<'_> {
    /// Reads every version of every file, and mends those that are damaged.
    pub(super) fn contents(&mut self, progress: &mut dyn FnMut(CheckProgress)) -> Result<(), RepairError> {
        let mut after: Option<Key> = None;
        let (mut files, mut bytes) = (0, 0);
        loop {
            let page = scan_prefix(self.engine(), prefix::FILES, after.as_deref(), FILES)?;
            let Some((last, _)) = page.last() else { return Ok(()) };
            after = Some(last.clone());
            for (key, _) in page {
                let Some(node) = keys::node_of(&key) else { continue };
                bytes += self.file(&node)?;
                files += 1;
                progress(CheckProgress::Contents { files, bytes });
            }
        }
    }

    /// Mends a file and returns the bytes that were read.
    fn file(&mut self, node: &NodeId) -> Result<u64, RepairError> {
        let mut verdicts: BTreeMap<_, Option<String>> = BTreeMap::new();
        let mut bytes = 0;
        let mut damaged: Vec<Named> = Vec::new();
        for named in named_by(self.engine(), node)? {
            let content = &named.content;
            let verdict =
                verdicts.entry((content.manifest, content.size, content.sha256.clone())).or_insert_with(|| {
                    bytes += content.size;
                    verify(&self.store.content, node, content)
                });
            if verdict.is_some() {
                damaged.push(named);
            }
        }
        if damaged.is_empty() {
            return Ok(bytes);
        }
        let key = keys::file(node);
        let Some(head) = load::<FileHead>(self.engine(), &key)? else { return Ok(bytes) };
        for named in &damaged {
            self.keep(&named.key)?;
            let saved = self.export(node, &head.name, named)?;
            let reason = verdicts
                .get(&(named.content.manifest, named.content.size, named.content.sha256.clone()))
                .and_then(Clone::clone)
                .unwrap_or_default();
            self.say(
                &named.key,
                &format!("{reason}; {saved} of {} bytes can be read and were moved aside", named.content.size),
            );
        }
        let current = damaged.iter().any(|named| named.key == key);
        let mut batch = Batch::new();
        for named in damaged.iter().filter(|named| named.key != key) {
            batch = batch.clear(named.key.clone());
        }
        if current {
            batch = self.fall_back(batch, node, head, &damaged)?;
        }
        self.commit(&batch)?;
        Ok(bytes)
    }

    /// Makes the newest whole version the current one; without one, the file goes to the bin, empty.
    fn fall_back(
        &mut self,
        batch: Batch,
        node: &NodeId,
        head: FileHead,
        damaged: &[Named],
    ) -> Result<Batch, RepairError> {
        let versions = self.versions(node)?;
        let newest = versions.iter().map(|(_, row)| row.version.sequence).max().unwrap_or(0);
        let whole = versions.iter().rev().find(|(key, _)| damaged.iter().all(|named| named.key != *key));
        let version = VersionStamp { sequence: newest.max(head.version.sequence) + 1, incarnation: self.incarnation };
        let modified = self.clock.wall().max(head.modified.next_tick());
        let key = keys::file(node);
        let (content, editors) = match whole {
            Some((_, row)) => (row.content.clone(), row.editors.clone()),
            None => (empty(), Vec::new()),
        };
        let row = VersionRow {
            version,
            content: content.clone(),
            at: modified,
            by: head.owner.clone(),
            editors,
            kind: SaveKind::Restored,
            reason: None,
        };
        let batch = batch.set(keys::version(node, version.sequence), records::encode(&row));
        let had = whole.map(|(_, row)| row.version.sequence);
        let head = FileHead { modified, version, content, ..head };
        if let Some(sequence) = had {
            self.say(&key, &format!("went back to version {sequence}, the newest that is whole"));
            return Ok(batch.set(key, records::encode(&head)));
        }
        self.say(&key, "no version of it is whole: put into its owner's bin, empty");
        let listed = keys::name(&head.parent, &folded(&head.name));
        let his = load::<NameRow>(self.engine(), &listed)?.is_some_and(|row| row.node == *node);
        let batch = if his && head.binned.is_none() { batch.clear(listed) } else { batch };
        Ok(self.put_into_bin(batch, node, head))
    }

    /// Writes what can be read of a content into a file, each byte in its place, and returns how many bytes that are.
    fn export(&mut self, node: &NodeId, name: &str, named: &Named) -> Result<u64, RepairError> {
        let Some(manifest) = named.content.manifest else { return Ok(0) };
        let number = if named.key.starts_with(prefix::FILES) { None } else { keys::last_part(&named.key) };
        let Some(number) = number else {
            // The same bytes are in the history.
            return self.readable(node, named, None);
        };
        if self.readable(node, named, None)? == 0 {
            return Ok(0);
        }
        let kind = if named.key.starts_with(prefix::RESCUED) { "rescued-" } else { "" };
        let label = format!("{}-{kind}{number}-{:016x}-{name}", node.as_str(), manifest.0);
        let path = self.aside.root().to_owned();
        let file = self.aside.content(&label).map_err(|error| RepairError::Aside { path, error })?;
        let saved = self.readable(node, named, Some(&file))?;
        file.sync_all().map_err(|error| RepairError::Aside { path: self.aside.root().to_owned(), error })?;
        Ok(saved)
    }

    fn readable(&self, node: &NodeId, named: &Named, file: Option<&std::fs::File>) -> Result<u64, RepairError> {
        let Some(manifest) = named.content.manifest else { return Ok(0) };
        let prefix = keys::manifest_pages(node, manifest);
        let (mut after, mut saved): (Option<Key>, u64) = (None, 0);
        loop {
            let pages = scan_prefix(self.engine(), &prefix, after.as_deref(), PAGES)?;
            let Some((last, _)) = pages.last() else { return Ok(saved) };
            after = Some(last.clone());
            for page in pages.into_iter().filter_map(|(_, record)| Page::decode(record.value).ok()) {
                let mut offset = page.start();
                for entry in page.entries() {
                    let end = offset.saturating_add(entry.length.into());
                    if let Ok(bytes) = self.store.content.chunks().read(entry.number, &entry.hash)
                        && end <= named.content.size
                        && digest(&SHA256, &bytes).as_ref()[..16] == entry.hash
                    {
                        saved += bytes.len() as u64;
                        let written = file.map_or(Ok(()), |file| file.write_all_at(&bytes, offset));
                        written.map_err(|error| RepairError::Aside { path: self.aside.root().to_owned(), error })?;
                    }
                    offset = end;
                }
            }
        }
    }
}

fn empty() -> ContentRef {
    ContentRef { manifest: None, size: 0, sha256: STANDARD.encode(digest(&SHA256, b"")) }
}
