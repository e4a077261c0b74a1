//! The published vectors (files.md section 5.5), recorded requests of Collabora Online, and whatever else may come.

use aws_lc_rs::{
    encoding::AsDer as _,
    rand::SystemRandom,
    rsa::{KeyPair, KeySize},
    signature::{KeyPair as _, RSA_PKCS1_SHA256},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use proptest::prelude::*;

use super::*;
use crate::clock::Timestamp;

const VECTORS: &str = include_str!("../../tests/editors/data/proofs.txt");

/// A section of the file: its name and its values by their names.
fn sections() -> Vec<(String, std::collections::HashMap<String, String>)> {
    let sections = VECTORS.split("\n\n").filter(|section| !section.trim().is_empty() && !section.starts_with('#'));
    let read = sections.map(|section| {
        let mut lines = section.lines();
        let name = lines.next().unwrap().trim().to_owned();
        let values = lines.filter_map(|line| line.split_once(' '));
        (name, values.map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect())
    });
    read.collect()
}

fn keys_of(name: &str) -> Keys {
    let (_, values) = sections().into_iter().find(|(own, _)| own == name).unwrap();
    let text = |name: &str| values.get(name).cloned().unwrap_or_default();
    let key =
        |modulus, exponent, value| KeyTexts { modulus: text(modulus), exponent: text(exponent), value: text(value) };
    Keys::parse(&key("modulus", "exponent", ""), &key("oldmodulus", "oldexponent", "")).unwrap().unwrap()
}

fn verify(signed: &Signed<'_>, ticks: i64, keys: &Keys) -> Result<Matched, Unproven> {
    signed.verify(ticks, &std::iter::once(keys))
}

/// In hexadecimal digits.
fn sha256(bytes: &[u8]) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    let number = |half: &[u8]| u128::from_be_bytes(half.try_into().unwrap());
    let (high, low) = digest.as_ref().split_at(16);
    format!("{:032x}{:032x}", number(high), number(low))
}

#[test]
fn the_published_vectors_hold_by_the_combination_that_they_are_for() {
    let keys = keys_of("published keys");
    for (name, expected) in [
        ("V1", Ok(Matched::Current)),
        ("V2", Ok(Matched::NewerKeyExists)),
        ("V3", Ok(Matched::OldKey)),
        ("V4", Err(Unproven::NoMatch)),
    ] {
        let (_, values) = sections().into_iter().find(|(own, _)| own == name).unwrap();
        let url = format!("{}?access_token={}", values["base"], values["token"]);
        let signed = Signed {
            token: &values["token"],
            url: &url,
            proof: Some(values["proof"].as_bytes()),
            proof_old: Some(values["proofold"].as_bytes()),
            timestamp: Some(values["timestamp"].as_bytes()),
        };
        let ticks = values["timestamp"].parse().unwrap();
        assert_eq!(verify(&signed, ticks, &keys), expected, "{name}");
        let bytes = message(values["token"].as_bytes(), &url, ticks);
        assert_eq!(sha256(&bytes), values["digest"], "{name}");
    }
}

#[test]
fn recorded_requests_of_collabora_online_hold() {
    let keys = keys_of("collabora keys");
    assert!(keys.old.is_none(), "this Collabora gives the same key twice");
    let recorded: Vec<_> = sections().into_iter().filter(|(name, _)| name.starts_with("collabora ")).collect();
    let recorded: Vec<_> = recorded.into_iter().filter(|(name, _)| name != "collabora keys").collect();
    assert_eq!(recorded.len(), 8);
    for (name, values) in recorded {
        let url = &values["url"];
        let token = url.split("access_token=").nth(1).unwrap().split('&').next().unwrap();
        // It sent the same signature twice.
        let proof = Some(values["proof"].as_bytes());
        let signed = Signed { token, url, proof, proof_old: proof, ..Signed::default() };
        let ticks = values["timestamp"].parse().unwrap();
        assert_eq!(verify(&signed, ticks, &keys), Ok(Matched::Current), "{name}");
        // Letter case alone does not matter; everything else does (F-153).
        assert!(verify(&Signed { url: &url.to_uppercase(), ..signed }, ticks, &keys).is_ok());
        for other in [
            url.replacen("http:", "https:", 1),
            url.replacen("127.0.0.1", "127.0.0.2", 1),
            url.replacen(":8880", "", 1),
            url.replacen("/files/", "/file/", 1),
            format!("{url}&x=1"),
            url.replacen("access_token_ttl", "access_token_tt1", 1),
        ] {
            assert_eq!(verify(&Signed { url: &other, ..signed }, ticks, &keys), Err(Unproven::NoMatch), "{other}");
        }
        assert!(verify(&Signed { token: "another", ..signed }, ticks, &keys).is_err());
        assert!(verify(&signed, ticks + 1, &keys).is_err());
    }
}

