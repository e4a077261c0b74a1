//! The pages: languages, guards, sessions.

use crate::{
    house::House,
    support::{PASSWORD, Start},
    visitor::{Visitor, field, text},
};

#[tokio::test(flavor = "multi_thread")]
async fn the_sign_in_page_has_what_is_looked_for_at_launch() {
    let house =
        House::open_with(Start::default().set("LOCKHOUSE_SIGN_IN__PRIVACY_URL", "https://lumora.example/privacy"));
    let page = Visitor::of(&house).get(&House::authorize("&rs=de-DE")).await.expect(200);
    let said = text(&page);
    for part in [
        "<html lang=\"de\">",
        "name=\"viewport\" content=\"width=device-width, initial-scale=1\"",
        "href=\"https://lumora.example/privacy\"",
        "Kennwort",
        "autocomplete=\"username\"",
        "autocomplete=\"current-password\"",
        "Office möchte",
    ] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
    assert!(!said.contains("<script") && !said.contains("target="), "no script, no new window");
    assert_eq!(page.header("Cache-Control"), Some("no-store"));
    assert_eq!(page.header("Referrer-Policy"), Some("no-referrer"));
    let policy = page.header("Content-Security-Policy").unwrap();
    assert!(
        policy.contains("frame-ancestors 'none'") && policy.contains("form-action 'self' https://localhost;"),
        "{policy}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_language_is_that_of_the_app_then_of_the_browser_then_of_the_house() {
    let house = House::open_with(Start::default().set("LOCKHOUSE_SIGN_IN__LANGUAGE", "es"));
    for (more, accepted, tag) in [
        ("&rs=jaJP", "fr", "ja"),
        ("&RS=zh-CN", "fr", "zh-Hans"),
        ("&rs=it-IT", "nl, fr;q=0.5", "fr"),
        ("", "it", "es"),
    ] {
        let mut visitor = Visitor::of(&house).speaking(accepted);
        let page = visitor.get(&House::authorize(more)).await.expect(200);
        assert!(text(&page).contains(&format!("<html lang=\"{tag}\">")), "{more} {accepted}");
        // It stays the same when the password is wrong, and on the consent page.
        let wrong = visitor.fill_in(&page, "ines", "wrong password").await.expect(403);
        assert!(text(&wrong).contains(&format!("<html lang=\"{tag}\">")), "{more} {accepted}");
        let consent = visitor.sign_in_at(&House::authorize(more), "ines").await.expect(200);
        assert!(text(&consent).contains(&format!("<html lang=\"{tag}\">")), "{more} {accepted}");
    }
    let privacy = Visitor::of(&house).speaking("de-AT").get("/privacy").await.expect(200);
    assert!(text(&privacy).contains("Datenschutz"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_another_site_signs_nobody_in() {
    let house = House::open();
    let mut visitor = Visitor::of(&house);
    let page = visitor.get("/sign-in").await.expect(200);
    let form = field(&page, "form");
    let fields = |form| [("form", form), ("return_to", ""), ("name", "ines"), ("password", PASSWORD)];
    for (name, value) in [
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
        ("Origin", "https://evil.example"),
        ("Origin", "x"),
    ] {
        visitor.headers = vec![(name, value.to_owned())];
        let reply = visitor.post("/sign-in", &fields(&form)).await.expect(403);
        assert!(reply.headers.get("set-cookie").is_none(), "{reply}");
    }
    visitor.headers.clear();
    for wrong in ["", "x", &form[1..]] {
        visitor.post("/sign-in", &fields(wrong)).await.expect(403);
    }
    // The mark of one browser is none in another, and none without its cookie.
    let mut other = Visitor::of(&house);
    other.post("/sign-in", &fields(&form)).await.expect(403);
    other.get("/sign-in").await.expect(200);
    other.post("/sign-in", &fields(&form)).await.expect(403);
    for (name, value) in
        [("Sec-Fetch-Site", "same-origin".to_owned()), ("Origin", "null".to_owned()), ("Origin", house.origin())]
    {
        visitor.headers = vec![(name, value)];
        visitor.post("/sign-in", &fields(&form)).await.expect(303);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_leads_nowhere_but_into_this_house() {
    let house = House::open();
    for elsewhere in ["//evil.example", "/\\evil.example", "https://evil.example", "https:evil.example", "/a\r\nX: y"] {
        let mut visitor = Visitor::of(&house);
        let page = visitor.get(&format!("/sign-in?return_to={}", crate::support::percent(elsewhere))).await.expect(200);
        assert_eq!(field(&page, "return_to"), "", "{elsewhere}");
        let fields =
            [("form", &*field(&page, "form")), ("return_to", elsewhere), ("name", "ines"), ("password", PASSWORD)];
        let reply = visitor.post("/sign-in", &fields).await.expect(303);
        assert_eq!(reply.header("Location"), Some("./"), "{elsewhere}");
    }
    let mut visitor = Visitor::of(&house);
    let page = visitor.get("/sign-in?return_to=%2Ffolder%2Fa%3Fb%3Dc").await.expect(200);
    let reply = visitor.fill_in(&page, "ines", PASSWORD).await.expect(303);
    assert_eq!(reply.header("Location"), Some("./folder/a?b=c"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_begins_anew_at_each_sign_in_and_ends_with_sign_out_and_with_the_password() {
    let house = House::open();
    let mut visitor = Visitor::of(&house);
    let sign_in = visitor.get("/sign-in").await;
    let reply = visitor.fill_in(&sign_in, "INES", PASSWORD).await.expect(303);
    let cookie =
        reply.headers.get_all("set-cookie").iter().map(|c| c.to_str().unwrap()).find(|c| c.starts_with("lockhouse="));
    let cookie = cookie.unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"), "{cookie}");
    let first = visitor.cookies["lockhouse"].clone();
    let page = visitor.get("/sign-in").await.expect(200);
    assert!(text(&page).contains("Ines Marlow"));
    let reply = visitor.fill_in(&sign_in, "ines", PASSWORD).await.expect(303);
    assert_eq!(reply.header("Location"), Some("./"));
    assert_ne!(visitor.cookies["lockhouse"], first);
    let mut old = Visitor::of(&house);
    old.cookies.insert("lockhouse".to_owned(), first);
    assert!(!text(&old.get("/sign-in").await).contains("Ines Marlow"), "the session before is over");

    let page = visitor.get("/sign-in").await.expect(200);
    visitor.post("/sign-out", &[("form", "x")]).await.expect(403);
    visitor.post("/sign-out", &[("form", &field(&page, "form"))]).await.expect(303);
    assert!(!visitor.cookies.contains_key("lockhouse"));
    assert!(text(&visitor.get("/sign-in?signed_out=1").await).contains("You are signed out."));

    let consent = visitor.sign_in_at(&House::authorize(""), "ines").await.expect(200);
    assert!(text(&consent).contains("Ines Marlow"));
    house.binary.cli_ok(&["user", "passwd", "ines", "--password-stdin"], "another password\n");
    let reply = visitor.decide(&consent, "allow").await;
    assert!(reply.header("Location").is_none() && text(&reply).contains("name=\"password\""), "{reply}");
    assert!(text(&visitor.get(&House::authorize("")).await).contains("name=\"password\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn under_https_cookies_are_tied_to_the_host() {
    let house = House::open_with(Start::default().set("LOCKHOUSE_PUBLIC_URL", "https://docs.lumora.example"));
    let mut visitor = Visitor::of(&house);
    let page = visitor.get("/sign-in").await.expect(200);
    let cookie = page.header("set-cookie").unwrap();
    assert!(
        cookie.starts_with("__Host-lockhouse-form=") && cookie.contains("Secure") && cookie.contains("Path=/"),
        "{cookie}"
    );
    let reply = visitor.fill_in(&page, "ines", PASSWORD).await.expect(303);
    assert!(visitor.cookies.contains_key("__Host-lockhouse"), "{reply}");
    let cookies: Vec<_> = reply.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap()).collect();
    let session = cookies.iter().find(|cookie| cookie.starts_with("__Host-lockhouse=")).unwrap();
    for flag in ["; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"] {
        assert!(session.contains(flag), "{flag}: {session}");
    }
    assert!(!session.contains("Domain"), "{session}");
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_forms_are_refused_without_harm() {
    let house = House::open();
    let mut visitor = Visitor::of(&house);
    let long = "a".repeat(40_000);
    visitor.post("/sign-in", &[("name", &long)]).await.expect(400);
    visitor.post("/sign-in", &[("name", "a"), ("name", "b")]).await.expect(400);
    visitor.post("/sign-in", &[]).await.expect_one_of(&[400, 403]);
    visitor.post("/oauth/consent", &[]).await.expect(400);
    visitor.post("/sign-out", &[]).await.expect(403);
    visitor.get("/sign-in?return_to=%ff%fe&rs=%00").await.expect(200);
    visitor.cookies.insert("lockhouse".to_owned(), "%00/../x".to_owned());
    visitor.cookies.insert("lockhouse-device".to_owned(), "a.b.c.d.e.f.g.h".to_owned());
    visitor.cookies.insert("lockhouse-form".to_owned(), "x".repeat(22));
    let page = visitor.get("/sign-in").await.expect(200);
    visitor.fill_in(&page, "ines", PASSWORD).await.expect(303);
}
