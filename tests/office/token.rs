//! The token endpoint: E10 to E17, B-47, B-48, B-59 to B-74, B-106.

use crate::client::{Office, Returned, SERVICE, check_token_answer};
use crate::desk::{Desk, settings};
use crate::net::form;
use crate::support::{PASSWORD, Reply};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::Method;
use std::time::{Duration, Instant};

const FORM: &str = "application/x-www-form-urlencoded";

/// A user, a device, and the token endpoint.
async fn ready(desk: &Desk) -> (String, Office, String) {
    let user = desk.someone(&[]);
    let office = desk.office();
    let url = office.token_url().await;
    (user, office, url)
}

#[track_caller]
fn refused(reply: &Reply, status: u16, error: &str) {
    check_token_answer(reply);
    assert_eq!((reply.status, reply.text("error").as_str()), (status, error), "{reply}");
    let description = reply.json()["error_description"].as_str().unwrap_or_default().to_owned();
    let plain = |b: u8| (0x20..0x7F).contains(&b) && !b"\"\\".contains(&b);
    assert!(description.bytes().all(plain), "B-52: {description}");
}

#[tokio::test]
async fn e10_b47_a_second_use_of_a_code_fails_and_kills_what_the_first_one_gave() {
    let desk = Desk::shared();
    let (user, mut office, url) = ready(desk).await;
    let challenge = office.challenge().await;
    let stop = office.walk(&user, &[]).await;
    let returned = Returned::read(&stop);
    let mut place = office.service.accept(&returned, &challenge).await;
    let root = place.root().await;
    refused(&office.service.redeem(&url, returned.code()).await, 400, "invalid_grant");
    place.call(Method::GET, None, &[]).await.expect(401);
    refused(&place.refreshed().await, 400, "invalid_grant");
    root.try_info().await.expect(401);
    // Another place of the same user is not touched by it.
    desk.office().add_place(&user).await.refreshed().await.expect(200);
}

#[tokio::test]
async fn e11_b60_a_client_that_does_not_prove_itself_is_refused() {
    let desk = Desk::shared();
    let (user, mut office, url) = ready(desk).await;
    let code = office.code(&user).await;
    let net = desk.net();
    let grant = [("code", code.as_str()), ("grant_type", "authorization_code"), ("redirect_uri", "https://localhost")];
    let with =
        |more: &[(&'static str, &'static str)]| grant.iter().copied().chain(more.iter().copied()).collect::<Vec<_>>();
    for credentials in [
        with(&[]),
        with(&[("client_id", "office")]),
        with(&[("client_id", "office"), ("client_secret", "")]),
        with(&[("client_id", "office"), ("client_secret", "wrong")]),
        with(&[("client_id", "unknown"), ("client_secret", "wrong")]),
    ] {
        let reply = net.post_form(&url, &credentials, &[]).await;
        refused(&reply, 401, "invalid_client");
    }
    let basic = |id: &str, secret: &str| format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
    let wrong =
        [basic("office", "wrong"), basic("unknown", "x"), "Basic nonsense".into(), "Basic".into(), basic("", "")];
    for header in wrong {
        let reply = net.post_form(&url, &grant, &[("Authorization", &header)]).await;
        if reply.status == 401 {
            refused(&reply, 401, "invalid_client");
            let asked = reply.header("WWW-Authenticate").unwrap_or_default();
            assert!(asked.starts_with("Basic realm=\""), "7.3: {reply}");
        } else {
            refused(&reply, 400, "invalid_request");
        }
    }
    // Unknown and wrong cannot be told apart.
    let unknown = net.post_form(&url, &with(&[("client_id", "unknown"), ("client_secret", "x")]), &[]).await;
    let known = net.post_form(&url, &with(&[("client_id", "office"), ("client_secret", "x")]), &[]).await;
    assert_eq!(unknown.body, known.body);
    // Two ways at once with different identities.
    let both = with(&[("client_id", "another"), ("client_secret", "x")]);
    let right = basic(&desk.client.id, &desk.client.secret);
    let reply = net.post_form(&url, &both, &[("Authorization", &right)]).await;
    refused(&reply, 400, "invalid_request");
    // And none of it has spoilt the code.
    office.service.redeem(&url, &code).await.expect(200);
}

