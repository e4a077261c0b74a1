//! A small `OpenID` Connect provider: a server in a process of its own, which is this test program started again. It keeps to
//! the protocol (discovery, authorization code with PKCE, ID tokens signed with RSA, user information) until it is told to
//! do something wrong, and then does exactly that.
//!
//! People sign in with a form that asks who they are; what they say is believed. A field of the form says what goes wrong in
//! this one journey; `POST /control` says what goes wrong for everybody.

use std::{
    collections::HashMap,
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime},
};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, http::header, web};
use aws_lc_rs::{
    digest::{SHA256, digest},
    hmac,
    rand::SystemRandom,
    rsa::{KeyPair, KeySize},
    signature::{KeyPair as _, RSA_PKCS1_SHA256},
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};

/// How the house is known to the provider.
pub(crate) const CLIENT: &str = "lock house";
/// Its secret; both have characters that HTTP Basic must escape.
pub(crate) const SECRET: &str = "pl+um:tree%";

const SWITCH: &str = "LOCKHOUSE_TEST_PROVIDER";
const ANNOUNCED: &str = "the provider is at ";

/// The process of a provider. Dropping it ends the process.
pub(crate) struct Provider {
    child: Child,
    pub(crate) issuer: String,
}

impl Provider {
    /// Starts one on a free port.
    pub(crate) fn start() -> Self {
        Self::start_at(0)
    }

    /// Starts one at a port, where one was before.
    pub(crate) fn start_at(port: u16) -> Self {
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .args(["provider::it_serves_in_a_process_of_its_own", "--exact", "--nocapture"])
            .env(SWITCH, port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program starts again");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let issuer = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.split_once(ANNOUNCED).map(|(_, url)| url.to_owned()))
            .expect("the provider says where it is");
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, issuer }
    }

    pub(crate) fn port(&self) -> u16 {
        self.issuer.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port")
    }

    /// Ends the process.
    pub(crate) fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// From now on this goes wrong for everybody: `discovery_500`, `discovery_slow`, `discovery_huge`, `discovery_issuer`,
    /// `discovery_redirect`, or nothing.
    pub(crate) async fn misbehave(&self, what: &str) {
        self.control(&[("fault", what)]).await;
    }

    /// Signs with a new key from now on.
    pub(crate) async fn rotate(&self) {
        self.control(&[("rotate", "yes")]).await;
    }

    /// How often its keys were asked for.
    pub(crate) async fn keys_asked(&self) -> usize {
        let told: Value = serde_json::from_str(&self.control(&[]).await).expect("JSON");
        usize::try_from(told["keys_asked"].as_u64().expect("a number")).expect("a small number")
    }

    async fn control(&self, form: &[(&str, &str)]) -> String {
        let form = form.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join("&");
        let sent = reqwest::Client::new()
            .post(format!("{}/control", self.issuer))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form);
        sent.send().await.expect("an answer").text().await.expect("a text")
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.stop();
    }
}

#[test]
fn it_serves_in_a_process_of_its_own() {
    let Ok(port) = std::env::var(SWITCH) else { return };
    // The pipe ends with whoever started this process, whatever way that went.
    std::thread::spawn(|| {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        std::process::exit(0);
    });
    actix_web::rt::System::new().block_on(serve(port.parse().expect("a port")));
}

struct Key {
    id: String,
    pair: KeyPair,
}

impl Key {
    fn new(number: usize) -> Self {
        Self { id: format!("key{number}"), pair: KeyPair::generate(KeySize::Rsa2048).expect("a key") }
    }

    fn jwk(&self) -> Value {
        let public = self.pair.public_key();
        let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        json!({
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.id,
            "n": part(public.modulus().big_endian_without_leading_zero()),
            "e": part(public.exponent().big_endian_without_leading_zero()),
        })
    }

    fn sign(&self, message: &str) -> Vec<u8> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature)
            .expect("a signature");
        signature
    }
}

/// What a code stands for: the request and the form.
type Journey = HashMap<String, String>;

struct State {
    issuer: String,
    keys: Mutex<Vec<Key>>,
    stranger: Key,
    codes: Mutex<HashMap<String, Journey>>,
    tokens: Mutex<HashMap<String, Journey>>,
    fault: Mutex<String>,
    count: AtomicUsize,
    keys_asked: AtomicUsize,
}

async fn serve(port: u16) {
    let listener = std::net::TcpListener::bind(("127.0.0.1", port)).expect("a port");
    let issuer = format!("http://{}", listener.local_addr().expect("an address"));
    let state = web::Data::new(State {
        issuer: issuer.clone(),
        keys: Mutex::new(vec![Key::new(1)]),
        stranger: Key::new(1),
        codes: Mutex::default(),
        tokens: Mutex::default(),
        fault: Mutex::default(),
        count: AtomicUsize::new(1),
        keys_asked: AtomicUsize::new(0),
    });
    let server = HttpServer::new(move || {
        App::new()
            .app_data(state.clone())
            .route("/.well-known/openid-configuration", web::get().to(discovery))
            .route("/keys", web::get().to(keys))
            .route("/authorize", web::get().to(form))
            .route("/authorize", web::post().to(authorize))
            .route("/token", web::post().to(token))
            .route("/userinfo", web::get().to(user_info))
            .route("/control", web::post().to(control))
    });
    let server = server.workers(2).disable_signals().listen(listener).expect("the server");
    println!("{ANNOUNCED}{issuer}");
    server.run().await.expect("it serves");
}

