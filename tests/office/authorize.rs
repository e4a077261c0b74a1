//! The authorization endpoint: E7 to E9, E20, B-36 to B-55.

use crate::client::{Challenge, Returned};
use crate::desk::{Desk, settings};
use crate::net::{count, form, parameter};
use crate::support::{PASSWORD, Reply};
use reqwest::Method;

/// The answer to a first request of a device without cookies.
async fn first(desk: &Desk, query: &str) -> Reply {
    let challenge = desk.office().challenge().await;
    desk.net().get(&format!("{}?{query}", challenge.authorization())).await
}

/// The query of a good request, with changes; `None` leaves a parameter out.
fn query(desk: &Desk, changes: &[(&str, Option<&str>)]) -> String {
    let mut all = vec![
        ("client_id", desk.client.id.as_str()),
        ("redirect_uri", "https://localhost"),
        ("response_type", "code"),
        ("state", "s"),
    ];
    for (name, value) in changes {
        all.retain(|(known, _)| known != name);
        all.extend(value.map(|value| (*name, value)));
    }
    form(&all)
}

/// The error with which a request is sent back at once, before anybody signs in or afterwards.
async fn refused(desk: &Desk, query: &str) -> Returned {
    let challenge: Challenge = desk.office().challenge().await;
    let mut office = desk.office();
    let url = format!("{}?{query}", challenge.authorization());
    let stop = office.view.open(&url).await.stop();
    Returned::read(&stop)
}

#[tokio::test]
async fn e7_b39_b40_an_unknown_client_or_redirect_uri_gets_a_page_and_no_redirect() {
    let desk = Desk::shared();
    for changes in [
        [("client_id", Some("unknown"))],
        [("client_id", Some(""))],
        [("client_id", None)],
        [("redirect_uri", Some("https://localhost.evil.example"))],
        [("redirect_uri", Some("https://localhost:8443"))],
        [("redirect_uri", Some("https://localhost:443"))],
        [("redirect_uri", Some("http://localhost"))],
        [("redirect_uri", Some("https://localhost/path"))],
        [("redirect_uri", Some("https://localhost//"))],
        [("redirect_uri", Some("https://localhost?x=y"))],
        [("redirect_uri", Some("https://localhost#"))],
        [("redirect_uri", Some("https://user@localhost"))],
        [("redirect_uri", Some("https://LOCALHOST.evil.example"))],
        [("redirect_uri", Some("https://localhost\\@evil.example"))],
        [("redirect_uri", Some("javascript:alert(1)"))],
        [("redirect_uri", Some("//evil.example"))],
        [("redirect_uri", Some("https://localhost\r\nSet-Cookie: a=b"))],
    ] {
        let reply = first(desk, &query(desk, &changes)).await;
        assert_eq!(reply.status, 400, "{changes:?}: {reply}");
        assert!(reply.header("Location").is_none(), "{reply}");
        assert!(reply.header("Content-Type").is_some_and(|kind| kind.starts_with("text/html")), "{reply}");
        let html = String::from_utf8_lossy(&reply.body).into_owned();
        assert!(!html.contains("http-equiv=\"refresh") && !html.contains("evil.example\""), "{html}");
    }
    // What is checked first decides: a wrong client with a wrong everything is a page.
    first(desk, &query(desk, &[("client_id", Some("unknown")), ("response_type", Some("token"))])).await.expect(400);
    // B-37 cannot send back what it cannot trust.
    let twice = format!("{}&redirect_uri=https%3A%2F%2Flocalhost", query(desk, &[]));
    let reply = first(desk, &twice).await;
    assert!(
        reply.status == 400 || reply.header("Location").is_some_and(|to| to.contains("invalid_request")),
        "{reply}"
    );
    let twice = format!("client_id=office&{}", query(desk, &[]));
    first(desk, &twice).await.expect_one_of(&[400, 302, 303]);
}