#[tokio::test]
async fn b60_basic_credentials_are_form_encoded_before_they_are_base64() {
    let desk = Desk::shared();
    let (user, mut office, url) = ready(desk).await;
    let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encode(&desk.client.id), encode(&desk.client.secret));
    for pair in [pair.clone(), pair.replace("office", "%6F%66fice")] {
        let header = format!("Basic {}", STANDARD.encode(pair));
        for also in [None, Some(("client_id", "office"))] {
            let code = office.code(&user).await;
            let fields = [("code", code.as_str()), ("grant_type", "authorization_code")];
            let fields: Vec<_> = fields.into_iter().chain(also).collect();
            let reply = desk.net().post_form(&url, &fields, &[("Authorization", &header)]).await;
            check_token_answer(&reply);
            reply.expect(200);
        }
    }
}

#[tokio::test]
async fn e12_b61_a_code_is_for_one_client_and_one_redirect_uri() {
    let desk = Desk::shared();
    let (user, mut office, url) = ready(desk).await;
    let other = desk.add_client("another-client", &[]);
    let code = office.code(&user).await;
    let thief = desk.client_like_office(&other);
    refused(&thief.service.redeem(&url, &code).await, 400, "invalid_grant");
    let code = office.code(&user).await;
    for wrong in ["https://localhost:8443", "https://evil.example", "http://localhost"] {
        let fields = [("code", code.as_str()), ("grant_type", "authorization_code"), ("redirect_uri", wrong)];
        refused(&office.service.ask(&url, &fields, None).await, 400, "invalid_grant");
    }
    // Of another client, neither is a refresh token.
    let place = office.add_place(&user).await;
    refused(&thief.service.refresh(&url, &place.refresh).await, 400, "invalid_grant");
    place.bootstrap().await;
    office.service.refresh(&url, &place.refresh).await.expect(200);
}

#[tokio::test]
async fn e13_b61_older_releases_leave_the_redirect_uri_out() {
    let desk = Desk::shared();
    let (user, mut office, url) = ready(desk).await;
    for uri in [None, Some(""), Some("https://localhost/")] {
        let code = office.code(&user).await;
        let fields = [("code", code.as_str()), ("grant_type", "authorization_code")];
        let fields: Vec<_> = fields.into_iter().chain(uri.map(|uri| ("redirect_uri", uri))).collect();
        office.service.ask(&url, &fields, None).await.expect(200);
    }
}

#[tokio::test]
async fn e14_b59_b62_malformed_requests_are_told_apart() {
    let desk = Desk::shared();
    let (user, mut office, url) = ready(desk).await;
    let code = office.code(&user).await;
    let net = desk.net();
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        let reply = net.send(method, &url, &[], None).await.expect(405);
        assert!(reply.header("Allow").is_some_and(|allow| allow.contains("POST")), "{reply}");
    }
    let id = [("client_id", desk.client.id.as_str()), ("client_secret", desk.client.secret.as_str())];
    let all = |more: &[(&str, &str)]| form(&id.iter().chain(more).copied().collect::<Vec<_>>());
    let good = all(&[("code", &code), ("grant_type", "authorization_code")]);
    let json = format!("{{\"grant_type\":\"authorization_code\",\"code\":\"{code}\",\"client_id\":\"office\"}}");
    let cases: Vec<(Option<&str>, String)> = vec![
        (Some("application/json"), json),
        (Some("text/plain"), good.clone()),
        (None, good.clone()),
        (Some("multipart/form-data; boundary=x"), good.clone()),
        (Some(FORM), format!("{good}&code={code}")),
        (Some(FORM), format!("{good}&grant_type=authorization_code")),
        (Some(FORM), format!("{good}&client_id=office")),
        (Some(FORM), all(&[("code", &code)])),
        (Some(FORM), all(&[("grant_type", "authorization_code")])),
        (Some(FORM), all(&[("grant_type", "authorization_code"), ("code", "")])),
        (Some(FORM), all(&[("grant_type", "refresh_token")])),
        (Some(FORM), all(&[("grant_type", ""), ("code", &code)])),
    ];
    for (kind, body) in cases {
        let headers: Vec<_> = kind.map(|kind| ("Content-Type", kind)).into_iter().collect();
        let reply = net.send(Method::POST, &url, &headers, Some(body.clone().into_bytes())).await;
        let shown = body.replace(&desk.client.secret, "…");
        assert_eq!(reply.status, 400, "{kind:?} {shown}: {reply}");
        refused(&reply, 400, "invalid_request");
    }
    for unsupported in ["password", "client_credentials", "implicit", "urn:ietf:params:oauth:grant-type:device_code"] {
        let reply = office.service.ask(&url, &[("grant_type", unsupported), ("code", &code)], None).await;
        refused(&reply, 400, "unsupported_grant_type");
    }
    // Credentials in the query are refused, whatever the body says.
    let reply =
        net.send(Method::POST, &format!("{url}?{}", form(&id)), &[("Content-Type", FORM)], Some(good.into())).await;
    refused(&reply, 400, "invalid_request");
    // A body beyond all sense.
    let huge = format!("grant_type=authorization_code&code={}", "x".repeat(3 << 20));
    net.send(Method::POST, &url, &[("Content-Type", FORM)], Some(huge.into())).await.expect_one_of(&[400, 413]);
    // Unknown parameters and a charset are fine.
    let fields = all(&[("code", &code), ("grant_type", "authorization_code"), ("a", "b"), ("c", "d"), ("scope", "")]);
    let kind = [("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"), ("User-Agent", SERVICE)];
    let reply = net.send(Method::POST, &url, &kind, Some(fields.into())).await.expect(200);
    check_token_answer(&reply);
}

