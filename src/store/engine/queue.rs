//! The bounded line in front of the commit thread. Whoever stands in it has a revision, in the order of the line.

use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc},
};

use tokio::sync::oneshot;

use super::{Batch, CommitError, EngineError, Revision, stored::weight};

/// How a batch ended, on its way to whoever waits for it.
pub(super) type Answer = oneshot::Sender<Result<(), CommitError>>;

/// A batch in the line.
pub(super) struct Waiting {
    pub(super) batch: Batch,
    pub(super) revision: Revision,
    pub(super) answer: Answer,
    weight: usize,
}

/// What the commit thread is to do next.
pub(super) enum Next {
    /// Decide these, write them, flush once. Never empty.
    Group(Vec<Waiting>),
    /// Begin a cut, then say so.
    Cut(mpsc::SyncSender<()>),
    /// End: the line is closed and empty.
    End,
}

/// How long the line may become.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    pub(super) batches: usize,
    pub(super) bytes: usize,
    pub(super) group: usize,
}

pub(super) struct Queue {
    line: Mutex<Line>,
    /// Told when there is something to do for the commit thread, if it waits.
    work: Condvar,
    limits: Limits,
}

struct Line {
    waiting: VecDeque<Waiting>,
    bytes: usize,
    next_revision: Revision,
    cut: Option<mpsc::SyncSender<()>>,
    commit_thread_waits: bool,
    closed: bool,
    failed: Option<Arc<str>>,
}

impl Line {
    fn open(&self) -> Result<(), EngineError> {
        match &self.failed {
            Some(reason) => Err(EngineError::ReadOnly(Arc::clone(reason))),
            None if self.closed => Err(EngineError::Closed),
            None => Ok(()),
        }
    }
}

impl Queue {
    pub(super) fn new(limits: Limits, next_revision: Revision) -> Self {
        let line = Line {
            waiting: VecDeque::new(),
            bytes: 0,
            next_revision,
            cut: None,
            commit_thread_waits: false,
            closed: false,
            failed: None,
        };
        Self { line: Mutex::new(line), work: Condvar::new(), limits }
    }

    fn lock(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a batch at the end of the line and answers its revision.
    pub(super) fn push(&self, batch: Batch, answer: Answer) -> Result<Revision, EngineError> {
        let weight = batch_weight(&batch);
        let mut line = self.lock();
        line.open()?;
        let full = line.waiting.len() >= self.limits.batches || line.bytes.saturating_add(weight) > self.limits.bytes;
        // A single large batch must pass some time.
        if full && !line.waiting.is_empty() {
            return Err(EngineError::Busy);
        }
        let revision = line.next_revision;
        line.next_revision += 1;
        line.bytes += weight;
        line.waiting.push_back(Waiting { batch, revision, answer, weight });
        self.wake(line);
        Ok(revision)
    }

    /// Asks the commit thread to begin a cut; it answers, or drops the question when it ends.
    pub(super) fn ask_for_cut(&self) -> Result<mpsc::Receiver<()>, EngineError> {
        let (begun, answer) = mpsc::sync_channel(1);
        let mut line = self.lock();
        line.open()?;
        line.cut = Some(begun);
        self.wake(line);
        Ok(answer)
    }

    fn wake(&self, mut line: MutexGuard<'_, Line>) {
        let waits = std::mem::take(&mut line.commit_thread_waits);
        drop(line);
        if waits {
            self.work.notify_one();
        }
    }

    /// For the commit thread: blocks until there is something to do.
    pub(super) fn next(&self) -> Next {
        let mut line = self.lock();
        loop {
            if let Some(begun) = line.cut.take() {
                return Next::Cut(begun);
            }
            if !line.waiting.is_empty() {
                let count = line.waiting.len().min(self.limits.group);
                let group: Vec<Waiting> = line.waiting.drain(..count).collect();
                line.bytes -= group.iter().map(|waiting| waiting.weight).sum::<usize>();
                return Next::Group(group);
            }
            if line.closed {
                return Next::End;
            }
            line.commit_thread_waits = true;
            line = self.work.wait(line).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Takes no more from now on; what is in the line is still done.
    pub(super) fn close(&self) {
        let mut line = self.lock();
        line.closed = true;
        self.wake(line);
    }

    /// Takes no more from now on, and answers who is in the line in vain.
    pub(super) fn fail(&self, reason: &Arc<str>) -> Vec<Waiting> {
        let mut line = self.lock();
        line.failed.get_or_insert_with(|| Arc::clone(reason));
        line.cut = None;
        line.bytes = 0;
        line.waiting.drain(..).collect()
    }

    pub(super) fn health(&self) -> Result<(), EngineError> {
        self.lock().open()
    }

    pub(super) fn depth(&self) -> usize {
        self.lock().waiting.len()
    }
}

/// Bytes of a batch for the bounds on memory.
pub(super) fn batch_weight(batch: &Batch) -> usize {
    let set: usize = batch.set.iter().map(|(key, value)| weight(key, value.len())).sum();
    let require: usize = batch.require.iter().map(|(key, _)| weight(key, 0)).sum();
    let clear: usize = batch.clear.iter().map(|key| weight(key, 0)).sum();
    let add: usize = batch.add.iter().map(|(key, _)| weight(key, size_of::<i64>())).sum();
    set + require + clear + add
}