async fn control(state: web::Data<State>, order: web::Form<HashMap<String, String>>) -> HttpResponse {
    if let Some(fault) = order.get("fault") {
        fault.clone_into(&mut state.fault.lock().unwrap());
    }
    if order.contains_key("rotate") {
        let number = state.count.fetch_add(1, Ordering::Relaxed) + 1;
        *state.keys.lock().unwrap() = vec![Key::new(number)];
    }
    HttpResponse::Ok().json(json!({ "keys_asked": state.keys_asked.load(Ordering::Relaxed) }))
}

async fn discovery(state: web::Data<State>) -> HttpResponse {
    let fault = state.fault.lock().unwrap().clone();
    let issuer = &state.issuer;
    let mut document = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "code_challenge_methods_supported": ["S256"],
    });
    match fault.as_str() {
        "discovery_500" => return HttpResponse::InternalServerError().body("out of order"),
        "discovery_slow" => actix_web::rt::time::sleep(Duration::from_secs(600)).await,
        "discovery_huge" => document["more"] = Value::String("x".repeat(3 << 20)),
        "discovery_issuer" => document["issuer"] = json!("https://other.example"),
        "discovery_redirect" => return moved("https://other.example/.well-known/openid-configuration"),
        "discovery_text" => return HttpResponse::Ok().content_type("application/json").body("{"),
        "discovery_http" => document["authorization_endpoint"] = json!("http://id.example/authorize"),
        _ => {}
    }
    HttpResponse::Ok().json(document)
}

async fn keys(state: web::Data<State>) -> HttpResponse {
    state.keys_asked.fetch_add(1, Ordering::Relaxed);
    let keys: Vec<Value> = state.keys.lock().unwrap().iter().map(Key::jwk).collect();
    HttpResponse::Ok().json(json!({ "keys": keys }))
}

fn moved(to: &str) -> HttpResponse {
    HttpResponse::TemporaryRedirect().insert_header((header::LOCATION, to)).finish()
}

fn refused(reason: &str) -> HttpResponse {
    HttpResponse::BadRequest().json(json!({ "error": "invalid_request", "error_description": reason }))
}

/// What is wrong with an authorization request, if anything is.
fn unfit(request: &Journey) -> Option<&'static str> {
    let has = |name: &str| request.get(name).map_or("", String::as_str);
    if has("client_id") != CLIENT {
        Some("client_id")
    } else if has("response_type") != "code" {
        Some("response_type")
    } else if !has("scope").split(' ').any(|scope| scope == "openid") {
        Some("scope")
    } else if !has("redirect_uri").ends_with("/sign-in/oidc") {
        Some("redirect_uri")
    } else if has("code_challenge_method") != "S256" || has("code_challenge").len() != 43 {
        Some("code_challenge")
    } else if has("state").len() < 22 || has("nonce").len() < 22 {
        Some("state or nonce")
    } else {
        None
    }
}

async fn form(request: web::Query<Journey>) -> HttpResponse {
    if let Some(reason) = unfit(&request) {
        return refused(reason);
    }
    let text = "<!doctype html><title>Provider</title><form method=post>\
                <input name=sub><input name=preferred_username><input name=name><input name=email><button>Sign in</button>\
                </form>";
    HttpResponse::Ok().content_type("text/html").body(text)
}

async fn authorize(state: web::Data<State>, request: web::Query<Journey>, person: web::Form<Journey>) -> HttpResponse {
    if let Some(reason) = unfit(&request) {
        return refused(reason);
    }
    let mut journey = request.into_inner();
    let mut back = url::Url::parse(&journey["redirect_uri"]).expect("a URL");
    let fault = person.get("fault").cloned().unwrap_or_default();
    journey.extend(person.into_inner());
    let answer = if let Some(error) = fault.strip_prefix("error:") {
        ("error", error.to_owned())
    } else {
        let code = format!("code-{}", state.count.fetch_add(1, Ordering::Relaxed));
        state.codes.lock().unwrap().insert(code.clone(), journey.clone());
        ("code", code)
    };
    back.query_pairs_mut().append_pair(answer.0, &answer.1).append_pair("state", &journey["state"]);
    HttpResponse::SeeOther().insert_header((header::LOCATION, back.as_str())).finish()
}

fn is_the_house(request: &HttpRequest) -> bool {
    let escape = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let expected = format!("Basic {}", STANDARD.encode(format!("{}:{}", escape(CLIENT), escape(SECRET))));
    request.headers().get(header::AUTHORIZATION).is_some_and(|value| value.as_bytes() == expected.as_bytes())
}