#[tokio::test]
async fn e15_b64_to_b68_the_answer_is_what_the_service_can_read() {
    let desk = Desk::shared();
    let (user, mut office, url) = ready(desk).await;
    let code = office.code(&user).await;
    let reply = office.service.redeem(&url, &code).await.expect(200);
    assert_eq!(reply.json()["expires_in"], 3600);
    let first = reply.text("refresh_token");
    let again = office.service.refresh(&url, &first).await.expect(200);
    assert_eq!(again.json()["expires_in"], 3600);
    assert_ne!(again.text("refresh_token"), first, "rotated");
    let mut refresh = again.text("refresh_token");
    for _ in 0..3 {
        refresh = office.service.refresh(&url, &refresh).await.expect(200).text("refresh_token");
    }
    for wrong in ["nonsense", &code, &reply.text("access_token")] {
        refused(&office.service.refresh(&url, wrong).await, 400, "invalid_grant");
    }
    for wrong in ["nonsense", &refresh, "a.b", "\u{e9}", "x".repeat(5000).as_str()] {
        refused(&office.service.redeem(&url, wrong).await, 400, "invalid_grant");
    }
}

#[tokio::test]
async fn e16_b69_within_the_grace_period_a_call_may_be_repeated() {
    let desk = Desk::shared();
    let (user, mut office, url) = ready(desk).await;
    let mut place = office.add_place(&user).await;
    let old = place.refresh.clone();
    place.refreshed().await.expect(200);
    let lost = office.service.refresh(&url, &old).await.expect(200);
    place.take(&lost);
    place.bootstrap().await;
    place.refreshed().await.expect(200);
    place.bootstrap().await;
}

#[tokio::test]
async fn e16_b69_outside_the_grace_period_an_old_token_ends_the_whole_family() {
    let desk = Desk::with(settings().set("LOCKHOUSE_OAUTH__REFRESH_GRACE", "1 s"));
    let (user, mut office, url) = ready(&desk).await;
    let mut place = office.add_place(&user).await;
    let mut other = desk.office().add_place(&user).await;
    let root = place.root().await;
    let old = place.refresh.clone();
    place.refreshed().await.expect(200);
    let begun = Instant::now();
    // Repeating does not prolong the grace period.
    let reply = loop {
        let reply = office.service.refresh(&url, &old).await;
        if reply.status != 200 {
            break reply;
        }
        place.take(&reply);
        assert!(begun.elapsed() < Duration::from_secs(20), "an old token is good for ever");
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    refused(&reply, 400, "invalid_grant");
    place.call(Method::GET, None, &[]).await.expect(401);
    refused(&place.refreshed().await, 400, "invalid_grant");
    root.try_info().await.expect(401);
    other.refreshed().await.expect(200);
}

#[tokio::test]
async fn e17_b48_the_verifier_of_pkce_must_fit() {
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, VERIFIER.as_bytes());
    let challenge = URL_SAFE_NO_PAD.encode(digest.as_ref());
    let desk = Desk::shared();
    let (user, mut office, url) = ready(desk).await;
    let asked = [("code_challenge", challenge.as_str()), ("code_challenge_method", "S256")];
    let wrong = VERIFIER.replace('X', "Y");
    for (verifier, status) in [
        (Some(VERIFIER), 200),
        (Some(wrong.as_str()), 400),
        (None, 400),
        (Some(""), 400),
        (Some(challenge.as_str()), 400),
    ] {
        let code = Returned::read(&office.walk(&user, &asked).await).code().to_owned();
        let fields = [("code", code.as_str()), ("grant_type", "authorization_code")];
        let fields: Vec<_> = fields.into_iter().chain(verifier.map(|verifier| ("code_verifier", verifier))).collect();
        let reply = office.service.ask(&url, &fields, None).await;
        assert_eq!(reply.status, status, "{verifier:?}: {reply}");
        if status != 200 {
            refused(&reply, 400, "invalid_grant");
        }
    }
    // A verifier without a challenge.
    let code = office.code(&user).await;
    let fields = [("code", code.as_str()), ("grant_type", "authorization_code"), ("code_verifier", VERIFIER)];
    refused(&office.service.ask(&url, &fields, None).await, 400, "invalid_grant");
}

