//! The endpoints and the bootstrapper over HTTP, without a network and by a clock of their own.

use std::{sync::Arc, time::Duration};

use actix_web::{
    App, HttpMessage as _,
    body::to_bytes,
    dev::{Service, ServiceResponse},
    http::{Method, StatusCode, header},
    test::{self, TestRequest},
    web,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;
use tempfile::TempDir;

use super::{Identity, Params, request::AuthorizationRequest, request::Wrong};
use crate::{
    clock::{ManualClock, Timestamp},
    editors::Editors,
    host::{
        Host, HostOptions,
        accounts::NewAccount,
        oauth::{NewClient, NewCode},
    },
    ids::{NodeId, UserId},
    permission::Role,
    server::{Metrics, Visitor},
    settings::Settings,
    store::records::{AccountKind, AccountRecord},
    urls::Urls,
    wopi::{self, Wopi},
};

const BASE: &str = "https://docs.example/office";
const HOUR: Duration = Duration::from_secs(3600);

struct Site {
    identity: Identity,
    clock: Arc<ManualClock>,
    secret: String,
    anna: AccountRecord,
    _place: TempDir,
}

struct Answer {
    status: StatusCode,
    headers: header::HeaderMap,
    body: Value,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn text(&self, name: &str) -> &str {
        self.body[name].as_str().unwrap_or_default()
    }

    #[track_caller]
    fn refused(&self, status: u16, error: &str) {
        assert_eq!((self.status.as_u16(), self.text("error")), (status, error), "{}", self.body);
        assert!(self.header("content-type").starts_with("application/json"));
        assert_eq!(self.header("cache-control"), "no-store");
    }
}

async fn user(host: &Host, name: &str) -> AccountRecord {
    let new = NewAccount {
        user: UserId::parse(name).unwrap(),
        display_name: "Ines Marlow",
        email: None,
        password: None,
        admin: false,
        kind: AccountKind::Business,
    };
    host.accounts().add(new).await.unwrap()
}

impl Site {
    async fn open(settings: Settings) -> Self {
        let place = TempDir::new().unwrap();
        let clock = Arc::new(ManualClock::new(Timestamp::from_unix_ms(1_700_000_000_250)));
        let host = Host::open(HostOptions::new(place.path()), clock.clone()).await.unwrap();
        let client = |id: &str, public| NewClient {
            id: id.to_owned(),
            name: "Office".to_owned(),
            redirect_uris: vec!["https://localhost".to_owned()],
            scopes: vec!["wopi".to_owned(), "app".to_owned()],
            public,
        };
        let (_, secret) = host.clients().add(client("office", false)).await.unwrap();
        host.clients().add(client("app", true)).await.unwrap();
        let anna = user(&host, "anna").await;
        let urls = Arc::new(Urls::new(BASE.parse().unwrap()));
        let identity = Identity::new(host, urls, Arc::new(settings));
        Self { identity, clock, secret: secret.unwrap(), anna, _place: place }
    }

    async fn new() -> Self {
        Self::open(Settings::default()).await
    }

    async fn call(&self, request: TestRequest) -> Answer {
        self.call_from(None, request).await
    }

    /// A call that comes from this address.
    async fn call_from(&self, address: Option<&str>, request: TestRequest) -> Answer {
        let wopi = Wopi {
            host: self.identity.host.clone(),
            urls: Arc::clone(&self.identity.urls),
            supports: self.identity.settings.supports.clone(),
            limits: self.identity.settings.limits.clone(),
            editors: Editors::none(self.clock.clone()),
            metrics: Arc::new(Metrics::new()),
        };
        let path = self.identity.settings.office.bootstrapper.clone();
        let app = App::new()
            .app_data(web::Data::new(self.identity.clone()))
            .app_data(web::Data::new(wopi))
            .configure(super::routes)
            .configure(wopi::routes)
            .configure(|config| wopi::bootstrapper(config, &path));
        let app = test::init_service(app).await;
        let request = request.to_request();
        if let Some(address) = address {
            let address = address.parse().unwrap();
            let visitor = Visitor { peer: address, address, https: true, forwarded_host: None, through_proxy: false };
            request.extensions_mut().insert(visitor);
        }
        let response: ServiceResponse = app.call(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let body = to_bytes(response.into_body()).await.unwrap();
        Answer { status, headers, body: serde_json::from_slice(&body).unwrap_or_default() }
    }

    async fn form(&self, path: &str, form: &str) -> Answer {
        let kind = (header::CONTENT_TYPE, "application/x-www-form-urlencoded; charset=UTF-8");
        self.call(TestRequest::post().uri(path).insert_header(kind).set_payload(form.to_owned())).await
    }

    /// A call of the token endpoint with the client's id and secret in the body, as Office makes it.
    async fn token(&self, form: &str) -> Answer {
        self.form("/oauth/token", &format!("client_id=office&client_secret={}&{form}", self.secret)).await
    }

    async fn code_with(&self, change: impl FnOnce(NewCode) -> NewCode) -> String {
        let new = NewCode {
            client: "office".to_owned(),
            redirect_uri: Some("https://localhost".to_owned()),
            user: self.anna.user.clone(),
            generation: self.anna.generation,
            scopes: vec!["wopi".to_owned()],
            challenge: None,
        };
        self.identity.host.grants().issue_code(change(new)).await.unwrap()
    }

    async fn code(&self) -> String {
        self.code_with(|new| new).await
    }

    async fn signed_in(&self) -> Answer {
        let code = self.code().await;
        self.token(&format!("grant_type=authorization_code&code={code}&redirect_uri=https%3A%2F%2Flocalhost")).await
    }

    async fn bootstrapper(&self, method: Method, headers: &[(&str, &str)]) -> Answer {
        let request = TestRequest::with_uri("/wopibootstrapper").method(method);
        self.call(headers.iter().fold(request, |request, header| request.insert_header(*header))).await
    }

    async fn ask(&self, token: &str, operation: &str, src: Option<&str>) -> Answer {
        let bearer = format!("Bearer {token}");
        let mut headers = vec![("Authorization", bearer.as_str()), ("X-WOPI-EcosystemOperation", operation)];
        headers.extend(src.map(|src| ("X-WOPI-WopiSrc", src)));
        self.bootstrapper(Method::POST, &headers).await
    }
}

#[actix_web::test]
async fn a_code_is_redeemed_as_office_does_it_and_the_answer_is_as_it_reads_it() {
    let site = Site::new().await;
    let answer = site.signed_in().await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/json;charset=UTF-8");
    assert_eq!((answer.header("cache-control"), answer.header("pragma")), ("no-store", "no-cache"));
    assert_eq!(answer.body["expires_in"], 3600);
    assert_eq!((answer.text("token_type"), answer.text("scope")), ("bearer", "wopi"));
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-._~+/=".contains(c);
    assert!(!answer.text("access_token").is_empty() && answer.text("access_token").chars().all(allowed));
    assert!(!answer.text("refresh_token").is_empty());
}

#[actix_web::test]
async fn a_code_is_used_once_and_the_second_use_ends_the_first_tokens() {
    let site = Site::new().await;
    let form = format!("grant_type=authorization_code&code={}", site.code().await);
    let first = site.token(&form).await;
    assert_eq!(first.status, 200, "without redirect_uri, as older Office does it");
    site.token(&form).await.refused(400, "invalid_grant");
    let refresh = format!("grant_type=refresh_token&refresh_token={}", first.text("refresh_token"));
    site.token(&refresh).await.refused(400, "invalid_grant");
    let bearer = format!("Bearer {}", first.text("access_token"));
    assert_eq!(site.bootstrapper(Method::GET, &[("Authorization", &bearer)]).await.status, 401);
}

#[actix_web::test]
async fn both_ways_to_show_who_a_client_is_work_and_wrong_ones_are_told_apart() {
    let site = Site::new().await;
    let form = |code: &str| format!("grant_type=authorization_code&code={code}");
    let basic = |id: &str, secret: &str| format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
    let call = async |authorization: String, form: String| {
        let request = TestRequest::post().uri("/oauth/token").insert_header(("Authorization", authorization));
        let kind = (header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        site.call(request.insert_header(kind).set_payload(form)).await
    };
    assert_eq!(call(basic("%6Fffice", &site.secret), form(&site.code().await)).await.status, 200);
    let both = format!("{}&client_id=office&client_secret={}", form(&site.code().await), site.secret);
    assert_eq!(call(basic("office", &site.secret), both).await.status, 200);
    let wrong = call(basic("office", "wrong"), form("x")).await;
    wrong.refused(401, "invalid_client");
    assert!(wrong.header("www-authenticate").starts_with("Basic realm="));
    call("Basic %".to_owned(), form("x")).await.refused(401, "invalid_client");
    call(basic("office", &site.secret), format!("{}&client_id=app", form("x"))).await.refused(400, "invalid_request");
    let other = format!("{}&client_id=office&client_secret=x", form("x"));
    call(basic("office", &site.secret), other).await.refused(400, "invalid_request");
    for body in ["client_id=office&client_secret=wrong", "client_id=office", "client_id=nobody&client_secret=x", "a=b"]
    {
        let answer = site.form("/oauth/token", &format!("grant_type=refresh_token&{body}")).await;
        answer.refused(401, "invalid_client");
        assert_eq!(answer.header("www-authenticate"), "");
    }
    let (_, second) = site.identity.host.clients().rotate_secret("office").await.unwrap();
    for secret in [&site.secret, &second] {
        let form = format!("client_id=office&client_secret={secret}&{}", form(&site.code().await));
        assert_eq!(site.form("/oauth/token", &form).await.status, 200);
    }
}

#[actix_web::test]
async fn requests_of_the_wrong_form_are_refused_before_anything_else() {
    let site = Site::new().await;
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        for path in ["/oauth/token", "/oauth/revoke"] {
            let answer = site.call(TestRequest::with_uri(path).method(method.clone())).await;
            assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, "POST"));
        }
    }
    let json = TestRequest::post().uri("/oauth/token").insert_header(("Content-Type", "application/json"));
    site.call(json.set_payload("{}")).await.refused(400, "invalid_request");
    site.call(TestRequest::post().uri("/oauth/token").set_payload("a=b")).await.refused(400, "invalid_request");
    let code = site.code().await;
    let twice = format!("grant_type=authorization_code&code={code}&code={code}");
    site.token(&twice).await.refused(400, "invalid_request");
    site.token("grant_type=authorization_code&code=").await.refused(400, "invalid_request");
    site.token("grant_type=").await.refused(400, "invalid_request");
    site.token("grant_type=password&username=a&password=b").await.refused(400, "unsupported_grant_type");
    for secret in ["client_secret=x", "code=x", "refresh_token=x"] {
        site.form(&format!("/oauth/token?{secret}"), "grant_type=x").await.refused(400, "invalid_request");
    }
    let form = format!("client_id=office&client_secret={}&grant_type=authorization_code&code={code}", site.secret);
    let answer = site.form("/oauth/token?region=eu1", &form).await;
    assert_eq!(answer.status, 200, "a region's token endpoint may have a query: {}", answer.body);
    let large = "x".repeat(17 * 1024);
    site.token(&format!("a={large}")).await.refused(413, "invalid_request");
}