#[tokio::test]
async fn b40_the_stop_url_is_the_same_with_and_without_its_slash() {
    let desk = Desk::shared();
    let user = desk.someone(&[]);
    let stop = desk.office().walk(&user, &[("redirect_uri", "https://localhost/")]).await;
    Returned::read(&stop).code();
    // App-to-app leaves it out (B-61, B-80).
    let challenge = desk.office().challenge().await;
    let mut office = desk.office();
    let url = format!("{}?{}", challenge.authorization(), query(desk, &[("redirect_uri", None)]));
    let landing = office.view.open(&url).await;
    let stop = office.view.consent(landing, &user, PASSWORD).await;
    let code = Returned::read(&stop).code().to_owned();
    let fields = [("code", code.as_str()), ("grant_type", "authorization_code")];
    office.service.ask(challenge.tokens(), &fields, None).await.expect(200);
    let code = Returned::read(&office.walk(&user, &[]).await).code().to_owned();
    office.service.redeem(challenge.tokens(), &code).await.expect(200);
}

#[tokio::test]
async fn e8_6_1_errors_come_back_to_the_stop_url() {
    let desk = Desk::shared();
    for (changes, error) in [
        (vec![("response_type", Some("token"))], "unsupported_response_type"),
        (vec![("response_type", Some("code token"))], "unsupported_response_type"),
        (vec![("response_type", None)], "invalid_request"),
        (vec![("scope", Some("nonsense"))], "invalid_scope"),
        (vec![("scope", Some("wopi,nonsense"))], "invalid_scope"),
        (vec![("scope", Some("app"))], "invalid_scope"),
        (vec![("code_challenge", Some("x")), ("code_challenge_method", Some("plain"))], "invalid_request"),
        (vec![("code_challenge", Some("too short")), ("code_challenge_method", Some("S256"))], "invalid_request"),
        (vec![("code_challenge", Some(CHALLENGE)), ("code_challenge_method", Some("S512"))], "invalid_request"),
    ] {
        let returned = refused(desk, &query(desk, &changes)).await;
        assert_eq!(returned.error.as_deref(), Some(error), "{changes:?}");
        assert_eq!(returned.state.as_deref(), Some("s"), "{changes:?}");
    }
    for twice in ["state=t", "scope=&scope=", "response_type=code"] {
        let returned = refused(desk, &format!("{}&{twice}", query(desk, &[]))).await;
        assert_eq!(returned.error.as_deref(), Some("invalid_request"), "B-37: {twice}");
    }
}

/// The challenge of RFC 7636, appendix B.
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

#[tokio::test]
async fn e9_b36_b38_presentation_parameters_come_in_any_spelling_or_not_at_all() {
    let desk = Desk::shared();
    let user = desk.someone(&[]);
    let core = query(desk, &[("state", None)]);
    for text in [
        format!("&RS=deDE&Build=16.1&Platform=iOS&{core}"),
        format!("&rs=xx-YY&{core}&&"),
        core.clone(),
        format!("{core}&scope=wopi"),
        format!("{core}&scope=wopi%2Cwopi"),
        format!("{core}&scope=wopi+wopi&unknown=1&other=2"),
        format!("{core}&rs=&build=&platform="),
        format!("{core}&rs=%00%FF&build={}", "x".repeat(2000)),
    ] {
        let challenge = desk.office().challenge().await;
        let mut office = desk.office();
        let landing = office.view.open(&format!("{}?{text}", challenge.authorization())).await;
        let stop = office.view.consent(landing, &user, PASSWORD).await;
        let returned = Returned::read(&stop);
        office.service.accept(&returned, &challenge).await.root().await;
        assert_eq!(returned.state, None, "no state came, none goes back");
    }
}

