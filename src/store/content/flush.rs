//! Flushes one window while the next is cut and hashed; and the ends of many uploads with one flush.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
};

use tokio::sync::oneshot;

use super::{Content, ContentError, Sealed, Stored};

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

/// How an upload ended, on its way to whoever waits for it.
type Answer = oneshot::Sender<Result<Stored, ContentError>>;

/// Uploads that wait for the next flush.
#[derive(Default)]
pub(super) struct Waiting(Mutex<Line>);

#[derive(Default)]
struct Line {
    sealed: Vec<(Sealed, Answer)>,
    /// Somebody flushes for those who wait, or is about to.
    served: bool,
}

impl Waiting {
    fn line(&self) -> MutexGuard<'_, Line> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The duty to flush for those who wait: [`FlushDuty::serve`] is to be called from a thread that may block. If it is dropped
/// instead, all who wait are told that nothing will come of it.
#[must_use]
pub struct FlushDuty {
    content: Arc<Content>,
    done: bool,
}

impl std::fmt::Debug for FlushDuty {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FlushDuty").field("done", &self.done).finish_non_exhaustive()
    }
}

impl FlushDuty {
    /// Flushes until nobody waits: one flush for all who came before it began.
    pub fn serve(mut self) {
        loop {
            let group = {
                let mut line = self.content.waiting.line();
                line.served = !line.sealed.is_empty();
                std::mem::take(&mut line.sealed)
            };
            if group.is_empty() {
                self.done = true;
                return;
            }
            // Even when nothing is new: a reused chunk may be another upload's that is not flushed yet.
            let needed = group.iter().any(|(sealed, _)| sealed.needs_flush());
            let outcome = if needed { self.content.flush() } else { Ok(()) };
            for (sealed, answer) in group {
                // Whoever waited may have gone; then what was stored is garbage.
                _ = answer.send(outcome.clone().map(|()| sealed.flushed()));
            }
        }
    }
}

impl Drop for FlushDuty {
    fn drop(&mut self) {
        if self.done {
            // Somebody else may have the duty by now.
            return;
        }
        let mut line = self.content.waiting.line();
        line.served = false;
        let given_up = std::mem::take(&mut line.sealed);
        // What is given up counts itself as garbage, which may take a write.
        drop(line);
        drop(given_up);
    }
}

impl Content {
    /// Puts an upload into the line of those who wait for the next flush. Whoever is given the duty must see that it is served.
    pub fn line_up(self: &Arc<Self>, sealed: Sealed, answer: Answer) -> Option<FlushDuty> {
        let mut line = self.waiting.line();
        line.sealed.push((sealed, answer));
        (!std::mem::replace(&mut line.served, true)).then(|| FlushDuty { content: Arc::clone(self), done: false })
    }
}
