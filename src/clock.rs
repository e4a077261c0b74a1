//! The one clock of the house. It is handed in, so that tests move time instead of waiting for it.

use std::{
    fmt,
    sync::{
        Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, format_description::well_known::Rfc3339, macros::format_description};

/// A point of wall-clock time, counted in ticks of 100 nanoseconds since 1970-01-01T00:00:00Z.
///
/// The tick is that of `LastModifiedTime` (files.md section 3.4): what is stored is exactly what a client is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

const TICKS_PER_MILLISECOND: i64 = 10_000;
const NANOSECONDS_PER_TICK: i128 = 100;

impl Timestamp {
    /// Makes a timestamp from ticks of 100 ns since the Unix epoch.
    pub const fn from_ticks(ticks: i64) -> Self {
        Self(ticks)
    }

    /// Makes a timestamp from milliseconds since the Unix epoch; saturates at the ends of the range.
    pub const fn from_unix_ms(ms: i64) -> Self {
        Self(ms.saturating_mul(TICKS_PER_MILLISECOND))
    }

    /// Ticks of 100 ns since the Unix epoch.
    pub const fn ticks(self) -> i64 {
        self.0
    }

    /// Whole milliseconds since the Unix epoch (the unit of `access_token_ttl`, files.md section 1.6).
    pub const fn unix_ms(self) -> i64 {
        self.0.div_euclid(TICKS_PER_MILLISECOND)
    }

    /// Whole seconds since the Unix epoch (the unit of a JWT's `exp`, RFC 7519 section 2).
    pub const fn unix_seconds(self) -> i64 {
        self.0.div_euclid(TICKS_PER_MILLISECOND * 1000)
    }

    /// The next later timestamp.
    #[must_use]
    pub const fn next_tick(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// This point moved later by `by`; saturates.
    #[must_use]
    pub fn plus(self, by: Duration) -> Self {
        let ticks = i64::try_from(by.as_nanos() / NANOSECONDS_PER_TICK.unsigned_abs()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(ticks))
    }

    /// How much later this point is than `earlier`; zero if it is not later.
    pub fn since(self, earlier: Self) -> Duration {
        let ticks = self.0.saturating_sub(earlier.0).max(0).unsigned_abs();
        Duration::from_nanos(ticks.saturating_mul(100))
    }

    /// Reads an ISO-8601 / RFC 3339 text; `None` if it is not one. Text forms of one instant are equal.
    pub fn parse_iso(text: &str) -> Option<Self> {
        let at = OffsetDateTime::parse(text.trim(), &Rfc3339).ok()?;
        i64::try_from(at.unix_timestamp_nanos().div_euclid(NANOSECONDS_PER_TICK)).ok().map(Self)
    }

    /// Writes `2009-06-15T13:45:30.0000000Z`: UTC, seven decimals, the one form Lockhouse hands out.
    pub fn to_iso(self) -> String {
        let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:7]Z");
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * NANOSECONDS_PER_TICK)
            .ok()
            .and_then(|at| at.format(&format).ok())
            .unwrap_or_else(|| "1970-01-01T00:00:00.0000000Z".to_owned())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_iso())
    }
}

/// Where the house reads the time.
pub trait Clock: Send + Sync + 'static {
    /// The wall-clock time, which an administrator may set forward and back.
    fn wall(&self) -> Timestamp;

    /// Time since an arbitrary start that only goes forward, and goes on while the machine is suspended.
    fn monotonic(&self) -> Duration;
}

/// The machine's own clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn wall(&self) -> Timestamp {
        let nanos = match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(after) => i128::try_from(after.as_nanos()).unwrap_or(i128::MAX),
            Err(before) => -i128::try_from(before.duration().as_nanos()).unwrap_or(i128::MAX),
        };
        Timestamp(i64::try_from(nanos.div_euclid(NANOSECONDS_PER_TICK)).unwrap_or(i64::MAX))
    }

    fn monotonic(&self) -> Duration {
        // CLOCK_BOOTTIME counts a suspended laptop's sleep; CLOCK_MONOTONIC would let a lock outlive the night.
        let now = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        Duration::new(now.tv_sec.unsigned_abs(), u32::try_from(now.tv_nsec).unwrap_or(0))
    }
}

/// A clock that stands still until it is moved; for tests of Lockhouse and of what embeds it.
#[derive(Debug)]
pub struct ManualClock {
    wall: AtomicI64,
    monotonic: Mutex<Duration>,
}

impl ManualClock {
    /// A clock that shows `wall` and has run for a thousand seconds.
    pub fn new(wall: Timestamp) -> Self {
        Self { wall: AtomicI64::new(wall.ticks()), monotonic: Mutex::new(Duration::from_secs(1000)) }
    }

    /// Lets `by` pass: both clocks move.
    pub fn advance(&self, by: Duration) {
        let moved = self.wall().plus(by);
        self.wall.store(moved.ticks(), Ordering::SeqCst);
        *self.monotonic.lock().unwrap_or_else(std::sync::PoisonError::into_inner) += by;
    }

    /// Sets the wall clock alone, as an administrator or a time server would.
    pub fn set_wall(&self, wall: Timestamp) {
        self.wall.store(wall.ticks(), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn wall(&self) -> Timestamp {
        Timestamp(self.wall.load(Ordering::SeqCst))
    }

    fn monotonic(&self) -> Duration {
        *self.monotonic.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_survives_its_text_form() {
        let at = Timestamp::from_ticks(16_300_000_000_123_456);
        assert_eq!(Timestamp::parse_iso(&at.to_iso()), Some(at));
        assert!(at.to_iso().ends_with("2.3456Z") || at.to_iso().len() == 28, "{at}");
    }

    #[test]
    fn the_text_form_has_seven_decimals() {
        assert_eq!(Timestamp::from_unix_ms(1_245_073_530_000).to_iso(), "2009-06-15T13:45:30.0000000Z");
    }

    #[test]
    fn times_of_one_instant_are_equal_whatever_their_offset() {
        assert_eq!(Timestamp::parse_iso("2009-06-15T13:45:30Z"), Timestamp::parse_iso("2009-06-15T15:45:30.000+02:00"));
        assert_eq!(Timestamp::parse_iso("yesterday"), None);
    }

    #[test]
    fn the_manual_clock_moves_only_when_told() {
        let clock = ManualClock::new(Timestamp::from_unix_ms(0));
        let before = clock.monotonic();
        clock.advance(Duration::from_secs(60));
        assert_eq!(clock.monotonic() - before, Duration::from_secs(60));
        assert_eq!(clock.wall().unix_ms(), 60_000);
        clock.set_wall(Timestamp::from_unix_ms(5));
        assert_eq!(clock.monotonic() - before, Duration::from_secs(60));
    }
}
