//! Threads that do something at regular times, and the one that notices a flush that hangs.
//!
//! A disk that answers nothing for many seconds will not answer again; whoever waits for it is served best by a process that
//! ends and starts anew. But a process that was itself stopped (by a signal, a debugger, a suspended machine) has not waited:
//! only time during which the watchdog's own ticks came when they were due counts.

use std::{
    ops::ControlFlow,
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// Says whether a group is being written and flushed, and which.
#[derive(Default)]
pub(super) struct InFlight {
    /// The group's number, 0 if there is none.
    group: AtomicU64,
}

impl InFlight {
    /// Marks a group as in flight until what this returns is dropped.
    pub(super) fn begin(&self, number: u64) -> InFlightMark<'_> {
        self.group.store(number, Ordering::Relaxed);
        InFlightMark(self)
    }

    pub(super) fn current(&self) -> u64 {
        self.group.load(Ordering::Relaxed)
    }
}

pub(super) struct InFlightMark<'a>(&'a InFlight);

impl Drop for InFlightMark<'_> {
    fn drop(&mut self) {
        self.0.group.store(0, Ordering::Relaxed);
    }
}

/// Adds up for how long one group has been in flight.
pub(super) struct Watch {
    tick: Duration,
    limit: Duration,
    group: u64,
    waited: Duration,
}

impl Watch {
    pub(super) const fn new(tick: Duration, limit: Duration) -> Self {
        Self { tick, limit, group: 0, waited: Duration::ZERO }
    }

    /// Takes note of a tick that came `elapsed` after the one before; whether the group in flight has waited too long.
    pub(super) fn tick(&mut self, elapsed: Duration, group: u64) -> bool {
        if group != self.group {
            // It began somewhere between two ticks: counted from this one.
            *self = Self { group, ..Self::new(self.tick, self.limit) };
        } else if group != 0 && elapsed < self.tick * 2 {
            self.waited += elapsed;
        }
        self.waited >= self.limit
    }
}

/// A thread that does something every so often, until it is stopped.
pub(super) struct Periodic {
    stop: Arc<(Mutex<bool>, Condvar)>,
    thread: Option<JoinHandle<()>>,
}

impl Periodic {
    /// `work` gets the time since it was last called; a break ends the thread.
    pub(super) fn start(
        name: &str,
        every: Duration,
        mut work: impl FnMut(Duration) -> ControlFlow<()> + Send + 'static,
    ) -> std::io::Result<Self> {
        let stop = Arc::new((Mutex::new(false), Condvar::new()));
        let told = Arc::clone(&stop);
        let thread = thread::Builder::new().name(name.to_owned()).spawn(move || {
            let mut last = Instant::now();
            while !wait(&told, every) {
                let now = Instant::now();
                if work(now - last).is_break() {
                    return;
                }
                last = now;
            }
        })?;
        Ok(Self { stop, thread: Some(thread) })
    }
}

/// Waits for the time to pass; whether it was told to stop.
fn wait((stop, told): &(Mutex<bool>, Condvar), time: Duration) -> bool {
    let stop = stop.lock().unwrap_or_else(PoisonError::into_inner);
    let waited = told.wait_timeout_while(stop, time, |stop| !*stop);
    *waited.unwrap_or_else(PoisonError::into_inner).0
}

impl Drop for Periodic {
    fn drop(&mut self) {
        *self.stop.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.stop.1.notify_all();
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != thread::current().id()
        {
            // It only panics if its work did, which has been reported then.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TICK: Duration = Duration::from_secs(1);
    const LIMIT: Duration = Duration::from_secs(10);

    #[test]
    fn a_flush_that_lasts_longer_than_the_limit_is_noticed() {
        let mut watch = Watch::new(TICK, LIMIT);
        let noticed = (0..20).position(|_| watch.tick(TICK, 5));
        assert_eq!(noticed, Some(10));
    }

    #[test]
    fn flushes_that_each_end_in_time_are_never_noticed() {
        let mut watch = Watch::new(TICK, LIMIT);
        assert!((0..1000).all(|at| !watch.tick(TICK, 1 + at / 9)));
        assert!((0..1000).all(|_| !watch.tick(TICK, 0)));
    }

    #[test]
    fn time_in_which_the_process_was_stopped_does_not_count() {
        let mut watch = Watch::new(TICK, LIMIT);
        assert!(!watch.tick(TICK, 5));
        assert!((0..100).all(|_| !watch.tick(Duration::from_secs(3600), 5)));
        assert_eq!((0..20).position(|_| watch.tick(TICK, 5)), Some(9));
    }
}
