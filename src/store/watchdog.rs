//! Threads that do something at regular times, and the one that notices a flush that hangs.
//!
//! A disk that answers nothing for many seconds will not answer again; whoever waits for it is served best by a process that
//! ends and starts anew. But a process that was itself stopped (by a signal, a debugger, a suspended machine) has not waited:
//! only time during which the watchdog's own ticks came when they were due counts.

use std::{
    collections::BTreeMap,
    ops::ControlFlow,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// The exit code of a process that the watchdog ended, because a flush hung.
pub const HUNG_EXIT_CODE: i32 = 86;

/// How long a flush may take, where nobody says otherwise.
pub(super) const FLUSH_LIMIT: Duration = Duration::from_secs(10);

/// How often the watchdog looks, as a part of the time that a flush may take.
const LOOKS_PER_LIMIT: u32 = 10;

/// What to do, once, when a flush hangs.
pub(super) type OnHang = Arc<dyn Fn() + Send + Sync>;

/// Ends the process with [`HUNG_EXIT_CODE`].
pub(super) fn end_process() -> OnHang {
    Arc::new(|| std::process::exit(HUNG_EXIT_CODE))
}

/// The flushes that are under way, any number at once, and for how long each has been waited for.
#[derive(Default)]
pub(super) struct InFlight(Mutex<Flights>);

#[derive(Default)]
struct Flights {
    last: u64,
    /// `None` until the watchdog has seen it: it began somewhere between two ticks, and is counted from the second.
    waited: BTreeMap<u64, Option<Duration>>,
}

impl InFlight {
    fn flights(&self) -> MutexGuard<'_, Flights> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Marks a flush as under way until what this returns is dropped.
    pub(super) fn begin(&self) -> InFlightMark<'_> {
        let mut flights = self.flights();
        flights.last += 1;
        let number = flights.last;
        flights.waited.insert(number, None);
        InFlightMark { all: self, number }
    }

    /// Takes note of a tick that came `elapsed` after the one before, where `tick` was due; the longest that any flush has
    /// waited.
    fn tick(&self, elapsed: Duration, tick: Duration) -> Duration {
        let counted = if elapsed < tick * 2 { elapsed } else { Duration::ZERO };
        let mut flights = self.flights();
        let waits = flights.waited.values_mut();
        waits
            .map(|waited| *waited.insert(waited.map_or(Duration::ZERO, |waited| waited + counted)))
            .max()
            .unwrap_or_default()
    }
}

pub(super) struct InFlightMark<'a> {
    all: &'a InFlight,
    number: u64,
}

impl Drop for InFlightMark<'_> {
    fn drop(&mut self) {
        self.all.flights().waited.remove(&self.number);
    }
}

/// Starts a thread that calls `on_hang`, once, when a flush is under way for longer than `limit`.
pub(super) fn watch(name: &str, flushes: Arc<InFlight>, limit: Duration, on_hang: OnHang) -> std::io::Result<Periodic> {
    let tick = (limit / LOOKS_PER_LIMIT).max(Duration::from_millis(1));
    Periodic::start(name, tick, move |elapsed| {
        if flushes.tick(elapsed, tick) < limit {
            return ControlFlow::Continue(());
        }
        tracing::error!(
            ?limit,
            "the disk has not completed a flush for too long and is taken to hang: the process ends, so that it can be \
             started anew. What was acknowledged is safe. Look at the disk and at the kernel's log"
        );
        on_hang();
        ControlFlow::Break(())
    })
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

    /// The first of so many ticks at which the longest wait is over the limit.
    fn noticed(flushes: &InFlight, ticks: usize) -> Option<usize> {
        (0..ticks).position(|_| flushes.tick(TICK, TICK) >= LIMIT)
    }

    #[test]
    fn a_flush_that_lasts_longer_than_the_limit_is_noticed() {
        let flushes = InFlight::default();
        let _hangs = flushes.begin();
        assert_eq!(noticed(&flushes, 20), Some(10));
    }

    #[test]
    fn flushes_that_each_end_in_time_are_never_noticed() {
        let flushes = InFlight::default();
        for _ in 0..100 {
            let flush = flushes.begin();
            assert_eq!(noticed(&flushes, 9), None);
            drop(flush);
        }
        assert_eq!(noticed(&flushes, 1000), None);
    }

    #[test]
    fn one_of_several_flushes_at_once_that_hangs_is_noticed_while_others_come_and_go() {
        let flushes = InFlight::default();
        let mut others = vec![flushes.begin()];
        let hangs = flushes.begin();
        for _ in 0..10 {
            others.push(flushes.begin());
            others.remove(0);
            assert_eq!(noticed(&flushes, 1), None);
        }
        assert_eq!(noticed(&flushes, 1), Some(0));
        drop(hangs);
        assert_eq!(noticed(&flushes, 1), None, "the others have not waited for so long");
    }

    #[test]
    fn time_in_which_the_process_was_stopped_does_not_count() {
        let flushes = InFlight::default();
        let _flush = flushes.begin();
        assert!(flushes.tick(TICK, TICK).is_zero());
        assert!((0..100).all(|_| flushes.tick(Duration::from_secs(3600), TICK).is_zero()));
        assert_eq!(noticed(&flushes, 20), Some(9));
    }
}
