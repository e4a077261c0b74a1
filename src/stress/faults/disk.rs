//! Small file systems made for a run: one in memory that can be filled, one on a loop device that can be copied at a random
//! moment. Both need the right to mount.

use std::{
    fs::{self, File},
    io::{ErrorKind, Write as _},
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use rustix::fs::{SeekFrom, seek};
use tokio::{task::spawn_blocking, time::sleep};

use crate::stress::StressError;

/// How large the disk is that can be filled.
const SMALL_DISK: &str = "768m";
/// How large the image is that is copied; it has holes where nothing was written.
const IMAGE: u64 = 1 << 30;
/// How many bytes are copied at a time.
const PIECE: usize = 1 << 20;
/// How often a copy is tried until nothing changed meanwhile.
const COPIES: u32 = 8;

/// A mounted file system.
#[derive(Debug)]
pub struct Disk {
    mounted: PathBuf,
    image: Option<Image>,
}

/// What is mounted, when it is a file.
#[derive(Debug)]
struct Image {
    folder: PathBuf,
    /// The number of the one in use.
    number: u32,
}

impl Image {
    fn path(&self, number: u32) -> PathBuf {
        self.folder.join(format!("disk-{number}.img"))
    }
}

fn impossible(what: &str, why: &str) -> StressError {
    StressError::Impossible(format!("{what} ({})", why.trim()))
}

/// Runs a command of the system.
fn run(words: &[&str], paths: &[&Path]) -> Result<(), String> {
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).args(paths).stdin(Stdio::null());
    match command.output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(format!("{}: {}", words[0], String::from_utf8_lossy(&output.stderr))),
        Err(error) => Err(format!("{}: {error}", words[0])),
    }
}

impl Disk {
    /// A file system in memory.
    ///
    /// # Errors
    /// [`StressError::Impossible`] where it cannot be mounted.
    pub fn in_memory(mounted: &Path) -> Result<Self, StressError> {
        needs_root("a small disk is mounted for the run, which needs root")?;
        fs::create_dir_all(mounted)?;
        let size = format!("size={SMALL_DISK},mode=700");
        run(&["mount", "-t", "tmpfs", "-o", &size, "lockhouse-stress"], &[mounted])
            .map_err(|why| impossible("a small disk cannot be mounted", &why))?;
        Ok(Self { mounted: mounted.to_owned(), image: None })
    }

    /// An ext4 on a loop device, in a file in `folder`.
    ///
    /// # Errors
    /// [`StressError::Impossible`] where it cannot be made or mounted.
    pub fn on_loop_device(mounted: &Path, folder: &Path) -> Result<Self, StressError> {
        needs_root("a block device is made for the run, which needs root")?;
        fs::create_dir_all(mounted)?;
        let image = Image { folder: folder.to_owned(), number: 0 };
        File::create(image.path(0))?.set_len(IMAGE)?;
        run(&["mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=1,lazy_journal_init=1"], &[&image.path(0)])
            .map_err(|why| impossible("an ext4 file system cannot be made", &why))?;
        mount_image(&image.path(0), mounted)?;
        Ok(Self { mounted: mounted.to_owned(), image: Some(image) })
    }

    fn filler(&self) -> PathBuf {
        self.mounted.join("filler")
    }

