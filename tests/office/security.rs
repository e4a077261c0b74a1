//! What must not happen: B-45, B-103, B-104, B-106 to B-108, and theft in several ways.

use crate::client::{Office, Returned};
use crate::desk::{Desk, settings};
use crate::net::{count, parameter};
use crate::support::{PASSWORD, Reply, tokens};
use crate::web_view::{Form, Landing, Page, WebView, resolve};
use reqwest::Method;
use std::time::{Duration, Instant};

/// Whether any file below a directory holds the text.
fn stored(directory: &std::path::Path, text: &str) -> bool {
    let Ok(entries) = std::fs::read_dir(directory) else { return false };
    entries.flatten().any(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return stored(&path, text);
        }
        std::fs::read(&path).is_ok_and(|bytes| bytes.windows(text.len()).any(|window| window == text.as_bytes()))
    })
}

#[tokio::test]
async fn b103_b104_no_secret_of_a_whole_walk_is_logged_or_stored_in_the_clear() {
    let desk = Desk::with(settings().set("LOCKHOUSE_LOG__FILTER", "trace"));
    let user = desk.someone(&[]);
    desk.binary().import(&user, &[("a.docx", b"text")]);
    let mut office = desk.office();
    let challenge = office.challenge().await;
    let stop = office.walk(&user, &[("state", "the-state-of-this-walk")]).await;
    let returned = Returned::read(&stop);
    let mut place = office.service.accept(&returned, &challenge).await;
    let mut secrets = vec![
        ("code", returned.code().to_owned()),
        ("client secret", desk.client.secret.clone()),
        ("password", PASSWORD.to_owned()),
        ("password as sent", PASSWORD.replace(' ', "+")),
        ("OAuth token", place.access.clone()),
        ("refresh token", place.refresh.clone()),
    ];
    let root = place.root().await;
    let file = place.find(&["a.docx"]).await;
    file.edit(b"new").await;
    let first = place.clone();
    place.refreshed().await.expect(200);
    secrets.push(("second OAuth token", place.access.clone()));
    secrets.push(("second refresh token", place.refresh.clone()));
    secrets.push(("WOPI token", tokens::signature(&root.token)));
    secrets.push(("WOPI token", tokens::signature(&file.token)));
    let fresh = place.item(&file.src).await;
    secrets.push(("WOPI token", tokens::signature(&fresh.token)));
    for cookie in &office.view.cookies {
        secrets.push(("cookie", cookie.value.clone()));
    }
    // Failures are logged more readily than successes.
    office.service.redeem(challenge.tokens(), returned.code()).await.expect(400);
    office.service.refresh(challenge.tokens(), &first.refresh).await.expect(400);
    first.call(Method::GET, None, &[]).await.expect(401);
    file.try_info().await.expect(401);
    let basic = [("Authorization", "Basic b2ZmaWNlOm9wZW4tc2VzYW1l")];
    let wrong = [("grant_type", "refresh_token"), ("refresh_token", "open-sesame-too")];
    desk.net().post_form(challenge.tokens(), &wrong, &basic).await.expect(401);
    let mut view = WebView::new(&desk.net());
    let page = view.open(&office.authorize_url(&challenge, &[])).await.page();
    view.sign_in(&page, &user, "open-sesame-wrong").await.page();
    for text in ["b2ZmaWNlOm9wZW4tc2VzYW1l", "open-sesame"] {
        secrets.push(("wrong secret", text.to_owned()));
    }
    let log = desk.binary().log();
    assert!(log.len() > 2000 && log.contains("TRACE"), "the log was followed");
    for (kind, secret) in &secrets {
        assert!(secret.len() > 8, "{kind} is no secret");
        let lines: Vec<&str> = log.lines().filter(|line| line.contains(secret.as_str())).collect();
        assert!(lines.is_empty(), "a {kind} is in the log: {lines:#?}");
    }
    let data = desk.binary().data_dir();
    assert!(stored(&data, &user), "the search finds what is there");
    for (kind, secret) in secrets.iter().filter(|(kind, _)| !kind.starts_with("WOPI")) {
        assert!(!stored(&data, secret), "B-104: a {kind} is stored readable");
    }
}

