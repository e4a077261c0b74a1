//! The data directory: who may use it, what format it has, and where things are in it.
//!
//! | in it | what |
//! |---|---|
//! | `lock` | locked by the one process that uses the directory; its number and command are in it |
//! | `format` | the number of the directory's layout, as JSON |
//! | `meta/` | the database of records |
//! | `content/` | the database of chunks |
//! | `index/` | the database that finds a chunk by its hash |
//! | `editors/` | the last good discovery document of each editor: a cache, which may be removed at any time |
//! | `acked` | the last acknowledged revision, to notice a log that lost its tail |
//! | `damaged/` | what `lockhouse check --repair` moved aside, by time |
//! | `replaced-*/` | what was there before `lockhouse restore-backup --force` |

use std::{
    ffi::OsStr,
    fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError},
    io::{self, Read as _, Seek as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::sled::sync_directory;

/// The layout of the data directory that this program writes.
pub const DIRECTORY_FORMAT: u64 = 1;

/// Longest text that is believed to be in the small files here, in bytes.
const MAX_SMALL_FILE: u64 = 4096;

/// Why a data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// Another process uses it.
    #[error("the data directory {path} is in use by {holder}: stop that first, or choose another with --data-dir", path = .path.display())]
    InUse {
        /// The directory.
        path: PathBuf,
        /// The process, as it described itself.
        holder: String,
    },
    /// A newer program wrote it.
    #[error(
        "the data directory {path} has format {found}, written by a newer Lockhouse; this one knows formats up to \
         {DIRECTORY_FORMAT}. Nothing was changed: run the newer program", path = .path.display()
    )]
    Newer {
        /// The directory.
        path: PathBuf,
        /// Its format.
        found: u64,
    },
    /// The format file is missing beside data, or makes no sense.
    #[error(
        "the file {path} is {problem}. Nothing was changed: put it back from a copy, or restore a backup into an empty \
         directory with `lockhouse restore-backup FILE`", path = .path.display()
    )]
    Format {
        /// The format file.
        path: PathBuf,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The operating system refused.
    #[error("the data directory cannot be used: {path}: {error}", path = .path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the operating system said.
        error: io::Error,
    },
}

#[derive(Serialize, Deserialize)]
struct Format {
    format: u64,
}

/// A data directory that this process alone uses, for as long as the value lives.
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    /// Held for its lock, which the operating system frees when the process ends in whatever way.
    _lock: File,
    exposed: bool,
}

impl DataDir {
    /// Takes the directory, or creates it; it is for its owner's eyes only from then on ([`Self::is_exposed`] if not).
    ///
    /// # Errors
    /// [`DirectoryError`].
    pub fn open(path: &Path) -> Result<Self, DirectoryError> {
        if path.join("restore.partial").exists() && !path.join("format").exists() {
            return Err(DirectoryError::Format {
                path: path.join("restore.partial"),
                problem: "what an interrupted restore left behind: run `lockhouse restore-backup` again",
            });
        }
        let directory = Self::claim(path)?;
        check_format(path)?;
        Ok(directory)
    }

    /// Takes the directory, or creates it, whatever is in it: a backup is restored into it, or damage repaired.
    pub(crate) fn claim(path: &Path) -> Result<Self, DirectoryError> {
        let io = |error| DirectoryError::Io { path: path.to_owned(), error };
        DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(io)?;
        let may_close = is_for_us_alone(path).map_err(io)?;
        let lock = take_lock(path)?;
        let mode = fs::metadata(path).map_err(io)?.permissions().mode();
        // A directory that was there before, perhaps made with `mkdir`.
        let closed = || may_close && fs::set_permissions(path, Permissions::from_mode(0o700)).is_ok();
        let exposed = mode & 0o077 != 0 && !closed();
        if exposed {
            tracing::warn!(
                directory = %path.display(), mode = format!("{:o}", mode & 0o777),
                "other users of this machine may look into the data directory: `chmod 700` it as its owner"
            );
        }
        Ok(Self { path: path.to_owned(), _lock: lock, exposed })
    }

    /// Says that what is in the directory is complete: before, no host opens it.
    pub(crate) fn seal(&self) -> io::Result<()> {
        write_format(&self.path)
    }

    /// Whether other users of this machine may look into it, and this process could not change that.
    pub fn is_exposed(&self) -> bool {
        self.exposed
    }