#[test]
fn the_layout_is_the_one_of_the_example() {
    // files.md section 5.4.
    let url = "https://h.example/wopi/files/ab-1?access_token=tok%2F1";
    let ticks = 638_396_640_000_000_000;
    for (token, length, digest) in [
        ("tok/1", 79, "ef62315bcee0fbf5f4e2a28d42681399583a3f25371815aaef55204c3a807101"),
        ("tok%2F1", 81, "2ddf45ce96f6ea1a319fc8852faeabec906144821aeb1d78ba5470a649fd7f2c"),
    ] {
        let bytes = message(token.as_bytes(), url, ticks);
        assert_eq!(bytes.len(), length);
        assert_eq!(sha256(&bytes), digest);
    }
}

/// An editor's private key.
struct Editor(KeyPair);

impl Editor {
    fn new() -> Self {
        Self(KeyPair::generate(KeySize::Rsa2048).unwrap())
    }

    fn key(&self) -> Key {
        let public = self.0.public_key();
        Key::new(
            public.modulus().big_endian_without_leading_zero(),
            public.exponent().big_endian_without_leading_zero(),
        )
        .unwrap()
    }

    fn sign(&self, token: &str, url: &str, ticks: i64) -> String {
        let mut signature = vec![0; self.0.public_modulus_len()];
        let message = message(token.as_bytes(), url, ticks);
        self.0.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), &message, &mut signature).unwrap();
        STANDARD.encode(signature)
    }
}

#[test]
fn each_situation_of_the_conformance_suite_ends_as_it_should() {
    let (current, old) = (Editor::new(), Editor::new());
    let keys = Keys { current: current.key(), old: Some(old.key()) };
    let (token, url, ticks) = ("tok%2D1", "https://h.example/wopi/files/1?access_token=tok%2D1", 7);
    // The suite signs the decoded token.
    let by_current = current.sign("tok-1", url, ticks);
    let by_old = old.sign("tok-1", url, ticks);
    let raw = current.sign("tok%2D1", url, ticks);
    let junk = "anVuaw==".to_owned();
    for (proof, proof_old, expected) in [
        (Some(&by_current), Some(&by_old), Some(Matched::Current)),
        (Some(&by_current), Some(&junk), Some(Matched::Current)),
        (Some(&by_current), None, Some(Matched::Current)),
        (Some(&raw), None, Some(Matched::Current)),
        (Some(&junk), Some(&by_current), Some(Matched::NewerKeyExists)),
        (None, Some(&by_current), Some(Matched::NewerKeyExists)),
        (Some(&by_old), Some(&junk), Some(Matched::OldKey)),
        (Some(&junk), Some(&by_old), None),
        (Some(&junk), Some(&junk), None),
        (None, None, None),
    ] {
        let bytes = |text: Option<&'_ String>| text.map(|text| text.clone().into_bytes());
        let (proof, proof_old) = (bytes(proof), bytes(proof_old));
        let signed = Signed { token, url, proof: proof.as_deref(), proof_old: proof_old.as_deref(), timestamp: None };
        assert_eq!(verify(&signed, ticks, &keys).ok(), expected);
    }
    let without_old = Keys { current: current.key(), old: None };
    let signed = Signed { token, url, proof: Some(by_old.as_bytes()), ..Signed::default() };
    assert!(verify(&signed, ticks, &without_old).is_err());
}

#[test]
fn a_proof_is_good_for_twenty_minutes() {
    let now = Timestamp::parse_iso("2027-01-02T03:04:05Z").unwrap();
    let minute = 60 * 10_000_000;
    let at = |ticks: i64| {
        let text = (now.ticks() + EPOCH_TICKS + ticks).to_string();
        Signed { timestamp: Some(text.as_bytes()), ..Signed::default() }.time(now)
    };
    assert!(at(0).is_ok());
    assert!(at(-19 * minute).is_ok() && at(-20 * minute).is_ok());
    assert_eq!(at(-20 * minute - 1), Err(Unproven::TooOld));
    assert!(at(5 * minute).is_ok());
    assert_eq!(at(5 * minute + 1), Err(Unproven::TooNew));
    for text in [&b""[..], b"x", b"-1", b"+639310351989396652", b"1e18", b"99999999999999999999", b"\xff", b"6 3"] {
        let signed = Signed { timestamp: Some(text), ..Signed::default() };
        assert_eq!(signed.time(now), Err(Unproven::NoTime), "{text:?}");
    }
    assert_eq!(Signed::default().time(now), Err(Unproven::NoTime));
    for (text, error) in [(&b"0"[..], Unproven::TooOld), (b"9223372036854775807", Unproven::TooNew)] {
        assert_eq!(Signed { timestamp: Some(text), ..Signed::default() }.time(now), Err(error));
    }
}