/// What a page tells, without what must differ from one to the next.
fn shown(page: &Page, name: &str) -> (u16, String, Vec<(String, String)>) {
    let mut html = page.html().replace(name, "NAME");
    for form in page.forms() {
        for field in form.fields.iter().filter(|field| field.kind == "hidden" && field.value.len() > 8) {
            html = html.replace(&field.value, "HIDDEN");
        }
    }
    let cookie = |value: &str| value.split('=').next().unwrap_or_default().to_owned();
    let headers = page.reply.headers.iter().filter(|(name, _)| !["date", "content-length"].contains(&name.as_str()));
    let mut headers: Vec<(String, String)> = headers
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .map(|(name, value)| if name == "set-cookie" { (name, cookie(&value)) } else { (name, value) })
        .filter(|(name, _)| !name.contains("request-id") && !name.contains("trace"))
        .collect();
    headers.sort();
    (page.reply.status, html, headers)
}

#[tokio::test]
async fn unknown_users_wrong_passwords_and_shut_out_users_look_the_same() {
    let desk = Desk::with(settings().set("LOCKHOUSE_SIGN_IN__ATTEMPTS", "1000"));
    let known = desk.someone(&[]);
    let disabled = desk.someone(&[]);
    desk.binary().cli_ok(&["user", "disable", &disabled], "");
    let mut answers = Vec::new();
    for (name, password) in [
        (known.as_str(), "wrong"),
        ("nobody9", "wrong"),
        (disabled.as_str(), PASSWORD),
        (disabled.as_str(), "wrong"),
        ("x'; --", "wrong"),
    ] {
        let mut office = desk.office();
        let page = office.first_page(&[]).await.page();
        let page = office.view.sign_in(&page, name, password).await.page();
        assert!(page.sign_in_form().is_some(), "{name}: {}", page.html());
        let escaped = name.replace('\'', "&#39;");
        assert!(!page.html().contains("wrong\""), "the password is not given back");
        answers.push((name, shown(&Page { reply: page.reply.clone(), ..page.clone() }, &escaped)));
    }
    let first = answers[0].1.clone();
    for (name, answer) in &answers[1..4] {
        assert_eq!(answer.0, first.0, "{name}: the status");
        assert_eq!(answer.2, first.2, "{name}: the headers");
        assert_eq!(answer.1, first.1, "{name}: the page");
    }
}

#[tokio::test]
async fn unknown_users_and_wrong_passwords_take_the_same_time() {
    let desk = Desk::with(settings().set("LOCKHOUSE_SIGN_IN__ATTEMPTS", "1000"));
    let known = desk.someone(&[]);
    let mut times = [Vec::new(), Vec::new()];
    for round in 0..14 {
        let name = if round % 2 == 0 { known.clone() } else { format!("nobody{round}") };
        let mut office = desk.office();
        let page = office.first_page(&[]).await.page();
        let begun = Instant::now();
        office.view.sign_in(&page, &name, "wrong").await.page();
        times[round % 2].push(begun.elapsed());
    }
    let fastest = times.map(|mut times| {
        times.sort();
        times[0]
    });
    let (short, long) = (fastest[0].min(fastest[1]), fastest[0].max(fastest[1]));
    assert!(long < short * 3, "hashing is done for both: {fastest:?}");
}

#[tokio::test]
async fn b45_forms_without_the_token_of_this_browser_do_nothing() {
    let desk = Desk::shared();
    let (user, attacker) = (desk.someone(&[]), desk.someone(&[]));
    // A page elsewhere sends a form: no cookies, no hidden fields, its own origin.
    let mut office = desk.office();
    let page = office.first_page(&[]).await.page();
    let form = page.sign_in_form().expect("a form").signed_by(&user, PASSWORD);
    let mut stranger = WebView::new(&desk.net());
    refused(&mut stranger, &page, &form).await;
    refused(&mut office.view.clone(), &page, &form.clone().without_hidden()).await;
    // The hidden fields of another browser.
    let mut theirs = desk.office();
    let their_page = theirs.first_page(&[]).await.page();
    let their_form = their_page.sign_in_form().expect("a form").signed_by(&user, PASSWORD);
    refused(&mut office.view.clone(), &page, &their_form).await;
    // Consent is bound to the session: what the attacker's page holds does not press the user's button.
    let page = office.view.sign_in(&page, &user, PASSWORD).await.page();
    let (consent, button) = page.allow().expect("consent");
    let their_page = theirs.view.sign_in(&their_page, &attacker, PASSWORD).await.page();
    let (their_consent, their_button) = their_page.allow().expect("consent");
    for form in [consent.clone().without_hidden(), their_consent] {
        let landing = office.view.clone().press(&page, &form, Some(&button)).await;
        nothing_granted(landing);
    }
    let landing = theirs.view.press(&their_page, &consent, Some(&their_button)).await;
    nothing_granted(landing);
    nothing_granted(WebView::new(&desk.net()).press(&page, &consent, Some(&button)).await);
    // An origin elsewhere is refused even with everything else right.
    let body = crate::net::form(
        &consent.pressed(Some(&button)).iter().map(|(n, v)| (n.as_str(), v.as_str())).collect::<Vec<_>>(),
    );
    let reply = office.view.clone().ask(Method::POST, &consent.action, Some(body), "https://evil.example").await;
    assert!(!reply.header("Location").unwrap_or_default().contains("code="), "{reply}");
    // By GET nothing is granted either.
    let reply = office.view.clone().ask(Method::GET, &consent.action, None, "").await;
    assert!(!reply.header("Location").unwrap_or_default().contains("code="), "{reply}");
    // After all of it the user himself still can.
    let stop = office.view.press(&page, &consent, Some(&button)).await.stop();
    Returned::read(&stop).code();
}

