//! What an app may ask, and where it hears of its errors.

use crate::{
    house::{House, OFFICE},
    visitor::{Visitor, answer, parameter, text},
};

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_sent_to_an_address_that_is_not_registered() {
    let house = House::open();
    let mut visitor = Visitor::of(&house);
    for (what, query) in [
        ("no client", "response_type=code".to_owned()),
        ("unknown client", OFFICE.replace("office-k4", "nobody")),
        ("a client twice", format!("{OFFICE}&client_id=office-k4")),
        ("a suffix", OFFICE.replace("localhost", "localhost.evil.example")),
        ("a port", OFFICE.replace("localhost", "localhost%3A8443")),
        ("http", OFFICE.replace("https", "http")),
        ("a path", OFFICE.replace("localhost", "localhost%2Fa")),
        ("an address twice", format!("{OFFICE}&redirect_uri=https%3A%2F%2Flocalhost")),
        ("a long query", format!("{OFFICE}&x={}", "a".repeat(8000))),
    ] {
        for path in [format!("/oauth/authorize?{query}"), format!("/oauth/authorize?{query}&response_type=token")] {
            let reply = visitor.get(&path).await.expect(400);
            assert_eq!(reply.header("Location"), None, "{what}");
            assert!(text(&reply).contains("<h1>"), "{what}: a page for a person");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_errors_go_back_to_the_app() {
    let house = House::open();
    let mut visitor = Visitor::of(&house);
    let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    for (query, error) in [
        (OFFICE.replace("response_type=code", "response_type=token"), "unsupported_response_type"),
        (OFFICE.replace("response_type=code", "response_type="), "invalid_request"),
        (OFFICE.replace("scope=wopi", "scope=everything"), "invalid_scope"),
        (OFFICE.replace("scope=wopi", "scope=wopi,app"), "invalid_scope"),
        (format!("{OFFICE}&scope=wopi"), "invalid_request"),
        (format!("{OFFICE}&code_challenge={challenge}"), "invalid_request"),
        (format!("{OFFICE}&code_challenge={challenge}&code_challenge_method=plain"), "invalid_request"),
        (format!("{OFFICE}&code_challenge=short&code_challenge_method=S256"), "invalid_request"),
    ] {
        let reply = visitor.get(&format!("/oauth/authorize?{query}&state=a%20%26b")).await.expect(302);
        let told = answer(&reply);
        assert_eq!(parameter(&told, "error").as_deref(), Some(error), "{query}");
        assert_eq!(parameter(&told, "state").as_deref(), Some("a &b"), "{query}");
        let description = parameter(&told, "error_description").unwrap();
        assert!(description.bytes().all(|b| (0x20..0x7f).contains(&b) && b != b'"' && b != b'\\'), "{description}");
    }
    let public = "/oauth/authorize?client_id=phone&response_type=code";
    let reply = visitor.get(public).await.expect(302);
    assert!(
        reply.header("Location").unwrap().starts_with("com.example.lumora:/back?error=invalid_request&"),
        "{reply}"
    );
    visitor.get(&format!("{public}&code_challenge={challenge}&code_challenge_method=S256")).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn office_is_understood_however_it_writes() {
    let house = House::open();
    for query in [
        format!("&RS=de-DE&Build=16.1&Platform=iOS&APP=word&{OFFICE}").replace("&build=16.1.1234&platform=iOS", ""),
        "client_id=office-k4&response_type=code".to_owned(),
        OFFICE.replace("scope=wopi", "scope="),
        OFFICE.replace("localhost", "localhost%2F"),
        format!("{OFFICE}&unknown=1"),
        format!("{OFFICE}&state="),
    ] {
        let page = Visitor::of(&house).get(&format!("/oauth/authorize?{query}")).await.expect(200);
        assert!(text(&page).contains("Office"), "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_is_as_good_as_an_address() {
    let house = House::open();
    let mut visitor = Visitor::of(&house);
    let fields = [("client_id", "office-k4"), ("response_type", "code"), ("state", "é &"), ("rs", "frFR")];
    let onward = visitor.post("/oauth/authorize", &fields).await.expect(303);
    let to = onward.header("Location").unwrap().strip_prefix("./authorize").unwrap().to_owned();
    let page = visitor.get(&format!("/oauth/authorize{to}")).await.expect(200);
    assert!(text(&page).contains("lang=\"fr\""));
    visitor.post("/oauth/authorize", &[("client_id", "nobody")]).await.expect(400);
}
