//! App-to-app sign-in and opening Office from elsewhere: B-78 to B-90. What the operator's own app asks of its back end.

use crate::acceptance::{link_parts, office_link, part};
use crate::client::{Place, Returned};
use crate::desk::{Desk, settings};
use crate::net::parameter;
use crate::support::Reply;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use serde_json::{Value, json};

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// The operator's own app, signed in for a user.
struct App<'a> {
    desk: &'a Desk,
    access: String,
}

impl<'a> App<'a> {
    async fn signed_in(desk: &'a Desk, user: &str, id: &str) -> Self {
        let client = desk.add_client(id, &["--redirect-uri", "https://localhost", "--scope", "app", "--public"]);
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, VERIFIER.as_bytes());
        let challenge = URL_SAFE_NO_PAD.encode(digest.as_ref());
        let mut app = desk.client_like_office(&client);
        let more = [("scope", "app"), ("code_challenge", challenge.as_str()), ("code_challenge_method", "S256")];
        let stop = app.walk(user, &more).await;
        let code = Returned::read(&stop).code().to_owned();
        let url = app.token_url().await;
        let fields = [
            ("client_id", id),
            ("code", code.as_str()),
            ("grant_type", "authorization_code"),
            ("code_verifier", VERIFIER),
            ("redirect_uri", "https://localhost"),
        ];
        let reply = desk.net().post_form(&url, &fields, &[]).await.expect(200);
        Self { desk, access: reply.text("access_token") }
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Reply {
        let bearer = format!("Bearer {}", self.access);
        let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
        let body = body.map(|body| body.to_string().into_bytes());
        let reply = self.desk.net().send(method, &self.desk.net().at(path), &headers, body).await;
        assert!(reply.header("Cache-Control").is_some_and(|cache| cache.contains("no-store")), "{reply}");
        reply
    }

    async fn code(&self, body: Value) -> Reply {
        self.call(Method::POST, "/api/office/code", Some(body)).await
    }
}

#[tokio::test]
async fn b84_the_operators_app_gets_a_code_that_office_redeems() {
    let desk = Desk::with(settings().set("LOCKHOUSE_OAUTH__SESSION_CONTEXT", "tenant:42"));
    let user = desk.someone(&[]);
    let app = App::signed_in(&desk, &user, "lumora-app").await;
    let json = app.code(json!({ "client_id": "office" })).await.expect(200).json();
    let code = json["code"].as_str().unwrap_or_else(|| panic!("no code: {json}")).to_owned();
    assert_ne!(code, app.access, "B-84: not its own token");
    assert_eq!(json["sc"], "tenant:42");
    let returned = Returned { code: Some(code.clone()), context: Some("tenant:42".into()), ..Returned::default() };
    let service = desk.service();
    let challenge = desk.office().challenge().await;
    // B-80, B-61: no redirect URI was named; the registered one and none are accepted.
    let place: Place = service.accept(&returned, &challenge).await;
    assert_eq!(place.user_id(), desk.office().add_place(&user).await.user_id());
    service.redeem(challenge.tokens(), &code).await.expect(400);
    // Without a token, with Office's token, or for a client that is not there, there is nothing.
    for access in ["", "nonsense", &place.access] {
        let stranger = App { desk: &desk, access: access.to_owned() };
        stranger.code(json!({ "client_id": "office" })).await.expect_one_of(&[401, 403]);
    }
    for body in [json!({ "client_id": "unknown" }), json!({}), json!({ "client_id": "office", "scope": "nonsense" })] {
        let reply = app.code(body.clone()).await;
        assert!((400..500).contains(&reply.status), "{body}: {reply}");
    }
    // The app's own token does not open the bootstrapper.
    let bearer = format!("Bearer {}", app.access);
    let reply = desk.net().send(Method::GET, &desk.bootstrapper(), &[("Authorization", &bearer)], None).await;
    assert!([401, 404].contains(&reply.status), "{reply}");
}