#[actix_web::test]
async fn a_code_is_bound_to_its_client_its_address_and_its_challenge() {
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    let site = Site::new().await;
    let code = site.code().await;
    let other = format!("grant_type=authorization_code&code={code}&redirect_uri=https%3A%2F%2Flocalhost%3A8443");
    site.token(&other).await.refused(400, "invalid_grant");
    let other = format!("grant_type=authorization_code&client_id=app&code={code}");
    site.form("/oauth/token", &other).await.refused(400, "invalid_grant");
    let code = site.code_with(|new| NewCode { challenge: Some(CHALLENGE.to_owned()), ..new }).await;
    let form = format!("grant_type=authorization_code&code={code}");
    site.token(&form).await.refused(400, "invalid_grant");
    site.token(&format!("{form}&code_verifier={}", VERIFIER.replace('d', "e"))).await.refused(400, "invalid_grant");
    assert_eq!(site.token(&format!("{form}&code_verifier={VERIFIER}")).await.status, 200);
}

#[actix_web::test]
async fn every_refresh_answers_a_refresh_token_and_an_old_one_ends_the_family() {
    let site = Site::new().await;
    let first = site.signed_in().await;
    let refresh = |token: &str| format!("grant_type=refresh_token&refresh_token={token}");
    let old = refresh(first.text("refresh_token"));
    let second = site.token(&old).await;
    assert_eq!(second.status, 200);
    assert_ne!(second.text("refresh_token"), first.text("refresh_token"));
    site.clock.advance(Duration::from_secs(59));
    let again = site.token(&old).await;
    assert_eq!(again.text("refresh_token"), second.text("refresh_token"), "an answer that was lost");
    let narrower = format!("{}&scope=wopi,app", refresh(second.text("refresh_token")));
    site.token(&narrower).await.refused(400, "invalid_scope");
    site.clock.advance(Duration::from_secs(1));
    site.token(&old).await.refused(400, "invalid_grant");
    site.token(&refresh(second.text("refresh_token"))).await.refused(400, "invalid_grant");
}