#[test]
fn a_blob_gives_the_same_key_as_its_numbers() {
    for name in ["published keys", "collabora keys"] {
        let (_, values) = sections().into_iter().find(|(own, _)| own == name).unwrap();
        let text = |name: &str| values[name].clone();
        let numbers = KeyTexts { modulus: text("modulus"), exponent: text("exponent"), value: String::new() };
        let blob = KeyTexts { value: text("value"), ..KeyTexts::default() };
        let (numbers, blob) = (Key::parse(&numbers).unwrap().unwrap(), Key::parse(&blob).unwrap().unwrap());
        assert_eq!(numbers, blob);
        assert_eq!(blob.bits(), 2048);
        // A missing number is made up for by the blob.
        let half = KeyTexts { modulus: text("modulus"), exponent: String::new(), value: text("value") };
        assert_eq!(Key::parse(&half).unwrap().unwrap(), blob);
    }
}

#[test]
fn what_is_no_key_is_refused_and_a_missing_one_is_none() {
    assert_eq!(Key::parse(&KeyTexts::default()), Ok(None));
    let numbers = |modulus: &[u8], exponent: &[u8]| {
        let texts =
            KeyTexts { modulus: STANDARD.encode(modulus), exponent: STANDARD.encode(exponent), value: String::new() };
        Key::parse(&texts)
    };
    let editor = Editor::new();
    let modulus = editor.0.public_key().modulus().big_endian_without_leading_zero().to_vec();
    let good = [1, 0, 1];
    assert!(numbers(&modulus, &good).is_ok());
    assert!(numbers(&[&[0, 0], &modulus[..]].concat(), &[0, 1, 0, 1]).is_ok(), "zeros in front mean nothing");
    assert_eq!(numbers(&modulus[..128], &good), Err(KeyError::Size(1024)));
    assert!(matches!(numbers(&[0xff; 1025], &good), Err(KeyError::Size(8200))));
    assert_eq!(numbers(&[], &good), Ok(None));
    for exponent in [&[0][..], &[1], &[1, 0, 0], &[1, 0, 0, 0, 1]] {
        assert_eq!(numbers(&modulus, exponent), Err(KeyError::Exponent), "{exponent:?}");
    }
    let text = |value: String| Key::parse(&KeyTexts { value, ..KeyTexts::default() });
    assert_eq!(text("*".to_owned()), Err(KeyError::Base64("value")));
    assert_eq!(text("A".repeat(10_000)), Err(KeyError::Base64("value")));
    assert_eq!(text(STANDARD.encode(b"RSA1")), Err(KeyError::Blob));
    let (_, values) = sections().into_iter().find(|(own, _)| own == "published keys").unwrap();
    let blob = STANDARD.decode(&values["value"]).unwrap();
    for at in [0, 1, 4, 8, 12] {
        let mut bent = blob.clone();
        bent[at] ^= 0x55;
        assert!(text(STANDARD.encode(&bent)).is_err(), "byte {at}");
    }
    assert_eq!(text(STANDARD.encode(&blob[..blob.len() - 1])), Err(KeyError::Blob));
}

#[test]
fn a_broken_old_key_does_not_harm_the_current_one() {
    let (_, values) = sections().into_iter().find(|(own, _)| own == "published keys").unwrap();
    let current = KeyTexts { value: values["value"].clone(), ..KeyTexts::default() };
    let broken = KeyTexts { value: "AAAA".to_owned(), ..KeyTexts::default() };
    let keys = Keys::parse(&current, &broken).unwrap().unwrap();
    assert!(keys.old.is_none());
    assert!(Keys::parse(&broken, &current).is_err());
    assert_eq!(Keys::parse(&KeyTexts::default(), &current), Ok(None));
    // The library can write what it has read.
    assert!(Editor::new().0.public_key().as_der().is_ok());
}

proptest! {
    #[test]
    fn garbage_never_verifies_and_never_panics(
        token in ".{0,64}",
        url in ".{0,64}",
        proof in proptest::option::of(proptest::collection::vec(any::<u8>(), 0..600)),
        proof_old in proptest::option::of("[A-Za-z0-9+/=]{0,400}"),
        timestamp in proptest::option::of(proptest::collection::vec(any::<u8>(), 0..24)),
        ticks in any::<i64>(),
    ) {
        let keys = keys_of("published keys");
        let signed = Signed {
            token: &token,
            url: &url,
            proof: proof.as_deref(),
            proof_old: proof_old.as_deref().map(str::as_bytes),
            timestamp: timestamp.as_deref(),
        };
        prop_assert_eq!(verify(&signed, ticks, &keys), Err(Unproven::NoMatch));
        _ = signed.time(Timestamp::from_ticks(ticks));
    }

    #[test]
    fn a_key_of_garbage_is_refused_without_a_panic(
        modulus in "[A-Za-z0-9+/=]{0,700}",
        exponent in "[A-Za-z0-9+/=]{0,8}",
        value in "[A-Za-z0-9+/=]{0,700}",
    ) {
        _ = Keys::parse(
            &KeyTexts { modulus: modulus.clone(), exponent: exponent.clone(), value: String::new() },
            &KeyTexts { modulus: String::new(), exponent, value },
        );
    }
}
