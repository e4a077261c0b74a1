//! How often clients, users and tokens may ask (bootstrapper-oauth.md rule B-106).
//!
//! Whoever is counted has shown who he is, so that nobody can use up the share of another: a client after its secret was
//! right, a token after it was found good. Failures are counted by the address that they come from, and so are the calls of
//! a public client: it shows nothing, and anybody can call himself by its id.

use std::{fmt, hash::Hash, net::IpAddr, time::Duration};

use crate::{
    host::Host,
    ids::NodeId,
    server::rates::{Beyond, HouseTime, MOST, Rate, network},
    settings::OAuth,
};

/// Refreshes that one user's grant may make in a minute: its token lives for an hour.
const REFRESHES: u32 = 600;

/// Attempts with a wrong secret that one address may make in a minute and be told what is wrong.
const FAILURES: u32 = 60;

/// A limit for each of many.
struct Limit<K: Hash + Eq + Clone>(Rate<K>);

impl<K: Hash + Eq + Clone> Limit<K> {
    fn new(a_minute: u32, time: &HouseTime) -> Self {
        let every = Duration::from_secs(60) / a_minute.max(1);
        Self(Rate::new(a_minute, every, MOST, Beyond::Passes, time))
    }

    /// Counts one more; the error says after how many seconds to come again.
    fn pass(&self, key: &K) -> Result<(), u32> {
        self.0.take(key).map_err(|wait| u32::try_from(wait.as_secs()).unwrap_or(60).saturating_add(1))
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
        Self::by(settings, &HouseTime::new(move || host.clock().monotonic()))
    }

    fn by(settings: &OAuth, time: &HouseTime) -> Self {
        Self {
            clients: Limit::new(settings.token_rate, time),
            public: Limit::new(settings.token_rate, time),
            refreshes: Limit::new(REFRESHES, time),
            bootstrapper: Limit::new(settings.bootstrapper_rate, time),
            failures: Limit::new(FAILURES, time),
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::clock::{Clock as _, ManualClock, Timestamp};

    fn time() -> (Arc<ManualClock>, HouseTime) {
        let clock = Arc::new(ManualClock::new(Timestamp::from_unix_ms(0)));
        let read = Arc::clone(&clock);
        (clock, HouseTime::new(move || read.monotonic()))
    }

    #[test]
    fn each_has_a_share_of_his_own_that_comes_back_with_time() {
        let (clock, time) = time();
        let limits = Limits::by(&OAuth { token_rate: 3, ..OAuth::default() }, &time);
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
}
