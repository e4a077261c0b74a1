//! The few threads that read and write contents.
//!
//! The database of contents copies a page of up to a quarter of a mebibyte for every chunk, and the system's allocator keeps what
//! each thread has freed for that thread: the more threads take turns, the more memory stays resident.

use tokio::runtime::{Builder, Handle, Runtime};

use super::HostError;

/// How many contents are read or written at one moment; they wait for one disk.
const THREADS: usize = 2;

/// Threads for work that waits for the disk.
pub(super) struct Threads(Option<Runtime>);

impl Threads {
    /// Starts them, as they are needed.
    pub(super) fn new() -> std::io::Result<Self> {
        let runtime =
            Builder::new_current_thread().max_blocking_threads(THREADS).thread_name("lockhouse-content").build()?;
        Ok(Self(Some(runtime)))
    }

    /// What hands work to them.
    pub(super) fn handle(&self) -> Option<Handle> {
        self.0.as_ref().map(|runtime| runtime.handle().clone())
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        // Waiting for them could be asked for within another runtime, which must not be blocked.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// Runs what may wait for the disk away from the event loop.
pub(super) async fn blocking<T: Send + 'static, E: Into<HostError> + Send + 'static>(
    threads: &Handle,
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, HostError> {
    match threads.spawn_blocking(work).await {
        Ok(outcome) => outcome.map_err(Into::into),
        Err(_) => Err(HostError::ShuttingDown),
    }
}
