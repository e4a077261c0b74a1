//! Where damage is moved: a directory of its own below the data directory, `damaged/<time>/`.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use crate::{clock::Timestamp, store::sled::sync_directory};

/// The longest name that is given, in bytes: file systems take 255.
const LONGEST_NAME: usize = 200;

/// The place of one repair. It is made when something is put there.
#[derive(Debug)]
pub(super) struct Aside {
    root: PathBuf,
    used: bool,
}

impl Aside {
    pub(super) fn new(data: &Path, at: Timestamp) -> Self {
        Self { root: data.join("damaged").join(at.unix_ms().to_string()), used: false }
    }

    /// The place, if anything is there.
    pub(super) fn used(self) -> Option<PathBuf> {
        self.used.then_some(self.root)
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Keeps a record as it was.
    pub(super) fn record(&mut self, key: &[u8], value: &[u8]) -> io::Result<()> {
        let (mut file, directory) = self.create("records", &file_name(key))?;
        file.write_all(value)?;
        file.sync_all()?;
        sync_directory(&directory)
    }

    /// Makes a file for bytes of a content.
    pub(super) fn content(&mut self, name: &str) -> io::Result<File> {
        self.create("files", &file_name(name.as_bytes())).map(|(file, _)| file)
    }

    /// Moves a whole directory here.
    pub(super) fn directory(&mut self, from: &Path, name: &str) -> io::Result<()> {
        let root = self.root.clone();
        self.make(&root)?;
        fs::rename(from, self.root.join(name))?;
        sync_directory(&self.root)?;
        from.parent().map_or(Ok(()), sync_directory)
    }

    fn make(&mut self, directory: &Path) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
        self.used = true;
        Ok(())
    }

    fn create(&mut self, below: &str, name: &str) -> io::Result<(File, PathBuf)> {
        let directory = self.root.join(below);
        self.make(&directory)?;
        for attempt in 0_u32.. {
            let name = if attempt == 0 { name.to_owned() } else { format!("{name}.{attempt}") };
            let created = OpenOptions::new().write(true).create_new(true).mode(0o600).open(directory.join(name));
            match created {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                created => return Ok((created?, directory)),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }
}

/// A key as the name of a file: what is not a letter, a digit or one of `-_.` as `%XX`.
fn file_name(key: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut name = String::new();
    for &byte in key {
        if byte.is_ascii_alphanumeric() || b"-_".contains(&byte) || (byte == b'.' && !name.is_empty()) {
            name.push(byte.into());
        } else {
            // Writing into a `String` cannot fail.
            let _ = write!(name, "%{byte:02X}");
        }
    }
    if name.len() > LONGEST_NAME {
        name.truncate(LONGEST_NAME);
        let _ = write!(name, "-{:08x}", crc32fast::hash(key));
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_key_becomes_a_name_that_stays_in_the_directory() {
        assert_eq!(file_name(b"f/Ab-9_"), "f%2FAb-9_");
        assert_eq!(file_name(b"../x"), "%2E.%2Fx");
        assert_eq!(file_name("ä.docx".as_bytes()), "%C3%A4.docx");
        let long = [file_name(&[b'a'; 1024]), file_name(&[b'a'; 1023])];
        assert!(long[0] != long[1] && long.iter().all(|name| name.len() < 255));
    }
}