    /// The directory itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the database of records is.
    pub fn meta(&self) -> PathBuf {
        self.path.join("meta")
    }

    /// Where the database of chunks is.
    pub fn content(&self) -> PathBuf {
        self.path.join("content")
    }

    /// Where the database is that finds a chunk by its hash.
    pub fn index(&self) -> PathBuf {
        self.path.join("index")
    }

    /// Where the last good discovery documents of editors are kept; made when there is the first.
    pub fn editors(&self) -> PathBuf {
        self.path.join("editors")
    }

    /// Where the last acknowledged revision is kept.
    pub fn acked(&self) -> PathBuf {
        self.path.join("acked")
    }

    /// Where the durability self-test may work; nothing is there otherwise.
    pub fn scratch(&self) -> PathBuf {
        self.path.join("self-test")
    }

    /// Bytes that this process may still write to the disk that the directory is on.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn free_space(&self) -> io::Result<u64> {
        free_space_of(&self.path)
    }
}

/// Whether the directory belongs to our user and nothing else is in it: one that was named by mistake stays as it is.
fn is_for_us_alone(directory: &Path) -> io::Result<bool> {
    if fs::metadata(directory)?.uid() != rustix::process::geteuid().as_raw() {
        return Ok(false);
    }
    let known = |name: &OsStr| name == "lock" || name == "lost+found";
    let mut others =
        fs::read_dir(directory)?.filter(|entry| !entry.as_ref().is_ok_and(|entry| known(&entry.file_name())));
    Ok(directory.join("format").exists() || others.next().is_none())
}

/// Bytes that this process may still write to the disk that `path` is on.
///
/// # Errors
/// What the operating system says.
pub fn free_space_of(path: &Path) -> io::Result<u64> {
    let disk = rustix::fs::statvfs(path)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

fn take_lock(directory: &Path) -> Result<File, DirectoryError> {
    let path = directory.join("lock");
    let io = |error| DirectoryError::Io { path: path.clone(), error };
    let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).map_err(io)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(DirectoryError::InUse { path: directory.to_owned(), holder: holder(file) });
        }
        Err(TryLockError::Error(error)) => return Err(io(error)),
    }
    // Only for the message that another process prints: neither a full disk nor a lost write may keep the house closed.
    let command: Vec<String> = std::env::args_os().take(2).map(|word| word.to_string_lossy().into_owned()).collect();
    let description = format!("process {} ({})\n", std::process::id(), command.join(" "));
    let written = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(description.as_bytes()));
    if let Err(error) = written {
        tracing::warn!(file = %path.display(), %error, "the lock is held, but its holder could not be written into it");
    }
    Ok(file)
}

fn holder(file: File) -> String {
    let mut text = String::new();
    match file.take(MAX_SMALL_FILE).read_to_string(&mut text) {
        Ok(_) if !text.trim().is_empty() => text.trim().to_owned(),
        _ => "another process".to_owned(),
    }
}

fn check_format(directory: &Path) -> Result<(), DirectoryError> {
    let path = directory.join("format");
    let io = |error| DirectoryError::Io { path: path.clone(), error };
    let problem = |problem| DirectoryError::Format { path: path.clone(), problem };
    let mut text = Vec::new();
    match File::open(&path) {
        Ok(file) => file.take(MAX_SMALL_FILE).read_to_end(&mut text).map_err(io)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if directory.join("meta").exists() {
                return Err(problem("missing although there is data beside it"));
            }
            return write_format(directory).map_err(io);
        }
        Err(error) => return Err(io(error)),
    };
    match serde_json::from_slice(&text) {
        Ok(Format { format: DIRECTORY_FORMAT }) => Ok(()),
        Ok(Format { format }) if format > DIRECTORY_FORMAT => {
            Err(DirectoryError::Newer { path: directory.to_owned(), found: format })
        }
        Ok(_) => Err(problem("of a format that never was")),
        Err(_) => Err(problem("damaged")),
    }
}

/// Whole or not at all: a crash in between leaves a new directory, never a damaged one.
fn write_format(directory: &Path) -> io::Result<()> {
    let unfinished = directory.join("format.new");
    let mut file = File::create(&unfinished)?;
    serde_json::to_writer(&mut file, &Format { format: DIRECTORY_FORMAT })?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    fs::rename(&unfinished, directory.join("format"))?;
    sync_directory(directory)
}