#[actix_web::test]
async fn a_client_gives_tokens_back_and_unknown_ones_are_no_error() {
    let site = Site::new().await;
    let secret = site.secret.clone();
    let revoke =
        async |form: &str| site.form("/oauth/revoke", &format!("client_id=office&client_secret={secret}&{form}")).await;
    for which in ["access_token", "refresh_token"] {
        let tokens = site.signed_in().await;
        let answer = revoke(&format!("token_type_hint={which}&token={}", tokens.text(which))).await;
        assert_eq!(answer.status, 200);
        let refresh = format!("grant_type=refresh_token&refresh_token={}", tokens.text("refresh_token"));
        site.token(&refresh).await.refused(400, "invalid_grant");
    }
    assert_eq!(revoke("token=unknown").await.status, 200);
    revoke("").await.refused(400, "invalid_request");
    revoke("token=x&token_type_hint=id_token").await.refused(400, "unsupported_token_type");
    site.form("/oauth/revoke", "token=x").await.refused(401, "invalid_client");
}

#[actix_web::test]
async fn a_client_that_asks_too_often_is_told_when_to_come_again_and_others_are_not_held_up() {
    let mut settings = Settings::default();
    settings.oauth.token_rate = 3;
    settings.oauth.bootstrapper_rate = 2;
    let site = Site::open(settings).await;
    for _ in 0..5 {
        site.form("/oauth/token", "client_id=office&client_secret=wrong").await.refused(401, "invalid_client");
    }
    let tokens = site.signed_in().await;
    assert_eq!(tokens.status, 200, "attempts with a wrong secret take nothing from the client");
    for _ in 0..2 {
        site.token("grant_type=x").await.refused(400, "unsupported_grant_type");
    }
    let answer = site.token("grant_type=x").await;
    answer.refused(429, "temporarily_unavailable");
    let seconds: u64 = answer.header("retry-after").parse().unwrap();
    site.form("/oauth/token", "client_id=app&grant_type=x").await.refused(400, "unsupported_grant_type");
    site.clock.advance(Duration::from_secs(seconds));
    site.token("grant_type=x").await.refused(400, "unsupported_grant_type");
    let token = tokens.text("access_token");
    assert_eq!(site.ask(token, "", None).await.status, 200);
    assert_eq!(site.ask(token, "", None).await.status, 200);
    let answer = site.ask(token, "", None).await;
    assert_eq!(answer.status, 429);
    assert!(answer.header("retry-after").parse::<u64>().is_ok());
}