#[tokio::test]
async fn b44_pages_speak_the_language_of_rs_then_of_the_browser_then_of_the_site() {
    let desk = Desk::shared();
    for (rs, browser, expected) in [
        (Some("de-DE"), "fr-FR", "de"),
        (Some("deDE"), "fr-FR", "de"),
        (Some("ja-JP"), "", "ja"),
        (Some("zh-CN"), "", "zh"),
        (Some("es-MX"), "", "es"),
        (Some("xx-XX"), "fr-FR,fr;q=0.9", "fr"),
        (None, "fr-FR,fr;q=0.9", "fr"),
        (None, "xx, de;q=0.5", "de"),
        (None, "", "en"),
    ] {
        let mut office = desk.office();
        if !browser.is_empty() {
            office.view = office.view.speaking(browser);
        }
        let changes: Vec<(&str, Option<&str>)> = vec![("rs", rs)];
        let url = format!("{}?{}", office.challenge().await.authorization(), query(desk, &changes));
        let page = office.view.open(&url).await.page();
        let tags = page.tags();
        let lang = tags.iter().find(|tag| tag.name == "html").and_then(|tag| tag.get("lang")).unwrap_or_default();
        assert!(lang.starts_with(expected), "{rs:?} {browser:?}: {lang}");
    }
}

#[tokio::test]
async fn b44_the_consent_names_client_and_account_and_lets_the_account_be_switched() {
    let desk = Desk::shared();
    let user = desk.someone(&["--display-name", "Ines Marlow"]);
    let other = desk.someone(&[]);
    let mut office = desk.office();
    let page = office.first_page(&[]).await.page();
    let page = office.view.sign_in(&page, &user, PASSWORD).await.page();
    let (html, allow) = (page.html(), page.allow());
    assert!(allow.is_some(), "consent is asked for the first time: {html}");
    assert!(html.contains("Office") && (html.contains("Ines Marlow") || html.contains(&user)), "{html}");
    // Some further form or link leads to another account.
    let cancel = page.cancel().expect("a way to refuse");
    let allow = allow.expect("a way to allow");
    let ways = page.forms().into_iter().flat_map(|form| {
        let buttons = form.buttons.clone();
        buttons.into_iter().map(move |button| (form.clone(), button))
    });
    let switch = ways.into_iter().find(|(_, button)| *button != cancel.1 && *button != allow.1);
    let landing = if let Some((form, button)) = switch {
        office.view.press(&page, &form, Some(&button)).await
    } else {
        let links = page.tags().into_iter().filter(|tag| tag.name == "a").filter_map(|tag| tag.get("href"));
        let mut links = links.map(|link| crate::web_view::resolve(&page.url, link));
        let link = links.find(|link| desk.net().leads_here(link)).unwrap_or_else(|| panic!("no other account: {html}"));
        office.view.open(&link).await
    };
    let stop = office.view.consent(landing, &other, PASSWORD).await;
    let challenge = office.challenge().await;
    let place = office.service.accept(&Returned::read(&stop), &challenge).await;
    let own = desk.office().add_place(&other).await;
    assert_eq!(place.user_id(), own.user_id(), "the code is the other account's");
}

#[tokio::test]
async fn b49_b50_e20_the_redirect_carries_what_it_should_and_nothing_else() {
    let desk = Desk::shared();
    let user = desk.someone(&[]);
    let mut office = desk.office();
    let stop = office.walk(&user, &[]).await;
    assert!(stop.starts_with("https://localhost/?code=") || stop.starts_with("https://localhost?code="), "{stop}");
    for absent in ["tk", "sc", "state", "error"] {
        assert_eq!(parameter(&stop, absent), None, "{stop}");
    }
    let last = office.view.seen.last().expect("a reply");
    assert!([302, 303].contains(&last.status) && last.body.len() < 1000, "{last}");
    assert!(last.header("Cache-Control").is_some_and(|cache| cache.contains("no-store")), "B-45: {last}");
    for state in ["x y&z=%41+\"<>'#é", "a".repeat(500).as_str()] {
        let stop = office.walk(&user, &[("state", state)]).await;
        assert_eq!(Returned::read(&stop).state.as_deref(), Some(state));
    }
    let stop = office.walk(&user, &[("state", "")]).await;
    assert!(stop.contains("state=") && Returned::read(&stop).state.as_deref() == Some(""), "E20: {stop}");
}