/// A sign-in form that must not sign anybody in.
async fn refused(view: &mut WebView, page: &Page, form: &Form) {
    let button = form.buttons.first().cloned();
    let seen = view.seen.len();
    let landing = view.press(page, form, button.as_ref()).await;
    if let Landing::Page(page) = &landing {
        assert!(page.allow().is_none(), "signed in without proof: {}", page.html());
        assert!(page.reply.status >= 400 || page.sign_in_form().is_some(), "{}", page.reply);
    }
    nothing_granted(landing);
    assert!(view.seen.len() > seen);
}

#[track_caller]
fn nothing_granted(landing: Landing) {
    match landing {
        Landing::Stop(stop) => assert_eq!(parameter(&stop, "code"), None, "a code was given: {stop}"),
        Landing::Page(page) => {
            assert!((400..500).contains(&page.reply.status) || page.sign_in_form().is_some() || page.allow().is_some());
        }
    }
}

#[tokio::test]
async fn b108_the_sign_in_leads_nowhere_else() {
    let desk = Desk::shared();
    let user = desk.someone(&[]);
    let here = desk.net().origin().to_owned();
    for target in [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example/",
        "https:evil.example",
        "javascript:alert(1)",
        "/%09/evil.example",
        "/\t/evil.example",
        "@evil.example",
        "http://127.0.0.1:1@evil.example/",
    ] {
        for name in ["return_to", "next", "redirect", "return", "url", "continue", "to"] {
            let url = format!("{here}/sign-in?{}", crate::net::form(&[(name, target)]));
            let mut view = WebView::new(&desk.net());
            let reply = view.ask(Method::GET, &url, None, "").await;
            assert!(!reply.header("Location").unwrap_or_default().contains("evil"), "{name}={target}: {reply}");
        }
        let mut view = WebView::new(&desk.net());
        let url = format!("{here}/sign-in?{}", crate::net::form(&[("return_to", target)]));
        let reply = view.ask(Method::GET, &url, None, "").await;
        if reply.status != 200 {
            assert!((400..500).contains(&reply.status), "{reply}");
            continue;
        }
        let page = Page { url, reply };
        // Hidden fields are the attacker's to change in his own browser, and a link may carry them.
        let mut form = page.sign_in_form().expect("a form").signed_by(&user, PASSWORD);
        for field in form.fields.iter_mut().filter(|field| field.kind == "hidden") {
            if field.name.contains("return") || field.value.starts_with('/') {
                target.clone_into(&mut field.value);
            }
        }
        let fields = form.pressed(None);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let reply = view.ask(Method::POST, &form.action, Some(crate::net::form(&fields)), "null").await;
        let to = reply.header("Location").unwrap_or_default();
        let safe = to.is_empty() || desk.net().leads_here(&resolve(&form.action, to.to_owned()));
        assert!(safe, "{target}: {reply}");
    }
}

#[tokio::test]
async fn cookies_are_for_this_host_alone_and_out_of_reach_of_scripts() {
    for (desk, secure) in
        [(Desk::with(settings()), false), (Desk::behind_proxy(settings(), &["https://docs.lumora.example"]), true)]
    {
        let user = desk.someone(&[]);
        let mut office = desk.office();
        office.add_place(&user).await;
        assert!(!office.view.cookies.is_empty());
        for cookie in &office.view.cookies {
            assert!(cookie.has("httponly"), "{cookie:?}");
            assert!(cookie.has("samesite=lax") || cookie.has("samesite=strict"), "{cookie:?}");
            assert!(!cookie.attributes.iter().any(|attribute| attribute.starts_with("domain=")), "{cookie:?}");
            assert_eq!(cookie.has("secure"), secure, "{cookie:?}");
            assert_eq!(cookie.name.starts_with("__Host-"), secure, "{cookie:?}");
        }
        // The session's name changes when somebody signs in: one that was planted before is worth nothing.
        let mut planted = desk.office();
        let page = planted.first_page(&[]).await.page();
        let before = planted.view.cookies.clone();
        planted.view.sign_in(&page, &user, PASSWORD).await.page();
        let mut fixed = desk.office();
        fixed.view.cookies = before;
        let page = fixed.first_page(&[]).await.page();
        assert!(page.sign_in_form().is_some(), "a session was fixed from outside");
    }
}