#[actix_web::test]
async fn whoever_calls_himself_by_a_public_clients_id_takes_nothing_from_those_elsewhere() {
    let mut settings = Settings::default();
    settings.oauth.token_rate = 3;
    let site = Site::open(settings).await;
    let flood = |from: &'static str| {
        let kind = (header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let request = TestRequest::post().uri("/oauth/token").insert_header(kind);
        site.call_from(Some(from), request.set_payload("client_id=app&grant_type=x"))
    };
    for _ in 0..3 {
        flood("2001:db8::1").await.refused(400, "unsupported_grant_type");
    }
    flood("2001:db8::2").await.refused(429, "temporarily_unavailable");
    flood("198.51.100.7").await.refused(400, "unsupported_grant_type");
}

#[actix_web::test]
async fn an_app_is_told_the_id_that_the_bootstrapper_gives_and_office_may_ask_for_it() {
    let mut site = Site::new().await;
    let host = site.identity.host.clone();
    host.accounts().remove_empty(&site.anna.user).await.unwrap();
    site.anna = user(&host, "anna").await;
    let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    let code = site.code_with(|code| NewCode {
        client: "app".to_owned(),
        scopes: vec!["wopi".to_owned(), "app".to_owned()],
        challenge: Some(challenge.to_owned()),
        ..code
    });
    let form = format!(
        "client_id=app&grant_type=authorization_code&code={}&redirect_uri=https%3A%2F%2Flocalhost&code_verifier={}",
        code.await,
        "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    );
    let tokens = site.form("/oauth/token", &form).await;
    let token = tokens.text("access_token");
    let profile = site.ask(token, "", None).await;
    let known_as = profile.body["Bootstrap"]["UserId"].as_str().unwrap().to_owned();
    assert_ne!(known_as, "anna", "somebody else was known by it");
    let body = serde_json::json!({"client_id": "office", "scope": "wopi", "platform": "android", "user_id": known_as});
    let bearer = (header::AUTHORIZATION, format!("Bearer {token}"));
    let request = TestRequest::post().uri("/api/office/code").insert_header(bearer).set_json(body);
    let answer = site.call(request).await;
    assert_eq!((answer.status.as_u16(), answer.text("user_id")), (200, known_as.as_str()), "{}", answer.body);
}

#[actix_web::test]
async fn an_app_gets_a_code_for_office_alone_and_never_one_that_opens_its_own_interface() {
    let site = Site::new().await;
    let host = &site.identity.host;
    let client = |id: &str, scope: &str, public| NewClient {
        id: id.to_owned(),
        name: id.to_owned(),
        redirect_uris: vec!["https://localhost".to_owned()],
        scopes: vec![scope.to_owned()],
        public,
    };
    host.clients().add(client("apps", "app", false)).await.unwrap();
    host.clients().add(client("viewer", "wopi", true)).await.unwrap();
    let (_, secret) = host.clients().add(client("lumora", "app", false)).await.unwrap();
    let own = NewCode {
        client: "lumora".to_owned(),
        redirect_uri: None,
        user: site.anna.user.clone(),
        generation: site.anna.generation,
        scopes: vec!["app".to_owned()],
        challenge: None,
    };
    let code = host.grants().issue_code(own).await.unwrap();
    let form = format!("client_id=lumora&client_secret={}&grant_type=authorization_code&code={code}", secret.unwrap());
    let token = site.form("/oauth/token", &form).await.text("access_token").to_owned();
    let ask = |body: Value| {
        let bearer = (header::AUTHORIZATION, format!("Bearer {token}"));
        site.call(TestRequest::post().uri("/api/office/code").insert_header(bearer).set_json(body))
    };
    let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    for (body, error) in [
        (serde_json::json!({"client_id": "office", "scope": "app"}), "invalid_scope"),
        (serde_json::json!({"client_id": "office", "scope": "wopi,app"}), "invalid_scope"),
        (serde_json::json!({"client_id": "apps"}), "invalid_scope"),
        (
            serde_json::json!({"client_id": "viewer", "code_challenge": challenge, "code_challenge_method": "S256"}),
            "unauthorized_client",
        ),
    ] {
        let shown = body.to_string();
        let answer = ask(body).await;
        assert_eq!((answer.status.as_u16(), answer.text("error"), answer.text("code")), (400, error, ""), "{shown}");
    }
    // With a colon, as the reference of Office writes it.
    let colon =
        TestRequest::post().uri("/api/office/code").insert_header((header::AUTHORIZATION, format!("Bearer:{token}")));
    assert_eq!(site.call(colon.set_json(serde_json::json!({"client_id": "office"}))).await.status, 200);
    // Office names no scope: it gets what it needs.
    let answer = ask(serde_json::json!({"client_id": "office", "scope": ""})).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let tokens = site.token(&format!("grant_type=authorization_code&code={}", answer.text("code"))).await;
    assert_eq!((tokens.status.as_u16(), tokens.text("scope")), (200, "wopi"), "{}", tokens.body);
}

#[actix_web::test]
async fn a_form_that_is_too_long_is_not_read_in_part() {
    let site = Site::new().await;
    let form = format!("client_id=office&response_type=code&state={}", "%41".repeat(1500));
    let answer = site.form("/oauth/authorize", &form).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (400, ""));
}

