//! What the integration tests share: the real binary as a fixture, a small WOPI client, a client that
//! may break the rules of HTTP, and a server that many tests use together.
#![allow(dead_code)]

pub(crate) mod binary;
pub(crate) mod container;
pub(crate) mod cookies;
pub(crate) mod raw;
pub(crate) mod reply;
pub(crate) mod shared;
pub(crate) mod tokens;
pub(crate) mod utf7;
pub(crate) mod wopi;

#[allow(unused_imports)]
pub(crate) use {
    binary::{Binary, PASSWORD, Run, Start},
    container::{Container, Ecosystem},
    cookies::Cookies,
    reply::Reply,
    shared::{Doc, Shared},
    wopi::{Call, Wopi},
};

use std::time::{Duration, Instant};

/// Asks again and again until `probe` gives a value, and fails with `what` after `limit`.
#[track_caller]
pub(crate) fn eventually<T>(what: &str, limit: Duration, mut probe: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(value) = probe() {
            return value;
        }
        assert!(begun.elapsed() < limit, "{what}: not within {limit:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Bytes that differ for every `tag` and hold no long repetition, so that chunks are really cut.
pub(crate) fn noise(tag: u64, length: usize) -> Vec<u8> {
    let mut state = tag.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.wrapping_mul(0x2545_F491_4F6C_DD1D).to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

/// The base64 of the SHA-256 of `bytes`, as `CheckFileInfo` reports it.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    use base64::Engine as _;
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    base64::engine::general_purpose::STANDARD.encode(digest.as_ref())
}

/// Percent-encodes everything but letters and digits, as Microsoft's suite does with access tokens.
pub(crate) fn percent(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