#[tokio::test]
async fn signing_out_ends_the_web_session_and_only_a_form_of_this_host_can_do_it() {
    let desk = Desk::shared();
    let user = desk.someone(&[]);
    let mut office = desk.office();
    let place = office.add_place(&user).await;
    let stolen = office.view.cookies.clone();
    let url = desk.net().at("/sign-out");
    let get = office.view.ask(Method::GET, &url, None, "").await;
    assert!([404, 405].contains(&get.status), "{get}");
    let bare = office.view.clone().ask(Method::POST, &url, Some(String::new()), "https://evil.example").await;
    assert!(bare.status >= 400, "{bare}");
    assert!(no_password_needed(&mut office).await, "still signed in");
    place.bootstrap().await;
    assert!(!stolen.is_empty());
}

/// Whether the web view is signed in.
async fn no_password_needed(office: &mut Office) -> bool {
    match office.first_page(&[]).await {
        Landing::Page(page) => page.sign_in_form().is_none(),
        Landing::Stop(_) => true,
    }
}

#[tokio::test]
async fn a_code_that_somebody_saw_is_worth_nothing_to_him() {
    let desk = Desk::shared();
    let (user, thief) = (desk.someone(&[]), desk.someone(&[]));
    let client = desk.add_client("thiefs-client", &[]);
    let mut office = desk.office();
    let url = office.token_url().await;
    let code = office.code(&user).await;
    let mut other = desk.client_like_office(&client);
    other.code(&thief).await;
    let reply = other.service.redeem(&url, &code).await.expect(400);
    assert_eq!(reply.text("error"), "invalid_grant");
    let mut bare = desk.service();
    bare.client.secret = String::new();
    bare.redeem(&url, &code).await.expect(401);
    // Injected into another device's sign-in (RFC 6749 section 10.6) PKCE ends it.
    let stop = office.walk(&user, &[("code_challenge", &"c".repeat(43)), ("code_challenge_method", "S256")]).await;
    let fields = [
        ("code", parameter(&stop, "code").expect("a code")),
        ("grant_type", "authorization_code".into()),
        ("code_verifier", "v".repeat(43)),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(office.service.ask(&url, &fields, None).await.expect(400).text("error"), "invalid_grant");
}

#[tokio::test]
async fn b107_tokens_of_another_make_are_refused() {
    let desk = Desk::shared();
    let user = desk.someone(&[]);
    let place = desk.office().add_place(&user).await;
    let root = place.root().await;
    let mut tried = vec![format!("{}x", place.access), place.access[..place.access.len() - 2].to_owned()];
    if place.access.matches('.').count() == 2 {
        let token = &place.access;
        tried.extend([
            tokens::unsigned(token),
            tokens::unsigned_with_signature(token),
            tokens::forged(token),
            tokens::prolonged(token),
            tokens::of_unknown_key(token),
            tokens::with_bent_signature(token),
        ]);
    }
    for token in tried {
        let forged = crate::client::Place { access: token, ..place.clone() };
        forged.call(Method::GET, None, &[]).await.expect(401);
    }
    // A token of another host with the same users is signed by another key.
    let other = Desk::with(settings());
    let bearer = format!("Bearer {}", place.access);
    let reply = other.net().send(Method::GET, &other.bootstrapper(), &[("Authorization", &bearer)], None).await;
    reply.expect(401);
    root.info().await;
}

#[tokio::test]
async fn guessing_is_slowed_and_the_innocent_still_sign_in() {
    let start = settings()
        .set("LOCKHOUSE_TRUSTED_PROXIES", "127.0.0.1")
        .set("LOCKHOUSE_SIGN_IN__ATTEMPTS", "2")
        .set("LOCKHOUSE_SIGN_IN__ATTEMPT_EVERY", "60 s");
    let desk = Desk::with(start);
    let user = desk.someone(&[]);
    let guess = async |address: &str, name: &str, password: &str| -> Reply {
        let mut office = desk.office();
        office.view.net = desk.net().seen_from(address);
        let challenge = office.challenge().await;
        let page = office.view.open(&office.authorize_url(&challenge, &[])).await.page();
        match office.view.sign_in(&page, name, password).await {
            Landing::Page(page) => page.reply,
            Landing::Stop(stop) => panic!("no consent was asked: {stop}"),
        }
    };
    let mut limited = None;
    for _ in 0..12 {
        let reply = guess("198.51.100.1", &user, "wrong").await;
        if reply.status == 429 {
            limited = Some(reply);
            break;
        }
    }
    let reply = limited.expect("an attacker is slowed");
    let after = reply.header("Retry-After").and_then(|value| value.parse::<u64>().ok());
    assert!(after.is_some_and(|seconds| (1..=600).contains(&seconds)), "{reply}");
    // Not even the right password helps him now, or he would learn it.
    assert_eq!(guess("198.51.100.1", &user, PASSWORD).await.status, 429);
    // The user himself, elsewhere, notices nothing.
    let mut office = desk.office();
    office.view.net = desk.net().seen_from("203.0.113.20");
    office.add_place(&user).await.bootstrap().await;
    // Many names from one address are one attacker, too.
    let mut refused = 0;
    for n in 0..60 {
        refused += u32::from(guess("198.51.100.77", &format!("nobody{n}"), "wrong").await.status == 429);
    }
    assert!(refused > 0, "sixty names tried from one address");
    office.view = WebView::new(&desk.net().seen_from("203.0.113.21"));
    office.add_place(&user).await.bootstrap().await;
    // Unknown names are slowed like known ones, so that it tells nothing.
    let mut limited = false;
    for _ in 0..12 {
        limited |= guess("198.51.100.2", "nobodyatall", "wrong").await.status == 429;
    }
    assert!(limited);
}

#[tokio::test]
async fn success_is_not_held_against_anybody() {
    let start = settings().set("LOCKHOUSE_SIGN_IN__ATTEMPTS", "3").set("LOCKHOUSE_SIGN_IN__ATTEMPT_EVERY", "600 s");
    let desk = Desk::with(start);
    let user = desk.someone(&[]);
    for _ in 0..8 {
        desk.office().add_place(&user).await;
    }
}

#[tokio::test]
async fn a_web_session_ends_when_it_is_not_used() {
    let desk = Desk::with(settings().set("LOCKHOUSE_SIGN_IN__SESSION", "1 s"));
    let user = desk.someone(&[]);
    let mut office = desk.office();
    let begun = Instant::now();
    loop {
        office.add_place(&user).await;
        let waited = Duration::from_millis(200) * u32::try_from(office.view.seen.len() / 4).expect("few");
        tokio::time::sleep(waited).await;
        if !no_password_needed(&mut office).await {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "a session is good for ever");
    }
}

#[tokio::test]
async fn odd_bytes_in_forms_and_queries_are_answered_and_harm_nothing() {
    let desk = Desk::with(settings().set("LOCKHOUSE_SIGN_IN__ATTEMPTS", "1000"));
    let user = desk.someone(&[]);
    let net = desk.net();
    let challenge = desk.office().challenge().await;
    let kind = [("Content-Type", "application/x-www-form-urlencoded")];
    for path in ["/sign-in", "/sign-out", "/oauth/token", "/oauth/revoke", "/oauth/authorize", "/sign-in/oidc/start"] {
        for body in ["%", "%FF=%00", "a", "=", "&&&", "a=b=c", "\u{0}", "[]=1", &"a=b&".repeat(20_000)] {
            let reply = net.send(Method::POST, &net.at(path), &kind, Some(body.as_bytes().to_vec())).await;
            assert!(
                (400..500).contains(&reply.status) || (path == "/oauth/authorize" && reply.status < 500),
                "{reply}"
            );
        }
    }
    for query in ["%", "client_id=%FF", "client_id=office%00", "a=b=c", &"a=b&".repeat(3000)] {
        let reply = net.get(&format!("{}?{query}", challenge.authorization())).await;
        assert!((400..500).contains(&reply.status), "{reply}");
        assert_eq!(count(&reply, "location"), 0, "{reply}");
    }
    for cookie in ["a", "=", "__Host-x=%FF", &"a=b; ".repeat(1000), "lockhouse=\u{e9}"] {
        let reply = net.send(Method::GET, &net.at("/sign-in"), &[("Cookie", cookie)], None).await;
        assert!(reply.status < 500, "{reply}");
    }
    desk.office().add_place(&user).await;
}