#[actix_web::test]
async fn the_metadata_names_the_endpoints() {
    let site = Site::new().await;
    let answer = site.call(TestRequest::get().uri("/.well-known/oauth-authorization-server")).await;
    assert_eq!(answer.text("issuer"), BASE);
    assert_eq!(answer.text("token_endpoint"), format!("{BASE}/oauth/token"));
    assert_eq!(answer.body["code_challenge_methods_supported"], serde_json::json!(["S256"]));
    let with_path = site.call(TestRequest::get().uri("/.well-known/oauth-authorization-server/office")).await;
    assert_eq!(with_path.body, answer.body);
    for other in ["other", "docs.example/office", "fice"] {
        let uri = format!("/.well-known/oauth-authorization-server/{other}");
        assert_eq!(site.call(TestRequest::get().uri(&uri)).await.status, 404, "{other}");
    }
}

#[actix_web::test]
async fn the_bootstrapper_answers_401_the_same_for_whatever_is_no_good_token() {
    let site = Site::new().await;
    let tokens = site.signed_in().await;
    let bootstrap = site.ask(tokens.text("access_token"), "", None).await;
    let url = bootstrap.body["Bootstrap"]["EcosystemUrl"].as_str().unwrap().to_owned();
    let wopi = format!("Bearer {}", url.split_once("access_token=").unwrap().1);
    let refresh = format!("Bearer {}", tokens.text("refresh_token"));
    let mut seen: Vec<String> = Vec::new();
    for authorization in ["", "Bearer", "Bearer ", "Basic eDp5", "Bearer nonsense", "\u{1}", &wopi, &refresh] {
        for method in [Method::GET, Method::POST] {
            let headers = [("Authorization", authorization)];
            let headers = if authorization.is_empty() || authorization == "\u{1}" { &[][..] } else { &headers[..] };
            let answer = site.bootstrapper(method, headers).await;
            assert_eq!((answer.status.as_u16(), answer.body.to_string().as_str()), (401, "{}"), "{authorization}");
            assert_eq!(answer.headers.get_all("www-authenticate").count(), 1);
            assert_eq!(answer.header("cache-control"), "no-store");
            assert!(answer.header("content-type").starts_with("application/json"));
            seen.push(answer.header("www-authenticate").to_owned());
        }
    }
    seen.dedup();
    let expected =
        format!("Bearer authorization_uri=\"{BASE}/oauth/authorize\",tokenIssuance_uri=\"{BASE}/oauth/token\"");
    assert_eq!(seen, [expected]);
    let in_query = format!("/wopibootstrapper?access_token={}", tokens.text("access_token"));
    assert_eq!(site.call(TestRequest::get().uri(&in_query)).await.status, 401);
    site.clock.advance(HOUR);
    assert_eq!(site.ask(tokens.text("access_token"), "", None).await.status, 401);
}

