//! How often somebody may ask: counts that run full again with the time of the house, and take a bounded room. What is counted
//! and how much of it is for those to say who count: [`crate::oauth::Limits`], and signing in.

use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    num::NonZeroU32,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use governor::{Quota, RateLimiter, clock::Clock, middleware::NoOpMiddleware, nanos::Nanos, state::StateStore};

/// Counts that are kept of one kind. Each is forgotten when it has run full again.
pub(crate) const MOST: usize = 65_536;

/// Time since an arbitrary start, which only goes forward.
#[derive(Clone)]
pub(crate) struct HouseTime(Arc<dyn Fn() -> Duration + Send + Sync>);

impl HouseTime {
    /// The time that `now` tells.
    pub(crate) fn new(now: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }
}

impl Clock for HouseTime {
    type Instant = Duration;

    fn now(&self) -> Duration {
        (self.0)()
    }
}

/// What happens when there is no room for one more; nobody is ever kept out because many others ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Beyond {
    /// The count is forgotten that would have run full soonest.
    Forgets,
    /// Whoever is new is not counted: those who are, have shown who they are and are worth keeping.
    Passes,
}

/// How often each of many may do something.
pub(crate) struct Rate<K: Hash + Eq + Clone> {
    limiter: RateLimiter<K, Table<K>, HouseTime, NoOpMiddleware<Duration>>,
    table: Table<K>,
    time: HouseTime,
    began: Duration,
    step: u64,
    most: usize,
    beyond: Beyond,
}

impl<K: Hash + Eq + Clone> Rate<K> {
    /// So many at once, and one more each time that `every` has passed; of at most `most` at a time.
    pub(crate) fn new(burst: u32, every: Duration, most: usize, beyond: Beyond, time: &HouseTime) -> Self {
        let every = every.max(Duration::from_nanos(1));
        let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
        // A period of zero is the only one that is refused.
        let quota = Quota::with_period(every).unwrap_or_else(|| Quota::per_second(burst)).allow_burst(burst);
        let table = Table::default();
        let limiter = RateLimiter::new(quota, table.clone(), time.clone());
        let step = u64::try_from(every.as_nanos()).unwrap_or(u64::MAX);
        Self { limiter, table, began: time.now(), time: time.clone(), step, most, beyond }
    }

    /// Counts one, or tells how long to wait.
    pub(crate) fn take(&self, key: &K) -> Result<(), Duration> {
        let now = self.time.now();
        if !self.has_room(key, now) {
            return Ok(());
        }
        self.limiter.check_key(key).map_err(|not_until| not_until.wait_time_from(now))
    }

    /// Counts one less.
    pub(crate) fn give_back(&self, key: &K) {
        if let Some(full_at) = self.table.rows().full_at.get_mut(key) {
            *full_at = full_at.saturating_sub(self.step);
        }
    }

    /// Makes room for one more, if it is needed; whether there is some then.
    fn has_room(&self, key: &K, now: Duration) -> bool {
        let mut rows = self.table.rows();
        if rows.full_at.len() < self.most || rows.full_at.contains_key(key) {
            return true;
        }
        // All are looked at once in a second at most.
        if rows.swept != Some(now.as_secs()) {
            rows.swept = Some(now.as_secs());
            let since = u64::try_from(now.saturating_sub(self.began).as_nanos()).unwrap_or(u64::MAX);
            rows.full_at.retain(|_, full_at| *full_at > since);
        }
        if rows.full_at.len() >= self.most && self.beyond == Beyond::Forgets {
            let soonest = rows.full_at.iter().min_by_key(|(_, full_at)| **full_at).map(|(key, _)| key.clone());
            soonest.and_then(|soonest| rows.full_at.remove(&soonest));
        }
        rows.full_at.len() < self.most
    }

    /// How many are remembered.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.table.rows().full_at.len()
    }
}

/// The counts.
#[derive(Clone)]
struct Table<K>(Arc<Mutex<Rows<K>>>);

struct Rows<K> {
    /// For each key when it will have run full again, in nanoseconds since the beginning.
    full_at: HashMap<K, u64>,
    /// The second in which those were forgotten last that have.
    swept: Option<u64>,
}

impl<K> Default for Table<K> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Rows { full_at: HashMap::new(), swept: None })))
    }
}

impl<K> Table<K> {
    fn rows(&self) -> MutexGuard<'_, Rows<K>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Hash + Eq + Clone> StateStore for Table<K> {
    type Key = K;

    fn measure_and_replace<T, F, E>(&self, key: &K, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut rows = self.rows();
        let (outcome, full_at) = decide(rows.full_at.get(key).copied().map(Nanos::from))?;
        rows.full_at.insert(key.clone(), full_at.into());
        Ok(outcome)
    }
}

/// From where somebody asks: who has one address of an IPv6 network has all 2^64 of it, so they count as one.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) & !u128::from(u64::MAX)).into()),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{Clock as _, ManualClock, Timestamp};

    fn rate(beyond: Beyond) -> (Arc<ManualClock>, Rate<u32>) {
        let clock = Arc::new(ManualClock::new(Timestamp::from_unix_ms(0)));
        let read = Arc::clone(&clock);
        let time = HouseTime::new(move || read.monotonic());
        (clock, Rate::new(2, Duration::from_secs(30), 100, beyond, &time))
    }

    #[test]
    fn memory_is_bounded_and_given_back() {
        for beyond in [Beyond::Passes, Beyond::Forgets] {
            let (clock, rate) = rate(beyond);
            for n in 0..100 {
                assert_eq!(rate.take(&n), Ok(()));
            }
            for n in 100..110 {
                assert_eq!(rate.take(&n), Ok(()), "nobody is kept out because many others ask");
            }
            assert_eq!(rate.len(), 100);
            clock.advance(Duration::from_secs(60));
            assert_eq!(rate.take(&110), Ok(()));
            assert_eq!(rate.len(), 1, "what has run full is forgotten");
        }
    }

    #[test]
    fn where_there_is_no_room_whoever_is_counted_already_is_counted_on() {
        for (beyond, new) in [(Beyond::Passes, Ok(())), (Beyond::Forgets, Err(Duration::from_secs(30)))] {
            let (_, rate) = rate(beyond);
            for n in 0..100 {
                assert_eq!(rate.take(&n), Ok(()));
            }
            for _ in 0..2 {
                assert_eq!(rate.take(&100), Ok(()));
            }
            assert_eq!(rate.take(&100), new, "{beyond:?}");
            let (_, rate) = super::tests::rate(beyond);
            for n in [7, 7].into_iter().chain(8..107) {
                assert_eq!(rate.take(&n), Ok(()));
            }
            assert!(rate.take(&7).is_err(), "{beyond:?}");
        }
    }

    #[test]
    fn the_addresses_of_one_network_share() {
        let same = |a: &str, b: &str| network(a.parse().unwrap()) == network(b.parse().unwrap());
        assert!(same("2001:db8::1", "2001:db8::ffff:1"));
        assert!(!same("2001:db8::1", "2001:db8:0:1::1"));
        assert!(!same("192.0.2.1", "192.0.2.2") && same("192.0.2.1", "::ffff:192.0.2.1"));
    }
}
