//! Access tokens, download tokens, OAuth access tokens, refresh tokens and codes of share links.
//!
//! A signature cannot be guessed, so what is behind it is reached with the real key: the claims are the fuzzer's own.

#![no_main]

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use aws_lc_rs::hmac;
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use libfuzzer_sys::fuzz_target;
use lockhouse::{
    clock::{Clock as _, ManualClock, Timestamp},
    fuzzing,
    host::{
        keys::{KeyRing, KeySettings},
        links::Links,
        tokens::{Claims, Resource, Tokens},
    },
    ids::NodeId,
    store::{
        engine::{Engine, EngineOptions, LocalEngine},
        memory::MemoryDatabase,
        records::{self, SigningKeyRecord, keys},
    },
};

const HOUR: Duration = Duration::from_secs(3600);

struct House {
    clock: Arc<ManualClock>,
    tokens: Tokens,
    links: Links,
    kid: String,
    key: hmac::Key,
}

static HOUSE: LazyLock<House> = LazyLock::new(|| {
    let clock = Arc::new(ManualClock::new(Timestamp::from_unix_ms(1_700_000_000_250)));
    let engine: Arc<dyn Engine> =
        LocalEngine::open(MemoryDatabase::new().tree("records"), EngineOptions::default()).unwrap();
    let settings = KeySettings { rotate_after: 240 * HOUR, keep_for: 30 * HOUR, longest_token: 20 * HOUR };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let ring = runtime.block_on(KeyRing::open(engine.clone(), clock.clone(), settings)).unwrap();
    let links = Links::new(engine.clone(), clock.clone());
    runtime.block_on(links.prepare()).unwrap();
    let kid = ring.current().kid().to_owned();
    let at = keys::signing_key(&kid);
    let record: SigningKeyRecord = records::decode(&at, &engine.get(&at).unwrap().unwrap().value).unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, &STANDARD.decode(&record.secret).unwrap());
    House { tokens: Tokens::new(Arc::new(ring), clock.clone()), clock, links, kid, key }
});

fuzz_target!(|bytes: &[u8]| {
    let Some((&what, rest)) = bytes.split_first() else { return };
    let text = String::from_utf8_lossy(rest);
    match what % 4 {
        0 => foreign(&text),
        1 => signed(&text, rest),
        2 => refresh(rest),
        _ => code(rest),
    }
});

fn all(text: &str) -> Vec<Claims> {
    let tokens = &HOUSE.tokens;
    let found =
        [tokens.verify(text), tokens.verify_download(text), tokens.verify_oauth(text).map(|(claims, _)| claims)];
    found.into_iter().flatten().collect()
}

/// Nobody makes a token without the key.
fn foreign(text: &str) {
    assert!(all(text).is_empty(), "{text}");
    assert!(fuzzing::refresh_token(text, "salt").is_none_or(|(_, ours)| !ours));
    assert_eq!(HOUSE.links.by_code(text).unwrap(), None);
}

/// Genuine by its signature, whatever it says: the header in the first line, or ours, and the claims.
fn signed(text: &str, bytes: &[u8]) {
    let ours = format!(r#"{{"alg":"HS256","kid":"{}"}}"#, HOUSE.kid);
    let (header, claims) = match text.split_once('\n') {
        Some((header, claims)) => (header.replace("KID", &HOUSE.kid), claims.as_bytes()),
        None => (ours, bytes),
    };
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let signature = URL_SAFE_NO_PAD.encode(hmac::sign(&HOUSE.key, message.as_bytes()));
    let token = format!("{message}.{signature}");
    let found = all(&token);
    assert!(found.len() <= 1, "one kind does not pass for another");
    let Some(claims) = found.first() else { return };
    assert!(claims.expires > HOUSE.clock.wall() && claims.kid == HOUSE.kid);
    let traded = HOUSE.tokens.issue_traded(claims, Resource::Ecosystem).unwrap();
    let again = HOUSE.tokens.verify(&traded.text);
    if traded.text.len() <= lockhouse::host::tokens::LONGEST_TOKEN {
        let again = again.unwrap();
        assert_eq!((&again.principal, again.ceiling), (&claims.principal, claims.ceiling));
        assert_eq!(again.expires.unix_seconds(), claims.expires.unix_seconds());
    }
}

/// A genuine text, with one place replaced, left out or doubled, is genuine no more.
fn altered(genuine: &str, how: &[u8]) -> Option<String> {
    let [place, kind, letter, ..] = *how else { return None };
    let place = usize::from(place) % genuine.len();
    let letter = char::from(letter % 0x80);
    let (before, after) = genuine.split_at(place);
    let altered = match kind % 3 {
        0 => format!("{before}{letter}{}", &after[1..]),
        1 => format!("{before}{}", &after[1..]),
        _ => format!("{before}{letter}{after}"),
    };
    (altered != genuine).then_some(altered)
}

fn refresh(how: &[u8]) {
    let Some((&steps, how)) = how.split_first() else { return };
    let secret = URL_SAFE_NO_PAD.encode([steps; 32]);
    let genuine = fuzzing::made_refresh_token(NodeId::from_random_bits([steps; 16]), &secret, "salt", steps % 12);
    assert_eq!(fuzzing::refresh_token(&genuine, "salt"), Some((genuine.clone(), true)));
    if let Some(altered) = altered(&genuine, how) {
        assert!(fuzzing::refresh_token(&altered, "salt").is_none_or(|(_, ours)| !ours), "{altered}");
    }
}

fn code(how: &[u8]) {
    let Some((&bits, how)) = how.split_first() else { return };
    let link = NodeId::from_random_bits([bits; 16]);
    let genuine = HOUSE.links.code_of(&link).unwrap();
    assert_eq!(HOUSE.links.by_code(&genuine).unwrap(), Some(link));
    if let Some(altered) = altered(&genuine, how) {
        assert_eq!(HOUSE.links.by_code(&altered).unwrap(), None, "{altered}");
    }
}