#[actix_web::test]
async fn an_app_only_token_does_not_open_the_bootstrapper() {
    let site = Site::new().await;
    let code = site.code_with(|new| NewCode { scopes: vec!["app".to_owned()], ..new }).await;
    let tokens = site.token(&format!("grant_type=authorization_code&code={code}")).await;
    assert_eq!(site.ask(tokens.text("access_token"), "", None).await.status, 401);
}

#[actix_web::test]
async fn the_profile_is_whole_and_everything_unknown_is_answered_with_it() {
    let site = Site::new().await;
    let tokens = site.signed_in().await;
    let token = tokens.text("access_token");
    for authorization in [format!("Bearer {token}"), format!("Bearer: {token}"), format!("bearer   {token}")] {
        let answer = site.bootstrapper(Method::GET, &[("Authorization", &authorization)]).await;
        assert_eq!(answer.status, 200, "{authorization}");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert!(answer.header("content-type").starts_with("application/json"));
        let profile = answer.body["Bootstrap"].as_object().unwrap();
        assert_eq!((&profile["UserId"], &profile["SignInName"]), (&"anna".into(), &"anna".into()));
        assert_eq!(profile["UserFriendlyName"], "Ines Marlow");
        assert!(profile["EcosystemUrl"].as_str().unwrap().starts_with(&format!("{BASE}/wopi/ecosystem?access_token=")));
        assert_eq!(answer.body.as_object().unwrap().len(), 1);
    }
    for operation in ["", "FOO", "get_root_container"] {
        let answer = site.ask(token, operation, None).await;
        assert_eq!((answer.status.as_u16(), answer.body.as_object().unwrap().len()), (200, 1), "{operation}");
    }
    let put = site.bootstrapper(Method::PUT, &[]).await;
    assert_eq!(put.status, 405);
}

