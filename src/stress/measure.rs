//! What a run measures: how long answers took, what they were, second by second.

use std::{collections::BTreeMap, time::Duration};

use hdrhistogram::Histogram;
use serde::Serialize;

use crate::judge::history::Call;

/// Operations, as they are counted.
pub const KINDS: [&str; 11] = [
    "Lock",
    "UnlockAndRelock",
    "RefreshLock",
    "Unlock",
    "GetLock",
    "PutFile",
    "GetFile",
    "CheckFileInfo",
    "RenameFile",
    "DeleteFile",
    "PutUserInfo",
];

/// The place of a call in [`KINDS`].
pub const fn kind(call: &Call) -> usize {
    match call {
        Call::Lock { .. } => 0,
        Call::Relock { .. } => 1,
        Call::Refresh { .. } => 2,
        Call::Unlock { .. } => 3,
        Call::GetLock => 4,
        Call::Put { .. } => 5,
        Call::Get => 6,
        Call::Info => 7,
        Call::Rename { .. } => 8,
        Call::Delete => 9,
        Call::UserInfo => 10,
    }
}

/// What became of a request, as it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// An answer with this status.
    Status(u16),
    /// None within the client's patience.
    TimedOut,
    /// The connection broke.
    Reset,
    /// Cut off on purpose.
    Cut,
    /// No connection was made.
    Unreachable,
}

impl std::fmt::Display for Fate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Status(status) => write!(f, "{status}"),
            Self::TimedOut => f.write_str("no reply"),
            Self::Reset => f.write_str("connection lost"),
            Self::Cut => f.write_str("cut off"),
            Self::Unreachable => f.write_str("not connected"),
        }
    }
}

/// The longest time that is told apart: 10 minutes, in microseconds.
const LONGEST: u64 = 600_000_000;

fn histogram() -> Option<Histogram<u64>> {
    Histogram::new_with_bounds(1, LONGEST, 3).ok()
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(LONGEST).clamp(1, LONGEST)
}

/// Times of one kind of operation, in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Times {
    /// How many answers came.
    pub count: u64,
    /// Half of them were faster.
    pub p50: u64,
    /// And so on.
    pub p90: u64,
    /// And so on.
    pub p99: u64,
    /// And so on.
    pub p999: u64,
    /// The slowest.
    pub max: u64,
    /// The mean.
    pub mean: f64,
}

impl Times {
    fn of(histogram: &Histogram<u64>) -> Self {
        Self {
            count: histogram.len(),
            p50: histogram.value_at_quantile(0.5),
            p90: histogram.value_at_quantile(0.9),
            p99: histogram.value_at_quantile(0.99),
            p999: histogram.value_at_quantile(0.999),
            max: histogram.max(),
            mean: histogram.mean(),
        }
    }
}

/// One second of the run.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Second {
    /// Which, from the start.
    pub at: u64,
    /// Whether it belongs to the warm-up.
    pub warm_up: bool,
    /// Answers.
    pub answers: u64,
    /// Requests without an answer, and answers that are server errors.
    pub errors: u64,
    /// Microseconds.
    pub p50: u64,
    /// Microseconds.
    pub p99: u64,
    /// Microseconds.
    pub max: u64,
}

/// What was measured of one kind of operation.
#[derive(Clone, Debug, Serialize)]
pub struct Measured {
    /// Which.
    pub operation: &'static str,
    /// How long answers took.
    pub latency_us: Times,
    /// How often each outcome came.
    pub outcomes: BTreeMap<String, u64>,
}

/// Of one kind of operation: how long answers took, and how often each outcome came.
type Kind = (Option<Histogram<u64>>, BTreeMap<Fate, u64>);

/// The book.
#[derive(Debug)]
pub struct Measures {
    kinds: Vec<Kind>,
    all: Option<Histogram<u64>>,
    second: Option<Histogram<u64>>,
    current: Second,
    warm_up: Duration,
    /// All seconds that are over.
    pub seconds: Vec<Second>,
    /// Requests that began after the warm-up.
    pub measured: u64,
    /// Requests that were late by more than a millisecond when they were sent, because all clients were waiting.
    pub late: u64,
    /// All answers, the warm-up included.
    pub answers: u64,
}

impl Measures {
    /// Nothing yet.
    pub fn new(warm_up: Duration) -> Self {
        Self {
            kinds: KINDS.iter().map(|_| (None, BTreeMap::new())).collect(),
            all: histogram(),
            second: histogram(),
            current: Second { warm_up: !warm_up.is_zero(), ..Second::default() },
            warm_up,
            seconds: Vec::new(),
            measured: 0,
            late: 0,
            answers: 0,
        }
    }

    /// Notes a request: when its answer came (from the run's start), and how long that took.
    pub fn note(&mut self, kind: usize, fate: Fate, now: Duration, took: Duration) {
        self.turn(now);
        let took_us = micros(took);
        let answered = matches!(fate, Fate::Status(_));
        if answered {
            self.answers += 1;
            self.current.answers += 1;
            if let Some(second) = &mut self.second {
                second.saturating_record(took_us);
            }
        }
        if !matches!(fate, Fate::Status(..500) | Fate::Cut) {
            self.current.errors += 1;
        }
        if now < self.warm_up {
            return;
        }
        self.measured += 1;
        let (times, fates) = &mut self.kinds[kind];
        *fates.entry(fate).or_default() += 1;
        if answered {
            if times.is_none() {
                *times = histogram();
            }
            for histogram in [times, &mut self.all].into_iter().flatten() {
                histogram.saturating_record(took_us);
            }
        }
    }

    /// Closes the seconds that are over.
    pub fn turn(&mut self, now: Duration) {
        while self.current.at < now.as_secs() {
            if let Some(second) = &mut self.second {
                self.current.p50 = second.value_at_quantile(0.5);
                self.current.p99 = second.value_at_quantile(0.99);
                self.current.max = second.max();
                second.reset();
            }
            self.seconds.push(self.current);
            let at = self.current.at + 1;
            self.current = Second { at, warm_up: Duration::from_secs(at) < self.warm_up, ..Second::default() };
        }
    }

    /// All kinds together.
    pub fn all(&self) -> Times {
        self.all.as_ref().map(Times::of).unwrap_or_default()
    }

    /// For the plot of percentiles: (quantile, microseconds).
    pub fn percentiles(&self) -> Vec<(f64, u64)> {
        let quantiles = [
            0.0, 0.1, 0.25, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.975, 0.98, 0.99, 0.995, 0.998, 0.999,
            0.9995, 0.9999, 0.99999, 1.0,
        ];
        let Some(all) = &self.all else { return Vec::new() };
        quantiles.into_iter().map(|quantile| (quantile, all.value_at_quantile(quantile))).collect()
    }

    /// Kind by kind, those that were used.
    pub fn kinds(&self) -> Vec<Measured> {
        KINDS
            .iter()
            .zip(&self.kinds)
            .filter(|(_, (_, fates))| !fates.is_empty())
            .map(|(operation, (times, fates))| Measured {
                operation,
                latency_us: times.as_ref().map(Times::of).unwrap_or_default(),
                outcomes: fates.iter().map(|(fate, count)| (fate.to_string(), *count)).collect(),
            })
            .collect()
    }
}
