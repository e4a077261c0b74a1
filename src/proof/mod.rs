//! Floor 1: proof that a request comes from the editor that it claims to come from (files.md section 5, web-host.md
//! section 8). An editor signs every request; its public keys stand in its discovery document.
//!
//! Pure: no clock, no network. Whatever is malformed merely does not verify.

mod key;
mod message;
mod verify;

pub use key::{Key, KeyError, KeyTexts, Keys};
pub use message::{EPOCH_TICKS, message};
pub use verify::{MAX_AGE, MAX_SKEW, Matched, Signed, Unproven};

use base64::{
    alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

/// Base64 as anybody writes it, padded or not.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

#[cfg(test)]
mod tests;
