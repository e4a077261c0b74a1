//! Whether a proof holds (files.md section 5.3).

use std::time::Duration;

use aws_lc_rs::digest::{self, Digest, SHA256};
use base64::Engine as _;
use percent_encoding::percent_decode_str;

use super::{
    BASE64,
    key::{Key, Keys},
    message::{EPOCH_TICKS, message},
};
use crate::clock::Timestamp;

/// The oldest time stamp that is accepted (web-host.md rule W-60).
pub const MAX_AGE: Duration = Duration::from_secs(20 * 60);

/// How far the editor's clock may be ahead of ours.
pub const MAX_SKEW: Duration = Duration::from_secs(5 * 60);

/// The longest signature that is looked at, in bytes of base64: one by a key of 8192 bits takes 1368.
const LONGEST_SIGNATURE: usize = 2048;

/// What a request says that has to do with its proof.
#[derive(Clone, Copy, Debug, Default)]
pub struct Signed<'a> {
    /// The value of `access_token` in the query as it was sent, percent-escapes and all; else what came in the header.
    pub token: &'a str,
    /// The whole URL as the client asked for it.
    pub url: &'a str,
    /// `X-WOPI-Proof`.
    pub proof: Option<&'a [u8]>,
    /// `X-WOPI-ProofOld`.
    pub proof_old: Option<&'a [u8]>,
    /// `X-WOPI-TimeStamp`.
    pub timestamp: Option<&'a [u8]>,
}

/// By which combination a proof holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matched {
    /// The proof, by the current key.
    Current,
    /// The old proof, by the key that we take for the current one: the editor has a newer key, which we do not know.
    NewerKeyExists,
    /// The proof, by the old key.
    OldKey,
}

/// Why a request counts as not proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    /// There is no proof.
    #[error("the request carries no proof of the editor that sent it")]
    Missing,
    /// The time stamp is missing or no number.
    #[error("the proof's X-WOPI-TimeStamp is missing or no number")]
    NoTime,
    /// The time stamp is older than [`MAX_AGE`].
    #[error("the proof is older than 20 minutes; compare the clocks of both machines")]
    TooOld,
    /// The time stamp is later than [`MAX_SKEW`] allows.
    #[error("the proof's time lies in the future; compare the clocks of both machines")]
    TooNew,
    /// No key of the editor verifies it.
    #[error("no key in the editor's discovery verifies the proof over this URL and token")]
    NoMatch,
    /// There is no key to verify it with.
    #[error("no key of the editor is known, and its requests must be proven")]
    NoKeys,
}

impl Unproven {
    /// Whether it could be different with the editor's newest keys.
    pub const fn may_be_mended_by_keys(self) -> bool {
        matches!(self, Self::NoMatch | Self::NoKeys)
    }
}

impl Signed<'_> {
    /// Whether there is anything to verify.
    pub fn is_there(&self) -> bool {
        self.proof.is_some() || self.proof_old.is_some()
    }

    /// Whether its time is now, within bounds; the ticks.
    ///
    /// # Errors
    /// [`Unproven`].
    pub fn time(&self, now: Timestamp) -> Result<i64, Unproven> {
        let text = self.timestamp.and_then(|text| std::str::from_utf8(text.trim_ascii()).ok());
        let digits = text.filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        let ticks: i64 = digits.and_then(|text| text.parse().ok()).ok_or(Unproven::NoTime)?;
        // The digits have no sign, so that nothing can overflow.
        let at = Timestamp::from_ticks(ticks - EPOCH_TICKS);
        if now.since(at) > MAX_AGE {
            return Err(Unproven::TooOld);
        }
        if at.since(now) > MAX_SKEW {
            return Err(Unproven::TooNew);
        }
        Ok(ticks)
    }

    /// Verifies the signatures, whatever their time, with any of these keys.
    ///
    /// Clients sign the token either as it stands in the URL or percent-decoded; either will do. Old signatures by old keys
    /// do not count.
    ///
    /// # Errors
    /// [`Unproven::NoMatch`].
    pub fn verify<'k>(&self, ticks: i64, keys: &(impl Iterator<Item = &'k Keys> + Clone)) -> Result<Matched, Unproven> {
        let decoded: Vec<u8> = percent_decode_str(self.token).collect();
        let decoded = digest_of(&decoded, self.url, ticks);
        let raw = self.token.contains('%').then(|| digest_of(self.token.as_bytes(), self.url, ticks));
        let candidates = [Some(decoded), raw];
        // An editor with one key sends the same twice.
        let proof_old = self.proof_old.filter(|old| self.proof != Some(old));
        let (proof, proof_old) = (signature(self.proof), signature(proof_old));
        let holds = |signature: Option<&Vec<u8>>, key: &Key| {
            signature
                .is_some_and(|signature| candidates.iter().flatten().any(|message| key.verifies(message, signature)))
        };
        if keys.clone().any(|keys| holds(proof.as_ref(), &keys.current)) {
            return Ok(Matched::Current);
        }
        if keys.clone().any(|keys| holds(proof_old.as_ref(), &keys.current)) {
            return Ok(Matched::NewerKeyExists);
        }
        if keys.clone().any(|keys| keys.old.as_ref().is_some_and(|old| holds(proof.as_ref(), old))) {
            return Ok(Matched::OldKey);
        }
        Err(Unproven::NoMatch)
    }
}

fn digest_of(token: &[u8], url: &str, ticks: i64) -> Digest {
    digest::digest(&SHA256, &message(token, url, ticks))
}

/// The bytes of a signature; `None` for anything that is none.
fn signature(header: Option<&[u8]>) -> Option<Vec<u8>> {
    let text = header?.trim_ascii();
    if text.is_empty() || text.len() > LONGEST_SIGNATURE {
        return None;
    }
    BASE64.decode(text).ok()
}
