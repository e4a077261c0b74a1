//! A clock for the host alone. The machine's own clock is never touched: others live by it. What makes this possible is the
//! library libfaketime, where it is installed.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use crate::stress::StressError;

/// Where distributions put it.
const PLACES: [&str; 6] = [
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/faketime/libfaketimeMT.so.1",
    "/usr/lib64/faketime/libfaketimeMT.so.1",
    "/usr/local/lib/faketime/libfaketimeMT.so.1",
    "/opt/homebrew/lib/faketime/libfaketimeMT.so.1",
];

/// A wall clock that is moved through a file.
#[derive(Debug)]
pub struct MovedClock {
    library: PathBuf,
    file: PathBuf,
    /// By how much it is wrong now, in milliseconds.
    offset: i64,
}

impl MovedClock {
    /// A clock that is right, for now.
    ///
    /// # Errors
    /// [`StressError::Impossible`] where the library is not installed.
    pub fn new(scratch: &Path) -> Result<Self, StressError> {
        let library = PLACES.iter().map(PathBuf::from).find(|place| place.exists()).ok_or_else(|| {
            let text = "a clock of its own is given to a host by libfaketime, which is not installed (packages: faketime, \
                        libfaketime)";
            StressError::Impossible(text.to_owned())
        })?;
        let mut clock = Self { library, file: scratch.join("clock"), offset: 0 };
        clock.move_by(0)?;
        Ok(clock)
    }

    /// What the host's environment needs.
    pub fn variables(&self) -> Vec<(String, OsString)> {
        vec![
            ("LD_PRELOAD".to_owned(), self.library.clone().into()),
            ("FAKETIME_TIMESTAMP_FILE".to_owned(), self.file.clone().into()),
            ("FAKETIME_NO_CACHE".to_owned(), "1".into()),
            ("FAKETIME_DONT_FAKE_MONOTONIC".to_owned(), "1".into()),
        ]
    }

    /// Moves it by so many milliseconds.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn move_by(&mut self, by_ms: i64) -> Result<(), StressError> {
        self.offset += by_ms;
        let sign = if self.offset < 0 { '-' } else { '+' };
        let off = self.offset.unsigned_abs();
        // Replaced as a whole: the host may read it at any moment.
        let new = self.file.with_extension("new");
        fs::write(&new, format!("{sign}{}.{:03}\n", off / 1000, off % 1000))?;
        fs::rename(&new, &self.file)?;
        Ok(())
    }
}
