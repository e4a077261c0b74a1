//! Identifiers: checked once, by their constructor, and cheap to clone.

use std::{fmt, sync::Arc};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

/// Why a text is not an identifier.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{kind}` must be 1 to {longest} characters of {alphabet}")]
pub struct InvalidId {
    kind: &'static str,
    longest: usize,
    alphabet: &'static str,
}

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $longest:literal, $alphabet:literal, $allowed:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// Checks length and alphabet.
            ///
            /// # Errors
            /// [`InvalidId`] when the text is empty, too long or holds another character.
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                let allowed: fn(u8) -> bool = $allowed;
                if text.is_empty() || text.len() > $longest || !text.bytes().all(allowed) {
                    return Err(InvalidId { kind: $kind, longest: $longest, alphabet: $alphabet });
                }
                Ok(Self(text.into()))
            }

            /// The identifier's text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.as_str().to_owned()
            }
        }
    };
}

fn url_safe(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

identifier!(
    /// A file or a container: 128 random bits in `A-Z a-z 0-9 - _`, never reused (files.md section 1.3).
    ///
    /// Files and containers share one space of identifiers, so that a grant or a token names either.
    NodeId, "id", 64, "A-Z a-z 0-9 - _", url_safe
);

identifier!(
    /// A user's name, by which he signs in and which WOPI calls `UserId`: letters and digits (files.md section 3.1).
    UserId, "user name", 64, "A-Z a-z 0-9", |byte| byte.is_ascii_alphanumeric()
);

impl NodeId {
    /// Writes 128 random bits as 22 characters.
    pub fn from_random_bits(bits: [u8; 16]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(bits).into())
    }
}

impl UserId {
    /// The form in which names are compared: `Anna` and `anna` are one person.
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_url_safe_and_at_most_64_characters() {
        assert!(NodeId::parse("Ab-9_").is_ok());
        for bad in ["", "a/b", "a+b", "ä", "a%20", "../x", &"x".repeat(65)] {
            assert!(NodeId::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(NodeId::from_random_bits([0xff; 16]).as_str().len(), 22);
        assert!(UserId::parse("an-na").is_err());
    }
}