#[tokio::test]
async fn b78_the_way_back_on_ios_is_the_scheme_of_the_app_that_asked() {
    let desk = Desk::shared();
    let user = desk.someone(&[]);
    let app = App::signed_in(desk, &user, "ios-app").await;
    let action = "0b7d3c56-8d0c-4a6e-9a55-3a0f7f1f6c11";
    for (name, scheme) in [
        ("word", "ms-word-tp"),
        ("Excel", "ms-excel-tp"),
        ("powerpoint", "ms-powerpoint-tp"),
        ("officemobile", "ms-officemobile-tp"),
    ] {
        let body = json!({ "client_id": "office", "app": name, "platform": "iOS", "action": action, "scope": "" });
        let json = app.code(body).await.expect(200).json();
        let url = json["return_url"].as_str().unwrap_or_else(|| panic!("no return_url: {json}"));
        let (found, rest) = url.split_once(':').expect("a scheme");
        assert_eq!(found, scheme);
        let fields: Vec<(String, String)> = url::form_urlencoded::parse(rest.as_bytes()).into_owned().collect();
        assert!(fields.contains(&("code".into(), json["code"].as_str().expect("a code").into())), "{url}");
        assert!(fields.contains(&("action".into(), action.into())), "B-78: given back unchanged: {url}");
    }
}

/// The parts of a link from the interface for the app.
async fn link(app: &App<'_>, id: &str, query: &str) -> (String, Value) {
    let json = app.call(Method::GET, &format!("/api/office/link/{id}?{query}"), None).await.expect(200).json();
    let texts = json.as_object().expect("an object").values().filter_map(Value::as_str);
    let link = texts.into_iter().find(|text| text.starts_with("ms-")).unwrap_or_else(|| panic!("no link: {json}"));
    (link.to_owned(), json.clone())
}

#[tokio::test]
async fn b85_to_b87_the_interface_for_the_app_makes_links_like_the_command_line() {
    let desk = Desk::shared();
    let (user, guest) = (desk.someone(&[]), desk.someone(&[]));
    desk.binary().import(
        &user,
        &[("a.docx", b"1"), ("b.xlsx", b"2"), ("c.pptx", b"3"), ("d & é [x].docx", b"4"), ("f.txt", b"5")],
    );
    desk.binary().cli_ok(&["grant", &guest, "viewer", &format!("{user}:/a.docx")], "");
    let place = desk.office().add_place(&user).await;
    let app = App::signed_in(desk, &user, "link-app").await;
    for (path, scheme) in
        [("a.docx", "ms-word"), ("b.xlsx", "ms-excel"), ("c.pptx", "ms-powerpoint"), ("d & é [x].docx", "ms-word")]
    {
        // B-85 meets C-28: what Office for iOS cannot take is replaced in what is reported.
        let reported = path.replace(['[', ']'], "-");
        let listed = place.root().await.children().await;
        let all = listed["ChildFiles"].as_array().expect("an array");
        let found = all.iter().find(|file| file["Name"] == path || file["Name"] == reported.as_str());
        let found = found.unwrap_or_else(|| panic!("{path} in {listed}"));
        let file = crate::client::Item::at(&desk.net(), found["Url"].as_str().expect("a URL"));
        let id = file.src.rsplit('/').next().expect("an id").to_owned();
        let query = "mode=edit&origin=web&pass_back=lumora&context=folder%7C44";
        let (text, _) = link(&app, &id, query).await;
        let (found, command, parts) = link_parts(&text);
        assert_eq!((found.as_str(), command.as_str()), (scheme, "ofe"), "{text}");
        assert_eq!(part(&parts, "u"), file.src);
        assert_eq!(part(&parts, "e"), place.user_id());
        assert_eq!((part(&parts, "a"), part(&parts, "p"), part(&parts, "c")), ("Web", "lumora", "folder|44"));
        assert!(part(&parts, "n") == path || part(&parts, "n") == reported, "{text}");
        assert!(!text.contains("access_token"), "B-86: {text}");
        let by_command = office_link(
            desk.binary(),
            &user,
            &format!("/{path}"),
            &["--origin", "web", "--pass-back", "lumora", "--context", "folder|44"],
        );
        assert_eq!(by_command, text);
        place.item(part(&parts, "u")).await.info().await;
        let (text, _) = link(&app, &id, "mode=view&origin=app").await;
        let (_, command, parts) = link_parts(&text);
        assert_eq!((command.as_str(), part(&parts, "a")), ("ofv", "App"));
    }
    // B-87: who cannot write is not led to editing.
    let theirs = App::signed_in(desk, &guest, "guest-app").await;
    let id = place.find(&["a.docx"]).await.src.rsplit('/').next().expect("an id").to_owned();
    let (text, _) = link(&theirs, &id, "mode=edit&origin=app").await;
    assert!(text.contains(":ofv|u|"), "{text}");
    let other = place.find(&["b.xlsx"]).await.src.rsplit('/').next().expect("an id").to_owned();
    theirs.call(Method::GET, &format!("/api/office/link/{other}?mode=view"), None).await.expect(404);
    app.call(Method::GET, "/api/office/link/AAAAAAAAAAAAAAAAAAAAAA?mode=view", None).await.expect(404);
    // A type that no Office app opens has no link.
    let text = place.find(&["f.txt"]).await.src.rsplit('/').next().expect("an id").to_owned();
    let reply = app.call(Method::GET, &format!("/api/office/link/{text}?mode=edit"), None).await;
    assert!((400..500).contains(&reply.status), "{reply}");
}

