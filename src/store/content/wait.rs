//! Handing batches to the engine from a blocking thread.

use std::{
    collections::VecDeque,
    future::Future as _,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
    time::Duration,
};

use super::ContentError;
use crate::store::engine::{Batch, CommitError, Engine, EngineError, Ticket};

/// Batches of one submitter that may be under way at once.
const UNDER_WAY: usize = 4;
/// How long a full queue is waited for: `ATTEMPTS` times `PAUSE`, half a minute.
const ATTEMPTS: u32 = 6_000;
const PAUSE: Duration = Duration::from_millis(5);

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits on this thread until a batch is durable.
fn wait(ticket: Ticket) -> Result<(), CommitError> {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut done = pin!(ticket.wait());
    loop {
        if let Poll::Ready(outcome) = done.as_mut().poll(&mut Context::from_waker(&waker)) {
            return outcome;
        }
        thread::park();
    }
}

/// Submits batches, a few ahead of the disk.
#[derive(Default)]
pub(crate) struct Submitter {
    under_way: VecDeque<Ticket>,
}

impl Submitter {
    /// Hands a batch over, waiting while the engine is busy.
    pub(crate) fn submit(&mut self, engine: &dyn Engine, batch: &Batch) -> Result<(), ContentError> {
        if self.under_way.len() >= UNDER_WAY {
            self.wait_for_oldest()?;
        }
        for _ in 0..ATTEMPTS {
            match engine.submit(batch.clone()) {
                Ok(ticket) => {
                    self.under_way.push_back(ticket);
                    return Ok(());
                }
                Err(EngineError::Busy) if self.under_way.is_empty() => thread::sleep(PAUSE),
                Err(EngineError::Busy) => self.wait_for_oldest()?,
                Err(error) => return Err(error.into()),
            }
        }
        Err(EngineError::Busy.into())
    }

    /// Waits until everything handed over is durable.
    pub(crate) fn finish(&mut self) -> Result<(), ContentError> {
        while !self.under_way.is_empty() {
            self.wait_for_oldest()?;
        }
        Ok(())
    }

    fn wait_for_oldest(&mut self) -> Result<(), ContentError> {
        self.under_way.pop_front().map_or(Ok(()), |ticket| Ok(wait(ticket)?))
    }
}