#[actix_web::test]
async fn the_root_container_comes_with_a_token_for_it() {
    let site = Site::new().await;
    let tokens = site.signed_in().await;
    let answer = site.ask(tokens.text("access_token"), "GET_ROOT_CONTAINER", None).await;
    assert!(answer.body["Bootstrap"]["UserId"].is_string());
    let pointer = &answer.body["RootContainerInfo"]["ContainerPointer"];
    let src = format!("{BASE}/wopi/containers/{}?access_token=", site.anna.drive);
    assert!(pointer["Url"].as_str().unwrap().starts_with(&src));
    let info = &answer.body["RootContainerInfo"]["ContainerInfo"];
    assert_eq!(info["Name"], pointer["Name"]);
    assert_eq!((&info["LicenseCheckForEditIsEnabled"], &info["UserCanDelete"]), (&true.into(), &false.into()));
}

#[actix_web::test]
async fn a_new_token_is_for_what_is_named_if_he_may_reach_it_and_else_there_is_nothing() {
    let site = Site::new().await;
    let host = &site.identity.host;
    let ben = user(host, "ben").await;
    let tokens = site.signed_in().await;
    let token = tokens.text("access_token");
    let names = host_names(&["mine"]);
    let mine = host.make_path(&site.anna.drive, &names).await.unwrap();
    let his = host.make_path(&ben.drive, &names).await.unwrap();
    let urls = &site.identity.urls;
    let src = urls.wopi_container(&mine);
    let encoded: String = url::form_urlencoded::byte_serialize(src.as_bytes()).collect();
    for given in [src.clone(), encoded, format!("{src}?access_token=old")] {
        let answer = site.ask(token, "GET_NEW_ACCESS_TOKEN", Some(&given)).await;
        assert_eq!(answer.status, 200, "{given}");
        let info = &answer.body["AccessTokenInfo"];
        let now = 1_700_000_000_000_i64;
        let expiry = info["AccessTokenExpiry"].as_i64().unwrap();
        assert!(expiry > now && expiry <= now + 10 * 3_600_000 + 1000, "{expiry}");
        assert!(!info["AccessToken"].as_str().unwrap().is_empty());
    }
    let gone = NodeId::from_random_bits([9; 16]);
    for bad in [
        None,
        Some(urls.wopi_container(&his)),
        Some(urls.wopi_container(&gone)),
        Some(urls.wopi_src(&gone)),
        Some(urls.wopi_src(&mine)),
        Some(format!("{src}/children")),
        Some(src.replace("docs.example", "evil.example")),
        Some("nonsense".to_owned()),
    ] {
        let answer = site.ask(token, "GET_NEW_ACCESS_TOKEN", bad.as_deref()).await;
        assert_eq!(answer.status, 404, "{bad:?}");
    }
    host.rights().grant(&ben.user, &site.anna.user, &his, Role::Viewer).await.unwrap();
    let answer = site.ask(token, "GET_NEW_ACCESS_TOKEN", Some(&urls.wopi_container(&his))).await;
    assert_eq!(answer.status, 200, "what was shared with him is within his reach");
}