#[tokio::test]
async fn section_9_3_the_stores_packages_and_checks_are_given_as_data() {
    let start = settings().set("LOCKHOUSE_OFFICE__IOS_STORE_LINKS", "word=https://apps.example/word?pt=1");
    let desk = Desk::with(start);
    let user = desk.someone(&[]);
    let app = App::signed_in(&desk, &user, "lumora-app").await;
    let text = app.call(Method::GET, "/api/office/apps", None).await.expect(200).json().to_string();
    for expected in [
        "com.microsoft.office.word",
        "com.microsoft.office.excel",
        "com.microsoft.office.powerpoint",
        "ms-word-wopi-support-1605",
        "ms-excel-wopi-support-1605",
        "ms-powerpoint-wopi-support-1605",
        "https://apps.example/word?pt=1",
    ] {
        assert!(text.contains(expected), "{expected} is missing in {text}");
    }
}

#[tokio::test]
async fn b90_a_legacy_file_is_converted_into_a_new_one_beside_it() {
    let desk = Desk::shared();
    let user = desk.someone(&[]);
    desk.binary().import(&user, &[("old/letter.doc", b"legacy")]);
    let place = desk.office().add_place(&user).await;
    let file = place.find(&["old", "letter.doc"]).await;
    let ancestry = file.ancestry().await;
    let parent =
        crate::client::Item::at(&desk.net(), ancestry.last().expect("a parent")["Url"].as_str().expect("a URL"));
    assert_eq!(parent.info().await["UserCanCreateChildFile"], true);
    let made = parent.create_file("X-WOPI-SuggestedTarget", "letter.docx").await.expect(200);
    let made = crate::client::Item::at(&desk.net(), &made.text("Url"));
    made.edit(b"converted").await;
    assert_eq!(parent.child("letter.docx").await.bytes().await, b"converted");
    assert_eq!(file.bytes().await, b"legacy");
}

#[tokio::test]
async fn b54_a_region_of_the_app_comes_with_the_code() {
    let start = settings().set("LOCKHOUSE_OAUTH__REGIONS", "eu=https://eu.lumora.example/oauth/token?region=eu1");
    let desk = Desk::behind_proxy(start, &["https://docs.lumora.example", "https://eu.lumora.example"]);
    let user = desk.someone(&["--region", "eu"]);
    let app = App::signed_in(&desk, &user, "lumora-app").await;
    let body = json!({ "client_id": "office", "app": "word", "platform": "iOS", "action": "a" });
    let json = app.code(body).await.expect(200).json();
    assert_eq!(json["tk"], "https://eu.lumora.example/oauth/token?region=eu1");
    let url = json["return_url"].as_str().expect("a return_url").replacen(':', "://x/?", 1);
    assert_eq!(parameter(&url, "tk").as_deref(), Some("https://eu.lumora.example/oauth/token?region=eu1"));
}
