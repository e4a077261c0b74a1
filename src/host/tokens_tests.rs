//! Tests of [`super`].

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::EncodingKey;
use proptest::prelude::*;

use super::*;
use crate::host::testing::{House, KEYS, user};

const HOUR: Duration = Duration::from_secs(3600);

fn node(id: &str) -> NodeId {
    NodeId::parse(id).unwrap()
}

fn new(resource: Resource) -> NewToken {
    let principal = Principal::User { user: user("anna"), generation: 3, family: None };
    NewToken { principal, resource, ceiling: Role::Editor, client: ClientKind::Collabora }
}

async fn tokens(house: &House) -> Tokens {
    Tokens::new(Arc::new(house.key_ring().await), house.clock.clone())
}

/// Writes a token with any header and claims, signed with `secret` if there is one.
fn forge(header: &str, claims: &str, secret: Option<&EncodingKey>) -> String {
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let signature = secret.map(|key| jsonwebtoken::crypto::sign(message.as_bytes(), key, Algorithm::HS256).unwrap());
    format!("{message}.{}", signature.unwrap_or_default())
}

fn part(token: &str, index: usize) -> String {
    String::from_utf8(URL_SAFE_NO_PAD.decode(token.split('.').nth(index).unwrap()).unwrap()).unwrap()
}

#[tokio::test]
async fn a_token_says_what_was_put_into_it() {
    let house = House::new();
    let tokens = tokens(&house).await;
    for resource in [Resource::File(node("f1")), Resource::Container(node("c1")), Resource::Ecosystem] {
        for principal in [new(Resource::Ecosystem).principal, Principal::Link(node("l1"))] {
            for client in [ClientKind::Any, ClientKind::Office, ClientKind::Collabora, ClientKind::OnlyOffice] {
                let wanted = NewToken { principal: principal.clone(), client, ..new(resource.clone()) };
                let issued = tokens.issue(&wanted, HOUR).unwrap();
                let claims = tokens.verify(&issued.text).unwrap();
                assert_eq!(claims.expires, issued.expires);
                let Claims { principal, resource, ceiling, client, .. } = claims;
                assert_eq!(NewToken { principal, resource, ceiling, client }, wanted);
            }
        }
    }
}

