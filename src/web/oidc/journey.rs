//! The journey to the provider and back: what this host must remember of it is in the hands of the browser, sealed.
//!
//! Whoever has no account here can begin as many journeys as he likes, so nothing of them is stored. The cookie holds what
//! the way back is checked against; it is good for ten minutes and for the browser that began the journey.

use std::time::Duration;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use crate::{
    clock::Timestamp,
    host::{
        keys::{KeyRing, SigningKey},
        random,
        trouble::Trouble,
    },
};

/// How long a journey may take: people look for their telephone, or get a new password there.
pub(super) const LIFETIME: Duration = Duration::from_secs(600);

/// The most bytes of a sealed journey; browsers drop cookies beyond 4096 with name and attributes.
const LONGEST: usize = 3800;

const PURPOSE: &str = "journeys to the outside provider";

/// What is remembered of a journey.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Journey {
    /// Comes back in the redirect: it was this browser that began the journey.
    #[serde(rename = "s")]
    pub(super) state: String,
    /// Comes back in the ID token: it was made for this journey.
    #[serde(rename = "n")]
    pub(super) nonce: String,
    /// Goes to the token endpoint: nobody else can redeem the code (RFC 7636).
    #[serde(rename = "v")]
    pub(super) verifier: String,
    /// Where to go after sign-in.
    #[serde(rename = "r")]
    pub(super) return_to: String,
    /// The language that the pages had.
    #[serde(rename = "l")]
    pub(super) language: String,
    /// When it ends, in seconds of the wall clock.
    #[serde(rename = "e")]
    ends: i64,
    /// Who signs in must prove anew at the provider who he is: that he is signed in there will not do.
    #[serde(rename = "f", default)]
    pub(super) fresh: bool,
}

impl std::fmt::Debug for Journey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Journey").field("return_to", &self.return_to).finish_non_exhaustive()
    }
}

impl Journey {
    /// A journey that begins now.
    pub(super) fn begin(return_to: &str, language: &str, fresh: bool, now: Timestamp) -> Result<Self, Trouble> {
        let secret = || random::bytes::<32>().map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
        Ok(Self {
            state: secret()?,
            nonce: secret()?,
            verifier: secret()?,
            return_to: return_to.to_owned(),
            language: language.to_owned(),
            ends: now.plus(LIFETIME).unix_seconds(),
            fresh,
        })
    }

    /// When it began, in seconds of the wall clock.
    pub(super) fn began(&self) -> i64 {
        self.ends.saturating_sub_unsigned(LIFETIME.as_secs())
    }

    /// The text for the cookie; `None` when it would be longer than browsers keep.
    pub(super) fn seal(&self, keys: &KeyRing) -> Result<Option<String>, Trouble> {
        let failed = |what: &str| Trouble::Signing(what.into());
        let signing = keys.current();
        let mut text = serde_json::to_vec(self).map_err(|_| failed("a journey has no JSON form"))?;
        let nonce = sealing(&signing)?
            .seal_in_place_append_tag(Aad::empty(), &mut text)
            .map_err(|_| failed("a journey cannot be sealed"))?;
        let mut sealed = nonce.as_ref().to_vec();
        sealed.append(&mut text);
        let sealed = format!("{}.{}", signing.kid(), URL_SAFE_NO_PAD.encode(sealed));
        Ok(Some(sealed).filter(|sealed| sealed.len() <= LONGEST))
    }

    /// The journey of a cookie, if this host sealed it and it has not ended.
    pub(super) fn open(cookie: &str, keys: &KeyRing, now: Timestamp) -> Option<Self> {
        let (kid, sealed) = cookie.split_once('.')?;
        let signing = keys.find(kid).ok()??;
        if signing.retired().is_some() {
            return None;
        }
        let mut sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, text) = sealed.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let text = sealing(&signing).ok()?.open_in_place(nonce, Aad::empty(), text).ok()?;
        let journey: Self = serde_json::from_slice(text).ok()?;
        (now.unix_seconds() < journey.ends).then_some(journey)
    }

    /// Whether the state that came back is that of this journey, without telling by the time where they differ.
    pub(super) fn is_of(&self, state: &str) -> bool {
        aws_lc_rs::constant_time::verify_slices_are_equal(self.state.as_bytes(), state.as_bytes()).is_ok()
    }
}

fn sealing(key: &SigningKey) -> Result<RandomizedNonceKey, Trouble> {
    RandomizedNonceKey::new(&AES_256_GCM, &key.derive(PURPOSE)?)
        .map_err(|_| Trouble::Signing("there is no key to seal with".into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::Clock as _, host::testing::House};

    #[tokio::test]
    async fn a_journey_comes_back_as_it_was_for_ten_minutes() {
        let house = House::new();
        let keys = house.key_ring().await;
        let journey = Journey::begin("/oauth/authorize?a=b", "en", false, house.clock.wall()).unwrap();
        let cookie = journey.seal(&keys).unwrap().unwrap();
        assert!(!cookie.contains(&journey.verifier));
        assert_eq!(journey.began(), house.clock.wall().unix_seconds());
        keys.rotate().await.unwrap();
        assert_eq!(Journey::open(&cookie, &keys, house.clock.wall()), Some(journey));
        house.clock.advance(LIFETIME);
        assert_eq!(Journey::open(&cookie, &keys, house.clock.wall()), None);
    }

    #[tokio::test]
    async fn what_this_host_did_not_seal_is_no_journey() {
        let house = House::new();
        let keys = house.key_ring().await;
        let now = house.clock.wall();
        let cookie = Journey::begin("/", "en", false, now).unwrap().seal(&keys).unwrap().unwrap();
        for at in 0..cookie.len() {
            let mut bad = cookie.clone().into_bytes();
            bad[at] = if bad[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(Journey::open(std::str::from_utf8(&bad).unwrap(), &keys, now), None, "byte {at}");
        }
        for bad in ["", ".", "a.b", &cookie[..20], &format!("{cookie}A")] {
            assert_eq!(Journey::open(bad, &keys, now), None, "{bad}");
        }
        let other = House::new().key_ring().await;
        assert_eq!(Journey::open(&cookie, &other, now), None);
    }

    #[tokio::test]
    async fn a_journey_has_its_own_state_and_no_other() {
        let house = House::new();
        let journey = Journey::begin("/", "en", false, house.clock.wall()).unwrap();
        let other = Journey::begin("/", "en", false, house.clock.wall()).unwrap();
        assert!(journey.is_of(&journey.state));
        assert!(!journey.is_of(&other.state) && !journey.is_of("") && !journey.is_of(&journey.state[1..]));
    }

    #[tokio::test]
    async fn a_journey_that_no_browser_would_keep_is_not_begun() {
        let house = House::new();
        let keys = house.key_ring().await;
        let journey = Journey::begin(&"/x".repeat(2000), "en", false, house.clock.wall()).unwrap();
        assert_eq!(journey.seal(&keys).unwrap(), None);
    }
}
