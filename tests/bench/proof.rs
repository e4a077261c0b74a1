//! What it costs to verify the proof of a request, beside a bare RSA verification: at 2048 bits and at 4096, when the first
//! combination holds, when the last one does, when none does, and for garbage. The target is under 100 microseconds a request
//! at 2048 bits.
//!
//! `LOCKHOUSE_BENCH_ROUNDS` (2000) changes how often each is done.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_precision_loss,
    reason = "a benchmark prints and may panic"
)]

use std::{env, hint::black_box, time::Instant};

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::{KeyPair, KeySize},
    signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaPublicKeyComponents},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use lockhouse::{
    clock::{Clock as _, SystemClock},
    proof::{EPOCH_TICKS, Key, Keys, Signed, message},
};

/// A token as long as ours, of which the conformance suite escapes the dots.
fn token() -> String {
    let part = "eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxMjM0NTY3ODlhYmNkZWYifQ".repeat(2);
    format!("{part}%2E{part}%2E{}", &part[..43])
}

fn sign(key: &KeyPair, message: &[u8]) -> Vec<u8> {
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).unwrap();
    signature
}

fn public(key: &KeyPair) -> Key {
    let key = key.public_key();
    Key::new(key.modulus().big_endian_without_leading_zero(), key.exponent().big_endian_without_leading_zero()).unwrap()
}

/// Microseconds each: the median of ten runs.
fn measure(rounds: u32, mut work: impl FnMut()) -> f64 {
    let mut runs: Vec<f64> = (0..10)
        .map(|_| {
            let begun = Instant::now();
            for _ in 0..rounds.div_ceil(10) {
                work();
            }
            begun.elapsed().as_secs_f64() * 1e6 / f64::from(rounds.div_ceil(10))
        })
        .collect();
    runs.sort_by(f64::total_cmp);
    runs[runs.len() / 2]
}

fn main() {
    let rounds = env::var("LOCKHOUSE_BENCH_ROUNDS").ok().and_then(|value| value.parse().ok()).unwrap_or(2000);
    println!(
        "| bits | bare RSA (µs) | with its key parsed each time (µs) | current key (µs) | old key (µs) | none holds (µs) | garbage (µs) |"
    );
    println!("|---|---|---|---|---|---|---|");
    for (bits, size) in [(2048, KeySize::Rsa2048), (4096, KeySize::Rsa4096)] {
        row(rounds, bits, size);
    }
}

fn row(rounds: u32, bits: u32, size: KeySize) {
    let (current, old, stranger) =
        (KeyPair::generate(size).unwrap(), KeyPair::generate(size).unwrap(), KeyPair::generate(size).unwrap());
    let keys = Keys { current: public(&current), old: Some(public(&old)) };
    let token = token();
    let url = format!(
        "https://docs.example/wopi/files/0123456789abcdefghijkl/contents?access_token={token}&access_token_ttl=0"
    );
    let ticks = SystemClock.wall().ticks() + EPOCH_TICKS;
    let time = ticks.to_string();
    let bytes = message(token.replace("%2E", ".").as_bytes(), &url, ticks);
    let text = |key: &KeyPair| STANDARD.encode(sign(key, &bytes));
    let (by_current, by_old, by_stranger) = (text(&current), text(&old), text(&stranger));
    let ask = |proof: &str, proof_old: &str| {
        let signed = Signed {
            token: &token,
            url: &url,
            proof: Some(proof.as_bytes()),
            proof_old: Some(proof_old.as_bytes()),
            timestamp: Some(time.as_bytes()),
        };
        let ticks = signed.time(SystemClock.wall()).unwrap();
        signed.verify(ticks, &std::iter::once(&keys)).is_ok()
    };
    let bare = bare(rounds, &current, &bytes);
    let garbage = "A".repeat(342);
    let mut columns = vec![bare.0, bare.1];
    for (proof, proof_old, holds) in [
        (&by_current, &by_old, true),
        (&by_old, &by_stranger, true),
        (&by_stranger, &by_old, false),
        (&garbage, &garbage, false),
    ] {
        assert_eq!(ask(proof, proof_old), holds);
        columns.push(measure(rounds, || _ = black_box(ask(black_box(proof), proof_old))));
    }
    let columns: Vec<String> = columns.iter().map(|micros| format!("{micros:.1}")).collect();
    println!("| {bits} | {} |", columns.join(" | "));
}

/// The library alone: with a key that is parsed once, and with its numbers.
fn bare(rounds: u32, key: &KeyPair, bytes: &[u8]) -> (f64, f64) {
    let signature = sign(key, bytes);
    let public = key.public_key();
    let numbers = RsaPublicKeyComponents {
        n: public.modulus().big_endian_without_leading_zero(),
        e: public.exponent().big_endian_without_leading_zero(),
    };
    let parsed = numbers.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256).unwrap();
    (
        measure(rounds, || parsed.verify_sig(black_box(bytes), &signature).unwrap()),
        measure(rounds, || numbers.verify(&RSA_PKCS1_2048_8192_SHA256, black_box(bytes), &signature).unwrap()),
    )
}