#[tokio::test]
async fn b41_get_is_enough_and_other_methods_do_not_confuse() {
    let desk = Desk::shared();
    let challenge = desk.office().challenge().await;
    let url = format!("{}?{}", challenge.authorization(), query(desk, &[]));
    desk.net().send(Method::DELETE, &url, &[], None).await.expect_one_of(&[404, 405]);
    let page = desk.office().first_page(&[]).await.page();
    assert_eq!(page.reply.status, 200);
    assert!(page.sign_in_form().is_some());
}

#[tokio::test]
async fn b45_every_page_of_the_sign_in_is_guarded() {
    let desk = Desk::shared();
    let user = desk.someone(&[]);
    let mut office = desk.office();
    office.add_place(&user).await;
    let error = first(desk, &query(desk, &[("client_id", Some("unknown"))])).await;
    let pages: Vec<&Reply> = office.view.seen.iter().filter(|reply| reply.status == 200).chain([&error]).collect();
    assert!(pages.len() >= 3, "sign-in, consent, error");
    for page in pages {
        let policy = page.header("Content-Security-Policy").unwrap_or_default();
        assert!(policy.contains("frame-ancestors 'none'"), "{page}");
        assert_eq!(page.header("Referrer-Policy"), Some("no-referrer"), "{page}");
        assert!(page.header("Cache-Control").is_some_and(|cache| cache.contains("no-store")), "{page}");
        assert_eq!(page.header("X-Content-Type-Options"), Some("nosniff"), "{page}");
        assert!(!policy.contains("unsafe-inline") || !policy.contains("script-src 'unsafe-inline'"), "{page}");
    }
    // `form-action` must let the consent's redirect go to the stop URL, or web views block it.
    for page in office.view.seen.iter().filter(|reply| reply.status == 200) {
        let policy = page.header("Content-Security-Policy").unwrap_or_default();
        if let Some(rule) = policy.split(';').map(str::trim).find(|rule| rule.starts_with("form-action")) {
            assert!(rule.contains("https://localhost") || rule.contains("https:"), "the way out is barred: {rule}");
        }
    }
}

#[tokio::test]
async fn b46_a_live_session_consents_without_a_password_and_the_operator_may_forbid_it() {
    let desk = Desk::shared();
    let user = desk.someone(&[]);
    let mut office = desk.office();
    office.add_place(&user).await;
    match office.first_page(&[]).await {
        crate::web_view::Landing::Page(page) => assert!(page.sign_in_form().is_none(), "{}", page.html()),
        crate::web_view::Landing::Stop(stop) => drop(Returned::read(&stop)),
    }
    let desk = Desk::with(settings().set("LOCKHOUSE_OAUTH__REUSE_SESSION", "false"));
    let user = desk.someone(&[]);
    let mut office = desk.office();
    office.add_place(&user).await;
    let page = office.first_page(&[]).await.page();
    assert!(page.sign_in_form().is_some(), "the password is asked for again: {}", page.html());
    office.add_place(&user).await;
}

#[tokio::test]
async fn b47_codes_are_unguessable_and_never_the_same() {
    let desk = Desk::shared();
    let user = desk.someone(&[]);
    let mut office = desk.office();
    let mut codes = Vec::new();
    for _ in 0..5 {
        let code = office.code(&user).await;
        assert!(code.len() >= 22, "128 bits take 22 characters: {}", code.len());
        assert!(!codes.contains(&code));
        codes.push(code);
    }
    assert_eq!(count(office.view.seen.last().expect("a reply"), "location"), 1);
}
