//! The text of a refresh token (bootstrapper-oauth.md rules B-68, B-69).
//!
//! ```text
//! rt.<family>.<number>.<secret><seal>
//! ```
//!
//! A family's tokens are a chain: the secret of each is a keyed hash of the secret before it. The key, the family's salt, is
//! in the store; the secrets are not, only the hash of the newest. So
//!
//! - whoever shows a token that was replaced a moment ago is answered its successor, the same each time: an answer that was
//!   lost can be repeated, and two refreshes at one time both end with a token that is good;
//! - whoever reads the store learns no token, and whoever finds an old token cannot make a newer one of it;
//! - the seal shows that a token of whatever age is one of ours: only such a one, used again, ends its family.

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::secrets;
use crate::ids::NodeId;

const PREFIX: &str = "rt.";
/// 256 bits in base64url.
const SECRET: usize = 43;
/// The longest text that is looked at, in bytes; ours have about 115.
const LONGEST: usize = 256;

/// A refresh token, taken apart.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct RefreshToken {
    pub(super) family: NodeId,
    /// How many there were before it in its family.
    pub(super) number: u64,
    secret: String,
    seal: String,
}

impl RefreshToken {
    /// A family's first token.
    pub(super) fn first(family: NodeId, secret: String, salt: &str) -> Self {
        Self::sealed(family, 0, secret, salt)
    }

    fn sealed(family: NodeId, number: u64, secret: String, salt: &str) -> Self {
        let seal = keyed(salt, &format!("seal.{family}.{number}.{secret}"));
        Self { family, number, secret, seal }
    }

    /// Takes a text apart; `None` when it is no refresh token by its form.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.len() > LONGEST || !text.is_ascii() {
            return None;
        }
        let mut parts = text.strip_prefix(PREFIX)?.split('.');
        let (family, number, rest) = (parts.next()?, parts.next()?, parts.next()?);
        let (secret, seal) = rest.split_at_checked(SECRET)?;
        let well_formed = parts.next().is_none() && seal.len() == SECRET && number.bytes().all(|b| b.is_ascii_digit());
        let number = number.parse().ok().filter(|_| well_formed)?;
        Some(Self { family: NodeId::parse(family).ok()?, number, secret: secret.to_owned(), seal: seal.to_owned() })
    }

    pub(super) fn text(&self) -> String {
        let Self { family, number, secret, seal } = self;
        format!("{PREFIX}{family}.{number}.{secret}{seal}")
    }

    /// Whether the house made it, however long ago.
    pub(super) fn is_ours(&self, salt: &str) -> bool {
        let genuine = Self::sealed(self.family.clone(), self.number, self.secret.clone(), salt);
        secrets::equal(&self.seal, &genuine.seal)
    }

    /// What the store keeps of it.
    pub(super) fn hash(&self) -> String {
        secrets::hash(&self.secret)
    }

    /// The one that follows it.
    pub(super) fn next(&self, salt: &str) -> Self {
        let secret = keyed(salt, &format!("next.{}", self.secret));
        Self::sealed(self.family.clone(), self.number.saturating_add(1), secret, salt)
    }
}

fn keyed(salt: &str, text: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, salt.as_bytes());
    URL_SAFE_NO_PAD.encode(hmac::sign(&key, text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SALT: &str = "salt";

    fn first() -> RefreshToken {
        let family = NodeId::from_random_bits([3; 16]);
        RefreshToken::first(family, secrets::new_secret().unwrap(), SALT)
    }

    #[test]
    fn a_text_comes_apart_as_it_was_put_together() {
        let token = first().next(SALT).next(SALT);
        let again = RefreshToken::parse(&token.text()).unwrap();
        assert!(again == token && again.is_ours(SALT) && again.number == 2);
        assert!(!again.is_ours("another"));
        assert!(token.text().len() <= 140, "{}", token.text().len());
    }

    #[test]
    fn the_successor_is_the_same_each_time_and_another_for_another_salt() {
        let token = first();
        assert!(token.next(SALT) == token.next(SALT));
        assert!(token.next(SALT).hash() != token.next("another").hash());
        assert!(token.next(SALT).hash() != token.hash());
    }

    #[test]
    fn a_number_or_secret_that_was_changed_is_noticed() {
        let text = first().text();
        let other = text.replacen(".0.", ".1.", 1);
        assert!(!RefreshToken::parse(&other).unwrap().is_ours(SALT));
        let (head, tail) = text.rsplit_once('.').unwrap();
        let flipped = if tail.starts_with('A') { "B" } else { "A" };
        let other = format!("{head}.{flipped}{}", &tail[1..]);
        assert!(!RefreshToken::parse(&other).unwrap().is_ours(SALT));
    }

    proptest! {
        #[test]
        fn no_text_whatever_is_taken_for_a_token_of_ours(text in "(rt\\.)?\\PC{0,40}(\\.[0-9+-]{0,22})?(\\.\\PC{0,90})?") {
            if let Some(token) = RefreshToken::parse(&text) {
                prop_assert!(!token.is_ours(SALT));
            }
        }
    }
}