#[tokio::test]
async fn b47_a_code_runs_out() {
    let desk = Desk::with(settings().set("LOCKHOUSE_OAUTH__CODE_LIFETIME", "1 s"));
    let (user, mut office, url) = ready(&desk).await;
    let begun = Instant::now();
    // Each code waits longer than the one before until one is too old.
    for wait in 0_u64.. {
        let code = office.code(&user).await;
        tokio::time::sleep(Duration::from_millis(300 * wait)).await;
        let reply = office.service.redeem(&url, &code).await;
        if reply.status == 400 {
            refused(&reply, 400, "invalid_grant");
            break;
        }
        reply.expect(200);
        assert!(begun.elapsed() < Duration::from_secs(30), "codes are good for ever");
    }
}

#[tokio::test]
async fn b70_a_refresh_token_slides_and_runs_out() {
    let start = settings().set("LOCKHOUSE_OAUTH__REFRESH_LIFETIME", "3 s").set("LOCKHOUSE_OAUTH__REFRESH_GRACE", "1 s");
    let desk = Desk::with(start);
    let (user, mut office, _) = ready(&desk).await;
    let mut place = office.add_place(&user).await;
    // Used in time, it lives beyond its first end.
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(5) {
        place.refreshed().await.expect(200);
        tokio::time::sleep(Duration::from_millis(400)).await;
    }
    // Left alone it ends; only the newest counts, so each try is of a place of its own.
    let begun = Instant::now();
    for wait in 1_u64.. {
        let mut left = office.add_place(&user).await;
        tokio::time::sleep(Duration::from_millis(1000 * wait)).await;
        let reply = left.refreshed().await;
        if reply.status == 400 {
            refused(&reply, 400, "invalid_grant");
            break;
        }
        reply.expect(200);
        assert!(begun.elapsed() < Duration::from_secs(40), "refresh tokens are good for ever");
    }
}

#[tokio::test]
async fn section_7_3_a_refresh_asks_for_no_more_than_was_granted() {
    let desk = Desk::shared();
    let client =
        desk.add_client("two-scopes", &["--redirect-uri", "https://localhost", "--scope", "wopi", "--scope", "app"]);
    let user = desk.someone(&[]);
    let mut office = desk.client_like_office(&client);
    let url = office.token_url().await;
    let stop = office.walk(&user, &[("scope", "wopi")]).await;
    let place = office.service.accept(&Returned::read(&stop), &office.challenge().await).await;
    let ask = async |refresh: &str, scope: &str| {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh), ("scope", scope)];
        office.service.ask(&url, &fields, None).await
    };
    refused(&ask(&place.refresh, "wopi app").await, 400, "invalid_scope");
    let reply = ask(&place.refresh, "wopi").await.expect(200);
    refused(&ask(&reply.text("refresh_token"), "app").await, 400, "invalid_scope");
}