async fn token(state: web::Data<State>, request: HttpRequest, form: web::Form<Journey>) -> HttpResponse {
    if !is_the_house(&request) {
        return HttpResponse::Unauthorized().json(json!({ "error": "invalid_client" }));
    }
    let has = |name: &str| form.get(name).map_or("", String::as_str);
    let grant = || HttpResponse::BadRequest().json(json!({ "error": "invalid_grant" }));
    let Some(journey) = state.codes.lock().unwrap().remove(has("code")) else { return grant() };
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, has("code_verifier").as_bytes()));
    if has("grant_type") != "authorization_code"
        || has("redirect_uri") != journey["redirect_uri"]
        || challenge != journey["code_challenge"]
    {
        return grant();
    }
    let fault = journey.get("fault").map_or("", String::as_str);
    match fault {
        "token_500" => return HttpResponse::InternalServerError().finish(),
        "token_slow" => actix_web::rt::time::sleep(Duration::from_secs(600)).await,
        "token_huge" => return HttpResponse::Ok().content_type("application/json").body("x".repeat(3 << 20)),
        "token_redirect" => return moved(&format!("{}/userinfo", state.issuer)),
        "token_refused" => return grant(),
        "token_text" => return HttpResponse::Ok().content_type("application/json").body("[]"),
        _ => {}
    }
    let access = format!("access-{}", state.count.fetch_add(1, Ordering::Relaxed));
    state.tokens.lock().unwrap().insert(access.clone(), journey.clone());
    let access = if fault == "access_token" { format!("{access}\n\u{1}") } else { access };
    let mut answer = json!({ "access_token": access, "token_type": "Bearer", "expires_in": 60 });
    if fault != "no_id_token" {
        answer["id_token"] = json!(id_token(&state, &journey, fault));
    }
    HttpResponse::Ok().json(answer)
}

fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_secs()
}

fn id_token(state: &State, journey: &Journey, fault: &str) -> String {
    let mut claims = json!({
        "iss": state.issuer, "aud": CLIENT, "sub": journey["sub"], "nonce": journey["nonce"],
        "iat": now(), "exp": now() + 300,
    });
    // Some providers put what they know of people into the token, others tell it at their userinfo endpoint.
    if !journey.contains_key("sparse") {
        about(&mut claims, journey);
    }
    match fault {
        "nonce" => claims["nonce"] = json!("another"),
        "no_nonce" => drop(claims.as_object_mut().expect("an object").remove("nonce")),
        "audience" => claims["aud"] = json!("another"),
        "audiences" => claims["aud"] = json!([CLIENT, "another"]),
        "party" => claims["azp"] = json!("another"),
        "issuer" => claims["iss"] = json!("https://other.example"),
        "signed_in_before" => claims["auth_time"] = json!(now() - 3600),
        "signed_in_now" => claims["auth_time"] = json!(now()),
        "expired" => claims["exp"] = json!(now() - 3600),
        "subject" => claims["sub"] = json!(""),
        "long_subject" => claims["sub"] = json!("x".repeat(300)),
        _ => {}
    }
    let keys = state.keys.lock().unwrap();
    let key = keys.last().expect("a key");
    let algorithm = match fault {
        "none" => "none",
        "shared" => "HS256",
        _ => "RS256",
    };
    let kid = if fault == "unknown_key" { "no such key" } else { &key.id };
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let head = part(&json!({ "alg": algorithm, "typ": "JWT", "kid": kid }));
    let message = format!("{head}.{}", part(&claims));
    let signature = match fault {
        "none" => Vec::new(),
        "shared" => {
            hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes()), message.as_bytes()).as_ref().to_vec()
        }
        "forged" => state.stranger.sign(&message),
        _ => key.sign(&message),
    };
    if fault == "changed" {
        claims["sub"] = json!("another");
    }
    format!("{head}.{}.{}", part(&claims), URL_SAFE_NO_PAD.encode(signature))
}

fn about(claims: &mut Value, journey: &Journey) {
    for name in ["preferred_username", "name", "email"] {
        if let Some(value) = journey.get(name).filter(|value| !value.is_empty()) {
            claims[name] = json!(value);
        }
    }
    if let Some(verified) = journey.get("email_verified") {
        claims["email_verified"] = json!(verified == "true");
    }
}

async fn user_info(state: web::Data<State>, request: HttpRequest) -> HttpResponse {
    let sent = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = sent.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    let Some(journey) = state.tokens.lock().unwrap().get(token).cloned() else {
        return HttpResponse::Unauthorized().finish();
    };
    let mut claims = json!({ "sub": journey["sub"] });
    about(&mut claims, &journey);
    match journey.get("fault").map_or("", String::as_str) {
        "info_other" => claims["sub"] = json!("another"),
        "info_500" => return HttpResponse::InternalServerError().finish(),
        _ => {}
    }
    HttpResponse::Ok().json(claims)
}
