//! What makes a flush of the database a flush of the disk.
//!
//! On Linux the database flushes its log with `sync_file_range(2)`, which neither commits the file's size and extents nor
//! empties the disk's cache: what it acknowledged was gone after most simulated power cuts. Lockhouse therefore defines that
//! symbol itself, as `fdatasync(2)`. A definition in the program wins over the one in the C library when it is linked, so
//! every log write of the database becomes durable, in order. [`self_test`] proves at start-up that this took effect; a host
//! that fails it must not serve.

#![allow(
    unsafe_code,
    reason = "replacing a C function needs an exported C function; the proof is at `sync_file_range`"
)]

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use crate::store::{
    backing::BackingError,
    sled::{OpenError, SledDatabase, SledOptions},
};

/// How often the database has asked for its log to be made durable since the process began.
static CALLS: AtomicU64 = AtomicU64::new(0);

/// Stands in for the C library's function of this name and makes the whole file durable instead of writing back a range.
///
/// # Safety
/// The signature is that of `sync_file_range(2)` in the C library, so every caller passes arguments of these types. No
/// pointer is passed; `fdatasync` takes any number as a descriptor and answers `EBADF` to a bad one. It returns 0, or -1 with
/// `errno` set, which is what the callers of `sync_file_range` expect; they ask for less than `fdatasync` does.
#[cfg(target_os = "linux")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sync_file_range(
    fd: libc::c_int,
    _offset: libc::off64_t,
    _count: libc::off64_t,
    _flags: libc::c_uint,
) -> libc::c_int {
    CALLS.fetch_add(1, Ordering::Relaxed);
    loop {
        // SAFETY: `fdatasync` takes no pointer and is defined for every descriptor number, open or not.
        let result = unsafe { libc::fdatasync(fd) };
        if result != -1 || io::Error::last_os_error().kind() != io::ErrorKind::Interrupted {
            return result;
        }
    }
}

/// Ties the replaced function to whatever opens a database: an object file of a library that nothing refers to would be left
/// out by the linker, and the C library's function would be used in silence.
pub(super) fn link_in() {
    #[cfg(target_os = "linux")]
    std::hint::black_box(sync_file_range as unsafe extern "C" fn(_, _, _, _) -> _);
}

/// How often the database has made its log durable since the process began.
pub fn calls() -> u64 {
    CALLS.load(Ordering::Relaxed)
}

/// Why acknowledged changes would not be safe here.
#[derive(Debug, thiserror::Error)]
pub enum SelfTestError {
    /// The database's flush does not reach `fdatasync`: this program was linked wrongly.
    #[error(
        "flushing the database does not flush the disk: this program was linked without Lockhouse's `sync_file_range`. \
         Acknowledged changes could be lost in a power cut, so it refuses to serve. Use an official build, or link without \
         a shared library or preload that defines `sync_file_range`"
    )]
    NotDurable,
    /// The scratch directory could not be used.
    #[error("the durability self-test cannot use {directory}: {error}", directory = .directory.display())]
    Scratch {
        /// The scratch directory.
        directory: PathBuf,
        /// What the operating system said.
        error: io::Error,
    },
    /// The scratch database could not be opened.
    #[error("the durability self-test failed: {0}")]
    Open(#[from] OpenError),
    /// The scratch database could not be written.
    #[error("the durability self-test could not write: {0}")]
    Write(#[from] BackingError),
}

/// Proves that a flush of the database reaches the disk, with a scratch database in `scratch`, which is created, and removed
/// with all that is in it. To be called once at start-up, on the disk that the data is on.
///
/// # Errors
/// [`SelfTestError`]: the host must not serve.
pub fn self_test(scratch: &Path) -> Result<(), SelfTestError> {
    remove(scratch)?;
    let tested = write_and_count(scratch);
    remove(scratch)?;
    if tested? { Ok(()) } else { Err(SelfTestError::NotDurable) }
}

fn remove(scratch: &Path) -> Result<(), SelfTestError> {
    match fs::remove_dir_all(scratch) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(SelfTestError::Scratch { directory: scratch.to_owned(), error })
        }
        _ => Ok(()),
    }
}

fn write_and_count(scratch: &Path) -> Result<bool, SelfTestError> {
    let database = SledDatabase::open(scratch, SledOptions::meta(1024 * 1024))?;
    let tree = database.tree("self-test")?;
    let before = calls();
    tree.insert(b"key", b"value")?;
    tree.flush()?;
    // Elsewhere the database calls `fsync` by itself.
    Ok(cfg!(not(target_os = "linux")) || calls() > before)
}