#[tokio::test]
async fn b63_neither_address_nor_user_agent_binds_a_code() {
    let desk = Desk::with(settings().set("LOCKHOUSE_TRUSTED_PROXIES", "127.0.0.1"));
    let user = desk.someone(&[]);
    let mut office = desk.office();
    office.view.net = desk.net().seen_from("198.51.100.7");
    let challenge = office.challenge().await;
    let url = office.authorize_url(&challenge, &[]);
    let landing = office.view.open(&url).await;
    let stop = office.view.consent(landing, &user, PASSWORD).await;
    let mut service = desk.service();
    service.net = desk.net().seen_from("203.0.113.9");
    let mut place = service.accept(&Returned::read(&stop), &challenge).await;
    place.service.net = desk.net().seen_from("2001:db8::1");
    place.refreshed().await.expect(200);
    place.bootstrap().await;
}

#[tokio::test]
async fn b104_two_secrets_are_good_at_a_time_and_a_third_ends_the_first() {
    let desk = Desk::with(settings());
    let (user, mut office, _) = ready(&desk).await;
    let first = desk.client.clone();
    let second = desk.rotate_secret("office");
    assert_ne!(first.secret, second.secret);
    let mut place = office.add_place(&user).await;
    for client in [&first, &second] {
        place.service.client = client.clone();
        place.refreshed().await.expect(200);
    }
    let third = desk.rotate_secret("office");
    for (client, status) in [(&second, 200), (&third, 200), (&first, 401)] {
        place.service.client = client.clone();
        place.refreshed().await.expect(status);
    }
    let listed = desk.binary().cli_ok(&["client", "list", "--json"], "").text();
    assert!(listed.contains("office"));
    for secret in [&first.secret, &second.secret, &third.secret] {
        assert!(secret.len() >= 22 && !listed.contains(secret.as_str()), "told once");
    }
}

#[tokio::test]
async fn a_client_that_was_removed_is_unknown_and_what_it_was_granted_is_void() {
    let desk = Desk::with(settings());
    let (user, mut office, url) = ready(&desk).await;
    let mut place = office.add_place(&user).await;
    let root = place.root().await;
    desk.binary().cli_ok(&["client", "rm", "office"], "");
    place.call(Method::GET, None, &[]).await.expect(401);
    root.try_info().await.expect(401);
    refused(&place.refreshed().await, 401, "invalid_client");
    refused(&office.service.redeem(&url, "x").await, 401, "invalid_client");
    assert_eq!(office.first_page(&[]).await.page().reply.status, 400);
}

#[tokio::test]
async fn b106_calls_beyond_the_rate_are_put_off_and_not_thrown_out() {
    let start = settings().set("LOCKHOUSE_OAUTH__TOKEN_RATE", "6").set("LOCKHOUSE_OAUTH__BOOTSTRAPPER_RATE", "6");
    let desk = Desk::with(start);
    let other = desk.add_client("another", &[]);
    let (user, mut office, url) = ready(&desk).await;
    let place = office.add_place(&user).await;
    let put_off = |reply: &Reply| {
        assert!([429, 503].contains(&reply.status), "B-106: {reply}");
        let after = reply.header("Retry-After").and_then(|value| value.parse::<u64>().ok());
        assert!(after.is_some_and(|seconds| (1..=60).contains(&seconds)), "Retry-After: {reply}");
    };
    let mut limited = None;
    for _ in 0..20 {
        let reply = place.call(Method::GET, None, &[]).await;
        if reply.status != 200 {
            limited = Some(reply);
            break;
        }
    }
    put_off(&limited.expect("a limit at the bootstrapper"));
    let mut limited = None;
    for _ in 0..20 {
        let reply = office.service.refresh(&url, "nonsense").await;
        if reply.status != 400 {
            limited = Some(reply);
            break;
        }
    }
    put_off(&limited.expect("a limit at the token endpoint"));
    // Another client and another token are not hindered.
    let mut second = desk.client_like_office(&other);
    let user = desk.someone(&[]);
    second.add_place(&user).await.bootstrap().await;
    // Nor does somebody without the secret use up the rate of the client.
    let stranger = [("client_id", "another"), ("client_secret", "wrong"), ("grant_type", "refresh_token")];
    for _ in 0..20 {
        desk.net().post_form(&url, &stranger, &[]).await.expect_one_of(&[401, 429, 503]);
    }
    let third = desk.client_like_office(&other);
    third.service.refresh(&url, "nonsense").await.expect(400);
}
