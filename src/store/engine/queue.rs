//! The bounded line in front of the commit thread. Whoever stands in it has a revision, in the order of the line.

use std::{
    collections::VecDeque,
    sync::{Arc, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::oneshot;

use super::{
    Batch, CommitError, EngineError, Revision,
    stored::weight,
    sync::{Condvar, Mutex, MutexGuard, mpsc},
};

/// The longest that a group is waited for: less than a person or a client can notice.
const MAX_PATIENCE: Duration = Duration::from_micros(500);

/// For how many groups waiting is given up after it was in vain.
const PAUSE: u32 = 32;

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
    /// The commit thread waits until the line is this long; 0 when it does not wait.
    wake_at: usize,
    gather: Gather,
    closed: bool,
    failed: Option<Arc<str>>,
}

/// When it is worth while to wait for a larger group.
#[derive(Default)]
struct Gather {
    /// How many had a batch in the last group or waited behind it.
    active: usize,
    /// How long to wait for them: less than the flush that is saved if they come.
    patience: Duration,
    /// Groups that are not to be waited for, since waiting was in vain.
    pause: u32,
}

impl Gather {
    fn flushed(&mut self, active: usize, flushing: Duration) {
        self.active = active;
        self.patience = (flushing / 2).min(MAX_PATIENCE);
    }

    /// For how many to wait, and how long.
    fn wanted(&mut self) -> Option<(usize, Duration)> {
        self.pause = self.pause.saturating_sub(1);
        (self.pause == 0 && self.active > 1 && !self.patience.is_zero()).then_some((self.active, self.patience))
    }

    fn learn(&mut self, came: usize, expected: usize) {
        if came < expected / 2 {
            self.pause = PAUSE;
        }
    }
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
            wake_at: 0,
            gather: Gather::default(),
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

    /// Wakes the commit thread if the line is long enough for it, or if it is wanted for something else.
    fn wake(&self, mut line: MutexGuard<'_, Line>) {
        let urgent = line.closed || line.cut.is_some();
        let wake = line.wake_at > 0 && (urgent || line.waiting.len() >= line.wake_at);
        if wake {
            line.wake_at = 0;
        }
        drop(line);
        if wake {
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
                line = self.gather(line);
                let count = line.waiting.len().min(self.limits.group);
                let group: Vec<Waiting> = line.waiting.drain(..count).collect();
                line.bytes -= group.iter().map(|waiting| waiting.weight).sum::<usize>();
                return Next::Group(group);
            }
            if line.closed {
                return Next::End;
            }
            line.wake_at = 1;
            line = self.work.wait(line).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Waits a moment for those whose last batches were just answered, if they were seen to come back at once: one flush for
    /// all is worth more than an early one for the first of them, for whose end all others would wait.
    fn gather<'a>(&self, mut line: MutexGuard<'a, Line>) -> MutexGuard<'a, Line> {
        let Some((expected, patience)) = line.gather.wanted() else { return line };
        let expected = expected.min(self.limits.group);
        let missing = |line: &Line| line.waiting.len() < expected && !line.closed && line.cut.is_none();
        let deadline = Instant::now() + patience;
        while missing(&line) {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            line.wake_at = expected;
            line = self.work.wait_timeout(line, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        line.wake_at = 0;
        let came = line.waiting.len();
        line.gather.learn(came, expected);
        line
    }

    /// For the commit thread: a group of `size` is durable and is about to be answered.
    pub(super) fn flushed(&self, size: usize, flushing: Duration) {
        let mut line = self.lock();
        let active = size + line.waiting.len();
        line.gather.flushed(active, flushing);
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

    /// The time of a commit thread that waits for a larger group passes: the models' locks know no time.
    #[cfg(feature = "models")]
    #[cfg(test)]
    pub(super) fn tick(&self) {
        self.work.notify_one();
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
    let set: usize = batch.set.iter().map(|(key, value)| weight(key.len(), value.len())).sum();
    let require: usize = batch.require.iter().map(|(key, _)| weight(key.len(), 0)).sum();
    let clear: usize = batch.clear.iter().map(|key| weight(key.len(), 0)).sum();
    let add: usize = batch.add.iter().map(|(key, _)| weight(key.len(), size_of::<i64>())).sum();
    set + require + clear + add
}