    /// Takes all the room that is left.
    ///
    /// # Errors
    /// When something else than a full disk prevents it.
    pub fn fill(&self) -> Result<(), StressError> {
        let mut filler = File::create(self.filler())?;
        let mut piece = vec![0x55_u8; 1 << 20];
        loop {
            match filler.write_all(&piece) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::StorageFull && piece.len() > 4096 => piece.truncate(4096),
                Err(error) if error.kind() == ErrorKind::StorageFull => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Gives the room back.
    pub fn relieve(&self) {
        // What is not there takes no room.
        _ = fs::remove_file(self.filler());
    }

    /// Copies the block device as it is, while nobody writes to it: the host is stopped, and what the system still had to
    /// write is either on the device in whole or not at all, because a copy during which it changed is thrown away.
    ///
    /// # Errors
    /// When it does not come to rest.
    pub async fn copy(&mut self) -> Result<(), StressError> {
        let Some(image) = &self.image else { return Ok(()) };
        let (from, to) = (image.path(image.number), image.path(image.number + 1));
        for _ in 0..COPIES {
            let (from, to) = (from.clone(), to.clone());
            let same = spawn_blocking(move || {
                let (from, to) =
                    (File::open(from)?, File::options().create(true).truncate(true).read(true).write(true).open(to)?);
                copy_data(&from, &to)?;
                Ok::<bool, std::io::Error>(same_data(&from, &to)? && same_data(&to, &from)?)
            });
            match same.await.map_err(|error| StressError::Failed(error.to_string()))? {
                Ok(true) => return Ok(()),
                Ok(false) => sleep(Duration::from_millis(100)).await,
                Err(why) => return Err(StressError::Failed(format!("the block device cannot be copied: {why}"))),
            }
        }
        Err(StressError::Failed("the block device did not come to rest while it was copied".to_owned()))
    }

    /// Mounts the copy in place of the original, which is thrown away.
    ///
    /// # Errors
    /// When it cannot be mounted.
    pub async fn go_on_from_copy(&mut self) -> Result<(), StressError> {
        let Some(image) = &mut self.image else { return Ok(()) };
        unmount(&self.mounted).await.map_err(StressError::Failed)?;
        fs::remove_file(image.path(image.number))?;
        image.number += 1;
        mount_image(&image.path(image.number), &self.mounted)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // What is still in use is taken off when it no longer is. There is nobody to tell that it is gone already.
        if run(&["umount"], &[&self.mounted]).is_err() {
            _ = run(&["umount", "--lazy"], &[&self.mounted]);
        }
    }
}

/// Calls `on` with each piece that was ever written to a file: its place, and its bytes. Ends early when that says so.
fn pieces(file: &File, mut on: impl FnMut(u64, &[u8]) -> std::io::Result<bool>) -> std::io::Result<bool> {
    let mut buffer = vec![0; PIECE];
    let mut at = 0;
    loop {
        let start = match seek(file, SeekFrom::Data(at)) {
            Ok(start) => start,
            // There is nothing after this.
            Err(rustix::io::Errno::NXIO) => return Ok(true),
            Err(error) => return Err(error.into()),
        };
        let end = seek(file, SeekFrom::Hole(start))?;
        at = start;
        while at < end {
            let piece = &mut buffer[..usize::try_from(end - at).unwrap_or(PIECE).min(PIECE)];
            file.read_exact_at(piece, at)?;
            if !on(at, piece)? {
                return Ok(false);
            }
            at += piece.len() as u64;
        }
    }
}

/// Copies what was ever written; the rest is a hole in the copy, too.
fn copy_data(from: &File, to: &File) -> std::io::Result<()> {
    to.set_len(from.metadata()?.len())?;
    pieces(from, |at, bytes| to.write_all_at(bytes, at).map(|()| true)).map(|_| ())
}

/// Whether the other file has the same bytes wherever this one has any.
fn same_data(this: &File, other: &File) -> std::io::Result<bool> {
    let mut theirs = vec![0; PIECE];
    pieces(this, |at, bytes| {
        let theirs = &mut theirs[..bytes.len()];
        other.read_exact_at(theirs, at)?;
        Ok(theirs == bytes)
    })
}

fn mount_image(image: &Path, mounted: &Path) -> Result<(), StressError> {
    run(&["mount", "-t", "ext4", "-o", "loop,commit=1"], &[image, mounted])
        .map_err(|why| impossible("a loop device cannot be mounted", &why))
}

async fn unmount(mounted: &Path) -> Result<(), String> {
    let mut why = String::new();
    for _ in 0..50 {
        match run(&["umount"], &[mounted]) {
            Ok(()) => return Ok(()),
            Err(said) => why = said,
        }
        sleep(Duration::from_millis(50)).await;
    }
    Err(why)
}

fn needs_root(what: &str) -> Result<(), StressError> {
    if rustix::process::geteuid().is_root() { Ok(()) } else { Err(StressError::Impossible(what.to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_has_the_bytes_and_is_told_from_one_that_differs() {
        let folder = tempfile::tempdir().unwrap();
        let open = |name: &str| {
            File::options().create_new(true).read(true).write(true).open(folder.path().join(name)).unwrap()
        };
        let (from, to) = (open("from"), open("to"));
        from.set_len(64 << 20).unwrap();
        from.write_all_at(b"first", 5).unwrap();
        from.write_all_at(&vec![7; 3 << 20], 32 << 20).unwrap();
        copy_data(&from, &to).unwrap();
        assert!(same_data(&from, &to).unwrap() && same_data(&to, &from).unwrap());
        to.write_all_at(b"x", 60 << 20).unwrap();
        assert!(!same_data(&to, &from).unwrap(), "what only the copy has");
        from.write_all_at(b"y", 5).unwrap();
        assert!(!same_data(&from, &to).unwrap(), "what has changed since");
    }
}
