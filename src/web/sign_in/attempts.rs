//! How many wrong passwords are answered before the next has to wait (rules B-45 and B-106).
//!
//! Attempts are counted for each pair of an address and an account, and more generously for each address. Never for an
//! account alone: a stranger could lock its owner out. A device on which the account signed in before has a count of its own.
//! An attempt that succeeds is given back, so that only wrong ones count, yet no number of attempts at the same time
//! gets past the count. What is counted is the same whether or not there is such an account.
//!
//! Codes of an outside provider are counted too, for each address: whoever has a browser can make some up, and each is asked
//! about at the provider.

use std::{
    fmt,
    hash::{BuildHasher as _, RandomState},
    net::IpAddr,
    time::Duration,
};

use crate::{
    server::rates::{Beyond, HouseTime, MOST, Rate, network},
    settings::SignIn,
};

/// How much more one address may do than one pair: a whole company may be behind it.
const GENEROSITY: u32 = 20;

/// Who tries.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attempt<'a> {
    /// From where.
    pub(crate) address: IpAddr,
    /// For which account, folded, as it was typed.
    pub(crate) account: &'a str,
    /// On which device, if the account has signed in on it before.
    pub(crate) device: Option<&'a str>,
}

/// The counts of all attempts; shared by all workers of a server.
pub struct Attempts {
    pairs: Rate<u64>,
    addresses: Rate<u64>,
    hasher: RandomState,
}

impl fmt::Debug for Attempts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempts").finish_non_exhaustive()
    }
}

/// An attempt that may be made. It counts, unless it is given back.
#[derive(Debug)]
pub(crate) struct Admitted {
    pair: Option<u64>,
    address: Option<u64>,
}

impl Attempts {
    /// Counts as the settings say; `now` tells the time since an arbitrary start.
    pub fn new(settings: &SignIn, now: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        let time = HouseTime::new(now);
        let every = settings.attempt_every.get();
        Self {
            pairs: Rate::new(settings.attempts, every, MOST, Beyond::Forgets, &time),
            addresses: Rate::new(
                settings.attempts.saturating_mul(GENEROSITY),
                every / GENEROSITY,
                MOST,
                Beyond::Forgets,
                &time,
            ),
            hasher: RandomState::new(),
        }
    }

    /// Admits an attempt, or tells how long to wait.
    pub(crate) fn admit(&self, attempt: Attempt<'_>) -> Result<Admitted, Duration> {
        let address = network(attempt.address);
        let (pair, address) = match attempt.device {
            Some(device) => (self.hasher.hash_one(("device", device, attempt.account)), None),
            None => (
                self.hasher.hash_one(("pair", address, attempt.account)),
                Some(self.hasher.hash_one(("address", address))),
            ),
        };
        self.pairs.take(&pair)?;
        if let Some(address) = address
            && let Err(wait) = self.addresses.take(&address)
        {
            self.pairs.give_back(&pair);
            return Err(wait);
        }
        Ok(Admitted { pair: Some(pair), address })
    }

    /// Admits a code from the outside provider, which has yet to be redeemed, or tells how long to wait.
    #[cfg_attr(not(feature = "oidc"), allow(dead_code, reason = "only the provider makes codes"))]
    pub(crate) fn admit_code(&self, from: IpAddr) -> Result<Admitted, Duration> {
        let address = self.hasher.hash_one(("code", network(from)));
        self.addresses.take(&address)?;
        Ok(Admitted { pair: None, address: Some(address) })
    }

    /// Takes an attempt out of the counts: it succeeded, or the password was not even looked at.
    pub(crate) fn give_back(&self, admitted: &Admitted) {
        if let Some(pair) = admitted.pair {
            self.pairs.give_back(&pair);
        }
        if let Some(address) = admitted.address {
            self.addresses.give_back(&address);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        clock::{Clock as _, ManualClock, Timestamp},
        settings::Period,
    };

    const EVERY: Duration = Duration::from_secs(30);

    fn attempts() -> (Attempts, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::new(Timestamp::from_unix_ms(0)));
        let settings = SignIn { attempts: 3, attempt_every: Period::seconds(30), ..SignIn::default() };
        let watch = Arc::clone(&clock);
        (Attempts::new(&settings, move || watch.monotonic()), clock)
    }