#[actix_web::test]
async fn an_address_for_people_becomes_one_for_office_by_the_ecosystem_and_the_bootstrapper_alike() {
    let site = Site::new().await;
    let tokens = site.signed_in().await;
    let page = site.identity.urls.folder(&site.anna.drive);
    let bearer = format!("Bearer {}", tokens.text("access_token"));
    let ask = async |name: &str| {
        let operation = ("X-WOPI-EcosystemOperation", "GET_WOPI_SRC_WITH_ACCESS_TOKEN");
        let headers = [("Authorization", bearer.as_str()), operation, ("X-WOPI-HostNativeFileName", name)];
        site.bootstrapper(Method::POST, &headers).await
    };
    let answer = ask(&page).await;
    let src = format!("{BASE}/wopi/containers/{}?access_token=", site.anna.drive);
    assert!(answer.body["WopiSrcInfo"]["Url"].as_str().unwrap().starts_with(&src), "{}", answer.body);
    assert_eq!(ask("https://elsewhere.example/").await.status, 404);
}

fn host_names(names: &[&str]) -> Vec<crate::names::FileName> {
    names.iter().map(|name| crate::names::FileName::parse(name).unwrap()).collect()
}

#[actix_web::test]
async fn an_authorization_request_is_read_client_and_address_first() {
    let site = Site::new().await;
    let read = |query: &str| AuthorizationRequest::read(&site.identity, &Params::parse(query.as_bytes()));
    let good = "client_id=office&redirect_uri=https%3A%2F%2Flocalhost&response_type=code";
    let request = read(&format!("&RS=x&{good}&scope=&state=")).unwrap();
    assert_eq!((request.answer_to.as_str(), request.state.as_deref()), ("https://localhost", Some("")));
    assert_eq!((request.scopes.len(), request.challenge), (2, None));
    let request = read("client_id=office&response_type=code&scope=wopi,").unwrap();
    assert_eq!((request.redirect_uri, request.scopes), (None, vec!["wopi".to_owned()]));
    for page in [
        "",
        "client_id=nobody&response_type=code",
        "client_id=office&redirect_uri=https%3A%2F%2Flocalhost.evil.example&response_type=code",
        "client_id=office&redirect_uri=https%3A%2F%2Flocalhost%3A8443&response_type=code",
        "client_id=office&client_id=office&response_type=code",
    ] {
        assert!(matches!(read(page), Err(Wrong::Page(_))), "{page}");
    }
    for (more, error) in [
        ("&response_type=token", "invalid_request"),
        ("&scope=admin", "invalid_scope"),
        ("&state=a&state=b", "invalid_request"),
        ("&code_challenge=x&code_challenge_method=S256", "invalid_request"),
        ("&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "invalid_request"),
    ] {
        let Err(Wrong::Redirect { location, .. }) = read(&format!("{good}{more}")) else { panic!("{more}") };
        assert!(location.starts_with(&format!("https://localhost/?error={error}&")), "{location}");
    }
    let Err(Wrong::Redirect { location, .. }) = read("client_id=office&response_type=token&state=s%20") else {
        panic!()
    };
    assert!(location.contains("error=unsupported_response_type") && location.ends_with("&state=s%20"), "{location}");
    assert!(matches!(read(&good.replace("office", "app")), Err(Wrong::Redirect { .. })), "a public client needs PKCE");
}