#[tokio::test]
async fn a_token_is_short_and_its_header_holds_algorithm_and_key_only() {
    let house = House::new();
    let tokens = tokens(&house).await;
    let issued = tokens.issue(&new(Resource::File(node(&"n".repeat(22)))), HOUR).unwrap();
    assert!(issued.text.len() < 220, "{}", issued.text.len());
    let kid = tokens.keys().current().kid().to_owned();
    assert_eq!(part(&issued.text, 0), format!(r#"{{"alg":"HS256","kid":"{kid}"}}"#));
    let principal =
        Principal::User { user: user(&"u".repeat(64)), generation: u64::MAX, family: Some(node(&"f".repeat(22))) };
    let longest = NewToken { principal, ..new(Resource::Container(node(&"n".repeat(64)))) };
    let issued = tokens.issue(&longest, HOUR).unwrap();
    assert!(issued.text.len() < 450, "{}", issued.text.len());
}

#[tokio::test]
async fn a_token_is_good_until_the_very_tick_of_its_end() {
    let house = House::new();
    let tokens = tokens(&house).await;
    let issued = tokens.issue(&new(Resource::File(node("f"))), HOUR).unwrap();
    assert_eq!(issued.expires.unix_ms() % 1000, 0, "the ttl and the claim are one time");
    assert!(issued.expires <= house.clock.wall().plus(HOUR));
    house.clock.set_wall(Timestamp::from_ticks(issued.expires.ticks() - 1));
    assert!(tokens.verify(&issued.text).is_ok());
    house.clock.set_wall(issued.expires);
    let refused = tokens.verify(&issued.text);
    assert!(matches!(refused, Err(AccessError::Expired { at }) if at == issued.expires), "{refused:?}");
}

#[tokio::test]
async fn no_token_outlives_the_longest_time_or_the_token_it_was_traded_for() {
    let house = House::new();
    let tokens = tokens(&house).await;
    let issued = tokens.issue(&new(Resource::File(node("f"))), Duration::MAX).unwrap();
    assert!(issued.expires <= house.clock.wall().plus(KEYS.longest_token));
    house.clock.advance(HOUR);
    let claims = tokens.verify(&issued.text).unwrap();
    let traded = tokens.issue_traded(&claims, Resource::Container(node("c"))).unwrap();
    assert_eq!(traded.expires, issued.expires);
    let theirs = tokens.verify(&traded.text).unwrap();
    assert_eq!((theirs.ceiling, theirs.client, &theirs.principal), (claims.ceiling, claims.client, &claims.principal));
    assert_eq!(tokens.issue_download(&claims, &node("f")).unwrap().expires, issued.expires);
}

#[tokio::test]
async fn a_download_token_and_an_access_token_never_pass_for_each_other() {
    let house = House::new();
    let tokens = tokens(&house).await;
    let access = tokens.issue(&new(Resource::File(node("f"))), HOUR).unwrap();
    let claims = tokens.verify(&access.text).unwrap();
    let download = tokens.issue_download(&claims, &node("f")).unwrap();
    assert_eq!(tokens.verify_download(&download.text).unwrap().ceiling, Role::Viewer);
    assert!(matches!(tokens.verify(&download.text), Err(AccessError::WrongKind)));
    assert!(matches!(tokens.verify_download(&access.text), Err(AccessError::WrongKind)));
}

#[tokio::test]
async fn other_algorithms_and_none_are_refused() {
    let house = House::new();
    let tokens = tokens(&house).await;
    let issued = tokens.issue(&new(Resource::File(node("f"))), HOUR).unwrap();
    let (claims, key) = (part(&issued.text, 1), tokens.keys().current());
    let kid = key.kid();
    for alg in ["none", "None", "NONE", "", "HS384", "HS512", "RS256", "ES256", "hs256"] {
        let header = format!(r#"{{"alg":"{alg}","kid":"{kid}"}}"#);
        for secret in [None, Some(key.signs())] {
            let refused = tokens.verify(&forge(&header, &claims, secret));
            assert!(matches!(refused, Err(AccessError::Malformed | AccessError::Forged)), "{alg}: {refused:?}");
        }
    }
    let honest = format!(r#"{{"alg":"HS256","kid":"{kid}"}}"#);
    assert!(tokens.verify(&forge(&honest, &claims, Some(key.signs()))).is_ok(), "the test's own forgery works");
    assert!(matches!(tokens.verify(&forge(&honest, &claims, None)), Err(AccessError::Forged)));
    let foreign = EncodingKey::from_secret(&[7; 32]);
    assert!(matches!(tokens.verify(&forge(&honest, &claims, Some(&foreign))), Err(AccessError::Forged)));
    let empty = EncodingKey::from_secret(&[]);
    assert!(matches!(tokens.verify(&forge(&honest, &claims, Some(&empty))), Err(AccessError::Forged)));
    let nameless = forge(r#"{"alg":"HS256"}"#, &claims, Some(key.signs()));
    assert!(matches!(tokens.verify(&nameless), Err(AccessError::Malformed)));
    let unknown = forge(r#"{"alg":"HS256","kid":"nosuch"}"#, &claims, Some(key.signs()));
    assert!(matches!(tokens.verify(&unknown), Err(AccessError::UnknownKey)));
}

#[tokio::test]
async fn claims_that_we_would_not_write_are_refused_though_signed() {
    let house = House::new();
    let tokens = tokens(&house).await;
    let key = tokens.keys().current();
    let header = format!(r#"{{"alg":"HS256","kid":"{}"}}"#, key.kid());
    let good = r#"{"u":"anna","g":1,"k":"f","n":"f1","r":"editor","exp":9999999999}"#;
    assert!(tokens.verify(&forge(&header, good, Some(key.signs()))).is_ok());
    for bad in [
        "{}",
        "[]",
        "null",
        r#"{"u":"anna","k":"f","n":"f1","r":"editor","exp":9999999999}"#,
        r#"{"g":1,"k":"f","n":"f1","r":"editor","exp":9999999999}"#,
        r#"{"u":"anna","g":1,"l":"x","k":"f","n":"f1","r":"editor","exp":9999999999}"#,
        r#"{"u":"anna","g":1,"k":"f","r":"editor","exp":9999999999}"#,
        r#"{"u":"anna","g":1,"k":"e","n":"f1","r":"editor","exp":9999999999}"#,
        r#"{"u":"anna","g":1,"k":"f","n":"../f1","r":"editor","exp":9999999999}"#,
        r#"{"u":"anna","g":1,"k":"f","n":"f1","r":"king","exp":9999999999}"#,
        r#"{"u":"anna","g":1,"k":"f","n":"f1","r":"editor"}"#,
        r#"{"u":"anna","g":1,"k":"f","n":"f1","r":"editor","exp":1e400}"#,
        r#"{"u":"anna","g":1,"k":"f","n":"f1","r":"editor","exp":9999999999,"x":1}"#,
    ] {
        let refused = tokens.verify(&forge(&header, bad, Some(key.signs())));
        assert!(matches!(refused, Err(AccessError::Forged | AccessError::Malformed)), "{bad}: {refused:?}");
    }
    let ended = r#"{"u":"anna","g":1,"k":"f","n":"f1","r":"editor","exp":-9223372036854775808}"#;
    let refused = tokens.verify(&forge(&header, ended, Some(key.signs())));
    assert!(matches!(refused, Err(AccessError::Expired { .. })), "{refused:?}");
}

#[tokio::test]
async fn garbage_of_every_kind_is_refused_without_a_panic() {
    let house = House::new();
    let tokens = tokens(&house).await;
    let good = tokens.issue(&new(Resource::File(node("f"))), HOUR).unwrap().text;
    assert!(matches!(tokens.verify(""), Err(AccessError::Missing)));
    let pieces: Vec<&str> = good.split('.').collect();
    for garbage in [
        ".".to_owned(),
        "..".to_owned(),
        "...".to_owned(),
        "💥.💥.💥".to_owned(),
        "\0\0\0".to_owned(),
        format!("{good} "),
        format!(" {good}"),
        format!("{good}."),
        format!("{good}="),
        format!("{good}.{}", pieces[2]),
        format!("{}.{}", pieces[0], pieces[1]),
        format!("{}.{}.", pieces[0], pieces[1]),
        format!("{}ä", &good[..good.len() - 1]),
        "a".repeat(10_000_000),
        format!("{}.{}.{}", pieces[1], pieces[0], pieces[2]),
    ] {
        let refused = tokens.verify(&garbage);
        assert!(matches!(refused, Err(AccessError::Malformed | AccessError::Forged)), "{refused:?}");
    }
}

#[tokio::test]
async fn rotation_keeps_old_tokens_good_until_they_end_and_retiring_kills_them() {
    let house = House::new();
    let tokens = tokens(&house).await;
    let ring = Arc::clone(tokens.keys());
    house.clock.advance(KEYS.rotate_after - Duration::from_secs(1));
    let old = tokens.issue(&new(Resource::File(node("f"))), KEYS.longest_token).unwrap();
    house.clock.advance(Duration::from_secs(1));
    assert!(ring.maintain().await.unwrap());
    let young = tokens.issue(&new(Resource::File(node("f"))), KEYS.longest_token).unwrap();
    let (one, two) = (tokens.verify(&old.text).unwrap(), tokens.verify(&young.text).unwrap());
    assert_ne!(one.kid, two.kid);
    house.clock.set_wall(Timestamp::from_ticks(old.expires.ticks() - 1));
    ring.maintain().await.unwrap();
    assert!(tokens.verify(&old.text).is_ok(), "its key is kept to its last tick");
    assert!(ring.retire(&two.kid).await.unwrap());
    assert!(matches!(tokens.verify(&young.text), Err(AccessError::RetiredKey)));
    assert!(tokens.verify(&old.text).is_ok(), "retiring one key leaves the others");
    let fresh = tokens.issue(&new(Resource::File(node("f"))), HOUR).unwrap();
    assert!(tokens.verify(&fresh.text).is_ok());
    let restarted = Tokens::new(Arc::new(house.key_ring().await), house.clock.clone());
    assert!(matches!(restarted.verify(&young.text), Err(AccessError::RetiredKey)));
    assert!(restarted.verify(&fresh.text).is_ok());
}

#[tokio::test]
async fn no_debug_form_shows_a_token_or_a_link() {
    let house = House::new();
    let tokens = tokens(&house).await;
    let link = NewToken::for_link(node("sEcReTLiNk"), Resource::File(node("f")), Role::Viewer, ClientKind::Any);
    let issued = tokens.issue(&link, HOUR).unwrap();
    let shown = format!("{issued:?} {:?} {link:?} {tokens:?}", tokens.verify(&issued.text).unwrap());
    assert!(!shown.contains(&issued.text) && !shown.contains("sEcReTLiNk"), "{shown}");
}

#[test]
fn no_changed_token_verifies() {
    let house = House::new();
    let tokens = futures::executor::block_on(tokens(&house));
    let good = tokens.issue(&new(Resource::File(node("f1"))), HOUR).unwrap().text;
    let other = tokens.issue(&new(Resource::File(node("f2"))), HOUR).unwrap().text;
    proptest!(|(at in any::<prop::sample::Index>(), byte in 0x20_u8..0x7f)| {
        let mut changed = good.clone().into_bytes();
        let at = at.index(changed.len());
        prop_assume!(changed[at] != byte);
        changed[at] = byte;
        prop_assert!(tokens.verify(std::str::from_utf8(&changed).unwrap()).is_err());
    });
    proptest!(|(cut in any::<prop::sample::Index>())| {
        let cut = cut.index(good.len());
        prop_assert!(tokens.verify(&good[..cut]).is_err());
        prop_assert!(tokens.verify(&good[cut..]).is_err() || cut == 0);
        let crossed = format!("{}{}", &good[..cut], &other[cut..]);
        prop_assert!(tokens.verify(&crossed).is_err() || crossed == good || crossed == other);
    });
    proptest!(|(garbage in any::<String>())| {
        prop_assert!(tokens.verify(&garbage).is_err());
        prop_assert!(tokens.verify_download(&garbage).is_err());
    });
    proptest!(|(parts in prop::collection::vec("[A-Za-z0-9_-]{0,40}", 1..5))| {
        prop_assert!(tokens.verify(&parts.join(".")).is_err());
    });
}