    fn from<'a>(address: &str, account: &'a str) -> Attempt<'a> {
        Attempt { address: address.parse().unwrap(), account, device: None }
    }

    #[test]
    fn a_guesser_has_to_wait_and_then_may_try_once_more() {
        let (attempts, clock) = attempts();
        let guess = from("203.0.113.1", "anna");
        for _ in 0..3 {
            attempts.admit(guess).unwrap();
        }
        assert_eq!(attempts.admit(guess).unwrap_err(), EVERY);
        clock.advance(EVERY - Duration::from_secs(1));
        assert_eq!(attempts.admit(guess).unwrap_err(), Duration::from_secs(1));
        clock.advance(Duration::from_secs(1));
        attempts.admit(guess).unwrap();
        assert!(attempts.admit(guess).is_err());
    }

    #[test]
    fn a_guesser_elsewhere_keeps_nobody_waiting() {
        let (attempts, _) = attempts();
        for _ in 0..9 {
            _ = attempts.admit(from("203.0.113.1", "anna"));
        }
        attempts.admit(from("203.0.113.2", "anna")).unwrap();
        attempts.admit(from("203.0.113.1", "berta")).unwrap();
        attempts.admit(Attempt { device: Some("hers"), ..from("203.0.113.1", "anna") }).unwrap();
    }

    #[test]
    fn a_known_device_is_counted_too() {
        let (attempts, _) = attempts();
        let stolen = Attempt { device: Some("hers"), ..from("203.0.113.1", "anna") };
        for _ in 0..3 {
            attempts.admit(stolen).unwrap();
        }
        assert!(attempts.admit(Attempt { address: "198.51.100.1".parse().unwrap(), ..stolen }).is_err());
    }

    #[test]
    fn one_address_cannot_try_every_account() {
        let (attempts, _) = attempts();
        let names: Vec<String> = (0..100).map(|n| format!("user{n}")).collect();
        let admitted = names.iter().filter(|name| attempts.admit(from("2001:db8::1", name)).is_ok()).count();
        assert_eq!(admitted, 60);
        assert!(attempts.admit(from("2001:db8::2", "anna")).is_err(), "the same subscriber");
        assert!(attempts.admit(from("2001:db8:0:1::1", "anna")).is_ok());
    }

    #[test]
    fn what_succeeds_does_not_count() {
        let (attempts, _) = attempts();
        for _ in 0..1000 {
            let admitted = attempts.admit(from("203.0.113.1", "anna")).unwrap();
            attempts.give_back(&admitted);
        }
        for _ in 0..3 {
            attempts.admit(from("203.0.113.1", "anna")).unwrap();
        }
        assert!(attempts.admit(from("203.0.113.1", "anna")).is_err());
    }

    #[test]
    fn attempts_at_the_same_time_do_not_get_past_the_count() {
        let (attempts, _) = attempts();
        let admitted: Vec<_> = (0..10).filter_map(|_| attempts.admit(from("203.0.113.1", "anna")).ok()).collect();
        assert_eq!(admitted.len(), 3);
    }

    #[test]
    fn memory_is_bounded() {
        let (attempts, clock) = attempts();
        for n in 0..u32::try_from(MOST).unwrap() + 100 {
            let address = IpAddr::V4((0x0b00_0000 + n).into());
            _ = attempts.admit(Attempt { address, account: "anna", device: None });
        }
        assert_eq!(attempts.pairs.len(), MOST);
        clock.advance(EVERY * 4);
        attempts.admit(from("203.0.113.1", "anna")).unwrap();
        assert_eq!(attempts.pairs.len(), 1, "what has run full is forgotten");
    }

    #[test]
    fn made_up_codes_are_counted_for_a_network_apart_from_passwords_and_good_ones_are_not() {
        let (attempts, clock) = attempts();
        let (here, there) = ("2001:db8::1".parse().unwrap(), "2001:db8:0:1::1".parse().unwrap());
        for _ in 0..1000 {
            attempts.give_back(&attempts.admit_code(here).unwrap());
        }
        let admitted = (0..1000).filter(|_| attempts.admit_code(here).is_ok()).count();
        assert_eq!(admitted, 3 * 20);
        assert!(attempts.admit_code("2001:db8::2".parse().unwrap()).is_err(), "the same subscriber");
        assert!(attempts.admit_code(there).is_ok());
        assert!(attempts.admit(from("2001:db8::1", "anna")).is_ok(), "passwords work");
        clock.advance(attempts.admit_code(here).unwrap_err());
        assert!(attempts.admit_code(here).is_ok());
    }
}
