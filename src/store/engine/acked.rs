//! A small file with the last acknowledged revision, to notice a log that lost its tail.
//!
//! The database drops what it cannot read at the end of its log without a word: that is right after a crash, and wrong after
//! damage. This file is the second witness. It has two slots that are written in turn, each with its checksum, so that one of
//! them is always whole; it never grows, so that it can be written on a full disk.

use std::{
    fs::{File, OpenOptions},
    io,
    os::unix::fs::FileExt as _,
    path::Path,
};

use super::Revision;

const SLOT_LEN: usize = 12;
/// The slots lie in different sectors of the disk.
const SLOT_OFFSETS: [u64; 2] = [0, 4096];

pub(super) struct AckedFile {
    file: File,
    last: Option<Revision>,
    next_slot: usize,
}

impl AckedFile {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        let [first, second] = SLOT_OFFSETS.map(|offset| read_slot(&file, offset));
        Ok(Self { file, last: first.max(second), next_slot: usize::from(first >= second) })
    }

    /// What was written last, if anything was.
    pub(super) const fn last(&self) -> Option<Revision> {
        self.last
    }

    /// Writes a revision if it is newer, and makes it durable.
    pub(super) fn write(&mut self, revision: Revision) -> io::Result<()> {
        if self.last.is_some_and(|last| revision <= last) {
            return Ok(());
        }
        let number = revision.to_be_bytes();
        let checksum = crc32fast::hash(&number).to_be_bytes();
        let slot = [number.as_slice(), &checksum].concat();
        self.file.write_all_at(&slot, SLOT_OFFSETS[self.next_slot])?;
        self.file.sync_data()?;
        self.next_slot = 1 - self.next_slot;
        self.last = Some(revision);
        Ok(())
    }
}

fn read_slot(file: &File, offset: u64) -> Option<Revision> {
    let mut slot = [0; SLOT_LEN];
    file.read_exact_at(&mut slot, offset).ok()?;
    let (number, checksum) = slot.split_first_chunk()?;
    (crc32fast::hash(number).to_be_bytes() == checksum).then(|| Revision::from_be_bytes(*number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_revision_is_found_again_and_never_goes_back() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("acked");
        assert_eq!(AckedFile::open(&path).unwrap().last(), None);
        for revision in [1, 5, 3, 9, 9, 12] {
            let mut file = AckedFile::open(&path).unwrap();
            file.write(revision).unwrap();
            let expected = Some(revision.max(file.last().unwrap()));
            assert_eq!(AckedFile::open(&path).unwrap().last(), expected);
        }
        assert_eq!(std::fs::metadata(&path).unwrap().len(), 4096 + 12);
    }

    #[test]
    fn a_slot_torn_by_a_crash_leaves_the_other() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("acked");
        let mut file = AckedFile::open(&path).unwrap();
        file.write(7).unwrap();
        file.write(8).unwrap();
        for (offset, left) in [(SLOT_OFFSETS[0], 7), (SLOT_OFFSETS[1], 8)] {
            let whole = std::fs::read(&path).unwrap();
            file.file.write_all_at(&[0xEE; 5], offset + 6).unwrap();
            let mut reopened = AckedFile::open(&path).unwrap();
            assert_eq!(reopened.last(), Some(left));
            reopened.write(left + 100).unwrap();
            assert_eq!(AckedFile::open(&path).unwrap().last(), Some(left + 100));
            std::fs::write(&path, whole).unwrap();
        }
    }
}
