//! The public keys of an editor (files.md section 5.1).

use std::fmt;

use aws_lc_rs::{
    digest,
    signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents},
};
use base64::Engine as _;

use super::BASE64;

/// The smallest key that is accepted, in bits. A smaller one proves nothing today.
const SMALLEST: usize = 2048;

/// The largest, in bits: verifying with a larger one takes long.
const LARGEST: usize = 8192;

/// The longest text that is looked at, in bytes: a key of 8192 bits as a blob takes 1396.
const LONGEST_TEXT: usize = 2048;

/// The largest exponent, in bytes: a larger one takes long and nobody has one.
const LONGEST_EXPONENT: usize = 4;

/// A key as the attributes of `proof-key` give it, each in base64; empty where there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyTexts {
    /// The modulus, big-endian.
    pub modulus: String,
    /// The exponent, big-endian.
    pub exponent: String,
    /// The same key as a .NET CSP blob; used when one of the others is missing.
    pub value: String,
}

/// Why a key cannot be used. The text is meant for an administrator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not base64.
    #[error("its `{0}` is not base64")]
    Base64(&'static str),
    /// Not a CSP blob.
    #[error("its `value` is no public RSA key in Microsoft's blob form")]
    Blob,
    /// Too small or too large.
    #[error("it has {0} bits; keys of 2048 to 8192 bits are accepted")]
    Size(usize),
    /// An exponent that no RSA key has.
    #[error("its exponent is none that an RSA key has")]
    Exponent,
    /// The cryptographic library refused it.
    #[error("it is no RSA key")]
    Refused,
}

/// A public key, ready to verify.
pub struct Key {
    parsed: ParsedPublicKey,
    bits: usize,
    fingerprint: String,
}

impl Key {
    /// Reads a key: modulus and exponent, else the blob; `None` when there is neither.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn parse(texts: &KeyTexts) -> Result<Option<Self>, KeyError> {
        let (modulus, exponent) = if !texts.modulus.is_empty() && !texts.exponent.is_empty() {
            (decode("modulus", &texts.modulus)?, decode("exponent", &texts.exponent)?)
        } else if !texts.value.is_empty() {
            from_blob(&decode("value", &texts.value)?).ok_or(KeyError::Blob)?
        } else {
            return Ok(None);
        };
        Self::new(&modulus, &exponent).map(Some)
    }

    /// A key from big-endian integers.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn new(modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyError> {
        let (n, e) = (without_zeros(modulus), without_zeros(exponent));
        let bits = n.first().map_or(0, |first| n.len() * 8 - first.leading_zeros() as usize);
        if !(SMALLEST..=LARGEST).contains(&bits) {
            return Err(KeyError::Size(bits));
        }
        if e.len() > LONGEST_EXPONENT || e.last().is_none_or(|last| last % 2 == 0) || e == [1] {
            return Err(KeyError::Exponent);
        }
        let parsed = RsaPublicKeyComponents { n, e }.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256);
        let parsed = parsed.map_err(|_| KeyError::Refused)?;
        Ok(Self { parsed, bits, fingerprint: fingerprint(n, e) })
    }

    /// Its size.
    pub fn bits(&self) -> usize {
        self.bits
    }

    /// A short text that differs for every key: for an administrator who compares both ends.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Whether `signature` is one of the message with this digest.
    pub(super) fn verifies(&self, message: &digest::Digest, signature: &[u8]) -> bool {
        self.parsed.verify_digest_sig(message, signature).is_ok()
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.fingerprint == other.fingerprint
    }
}

impl Eq for Key {}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({} bits, {})", self.bits, self.fingerprint)
    }
}

/// The keys of one editor.
#[derive(Debug, PartialEq, Eq)]
pub struct Keys {
    /// What it signs with.
    pub current: Key,
    /// What it signed with before; `None` when there is none or it is the same.
    pub old: Option<Key>,
}

impl Keys {
    /// Reads both; `None` when there is no current key. An old key that cannot be used is left out.
    ///
    /// # Errors
    /// [`KeyError`] of the current key.
    pub fn parse(current: &KeyTexts, old: &KeyTexts) -> Result<Option<Self>, KeyError> {
        let Some(current) = Key::parse(current)? else { return Ok(None) };
        let old = Key::parse(old).ok().flatten().filter(|old| *old != current);
        Ok(Some(Self { current, old }))
    }
}

fn decode(name: &'static str, text: &str) -> Result<Vec<u8>, KeyError> {
    let text = text.trim();
    if text.len() > LONGEST_TEXT {
        return Err(KeyError::Base64(name));
    }
    BASE64.decode(text).map_err(|_| KeyError::Base64(name))
}

fn without_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    &number[zeros..]
}

/// Modulus and exponent, big-endian, of a CSP blob, which is little-endian throughout.
fn from_blob(blob: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    const KEY_EXCHANGE: [u8; 4] = [0x00, 0xa4, 0x00, 0x00];
    const SIGNATURE: [u8; 4] = [0x00, 0x24, 0x00, 0x00];
    let (head, rest) = blob.split_at_checked(4)?;
    let (algorithm, rest) = rest.split_at_checked(4)?;
    let (magic, rest) = rest.split_at_checked(4)?;
    let (bits, rest) = rest.split_at_checked(4)?;
    let (exponent, modulus) = rest.split_at_checked(4)?;
    if head != [6, 2, 0, 0] || magic != *b"RSA1" || (algorithm != KEY_EXCHANGE && algorithm != SIGNATURE) {
        return None;
    }
    let bits = u32::from_le_bytes(bits.try_into().ok()?) as usize;
    if bits.div_ceil(8) != modulus.len() {
        return None;
    }
    let reversed = |bytes: &[u8]| bytes.iter().rev().copied().collect();
    Some((reversed(modulus), reversed(exponent)))
}

fn fingerprint(modulus: &[u8], exponent: &[u8]) -> String {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(modulus);
    context.update(exponent);
    let hash = context.finish();
    let groups = hash.as_ref().chunks_exact(2).take(8);
    let groups = groups.map(|pair| format!("{:02x}{:02x}", pair[0], pair[1]));
    groups.collect::<Vec<_>>().join(":")
}
