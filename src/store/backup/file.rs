//! A file that appears whole or not at all, for its owner's eyes only.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Write},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use super::{BackupError, Progress, Summary, write};
use crate::{
    clock::Clock,
    store::{Store, sled::sync_directory},
};

const BUFFER: usize = 256 * 1024;

/// A file in the making: under another name until [`NewFile::keep`], gone when dropped before.
#[derive(Debug)]
pub struct NewFile {
    out: BufWriter<File>,
    unfinished: PathBuf,
    path: PathBuf,
    kept: bool,
}

impl NewFile {
    /// Begins the file `path`, which may exist: it is replaced at the end.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn create(path: &Path) -> io::Result<Self> {
        let name = path.file_name().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "this names no file"))?;
        let mut unfinished_name = OsString::from(".");
        unfinished_name.push(name);
        unfinished_name.push(format!(".{}.partial", std::process::id()));
        let unfinished = path.with_file_name(unfinished_name);
        match fs::remove_file(&unfinished) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
        Ok(Self { out: BufWriter::with_capacity(BUFFER, file), unfinished, path: path.to_owned(), kept: false })
    }

    /// Makes it durable and gives it its name.
    ///
    /// # Errors
    /// What the operating system says; nothing is left then.
    pub fn keep(mut self) -> io::Result<()> {
        self.out.flush()?;
        self.out.get_ref().sync_all()?;
        fs::rename(&self.unfinished, &self.path)?;
        self.kept = true;
        let parent = self.path.parent().filter(|parent| !parent.as_os_str().is_empty());
        sync_directory(parent.unwrap_or(Path::new(".")))
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.kept
            && let Err(error) = fs::remove_file(&self.unfinished)
        {
            tracing::warn!(file = %self.unfinished.display(), %error, "an unfinished file could not be removed");
        }
    }
}

/// Writes a backup to a file, which appears whole or not at all. Blocking.
///
/// # Errors
/// [`BackupError`].
pub fn write_file(
    store: &Store,
    clock: &dyn Clock,
    path: &Path,
    progress: &mut dyn FnMut(Progress),
) -> Result<Summary, BackupError> {
    let mut file = NewFile::create(path)?;
    let summary = write(store, clock, &mut file, progress)?;
    file.keep()?;
    Ok(summary)
}
