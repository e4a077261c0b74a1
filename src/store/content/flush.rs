//! Flushes one window while the next is cut and hashed.

use std::{
    sync::Arc,
    thread::{self, JoinHandle},
};

use super::{Content, ContentError};

/// The flush of one upload, at most one at a time.
#[derive(Default)]
pub(super) struct Flusher {
    running: Option<JoinHandle<Result<(), ContentError>>>,
}

impl Flusher {
    /// Waits for the flush before, and begins one of everything written so far.
    pub(super) fn begin(&mut self, content: &Arc<Content>) -> Result<(), ContentError> {
        self.wait()?;
        let shared = Arc::clone(content);
        let started = thread::Builder::new().name("content flush".to_owned()).spawn(move || shared.flush());
        match started {
            Ok(handle) => self.running = Some(handle),
            // No thread to be had: then without one.
            Err(_) => content.flush()?,
        }
        Ok(())
    }

    /// Waits for the flush that is running, if one is.
    pub(super) fn wait(&mut self) -> Result<(), ContentError> {
        let Some(handle) = self.running.take() else { return Ok(()) };
        handle.join().unwrap_or_else(|_| Err(ContentError::System("a flush panicked".into())))
    }
}

impl Drop for Flusher {
    fn drop(&mut self) {
        // The database must not be in use any more when its last owner lets go of it. A failure was noted by the content.
        let _ = self.wait();
    }
}
