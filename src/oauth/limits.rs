//! How often clients, users and tokens may ask (bootstrapper-oauth.md rule B-106).
//!
//! Whoever is counted has shown who he is, so that nobody can use up the share of another: a client after its secret was
//! right, a token after it was found good. Failures are counted by the address that they come from, and so are the calls of
//! a public client: it shows nothing, and anybody can call himself by its id.

use std::{
    fmt,
    hash::Hash,
    net::IpAddr,
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use governor::{
    Quota, RateLimiter,
    clock::{Clock, Reference as _},
    middleware::NoOpMiddleware,
    nanos::Nanos,
    state::keyed::DashMapStateStore,
};

use crate::{host::Host, ids::NodeId, settings::OAuth};

/// The most that are remembered at one time of each kind; somebody who asks seldom is forgotten within a minute. Beyond this
/// many nobody new is counted, which is better than to keep somebody out.
const MOST: usize = 65_536;

/// Refreshes that one user's grant may make in a minute: its token lives for an hour.
const REFRESHES: u32 = 600;

/// Attempts with a wrong secret that one address may make in a minute and be told what is wrong.
const FAILURES: u32 = 60;

/// The time of the house, as the limits read it.
#[derive(Clone)]
struct HouseTime(Arc<dyn Fn() -> Duration + Send + Sync>);

impl Clock for HouseTime {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Nanos::from((self.0)())
    }
}

/// A limit for each of many.
struct Limit<K: Hash + Eq + Clone> {
    limiter: RateLimiter<K, DashMapStateStore<K>, HouseTime, NoOpMiddleware<Nanos>>,
    time: HouseTime,
    most: usize,
    /// The second in which those who asked seldom were forgotten last: at most once in each.
    swept: AtomicU64,
}

impl<K: Hash + Eq + Clone> Limit<K> {
    fn new(a_minute: u32, most: usize, time: HouseTime) -> Self {
        let quota = Quota::per_minute(NonZeroU32::new(a_minute).unwrap_or(NonZeroU32::MIN));
        let limiter = RateLimiter::new(quota, DashMapStateStore::default(), time.clone());
        Self { limiter, time, most, swept: AtomicU64::new(u64::MAX) }
    }

    /// Counts one more; the error says after how many seconds to come again.
    fn pass(&self, key: &K) -> Result<(), u32> {
        if self.limiter.len() >= self.most {
            let second = (self.time.0)().as_secs();
            if self.swept.swap(second, Ordering::Relaxed) != second {
                self.limiter.retain_recent();
            }
            if self.limiter.len() >= self.most {
                return Ok(());
            }
        }
        self.limiter.check_key(key).map_err(|not_until| {
            let wait = Duration::from(not_until.earliest_possible().duration_since(self.time.now()));
            u32::try_from(wait.as_secs()).unwrap_or(60).saturating_add(1)
        })
    }
}

/// The limits of one host. What a method refuses comes with the seconds after which to come again.
pub struct Limits {
    clients: Limit<String>,
    public: Limit<(String, IpAddr)>,
    refreshes: Limit<NodeId>,
    bootstrapper: Limit<NodeId>,
    failures: Limit<IpAddr>,
}

impl fmt::Debug for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limits").finish_non_exhaustive()
    }
}

impl Limits {
    /// Limits as the settings say, by the host's time.
    pub fn new(host: &Host, settings: &OAuth) -> Self {
        let host = host.clone();
        Self::by(settings, HouseTime(Arc::new(move || host.clock().monotonic())))
    }

    fn by(settings: &OAuth, time: HouseTime) -> Self {
        Self {
            clients: Limit::new(settings.token_rate, MOST, time.clone()),
            public: Limit::new(settings.token_rate, MOST, time.clone()),
            refreshes: Limit::new(REFRESHES, MOST, time.clone()),
            bootstrapper: Limit::new(settings.bootstrapper_rate, MOST, time.clone()),
            failures: Limit::new(FAILURES, MOST, time),
        }
    }

    /// A call of the token or revocation endpoint by a client that has shown who it is.
    ///
    /// # Errors
    /// Seconds.
    pub fn client(&self, id: &str) -> Result<(), u32> {
        self.clients.pass(&id.to_owned())
    }

    /// The same by somebody who calls himself by the id of a public client.
    ///
    /// # Errors
    /// Seconds.
    pub fn public_client(&self, id: &str, from: IpAddr) -> Result<(), u32> {
        self.public.pass(&(id.to_owned(), network(from)))
    }

    /// A refresh in a family whose token was shown.
    ///
    /// # Errors
    /// Seconds.
    pub fn refresh(&self, family: &NodeId) -> Result<(), u32> {
        self.refreshes.pass(family)
    }

    /// A call of the bootstrapper by the holder of a good token. Counted for the token's family, so that a new token gives no
    /// new share.
    ///
    /// # Errors
    /// Seconds.
    pub fn bootstrapper(&self, family: &NodeId) -> Result<(), u32> {
        self.bootstrapper.pass(family)
    }

    /// An attempt from an address that failed.
    ///
    /// # Errors
    /// Seconds.
    pub fn failure(&self, from: IpAddr) -> Result<(), u32> {
        self.failures.pass(&network(from))
    }
}

/// Who has one address of an IPv6 network has all of it.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.into(),
        IpAddr::V6(v6) => std::net::Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{Clock as _, ManualClock, Timestamp};

    fn time() -> (Arc<ManualClock>, HouseTime) {
        let clock = Arc::new(ManualClock::new(Timestamp::from_unix_ms(0)));
        let read = Arc::clone(&clock);
        (clock, HouseTime(Arc::new(move || read.monotonic())))
    }

    #[test]
    fn each_has_a_share_of_his_own_that_comes_back_with_time() {
        let (clock, time) = time();
        let limits = Limits::by(&OAuth { token_rate: 3, ..OAuth::default() }, time);
        for _ in 0..3 {
            assert_eq!(limits.client("a"), Ok(()));
        }
        let wait = limits.client("a").unwrap_err();
        assert!((1..=21).contains(&wait), "{wait}");
        assert_eq!(limits.client("b"), Ok(()));
        clock.advance(Duration::from_secs(u64::from(wait)));
        assert_eq!(limits.client("a"), Ok(()));
        assert!(limits.client("a").is_err());
    }

    #[test]
    fn memory_is_bounded_and_given_back() {
        let (clock, time) = time();
        let limit = Limit::new(2, 100, time);
        for n in 0..100 {
            assert_eq!(limit.pass(&n), Ok(()));
        }
        for _ in 0..3 {
            assert_eq!(limit.pass(&100), Ok(()), "nobody is kept out because many others ask");
        }
        assert_eq!(limit.limiter.len(), 100);
        clock.advance(Duration::from_secs(60));
        assert_eq!(limit.pass(&100), Ok(()));
        assert_eq!(limit.limiter.len(), 1);
    }

    #[test]
    fn the_addresses_of_one_network_share() {
        let same = |a: &str, b: &str| network(a.parse().unwrap()) == network(b.parse().unwrap());
        assert!(same("2001:db8::1", "2001:db8::ffff:1"));
        assert!(!same("2001:db8::1", "2001:db8:0:1::1"));
        assert!(!same("192.0.2.1", "192.0.2.2") && same("192.0.2.1", "::ffff:192.0.2.1"));
    }
}
